# SPDX-License-Identifier: MIT
"""Three lamps that say by word and shape what they say by colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from notification_tester.domain.delivery import NOT_TRIED, Lamp, State, TestOutcome
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import parse_spec
from notification_tester.qt.looks.colours import READABLE, contrast
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.qt.notification.delivery_lamps import DeliveryLamps, LampRow, Stage

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def outcome(accepted: Lamp, arrived: Lamp, as_expected: Lamp) -> TestOutcome:
    spec = parse_spec(transport=Transport.EMAIL, destination="me@lab.example.org", events=["HITExpired"])
    return TestOutcome(
        spec=spec, event=EventType.HIT_EXPIRED, accepted=accepted, arrived=arrived, as_expected=as_expected
    )


@pytest.fixture
def lamps(qtbot: QtBot) -> DeliveryLamps:
    lamps = DeliveryLamps()
    qtbot.addWidget(lamps)
    lamps.setLocale(QLocale(QLocale.Language.English))
    lamps.resize(400, 300)
    lamps.show()
    return lamps


def _words(row: LampRow) -> str:
    return " | ".join(label.text() for label in row.findChildren(QLabel) if label.isVisible())


def test_a_good_outcome(lamps: DeliveryLamps) -> None:
    lamps.show_outcome(
        outcome(
            Lamp(state=State.YES, detail="Taken.", seconds=0.21),
            Lamp(state=State.YES, detail="Seen in lab-results.", seconds=1.838),
            Lamp(state=State.YES, detail="Right event."),
        )
    )
    rows = [lamps.lamps[stage] for stage in Stage]
    assert [_words(row) for row in rows] == [
        "Accepted | Yes | 0.21 s | Taken.",
        "Arrived | Yes | 1.84 s | Seen in lab-results.",
        "As expected | Yes | Right event.",
    ]
    assert {row.mark.shape_name for row in rows} == {"check"}
    assert {row.tone for row in rows} == {Tone.GOOD}
    assert rows[1].accessibleName() == "Arrived: yes, after 1.84 seconds. Seen in lab-results."


@pytest.mark.parametrize(
    ("lamp", "word", "shape", "tone"),
    [
        (Lamp(state=State.NO, detail="Nothing came."), "No", "cross", Tone.BAD),
        (NOT_TRIED, "Not known", "question", Tone.PLAIN),  # on no grey ground: nothing is switched off
    ],
    ids=["no", "unknown"],
)
def test_word_shape_and_colour(lamps: DeliveryLamps, lamp: Lamp, word: str, shape: str, tone: Tone) -> None:
    lamps.show_outcome(outcome(lamp, lamp, lamp))
    for row in lamps.lamps.values():
        assert row.word.text() == word
        assert row.mark.shape_name == shape
        assert row.tone is tone
        assert not row.seconds.isVisible()


def test_seconds_follow_the_locale(lamps: DeliveryLamps) -> None:
    lamps.setLocale(QLocale(QLocale.Language.German))
    yes = Lamp(state=State.YES, detail="", seconds=1.5)
    late = Lamp(state=State.NO, detail="", seconds=60.02)
    lamps.show_outcome(outcome(yes, late, yes))
    assert lamps.lamps[Stage.ACCEPTED].seconds.text() == "1,50 s"
    assert lamps.lamps[Stage.ARRIVED].seconds.text() == "60 s"


def test_waiting_counts_down_and_can_be_stopped(qtbot: QtBot, lamps: DeliveryLamps) -> None:
    assert not lamps.cancel.isVisible()
    lamps.show_waiting("accepted", None)
    assert _words(lamps.lamps[Stage.ACCEPTED]).startswith("Accepted | Waiting")
    assert not lamps.cancel.isVisible()
    lamps.show_waiting("arrived", 42, Lamp(state=State.YES, detail="Taken.", seconds=0.2))
    assert lamps.lamps[Stage.ACCEPTED].word.text() == "Yes"
    assert "Waiting | 42 s left" in _words(lamps.lamps[Stage.ARRIVED])
    assert lamps.lamps[Stage.AS_EXPECTED].word.text() == "Not yet"
    with qtbot.waitSignal(lamps.cancel_requested):
        QTest.mouseClick(lamps.cancel, Qt.MouseButton.LeftButton)
    lamps.show_waiting("arrived", 41)
    assert lamps.lamps[Stage.ACCEPTED].word.text() == "Yes"
    lamps.clear()
    assert not lamps.cancel.isVisible()
    assert {row.word.text() for row in lamps.lamps.values()} == {"Not yet"}


def test_a_call_that_is_slow_can_be_stopped_until_it_is_answered(qtbot: QtBot, lamps: DeliveryLamps) -> None:
    yes = Lamp(state=State.YES, detail="")
    for is_cleared in (False, True):
        lamps.show_waiting("accepted", None)
        qtbot.waitUntil(lamps.cancel.isVisible)
        lamps.show_waiting("as_expected", None)
        assert not lamps.cancel.isVisible(), "there is nothing left to wait for"
        lamps.show_waiting("arrived", None)
        assert lamps.cancel.isVisible()
        if is_cleared:
            lamps.clear()
        else:
            lamps.show_outcome(outcome(yes, yes, yes))
        assert not lamps.cancel.isVisible()


def test_a_message_from_here_is_not_said_to_be_mechanical_turks(qtbot: QtBot) -> None:
    here = DeliveryLamps(is_from_here=True)
    qtbot.addWidget(here)
    here.show()
    said = [" ".join(map(_words, here.lamps.values()))]
    here.show_waiting("accepted", None)
    said.append(" ".join(map(_words, here.lamps.values())))
    assert "The message is being sent." in said[-1]
    assert not any("Mechanical Turk" in one for one in said)


def test_an_unknown_stage_is_our_own_mistake(lamps: DeliveryLamps) -> None:
    with pytest.raises(ValueError, match="delivered"):
        lamps.show_waiting("delivered", None)


def test_foreign_text_is_plain_and_wraps(lamps: DeliveryLamps) -> None:
    text = "<b>bold</b> \u202egpj " + "Benachrichtigungseinstellungen " * 8
    lamps.show_outcome(outcome(Lamp(state=State.NO, detail=text), NOT_TRIED, NOT_TRIED))
    row = lamps.lamps[Stage.ACCEPTED]
    assert row.detail.textFormat() == Qt.TextFormat.PlainText
    assert "⟨U+202E⟩" in row.detail.text()
    lamps.resize(300, 500)
    QApplication.processEvents()
    assert lamps.minimumSizeHint().width() <= 300
    assert row.detail.height() >= row.detail.heightForWidth(row.detail.width())


@pytest.mark.parametrize("window", ["#efefef", "#1e2126"], ids=["light", "dark"])
@pytest.mark.parametrize("tone", [Tone.GOOD, Tone.BAD, Tone.BEWARE, Tone.UNKNOWN])
def test_words_can_be_read(qapp: QApplication, tone: Tone, window: str) -> None:
    colours = tone_colours(QPalette(QColor(window)), tone)
    assert contrast(colours.text, colours.fill) >= READABLE


def test_follows_a_change_to_dark(qapp: QApplication, lamps: DeliveryLamps) -> None:
    before = qapp.palette()
    lamps.show_outcome(outcome(Lamp(state=State.YES, detail="Taken."), NOT_TRIED, NOT_TRIED))
    row = lamps.lamps[Stage.ACCEPTED]
    light = row.word.palette().color(QPalette.ColorRole.WindowText)
    try:
        qapp.setPalette(QPalette(QColor("#1e2126")))
        qapp.processEvents()
        for label in (row.word, row.title):
            ink = label.palette().color(QPalette.ColorRole.WindowText)
            assert contrast(ink, tone_colours(qapp.palette(), Tone.GOOD).fill) >= READABLE
        assert row.grab().toImage().pixelColor(row.width() // 2, 4).lightness() < 90
    finally:
        qapp.setPalette(before)
        qapp.processEvents()
    assert row.word.palette().color(QPalette.ColorRole.WindowText) == light


def test_no_test_takes_no_time(lamps: DeliveryLamps) -> None:
    quick = Lamp(state=State.YES, detail="Taken.", seconds=0.0004)
    lamps.show_outcome(outcome(quick, quick, Lamp(state=State.YES, detail="Right event.")))
    assert lamps.lamps[Stage.ACCEPTED].seconds.text() == "under 0.01 s"
