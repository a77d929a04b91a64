# SPDX-License-Identifier: MIT
"""An address as a person types, pastes, drops and chooses it, and what is said about it when."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAction, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.pasted_text import LONGEST
from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.notification.destination_field import DestinationField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/lab-results"
TOPIC = "arn:aws:sns:us-east-1:123456789012:hit-events"


@pytest.fixture
def field(qtbot: QtBot) -> Iterator[DestinationField]:
    window = QWidget()
    qtbot.addWidget(window)
    field = DestinationField(Transport.SQS)
    rows = QVBoxLayout(window)
    rows.addWidget(field)
    rows.addWidget(QPushButton("elsewhere"))
    window.resize(560, 240)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    field.edit.setFocus()
    yield field
    window.close()  # and until here it lives


def _shown(field: DestinationField) -> str:
    return " ".join(label.text() for label in field.findChildren(QLabel) if label.isVisible())


def test_a_half_typed_address_is_not_scolded(qtbot: QtBot, field: DestinationField) -> None:
    QTest.keyClicks(field.edit, "https://sq")
    assert field.problem() is not None
    assert field.destination() is None
    assert "not a queue URL" not in _shown(field)
    assert "begins with https://" in _shown(field)
    qtbot.waitUntil(lambda: "not a queue URL" in _shown(field))


def test_leaving_the_field_says_it_at_once(qtbot: QtBot, field: DestinationField) -> None:
    QTest.keyClicks(field.edit, "lab-results")
    QTest.keyClick(field.edit, Qt.Key.Key_Tab)
    assert "not a queue URL" in _shown(field)
    assert "does not begin with https://" in field.edit.accessibleDescription()


def test_what_is_wrong_and_why_stand_below_one_another(qtbot: QtBot, field: DestinationField) -> None:
    QTest.keyClicks(field.edit, "lab-results")
    QTest.keyClick(field.edit, Qt.Key.Key_Tab)
    QApplication.processEvents()
    problem = field.problem()
    assert problem is not None
    labels = {label.text(): label for label in field.findChildren(QLabel) if label.isVisible()}
    title, why = labels[problem.title], labels[f"{problem.detail} {problem.remedy}"]
    assert field.edit.mapTo(field, QPoint(0, field.edit.height())).y() <= title.mapTo(field, QPoint()).y()
    assert title.mapTo(field, QPoint(0, title.height())).y() <= why.mapTo(field, QPoint()).y()
    assert why.width() > field.width() / 2
    assert why.height() >= why.heightForWidth(why.width())


def test_typing_on_takes_the_scolding_back(qtbot: QtBot, field: DestinationField) -> None:
    field.set_text("https://sqs")
    assert "not a queue URL" in _shown(field)
    QTest.keyClicks(field.edit, "x")
    assert "not a queue URL" not in _shown(field)


def test_an_empty_field_is_never_scolded(qtbot: QtBot, field: DestinationField) -> None:
    QTest.keyClick(field.edit, Qt.Key.Key_Tab)
    field.show_problem()
    assert "still empty" not in _shown(field)
    problem = field.problem()
    assert problem is not None
    assert problem.code == "destination.empty"


def test_a_valid_address_is_shown_plainly(qtbot: QtBot, field: DestinationField) -> None:
    heard = Mock()
    field.changed.connect(heard)
    QTest.keyClicks(field.edit, QUEUE)
    assert "lab-results · us-east-1, account 1234-5678-9012" in _shown(field)
    found = field.destination()
    assert found is not None
    assert found.text == QUEUE
    assert field.problem() is None
    assert QUEUE in field.edit.toolTip()
    assert heard.call_count == len(QUEUE)


DIRTY = [
    pytest.param(f"  {QUEUE}\n", QUEUE, id="blank-and-line-break"),
    pytest.param(f'"{QUEUE}",\r\n', QUEUE, id="quotes-and-comma"),
    pytest.param(f"<{QUEUE}>", QUEUE, id="brackets"),
    pytest.param(QUEUE.replace("/1234", "/\n  1234"), QUEUE, id="broken-over-two-lines"),
]


@pytest.mark.parametrize(("pasted", "expected"), DIRTY)
def test_pasting_with_the_keyboard_cleans(qtbot: QtBot, field: DestinationField, pasted: str, expected: str) -> None:
    QGuiApplication.clipboard().setText(pasted)
    QTest.keySequence(field.edit, "Ctrl+V")
    assert field.edit.text() == expected
    assert field.destination() is not None


@pytest.mark.parametrize(("pasted", "expected"), DIRTY)
def test_pasting_from_the_menu_cleans(qtbot: QtBot, field: DestinationField, pasted: str, expected: str) -> None:
    QGuiApplication.clipboard().setText(pasted)
    menu = field.edit.context_menu()
    paste = menu.findChild(QAction, "edit-paste")
    assert isinstance(paste, QAction)
    paste.trigger()
    assert field.edit.text() == expected


@pytest.mark.parametrize(("pasted", "expected"), DIRTY)
def test_dropping_cleans(field: DestinationField, pasted: str, expected: str) -> None:
    data = QMimeData()
    data.setText(pasted)
    drop = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    field.edit.dropEvent(drop)
    assert field.edit.text() == expected


def test_what_no_address_can_be_is_cut_and_refused(qtbot: QtBot, field: DestinationField) -> None:
    text = "https://sqs.us-east-1.amazonaws.com/123456789012/" + "x" * 1_000_000
    QGuiApplication.clipboard().setText(text)
    QTest.keySequence(field.edit, "Ctrl+V")
    assert field.edit.text() == text[:LONGEST]
    assert field.destination() is None


def test_pasting_replaces_what_is_selected(qtbot: QtBot, field: DestinationField) -> None:
    field.set_text("old")
    field.edit.selectAll()
    QGuiApplication.clipboard().setText(f"{QUEUE}\n")
    QTest.keySequence(field.edit, "Ctrl+V")
    assert field.text() == QUEUE


def test_the_wrong_kind_offers_to_switch(qtbot: QtBot, field: DestinationField) -> None:
    assert not field.switch.isVisible()
    QGuiApplication.clipboard().setText(TOPIC)
    QTest.keySequence(field.edit, "Ctrl+V")
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    assert field.switch.isVisible()
    assert field.switch.text().replace("&", "") == "Switch to Topic (SNS)"
    with qtbot.waitSignal(field.switch_requested) as told:
        QTest.mouseClick(field.switch, Qt.MouseButton.LeftButton)
    assert told.args == [Transport.SNS]
    field.set_transport(Transport.SNS)
    assert field.destination() is not None
    assert not field.switch.isVisible()


CONSOLE = f"https://us-east-1.console.aws.amazon.com/sns/v3/home?region=us-east-1#/topic/{TOPIC}"
LIKELY = [
    pytest.param(Transport.SNS, CONSOLE, TOPIC, id="page-of-the-console"),
    pytest.param(Transport.SNS, f"{TOPIC}:00000000-0000", TOPIC, id="subscription"),
    pytest.param(Transport.SQS, QUEUE.replace("https", "http"), QUEUE, id="http"),
    pytest.param(Transport.SQS, "arn:aws:sqs:us-east-1:123456789012:lab-results", QUEUE, id="arn-of-a-queue"),
    pytest.param(Transport.EMAIL, "Ann Lee ann@example.org", "ann@example.org", id="name-before-it"),
]


@pytest.mark.parametrize(("transport", "given", "meant"), LIKELY)
def test_what_was_most_likely_meant_is_a_button(
    qtbot: QtBot, field: DestinationField, transport: Transport, given: str, meant: str
) -> None:
    field.set_transport(transport)
    field.set_text(given)
    assert field.destination() is None
    assert meant in _shown(field)
    assert field.switch.isVisible()
    assert meant in field.switch.toolTip()
    QTest.mouseClick(field.switch, Qt.MouseButton.LeftButton)
    found = field.destination()
    assert found is not None
    assert field.edit.text() == found.text == meant
    assert not field.switch.isVisible()


def test_a_likely_address_of_another_kind_goes_there(qtbot: QtBot, field: DestinationField) -> None:
    field.set_text(CONSOLE)
    with qtbot.waitSignal(field.switch_requested) as told:
        QTest.mouseClick(field.switch, Qt.MouseButton.LeftButton)
    assert told.args == [Transport.SNS]
    assert field.text() == TOPIC


def test_nothing_is_offered_where_nothing_is_plain(field: DestinationField) -> None:
    for text in ("my-queue", f"{QUEUE}\n{QUEUE}-2", QUEUE.replace("lab-", "lab ")):
        field.set_text(text)
        assert field.problem() is not None
        assert not field.switch.isVisible()


def test_a_verdict_from_outside_goes_when_the_address_changes(qtbot: QtBot, field: DestinationField) -> None:
    field.set_text(QUEUE)
    field.set_verdict(Tone.GOOD, "Queue found", "Its policy lets MTurk in.")
    assert "Queue found" in _shown(field)
    assert "Its policy" not in _shown(field)
    QTest.mouseClick(field.details_link, Qt.MouseButton.LeftButton)
    assert "Its policy" in _shown(field)
    assert "Queue found" in field.edit.accessibleDescription()
    QTest.keyClicks(field.edit, "2")
    assert "Queue found" not in _shown(field)


def test_known_destinations_are_grouped_and_chosen(qtbot: QtBot, field: DestinationField) -> None:
    field.set_choices([("hit-events", TOPIC), ("lab & results", QUEUE)])
    menu = field.choose.menu()
    texts = [action.text() for action in menu.actions()]
    assert texts == ["Queues", "lab && results", "Topics", "hit-events"]
    assert menu.toolTipsVisible(), "a tip has the whole address"
    menu.actions()[1].trigger()
    assert field.text() == QUEUE
    with qtbot.waitSignal(field.switch_requested) as told:
        menu.actions()[3].trigger()
    assert told.args == [Transport.SNS]
    assert field.text() == TOPIC


def test_opening_the_list_asks_for_it(qtbot: QtBot, field: DestinationField) -> None:
    menu = field.choose.menu()
    assert not menu.actions()[0].isEnabled()
    with qtbot.waitSignal(field.choose_requested):
        menu.popup(QPoint(0, 0))
    field.set_choices([("lab-results", QUEUE)])
    assert menu.actions()[-1].text() == "lab-results"
    menu.close()


def test_a_list_that_cannot_be_read_says_so_and_why(field: DestinationField) -> None:
    menu = field.choose.menu()
    field.set_choices([("lab-results", QUEUE)])
    field.show_no_choices(
        Problem(title="The key is not known.", detail="Lab & co. said so.", remedy="", code="x", cause=Cause.KEYS)
    )
    (said,) = menu.actions()
    assert said.text() == "The list could not be read: The key is not known. Type one."
    assert "Lab &amp; co. said so." in said.toolTip()
    assert not said.isEnabled()
    field.set_choices([])
    assert [action.text() for action in menu.actions()] == ["No destination is known yet; type one."]


@pytest.mark.parametrize(
    ("transport", "texts"),
    [
        (Transport.SQS, ["&Create a queue…", "&Throw-away queues…"]),
        (Transport.SNS, ["&Create a topic…", "&Throw-away queues…"]),
        (Transport.EMAIL, ["&Throw-away queues…"]),
    ],
)
def test_what_can_be_made_stands_below_the_list(
    qtbot: QtBot, field: DestinationField, transport: Transport, texts: list[str]
) -> None:
    field.set_transport(transport)
    field.set_choices([("lab-results", QUEUE)])
    assert not any(action.text() in texts for action in field.choose.menu().actions())
    field.offer_making()
    *create, throwaways = [action for action in field.choose.menu().actions() if action.text() in texts]
    assert [action.text() for action in (*create, throwaways)] == texts
    assert "Temporary queues" in throwaways.toolTip()
    with qtbot.waitSignal(field.throwaways_requested):
        throwaways.trigger()
    for action in create:
        with qtbot.waitSignal(field.create_requested) as told:
            action.trigger()
        assert told.args == [transport]


@pytest.mark.parametrize("transport", Transport)
def test_names_for_a_screen_reader(field: DestinationField, transport: Transport) -> None:
    field.set_transport(transport)
    face = QAccessible.queryAccessibleInterface(field.edit)
    assert face.text(QAccessible.Text.Name) == field.label.text().replace("&", "")
    assert face.text(QAccessible.Text.Description)
    assert field.label.buddy() is field.edit
    assert field.choose.accessibleName() == "Choose a known destination"


def test_foreign_text_is_shown_and_never_markup(qtbot: QtBot, field: DestinationField) -> None:
    field.set_text("<b>x</b>\u202egnp.exe")
    assert all(
        label.textFormat() == Qt.TextFormat.PlainText
        for label in field.findChildren(QLabel)
        if label is not field.label
    )
    field.set_verdict(Tone.BAD, "a\u202eb")
    assert "a⟨U+202E⟩b" in _shown(field)


def in_sight(field: DestinationField) -> str:
    """As much of the text as has room in the field."""
    edit = field.edit
    edit.grab()  # Qt scrolls as it paints
    middle, room = edit.height() // 2, edit.fontMetrics().averageCharWidth() * 2
    first = edit.cursorPositionAt(QPoint(room // 4, middle))
    return edit.text()[first : edit.cursorPositionAt(QPoint(edit.width() - room, middle)) + 1]


@pytest.mark.parametrize(
    ("transport", "address", "tells"),
    [
        pytest.param(Transport.SQS, QUEUE, "lab-results", id="queue"),
        pytest.param(Transport.SNS, TOPIC, "hit-events", id="topic"),
        pytest.param(Transport.EMAIL, "rosalind.franklin@chemistry.university.edu", "rosalind", id="e-mail"),
    ],
)
def test_the_part_that_tells_one_from_another_is_in_sight_where_there_is_room_for_little(
    field: DestinationField, transport: Transport, address: str, tells: str
) -> None:
    field.set_transport(transport)
    field.edit.setMaximumWidth(field.fontMetrics().averageCharWidth() * 24)
    field.set_text(address)
    QApplication.processEvents()
    assert field.edit.fontMetrics().horizontalAdvance(address) > field.edit.width()
    assert tells in in_sight(field)
    QTest.keyClick(field.edit, Qt.Key.Key_End if transport is Transport.EMAIL else Qt.Key.Key_Home)
    assert tells not in in_sight(field), "while it is edited it is where the cursor is"
    QTest.keyClick(field.edit, Qt.Key.Key_Tab)
    assert not field.edit.hasFocus()
    assert tells in in_sight(field)
    assert address in field.edit.toolTip()


def test_fits_a_narrow_column(field: DestinationField) -> None:
    field.set_text(TOPIC)
    QApplication.processEvents()
    assert field.minimumSizeHint().width() <= 300


def test_places_of_one_name_say_what_they_are(field: DestinationField) -> None:
    same = "arn:aws:sns:us-east-1:123456789012:lab-results"
    places = [parse_destination(Transport.SQS, QUEUE), parse_destination(Transport.SNS, same)]
    other = parse_destination(Transport.SNS, TOPIC)
    field.show_recent([(one, State.YES) for one in (*places, other)])
    assert [one.text() for one in field.recent()] == ["lab-results (queue)", "lab-results (topic)", "hit-events"]
    assert field.recent()[1].accessibleName() == "Use lab-results (topic): the last test there went well"


def test_while_an_account_is_opened_its_list_says_so(field: DestinationField) -> None:
    def listed() -> list[str]:
        menu = field.choose.menu()
        assert menu is not None
        return [action.text() for action in menu.actions()]

    field.show_opening("Practice is starting.")
    assert listed() == ["Practice is starting."]
    field.show_opening("")
    assert listed() == ["No destination is known yet; type one."]


def test_the_list_stays_on_the_screen_when_names_come_while_it_is_open(qtbot: QtBot, field: DestinationField) -> None:
    window, screen = field.window(), field.screen().availableGeometry()
    window.move(screen.right() - window.width(), screen.top())
    field.set_choices([])
    QTimer.singleShot(0, lambda: QTest.mouseClick(field.choose, Qt.MouseButton.LeftButton))
    menu = field.choose.menu()
    qtbot.waitUntil(menu.isVisible)
    short = menu.width()
    field.set_choices([(f"practice-results-of-{number}-with-a-name-of-some-length", QUEUE) for number in range(5)])
    assert menu.width() > short
    assert screen.contains(menu.geometry())
    menu.close()


def test_what_was_found_out_offers_what_can_be_done_and_all_of_it_goes_with_the_address(
    qtbot: QtBot, field: DestinationField
) -> None:
    field.set_text(QUEUE)
    links = (field.details_link, field.findings_link, field.mend_link, field.again_link)
    field.show_checking(True)
    assert "Checking…" in _shown(field)
    assert not any(link.isVisible() for link in links)
    field.set_verdict(Tone.BAD, "It is closed.", has_findings=True, can_mend=True, may_change=True)
    assert [link.isVisible() for link in links] == [False, True, True, True]
    for link, asked in (
        (field.findings_link, field.findings_requested),
        (field.mend_link, field.mend_requested),
        (field.again_link, field.look_again_requested),
    ):
        with qtbot.waitSignal(asked):
            QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    field.show_checking(False)
    assert "It is closed." in _shown(field), "what was found out stays"
    field.show_looking_again()
    assert "Checking…" in _shown(field)
    assert "It is closed." not in _shown(field)
    assert "Checking…" in field.edit.accessibleDescription()
    assert [link.isVisible() for link in links] == [False, True, True, True], "the keyboard stays where it is"
    field.set_verdict(Tone.GOOD, "It is open.", "Its policy lets MTurk in.")
    assert [link.isVisible() for link in links] == [True, False, False, False]
    field.details_link.click()
    field.set_verdict(Tone.GOOD, "It is open.", "Its policy lets MTurk in.", may_change=True)
    assert "Its policy" not in _shown(field), "folded away with each verdict"
    assert field.again_link.isVisible()
    assert not field.mend_link.isVisible()
    field.show_checking(True)
    field.show_checking(False)
    assert "Checking…" not in _shown(field), "it was given up"
    field.set_verdict(Tone.BAD, "It is closed.", has_findings=True, can_mend=True)
    QTest.keyClicks(field.edit, "2")
    assert not any(link.isVisible() for link in links)
    assert "closed" not in field.edit.accessibleDescription()


def test_a_change_can_be_taken_back_while_it_is_told(qtbot: QtBot, field: DestinationField) -> None:
    assert not field.undo_link.isVisible()
    field.show_change("Its policy was mended.")
    assert "Its policy was mended." in _shown(field)
    assert field.undo_link.accessibleDescription() == "Its policy was mended."
    with qtbot.waitSignal(field.undo_requested):
        QTest.mouseClick(field.undo_link, Qt.MouseButton.LeftButton)
    field.show_change("")
    assert not field.undo_link.isVisible()


def test_the_places_tested_last_are_offered_but_for_the_one_in_the_field(qtbot: QtBot, field: DestinationField) -> None:
    queue, topic = parse_destination(Transport.SQS, QUEUE), parse_destination(Transport.SNS, TOPIC)
    assert "Tested before:" not in _shown(field)
    assert not field.make_link.isVisible()
    field.show_recent([(queue, State.NO), (topic, State.UNKNOWN)])
    assert not field.make_link.isVisible(), "nobody sees to it"
    field.offer_making()
    assert field.make_link.isVisible()
    assert "Tested before:" in _shown(field)
    assert [one.accessibleName() for one in field.recent()] == [
        "Use lab-results: the last test there failed",
        "Use hit-events: how the last test there ended is not known",
    ]
    QTest.mouseClick(field.recent()[0], Qt.MouseButton.LeftButton)
    assert field.text() == QUEUE
    assert field.edit.hasFocus()
    assert [one.text() for one in field.recent()] == ["hit-events"]
    with qtbot.waitSignal(field.switch_requested) as told:
        QTest.mouseClick(field.recent()[0], Qt.MouseButton.LeftButton)
    assert told.args == [Transport.SNS]
    field.show_recent([(topic, State.UNKNOWN)])
    assert not field.recent()
    assert "Tested before:" not in _shown(field)
    with qtbot.waitSignal(field.create_requested) as asked:
        QTest.mouseClick(field.make_link, Qt.MouseButton.LeftButton)
    assert asked.args == [Transport.SQS]
    field.set_transport(Transport.EMAIL)
    assert not field.make_link.isVisible(), "a mailbox is made elsewhere"


@pytest.mark.parametrize("sends_here", [False, True])
def test_an_address_of_a_web_receiver_is_sent_to_from_here(
    qtbot: QtBot, field: DestinationField, sends_here: bool
) -> None:
    field.set_text("https://lab.example.org/notify")
    assert not field.web.isVisible(), "nobody sees to it"
    field.offer_web(sends_here=sends_here)
    field.show_problem()
    assert field.web.isVisible()
    assert field.web.text() == ("Choose Web receiver" if sends_here else "Send it from this computer")
    found = field.problem()
    assert found is not None
    assert (found.code == "destination.web-receiver") is sends_here
    assert found.title in _shown(field)
    with qtbot.waitSignal(field.web_requested):
        QTest.mouseClick(field.web, Qt.MouseButton.LeftButton)
    field.set_text(QUEUE)
    assert not field.web.isVisible()
    field.set_text("my-queue")
    assert not field.web.isVisible()
