# SPDX-License-Identifier: MIT
"""Writing in the background: in order, together where it can be, and a mistake in one loses none of the others."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.problem import input_problem
from notification_tester.storage.written_later import WrittenLater

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Paper:
    """Keeps what is written, and stops before the first line until it is let go on."""

    def __init__(self) -> None:
        self.written: list[list[str]] = []
        self.go_on = threading.Event()
        self.later = WrittenLater(self.write, name="paper")

    def write(self, some: Sequence[str]) -> None:
        self.go_on.wait(60)
        if "mistake" in some:
            raise ArithmeticError(some)
        if "refused" in some:
            raise input_problem("x", title="T.", detail="D.", remedy="R.")
        self.written.append(list(some))


@pytest.fixture
def paper() -> Iterator[Paper]:
    made = Paper()
    yield made
    made.go_on.set()
    try:
        made.later.close()
    except ArithmeticError:
        return


def test_what_comes_while_it_writes_is_written_together(paper: Paper) -> None:
    for one in "abcd":
        paper.later.add(one)
    paper.go_on.set()
    paper.later.write_out()
    assert [one for some in paper.written for one in some] == list("abcd")
    assert len(paper.written) <= 2


def test_a_mistake_in_one_is_raised_and_loses_none_of_the_others(paper: Paper) -> None:
    for one in ("first", "a", "mistake", "b"):
        paper.later.add(one)
    paper.go_on.set()
    with pytest.raises(ArithmeticError):
        paper.later.write_out()
    assert [one for some in paper.written for one in some] == ["first", "a", "b"]


def test_a_mistake_is_told_also_after_more_was_written(paper: Paper) -> None:
    paper.go_on.set()
    for one in ("mistake", "a", "b"):
        paper.later.add(one)
        with pytest.raises(ArithmeticError):
            paper.later.write_out()
    assert paper.written == [["a"], ["b"]]
    with pytest.raises(ArithmeticError):
        paper.later.close()


def test_what_is_refused_is_given_up_and_the_next_is_written(paper: Paper) -> None:
    paper.go_on.set()
    paper.later.add("refused")
    paper.later.write_out()
    paper.later.add("a")
    paper.later.write_out()
    assert paper.written == [["a"]]


def test_it_begins_again_after_it_was_closed(paper: Paper) -> None:
    paper.go_on.set()
    paper.later.add("a")
    paper.later.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("paper")]
    paper.later.add("b")
    paper.later.write_out()
    assert paper.written == [["a"], ["b"]]
