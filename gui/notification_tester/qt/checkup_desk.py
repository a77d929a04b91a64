# SPDX-License-Identifier: MIT
"""The checkup in the window: the quiet verdict under the destination, and the dialogs that come out of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from notification_tester.qt.checkup_quiet import QuietCheck
from notification_tester.qt.checkup_words import level_tone, verdict_line
from notification_tester.qt.checkup_work import CheckupWork
from notification_tester.qt.destination_desk import DestinationDesk
from notification_tester.qt.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.destination import Destination
    from notification_tester.domain.finding import CheckupReport, Finding
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.administrator_dialog import AdministratorDialog
    from notification_tester.qt.checkup_view import CheckupView
    from notification_tester.qt.destination_field import DestinationField
    from notification_tester.qt.mend_dialog import MendDialog
    from notification_tester.qt.program import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.mend import Mended, Proposal


class CheckupDesk(QObject):
    """Follows what stands in ``field``. ``test_requested`` when something was mended and is to be tried."""

    test_requested = Signal()

    def __init__(self, program: Program, field: DestinationField, window: QWidget) -> None:
        super().__init__(window)
        self._program = program
        self._field = field
        self._window = window
        self._work = CheckupWork(program)
        self._opened: OpenAccount | None = None
        self._full: threading.Event | None = None
        self._last: Mended | None = None
        self.destinations = DestinationDesk(program, window)
        self.destinations.made.connect(self._made)
        self.destinations.test_requested.connect(self._test)
        self.destinations.closed.connect(self._close_view)
        self.quiet = QuietCheck(self._work.check, self)
        self.quiet.checked.connect(self._checked)
        self.view: CheckupView | None = None
        self.mend_dialog: MendDialog | None = None
        self.administrator_dialog: AdministratorDialog | None = None
        field.findings_requested.connect(self.open_findings)
        field.offer_making()
        field.create_requested.connect(self.destinations.open_new)
        field.throwaways_requested.connect(self.destinations.open_throwaways)
        program.closing.connect(self._stop)

    def follow(self, opened: OpenAccount | None) -> None:
        """Look at what is in the field now, with this account; at nothing while none is open."""
        if opened is not self._opened:
            self._last = None
            if opened is None:
                self._field.set_verdict(Tone.PLAIN, "")
        self._opened = opened
        self.destinations.follow(opened)
        self.quiet.want(opened, self._field.destination())
        if self.quiet.report is not None and not self._field.findings_link.isVisibleTo(self._field):
            self._show_verdict(self.quiet.report)  # the field forgets it when the same address is typed anew

    def test_begins(self) -> None:
        """Nothing else is asked while a test is under way."""
        self.quiet.hold(True)

    def test_ended(self, *, is_good: bool) -> None:
        """Look again where the test failed."""
        if not is_good:
            self.quiet.refresh()
        self.quiet.hold(False)

    def open_findings(self) -> None:
        """Show everything that was looked at."""
        report, wanted = self.quiet.report, self.quiet.wanted
        if report is None or wanted is None:
            return
        from notification_tester.qt.checkup_view import CheckupView

        self.view = view = CheckupView(self._window.window())
        view.check_requested.connect(self._check)
        view.mend_requested.connect(lambda: self.mend(wanted[1]))
        view.create_requested.connect(lambda: self._create(wanted[1]))
        view.undo_requested.connect(self._open_undo)
        view.administrator_requested.connect(self._open_administrator)
        view.save_requested.connect(self._save)
        view.finished.connect(self._view_closed)
        view.undo.setVisible(self._can_undo())
        view.show_report(report)
        view.open()

    def mend(self, destination: Destination) -> None:
        """Work out the change, and show it."""
        dialog = self._make_mend_dialog(destination)
        if dialog is not None:
            dialog.open()
            self._propose(dialog)

    def _open_undo(self) -> None:
        if self._last is None:
            return
        dialog = self._make_mend_dialog(self._last.proposal.destination)
        if dialog is not None:
            dialog.show_mended(self._last)
            dialog.open()

    def _make_mend_dialog(self, destination: Destination) -> MendDialog | None:
        opened = self._opened
        if opened is None or self.mend_dialog is not None:
            return None
        from notification_tester.qt.mend_dialog import MendDialog

        self.mend_dialog = dialog = MendDialog(opened.account, destination, self.view or self._window.window())
        dialog.proposal_requested.connect(lambda: self._propose(dialog))
        dialog.change_requested.connect(self._change)
        dialog.undo_requested.connect(self._undo)
        dialog.test_requested.connect(self._test)
        dialog.finished.connect(self._mend_closed)
        return dialog

    def _propose(self, dialog: MendDialog) -> None:
        def proposed(proposal: Proposal | None) -> None:
            if self.mend_dialog is dialog:
                dialog.show_proposal(proposal)

        def failed(problem: Problem) -> None:
            if self.mend_dialog is dialog:
                dialog.show_problem(problem)

        if self._opened is not None:
            self._work.propose(self._opened, dialog.destination, done=proposed, failed=failed)

    def _change(self, proposal: Proposal) -> None:
        def changed(mended: Mended) -> None:
            self._last = mended
            self._look_once_more()
            if self.mend_dialog is not None:
                self.mend_dialog.show_mended(mended)

        if self._opened is not None:
            self._work.apply(self._opened, proposal, done=changed, failed=self._writing_failed)

    def _undo(self, mended: Mended) -> None:
        def undone(_: None) -> None:
            self._last = None
            self._look_once_more()
            if self.mend_dialog is not None:
                self.mend_dialog.show_undone()

        if self._opened is not None:
            self._work.undo(self._opened, mended, done=undone, failed=self._writing_failed)

    def _writing_failed(self, problem: Problem) -> None:
        if self.mend_dialog is not None:
            self.mend_dialog.show_problem(problem)

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

    def _close_view(self) -> None:
        if self.view is not None:
            self.view.accept()

    def _look_once_more(self) -> None:
        if self.view is not None:
            self.view.undo.setVisible(self._can_undo())
            self._check()
        else:
            self._forget()

    def _forget(self) -> None:
        self._field.set_verdict(Tone.PLAIN, "")
        self.quiet.again()

    def _can_undo(self) -> bool:
        wanted = self.quiet.wanted
        return self._last is not None and wanted is not None and self._last.proposal.destination == wanted[1]

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

        self._work.check(*wanted, ask_permissions=True, stop=stop, done=done, failed=failed, found=found)

    def _open_administrator(self) -> None:
        from notification_tester.qt.administrator_dialog import AdministratorDialog

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

        self._work.save(path, view.report.as_html(), done=saved, failed=failed)

    def _checked(self, report: CheckupReport) -> None:
        self._show_verdict(report)

    def _show_verdict(self, report: CheckupReport) -> None:
        destination = self._field.destination()
        if destination is not None:
            self._field.set_verdict(level_tone(report.verdict), verdict_line(report, destination), has_findings=True)

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
