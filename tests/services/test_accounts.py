# SPDX-License-Identifier: MIT
"""Accounts: added, opened, forgotten; and practice, which comes back when it is killed."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from dataclasses import replace
from typing import IO, TYPE_CHECKING

import keyring.errors
import psutil
import pytest

from aws.parts import JSON, Asked, listening, problem_of
from notification_tester.domain.account import (
    ENVIRONMENT,
    PRACTICE,
    Account,
    Credentials,
    Environment,
    KeySource,
    environment_at,
)
from notification_tester.domain.destination import Transport
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.domain.setting import LineState, apply
from notification_tester.practice.faults import Faults
from notification_tester.services.accounts import Accounts, profiles
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.vault import Vault
from services.parts import MemoryKeyring, connected, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.services.session import Session
    from notification_tester.storage.places import Places

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEYS = Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SECRET)
SPEC = parse_spec(transport=Transport.EMAIL, destination="somebody@example.org", events=["HITReviewable"])
LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)


@pytest.fixture
def ring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def accounts(places: Places, ring: MemoryKeyring) -> Iterator[Accounts]:
    made = make(places, ring)
    yield made
    made.close()


def make(places: Places, ring: MemoryKeyring) -> Accounts:
    return Accounts(AccountList(places.accounts), Vault(ring))


def code_of(error: pytest.ExceptionInfo[ProblemError]) -> str:
    return error.value.problem.code


def over(cloud: PracticeCloud, source: KeySource, name: str = "Lab") -> tuple[Account, Credentials]:
    """An account that has the cloud for its "other compatible service"."""
    details = cloud.details
    keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    account = Account(
        name=name,
        environment=Environment.OTHER,
        source=source,
        endpoint=details.mturk_endpoint,
        aws_endpoint=details.aws_endpoint,
    )
    return account, keys


def test_practice_is_always_first(accounts: Accounts) -> None:
    assert accounts.all() == (PRACTICE,)
    assert accounts.named(" PRACTICE ") is PRACTICE
    assert accounts.named("Environment") is ENVIRONMENT


def test_keys_go_into_the_keyring_and_nowhere_else(accounts: Accounts, ring: MemoryKeyring, places: Places) -> None:
    accounts.add(LAB, KEYS)
    assert accounts.all() == (PRACTICE, LAB)
    assert accounts.named("lab") == LAB
    problem = problem_of(lambda: accounts.named(" Labs "))
    assert problem.detail == "The program keeps no account named “Labs”."
    assert problem.remedy.startswith("Known are: practice, environment, Lab. ")
    assert SECRET in ring.entries.values()
    files = [path for path in places.config.parent.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]


def test_the_keyring_is_read_once_per_start(places: Places, ring: MemoryKeyring, accounts: Accounts) -> None:
    accounts.add(LAB, KEYS)
    later = make(places, ring)
    ring.asked = 0
    opened = later.open(LAB)
    assert ring.asked > 0
    asked = ring.asked
    assert later.open(LAB) is opened
    assert ring.asked == asked
    assert SECRET in later.secrets()
    later.forget(later.named("Lab"))
    assert later.secrets() == (), "as those that were typed in this start"
    later.close()


def test_forgetting_removes_every_entry(accounts: Accounts, ring: MemoryKeyring) -> None:
    temporary = Credentials(access_key_id="ASIAIOSFODNN7EXAMPLE", secret_access_key=SECRET, session_token="T" * 900)
    accounts.add(LAB, temporary)
    assert len(ring.entries) == 3
    assert set(accounts.secrets()) == {SECRET, "ASIAIOSFODNN7EXAMPLE", "T" * 900}
    accounts.open(LAB)
    accounts.forget(accounts.named("Lab"))
    assert ring.entries == {}
    assert accounts.all() == (PRACTICE,)
    assert accounts.secrets() == ()
    with pytest.raises(ProblemError) as caught:
        accounts.named("Lab")
    assert code_of(caught) == "account.unknown"


def test_keys_that_were_only_tried_are_known_as_secrets(accounts: Accounts, ring: MemoryKeyring) -> None:
    elsewhere = replace(
        LAB, environment=Environment.OTHER, endpoint="http://127.0.0.1:9", aws_endpoint="http://127.0.0.1:9"
    )
    with pytest.raises(ProblemError):
        accounts.try_out(elsewhere, KEYS)
    assert SECRET in accounts.secrets()
    assert ring.entries == {}


def test_keys_of_two_accounts_are_known_until_both_are_forgotten(accounts: Accounts) -> None:
    accounts.add(LAB, KEYS)
    accounts.add(replace(LAB, name="Same"), KEYS)
    accounts.forget(accounts.named("Lab"))
    assert SECRET in accounts.secrets()
    accounts.forget(accounts.named("Same"))
    assert accounts.secrets() == ()


def test_forgetting_takes_the_name_in_any_case(accounts: Accounts, ring: MemoryKeyring) -> None:
    accounts.add(LAB, KEYS)
    accounts.open(LAB)
    accounts.forget(accounts.named("lAB"))
    assert ring.entries == {}
    assert accounts.secrets() == ()


def test_a_keyring_that_refuses_leaves_nothing_behind(accounts: Accounts, ring: MemoryKeyring) -> None:
    ring.refuses = keyring.errors.PasswordSetError(f"no room for {SECRET}")
    with pytest.raises(ProblemError) as caught:
        accounts.add(LAB, KEYS)
    assert caught.value.problem.cause is Cause.KEYRING
    assert SECRET not in json.dumps(caught.value.problem.as_json())
    assert accounts.all() == (PRACTICE,)
    assert ring.entries == {}


def test_a_list_that_cannot_be_written_leaves_no_keys_behind(
    places: Places, accounts: Accounts, ring: MemoryKeyring
) -> None:
    places.accounts.mkdir(parents=True)  # a folder where the file should be
    with pytest.raises(ProblemError) as caught:
        accounts.add(LAB, KEYS)
    assert caught.value.problem.cause is Cause.STORAGE
    assert ring.entries == {}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_list_that_can_be_read_and_not_written_leaves_no_keys_behind(accounts: Accounts, ring: MemoryKeyring) -> None:
    import resource

    accounts.add(LAB, KEYS)
    kept = dict(ring.entries)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))  # as on a full disk: no file takes another byte
    try:
        with pytest.raises(ProblemError) as caught:
            accounts.add(Account(name="Field", environment=Environment.SANDBOX, source=KeySource.KEYRING), KEYS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.problem.cause is Cause.STORAGE
    assert accounts.all() == (PRACTICE, LAB)
    assert ring.entries == kept


def test_another_account_under_an_old_name_is_opened_anew(
    accounts: Accounts, places: Places, ring: MemoryKeyring
) -> None:
    accounts.add(LAB, KEYS)
    sandbox = accounts.open(LAB)
    other_window = make(places, ring)
    other_window.forget(other_window.named("Lab"))
    other_window.add(Account(name="Lab", environment=Environment.PRODUCTION, source=KeySource.KEYRING), KEYS)
    other_window.close()
    live = accounts.open(accounts.named("Lab"))
    assert live is not sandbox
    assert live.account.is_live
    assert environment_at(live.clients.mturk.meta.endpoint_url) is Environment.PRODUCTION
    assert accounts.open(live.account) is live


@pytest.mark.parametrize("names", [["Lab", "LAB"], ["Practice"], ["environment"], ["a", "ENVIRONMENT"]], ids=str)
def test_a_list_with_a_name_that_means_two_accounts_is_damaged(
    accounts: Accounts, places: Places, names: list[str]
) -> None:
    entries = [{"name": name, "environment": "production", "source": "keyring"} for name in names]
    places.accounts.parent.mkdir(parents=True)
    places.accounts.write_text(json.dumps({"version": 1, "accounts": entries}), "utf-8")
    found, problem = accounts.all_or_problem()
    assert found == (PRACTICE,)
    assert problem is not None
    assert problem.code == "storage.accounts-damaged"


@pytest.mark.parametrize("what", ["forgotten", "moved", "replaced elsewhere", "closed with all"])
def test_an_account_that_is_no_more_is_connected_no_more(
    accounts: Accounts, places: Places, ring: MemoryKeyring, cloud: PracticeCloud, what: str
) -> None:
    account, keys = over(cloud, KeySource.KEYRING)
    seen = accounts.add(account, keys)
    before = connected(cloud)
    opened = accounts.open(seen)  # whoever works with it still has it
    opened.requester.balance()
    ours = connected(cloud) - before
    assert ours
    moved = replace(account, endpoint="http://127.0.0.1:9")
    match what:
        case "forgotten":
            accounts.forget(seen)
        case "moved":
            accounts.change(seen, moved)
        case "replaced elsewhere":
            other_window = make(places, ring)
            other_window.forget(seen)
            other_window.add(moved, keys)
            assert accounts.open(accounts.named("Lab")).clients is not opened.clients
        case _:
            accounts.close()
    assert until(lambda: not ours & connected(cloud))


def test_keys_that_were_tried_out_stay_connected_to_nothing(accounts: Accounts, cloud: PracticeCloud) -> None:
    before = connected(cloud)
    accounts.try_out(*over(cloud, KeySource.SESSION))
    assert connected(cloud) <= before


def test_variables_that_are_read_anew_are_connected_once(
    accounts: Accounts, cloud: PracticeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", cloud.details.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", cloud.details.secret_access_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL_MTURK", cloud.details.mturk_endpoint)
    before = connected(cloud)
    first = accounts.open_environment(sandbox=False)
    first.requester.balance()
    ours = connected(cloud) - before
    assert ours
    again = accounts.open_environment(sandbox=False)
    assert until(lambda: not ours & connected(cloud))
    assert again.requester.balance()
    assert accounts.open(ENVIRONMENT) is again


def test_a_damaged_list_hides_neither_practice_nor_the_reason(places: Places, accounts: Accounts) -> None:
    places.accounts.parent.mkdir(parents=True)
    places.accounts.write_text("{", "utf-8")
    found, problem = accounts.all_or_problem()
    assert found == (PRACTICE,)
    assert problem is not None
    assert problem.code == "storage.accounts-damaged"


@pytest.mark.parametrize("name", ["Lab", "LAB"])
def test_a_name_is_given_once(accounts: Accounts, ring: MemoryKeyring, name: str) -> None:
    accounts.add(LAB, KEYS)
    before = dict(ring.entries)
    other = Credentials(access_key_id="AKIAOTHEROTHEROTHER1", secret_access_key="o" * 40)
    with pytest.raises(ProblemError) as caught:
        accounts.add(Account(name=name, environment=Environment.SANDBOX, source=KeySource.KEYRING), other)
    assert code_of(caught) == "account.exists"
    assert ring.entries == before


def test_keys_that_were_taken_out_of_the_keyring_are_missed(accounts: Accounts, ring: MemoryKeyring) -> None:
    accounts.add(LAB, KEYS)
    ring.entries.clear()
    accounts._vault = Vault(ring)
    with pytest.raises(ProblemError) as caught:
        accounts.open(LAB)
    assert code_of(caught) == "keys.gone"
    assert caught.value.problem.cause is Cause.KEYS


def test_keys_for_this_session_only_are_written_nowhere(
    places: Places, ring: MemoryKeyring, accounts: Accounts, cloud: PracticeCloud
) -> None:
    account, keys = over(cloud, KeySource.SESSION)
    accounts.add(account, keys)
    assert accounts.all() == (PRACTICE, account)
    assert accounts.who_am_i(account).account_id == cloud.details.account_id
    assert ring.asked == 0
    assert not places.config.exists()
    assert keys.secret_access_key in accounts.secrets()
    assert make(places, ring).all() == (PRACTICE,)
    accounts.forget(accounts.named("Lab"))
    assert accounts.all() == (PRACTICE,)
    assert accounts.secrets() == ()


OTHER_SECRET = "o" * 39 + "+"
OTHER_KEYS = Credentials(access_key_id="AKIAOTHEROTHEROTHER1", secret_access_key=OTHER_SECRET)


@pytest.mark.parametrize("source", [KeySource.KEYRING, KeySource.SESSION], ids=str)
def test_replaced_keys_are_used_by_what_is_open(
    places: Places, ring: MemoryKeyring, accounts: Accounts, cloud: PracticeCloud, source: KeySource
) -> None:
    account, right = over(cloud, source)
    accounts.add(account, OTHER_KEYS)
    opened = accounts.open(account)
    clients = (opened.clients.mturk, opened.clients.sqs(), opened.clients.mturk_bulk)
    with pytest.raises(ProblemError) as caught:
        accounts.who_am_i(account)
    assert "under Accounts" in caught.value.problem.remedy
    before, account = account, accounts.replace_keys(accounts.named("LAB"), right)
    assert account != before, "what was seen with other keys is not of this one"
    assert account in accounts.all()
    assert accounts.open(account).clients is opened.clients
    assert accounts.who_am_i(account).account_id == cloud.details.account_id
    for client in clients:  # handed out before, as a test or a run that is under way has them
        assert client is not None
    assert clients[0].get_account_balance()["AvailableBalance"]
    assert clients[1].list_queues()["QueueUrls"]
    assert clients[2].list_hits(MaxResults=1)
    assert {right.secret_access_key, OTHER_SECRET} <= set(accounts.secrets())  # no report has the former ones either
    later = make(places, ring)
    if source is KeySource.KEYRING:
        assert later.who_am_i(later.named("Lab")).account_id == cloud.details.account_id
        assert OTHER_SECRET not in ring.entries.values()
    else:
        assert ring.asked == 0
    later.close()
    accounts.forget(accounts.named("Lab"))
    assert accounts.secrets() == ()


def test_a_token_comes_and_goes_with_its_keys(accounts: Accounts, ring: MemoryKeyring) -> None:
    signed: list[str | None] = []

    def say(asked: Asked) -> tuple[int, str, str]:
        signed.append(asked.headers.get("x-amz-security-token"))
        return 200, JSON, json.dumps({"AvailableBalance": "10000.00"})

    with listening(say) as endpoint:
        account = replace(LAB, endpoint=endpoint)
        temporary = Credentials(access_key_id="ASIAIOSFODNN7EXAMPLE", secret_access_key=SECRET, session_token="T")
        accounts.add(account, temporary)
        opened = accounts.open(account)
        assert "T" in accounts.secrets()
        opened.requester.balance()
        accounts.replace_keys(accounts.named("Lab"), OTHER_KEYS)
        opened.requester.balance()
    assert signed == ["T", None]  # which is what makes a temporary key work
    assert len(ring.entries) == 2
    assert "T" in accounts.secrets()


def test_old_keys_stay_where_the_keyring_refuses_new_ones(
    places: Places, ring: MemoryKeyring, accounts: Accounts, cloud: PracticeCloud
) -> None:
    account, right = over(cloud, KeySource.KEYRING)
    accounts.add(account, right)
    opened = accounts.open(account)
    before = dict(ring.entries)
    ring.refuses = keyring.errors.PasswordSetError(f"no room for {OTHER_SECRET}")
    with pytest.raises(ProblemError) as caught:
        accounts.replace_keys(accounts.named("Lab"), OTHER_KEYS)
    ring.refuses = None
    assert caught.value.problem.cause is Cause.KEYRING
    assert OTHER_SECRET not in json.dumps(caught.value.problem.as_json())
    assert ring.entries == before
    assert accounts.named("Lab") == account, "history, undo and green tests stay its own"
    assert opened.requester.balance()
    later = make(places, ring)
    assert later.open(account).requester.balance()
    later.close()


@pytest.mark.parametrize("source", [KeySource.KEYRING, KeySource.SESSION], ids=str)
def test_a_new_name_moves_nothing(
    places: Places, ring: MemoryKeyring, accounts: Accounts, cloud: PracticeCloud, source: KeySource
) -> None:
    account, keys = over(cloud, source)
    accounts.add(account, keys)
    opened, entries = accounts.open(account), dict(ring.entries)
    ring.refuses = keyring.errors.KeyringLocked("it is asked for nothing")
    renamed = accounts.change(accounts.named("lab"), replace(account, name="Field work"))
    assert (renamed.name, renamed.since, renamed.kept_as) == ("Field work", account.since, "Lab")
    assert accounts.open(renamed).clients is opened.clients
    assert accounts.open(renamed).account == renamed
    assert accounts.named("field work") == renamed
    assert accounts.kept_under("Lab") == renamed
    with pytest.raises(ProblemError) as caught:
        accounts.named("Lab")
    assert code_of(caught) == "account.unknown"
    ring.refuses = None
    assert ring.entries == entries
    if source is KeySource.KEYRING:
        later = make(places, ring)
        assert later.open(later.named("Field work")).requester.balance()
        later.close()
    accounts.forget(accounts.named("Field work"))
    assert ring.entries == {}
    assert accounts.all() == (PRACTICE,)


def test_an_account_that_another_window_renamed_stays_open(
    places: Places, ring: MemoryKeyring, accounts: Accounts, cloud: PracticeCloud
) -> None:
    account, keys = over(cloud, KeySource.KEYRING)
    accounts.add(account, keys)
    opened = accounts.open(account)
    other_window = make(places, ring)
    other_window.change(other_window.named("Lab"), replace(account, name="Field work"))
    other_window.close()
    renamed = accounts.open(accounts.named("Field work"))
    assert renamed.account.name == "Field work"
    assert renamed.is_still(opened), "what is under way goes on with its clients"
    assert opened.requester.balance()
    assert not accounts.open(replace(account, since="2026-01-01T00:00:00+00:00")).is_still(opened)


def test_a_name_that_became_free_is_of_another_account(accounts: Accounts, ring: MemoryKeyring) -> None:
    accounts.add(LAB, KEYS)
    accounts.change(accounts.named("Lab"), replace(LAB, name="Old lab"))
    new = accounts.add(LAB, OTHER_KEYS)
    assert new.name == "Lab"
    assert new.kept_as == "Lab (2)"
    kept = [accounts._vault.load(account.kept_as) for account in accounts.all()[1:]]
    assert kept == [KEYS, OTHER_KEYS]
    accounts.forget(accounts.named("Lab"))
    assert [account.name for account in accounts.all()] == ["Practice", "Old lab"]
    assert accounts._vault.load("Lab") == KEYS


def test_at_another_address_it_is_another_account(accounts: Accounts, cloud: PracticeCloud) -> None:
    account, keys = over(cloud, KeySource.KEYRING)
    accounts.add(replace(account, endpoint="https://mturk.example.org"), keys)
    before = accounts.named("Lab")
    opened = accounts.open(before)
    moved = accounts.change(accounts.named("Lab"), account)
    assert moved.since > before.since
    assert (moved.kept_as, moved.endpoint) == ("Lab", cloud.details.mturk_endpoint)
    assert accounts.open(moved) is not opened
    assert accounts.open(moved).requester.balance()
    with pytest.raises(ProblemError) as caught:  # as another window still has it
        accounts.open(before)
    assert code_of(caught) == "account.replaced"


def test_a_change_keeps_where_the_keys_are(accounts: Accounts) -> None:
    field = Account(name="Field", environment=Environment.SANDBOX, source=KeySource.PROFILE, profile="old")
    accounts.add(field, None)
    changed = accounts.change(accounts.named("Field"), replace(field, profile="new", source=KeySource.KEYRING))
    assert (changed.source, changed.profile) == (KeySource.PROFILE, "new")
    accounts.add(LAB, KEYS)
    changed = accounts.change(accounts.named("Lab"), replace(LAB, environment=Environment.PRODUCTION, profile="new"))
    assert (changed.profile, changed.is_live) == ("", True)


@pytest.mark.parametrize(
    ("name", "wanted", "code"),
    [
        ("Practice", "Mine", "account.not-changed"),
        ("environment", "Mine", "account.not-changed"),
        ("Lab", "FIELD", "account.exists"),
        ("Lab", "practice", "account.exists"),
        ("Nobody", "Lab", "account.unknown"),
    ],
)
def test_what_cannot_be_changed(accounts: Accounts, name: str, wanted: str, code: str) -> None:
    accounts.add(LAB, KEYS)
    accounts.add(replace(LAB, name="Field", kept_as=""), KEYS)
    kept = accounts.all()
    nobody = replace(LAB, name=name, kept_as="")
    seen = next((one for one in (*kept, ENVIRONMENT) if one.name == name), nobody)
    with pytest.raises(ProblemError) as caught:
        accounts.change(seen, replace(LAB, name=wanted))
    assert code_of(caught) == code
    assert accounts.all() == kept


def test_a_list_that_an_earlier_program_wrote_is_written_for_it_until_an_account_is_renamed(
    accounts: Accounts, places: Places
) -> None:
    accounts.add(LAB, KEYS)
    kept = json.loads(places.accounts.read_text(encoding="utf-8"))
    assert (kept["version"], "kept_as" in kept["accounts"][0]) == (1, False)
    accounts.change(accounts.named("Lab"), replace(LAB, name="Field"))
    kept = json.loads(places.accounts.read_text(encoding="utf-8"))
    assert (kept["version"], kept["accounts"][0]["kept_as"]) == (2, "Lab")


def test_keys_that_are_gone_can_be_replaced(accounts: Accounts, ring: MemoryKeyring, cloud: PracticeCloud) -> None:
    account, right = over(cloud, KeySource.KEYRING)
    accounts.add(account, right)
    ring.entries.clear()
    accounts._vault = Vault(ring)
    with pytest.raises(ProblemError) as caught:
        accounts.open(account)
    assert "replace its keys under Accounts" in caught.value.problem.remedy
    accounts.replace_keys(accounts.named("Lab"), right)
    assert accounts.open(account).requester.balance()


@pytest.mark.parametrize("what", ["forget", "replace", "change"])
@pytest.mark.parametrize("now", ["other keys", "another place", "gone", "renamed"])
def test_only_the_account_that_was_seen_is_forgotten_or_changed(
    accounts: Accounts, places: Places, ring: MemoryKeyring, what: str, now: str
) -> None:
    seen = accounts.add(replace(LAB, since="2026-01-01T00:00:00+00:00"), KEYS)
    other_window = make(places, ring)
    match now:
        case "other keys":
            other_window.replace_keys(seen, OTHER_KEYS)
        case "another place":
            other_window.forget(seen)
            other_window.add(replace(LAB, environment=Environment.PRODUCTION, since=seen.since), OTHER_KEYS)
        case "gone":
            other_window.forget(seen)
        case _:
            other_window.change(seen, replace(seen, name="Field work"))
    other_window.close()
    kept, entries = accounts.all(), dict(ring.entries)
    ways: dict[str, Callable[[], object]] = {
        "forget": lambda: accounts.forget(seen),
        "replace": lambda: accounts.replace_keys(seen, OTHER_KEYS),
        "change": lambda: accounts.change(seen, replace(seen, name="Mine")),
    }
    do = ways[what]
    if now == "renamed":  # it is the very same
        do()
        assert accounts.all() != kept
        return
    problem = problem_of(do)
    assert problem.code == ("account.unknown" if now == "gone" else "account.replaced")
    assert "Lab" in problem.detail
    assert accounts.all() == kept
    assert ring.entries == entries


@pytest.mark.parametrize("name", ["Practice", "environment", "Field"])
def test_keys_from_elsewhere_are_not_replaced_here(accounts: Accounts, ring: MemoryKeyring, name: str) -> None:
    accounts.add(Account(name="Field", environment=Environment.SANDBOX, source=KeySource.PROFILE, profile="f"), None)
    with pytest.raises(ProblemError) as caught:
        accounts.replace_keys(accounts.named(name), OTHER_KEYS)
    assert code_of(caught) == "keys.elsewhere"
    assert ring.entries == {}


def test_who_am_i(accounts: Accounts, cloud: PracticeCloud) -> None:
    account, keys = over(cloud, KeySource.KEYRING)
    identity = accounts.try_out(account, keys)
    assert identity.account_id == cloud.details.account_id
    assert identity.user == "practice"
    assert identity.arn.startswith("arn:aws:iam::")
    assert float(identity.balance) > 0
    assert identity.environment is Environment.OTHER
    assert accounts.all() == (PRACTICE,)  # only tried


@pytest.mark.parametrize(
    ("key", "secret", "expected"),
    [
        pytest.param("", "x" * 40, "The secret does not belong to the access key.", id="wrong-secret"),
        pytest.param("AKIAWRONGWRONGWRONG1", "", "The access key is not known.", id="wrong-key"),
    ],
)
def test_wrong_keys_are_said_to_be_wrong(
    accounts: Accounts, cloud: PracticeCloud, key: str, secret: str, expected: str
) -> None:
    account, right = over(cloud, KeySource.SESSION)
    keys = Credentials(access_key_id=key or right.access_key_id, secret_access_key=secret or right.secret_access_key)
    with pytest.raises(ProblemError) as caught:
        accounts.try_out(account, keys)
    problem = caught.value.problem
    assert (problem.title, problem.cause) == (expected, Cause.KEYS)
    assert problem.answer.request_id
    assert keys.secret_access_key not in json.dumps(problem.as_json())


def test_one_half_of_who_am_i_may_fail(accounts: Accounts, cloud: PracticeCloud) -> None:
    account, keys = over(cloud, KeySource.SESSION)
    cloud.set_faults(Faults(unlinked=True))
    try:
        with pytest.raises(ProblemError) as caught:
            accounts.try_out(account, keys)
    finally:
        cloud.set_faults(Faults())
    assert caught.value.problem.cause is Cause.NOT_LINKED


def test_practice_that_was_killed_starts_again_at_the_same_place(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints: list[IO[bytes]] = []
    make = tempfile.TemporaryFile

    def one_more() -> IO[bytes]:
        complaints.append(make())
        return complaints[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", one_more)
    first = session.accounts.open(PRACTICE)
    assert session.accounts.open(PRACTICE) is first
    assert session.accounts.who_am_i(PRACTICE).user == "practice"
    assert first.practice is not None
    cloud = first.practice
    assert connected(cloud)
    psutil.Process(cloud.process_id).kill()
    assert until(lambda: not cloud.is_running())

    second = session.accounts.open(PRACTICE)
    assert second.practice is not None
    assert second is not first
    assert connected(cloud) == set(), "nothing is left of those to the one that was killed"
    assert [one.closed for one in complaints] == [True, False]
    assert second.practice.details.queue_url == cloud.details.queue_url
    assert second.practice.details.topic_arn == cloud.details.topic_arn
    assert [(notice.code, account) for notice, account in session.notices] == [("practice.restarted", PRACTICE)]
    assert session.accounts.who_am_i(PRACTICE).environment is Environment.PRACTICE
    assert first.clients.connection.credentials is not None
    assert first.clients.connection.credentials.secret_access_key not in session.accounts.secrets()


@pytest.mark.parametrize("starts_again", [True, False], ids=["another one answers there", "nobody answers"])
def test_a_run_whose_practice_is_killed_says_so_and_speaks_of_no_keys(session: Session, starts_again: bool) -> None:
    first = session.accounts.open(PRACTICE)
    assert first.practice is not None
    cloud = first.practice
    ids = [HitTypeId(f"3GONE{number:03}") for number in range(40)]
    changes = [apply(one, SPEC) for one in ids]
    psutil.Process(cloud.process_id).kill()
    assert until(lambda: not cloud.is_running())
    if starts_again:
        session.accounts.open(PRACTICE)
    outcome = session.hit_types.run(first, changes, progress=lambda _: None, stop=threading.Event())
    assert outcome.stopped_by is not None
    assert (outcome.stopped_by.code, outcome.stopped_by.title) == (
        "practice.ended",
        "The practice cloud was ended from outside.",
    )
    assert "practice starts again by itself" in outcome.stopped_by.remedy
    (result,) = outcome.results
    assert result.problem is not None
    assert (result.state, result.problem.code) == (LineState.FAILED, "practice.ended")
    assert "keys" not in result.problem.remedy


def test_practice_ends_with_its_accounts(places: Places) -> None:
    notices: list[Problem] = []
    accounts = Accounts(AccountList(places.accounts), Vault(MemoryKeyring()), notice=notices.append)
    opened = accounts.open(PRACTICE)
    accounts.close()
    assert opened.practice is not None
    assert not opened.practice.is_running()
    assert notices == []


@pytest.mark.parametrize(
    ("variable", "sandbox", "expected"),
    [
        pytest.param("", False, Environment.PRODUCTION, id="live"),
        pytest.param("", True, Environment.SANDBOX, id="sandbox"),
        pytest.param("AWS_ENDPOINT_URL", False, Environment.OTHER, id="endpoint"),
        pytest.param("AWS_ENDPOINT_URL_MTURK", False, Environment.OTHER, id="endpoint-of-mturk"),
        pytest.param("AWS_ENDPOINT_URL_SQS", False, Environment.PRODUCTION, id="endpoint-of-another"),
        pytest.param("AWS_ENDPOINT_URL_SQS", True, Environment.SANDBOX, id="sandbox-with-another-s-endpoint"),
    ],
)
def test_where_the_environment_leads(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch, variable: str, *, sandbox: bool, expected: Environment
) -> None:
    if variable:
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    assert accounts.open_environment(sandbox=sandbox).account.environment is expected


def test_the_sandbox_of_the_environment_is_the_sandbox(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    client = accounts.open_environment(sandbox=True).clients.mturk
    assert client.meta.endpoint_url == "https://mturk-requester-sandbox.us-east-1.amazonaws.com"
    client = accounts.open_environment(sandbox=False).clients.mturk
    assert client.meta.endpoint_url == "https://mturk-requester.us-east-1.amazonaws.com"


def test_what_was_judged_is_what_every_later_client_calls(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_MTURK", "https://mturk.example.org")
    opened = accounts.open_environment(sandbox=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL_MTURK", "https://mturk-requester.us-east-1.amazonaws.com")
    assert opened.account.environment is Environment.OTHER
    assert opened.clients.mturk_bulk.meta.endpoint_url == "https://mturk.example.org"
    assert accounts.open(ENVIRONMENT) is opened


@pytest.mark.parametrize("environment", list(Environment), ids=str)
@pytest.mark.parametrize("source", [KeySource.PROFILE, KeySource.KEYRING, KeySource.SESSION], ids=str)
@pytest.mark.parametrize(
    "endpoint",
    ["", "https://MTURK-requester.us-east-1.amazonaws.com.:443/x", "https://mturk.example.org", "http://127.0.0.1:9"],
    ids=["none", "live", "other", "local"],
)
def test_the_badge_is_that_of_the_host_that_the_clients_call(
    accounts: Accounts, own_home: Path, environment: Environment, source: KeySource, endpoint: str
) -> None:
    (own_home / ".aws").mkdir()
    (own_home / ".aws" / "config").write_text(
        "[default]\nendpoint_url = http://127.0.0.1:9\n"
        "[profile lab]\nendpoint_url = https://mturk-requester.us-east-1.amazonaws.com\n",
        "utf-8",
    )
    account = Account(name="Lab", environment=environment, source=source, profile="lab", endpoint=endpoint)
    accounts.add(account, KEYS)
    (kept,) = accounts.all()[1:]
    if not account.mturk_endpoint:
        with pytest.raises(ProblemError) as caught:
            accounts.open(kept)
        assert code_of(caught) == "account.no-address"
        return
    opened = accounts.open(kept)
    for client in (opened.clients.mturk, opened.clients.mturk_bulk):
        assert environment_at(client.meta.endpoint_url) is opened.account.environment is kept.environment
        assert client.meta.endpoint_url == kept.mturk_endpoint
    assert opened.account.is_live == ("MTURK" in endpoint or (not endpoint and environment is Environment.PRODUCTION))


def test_profiles_of_this_computer(own_home: Path) -> None:
    assert profiles() == ()
    folder = own_home / ".aws"
    folder.mkdir()
    (folder / "config").write_text("[default]\n[profile lab]\nregion = eu-west-1\n", "utf-8")
    (folder / "credentials").write_text("[field]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n", "utf-8")
    assert profiles() == ("default", "field", "lab")


def test_sandbox_never_means_live(session: Session) -> None:
    live = Account(name="Live", environment=Environment.PRODUCTION, source=KeySource.PROFILE, profile="lab")
    session.accounts.add(live, None)
    with pytest.raises(ProblemError) as caught:
        session.open_named("Live", sandbox=True)
    assert code_of(caught) == "account.not-sandbox"


def test_keys_are_not_used_for_the_account_that_had_their_name_before(accounts: Accounts) -> None:
    before = replace(LAB, source=KeySource.SESSION, since="2026-01-01T00:00:00+00:00")
    now = Account(
        name="Lab",
        environment=Environment.OTHER,
        source=KeySource.SESSION,
        endpoint="http://127.0.0.1:9",
        since="2026-02-01T00:00:00+00:00",
    )
    accounts.add(before, KEYS)
    accounts.forget(accounts.named("Lab"))
    accounts.add(now, KEYS)
    opened = accounts.open(now)
    with pytest.raises(ProblemError) as raised:
        accounts.open(before)
    assert code_of(raised) == "account.replaced"
    assert accounts.open(now) is opened


def test_what_comes_after_an_account_was_forgotten_tells_no_secret_of_it(accounts: Accounts) -> None:
    token = "an odd token of thirty-one signs"
    keys = Credentials(access_key_id="ASIAIOSFODNN7EXAMPLE", secret_access_key=SECRET, session_token=token)
    other = Account(name="Lab", environment=Environment.OTHER, source=KeySource.SESSION)

    def say(asked: Asked) -> tuple[int, str, str]:
        accounts.forget(accounts.named("Lab"))
        return 403, JSON, json.dumps({"__type": "Refused", "Message": f"no: {asked.headers['x-amz-security-token']}"})

    with listening(say) as endpoint:
        account = replace(other, endpoint=endpoint)
        accounts.add(account, keys)
        opened = accounts.open(account)
        problem = problem_of(opened.requester.balance)
        opened.clients.close()
    assert problem.answer is not None
    assert problem.answer.message == "no: [removed]"
    assert token not in accounts.secrets()
