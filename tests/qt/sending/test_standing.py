# SPDX-License-Identifier: MIT
"""The sentence on top of Test: where things stand, and never more than was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.coverage import Lookup, Summary
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.qt.looks.formatting import now_utc
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.sending.standing import StandingLine, standing_text

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

QUEUE = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/lab-queue")


def summary(
    asked_for: int,
    *,
    arrived: int = 0,
    failed: int = 0,
    untested: int = 0,
    seen_live: int = 0,
    tested: bool = True,
    tests: int = 1,
    why: str = "",
) -> Summary:
    return Summary(
        asked_for=asked_for,
        arrived=arrived,
        failed=failed,
        untested=untested,
        seen_live=seen_live,
        oldest=now_utc() - timedelta(minutes=2, seconds=5) if tested else None,
        seconds=0.8 if arrived else None,
        why=why,
        tests=tests if tested else 0,
    )


@pytest.mark.parametrize(
    ("found", "tone", "text"),
    [
        (
            summary(3, arrived=3),
            Tone.GOOD,
            "Mechanical Turk tells lab-queue about 3 events: works, tested 2 min ago, 0.8 s.",
        ),
        (
            replace(summary(3, arrived=3), is_used=False),
            Tone.GOOD,
            "Tests of 3 events reached lab-queue 2 min ago, 0.8 s; no HIT type is set from here to use it yet.",
        ),
        (
            replace(summary(1, arrived=1), is_used=False),
            Tone.GOOD,
            "A test of 1 event reached lab-queue 2 min ago, 0.8 s; no HIT type is set from here to use it yet.",
        ),
        (
            summary(1, untested=1, tested=False),
            Tone.UNKNOWN,
            "Mechanical Turk is to tell lab-queue about 1 event: not tested yet.",
        ),
        (summary(0, tested=False), Tone.PLAIN, "Tick what lab-queue should be told about."),
        (
            summary(2, failed=2, why="The queue is closed."),
            Tone.BAD,
            "Mechanical Turk does not get through to lab-queue, tested 2 min ago. The queue is closed.",
        ),
        (
            summary(4, arrived=1, failed=1, untested=2, tests=2),
            Tone.BAD,
            (
                "Mechanical Turk tells lab-queue about 4 events: 1 works, 1 does not, 2 not tested; "
                "the oldest test was 2 min ago."
            ),
        ),
        (
            summary(2, arrived=1),
            Tone.UNKNOWN,
            "Mechanical Turk tells lab-queue about 2 events: 1 works, 1 not known; the test was 2 min ago.",
        ),
        (
            summary(2, arrived=1, tests=2),
            Tone.UNKNOWN,
            "Mechanical Turk tells lab-queue about 2 events: 1 works, 1 not known; the oldest test was 2 min ago.",
        ),
        (
            summary(2, tests=2),
            Tone.UNKNOWN,
            "Mechanical Turk tells lab-queue about 2 events: 2 not known; the oldest test was 2 min ago.",
        ),
        (
            summary(2, seen_live=1),
            Tone.UNKNOWN,
            "Mechanical Turk tells lab-queue about 2 events: 1 seen live, 1 not known; the test was 2 min ago.",
        ),
        (
            summary(2, seen_live=2, tests=2),
            Tone.GOOD,
            "Mechanical Turk tells lab-queue about 2 events: 2 seen live; the oldest test 2 min ago was before that.",
        ),
        (
            summary(2, untested=1, tested=False, seen_live=1),
            Tone.UNKNOWN,
            "Mechanical Turk is to tell lab-queue about 2 events: not tested yet, 1 seen live.",
        ),
        (
            summary(2, arrived=1, seen_live=1),
            Tone.GOOD,
            "Mechanical Turk tells lab-queue about 2 events: 1 works, 1 seen live; the test was 2 min ago.",
        ),
        (
            summary(1, seen_live=1),
            Tone.GOOD,
            "Mechanical Turk tells lab-queue about 1 event: 1 seen live; the test 2 min ago was before that.",
        ),
        (
            summary(2, failed=1, seen_live=1, why="The queue is closed."),
            Tone.BAD,
            "Mechanical Turk tells lab-queue about 2 events: 1 does not, 1 seen live; the test was 2 min ago.",
        ),
    ],
    ids=[
        "works",
        "tests-reached-it",
        "a-test-reached-it",
        "not-tested",
        "nothing-ticked",
        "fails",
        "mixed",
        "not-known",
        "tested-and-not-known",
        "all-not-known",
        "live-and-not-known",
        "live-since-the-tests",
        "live",
        "live-and-tested",
        "live-since-the-test",
        "live-too",
    ],
)
def test_says_where_things_stand(found: Summary, tone: Tone, text: str) -> None:
    tested = None if found.oldest is None else now_utc() - timedelta(minutes=2, seconds=5)
    found = replace(found, oldest=tested)
    assert standing_text(QUEUE, found, is_from_here=False) == (tone, text)


@pytest.mark.parametrize(
    ("lookup", "live", "said"),
    [
        (Lookup.UNDER_WAY, 0, "."),
        (Lookup.UNDER_WAY, 1, ": 1 seen live."),
        (Lookup.FAILED, 0, ". Whether that was tested is not known: the history cannot be read."),
        (Lookup.FAILED, 1, ": 1 seen live. Whether it was tested is not known: the history cannot be read."),
    ],
)
def test_what_the_history_does_not_tell_is_not_called_untested(lookup: Lookup, live: int, said: str) -> None:
    found = replace(summary(2, seen_live=live, tested=False), lookup=lookup)
    tone, text = standing_text(QUEUE, found, is_from_here=False)
    assert (tone, text) == (Tone.UNKNOWN, f"Mechanical Turk is to tell lab-queue about 2 events{said}")


def test_what_was_tested_a_moment_ago_is_said_in_a_sentence() -> None:
    found = replace(summary(3, arrived=1, untested=2), oldest=now_utc())
    assert standing_text(QUEUE, found, is_from_here=False)[1].endswith(
        ": 1 works, 2 not tested; the test was just now."
    )


def test_a_change_makes_the_last_test_old() -> None:
    found = replace(summary(1, arrived=1), is_changed=True)
    tone, text = standing_text(QUEUE, found, is_from_here=False)
    assert (tone, text) == (Tone.UNKNOWN, "lab-queue was changed after the last test: test it again.")


def test_what_arrived_and_was_wrong_did_get_through() -> None:
    found = replace(summary(1, failed=1, why="It has another version."), spoiled=1)
    tone, text = standing_text(QUEUE, found, is_from_here=False)
    assert tone is Tone.BAD
    assert text == (
        "Mechanical Turk gets through to lab-queue, but not as expected, tested 2 min ago. It has another version."
    )


def test_without_a_destination_it_says_what_to_do() -> None:
    tone, text = standing_text(None, summary(1, tested=False), is_from_here=False)
    assert (tone, text) == (Tone.PLAIN, "Say where the message should go: one test shows whether it arrives.")


def test_this_computer_is_not_called_mechanical_turk() -> None:
    assert standing_text(QUEUE, summary(1, arrived=1), is_from_here=True)[1].startswith("This computer tells lab-queue")
    untold = replace(summary(1, arrived=1), is_used=False)
    said = standing_text(QUEUE, untold, is_from_here=True)[1]
    assert said == "This computer tells lab-queue about 1 event: works, tested 2 min ago, 0.8 s.", (
        "it needs no HIT type"
    )


def test_what_practice_keeps_is_told_from_what_was_mailed() -> None:
    mailbox = parse_destination(Transport.EMAIL, "me@lab.example.org")
    found = summary(1, arrived=1)
    assert standing_text(mailbox, found, is_from_here=False, is_practice=True)[1] == (
        "Mechanical Turk tells practice’s mailbox for me@lab.example.org about 1 event: works, tested 2 min ago, 0.8 s;"
        " no e-mail left this computer."
    )
    for is_from_here, is_practice in ((True, True), (False, False)):
        said = standing_text(mailbox, found, is_from_here=is_from_here, is_practice=is_practice)[1]
        assert "practice" not in said
        assert "left this computer" not in said
    assert "practice" not in standing_text(QUEUE, found, is_from_here=False, is_practice=True)[1]


@pytest.mark.parametrize(("seconds", "said"), [(0.1, "0.1 s."), (0.04, "0.04 s."), (None, "2 min ago.")])
def test_how_long_it_took_is_said_where_it_is_known(seconds: float | None, said: str) -> None:
    found = replace(summary(1, arrived=1), seconds=seconds)
    assert standing_text(QUEUE, found, is_from_here=False)[1].endswith(f", {said}" if seconds else said)


def test_the_line_is_hidden_while_nothing_can_be_said(qtbot: QtBot) -> None:
    line = StandingLine()
    qtbot.addWidget(line)
    line.show_text(Tone.GOOD, "<b>lab</b> works.")
    assert line.words.text() == "<b>lab</b> works."
    assert not line.isHidden()
    assert line.mark.shape_name == "check"
    assert line.change_keys.isHidden()
    line.clear()
    assert line.isHidden()
    line.show_text(Tone.GOOD, "<b>lab</b> works.")
    assert line.words.text() == "<b>lab</b> works.", "the same as before"
    line.show_text(Tone.UNKNOWN, "Not known.", offers_keys=True)
    assert (line.mark.shape_name, line.words.tone) == ("minus", Tone.PLAIN)
    assert not line.change_keys.isHidden()
    line.show_text(Tone.UNKNOWN, "Not known.")
    assert line.change_keys.isHidden()
