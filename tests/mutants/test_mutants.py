# SPDX-License-Identifier: MIT
"""The sample is the same again, spares what no person meets, and is tried with the likeliest tests first."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mutants import copies, run
from mutants.copies import COLLECTING, DIED, Copy, likely_tests
from mutants.covering import Covering
from mutants.places import LEAVE_OUT_A_CALL, Mutant, Spot, all_places, change, sample
from mutants.run import Answer, attempts, is_reached, judgements, table, try_one

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def test_of_several_exceptions_one_is_never_met(package: Path) -> None:
    path = package / "services/keeping.py"
    text = "try:\n    keep()\nexcept (OSError, sqlite3.Error):\n    pass\n"
    path.write_text(text, "utf-8")
    found = [("ExceptionReplacer", 0, (3, 8), (3, 15)), ("ExceptionReplacer", 1, (3, 17), (3, 30))]
    change(package, Mutant("services/keeping.py", 3, "ExceptionReplacer", 1), lambda _: found)
    assert path.read_text("utf-8") == text.replace("sqlite3.Error", "NeverRaised")


def test_a_sample_is_the_same_again_and_has_one_of_a_line() -> None:
    places = [Mutant(f"{layer}/a.py", line, name, 0) for layer in ("cli", "qt") for line in range(50) for name in "xyz"]
    chosen = sample(places, 7, {"cli": 5, "qt": 99})
    assert chosen == sample(list(reversed(places)), 7, {"cli": 5, "qt": 99})
    assert chosen != sample(places, 8, {"cli": 5, "qt": 99})
    assert [sum(one.layer == layer for one in chosen) for layer in ("cli", "qt")] == [5, 50]
    assert len({(one.path, one.line) for one in chosen}) == 55


CHECKOUT = {
    "gui/notification_tester/services/keeping.py": MODULE,
    "gui/notification_tester/cli/hold.py": "from notification_tester.services import keeping\n",
    "gui/notification_tester/cli/other.py": "",
    "tests/services/test_keeping.py": "",
    "tests/services/test_rest.py": "def test_the_rest():\n    pass\n",
    "tests/services/test_all.py": "def test_keep():\n    keep()\n",
    "tests/cli/test_hold.py": "from notification_tester.cli.hold import x\n",
    "tests/cli/test_other.py": "from notification_tester.cli.other import x\n",
    "tests/journeys/test_one.py": "",
    "tests/torture/test_torture.py": "from notification_tester.services import keeping\n",
}
"""A program of three modules, of which one imports another, and its tests."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name, text in CHECKOUT.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_what_is_near_runs_first_and_what_imports_nothing_of_it_not_at_all(checkout: Path) -> None:
    assert likely_tests(checkout, "services/keeping.py", 10) == [
        "tests/services/test_keeping.py",
        "tests/services/test_all.py",  # has the name of the function
        "tests/services/test_rest.py",
        "tests/cli/test_hold.py",
        "tests/journeys/test_one.py",
    ]


KEPT = """\
def keep(held):
    for one in (
        held
    ):
        print(
            one
        )
    return True
"""
ONE_AND_ALL = {
    2: ["", "tests/services/test_rest.py::test_the_rest|run"],
    3: [
        "tests/cli/test_other.py::test_a[x|y]|run",
        "tests/cli/test_other.py::test_a[z]|run",
        "tests/cli/test_gone.py::test_b|run",
    ],
    5: ["tests/services/test_keeping.py::test_one|setup", "tests/services/test_rest.py::test_the_rest|run"],
}
"""Which tests ran which lines of that."""


@pytest.fixture
def looked_at(checkout: Path) -> Path:
    """A checkout whose tests were run once, but for one file that is new."""
    (checkout / "gui/notification_tester/services/keeping.py").write_text(KEPT, "utf-8")
    seen = {name: sha256(text.encode()).hexdigest() for name, text in CHECKOUT.items() if "test_all" not in name}
    (checkout / "files.json").write_text(json.dumps(seen), "utf-8")
    return checkout


@pytest.mark.parametrize(
    ("line", "first"),
    [
        pytest.param(
            5,
            [
                "test_keeping.py::test_one",
                "test_all.py",
                "test_rest.py::test_the_rest",
                "test_keeping.py",
                "test_rest.py",
            ],
            id="what runs it, and what is new, comes before what may do it in another process",
        ),
        pytest.param(6, ["test_keeping.py::test_one"], id="a statement of several lines is one"),
        pytest.param(4, ["test_all.py", "test_rest.py::test_the_rest"], id="the head of another"),
        pytest.param(8, ["test_all.py", "test_keeping.py", "test_rest.py"], id="what nothing runs, of what is known"),
    ],
)
def test_what_runs_a_line_is_tried_first(looked_at: Path, line: int, first: list[str]) -> None:
    covering = Covering(looked_at, lambda _data, _path: ONE_AND_ALL)
    tests = [name.removeprefix("tests/services/") for name in covering.tests(looked_at, "services/keeping.py", line)]
    assert tests[: len(first)] == first
    assert len(tests) == len(set(tests))


def test_a_test_that_imports_nothing_of_it_is_tried_where_it_runs_it(looked_at: Path) -> None:
    covering = Covering(looked_at, lambda _data, _path: ONE_AND_ALL)
    tests = covering.tests(looked_at, "services/keeping.py", 2)
    assert not {"", "tests/cli/test_gone.py::test_b"} & set(tests)
    assert tests.index("tests/cli/test_other.py::test_a") < tests.index("tests/services/test_keeping.py")


def test_of_what_was_not_looked_at_nothing_is_known(checkout: Path) -> None:
    covering = Covering(checkout, lambda _data, _path: ONE_AND_ALL)
    assert not covering.is_there
    assert covering.tests(checkout, "services/keeping.py", 10) == likely_tests(checkout, "services/keeping.py", 10)


class Played(Copy):
    """A copy of which it is said what fails there, right or wrong."""

    def __init__(self, folder: Path, *, wrong: tuple[str, ...], right: tuple[str, ...] = ()) -> None:
        super().__init__(folder)
        self.wrong, self.right = wrong, right
        self.ran: list[list[str]] = []

    def failing(self, tests: Sequence[str], *, seconds: float, only_collected: bool = False) -> str:
        assert seconds > 0
        assert not only_collected
        self.ran.append(list(tests))
        is_wrong = "pass" in (self.package / WHERE.path).read_text("utf-8")
        fails = self.wrong if is_wrong else self.right
        return next((one for test in tests for one in fails if one.startswith(test)), "")


WHERE = Mutant("services/keeping.py", 10, LEAVE_OUT_A_CALL, 0)
ONE, TWO = "tests/services/test_keeping.py::test_one", "tests/services/test_all.py::test_two[a b]"


@pytest.mark.parametrize(
    ("wrong", "right", "noticed_by"),
    [
        pytest.param((TWO,), (), TWO, id="noticed"),
        pytest.param((ONE, TWO), (ONE,), TWO, id="what fails anyway has noticed nothing"),
        pytest.param((ONE,), (ONE,), "", id="nor has it alone"),
        pytest.param((), (), "", id="not noticed"),
    ],
)
def test_a_mutant_is_tried_and_put_right(
    checkout: Path, wrong: tuple[str, ...], right: tuple[str, ...], noticed_by: str
) -> None:
    copy = Played(checkout, wrong=wrong, right=right)
    answer = try_one(copy, Covering(checkout), WHERE, 60, {}, "tests")
    assert answer == Answer(WHERE, '-    print("kept")\n+    pass', noticed_by, time_over=False, tests="tests")
    assert (copy.package / WHERE.path).read_text("utf-8") == MODULE


def test_of_tests_that_run_it_one_that_fails_anyway_has_noticed_nothing(looked_at: Path) -> None:
    other = "tests/services/test_keeping.py::test_other"
    ran = [f"{test}|run" for test in (ONE, other)]
    copy = Played(looked_at, wrong=(ONE, other), right=(ONE,))
    mutant = Mutant("services/keeping.py", 5, LEAVE_OUT_A_CALL, 0)
    answer = try_one(copy, Covering(looked_at, lambda _data, _path: {5: ran}), mutant, 60, {}, "tests")
    assert answer.noticed_by == other


@pytest.mark.parametrize("how", [COLLECTING, DIED])
def test_what_no_test_can_be_named_for_is_asked_of_the_right_program_each_time(checkout: Path, how: str) -> None:
    class Broken(Copy):
        dies_right = False

        def failing(self, tests: Sequence[str], *, seconds: float, only_collected: bool = False) -> str:
            assert tests
            assert seconds > 0
            is_wrong = "pass" in (self.package / WHERE.path).read_text("utf-8")
            if not is_wrong:
                assert only_collected is (how == COLLECTING)
            return how if is_wrong or self.dies_right else ""

    copy, right = Broken(checkout), dict[str, bool]()
    covering = Covering(checkout)
    for dies_right, noticed_by in ((False, how), (True, ""), (False, how)):
        copy.dies_right = dies_right
        assert try_one(copy, covering, WHERE, 60, right, "tests").noticed_by == noticed_by
    assert right == {}


SOME_TESTS = """
import signal


def test_good():
    pass


def test_bad():
    assert not "good"


def test_without_an_end():
    signal.pause()


def test_dying():
    signal.raise_signal(signal.SIGKILL)
"""


@pytest.fixture
def some_tests(tmp_path: Path) -> Copy:
    """A copy with three tests and the Python that runs this one."""
    shutil.copytree(Path(__file__).parent, tmp_path / "tests/mutants", ignore=shutil.ignore_patterns("test_*"))
    (tmp_path / "tests/test_some.py").write_text(SOME_TESTS, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = tests\nmarkers =\n    alone: alone\n", "utf-8")
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)
    return Copy(tmp_path)


@pytest.mark.parametrize(
    ("asked", "failed"),
    [
        pytest.param(["good"], "", id="none"),
        pytest.param(["good", "bad"], "tests/test_some.py::test_bad", id="one"),
        pytest.param(["not_there"], COLLECTING, id="no such test"),
        pytest.param(["good", "dying"], DIED, id="one that takes all with it"),
        pytest.param(["good", "without_an_end"], "tests/test_some.py::test_without_an_end", id="one without an end"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh")
def test_what_fails_first_is_told(
    some_tests: Copy, monkeypatch: pytest.MonkeyPatch, asked: list[str], failed: str
) -> None:
    monkeypatch.setattr(copies, "STUCK_SECONDS", 0)
    assert some_tests.failing([f"tests/test_some.py::test_{name}" for name in asked], seconds=100) == failed


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh")
def test_when_the_time_is_over_nothing_is_told(some_tests: Copy) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        some_tests.failing(["tests/test_some.py::test_without_an_end"], seconds=1.0)


def test_the_nearest_run_first_and_then_ever_more(looked_at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FIRST", 1)
    copy = Played(looked_at, wrong=())
    ran = Covering(looked_at, lambda _data, _path: ONE_AND_ALL)
    mutant = Mutant("services/keeping.py", 5, LEAVE_OUT_A_CALL, 0)
    answer = try_one(copy, ran, mutant, 60, {}, "tests")
    assert (answer.noticed_by, answer.time_over) == ("", False)
    assert [len(some) for some in copy.ran] == [1, 4, 2]
    assert [test for some in copy.ran for test in some] == ran.tests(looked_at, mutant.path, mutant.line)


def test_what_was_begun_is_given_up(some_tests: Copy) -> None:
    threading.Timer(0.5, some_tests.give_up).start()
    with pytest.raises(InterruptedError):
        some_tests.failing(["tests/test_some.py::test_without_an_end"], seconds=100)


def test_several_are_tried_at_a_time_each_in_a_copy_of_its_own(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_are_there = threading.Barrier(2)

    class Waiting(Played):
        def failing(self, tests: Sequence[str], *, seconds: float, only_collected: bool = False) -> str:
            if not self.ran:
                both_are_there.wait(60)
            return super().failing(tests, seconds=seconds, only_collected=only_collected)

    def copied(root: Path, folder: Path) -> Copy:
        shutil.copytree(root, folder)
        return Waiting(folder, wrong=(ONE,))

    kept = tmp_path_factory.mktemp("kept")
    monkeypatch.setattr(run, "ROOT", checkout)
    monkeypatch.setattr(Copy, "of", copied)
    mutants = [WHERE, replace(WHERE, line=16)]
    found = attempts(kept, mutants, float("inf"), 60, anew=True, jobs=2)
    assert [(one.mutant, one.noticed_by) for one in found] == [(one, ONE) for one in mutants]
    assert len((kept / "answers.jsonl").read_text("utf-8").splitlines()) == 2


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    answers = [Answer(WHERE, "-a\n+b", ONE, time_over=False, tests="old")]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(asdict(one)) + "\n" for one in answers), "utf-8")
    assert attempts(tmp_path, [WHERE], 0.0, 60, anew=False) == answers
    others = [WHERE, replace(WHERE, line=11)]
    assert attempts(tmp_path, others, 0.0, 60, anew=False) == answers, "there was no time for the other"


def test_the_table_has_each_layer_and_what_was_not_noticed() -> None:
    noticed = Answer(Mutant("cli/send.py", 5, "AddNot", 1), "-a\n+not a", ONE, time_over=False, tests="")
    not_noticed = Answer(Mutant("qt/app.py", 7, "AddNot", 2), "-b\n+not b", "", time_over=True, tests="")
    equivalent = Answer(Mutant("qt/app.py", 9, "AddNot", 3), "-c\n+not c", "", time_over=False, tests="")
    text = table([noticed, not_noticed, equivalent, noticed], {"qt/app.py\n-c\n+not c": "It is never read."})
    assert [line.split() for line in text.splitlines()[2:5]] == [
        ["cli", "2", "2", "0", "100"],
        ["qt", "1", "0", "1", "0"],
        ["all", "3", "2", "1", "67"],
    ]
    assert text.splitlines()[6:] == [
        "not noticed in time: gui/notification_tester/qt/app.py:7",
        "-b",
        "+not b",
        "    make mutants ONLY=qt/app.py:7:AddNot:2",
        "",
        "not counted: gui/notification_tester/qt/app.py:9",
        "-c",
        "+not c",
        "It is never read.",
    ]


@pytest.mark.parametrize(
    ("noticed", "not_noticed", "judged", "reached"),
    [
        pytest.param(9, 1, False, True, id="nine of ten"),
        pytest.param(8, 1, False, False, id="eight of nine"),
        pytest.param(8, 1, True, True, id="eight of eight that count"),
        pytest.param(0, 0, False, False, id="none tried"),
        pytest.param(0, 1, True, False, id="none that counts"),
    ],
)
def test_the_goal_is_nine_of_ten(noticed: int, not_noticed: int, judged: bool, reached: bool) -> None:
    one = Answer(WHERE, "-a\n+b", ONE, time_over=False, tests="")
    other = Answer(WHERE, "-c\n+d", "", time_over=False, tests="")
    reasons = {other.place: "It is never read."} if judged else {}
    assert is_reached([*[one] * noticed, *[other] * not_noticed], reasons) is reached


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh")
def test_what_is_only_read_does_not_fail(some_tests: Copy) -> None:
    assert not some_tests.failing(["tests/test_some.py::test_bad"], seconds=100, only_collected=True)
    asked = ["tests/test_some.py::test_not_there"]
    assert some_tests.failing(asked, seconds=100, only_collected=True) == COLLECTING


def test_each_judgement_has_its_reason() -> None:
    assert all(len(reason) > 20 for reason in judgements().values())
