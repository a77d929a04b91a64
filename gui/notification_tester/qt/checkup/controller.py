# SPDX-License-Identifier: MIT
"""The checkup in the window: the quiet verdict under the destination, and the dialogs that come out of it.

Each dialog works for the account that it was opened with, and leaves the screen with it. What was mended can be taken
back as long as that account is open, also after its dialog was closed.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from notification_tester.domain.finding import Level
from notification_tester.domain.problem import Cause, Code, Problem, ProblemError, Remedy
from notification_tester.qt.background import Batcher
from notification_tester.qt.checkup.destinations import DestinationsController
from notification_tester.qt.checkup.quiet import QuietCheck
from notification_tester.qt.checkup.verdict import change_line, level_tone, verdict_line, went_silent
from notification_tester.qt.looks.theme import Tone
from notification_tester.storage.whole_file import save_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.checkup_report import CheckupReport
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.finding import Finding
    from notification_tester.qt.checkup.administrator_dialog import AdministratorDialog
    from notification_tester.qt.checkup.mend_dialog import MendDialog
    from notification_tester.qt.checkup.view import CheckupView
    from notification_tester.qt.notification.destination_field import DestinationField
    from notification_tester.qt.session import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.checkup.mend import Mended, Proposal
    from notification_tester.services.session import Session
    from notification_tester.storage.rows import HistoryRow

    Propose = Callable[[Session], Proposal | None]
    """How a change is worked out, on a worker."""


LOOK_AGAIN_AFTER = 10.0
"""Seconds from one look to the next that somebody's coming back to the window begins."""


class _Change(NamedTuple):
    """What was written, and with which account."""

    opened: OpenAccount
    mended: Mended


class CheckupController(QObject):
    """Follows what stands in ``field``. ``test_requested`` when something was mended and is to be tried;
    ``changed(Destination, bool)`` when something was written there, and whether that was the way back;
    ``found_mended(Destination, str)`` when what was broken there is good now and nothing else is broken, with the title
    of what is found, whoever mended it; the title is empty where it is broken once more.
    """

    test_requested = Signal()
    changed = Signal(object, bool)
    found_mended = Signal(object, str)
    remedy_requested = Signal(object)  # one of those that the window can do

    def __init__(self, program: Program, field: DestinationField, window: QWidget) -> None:
        super().__init__(window)
        self._program = program
        self._field = field
        self._window = window
        self._opened: OpenAccount | None = None
        self._full: threading.Event | None = None
        self._changes: list[_Change] = []  # that can be taken back, the newest last
        self._broken: tuple[object, frozenset[str]]  # what is, of what is wanted in the field
        self._told_of: object  # what was wanted when it was told that it is mended
        self._forget_broken()
        self._looked_at = 0.0  # on the clock of monotonic
        self.look_again_after = LOOK_AGAIN_AFTER
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._state_changed)
        self.destinations = DestinationsController(program, window)
        self.destinations.made.connect(self._made)
        self.destinations.test_requested.connect(self._test)
        self.destinations.closed.connect(self._close_view)
        self.destinations.remedy_requested.connect(self._leave_for)
        self.quiet = QuietCheck(self._look_at, self)
        self.quiet.checked.connect(self._show_verdict)
        self.quiet.begun.connect(partial(field.show_checking, True))
        self.quiet.given_up.connect(partial(field.show_checking, False))
        self.view: CheckupView | None = None
        self.mend_dialog: MendDialog | None = None
        self.administrator_dialog: AdministratorDialog | None = None
        field.findings_requested.connect(self.open_findings)
        field.mend_requested.connect(self._mend_here)
        field.look_again_requested.connect(self.look_again)
        field.offer_making()
        field.create_requested.connect(self.destinations.open_new)
        field.throwaways_requested.connect(self.destinations.open_throwaways)
        field.undo_requested.connect(self._open_undo)
        program.left.connect(self.leave)
        program.closing.connect(self._stop)

    def follow(self, opened: OpenAccount | None) -> None:
        """Look at what is in the field now, with this account; at nothing while none is open."""
        if opened is not self._opened and opened is None:
            self._field.set_verdict(Tone.PLAIN, "")
        self._opened = opened
        self.destinations.follow(opened)
        self.quiet.want(opened, self._field.destination())
        if self.quiet.report is not None and not self._field.findings_link.isVisibleTo(self._field):
            self._show_verdict(self.quiet.report)  # the field forgets it when the same address is typed anew
        self._show_change()

    def leave(self) -> None:
        """Another account was asked for: whatever is open here belongs to the one before."""
        self._stop_full()
        self.follow(None)
        self.destinations.leave()
        for dialog in (self.administrator_dialog, self.mend_dialog, self.view):
            if dialog is not None:
                dialog.done(0)

    def _leave_for(self, remedy: Remedy) -> None:
        """Close what is open here, as it keeps the window from being used, and have the window do something."""
        for dialog in (self.administrator_dialog, self.mend_dialog, self.view):
            if dialog is not None:
                dialog.done(0)
        self.destinations.close_all()
        self.remedy_requested.emit(remedy)

    def test_begins(self) -> None:
        """Nothing else is asked while a test is under way."""
        self.quiet.hold(True)

    def test_ended(self, is_good: bool) -> None:
        """Look again where the test failed, or went well though something was in its way."""
        if is_good:
            self._forget_broken()  # it was mended before the test, or stood in nobody's way
        if not is_good or (self.quiet.report is not None and _may_change(self.quiet.report)):
            self.quiet.refresh()
        self.quiet.hold(False)

    def open_findings(self) -> bool:
        """Show everything that was looked at; it is looked at first where it was not. False: no destination."""
        report, wanted = self.quiet.report, self.quiet.wanted
        if wanted is None or self.view is not None:
            return self.view is not None
        from notification_tester.qt.checkup.view import CheckupView

        self.view = view = CheckupView(self._window.window())
        view.check_requested.connect(self._check)
        view.mend_requested.connect(lambda: self.mend(wanted[1]))
        view.create_requested.connect(lambda: self._create(wanted[1]))
        view.undo_requested.connect(self._open_undo)
        view.administrator_requested.connect(self.open_administrator)
        view.save_requested.connect(self._save)
        view.remedy_requested.connect(self._leave_for)
        view.finished.connect(self._view_closed)
        self._show_change()
        if report is None:
            self._check()
        else:
            view.show_report(report)
        view.open()
        return True

    def look_again(self) -> None:
        """Look once more: somebody may have mended it elsewhere. What was found stays until then."""
        if self.quiet.report is not None and self.view is None:
            self._field.show_looking_again()
            self.quiet.refresh(at_once=True)

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        """Who comes back to the window may have mended it elsewhere, in a browser or at a terminal."""
        report = self.quiet.report
        is_due = time.monotonic() - self._looked_at >= self.look_again_after
        if state is Qt.ApplicationState.ApplicationActive and is_due and report is not None and _may_change(report):
            self.look_again()

    def _mend_here(self) -> None:
        if self.quiet.wanted is not None:
            self.mend(self.quiet.wanted[1])

    def mend(self, destination: Destination) -> None:
        """Work out the change, and show it."""
        opened = self._opened
        if opened is None:
            return
        propose = partial(_proposal_of_mend, opened, destination)
        dialog = self._make_mend_dialog(opened, destination, propose)
        if dialog is not None:
            dialog.open()
            self._propose(dialog, propose)

    def undo_of(self, row: HistoryRow, *, found: Callable[[], object], failed: Callable[[Problem], None]) -> None:
        """Show what would be put back of a change that the history has, which ``found`` hears that there is.

        ``failed`` hears why it cannot be.
        """
        opened = self._opened
        if opened is None:
            return

        propose = partial(_proposal_of_undo, opened, row)

        def proposed(proposal: Proposal) -> None:
            found()
            dialog = self._make_mend_dialog(opened, proposal.destination, propose, is_way_back=proposal.is_way_back)
            if dialog is not None:
                dialog.show_proposal(proposal)
                dialog.open()

        here = self._program.while_here
        self._program.ask(propose, done=here(proposed), failed=here(failed))

    def _open_undo(self) -> None:
        change = self._change_here()
        if change is not None:
            self._open_way_back(change)

    def _open_way_back(self, change: _Change) -> None:
        """Show what would be put back of what was mended since this start."""
        propose = partial(_proposal_of_way_back, *change)
        dialog = self._make_mend_dialog(
            change.opened, change.mended.destination, propose, is_way_back=True, change=change
        )
        if dialog is not None:
            dialog.open()
            self._propose(dialog, propose, change)

    def _undo(self, opened: OpenAccount, dialog: MendDialog, mended: Mended) -> None:
        dialog.accept()
        self._open_way_back(_Change(opened, mended))

    def _make_mend_dialog(
        self,
        opened: OpenAccount,
        destination: Destination,
        propose: Propose,
        *,
        is_way_back: bool = False,
        change: _Change | None = None,
    ) -> MendDialog | None:
        """``is_way_back``: an earlier change is to be taken back, and not what is in the way to be mended.

        ``change``: which, where it was made since this start.
        """
        if self.mend_dialog is not None:
            return None
        from notification_tester.qt.checkup.mend_dialog import MendDialog

        self.mend_dialog = dialog = MendDialog(
            opened.account, destination, self.view or self._window.window(), is_way_back=is_way_back
        )
        dialog.proposal_requested.connect(partial(self._propose, dialog, propose, change))
        dialog.change_requested.connect(partial(self._change, opened, dialog))
        dialog.undo_requested.connect(partial(self._undo, opened, dialog))
        dialog.test_requested.connect(self._test)
        dialog.remedy_requested.connect(self._leave_for)
        dialog.finished.connect(self._mend_closed)
        return dialog

    def _propose(self, dialog: MendDialog, propose: Propose, change: _Change | None = None) -> None:
        def proposed(proposal: Proposal | None) -> None:
            if self.mend_dialog is dialog:
                dialog.show_proposal(proposal)

        def failed(problem: Problem) -> None:
            if self.mend_dialog is dialog:
                dialog.show_problem(problem)
            if change is not None and change in self._changes and problem.code == Code.UNDONE_ALREADY:
                self._found_back(change)

        self._program.ask(propose, done=proposed, failed=failed)

    def _change(self, opened: OpenAccount, dialog: MendDialog, proposal: Proposal) -> None:
        def changed(mended: Mended) -> None:
            if proposal.is_way_back:
                here = proposal.destination
                if mended.is_known:
                    self._drop_changes(here)
                self._written(opened, here, back=True, is_known=mended.is_known)
                if self.mend_dialog is dialog and mended.is_known:
                    dialog.show_undone(mended)
                elif self.mend_dialog is dialog:
                    dialog.show_mended(mended)
                else:
                    unknown = None if mended.is_known else mended.lost
                    self._tell_later(opened, unknown or _was_undone(mended))
                return
            self._changes.append(_Change(opened, mended))
            self._written(opened, proposal.destination, back=False)
            if self.mend_dialog is dialog:
                dialog.show_mended(mended)
            else:
                unknown = None if mended.is_known else mended.lost
                self._tell_later(opened, unknown or _was_changed(proposal.destination))

        self._program.ask(
            lambda session: session.mend.apply(opened, proposal),
            done=changed,
            failed=partial(self._writing_failed, opened, dialog),
        )

    def _found_back(self, change: _Change) -> None:
        """Somebody else has put back what was there before a change: it counts as taken back."""
        self._drop_changes(change.mended.destination)
        self._written(change.opened, change.mended.destination, back=True)

    def _drop_changes(self, destination: Destination) -> None:
        """What was changed there was taken back."""
        self._changes = [one for one in self._changes if one.mended.destination != destination]

    def _written(self, opened: OpenAccount, destination: Destination, *, back: bool, is_known: bool = True) -> None:
        """Look there once more; a result is told of it only where it ``is_known`` to have been written."""
        if self._opened is not None and self._opened.is_still(opened):
            self._forget_broken()  # it is told of the change itself
            self._look_once_more()
            self._show_change()
            if is_known:
                self.changed.emit(destination, back)

    def _writing_failed(self, opened: OpenAccount, dialog: MendDialog, problem: Problem) -> None:
        if self.mend_dialog is dialog:
            dialog.show_problem(problem)
        else:
            self._tell_later(opened, problem)

    def _tell_later(self, opened: OpenAccount, problem: Problem) -> None:
        """Its dialog went with its account: said in the bar, as soon as that account is there again."""
        self._program.account_notice.emit(problem, opened.account)

    def _test(self) -> None:
        self._close_view()
        self.test_requested.emit()

    def _create(self, destination: Destination) -> None:
        """Make what is not there: where the keys are, under the same name as far as that will do."""
        name = destination.name.removesuffix(".fifo")
        self.destinations.open_new(destination.transport, name, self.view)

    def _made(self, address: str) -> None:
        self._field.set_text(address)
        self._forget()  # the same address may have led nowhere a moment ago
        destination = self._field.destination()
        if destination is not None:
            self.changed.emit(destination, False)

    def _close_view(self) -> None:
        if self.view is not None:
            self.view.accept()

    def _look_once_more(self) -> None:
        if self.view is not None:
            self._check()
        else:
            self._forget()

    def _forget(self) -> None:
        self._field.set_verdict(Tone.PLAIN, "")
        self.quiet.again()

    def _change_here(self) -> _Change | None:
        """The newest change of what stands in the field, by the account that is open."""
        destination, opened = self._field.destination(), self._opened
        here = (
            one
            for one in reversed(self._changes)
            if opened is not None and opened.is_still(one.opened) and one.mended.proposal.destination == destination
        )
        return next(here, None)

    def _show_change(self) -> None:
        change = self._change_here()
        self._field.show_change("" if change is None else change_line(change.mended.written_at))
        if self.view is not None:
            self.view.show_change(None if change is None else change.mended.written_at)

    def _check(self) -> None:
        """Look at everything, permissions too, and show it in the dialog."""
        view, wanted = self.view, self.quiet.wanted
        if view is None or wanted is None:
            return
        self._stop_full()
        self._full = stop = threading.Event()
        view.show_waiting()

        def found(findings: Sequence[Finding]) -> None:
            if self.view is view and not stop.is_set():
                view.show_findings(findings)

        def done(report: CheckupReport) -> None:
            if not stop.is_set():
                self._full = None
                self.quiet.take(report)
                if self.view is view:
                    view.show_report(report)

        def failed(problem: Problem) -> None:
            if self.view is view and not stop.is_set():
                view.show_problem(problem)

        self._look_at(*wanted, ask_permissions=True, stop=stop, done=done, failed=failed, found=found)

    def _look_at(
        self,
        opened: OpenAccount,
        destination: Destination,
        *,
        ask_permissions: bool,
        stop: threading.Event,
        done: Callable[[CheckupReport], None],
        failed: Callable[[Problem], None],
        found: Callable[[Sequence[Finding]], None] | None = None,
    ) -> None:
        """Have an account and a destination looked at; ``found`` hears of findings on the way, a few at a time."""
        progress = None if found is None else Batcher(self._program.tasks, found).add
        self._program.ask(
            lambda session: session.checkup.run(
                opened, destination, progress=progress, stop=stop, ask_permissions=ask_permissions
            ),
            done=done,
            failed=failed,
        )

    def open_administrator(self) -> None:
        """Show what an administrator of the AWS account should allow, to be copied."""
        if self.administrator_dialog is not None:
            return
        from notification_tester.qt.checkup.administrator_dialog import AdministratorDialog

        self.administrator_dialog = dialog = AdministratorDialog(
            self._field.destination(), self.view or self._window.window()
        )
        dialog.finished.connect(self._administrator_closed)
        dialog.open()

    def _save(self, path: str) -> None:
        view = self.view
        if view is None or view.report is None:
            return

        def saved(_: None) -> None:
            if self.view is view:
                view.show_saved(path)

        def failed(problem: Problem) -> None:
            if self.view is view:
                view.show_problem(problem)
            else:
                self._program.notice.emit(problem)

        text = view.report.as_html().encode("utf-8", "replace")
        self._program.ask(
            lambda session: save_bytes(Path(path), text, what="the report", owner=session.owner),
            done=saved,
            failed=failed,
        )

    def _show_verdict(self, report: CheckupReport) -> None:
        destination = self._field.destination()
        self._looked_at = time.monotonic()
        if destination is not None:
            self._field.set_verdict(
                level_tone(report.verdict),
                verdict_line(report, destination),
                has_findings=True,
                can_mend=any(one.fixable for one in report.findings),
                may_change=_may_change(report),
            )
        self._notice_mended(report)

    def _forget_broken(self) -> None:
        """There is nothing of which it is to be noticed that somebody mended it."""
        self._broken, self._told_of = (None, frozenset()), None

    def _notice_mended(self, report: CheckupReport) -> None:
        """Tell when what was broken is good; what cannot be told now counts as broken still."""
        wanted = self.quiet.wanted
        before = self._broken[1] if wanted is not None and self._broken[0] is wanted else frozenset()
        good = [one for name in sorted(before) if (one := report.finding(name)) and one.level is Level.GOOD]
        broken = {one.id for one in report.findings if one.level is Level.BROKEN}
        broken |= before - {one.id for one in good}
        self._broken = (wanted, frozenset(broken))
        if wanted is not None and good and not broken:
            self._told_of = wanted
            self.found_mended.emit(wanted[1], good[0].title)
        elif wanted is not None and broken and self._told_of is wanted:
            self._told_of = None
            self.found_mended.emit(wanted[1], "")

    def _view_closed(self) -> None:
        view, self.view = self.view, None
        if self._full is not None:
            self._stop_full()
            if self.quiet.report is not None:
                self._forget()  # it may be older than a change
        if view is not None:
            view.deleteLater()

    def _mend_closed(self) -> None:
        if self.mend_dialog is not None:
            self.mend_dialog.deleteLater()
            self.mend_dialog = None

    def _administrator_closed(self) -> None:
        if self.administrator_dialog is not None:
            self.administrator_dialog.deleteLater()
            self.administrator_dialog = None

    def _stop_full(self) -> None:
        if self._full is not None:
            self._full.set()
            self._full = None

    def _stop(self) -> None:
        self._stop_full()
        self.quiet.stop()


def _may_change(report: CheckupReport) -> bool:
    """Whether another look may find something else than trouble."""
    return report.verdict in {Level.BROKEN, Level.UNKNOWN}


def _proposal_of_mend(opened: OpenAccount, destination: Destination, session: Session) -> Proposal | None:
    return session.mend.proposal(opened, destination)


def _proposal_of_undo(opened: OpenAccount, row: HistoryRow, session: Session) -> Proposal:
    return _with_silenced(session, session.mend.proposal_of_undo(opened, row))


def _proposal_of_way_back(opened: OpenAccount, mended: Mended, session: Session) -> Proposal:
    return _with_silenced(session, session.mend.proposal_of_way_back(opened, mended))


def _with_silenced(session: Session, proposal: Proposal) -> Proposal:
    """The way back, with how many HIT types it would silence: those that are on and tell what it shuts."""
    if proposal.lets_in:
        return proposal
    with suppress(ProblemError):  # without the record nothing is known of them
        proposal = replace(proposal, would_go_silent=session.hit_types.on_at(proposal.destination))
    return proposal


def _was_changed(destination: Destination) -> Problem:
    translate = QCoreApplication.translate
    return Problem(
        title=translate("CheckupController", "The access policy of {name} was changed.").format(name=destination.name),
        detail=translate(
            "CheckupController", "The change that you confirmed was written after another account had been opened."
        ),
        remedy=translate(
            "CheckupController", "It can be taken back under the address of the destination, on the page Test."
        ),
        code="mend.written-later",
        cause=Cause.DESTINATION,
        remedies=(Remedy.OPEN_TEST,),
    )


def _was_undone(back: Mended) -> Problem:
    translate = QCoreApplication.translate
    return Problem(
        title=translate("CheckupController", "The change of the access policy of {name} was taken back.").format(
            name=back.destination.name
        ),
        detail=" ".join(
            filter(
                None,
                (translate("CheckupController", "Read back, the policy is what it was before."), went_silent(back)),
            )
        )
        if back.is_seen
        else translate("CheckupController", "The service does not show it yet."),
        remedy=translate("CheckupController", "Nothing needs to be done.")
        if back.is_seen
        else translate("CheckupController", "Check the destination again in a minute."),
        code="mend.undone-later",
        cause=Cause.DESTINATION,
        remedies=(Remedy.CHECK,),
    )
