# SPDX-License-Identifier: MIT
"""What is said below a field: at the field for a screen reader, too, with one button at most, and gone as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.qt.widgets.field_note import FieldNote, buddy_label
from notification_tester.qt.widgets.raw_text import RawText

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def note(qtbot: QtBot) -> FieldNote:
    note = FieldNote()
    qtbot.addWidget(note)
    return note


def test_it_is_said_at_the_field_and_taken_back_there(note: FieldNote, qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    assert note.isHidden()
    note.say("Wrong.", "Too long.")
    assert field.accessibleDescription() == "", "it watches none yet"
    note.watch(field)
    note.say("Wrong.", "Too short.")
    assert note.text == note.accessibleName() == field.accessibleDescription() == "Wrong. Too short."
    assert not note.isHidden()
    note.clear()
    assert note.isHidden()
    assert note.text == note.accessibleName() == field.accessibleDescription() == ""
    note.show()
    assert note.text.strip() == "", "nothing of it comes back"


def test_a_button_belongs_to_what_it_was_offered_with(note: FieldNote) -> None:
    done: list[str] = []
    note.button.click()
    note.say("First.", "So.")
    assert not note.button.isVisibleTo(note)
    note.offer("Do it", lambda: done.append("first"))
    assert note.button.isVisibleTo(note)
    assert note.button.accessibleDescription() == "First. So."
    note.button.click()
    note.offer("Do that", lambda: done.append("second"))
    assert note.button.text() == "Do that"
    note.button.click()
    assert done == ["first", "second"]
    note.say("Second.", "So.")
    assert not note.button.isVisibleTo(note)


def test_of_what_a_problem_advises_the_first_can_be_done(note: FieldNote, qtbot: QtBot) -> None:
    problem = Problem(title="It is full.", detail="So.", remedy="Look.", code="x", cause=Cause.INPUT)
    note.show_problem(problem)
    assert note.text == "It is full. So. Look."
    assert not note.button.isVisibleTo(note)
    note.show_problem(problem, [("Preferences", Remedy.PREFERENCES.value), ("Test", Remedy.OPEN_TEST.value)])
    assert note.button.text() == "Preferences"
    with qtbot.waitSignal(note.remedy_requested) as told:
        note.button.click()
    assert told.args == [Remedy.PREFERENCES]


def test_a_name_above_a_field_is_the_field_s(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    label = buddy_label("Secret access &key", field)
    qtbot.addWidget(label)
    assert label.buddy() is field
    assert field.accessibleName() == "Secret access key"


def test_a_raw_text_is_laid_out_when_it_is_seen_and_copied_as_it_came(qtbot: QtBot) -> None:
    raw = RawText()
    qtbot.addWidget(raw)
    raw.set_text('{"a":1}')
    assert raw.view.toPlainText() == ""
    raw.show()
    assert '"a": 1' in raw.view.toPlainText()
    assert raw.note.text() == "Laid out for reading; Copy all takes the exact text."
    raw.copy.click()
    assert QApplication.clipboard().text() == '{"a":1}'
    raw.set_text("milk")
    assert raw.view.toPlainText() == "milk"
    assert raw.note.text() == ""
    raw.copy.click()
    assert QApplication.clipboard().text() == "milk"
    raw.hide()
    raw.set_text("")
    raw.show()
    assert raw.view.toPlainText() == ""
    before = raw.view.height()
    raw.set_text("\n".join("line" for _ in range(6)))
    assert raw.view.height() > before
