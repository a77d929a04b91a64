# SPDX-License-Identifier: MIT
"""Accounts: add, open, change, forget, and whose keys they have.

An account is opened once per start: its keys are read from the keyring then, and its clients are kept. The practice
cloud is started when its account is first opened, and again when it was ended from outside.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notification_tester.aws.clients import Clients, configured_endpoint, profile_names
from notification_tester.aws.identity import caller
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import (
    ENVIRONMENT,
    MTURK_ENDPOINTS,
    PRACTICE,
    Account,
    Credentials,
    Environment,
    Identity,
    KeySource,
    environment_at,
    has_one_reading,
)
from notification_tester.domain.json_text import plain_text
from notification_tester.domain.key_file import MAX_SIZE, keys_of_file
from notification_tester.domain.known_secrets import KnownSecrets
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy, input_problem
from notification_tester.practice.cloud import PracticeCloud
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.disk import read_chosen
from notification_tester.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from notification_tester.storage.places import Places


@dataclass(frozen=True)
class OpenAccount:
    """An account with everything that is needed to call its services.

    The ``environment`` of its ``account`` is that of the host which the clients call.
    """

    account: Account
    clients: Clients
    requester: Requester
    practice: PracticeCloud | None = None

    def is_still(self, before: OpenAccount | None) -> bool:
        """Whether this is the account that was open as ``before``, whatever either is called: same keys, same place."""
        return before is not None and self.clients is before.clients and before.account.is_renamed(self.account)

    def had(self, moment: datetime) -> bool:
        """Whether what was done under its name at ``moment`` was done with these keys, and in this start of practice.

        ``moment`` has a time zone.
        """
        return self.account.had(moment) and (self.practice is None or self.practice.started <= moment)


class Accounts:
    """The accounts of this person. Every method that can fail raises ProblemError; safe to call from any thread.

    Two locks: one for what takes long (the keyring may wait for the person, practice has to start), and one for what is
    in memory, so that listing accounts never waits.
    """

    def __init__(
        self,
        stored: AccountList,
        vault: Vault,
        *,
        start_practice: Callable[[int], PracticeCloud] | None = None,
        notice: Callable[[Problem], None] | None = None,
        secrets: KnownSecrets | None = None,
        ask_code: Callable[[str], str] | None = None,
    ) -> None:
        """``secrets`` knows every key that is held or tried; ``ask_code`` is that of :class:`Clients`."""
        self._stored = stored
        self._vault = vault
        self._start_practice = start_practice or (lambda port: PracticeCloud.start(port=port))
        self._notice = notice
        self._slow = threading.RLock()
        self._lock = threading.Lock()
        self._for_session: dict[str, tuple[Account, Credentials]] = {}
        self._open: dict[str, OpenAccount] = {}
        self._secrets = KnownSecrets() if secrets is None else secrets
        self._secrets_of: dict[str, set[str]] = {}
        self._ask_code = ask_code
        self.listed: Callable[[Sequence[Account]], None] = lambda _: None
        """Hears of all accounts whenever they are listed."""

    def all(self) -> tuple[Account, ...]:
        """Practice first, then what is stored, then what lives until the program ends."""
        found = (PRACTICE, *self._stored.all(), *self._session_accounts())
        self.listed(found)
        return found

    def all_or_problem(self) -> tuple[tuple[Account, ...], Problem | None]:
        """All that can be had: where the stored list cannot be read, the others and the reason."""
        try:
            return self.all(), None
        except ProblemError as error:
            return (PRACTICE, *self._session_accounts()), error.problem

    def named(self, name: str) -> Account:
        """The account that a person or a script calls by ``name``, in any case."""
        wanted = name.strip().casefold()
        for account in (PRACTICE, ENVIRONMENT):  # they need no list, which may be damaged
            if account.name.casefold() == wanted:
                return account
        for account in self.all():
            if account.name.casefold() == wanted:
                return account
        raise self._unknown(name)

    def as_it_is(self, seen: Account) -> Account:
        """The account that was ``seen``, as it is kept by now, with its name of now.

        Raises ProblemError where it is gone, or another one: with other keys, or at another place.
        """
        own = (PRACTICE, ENVIRONMENT)  # they need no list, which may be damaged
        now = seen if seen in own else next((one for one in self.all() if one.kept_as == seen.kept_as), None)
        if now is None:
            raise self._unknown(seen.name)
        if not now.is_renamed(seen):
            raise _another_by_now(
                f"“{seen.name}” was changed or forgotten elsewhere, perhaps in another window of the program. Nothing "
                "was done to what is kept under its name now.",
                remedy="Look at the account as it is now, and begin again if it is still wanted.",
            )
        return now

    def _unknown(self, name: str) -> ProblemError:
        known = ", ".join(["practice", "environment", *(account.name for account in self.all()[1:])])
        return input_problem(
            "account.unknown",
            title="There is no such account.",
            detail=f"The program keeps no account named “{name.strip()[:60]}”.",
            remedy=f"Known are: {known}. New ones are added in the window, under Accounts.",
        )

    def kept_under(self, name: str) -> Account | None:
        """The account of which history, record and keyring have something under ``name``, whatever it is called now."""
        own = (PRACTICE, ENVIRONMENT)  # they need no list, which may be damaged
        return next((one for one in own if one.kept_as == name), None) or next(
            (one for one in self.all() if one.kept_as.casefold() == name.casefold()), None
        )

    def add(self, account: Account, credentials: Credentials | None) -> Account:
        """Remember an account; typed keys go into the keyring first, so that a refusal leaves nothing behind.

        Returns it as it is kept: another one may be kept under its name, and be called otherwise by now.
        """
        with self._slow:
            known = self.all()
            _must_be_free(account.name, known)
            account = replace(account, kept_as=_free_place(account.name, known))
            if credentials is not None:
                self._know_secrets(account.kept_as, credentials)
            if account.source is KeySource.SESSION and credentials is not None:
                with self._lock:
                    self._for_session[account.kept_as] = (account, credentials)
                return account
            if account.source is KeySource.KEYRING and credentials is not None:
                self._vault.store(account.kept_as, credentials)
            try:
                self._stored.add(account)
            except ProblemError:
                if account.source is KeySource.KEYRING:
                    self._vault.forget(account.kept_as)
                raise
            return account

    def change(self, seen: Account, wanted: Account) -> Account:
        """Give the account that was ``seen`` another name, other addresses, another profile; its keys stay.

        Returns it as it is from now on. At another address it is another account: nothing seen before is of it. Where
        it is only called otherwise, it stays open and everything of it stays its own.
        """
        with self._slow:
            before = self.as_it_is(seen)
            if before.source not in {KeySource.KEYRING, KeySource.PROFILE, KeySource.SESSION}:
                raise input_problem(
                    "account.not-changed",
                    title="This account cannot be changed.",
                    detail=f"“{before.name}” is the program's own.",
                    remedy="Add an account of your own.",
                )
            _must_be_free(wanted.name, [one for one in self.all() if one.kept_as != before.kept_as])
            after = replace(
                before,
                name=wanted.name,
                environment=wanted.environment,
                endpoint=wanted.endpoint,
                aws_endpoint=wanted.aws_endpoint,
                profile=wanted.profile if before.source is KeySource.PROFILE else "",
            )
            is_same = before.is_renamed(after)
            if not is_same:
                after = replace(after, since=datetime.now(tz=UTC).isoformat())
            if before.source is KeySource.SESSION:
                with self._lock:
                    self._for_session[before.kept_as] = (after, self._for_session[before.kept_as][1])
            else:
                self._stored.replace(after)
            with self._lock:
                opened = self._open.pop(before.kept_as, None)
                if opened is not None and is_same:
                    self._open[before.kept_as] = replace(opened, account=after)
        if opened is not None and not is_same:
            opened.clients.close()
        return after

    def replace_keys(self, seen: Account, credentials: Credentials) -> Account:
        """Give the account that was ``seen`` other keys. Those it has stay until the new ones are kept.

        Then all calls are made with the new ones. Returns the account as it is from now on: what was seen before was
        seen with other keys, and perhaps in another AWS account. Only for keys that were typed in: those of a profile
        are not kept here.
        """
        with self._slow:
            before = self.as_it_is(seen)
            account = replace(before, since=datetime.now(tz=UTC).isoformat())
            self._know_secrets(account.kept_as, credentials)
            if account.source is KeySource.SESSION:
                with self._lock:
                    self._for_session[account.kept_as] = (account, credentials)
            elif account.source is KeySource.KEYRING:
                self._stored.replace(account)  # first: other keys under what was seen with the former ones do harm
                try:
                    self._vault.store(account.kept_as, credentials)
                except BaseException:
                    with suppress(ProblemError):
                        self._stored.replace(before)
                    raise
            else:
                raise input_problem(
                    "keys.elsewhere",
                    title="The keys of this account are not kept here.",
                    detail=f"“{account.name}” takes them from elsewhere at each start.",
                    remedy="Change them where they are, for a profile in the AWS configuration of this computer.",
                )
            opened = self._open.get(account.kept_as)
            if opened is not None:
                opened.clients.use_keys(credentials)
                with self._lock:
                    self._open[account.kept_as] = replace(opened, account=account)
            return account

    def forget(self, seen: Account) -> None:
        """Remove the account that was ``seen`` and every entry that the keyring has of it."""
        with self._slow:
            account = self.as_it_is(seen)
            with self._lock:
                opened = self._open.pop(account.kept_as, None)
                was_for_session = self._for_session.pop(account.kept_as, None) is not None
            if not was_for_session:
                if account.source is KeySource.KEYRING:
                    self._vault.forget(account.kept_as)
                self._stored.remove(account.kept_as)
            self._forget_secrets(account.kept_as)
        if opened is not None:
            opened.clients.close()

    def open(self, account: Account) -> OpenAccount:
        """Get ready to call; at once when it was opened before, and is still what it was."""
        with self._slow:
            opened = self._open.get(account.kept_as)
            is_running = opened is not None and (opened.practice is None or opened.practice.is_running())
            if opened is not None and is_running and account == ENVIRONMENT:
                return opened
            if opened is not None and is_running and opened.account.is_renamed(account):
                return self._called_otherwise(opened, account)
            self._must_be_what_it_was(account)
            if opened is not None and is_running:
                # Another window has put another account under its name.
                opened.clients.close()
            if account.source is KeySource.PRACTICE:
                opened = self._open_practice(opened)
            elif account.source is KeySource.ENVIRONMENT:
                return self.open_environment(sandbox=False)
            else:
                clients = self._clients(self._connection(account))
                opened = OpenAccount(account, clients, Requester(clients))
            with self._lock:
                self._open[account.kept_as] = opened
            return opened

    def _called_otherwise(self, opened: OpenAccount, account: Account) -> OpenAccount:
        if opened.account != account:  # another window, or a command, gave it that name
            opened = replace(opened, account=account)
            with self._lock:
                self._open[account.kept_as] = opened
        return opened

    def ready(self, opened: OpenAccount) -> OpenAccount:
        """``opened``, to be worked with for a while: practice that was ended from outside since is begun anew.

        Any other is what it was, with the keys that it had when it was opened.
        """
        return opened if opened.practice is None else self.open(opened.account)

    def open_environment(self, *, sandbox: bool) -> OpenAccount:
        """Open the account to which boto3's own chain leads, which is what its client says and nothing else.

        With ``sandbox`` the sandbox is asked; refused where a setting leads to another host.
        """
        with self._slow:
            endpoint = ""
            if sandbox and (configured := configured_endpoint("mturk")) is not None:
                _must_be_sandbox(configured.address, because=f"{configured.set_by} leads to")
            elif sandbox:
                endpoint = MTURK_ENDPOINTS[Environment.SANDBOX]
            clients = self._clients(Connection(mturk_endpoint=endpoint, from_environment=True))
            address = clients.mturk.meta.endpoint_url
            if not has_one_reading(address):
                raise _several_readings()
            # Files and variables may change while the program runs: every later client calls what was judged.
            clients.connection = replace(clients.connection, mturk_endpoint=address)
            opened = OpenAccount(replace(ENVIRONMENT, endpoint=address), clients, Requester(clients))
            with self._lock:
                before = self._open.pop(ENVIRONMENT.name, None)
                self._open[ENVIRONMENT.name] = opened
        if before is not None:
            before.clients.close()
        return opened

    def try_out(self, account: Account, credentials: Credentials | None) -> Identity:
        """Answer whose keys these are, for an account that is not remembered yet."""
        clients = self._clients(self._connection(account, credentials))
        try:
            return _identity(OpenAccount(account, clients, Requester(clients)))
        finally:
            clients.close()

    def who_am_i(self, account: Account) -> Identity:
        """Whose keys these are, and the balance; STS and MTurk are asked side by side."""
        return _identity(self.open(account))

    def secrets(self) -> tuple[str, ...]:
        """Every secret that is in memory, so that a report can be cleaned of it."""
        return self._secrets.all()

    def close(self) -> None:
        """Close all connections and end the practice cloud."""
        with self._slow, self._lock:
            opened, self._open = list(self._open.values()), {}
        for one in opened:
            one.clients.close()
            if one.practice is not None:
                one.practice.stop()

    def _must_be_what_it_was(self, account: Account) -> None:
        """Refuse an account whose name belongs to another one by now: its keys are not for these addresses."""
        known, _ = self.all_or_problem()
        now = next((one for one in known if one.kept_as == account.kept_as), account)
        if not replace(now, since=account.since).is_renamed(account):  # with other keys alone it is at the same place
            raise _another_by_now(
                f"“{account.name}” was forgotten, and another account was added under its name. Its keys were not "
                "used, and nothing was sent.",
                remedy="Choose the account again, and look at its badge.",
            )

    def _session_accounts(self) -> tuple[Account, ...]:
        with self._lock:
            return tuple(account for account, _ in self._for_session.values())

    def _open_practice(self, before: OpenAccount | None) -> OpenAccount:
        port = 0
        if before is not None and before.practice is not None:
            # The same port again: queue URLs that stand in the form keep their meaning.
            port = before.practice.port
            before.clients.close()
            before.practice.stop()
        cloud = self._start_practice(port)
        if port and self._notice is not None:
            self._notice(
                Problem(
                    title="The practice cloud was started again.",
                    detail="Its process had been ended from outside this program. Queues, topic and mailbox are as at "
                    "the beginning.",
                    remedy="Nothing needs to be done.",
                    code="practice.restarted",
                    cause=Cause.PROGRAM,
                )
            )
        details = cloud.details
        keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
        self._forget_secrets(PRACTICE.name)
        self._know_secrets(PRACTICE.name, keys)
        clients = self._clients(
            Connection(
                mturk_endpoint=details.mturk_endpoint,
                aws_endpoint=details.aws_endpoint,
                credentials=keys,
                is_local=True,
                has_ended=lambda: not cloud.is_running(),
            )
        )
        return OpenAccount(PRACTICE, clients, Requester(clients), cloud)

    def _clients(self, connection: Connection) -> Clients:
        return Clients(connection, secrets=self._secrets, ask_code=self._ask_code)

    def _know_secrets(self, name: str, credentials: Credentials) -> None:
        """Those of before stay known: what failed with them may still have to be told, without them."""
        with self._lock:
            self._secrets_of.setdefault(name, set()).update(credentials.secrets)
        self._secrets.add(*credentials.secrets)

    def _forget_secrets(self, name: str) -> None:
        """What was forgotten is not kept in memory either, unless another account has the same keys."""
        with self._lock:
            gone = self._secrets_of.pop(name, set())
            others = [secret for secrets in self._secrets_of.values() for secret in secrets]
        self._secrets.forget(*gone)
        self._secrets.add(*others)

    def _connection(self, account: Account, credentials: Credentials | None = None) -> Connection:
        endpoint = account.mturk_endpoint
        if not endpoint:  # then botocore would take LIVE
            raise ProblemError(
                Problem(
                    title="This account has no address.",
                    detail=f"“{account.name}” is kept as an account of another service, and where that is is not in "
                    "the list of accounts.",
                    remedy="In the window, under Accounts, change this account and give its address.",
                    code="account.no-address",
                    cause=Cause.STORAGE,
                    remedies=(Remedy.CHANGE_ACCOUNT,),
                )
            )
        match account.source:
            case KeySource.PROFILE:
                return Connection(mturk_endpoint=endpoint, aws_endpoint=account.aws_endpoint, profile=account.profile)
            case KeySource.SESSION if account.kept_as in self._for_session:
                credentials = credentials or self._for_session[account.kept_as][1]
            case _:
                credentials = credentials or self._vault.load(account.kept_as)
        if credentials is None:
            raise ProblemError(
                Problem(
                    title="The keys of this account are gone.",
                    detail=f"The system's keyring has no entry for “{account.name}” any more.",
                    remedy="In the window, replace its keys under Accounts.",
                    code="keys.gone",
                    cause=Cause.KEYS,
                    remedies=(Remedy.CHANGE_KEYS,),
                )
            )
        self._know_secrets(account.kept_as, credentials)
        return Connection(mturk_endpoint=endpoint, aws_endpoint=account.aws_endpoint, credentials=credentials)


def keys_in_file(path: Path) -> Credentials:
    """The access key in a file that a person chose, as it is written there. Raises ProblemError."""
    return keys_of_file(plain_text(read_chosen(path, MAX_SIZE, code="keys.file")))


def _another_by_now(detail: str, *, remedy: str) -> ProblemError:
    return ProblemError(
        Problem(
            title="This account is another one by now.",
            detail=detail,
            remedy=remedy,
            code="account.replaced",
            cause=Cause.INPUT,
            remedies=(Remedy.CHOOSE_ACCOUNT,),
        )
    )


def _must_be_free(name: str, others: Sequence[Account]) -> None:
    if any(one.name.casefold() == name.casefold() for one in others):
        raise input_problem(
            "account.exists",
            title="There is an account of this name already.",
            detail=f"“{name}” is in the list.",
            remedy="Choose another name, or forget the old one first.",
        )


def _free_place(name: str, others: Sequence[Account]) -> str:
    """The name itself, unless an account that was renamed is kept under it."""
    taken = {one.kept_as.casefold() for one in others}
    names = (name, *(f"{name} ({number})" for number in range(2, len(taken) + 3)))
    return next(one for one in names if one.casefold() not in taken)


def must_be_known(name: str, places: Places) -> None:
    """Raise ProblemError where nobody knows an account of this name. Nothing is opened or started for it."""
    Accounts(AccountList(places.accounts), Vault(service=places.keyring_service)).named(name)


def must_be_sandbox(account: Account) -> None:
    """Raise ProblemError where a stored account, or practice, is not of the sandbox."""
    if account.source is KeySource.PRACTICE:
        raise _not_sandbox("This account is practice, a small cloud on this computer, and no part of Amazon.")
    _must_be_sandbox(account.mturk_endpoint, because=f"The account “{account.name}” calls")


def profiles() -> tuple[str, ...]:
    """The AWS profiles of this computer."""
    return profile_names()


def _must_be_sandbox(address: str, *, because: str) -> None:
    if environment_at(address) is not Environment.SANDBOX:
        named = address.rpartition("@")[2]  # what stands before it may be a password
        where = " ".join((named.partition("//")[2] or named).split())
        raise _not_sandbox(f"{because} “{where[:200]}”, and --sandbox cannot change that.")


def _not_sandbox(detail: str) -> ProblemError:
    sandbox = MTURK_ENDPOINTS[Environment.SANDBOX].partition("//")[2]
    return input_problem(
        "account.not-sandbox",
        title="This account is not the sandbox.",
        detail=f"{detail} The sandbox is {sandbox}. Nothing was sent.",
        remedy="Leave --sandbox out, or name an account of the sandbox, or use --account environment with no other "
        "address set.",
    )


def _several_readings() -> ProblemError:
    return input_problem(
        "endpoint.malformed",
        title="The address of Mechanical Turk can be read in two ways.",
        detail="In what is set for it, a user name or a backslash stands before the host. Nothing was sent.",
        remedy="Set the plain address in AWS_ENDPOINT_URL_MTURK, AWS_ENDPOINT_URL or the AWS configuration, such as "
        "https://mturk.example.org.",
    )


def _identity(opened: OpenAccount) -> Identity:
    with ThreadPoolExecutor(max_workers=2) as side_by_side:
        balance = side_by_side.submit(opened.requester.balance)
        who = side_by_side.submit(caller, opened.clients)
    found = who.result()
    return Identity(
        account_id=found.account_id,
        user=found.user,
        arn=found.arn,
        balance=balance.result(),
        environment=opened.account.environment,
    )
