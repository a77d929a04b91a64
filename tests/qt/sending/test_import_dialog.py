# SPDX-License-Identifier: MIT
"""An older specification, opened in the window: what became of it is said, and no key in it is ever on the screen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QWidget

from domain.specifications import older
from domain.specifications.older import ACCESS_KEY, SECRET_KEY, SIGNATURE
from journeys.person import give_file
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.specifications.reading import read_specification
from notification_tester.qt.background import Tasks
from notification_tester.qt.notification.form_state import FormState
from notification_tester.qt.sending.import_dialog import MOST_SHOWN, ImportDialog
from notification_tester.qt.sending.older_forms import filled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def texts_of(widget: QWidget) -> str:
    """Everything that the widgets below one say, to eyes and to a screen reader."""
    said = []
    for one in (widget, *widget.findChildren(QWidget)):
        said += [one.toolTip(), one.accessibleName(), one.accessibleDescription(), one.windowTitle()]
        if isinstance(one, QLabel | QPushButton):
            said.append(one.text())
        elif isinstance(one, QPlainTextEdit):
            said.append(one.toPlainText())
    return "\n".join(said)


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[ImportDialog]:
    tasks = Tasks()
    made = ImportDialog(tasks)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    yield made
    tasks.close()


def opened(qtbot: QtBot, dialog: ImportDialog) -> None:
    qtbot.waitUntil(lambda: dialog.found is not None)


def test_a_request_from_the_clipboard_fills_the_form(qtbot: QtBot, dialog: ImportDialog) -> None:
    assert not dialog.fill.isEnabled()
    QApplication.clipboard().setText(older.PAGE)
    QTest.mouseClick(dialog.paste, Qt.MouseButton.LeftButton)
    opened(qtbot, dialog)
    said = texts_of(dialog)
    for part in ("This is a request of the older API.", "Carried over", "Changed", "Dropped", "What became of it"):
        assert part in said
    assert "Destination: janedoe@example.com" in said
    assert "The older API was shut on 1 June 2019." in said
    with qtbot.waitSignal(dialog.fill_requested) as told:
        QTest.mouseClick(dialog.fill, Qt.MouseButton.LeftButton)
    assert told.args[0].hit_type_id == "T100CN9P324W00EXAMPLE"
    assert not dialog.isVisible()


@pytest.mark.parametrize("way", ["paste", "drop", "type", "file"])
@pytest.mark.parametrize("name", ["url", "soap", "boto3", "curl"])
def test_no_key_is_ever_on_the_screen(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path, way: str, name: str) -> None:
    text = older.EVERY[name]
    seen: list[str] = []
    dialog.edit.textChanged.connect(lambda: seen.append(dialog.edit.toPlainText()))
    match way:
        case "paste":
            QApplication.clipboard().setText(text)
            QTest.keyClick(dialog.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        case "drop":
            data = QMimeData()
            data.setText(text)
            dialog.edit.insertFromMimeData(data)
        case "type":
            dialog.edit.setPlainText(text)
            seen.clear()  # whoever types a key sees it until they pause
        case _:
            (tmp_path / "request.txt").write_text(text, "utf-8")
            QTest.mouseClick(dialog.file, Qt.MouseButton.LeftButton)
            give_file(tmp_path / "request.txt", dialog)
    opened(qtbot, dialog)
    seen.append(texts_of(dialog))
    for secret in (ACCESS_KEY, SECRET_KEY, SIGNATURE, "hunter2"):
        assert not any(secret in one for one in seen)
    assert "keys and signatures are neither stored nor shown" in seen[-1]


def test_what_is_none_is_said_beside_the_field(qtbot: QtBot, dialog: ImportDialog) -> None:
    dialog.open_text("Dear all, see you on Monday.")
    qtbot.waitUntil(lambda: bool(dialog.problem.text))
    assert "There is no specification in this text." in dialog.problem.text
    assert not dialog.fill.isEnabled()
    dialog.edit.setPlainText(older.STRUCTURE)
    opened(qtbot, dialog)
    assert not dialog.problem.text
    dialog.edit.clear()
    assert dialog.found is None
    assert not dialog.fill.isEnabled()


def test_what_was_opened_before_is_gone_with_all_that_was_said_of_it(
    qtbot: QtBot, dialog: ImportDialog, tmp_path: Path
) -> None:
    files = [tmp_path / "first.json", tmp_path / "second.json"]
    for file in files:
        file.write_text(older.BOTO3, "utf-8")
    dialog.open_files(files)
    opened(qtbot, dialog)
    assert "One is opened at a time." in dialog.others.text
    assert "second.json" in dialog.others.text
    assert dialog.for_hit_type.isVisible()
    dialog.edit.setPlainText(older.STRUCTURE)
    assert dialog.found is None, "it is read once nothing more is typed"
    assert not dialog.fill.isEnabled()
    assert not dialog.for_hit_type.isVisible()
    assert not dialog.others.text
    opened(qtbot, dialog)
    assert dialog.fill.isEnabled()
    assert texts_of(dialog).count("What became of it") == 2, "the list's name, and its one title"
    dialog.open_text("Dear all, see you on Monday.")
    qtbot.waitUntil(lambda: bool(dialog.problem.text))
    assert dialog.found is None
    dialog.open_text("   ")
    assert not dialog.problem.text, "nothing was given"


def test_what_is_being_read_is_shown_to_nobody_once_it_is_closed(qtbot: QtBot) -> None:
    tasks = Tasks()
    dialog = ImportDialog(tasks)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.help_requested):
        QTest.mouseClick(dialog.more, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    dialog.open_text(older.STRUCTURE)
    QTest.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert dialog.found is None
    tasks.close()


def test_a_file_that_cannot_be_read(qtbot: QtBot, dialog: ImportDialog, tmp_path: Path) -> None:
    dialog.open_files([tmp_path])
    qtbot.waitUntil(lambda: "The file cannot be read." in dialog.problem.text)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "missing.txt"))])
    assert dialog.edit.canInsertFromMimeData(data)
    dialog.edit.insertFromMimeData(data)
    qtbot.waitUntil(lambda: "missing.txt" in dialog.problem.text)


@pytest.mark.parametrize(
    ("text", "is_offered", "reason"),
    [
        pytest.param(older.STRUCTURE, False, "", id="no HIT type"),
        pytest.param(older.BOTO3, True, "", id="both"),
        pytest.param('{"HITTypeId": "3ABC", "Active": false}', True, "", id="active alone"),
        pytest.param("Operation=SetHITTypeNotification&HITTypeId=3ABC", True, "It says neither", id="neither"),
        pytest.param(older.SOAP, True, "Fill the form first", id="nothing that can be set"),
    ],
)
def test_one_of_notification_and_active_is_needed_for_a_hit_type(
    qtbot: QtBot, dialog: ImportDialog, text: str, is_offered: bool, reason: str
) -> None:
    dialog.open_text(text)
    opened(qtbot, dialog)
    assert dialog.for_hit_type.isVisible() == is_offered
    if is_offered:
        assert dialog.for_hit_type.isEnabled() == (not reason)
        assert reason in dialog.for_hit_type.toolTip()
    if is_offered and not reason:
        with qtbot.waitSignal(dialog.set_requested):
            QTest.mouseClick(dialog.for_hit_type, Qt.MouseButton.LeftButton)
        assert not dialog.isVisible()


def test_the_form_is_filled_and_keeps_what_is_not_of_a_specification() -> None:
    before = FormState(wait_seconds=90, remove_afterwards=False)
    state = filled(before, read_specification(older.JAVASCRIPT_3))
    assert (state.transport, state.destination) == (Transport.SNS, older.TOPIC)
    assert (state.events, state.version, state.event) == ((EventType.HIT_EXPIRED,), "2014-08-15", EventType.PING)
    assert (state.wait_seconds, state.remove_afterwards) == (90, False)


def test_what_was_not_given_is_left_empty() -> None:
    before = FormState(destinations={Transport.SQS: older.QUEUE})
    state = filled(before, read_specification(older.SKELETON))
    assert (state.transport, state.destination) == (Transport.SQS, "")


@pytest.mark.parametrize(
    ("text", "web_form", "address"),
    [
        pytest.param(older.CURL, "rest", "https://lab.org/notify?course=7", id="REST"),
        pytest.param(older.SOAP, "soap", "http://lab.org/soap", id="SOAP"),
    ],
)
def test_a_web_receiver_is_sent_to_from_this_computer(text: str, web_form: str, address: str) -> None:
    state = filled(FormState(), read_specification(text))
    assert state.is_to_web
    assert (state.delivery.web_form, state.delivery.web_address) == (web_form, address)
    again = filled(state, read_specification(older.STRUCTURE))
    assert not again.is_to_web
    assert (again.transport, again.destination) == (Transport.EMAIL, "janedoe@example.com")


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "\n" * 100_000 + "x", "\0\x01" * 50_000], ids=["line", "lines", "hidden"]
)
def test_a_text_that_is_no_specification_by_far_does_not_hold_the_window_up(
    qtbot: QtBot, dialog: ImportDialog, text: str
) -> None:
    data = QMimeData()
    data.setText(text)
    began = time.thread_time()
    dialog.edit.insertFromMimeData(data)
    qtbot.waitUntil(dialog.problem.isVisible)
    assert time.thread_time() - began < 0.25
    assert len(dialog.edit.toPlainText()) == MOST_SHOWN
