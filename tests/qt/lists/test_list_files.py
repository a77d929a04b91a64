# SPDX-License-Identifier: MIT
"""What a list shows is written while something is busy, told where that list is, and a search waits for its typist."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.qt.inbox.table import InboxFiles, InboxFilter

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks

FULL = Problem(title="Full.", detail="So.", remedy="Look.", code="x", cause=Cause.PROGRAM)
PATIENCE = 60


class Told:
    """A list's files, and all that they told."""

    def __init__(self, tasks: Tasks, page: QWidget) -> None:
        self.files = InboxFiles(tasks, page)
        self.all: list[object] = []
        self.files.busy.connect(lambda busy: self.all.append("begins" if busy else "ends"))
        self.files.written.connect(lambda title, text, path: self.all.append((title, text, path)))
        self.files.failed.connect(lambda problem: self.all.append(("failed", problem)))
        self.files.late.connect(lambda problem: self.all.append(("late", problem)))


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    return page


@pytest.fixture
def told(tasks: Tasks, page: QWidget) -> Told:
    return Told(tasks, page)


def refuse(path: Path) -> int:
    del path
    raise ProblemError(FULL)


def test_how_many_are_in_which_file_is_said_once_it_is_written(told: Told, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"

    def write(to: Path) -> int:
        to.write_text("x", encoding="utf-8")
        return 1

    told.files.export(write, str(path))
    assert told.all == ["begins"]
    qtbot.waitUntil(lambda: len(told.all) == 3)
    assert told.all[1:] == ["ends", ("The messages were exported.", f"1 message is in {path}", path)]
    assert path.read_text(encoding="utf-8") == "x"
    told.all.clear()
    told.files.export(refuse, str(path))
    qtbot.waitUntil(lambda: len(told.all) == 3)
    assert told.all == ["begins", "ends", ("failed", FULL)]


@pytest.mark.parametrize("ends_well", [True, False])
def test_of_a_list_that_was_left_only_a_failure_is_told(
    told: Told, qtbot: QtBot, tmp_path: Path, ends_well: bool
) -> None:
    go_on = threading.Event()

    def write(path: Path) -> int:
        assert go_on.wait(PATIENCE)
        return 1 if ends_well else refuse(path)

    told.files.export(write, str(tmp_path / "all.csv"))
    told.files.leave()
    assert told.all == ["begins", "ends"]
    go_on.set()
    if not ends_well:
        qtbot.waitUntil(lambda: len(told.all) == 3)
        assert told.all[2] == ("late", FULL)
    told.all.clear()
    told.files.export(lambda _: 2, str(tmp_path / "next.csv"))  # another list's, which is told as ever
    qtbot.waitUntil(lambda: len(told.all) >= 3)
    assert [one[0] if isinstance(one, tuple) else one for one in told.all] == [
        "begins",
        "ends",
        "The messages were exported.",
    ]


def test_the_ending_follows_the_kind_of_file_and_what_is_asked_closes_when_the_list_is_left(
    told: Told, page: QWidget
) -> None:
    told.files.choose_export(lambda _: 1)
    (dialog,) = page.findChildren(QFileDialog)
    csv, exact = dialog.nameFilters()
    assert dialog.defaultSuffix() == "csv"
    dialog.filterSelected.emit(exact)
    assert dialog.defaultSuffix() == "json"
    dialog.filterSelected.emit(csv)
    assert dialog.defaultSuffix() == "csv"
    told.files.leave()
    assert not dialog.isVisible()
    told.files.leave()  # once more, with nothing asked
    assert told.all == ["ends", "ends"]


def test_a_search_waits_for_a_pause_and_return_does_not(qtbot: QtBot) -> None:
    shown = InboxFilter()
    qtbot.addWidget(shown)
    asked: list[str] = []
    shown.changed.connect(lambda: asked.append(shown.query().text))
    shown.search.setText("cat")
    assert asked == []
    shown.search.returnPressed.emit()
    assert asked == ["cat"]
    other = InboxFilter()  # whose pause ends later than the one before would have
    qtbot.addWidget(other)
    with qtbot.waitSignal(other.changed):
        other.search.setText("dog")
    assert asked == ["cat"], "the pause before Return asks nothing more"
    with qtbot.waitSignal(shown.changed):
        shown.search.setText("cats")
    assert asked == ["cat", "cats"]
    shown.choose_hit_type("3TYPE")
    shown.choose(frozenset({"HITExpired"}), (0, 1))
    shown.choose(frozenset({"HITExpired"}), (0, 1))
    assert len(asked) == 4, "the same is not asked for twice"
    shown.clear()
    assert asked[4:] == [""]
    query = shown.query()
    assert (query.text, query.hit_type, query.events, query.since, query.until) == ("", "", frozenset(), None, None)
