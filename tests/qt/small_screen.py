# SPDX-License-Identifier: MIT
"""Runs in a process of its own, on a screen of 900 by 600, and prints one JSON object: how each dialog stands on it.

Not a test by itself: test_small_screen.py starts it, with the size of the text.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMainWindow

from notification_tester.domain.account import PRACTICE
from notification_tester.domain.key_file import keys_of_file
from notification_tester.qt.app.application import make_application
from notification_tester.qt.background import Tasks
from notification_tester.qt.checkup.administrator_dialog import AdministratorDialog
from notification_tester.qt.help.about_dialog import AboutDialog
from notification_tester.qt.help.help_dialog import HelpDialog
from notification_tester.qt.help.licence_dialog import LicenceDialog
from notification_tester.qt.help.preferences_dialog import PreferencesDialog
from notification_tester.qt.history.report_dialog import ReportDialog
from notification_tester.qt.hit_types.dialogs import PasteIdsDialog
from notification_tester.qt.sending.import_dialog import ImportDialog
from notification_tester.qt.sending.save_dialog import SaveDialog
from notification_tester.storage.preferences import Preferences
from qt.sending.test_save_dialog import FORMS
from qt.test_plain_text import MAKERS, accounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from notification_tester.qt.accounts.dialog import AccountDialog

NAME = "A name, a title or an address of fifty letters or so"
KEYS = "Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"


class NobodyAnswers:
    """A session of the program to which every question is a long one."""

    def ask(self, *_: object, **__: object) -> None:
        """Take it."""


def adding_an_account(text: str) -> QWidget:
    """Accounts while one is added, and while one asks whether that may be dropped."""
    dialog = cast("AccountDialog", accounts(text))
    dialog.add_account()
    dialog.show_keys(keys_of_file(KEYS))
    dialog.done(0)
    return dialog


def preferences(tasks: Tasks, folder: Path) -> QWidget:
    return PreferencesDialog(Preferences(folder / "preferences.json"), tasks)


MORE_MAKERS: dict[str, Callable[[Tasks, Path], QWidget]] = {
    "adding an account": lambda *_: adding_an_account(NAME),
    "about": lambda *_: AboutDialog("1"),
    "administrator": lambda *_: AdministratorDialog(None),
    "help": lambda *_: HelpDialog(chapter="costs"),
    "import": lambda tasks, _: ImportDialog(tasks),
    "licence": lambda *_: LicenceDialog(),
    "paste": lambda tasks, _: PasteIdsDialog(tasks),
    "preferences": preferences,
    "report": lambda *_: ReportDialog(cast("Any", NobodyAnswers()), PRACTICE),
    "save": lambda tasks, _: SaveDialog(tasks, FORMS),
    "works of others": lambda *_: LicenceDialog(of_others=True),
}
"""Dialogs that say no text from outside, and one more with it."""


def make(name: str, tasks: Tasks, folder: Path) -> QWidget:
    """One of MAKERS or MORE_MAKERS, with something in it."""
    return MAKERS[name](NAME) if name in MAKERS else MORE_MAKERS[name](tasks, folder)


def measured(dialog: QDialog, window: QMainWindow) -> dict[str, Any]:
    """Where it stands, once it is open above the window and has found its size."""
    dialog.hide()
    dialog.setParent(window, dialog.windowFlags())
    dialog.open()
    for _ in range(5):  # layouts tell each other
        QApplication.processEvents()
    buttons = [one for one in dialog.findChildren(QAbstractButton) if one.isVisible()]
    in_sight = [one.text().replace("&", "") for one in buttons if one.visibleRegion().boundingRect() == one.rect()]
    frame = dialog.frameGeometry()
    dialog.hide()
    return {
        "class": type(dialog).__name__,
        "frame": [frame.topLeft().toTuple(), frame.size().toTuple()],
        "in sight": in_sight,
    }


def main(percent: int) -> None:
    """Print what was measured."""
    application = make_application(["small screen"])
    font = application.font()
    font.setPointSizeF(font.pointSizeF() * percent / 100)
    application.setFont(font)
    room = application.primaryScreen().availableGeometry()
    window = QMainWindow()
    window.resize(600, 400)
    window.show()
    tasks = Tasks()
    with tempfile.TemporaryDirectory() as folder:
        made = {name: make(name, tasks, Path(folder)) for name in (*MAKERS, *MORE_MAKERS)}
        found = {name: measured(one, window) for name, one in made.items() if isinstance(one, QDialog)}
    tasks.close()
    sys.stdout.write(json.dumps({"room": room.size().toTuple(), "dialogs": found}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
