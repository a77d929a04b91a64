# SPDX-License-Identifier: MIT
"""The benchmarks run and say what they measured. How fast anything is, is for ``make bench`` to tell."""

from __future__ import annotations

import pytest

from benchmarks import (
    bench_decoding,
    bench_delivery,
    bench_history,
    bench_send,
    bench_start,
    bench_sweep,
    measure,
    run,
)
from benchmarks.measure import Row, in_turn


def row(*, ours: float = 1.0, reference: float = 1.0, goal: float = 1.5, note: str = "") -> Row:
    return Row(what="something", ours=ours, reference=reference, goal=goal, note=note)


@pytest.mark.parametrize(
    ("ours", "reference", "goal", "holds"),
    [
        pytest.param(1.5, 1.0, 1.5, True, id="just within"),
        pytest.param(1.6, 1.0, 1.5, False, id="slower than the goal"),
        pytest.param(0.04, 1.0, 0.05, True, id="more than twenty times faster"),
        pytest.param(0.06, 1.0, 0.05, False, id="not twenty times faster"),
    ],
)
def test_a_goal_is_the_most_that_ours_may_take(ours: float, reference: float, goal: float, holds: bool) -> None:
    measured = row(ours=ours, reference=reference, goal=goal)
    assert measured.ratio == pytest.approx(ours / reference)
    assert measured.holds is holds


def test_both_run_equally_often_each_first_as_often_as_second_and_what_is_between_is_not_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[str] = []
    seconds = {"ours": 2, "reference": 3, "between": 100}
    monkeypatch.setattr(measure, "perf_counter", lambda: sum(seconds[call] for call in calls))
    ours, reference = in_turn(
        lambda: calls.append("ours"),
        lambda: calls.append("reference"),
        repeats=4,
        warm_up=1,
        between=lambda: calls.append("between"),
    )
    runs = [call for call in calls[3:] if call != "between"]
    assert calls[:3] == ["ours", "reference", "between"]
    assert runs == ["ours", "reference", "reference", "ours"] * 2
    assert calls[3:].count("between") == len(runs)
    assert (ours, reference) == (2, 3)


def test_the_table_is_aligned_and_names_what_was_missed() -> None:
    text = run.table([row(note="a remark"), row(ours=2.0), row(ours=0.01, goal=0.05)])
    lines = text.splitlines()
    head, good, missed, part = lines[0], *lines[2:5]
    assert good.endswith("holds")
    assert missed.endswith("MISSED")
    assert "1/100" in part
    assert "1/20" in part
    assert len({line.index(word) for line, word in ((good, "holds"), (missed, "MISSED"), (part, "holds"))}) == 1
    assert head.split() == ["what", "ours", "reference", "ratio", "goal"]
    assert lines[-1] == "something: a remark."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0000123, "12.3 µs"), (0.0123, "12.3 ms"), (1.234, "1.23 s")],
    ids=["microseconds", "milliseconds", "seconds"],
)
def test_durations_are_in_the_unit_that_suits_them(seconds: float, text: str) -> None:
    assert run.duration(seconds) == text


def test_an_unknown_subject_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().out


def test_a_long_history_can_be_measured() -> None:
    measured = bench_history.rows(count=2_000, repeats=1, scrolls=0, rounds=1)
    assert [row.what.partition(": ")[2] for row in measured] == [
        "first page",
        "filter",
        "scroll 50 pages",
        "sort by seconds",
        "latency strip",
        "longest pause",
    ]


def test_decoding_can_be_measured() -> None:
    assert len(bench_decoding.rows(repeats=1)) == 12


def test_sending_can_be_measured() -> None:
    (found,) = bench_send.rows(repeats=1, cli_repeats=0)
    assert found.ours > 0
    assert found.reference > 0


def test_deliveries_can_be_measured() -> None:
    one, many = bench_delivery.rows(repeats=1, runs=1, messages=30)
    assert one.ours > 0
    assert many.reference > 0


def test_a_sweep_can_be_measured() -> None:
    (found,) = bench_sweep.rows(repeats=1)
    assert "12 events" in found.what


@pytest.mark.slow
@pytest.mark.alone
def test_a_start_can_be_measured() -> None:
    found = bench_start.rows(repeats=3)  # a median, as another program may take the time of one
    assert [row.goal for row in found] == [bench_start.GOAL, bench_start.PAGE_GOAL]
    assert found[1].ours > found[0].ours > 0
