# SPDX-License-Identifier: MIT
"""The sample is the same again, spares what no person meets, and is tried with the tests that run the line."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from mutants.copies import Measured
from mutants.places import LEAVE_OUT_A_CALL, Mutant, Spot, all_places, change, sample
from mutants.run import Answer, in_two, table

if TYPE_CHECKING:
    from pathlib import Path

MODULE = '''"""A module."""
import logging

LIMIT = 2


def keep(held: "int | None" = None) -> bool:
    """Keep it."""
    logging.info("kept")
    print("kept")
    return True


class Kept:
    def __repr__(self) -> str:
        print("shown")
        return "<Kept>"
'''


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A program of one module."""
    path = tmp_path / "gui/notification_tester/services/keeping.py"
    path.parent.mkdir(parents=True)
    path.write_text(MODULE, "utf-8")
    return path.parents[1]


def some_spots(path: Path) -> list[Spot]:
    """What Cosmic Ray finds in such a module: each True, each number, each type."""
    assert path.name == "keeping.py"
    return [
        ("ReplaceTrueWithFalse", 0, (11, 11), (11, 15)),
        ("NumberReplacer", 0, (4, 8), (4, 9)),
        ("AddNot", 0, (7, 16), (7, 17)),
        ("AddNot", 1, (16, 8), (16, 13)),
    ]


def test_what_no_person_meets_is_not_made(package: Path) -> None:
    assert all_places(package, some_spots) == [
        Mutant("services/keeping.py", 11, "ReplaceTrueWithFalse", 0),
        Mutant("services/keeping.py", 4, "NumberReplacer", 0),
        Mutant("services/keeping.py", 10, LEAVE_OUT_A_CALL, 0),
    ]


def test_a_call_is_left_out_and_nothing_else(package: Path) -> None:
    change(package, Mutant("services/keeping.py", 10, LEAVE_OUT_A_CALL, 0))
    assert (package / "services/keeping.py").read_text("utf-8") == MODULE.replace('print("kept")', "pass")


def test_a_sample_is_the_same_again_and_has_one_of_a_line() -> None:
    places = [Mutant(f"{layer}/a.py", line, name, 0) for layer in ("cli", "qt") for line in range(50) for name in "xyz"]
    chosen = sample(places, 7, {"cli": 5, "qt": 99})
    assert chosen == sample(list(reversed(places)), 7, {"cli": 5, "qt": 99})
    assert chosen != sample(places, 8, {"cli": 5, "qt": 99})
    assert [sum(one.layer == layer for one in chosen) for layer in ("cli", "qt")] == [5, 50]
    assert len({(one.path, one.line) for one in chosen}) == 55


@pytest.fixture
def measured(tmp_path: Path) -> Measured:
    """Three tests, of which one starts a program, and what coverage keeps of them."""
    data = tmp_path / "coverage"
    with sqlite3.connect(data) as connection:
        connection.executescript(
            "CREATE TABLE file (id, path); CREATE TABLE context (id, context);"
            "CREATE TABLE line_bits (file_id, context_id, numbits);"
            "INSERT INTO file VALUES (1, '/x/gui/notification_tester/services/keeping.py');"
            "INSERT INTO context VALUES (1, ''), (2, 't/test_a.py::test_one|run'),"
            " (3, 't/test_a.py::test_two[a b] (call)'),"
            " (4, 't/test_b.py::test_three (setup)'),"
            " (5, 't/test_c.py::test_that_fails|run')"
        )
        lines = {1: (1, 2, 4, 7), 2: (9, 10), 3: (10,), 4: (11,), 5: (9, 10, 11)}
        rows = [(number, sum(1 << line for line in of).to_bytes(2, "little")) for number, of in lines.items()]
        connection.executemany("INSERT INTO line_bits VALUES (1, ?, ?)", rows)
    connection.close()
    seconds = {"t/test_a.py::test_one": 2.0, "t/test_a.py::test_two[a b]": 1.0, "t/test_b.py::test_other": 500.0}
    return Measured(data, seconds)


@pytest.mark.parametrize(
    ("line", "tests"),
    [
        pytest.param(9, ["t/test_a.py::test_one"], id="run by one, and by one that fails anyway"),
        pytest.param(10, ["t/test_a.py::test_two[a b]", "t/test_a.py::test_one"], id="the quickest first"),
        pytest.param(11, ["t/test_b.py::test_other"], id="in a program that all of a file share"),
        pytest.param(
            4,
            ["t/test_a.py::test_two[a b]", "t/test_a.py::test_one", "t/test_b.py::test_other"],
            id="while it is imported",
        ),
        pytest.param(17, [], id="run by none"),
    ],
)
def test_the_tests_that_run_a_line(measured: Measured, line: int, tests: list[str]) -> None:
    assert measured.tests("services/keeping.py", line, MODULE) == tests


def test_what_takes_too_long_is_not_run(measured: Measured) -> None:
    assert in_two(list(measured.seconds), measured) == [["t/test_a.py::test_one", "t/test_a.py::test_two[a b]"]]


def test_the_table_has_each_layer_and_what_was_not_noticed() -> None:
    noticed = Answer(Mutant("cli/send.py", 5, "AddNot", 1), "-a\n+not a", 3, "t/test_a.py::test_one")
    not_noticed = Answer(Mutant("qt/app/application.py", 7, "AddNot", 2), "-b\n+not b", 4, "")
    text = table([noticed, not_noticed, noticed])
    assert [line.split() for line in text.splitlines()[2:5]] == [
        ["cli", "2", "2", "0", "100"],
        ["qt", "1", "0", "1", "0"],
        ["all", "3", "2", "1", "67"],
    ]
    assert text.splitlines()[6:] == [
        "not noticed by 4 tests: gui/notification_tester/qt/app/application.py:7",
        "-b",
        "+not b",
        "    make mutants ONLY=qt/app/application.py:7:AddNot:2",
    ]
