# SPDX-License-Identifier: MIT
"""The dialogs of the whole window: preferences, report, help, about, and the way to a newer version."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog

from notification_tester import __version__
from notification_tester.storage.preferences import INBOX_NOTIFICATIONS, REMOVE_TEST_MESSAGE, WAIT_SECONDS

if TYPE_CHECKING:
    from notification_tester.qt.app.workspace import Workspace
    from notification_tester.qt.help.preferences_dialog import PreferencesDialog
    from notification_tester.qt.session import Program
    from notification_tester.storage.preferences import Preferences, Setting


_CHAPTERS = {
    "accounts": "accounts",
    "checkup": "checkup",
    "help.preferences_dialog": "preferences",
    "history": "history",
    "hit_types": "hit-types",
    "inbox": "inbox",
    "sending": "test",
}
"""The chapter of the dialogs of each room, or of one dialog; of others it is that of the page in sight."""


class WindowDialogs(QObject):
    """Opens each above ``workspace``; its code is read when it is first wanted."""

    def __init__(self, workspace: Workspace, program: Program, preferences: Preferences) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._program = program
        self._preferences = preferences
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._give_help)

    def _give_help(self) -> None:
        """Have F1 in a dialog that waits for an answer, too: the keys of the window rest meanwhile."""
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            return
        keys = QKeySequence("F1")
        if not any(one.key() == keys for one in dialog.findChildren(QShortcut)):
            module = type(dialog).__module__.removeprefix("notification_tester.qt.")
            chapter = _CHAPTERS.get(module, _CHAPTERS.get(module.partition(".")[0], ""))
            QShortcut(keys, dialog).activated.connect(partial(self.open_help, chapter))

    def open_report(self) -> None:
        """Show the page about the tests of the account on top."""
        from notification_tester.qt.history.report_dialog import ReportDialog

        dialog = ReportDialog(self._program, self._workspace.shown_account, self._workspace)
        dialog.remedy_requested.connect(self._workspace.remedies.do)
        dialog.open()

    def open_preferences(self) -> None:
        """Let a person change settings, and clear what is kept."""
        from notification_tester.qt.help.preferences_dialog import PreferencesDialog
        from notification_tester.qt.inbox.notifications import why_not

        cannot_notify = why_not()
        dialog = PreferencesDialog(
            self._preferences,
            self._program.tasks,
            self._workspace,
            folder=self._program.data_folder,
            impossible={INBOX_NOTIFICATIONS.key: cannot_notify} if cannot_notify else {},
            tell_late=self._workspace.say,
        )
        dialog.clear_requested.connect(partial(self._clear_history, dialog))
        dialog.clear_lists_requested.connect(partial(self._clear_lists, dialog))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self._workspace.setting_changed)
        dialog.changed.connect(self._use_in_form)
        dialog.remedy_requested.connect(self._workspace.remedies.do)
        dialog.open()

    def look_for_newer(self) -> None:
        """Lead to the page of releases."""
        from notification_tester.qt.help.release_page import ReleasePage, known_address

        problem = ReleasePage(known_address(), self._workspace).open()
        if problem is not None:
            self._workspace.say(problem)

    def open_about(self) -> None:
        """Show what this program is, and whose works are in it."""
        from notification_tester.qt.help.about_dialog import AboutDialog

        dialog = AboutDialog(__version__, self._workspace)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.link_requested.connect(self._open_link)
        dialog.open()

    def open_help(self, chapter: str = "") -> None:
        """Show a chapter, that of the page in sight unless another is named, in the one window that Help has."""
        from notification_tester.qt.help.help_dialog import HelpDialog

        chapter = chapter or self._workspace.page_in_sight
        # A dialog that waits for an answer keeps all windows from being used but those that it opened itself.
        owner = QApplication.activeModalWidget() or self._workspace
        shown = next((one for one in owner.findChildren(HelpDialog) if one.isVisible()), None)
        if shown is None:
            shown = HelpDialog(owner, chapter=chapter)
            shown.tour.setVisible(owner is self._workspace)
            shown.tour_requested.connect(self._workspace.begin_tour)
            shown.show()
        else:
            shown.show_chapter(chapter)
        shown.raise_()
        shown.activateWindow()

    def _open_link(self, key: str) -> None:
        if key == "help":
            self.open_help("index")
        else:
            from notification_tester.qt.help.licence_dialog import LicenceDialog

            LicenceDialog(self._workspace, of_others=key == "works-of-others").open()

    def _clear_history(self, dialog: PreferencesDialog) -> None:
        self._program.forget_seen(None, done=dialog.show_cleared, failed=dialog.show_problem)

    def _clear_lists(self, dialog: PreferencesDialog) -> None:
        self._workspace.inbox_controller.clear_all(done=dialog.show_lists_cleared, failed=dialog.show_problem)

    def _use_in_form(self, setting: Setting[Any], value: object) -> None:
        """What forms begin with holds for the one in sight too: it was changed by somebody who looks at it."""
        form = self._workspace.test_page.form
        if setting.key == WAIT_SECONDS.key and isinstance(value, int):
            form.wait.setValue(value)
        elif setting.key == REMOVE_TEST_MESSAGE.key:
            form.remove.setChecked(bool(value))
        elif setting.key == INBOX_NOTIFICATIONS.key and self._workspace.inbox.page is not None:
            self._workspace.inbox.page.bar.notifications.setChecked(bool(value))
