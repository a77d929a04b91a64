# SPDX-License-Identifier: MIT
"""Every drawing that the window asks for is there; one that is not is an error, and never an empty place."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor

from notification_tester import qt
from notification_tester.qt.history import model as history_model
from notification_tester.qt.hit_types import bulk_run, texts
from notification_tester.qt.hit_types.bulk_run import Ending, ResultRow, ResultsModel
from notification_tester.qt.inbox import model as inbox_model
from notification_tester.qt.looks import icons, tone_mark
from notification_tester.qt.notification import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

SOURCES = sorted(Path(str(qt.__file__)).parent.rglob("*.py"))
CALLS = {"icon": 0, "pixmap": 0, "icon_in": 0, "Mark": 1, "set_tone": 1}
"""Functions and the place of the drawing's name among their arguments."""
WORDS = {"icon_name", "shape"}
"""Arguments that name a drawing."""


def literals(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be: one, or either of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def asked_in(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = CALLS.get(name)
            if place is not None and len(node.args) > place:
                yield from literals(node.args[place])
            for word in node.keywords:
                if word.arg in WORDS:
                    yield from literals(word.value)
        elif isinstance(node, ast.Tuple) and len(node.elts) == 3:  # key, words, drawing: of pages and choices
            *_, last = node.elts
            if isinstance(node.elts[1], ast.Call) and getattr(node.elts[1].func, "attr", "") == "tr":
                yield from literals(last)


def test_every_drawing_that_is_asked_for_is_there() -> None:
    asked = {
        *(name for source in SOURCES for name in asked_in(source)),
        *texts.SHAPES.values(),
        *names.TRANSPORT_ICONS.values(),
        *history_model.OUTCOME_ICONS.values(),
        *inbox_model.TONE_ICONS.values(),
        *tone_mark._SHAPES.values(),
        *(mark.icon for mark in bulk_run.LOOKS.values()),
    } - {""}
    assert {"send", "minus", "hit-types", "mail", "chevron-down", "clock", "stop", "inbox"} <= asked  # the search finds
    assert asked - set(icons.names()) == set()


def test_a_drawing_that_is_not_there_is_an_error(qapp: QApplication) -> None:
    for ask in (
        icons.icon,
        lambda name: icons.icon_in(name, QColor()),
        lambda name: icons.pixmap(name, QColor(), size=8),
    ):
        with pytest.raises(FileNotFoundError):
            ask("no-such-drawing")


@pytest.mark.parametrize("ending", Ending)
def test_every_ending_has_a_shape(qapp: QApplication, ending: Ending) -> None:
    model = ResultsModel([ResultRow(hit_type_id="3X", title="", ending=ending)])
    from PySide6.QtCore import Qt

    icon = model.data(model.index(0, 1), Qt.ItemDataRole.DecorationRole)
    assert icon.availableSizes()
