# SPDX-License-Identifier: MIT
"""The runner tells what was lost, and how to try it again; what survives is for ``make torture`` to tell."""

from __future__ import annotations

import signal
from random import Random

import pytest

from torture import inputs, run
from torture.mutations import spoiled
from torture.trial import LostError, Tally, chance_of
from torture.trial import run as run_cases

TIMED = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no timers that send signals")


@TIMED
def test_a_fault_that_was_planted_is_lost_and_named_with_seed_and_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--planted", "--jobs", "1", "--cases", "30", "--seed", "7", "inputs"]) == 1
    told = capsys.readouterr().out
    assert "LOST inputs" in told
    case = told.partition("LOST inputs ")[2].partition(":")[0]
    assert f"--seed 7 --case {case} inputs" in told
    assert run.main(["--planted", "--seed", "7", "--case", case, "inputs"]) == 1


@TIMED
def test_where_nothing_is_lost_the_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--jobs", "1", "--cases", "200", "--seed", "7", "inputs"]) == 0
    head, _, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["kind", "tried", "survived", "lost", "seconds"]
    assert row.split()[:4] == ["inputs", "200", "200", "0"]


@pytest.mark.slow
@TIMED
def test_side_by_side_the_same_cases_are_lost(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for jobs in ("1", "2"):
        assert run.main(["--planted", "--jobs", jobs, "--cases", "30", "--seed", "7", "inputs"]) == 1
        told.append([line for line in capsys.readouterr().out.splitlines() if line.startswith("LOST")])
    assert told[0] == told[1]


def test_an_unknown_kind_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().out


def test_a_case_is_the_same_alone_as_among_others() -> None:
    seen: list[float] = []
    run_cases("kind", lambda _, chance: seen.append(chance.random()), range(3), seed=1)
    run_cases("kind", lambda _, chance: seen.append(chance.random()), range(2, 3), seed=1)
    assert len(set(seen)) == 3
    assert seen[3] == seen[2] == chance_of(1, "kind", 2).random()


def test_whatever_a_case_raises_is_lost() -> None:
    def attempt(case: int, chance: Random) -> None:
        raise (LostError("harm"), KeyError("x"))[case]

    tally = run_cases("kind", attempt, range(2), seed=1)
    assert tally.lost == [(0, "harm"), (1, "KeyError: 'x'")]
    assert "LOST kind 1: KeyError" in run.table([tally], seed=1)
    assert run.table([Tally("kind", tried=1)], seed=1).splitlines()[-1].split() == ["kind", "1", "1", "0", "0"]


def test_spoiling_changes_most_texts_and_keeps_them_short() -> None:
    chance = Random(1)
    found = {spoiled("{}", ["[]"], chance) for _ in range(200)}
    assert len(found) > 100
    assert max(map(len, found)) <= 6_000
    assert inputs.SHORT < inputs.FULL
