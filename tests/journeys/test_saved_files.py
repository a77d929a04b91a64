# SPDX-License-Identifier: MIT
"""Everything that a person writes: the question begins in Documents, the window says that it is there, and where."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog

import notification_tester.qt
from journeys.person import give_file
from journeys.test_checkup import CLOSED, findings, verdict
from journeys.test_hit_types import HitTypesUser
from journeys.test_report import opened as report_opened
from notification_tester.qt.hit_types.view import Command
from notification_tester.services.inbox import reading as inbox_reading
from qt.widgets.test_saved_file import TAKE, FileManager

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QWidget

    from journeys.person import Person
    from notification_tester.qt.history.page import HistoryPage
    from notification_tester.qt.inbox.page import InboxPage
    from notification_tester.qt.widgets.saved_file import SavedNote

_HERE = {
    "checkup/view.py",
    "history/report_dialog.py",
    "history/strip.py",
    "hit_types/dialogs.py",
    "lists/list_files.py",
    "sending/save_dialog.py",
}
"""Where the program asks for the name of a file to write, each with a journey below."""


def code() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the window's code, with its file."""
    root = Path(notification_tester.qt.__path__[0])
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(root).as_posix(), node


def test_every_place_that_writes_asks_in_the_same_way_and_is_gone_through_here() -> None:
    asked = {path for path, call in code() if ast.unparse(call.func) == "save_dialog"}
    assert asked == _HERE
    others = {
        path
        for path, call in code()
        if ast.unparse(call.func).endswith(("setAcceptMode", "getSaveFileName", "saveFileContent"))
    }
    assert others == {"widgets/saved_file.py"}


class Asked(NamedTuple):
    """What was pressed to write a file: who shows the dialog, who says afterwards that it is there."""

    by: QWidget
    note: SavedNote


def save_as(person: Person) -> Asked:
    person.click(person.form.save_as)
    dialog = person.page.older.save_dialog
    assert dialog is not None
    person.click(dialog.save)
    return Asked(dialog, dialog.good)


def checkup(person: Person) -> Asked:
    person.type_destination(person.cloud.details.blocked_queue_url)
    verdict(person, CLOSED)
    view = findings(person)
    person.click(view.check)
    person.until(view.save.isEnabled)
    person.click(view.save)
    return Asked(view, view.note)


def report_as_pdf(person: Person) -> Asked:
    person.send()
    dialog = report_opened(person)
    person.until(dialog.save_pdf.isEnabled)
    person.click(dialog.save_pdf)
    return Asked(dialog, dialog.saved)


def report_as_page(person: Person) -> Asked:
    person.send()
    dialog = report_opened(person)
    person.until(dialog.save_page.isEnabled)
    person.click(dialog.save_page)
    return Asked(dialog, dialog.saved)


def history_of_one(person: Person) -> HistoryPage:
    person.send()
    page = person.history()
    person.until(lambda: page.model.rowCount() > 0)
    return page


def history(person: Person) -> Asked:
    page = history_of_one(person)
    person.click(page.export)
    return Asked(person.window, page.note)


def picture(person: Person) -> Asked:
    page = history_of_one(person)
    person.until(page.latency.isVisible)
    if not page.latency.fold.isChecked():
        person.click(page.latency.fold)
    person.click(page.latency.save)
    return Asked(page, page.note)


def inbox_of_one(person: Person) -> InboxPage:
    person.click(person.window.workspace.navigation.buttons["inbox"])
    page = person.seen(person.window.workspace.inbox)
    person.click(page.form.follow)
    person.until(lambda: page.waiting.button.isVisible() and page.waiting.button.isEnabled())
    person.click(page.waiting.button)
    person.until(lambda: page.model.rowCount() > 0)
    return page


def messages(person: Person) -> Asked:
    page = inbox_of_one(person)
    person.click(page.export)
    return Asked(person.window, page.note)


def one_message(person: Person) -> Asked:
    page = inbox_of_one(person)
    page.table.selectRow(0)
    person.until(page.details.isVisible)
    person.click(page.details.save)
    return Asked(person.window, page.note)


def record(person: Person) -> Asked:
    user = HitTypesUser(person).go().choose(1)
    user.send(user.press(Command.OFF))
    user.page.view.buttons.record_actions[Command.EXPORT].trigger()
    return Asked(person.window, user.page.view.note)


FILES: dict[str, tuple[Callable[[Person], Asked], str]] = {
    "a specification": (save_as, "saved.json"),
    "a checkup": (checkup, "checkup.html"),
    "a report as PDF": (report_as_pdf, "report.pdf"),
    "a report as web page": (report_as_page, "report.html"),
    "the history": (history, "history.csv"),
    "a picture": (picture, "times.png"),
    "a drawing": (picture, "times.svg"),
    "messages": (messages, "messages.csv"),
    "one message": (one_message, "one.json"),
    "the record of HIT types": (record, "record.csv"),
}


@pytest.fixture
def files() -> Iterator[FileManager]:
    made = FileManager()
    QDesktopServices.setUrlHandler("file", made, TAKE)
    yield made
    QDesktopServices.unsetUrlHandler("file")


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the system's own program is started there")
@pytest.mark.parametrize("name", FILES)
def test_a_file_begins_in_documents_and_is_shown_in_its_folder(
    person: Person, files: FileManager, own_home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(inbox_reading, "POLL_SECONDS", 1)
    documents = own_home / "Documents"
    documents.mkdir()
    ask, file_name = FILES[name]
    asked = ask(person)
    (dialog,) = [one for one in asked.by.findChildren(QFileDialog) if one.isVisible()]
    assert dialog.directory().absolutePath() == documents.as_posix()
    offered = Path(dialog.selectedFiles()[0]).name
    assert offered.startswith(("mturk-", "notification-", "send-test", "set-"))
    give_file(documents / file_name, asked.by)
    person.until(asked.note.button.isVisible)
    assert (documents / file_name).stat().st_size > 0
    assert not [one for one in documents.iterdir() if one.name != file_name]
    assert asked.note.button.text() == "Show in folder"
    person.click(asked.note.button)
    assert files.opened == [str(documents)]
    modal = QApplication.activeModalWidget()
    if modal is not None:
        modal.close()
