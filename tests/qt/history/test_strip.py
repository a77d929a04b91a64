# SPDX-License-Identifier: MIT
"""How long tests took: the sentence, the drawing, and the picture of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtTest import QTest

from journeys.person import give_file
from notification_tester.qt.history.strip import AT_ONCE, PICTURE, TALL, Latency, LatencyPanel, as_svg
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.storage.history import MOST_ARRIVALS
from notification_tester.storage.rows import Arrival
from qt.drawn_words import says

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks

NOON = 1_769_860_800.0  # 31 January 2026
DAY = 86_400.0


def arrivals(*seconds: float | None, every: float = DAY) -> list[Arrival]:
    return [Arrival(number, NOON + number * every, one) for number, one in enumerate(seconds)]


def latency(*seconds: float | None, every: float = DAY) -> Latency:
    return Latency.of("lab-queue (queue)", arrivals(*seconds, every=every))


@pytest.fixture
def panel(qtbot: QtBot, tasks: Tasks) -> LatencyPanel:
    made = LatencyPanel(tasks)
    qtbot.addWidget(made)
    made.resize(700, 200)
    return made


def test_the_middle_and_what_nearly_all_stayed_within(qtbot: QtBot) -> None:
    found = latency(*[float(one) for one in range(1, 101)], None)
    assert (found.typical, found.slow, found.lost) == (50.5, 95.0, 1)
    assert found.sentence.startswith(
        "lab-queue (queue): 101 tests: 1 never came; 100 came, half of those within 50.50 s, 95 % within 95.00 s; from "
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        pytest.param((0.5,), "1 test: it came within 0.50 s.", id="one"),
        pytest.param((None,), "1 test: it never came.", id="it never came"),
        pytest.param((None, None), "2 tests: none came.", id="none came"),
        pytest.param((0.5, None), "2 tests: 1 never came; 1 came, within 0.50 s.", id="one came"),
        pytest.param((0.5, 0.7), "2 tests: all came, half of those within 0.60 s, 95 % within 0.70 s.", id="all came"),
        pytest.param(
            (0.06, 0.06, 0.09, *[None] * 3),
            "6 tests: 3 never came; 3 came, half of those within 0.06 s, 95 % within 0.09 s.",
            id="half came",
        ),
        pytest.param((), "0 tests.", id="nothing"),
    ],
)
def test_few_are_told_too(qtbot: QtBot, seconds: tuple[float | None, ...], said: str) -> None:
    assert latency(*seconds, every=1.0).sentence == f"lab-queue (queue): {said}"


def test_of_more_than_are_drawn_the_newest_are_told_as_what_they_are(qtbot: QtBot) -> None:
    said = latency(*[0.5] * MOST_ARRIVALS, every=60.0).sentence
    assert said.startswith("lab-queue (queue): the newest 10,000 tests: all came, ")
    assert "; from " in said


def test_it_is_out_of_sight_until_there_is_something_to_tell(panel: LatencyPanel, qtbot: QtBot) -> None:
    panel.show_latency(None)
    assert panel.isHidden()
    panel.show_latency(latency())
    assert panel.isHidden()
    panel.show_latency(latency(0.5, 0.7))
    assert not panel.isHidden()
    assert panel.sentence.text() == panel.sentence.accessibleName() == latency(0.5, 0.7).sentence
    panel.show()
    assert not panel.strip.isVisible()
    assert not panel.save.isVisible(), "of what is not in sight"
    QTest.mouseClick(panel.fold, Qt.MouseButton.LeftButton)
    assert panel.strip.isVisible()
    assert panel.save.isVisible()
    assert panel.strip.accessibleName() == panel.sentence.text()


@pytest.mark.parametrize("name", ["practice-blocked (queue) with Practice", f"{'a-long-name-of-a-queue-' * 4} (queue)"])
def test_what_never_came_is_in_sight_where_there_is_little_room(panel: LatencyPanel, name: str) -> None:
    panel.show_latency(Latency.of(name, arrivals(0.06, 0.09, *[None] * 9)))
    panel.resize(560, 60)
    panel.show()
    assert "9 never came" in panel.sentence.seen()
    assert panel.sentence.fontMetrics().horizontalAdvance(panel.sentence.seen()) <= panel.sentence.width()
    assert panel.sentence.text().startswith(f"{name}: 11 tests: 9 never came; 2 came, ")


def test_a_tall_window_shows_the_drawing_at_once(panel: LatencyPanel) -> None:
    panel.resize(700, TALL)
    panel.show_latency(latency(0.5, 0.7))
    assert panel.strip.isVisible()


def test_where_nothing_came_there_is_a_red_cross_above_the_dots(panel: LatencyPanel) -> None:
    red = tone_colours(panel.palette(), Tone.BAD).text
    panel.fold.setChecked(True)
    counts = []
    for one in (latency(0.5, 0.7, 0.9), latency(0.5, None, 0.9)):
        panel.show_latency(one)
        image = panel.strip.grab().toImage()
        beside = image.width() // 6
        words, plot = image.copy(0, 0, beside, image.height()), image.copy(beside, 0, image.width(), image.height())
        counts.append((alike(words, red), alike(plot, red)))
    assert counts[0] == (0, 0)
    assert min(counts[1]) > 5, "a cross, and the word beside it"


def alike(image: QImage, colour: QColor) -> int:
    """How many points have nearly this colour."""
    points = image.convertToFormat(QImage.Format.Format_RGB888)
    data, wanted = bytes(memoryview(points.constBits())), (colour.red(), colour.green(), colour.blue())
    rows = (data[row * points.bytesPerLine() :][: points.width() * 3] for row in range(points.height()))
    colours = Counter(row[at : at + 3] for row in rows for at in range(0, len(row), 3))
    return sum(
        count for found, count in colours.items() if sum(abs(a - b) for a, b in zip(found, wanted, strict=True)) < 40
    )


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_picture_is_saved_with_its_sentence(panel: LatencyPanel, qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    shown = latency(0.5, None, 0.9)
    panel.show_latency(shown)
    panel.fold.setChecked(True)
    target = tmp_path / f"times.{kind}"
    with qtbot.waitSignal(panel.saved) as saved:
        QTest.mouseClick(panel.save, Qt.MouseButton.LeftButton)
        give_file(target, panel)
    assert saved.args[2] == target
    assert str(target) in saved.args[1]
    if kind == "png":
        image = QImage(str(target))
        assert (image.width(), image.height()) == (PICTURE.width() * 2, PICTURE.height() * 2)
        assert alike(image, panel.palette().color(QPalette.ColorRole.Highlight)) > 10, "the dots"
    else:
        text = target.read_text(encoding="utf-8")
        assert ET.fromstring(text).tag.endswith("svg")  # noqa: S314 - written a moment ago
        assert "3 tests" in text


def test_the_sentence_above_the_drawing_is_written(panel: LatencyPanel, qtbot: QtBot) -> None:
    panel.show()
    panel.show_latency(latency(0.5, None, 0.9))
    sentence, palette = panel.sentence, panel.palette()
    qtbot.waitUntil(lambda: sentence.width() > 200)
    assert sentence.seen().startswith("lab-queue")
    ink, ground = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
    assert says(sentence.grab().toImage(), sentence.seen(), sentence.font(), ink, ground)


def test_all_that_is_told_is_drawn_each_in_its_own_way(qapp: QApplication) -> None:
    told = latency(0.5, 0.7, None, 0.9, 0.6)
    palette = qapp.palette()
    groups = ET.fromstring(as_svg(told, palette, qapp.font())).iterfind(".//{*}g")  # noqa: S314 - written a moment ago
    drawn: dict[tuple[str, str, str], list[list[float]]] = {}
    words: list[tuple[str, str]] = []
    dots: list[str] = []
    for group in groups:
        pen = (group.get("stroke", ""), group.get("stroke-opacity", "")[:3], group.get("stroke-dasharray", ""))
        for part in group:
            if part.tag.endswith("polyline"):
                drawn.setdefault(pen, []).append(
                    [float(one) for one in part.get("points", "").replace(",", " ").split()]
                )
            elif part.tag.endswith("text"):
                words.append((part.get("fill", ""), (part.text or "").strip()))
            elif part.tag.endswith("circle"):
                dots.append(group.get("fill", ""))
    ink, accent = palette.color(QPalette.ColorRole.Text).name(), palette.color(QPalette.ColorRole.Highlight).name()
    red = tone_colours(palette, Tone.BAD).text.name()
    assert dots == [accent] * 4
    said = [text for colour, text in words if colour == ink]
    assert (said[0], said[-2:]) == (told.sentence, ["0.65 s", "0.90 s"])
    assert [text for colour, text in words if colour == red] == ["never"]
    ((left, bottom, right, same), *days) = drawn.pop((ink, "0.3", ""))
    assert (bottom, right > left) == (same, True), "the axis"
    assert len(days) == len(said) - 3 >= 3, "a line and a name for each day"
    assert all(x == x_below and top < below for x, top, x_below, below in days)
    ((_, typical, *_),), ((_, slow, *_),) = drawn.pop((ink, "1", "")), drawn.pop((ink, "1", "4,2"))
    assert slow < typical < bottom, "the slower the higher"
    cross = drawn.pop((red, "1", ""))
    assert [one[0] for one in cross] == [cross[0][0]] * 2
    assert cross[0][1:] == [cross[1][3], cross[1][2], cross[1][1]], "the other way"
    assert drawn == {}


def test_a_picture_that_cannot_be_written_says_why(panel: LatencyPanel, qtbot: QtBot, tmp_path: Path) -> None:
    panel.show_latency(latency(0.5, 0.7))
    with qtbot.waitSignal(panel.failed) as failed:
        panel.save_to(str(tmp_path / "nowhere" / "times.png"))
    assert failed.args[0].remedy


def test_many_are_drawn_on_a_worker_and_what_stood_there_stays_until_then(
    panel: LatencyPanel, qtbot: QtBot, tasks: Tasks
) -> None:
    accent = panel.palette().color(QPalette.ColorRole.Highlight)
    panel.fold.setChecked(True)
    panel.show_latency(latency(*[0.5] * AT_ONCE, every=600.0))
    few = panel.strip.grab().toImage()
    assert alike(few, accent) > 0
    panel.show_latency(latency(*[0.5 + number % 40 / 10 for number in range(AT_ONCE + 1)], every=600.0))
    assert panel.strip.grab().toImage() == few
    assert tasks.is_busy
    qtbot.waitUntil(lambda: panel.strip.grab().toImage() != few)
    assert alike(panel.strip.grab().toImage(), accent) > alike(few, accent)


@pytest.mark.alone
def test_ten_thousand_tests_are_drawn_without_a_pause(panel: LatencyPanel, qtbot: QtBot, tasks: Tasks) -> None:
    many = latency(*[0.5 + (number * 7919 % 1000) / 500 for number in range(10_000)], every=600.0)
    accent = panel.palette().color(QPalette.ColorRole.Highlight)
    panel.fold.setChecked(True)
    took: list[int] = []
    while min(took, default=50) >= 50 and len(took) < 4:
        beats: list[int] = []
        clock = QElapsedTimer()
        beat = QTimer(interval=2)
        beat.timeout.connect(lambda: beats.append(clock.restart()))  # noqa: B023 - this very clock
        clock.start()
        beat.start()
        panel.strip._picture = None
        panel.show_latency(many)
        qtbot.waitUntil(lambda: not tasks.is_busy and panel.strip._picture is not None)
        beat.stop()
        took.append(max(beats))
    assert min(took) < 50
    assert alike(panel.strip.grab().toImage(), accent) > 5_000
