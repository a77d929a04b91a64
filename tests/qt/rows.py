# SPDX-License-Identifier: MIT
"""A small long list: numbers, kept by a source that can be slow or broken."""

from __future__ import annotations

import threading
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.qt.lists.row_model import RowModel
from notification_tester.qt.lists.table_model import LEADING, TRAILING, Mark
from notification_tester.qt.looks.theme import Tone
from notification_tester.storage.queries import PageQuery

if TYPE_CHECKING:
    from PySide6.QtCore import Qt


class Column(IntEnum):
    NAME = 0
    SIZE = 1


class Number(NamedTuple):
    id: int
    word: str = "plain"


class Numbers:
    """Numbers from 1; those whose word is the text of the query."""

    def __init__(self, count: int) -> None:
        self.rows = [Number(one) for one in range(1, count + 1)]
        self.asked: list[PageQuery] = []
        self.gate = threading.Event()
        self.gate.set()
        self.is_broken = False

    def page(self, query: PageQuery) -> list[Number]:
        self.asked.append(query)
        if query.text == "slow":
            self.gate.wait(60)
        if self.is_broken:
            raise ProblemError(Problem(title="Broken.", detail="", remedy="", code="x", cause=Cause.STORAGE))
        found = [one for one in self.rows if query.before is None or one.id < query.before]
        return found[::-1][: query.limit]


class NumberModel(RowModel[Number, Column, PageQuery]):
    """Numbers with a mark on each word that is not plain."""

    def title(self, column: Column) -> str:
        return column.name.title()

    def text(self, row: Number, column: Column) -> str:
        return row.word if column is Column.NAME else str(row.id)

    def tip(self, row: Number, column: Column) -> str | None:
        return f"{row.word} {row.id}" if column is Column.NAME else None

    def mark(self, row: Number, column: Column) -> Mark | None:
        return Mark(Tone.BAD, "cross") if column is Column.NAME and row.word != "plain" else None

    def alignment(self, column: Column) -> Qt.AlignmentFlag:
        return TRAILING if column is Column.SIZE else LEADING

    def change(self, place: int, word: str) -> None:
        self._replace(place, self._rows[place]._replace(word=word))

    def put_on_top(self, count: int) -> None:
        top = self._rows[0].id
        self._insert(0, [Number(top + one) for one in range(count, 0, -1)])

    def take_out(self, place: int, count: int) -> None:
        self._remove(place, count)


ALL = PageQuery(limit=50)
SLOW = replace(ALL, text="slow")
