# SPDX-License-Identifier: MIT
"""A request of the older API, dropped on the form: the form fills, its HIT type is set, no key of it is anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton

from domain.specifications.older import ACCESS_KEY, SIGNATURE
from journeys.person import drop as drop_on
from journeys.person import end
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.qt.help.help_dialog import HelpDialog
from notification_tester.qt.notification.form_state import FormState

if TYPE_CHECKING:
    from pathlib import Path

    from journeys.person import Person
    from notification_tester.storage.places import Places


def request(hit_type_id: str, *, active: str = "") -> str:
    """SetHITTypeNotification, as an old page has it."""
    return (
        "https://mechanicalturk.amazonaws.com/?Service=AWSMechanicalTurkRequester&Operation=SetHITTypeNotification\n"
        f"&AWSAccessKeyId={ACCESS_KEY}&Signature={SIGNATURE}\n&HITTypeId={hit_type_id}{active}\n"
        "&Notification.1.Destination=jane@example.com&Notification.1.Transport=Email\n"
        "&Notification.1.Version=2014-08-15&Notification.1.EventType=HITExpired"
    )


def a_hit_type(person: Person) -> str:
    """One that practice has."""
    current = person.desktop.program.current
    assert current is not None
    return current.clients.mturk.list_hits(MaxResults=1)["HITs"][0]["HITTypeId"]


def drop(person: Person, text: str) -> None:
    """Drop a text on the page Test, beside its fields."""
    data = QMimeData()
    data.setText(text)
    target = person.page.widget()
    assert target is not None
    assert target.acceptDrops()
    arguments = (data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(QPointF(5, 5).toPoint(), Qt.DropAction.CopyAction, *arguments)
    QApplication.sendEvent(target, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, *arguments))


def everything_said() -> str:
    """What all widgets of the program say."""
    said = []
    for one in QApplication.allWidgets():
        said += [one.toolTip(), one.accessibleName(), one.accessibleDescription()]
        if isinstance(one, QLabel | QPushButton | QLineEdit):
            said.append(one.text())
        elif isinstance(one, QPlainTextEdit):
            said.append(one.toPlainText())
        elif isinstance(one, QComboBox):
            said += [one.itemText(place) for place in range(one.count())]
    return "\n".join(said)


def opened(person: Person) -> None:
    person.until(lambda: (dialog := person.page.older.import_dialog) is not None and dialog.found is not None)


def test_of_several_files_the_first_that_is_one_is_opened_and_the_others_are_named(
    person: Person, tmp_path: Path
) -> None:
    letter, asked, other = (tmp_path / name for name in ("letter.txt", "request.txt", "other.txt"))
    letter.write_text("Dear all, see you on Monday.", "utf-8")
    for path in (asked, other):
        path.write_text(request("3ABC"), "utf-8")
    target = person.page.widget()
    assert target is not None
    assert drop_on(target, paths=[letter, asked, other])
    opened(person)
    dialog = person.page.older.import_dialog
    assert dialog is not None
    assert not dialog.problem.text
    taken, not_taken = dialog.others.text.split("Not taken:")
    assert [name in taken for name in ("letter.txt", "request.txt", "other.txt")] == [False, True, False]
    assert [name in not_taken for name in ("letter.txt", "request.txt", "other.txt")] == [True, False, True]
    copied = QMimeData()
    copied.setUrls([QUrl.fromLocalFile(str(one)) for one in (letter, tmp_path)])
    QApplication.clipboard().setMimeData(copied)
    person.click(dialog.paste)
    person.until(lambda: bool(dialog.problem.text))
    assert "There is no specification in this text." in dialog.problem.text
    assert "letter.txt" in dialog.problem.text
    assert tmp_path.name in dialog.problem.text
    assert not dialog.others.text
    dialog.reject()


def test_a_dropped_request_fills_the_form_and_leaves_no_key(person: Person, places: Places) -> None:
    drop(person, request("3ABC"))
    opened(person)
    dialog = person.page.older.import_dialog
    assert dialog is not None
    person.click(dialog.more)
    person.until(lambda: any(one.isVisible() for one in person.window.findChildren(HelpDialog)))
    (help_dialog,) = person.window.findChildren(HelpDialog)
    assert help_dialog.text.toPlainText().startswith("The older API\n")
    help_dialog.close()
    said = everything_said()
    assert "keys and signatures are neither stored nor shown" in said
    person.click(dialog.fill)
    state = person.form.state()
    assert (state.transport, state.destination, state.version) == (Transport.EMAIL, "jane@example.com", "2014-08-15")
    assert state.events == (EventType.HIT_EXPIRED,)
    assert person.page.older.import_dialog is None
    outcome = person.send()
    assert outcome.spec.destination.text == "jane@example.com"
    said += everything_said()
    assert end(person.desktop)
    kept = "".join(
        path.read_bytes().decode("latin-1")
        for folder in (places.config, places.data, places.log)
        for path in folder.rglob("*")
        if path.is_file()
    )
    assert "jane@example.com" in kept
    for secret in (ACCESS_KEY, SIGNATURE):
        assert secret not in said
        assert secret not in kept


@pytest.mark.parametrize("active", ["", "&Active=false"], ids=["left out", "off"])
def test_its_hit_type_is_set_as_the_request_says(person: Person, active: str) -> None:
    hit_type_id = a_hit_type(person)
    person.click(person.form.advanced)
    person.until(person.form.open_older.isVisible)
    person.click(person.form.open_older)
    dialog = person.page.older.import_dialog
    assert dialog is not None
    dialog.open_text(request(hit_type_id, active=active))
    opened(person)
    person.click(dialog.for_hit_type)
    hit_types = person.window.workspace.hit_types
    person.until(lambda: hit_types.page is not None and hit_types.page.preview is not None)
    assert hit_types.page is not None
    preview = hit_types.page.preview
    assert preview is not None
    person.until(preview.go.isEnabled)
    assert ("Switched off." in preview.events.text()) == bool(active)
    person.click(preview.go)
    person.until(lambda: hit_type_id in person.cloud.settings())
    setting = person.cloud.settings()[hit_type_id]
    assert bool(setting["active"]) is not bool(active)
    assert setting["notification"]["Destination"] == "jane@example.com"


def test_the_form_is_saved_in_other_words(person: Person) -> None:
    person.click(person.form.advanced)
    person.until(person.form.save_as.isVisible)
    person.click(person.form.save_as)
    dialog = person.page.older.save_dialog
    assert dialog is not None
    assert dialog.choice.count() == 8
    assert person.form.spec().destination.text in dialog.form.text
    person.click(dialog.close_button)
    person.type_destination("")
    person.click(person.form.save_as)
    assert person.page.older.save_dialog is None
    assert "The destination is still empty." in everything_said()


def test_a_web_receiver_of_the_older_api_is_one_that_this_computer_sends_to(person: Person) -> None:
    drop(person, "conn.set_rest_notification('3ABC', 'http://127.0.0.1:9/notify', ['HITExpired'])")
    opened(person)
    dialog = person.page.older.import_dialog
    assert dialog is not None
    person.click(dialog.fill)
    state = person.form.state()
    assert state.is_to_web
    assert (state.delivery.web_form, state.delivery.web_address) == ("rest", "http://127.0.0.1:9/notify")
    assert state.events == (EventType.HIT_EXPIRED,)
    person.click(person.form.advanced)
    person.until(person.form.save_as.isVisible)
    person.click(person.form.save_as)
    saved = person.page.older.save_dialog
    assert saved is not None
    assert saved.choice.count() == 2
    assert "<Transport>REST</Transport>" in saved.form.text
    person.page.leave(FormState())
    person.until(lambda: person.page.older.save_dialog is None)
