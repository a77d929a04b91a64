# SPDX-License-Identifier: MIT
"""What the window does about a problem, whichever page shows it (``EVERYWHERE`` of ``qt/notification/remedies.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from notification_tester.domain.account import LINKING_PAGES, PRACTICE
from notification_tester.domain.destination import Transport
from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.qt.app.navigation import TEST

if TYPE_CHECKING:
    from notification_tester.qt.app.workspace import Workspace
    from notification_tester.qt.session import Program


class Remedies(QObject):
    """Does what is advised with the pages and dialogs of ``workspace``, for the account on top of it."""

    def __init__(self, workspace: Workspace, program: Program) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._program = program

    def do(self, remedy: Remedy) -> None:
        """Do it; what only a page can do is left to the page."""
        program, account = self._program, self._workspace.shown_account
        match remedy:
            case Remedy.TRY_AGAIN:
                program.open(program.wanted)
            case Remedy.CHANGE_KEYS:
                self._workspace.accounts.open(replace_keys_of=account.name)
            case Remedy.CHANGE_ACCOUNT:
                self._workspace.accounts.open(change=account.name)
            case Remedy.CHOOSE_ACCOUNT:
                self._workspace.accounts.open()
            case Remedy.LINK_ACCOUNT if account.environment in LINKING_PAGES:
                self._browse(LINKING_PAGES[account.environment])
            case Remedy.LINK_ACCOUNT:
                self._workspace.problems.say(
                    Problem(
                        title=self.tr("No page is known where this account is linked."),
                        detail=self.tr("It is of a service that is not Amazon's, or of practice."),
                        remedy=self.tr("Ask whoever runs that service."),
                        code="account.no-linking-page",
                        cause=Cause.INPUT,
                    )
                )
            case Remedy.PRACTICE:
                program.open(PRACTICE)
            case Remedy.PREFERENCES:
                self._workspace.dialogs.open_preferences()
            case Remedy.NEW_HISTORY:
                program.replace_history()
            case Remedy.OPEN_TEST:
                self._workspace.go_to(TEST)
            case Remedy.MAKE_DESTINATION | Remedy.CHECK | Remedy.ASK_ADMINISTRATOR:
                self._workspace.go_to(TEST)
                field = self._workspace.test_page.form.destination
                if self._workspace.checkup is None:
                    return
                if remedy is Remedy.MAKE_DESTINATION:
                    self._workspace.checkup.destinations.open_new(
                        Transport.SNS if field.transport is Transport.SNS else Transport.SQS
                    )
                elif remedy is Remedy.ASK_ADMINISTRATOR:
                    self._workspace.checkup.open_administrator()
                elif not self._workspace.checkup.open_findings():
                    field.edit.setFocus()
            case _:
                return

    def _browse(self, address: str) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        if not QDesktopServices.openUrl(QUrl(address)):
            self._workspace.problems.say(
                Problem(
                    title=self.tr("No browser could be opened."),
                    detail=self.tr("The page is {address}.").format(address=address),
                    remedy=self.tr("Open a browser and type that address."),
                    code="browser.none",
                    cause=Cause.PROGRAM,
                )
            )
