# SPDX-License-Identifier: MIT
"""What the Inbox proposes to follow, and how it is followed, looked through and cleared by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtTest import QTest

from journeys.test_history_changes import set_hit_types

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from journeys.person import Person


def test_where_hit_types_are_set_to_tell_is_proposed_first(person: Person, qtbot: QtBot) -> None:
    """Before what was tested last and did arrive, and that before practice's own; what a person typed stays."""
    opened, session = person.desktop.program.current, person.desktop.program.session
    assert opened is not None
    assert session is not None
    set_place, tested, newer = (session.mend.create_queue(opened, one).text for one in ("study-7", "pilot", "study-8"))
    buttons = person.window.workspace.navigation.buttons
    person.click(buttons["inbox"])
    page = person.seen(person.window.workspace.inbox)
    assert page.form.destination.text() == person.cloud.details.queue_url
    person.click(buttons["test"])
    person.type_destination(tested)
    assert person.send().is_good
    person.click(buttons["inbox"])
    person.until(lambda: page.form.destination.text() == tested)
    person.click(buttons["test"])
    person.type_destination(set_place)
    set_hit_types(person, 1)
    person.click(buttons["inbox"])
    person.until(lambda: page.form.destination.text() == set_place)
    person.click(page.form.follow)
    person.until(lambda: page.bar.title.text() == "Following study-7")

    person.click(buttons["test"])
    person.type_destination(newer)
    person.click(buttons["inbox"])
    person.click(page.places.other)
    page.form.destination.edit.selectAll()
    QTest.keyClicks(page.form.destination.edit, tested)
    person.click(buttons["test"])
    set_hit_types(person, 1)
    with qtbot.waitSignal(page.controller.proposed):
        person.click(buttons["inbox"])
    assert page.form.destination.text() == tested, "what was typed stays"
