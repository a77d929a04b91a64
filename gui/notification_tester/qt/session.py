# SPDX-License-Identifier: MIT
"""What stands between the window and the services: one session, one open account, all calls off the main thread.

What was found, tested or said belongs to the account that was open, and leaves the screen with it (``left``). An answer
that comes later than that is nobody's any more: :meth:`Program.while_here` keeps it away from the next account.
"""

from __future__ import annotations

import importlib
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from notification_tester.domain.account import PRACTICE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from notification_tester.domain.account import Account, Credentials, Identity
    from notification_tester.domain.destination import Transport
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.qt.widgets.code_dialog import CodeQuestion
    from notification_tester.qt.widgets.drops import Taken
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.session import Session
    from notification_tester.storage.places import Places


Answer = TypeVar("Answer")

CLOSING_SECONDS = 6.0
"""How long closing waits for calls under way, and for what was lent to be given back."""


class Program(QObject):
    """Owns the session and answers by signals. Nothing here blocks the main thread, except :meth:`close`."""

    session_ready = Signal()  # history is known, or why there is none
    accounts_changed = Signal()
    left = Signal(object)  # the Account that is wanted now: what belongs to the one before leaves the screen
    opening = Signal(object)  # Account
    opened = Signal(object)  # OpenAccount
    open_failed = Signal(object, object)  # Account, Problem
    forgotten = Signal(str)  # what an account was kept as that is in the list no more
    recorded = Signal(int)  # a row of the history that is new or another, whatever account is open now
    history_shortened = Signal()  # rows were removed
    history_put_aside = Signal(object)  # the Problem that says where the damaged one is, and how a new one begins
    notice = Signal(object)  # Problem that needs nothing done
    account_notice = Signal(object, object)  # the same, and the Account that it is about
    code_wanted = Signal(object)  # CodeQuestion that a call waits on
    closing = Signal()  # long jobs are to stop now

    def __init__(self, tasks: Tasks, places: Places, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self.session: Session | None = None
        self.current: OpenAccount | None = None
        self.accounts: tuple[Account, ...] = (PRACTICE,)
        self._places = places
        self._wanted: Account = PRACTICE
        self._has_opened = False
        self._stay = 0  # another with each account
        self._notices_shown = 0
        self._is_starting = False
        self._start_problem: Problem | None = None
        self._questions: list[CodeQuestion] = []
        self._is_closing = False
        self._watchdog = QTimer(self, interval=2000)
        self._watchdog.timeout.connect(self._start_practice_again)

    @property
    def data_folder(self) -> Path:
        """Where history and lists are on this computer."""
        return self._places.data

    @property
    def wanted(self) -> Account:
        """The account that was chosen last, open or not."""
        return self._wanted

    def start(self, account_name: str) -> None:
        """Open the session, then the account that is kept under that name, or practice where there is none of it."""
        self._is_starting = True
        self.tasks.run(
            partial(_make_session, self._places, self.ask_code, self._noticed, self._changed),
            done=partial(self._session_made, account_name),
            failed=self._no_session,
        )

    def open(self, account: Account) -> None:
        """Switch to ``account``; answered by ``opened`` or ``open_failed``, unless another was asked for meanwhile."""
        session = self.session
        if session is None:
            if not self._is_starting:
                self.start(account.kept_as)
            return
        is_another = self._has_opened and not account.is_renamed(self._wanted)
        self._wanted, self._has_opened = account, True
        if is_another:
            self._leave()
        self.opening.emit(account)
        self.tasks.run(
            partial(session.accounts.open, account),
            done=partial(self._account_opened, account),
            failed=partial(self._account_failed, account),
        )

    def while_here(self, take: Callable[[Answer], None]) -> Callable[[Answer], None]:
        """``take`` for an answer to come; one that comes after another account was asked for is dropped."""
        stay = self._stay

        def taken(answer: Answer) -> None:
            if stay == self._stay:
                take(answer)

        return taken

    def ask(
        self,
        work: Callable[[Session], Answer],
        *,
        done: Callable[[Answer], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Have the services do ``work`` off the main thread; before there is a session, ``failed`` hears why."""
        if self.session is None:
            failed(self._not_ready())
        else:
            self.tasks.run(partial(work, self.session), done=done, failed=failed)

    def look_after_practice(self, wanted: bool) -> None:
        """Start practice again when its process was ended from outside; not wanted while a test is under way there."""
        if wanted and self.current is not None and self.current.practice is not None:
            self._watchdog.start()
        else:
            self._watchdog.stop()

    def add_account(
        self,
        account: Account,
        credentials: Credentials | None,
        *,
        done: Callable[[], None],
        failed: Callable[[Problem], None],
        opens: bool = True,
    ) -> None:
        """Remember an account, and open it. From this moment on it is another than any of its name before."""
        new = replace(account, since=datetime.now(tz=UTC).isoformat())

        def added(new: Account) -> None:
            self._accounts_now()
            done()
            if opens:
                self.open(new)

        self.ask(lambda session: session.accounts.add(new, credentials), done=added, failed=failed)

    def forget_account(self, account: Account, *, failed: Callable[[Problem], None]) -> None:
        """Forget an account and its keys; practice follows where it was the open one.

        What is under way for it ends first, so that nothing more is sent with those keys.
        """

        def forgotten(_: None) -> None:
            self._accounts_now()
            self.forgotten.emit(account.kept_as)
            if self._wanted.kept_as == account.kept_as:
                self.open(PRACTICE)

        self._leave_if_open(account)
        self.ask(
            lambda session: session.forget_account(account),
            done=forgotten,
            failed=partial(self._not_changed, account, failed),
        )

    def replace_keys(
        self,
        account: Account,
        credentials: Credentials,
        *,
        done: Callable[[Account], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Give an account other keys. Where it is the one on top it is opened anew: from now on it is another."""

        def replaced(new: Account) -> None:
            self._accounts_now()
            done(new)
            if self._wanted.kept_as == new.kept_as:
                self.open(new)

        self._leave_if_open(account)
        self.ask(
            lambda session: session.replace_keys(account, credentials),
            done=replaced,
            failed=partial(self._not_changed, account, failed),
        )

    def change_account(
        self, before: Account, wanted: Account, *, done: Callable[[Account], None], failed: Callable[[Problem], None]
    ) -> None:
        """Give an account another name, other addresses, another profile. At another place it is opened anew."""

        def changed(new: Account) -> None:
            self._accounts_now()
            done(new)
            if self._wanted.kept_as == new.kept_as:
                self.open(new)

        if not before.is_renamed(wanted):
            self._leave_if_open(before)
        self.ask(
            lambda session: session.change_account(before, wanted),
            done=changed,
            failed=partial(self._not_changed, before, failed),
        )

    def set_hit_types(self, account: Account, *, done: Callable[[Sequence[HitTypeId]], None]) -> None:
        """The HIT types of which the record of an account knows a notification; no answer where it cannot be read."""
        self.ask(lambda session: session.set_hit_types(account), done=done, failed=lambda _: None)

    def keys_in_files(
        self, paths: Sequence[Path], *, done: Callable[[Taken[Credentials]], None], failed: Callable[[Problem], None]
    ) -> None:
        """Find the access key in a file that AWS handed out: in the first of these that has one."""
        self.tasks.run(partial(_keys_in_files, paths), done=done, failed=failed)

    def _leave_if_open(self, account: Account) -> None:
        if self.current is not None and self._wanted.kept_as == account.kept_as:
            self._leave()

    def _not_changed(self, account: Account, failed: Callable[[Problem], None], problem: Problem) -> None:
        """Where it is another one by now, or gone, the list says so; ``failed`` finds it there."""
        self._accounts_now()
        failed(problem)
        if self.session is not None and self.current is None and self._wanted.kept_as == account.kept_as:
            self.open(self._wanted)

    def who_am_i(
        self,
        account: Account,
        credentials: Credentials | None,
        *,
        done: Callable[[Identity], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Ask whose keys these are, for a known account or for one that is being typed in."""
        known = credentials is None and account in self.accounts
        self.ask(
            lambda session: (
                session.accounts.who_am_i(account) if known else session.accounts.try_out(account, credentials)
            ),
            done=done,
            failed=failed,
        )

    def profiles(self, *, done: Callable[[Sequence[str]], None], failed: Callable[[Problem], None]) -> None:
        """Find out which AWS profiles this computer has."""
        self.tasks.run(_profiles, done=done, failed=failed)

    def choices(
        self,
        transport: Transport,
        *,
        done: Callable[[list[tuple[str, str]]], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Find the destinations that the open account can see, as label and text."""
        if self.current is not None:
            self.tasks.run(
                partial(_choices, self.current, transport), done=self.while_here(done), failed=self.while_here(failed)
            )

    def replace_history(self) -> None:
        """Rename a history that cannot be read, so that the next start begins a new one."""
        self.tasks.run(partial(_replace_history, self._places), done=self._history_put_aside, failed=self.notice.emit)

    def _history_put_aside(self, told: Problem) -> None:
        if self.session is not None:
            self.session.history_problem = told
        self.history_put_aside.emit(told)
        self.notice.emit(told)

    def forget_seen(self, days: int | None, *, done: Callable[[int], None], failed: Callable[[Problem], None]) -> None:
        """Remove what the history has that is older than so many days, or all of it; ``done`` hears how many rows."""
        before = None if days is None else datetime.now(tz=UTC) - timedelta(days=days)

        def removed(count: int) -> None:
            if count:
                self.history_shortened.emit()
            done(count)

        self.ask(lambda session: session.forget_seen(before=before), done=removed, failed=failed)

    def secrets(self) -> tuple[str, ...]:
        """Every secret in memory, to keep it out of a report."""
        from notification_tester.aws.settings import environment_secrets

        return tuple(environment_secrets(os.environ)) if self.session is None else self.session.secrets()

    def ask_code(self, device: str) -> str:
        """Ask the person for the code of an MFA device; on the thread of the call that needs it.

        Raises ProblemError where none is given in time.
        """
        from notification_tester.qt.widgets.code_dialog import CodeQuestion

        question = CodeQuestion(device)
        self._questions.append(question)
        if self._is_closing:
            question.answer("")
        self.tasks.on_main_thread(partial(self.code_wanted.emit, question))
        try:
            return question.wait()
        finally:
            self._questions.remove(question)

    def close(self, *, patience: float = CLOSING_SECONDS) -> bool:
        """End everything: what was lent is given back and practice is ended before this returns.

        False when a call did not come back within ``patience`` seconds, so that the process has to be ended as it is.
        """
        self.closing.emit()
        self._is_closing = True
        for question in self._questions.copy():
            question.answer("")
        self._watchdog.stop()
        ending = threading.Thread(target=self._end, name="ending", daemon=True)
        ending.start()
        ending.join(patience)
        return not ending.is_alive()

    def _end(self) -> None:
        self.tasks.close()
        if self.session is not None:
            self.session.close()

    def _session_made(self, account_name: str, session: Session) -> None:
        self._is_starting = False
        self.session = session
        self._accounts_now()
        self.session_ready.emit()
        wanted = next((one for one in self.accounts if one.kept_as == account_name), PRACTICE)
        self.open(wanted)
        self.tasks.run(
            partial(session.remove_leftovers, tell=True), done=self._leftovers_removed, failed=self.notice.emit
        )

    def _not_ready(self) -> Problem:
        from notification_tester.domain.problem import Cause, Problem, Remedy

        return self._start_problem or Problem(
            title="The program is still starting.",
            detail="Its accounts are not read yet.",
            remedy="Try again in a moment.",
            code="program.starting",
            cause=Cause.PROGRAM,
            remedies=(Remedy.TRY_AGAIN,),
        )

    def _no_session(self, problem: Problem) -> None:
        self._is_starting = False
        self._start_problem = problem
        self.open_failed.emit(PRACTICE, problem)

    def _accounts_now(self) -> None:
        if self.session is not None:
            self.accounts, problem = self.session.accounts.all_or_problem()
            if problem is not None:
                self.notice.emit(problem)
            self.accounts_changed.emit()

    def _leave(self) -> None:
        """What belongs to the account of now leaves the screen, and what it still answers is not wanted any more."""
        self.current = None
        self._stay += 1
        self.left.emit(self._wanted)

    def _account_opened(self, account: Account, opened: OpenAccount) -> None:
        self.show_notices()
        if account != self._wanted:
            return
        if self.current is not None and not are_one(self.current, opened):
            self._leave()  # of the same name, with other keys
        self.current = opened
        self.look_after_practice(True)
        self.opened.emit(opened)
        if self.session is not None:
            self.tasks.run(
                partial(self.session.remove_leftovers_of, opened),
                done=partial(self._leftovers_removed, account=opened.account),
                failed=partial(self._say_of, opened.account),
            )

    def _account_failed(self, account: Account, problem: Problem) -> None:
        if account == self._wanted:
            if self.current is not None:
                self._leave()
            self.open_failed.emit(account, problem)

    def _leftovers_removed(self, result: tuple[int, tuple[Problem, ...]], account: Account | None = None) -> None:
        for problem in result[1]:
            if account is None:
                self.notice.emit(problem)
            else:
                self._say_of(account, problem)

    def _say_of(self, account: Account, problem: Problem) -> None:
        self.account_notice.emit(problem, account)

    def _start_practice_again(self) -> None:
        opened = self.current
        if opened is not None and opened.practice is not None and not opened.practice.is_running():
            self._watchdog.stop()
            self.open(opened.account)

    def _noticed(self) -> None:
        """On any thread: something is to be told that no answer tells."""
        self.tasks.on_main_thread(self.show_notices)

    def _changed(self, row_id: int) -> None:
        """On any thread: a change has a row in the history that is new or another."""
        self.tasks.on_main_thread(partial(self.recorded.emit, row_id))

    def show_notices(self) -> None:
        """Say what the services have to tell beside their answers, and was not said yet."""
        if self.session is not None:
            new = self.session.notices[self._notices_shown :]
            self._notices_shown += len(new)
            for problem, account in new:
                self._say_of(account, problem)


def are_one(before: OpenAccount, now: OpenAccount) -> bool:
    """Practice goes on where it was when its process had to be started again; a new name alone is no other account."""
    both_practice = now.practice is not None and before.practice is not None
    return both_practice or now.is_still(before)


def _replace_history(places: Places) -> Problem:
    from notification_tester.services.history_renewal import rename_damaged

    return rename_damaged(places)


def _make_session(
    places: Places,
    ask_code: Callable[[str], str],
    noticed: Callable[[], None],
    recorded: Callable[[int], None],
) -> Session:
    from notification_tester.services.session import Session

    # E-mail addresses are read at each key, on the main thread; what reads them is imported here instead.
    importlib.import_module("email_validator")
    return Session(places, ask_code=ask_code, noticed=noticed, recorded=recorded)


def _keys_in_files(paths: Sequence[Path]) -> Taken[Credentials]:
    from notification_tester.qt.widgets.drops import first_that_fits
    from notification_tester.services.accounts import keys_in_file

    return first_that_fits(keys_in_file, paths)


def _profiles() -> Sequence[str]:
    from notification_tester.services.accounts import profiles

    return profiles()


def _choices(opened: OpenAccount, transport: Transport) -> list[tuple[str, str]]:
    from notification_tester.services.destinations import choices

    found = choices(opened, transport)
    return [
        (f"{one.destination.name} ({one.remark})" if one.remark else one.destination.name, one.destination.text)
        for one in found
    ]
