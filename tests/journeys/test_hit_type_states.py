# SPDX-License-Identifier: MIT
"""Every state of a HIT type, in every place that tells it: list in words and in JSON, table, details, story, export."""

from __future__ import annotations

import csv
import json
import threading
from typing import TYPE_CHECKING, NamedTuple

import pytest
from PySide6.QtCore import Qt

from notification_tester import cli
from notification_tester.domain.destination import Transport
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.setting import Action, LineState, apply, switch, undo
from notification_tester.qt.hit_types.details import HitTypeDetails
from notification_tester.qt.hit_types.model import HitTypesModel
from notification_tester.qt.hit_types.texts import Column
from notification_tester.qt.looks.theme import Card
from notification_tester.services.hit_types.record import SettingRecord
from notification_tester.services.hit_types.refusals import STOPPED, no_answer_yet
from notification_tester.services.session import Session
from notification_tester.storage.database import Database
from notification_tester.storage.ledger import Ledger
from notification_tester.storage.places import system_places
from services.market import marketplace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.setting import Change
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import HitTypeRow

REFUSED = Problem(title="No such HIT type.", detail="", remedy="", code="x", cause=Cause.REFUSED)
DOUBT = "not known whether the last change was applied"
BEFORE = "still as before: on, SQS, https://sqs.us-east-1.amazonaws.com/123456789012/first"
DOES_HOLD = "What was set before still holds."
PROBLEMS = {LineState.FAILED: REFUSED, LineState.UNKNOWN: no_answer_yet(Action.APPLY), LineState.NOT_SENT: STOPPED}


class Told(NamedTuple):
    """What each place says: in words, in JSON, in the table and on top of the details, and in the sentence below."""

    words: str
    state: str | None
    word: str
    meaning: str


ON_FIRST = "on, SQS, https://sqs.us-east-1.amazonaws.com/123456789012/first"
NOT_KNOWN = Told(f"{DOUBT}; before it: {ON_FIRST}", "unknown", "Not known whether applied", "Send it again")
FAILED = Told(f"the last change failed; {BEFORE}", "failed", "Failed", DOES_HOLD)
NOT_SENT = Told(f"the last change was not sent; {BEFORE}", "not-sent", "Not sent", DOES_HOLD)
STATES: dict[str, tuple[str, Told]] = {
    "never set": ("", Told("not set from here", None, "Not set from here", "never set anything here")),
    "set": ("first applied", Told(ON_FIRST, "applied", "On", "told to send")),
    "off": ("first applied, off applied", Told(ON_FIRST.replace("on", "off", 1), "applied", "Off", "told not to send")),
    "off alone": ("off applied", Told("off, where to is not known", "applied", "Off", "told not to send")),
    "undone": ("first applied, other applied, undo applied", Told(ON_FIRST, "applied", "On", "told to send")),
    "failed": ("first applied, other failed", FAILED),
    "failed, the first": (
        "first failed",
        Told("the last change failed; still as before: not set from here", "failed", "Failed", DOES_HOLD),
    ),
    "not known": ("first applied, other unknown", NOT_KNOWN),
    "not known, the first": (
        "first unknown",
        Told(f"{DOUBT}; before it: not set from here", "unknown", "Not known whether applied", "Send it again"),
    ),
    "not known, and then failed": ("first applied, other unknown, other failed", NOT_KNOWN),
    "not known, and then not sent": ("first applied, other unknown, other not-sent", NOT_KNOWN),
    "not known, and then switched": (
        "first applied, other unknown, off applied",
        NOT_KNOWN._replace(words=NOT_KNOWN.words.replace("it: on", "it: off")),
    ),
    "not known, and then set": ("first applied, other unknown, first applied", Told(ON_FIRST, "applied", "On", "told")),
    "no answer": (
        "first applied, other gone",
        NOT_KNOWN._replace(meaning="A change was being sent when the program ended."),
    ),
    "being sent": (
        "first applied, other pending",
        Told(f"a change is being sent just now; before it: {ON_FIRST}", "pending", "Pending", "being sent just now"),
    ),
    "not sent": ("first applied, other not-sent", NOT_SENT),
    "not sent, the first": (
        "first not-sent",
        Told("the last change was not sent; still as before: not set from here", "not-sent", "Not sent", DOES_HOLD),
    ),
}


@pytest.fixture(scope="module")
def market() -> Iterator[OpenAccount]:
    with marketplace(hits=len(STATES), hit_types=len(STATES)) as opened:
        yield opened


def spec(name: str) -> NotificationSpec:
    address = f"https://sqs.us-east-1.amazonaws.com/123456789012/{name}"
    return parse_spec(transport=Transport.SQS, destination=address, events=["AssignmentSubmitted"])


class Stories:
    """The record of the environment's account, in which each HIT type has its story."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.opened = session.open_named("environment", sandbox=False)
        session.hit_types.refresh(self.opened, progress=lambda _: None, stop=threading.Event())
        found = [row.id for row in session.hit_types.rows(self.opened)][: len(STATES)]
        self.ids = dict(zip(STATES, found, strict=True))
        assert session.ledger is not None
        self.record = SettingRecord.of(self.opened, session.ledger)
        with Database(system_places().database) as database:
            gone = SettingRecord.of(self.opened, Ledger(database))
            for name, (story, _) in STATES.items():
                for what, end in (step.split(" ") for step in filter(None, story.split(", "))):
                    self._write(gone if end == "gone" else self.record, self.ids[name], what, end)

    def _write(self, record: SettingRecord, hit_type_id: HitTypeId, what: str, end: str) -> None:
        known = record.known().get(hit_type_id)
        change: Change | None
        match what:
            case "off":
                change = switch(hit_type_id, known, on=False)
            case "undo":
                change = None if known is None else undo(known)
            case _:
                change = apply(hit_type_id, spec(what))
        assert change is not None
        (line,) = record.plan([change])
        if end not in {"pending", "gone"}:
            record.answer([(line, LineState(end), PROBLEMS.get(LineState(end)))])

    def rows(self) -> dict[str, HitTypeRow]:
        """The rows that a window gets, by the names of the states."""
        by_id = {row.id: row for row in self.session.hit_types.rows(self.opened)}
        return {name: by_id[one] for name, one in self.ids.items()}


@pytest.fixture
def stories(market: OpenAccount, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stories]:
    assert market.practice is not None
    details = market.practice.details
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", details.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", details.secret_access_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL", details.mturk_endpoint)
    with Session(system_places()) as session:
        yield Stories(session)


def command(*words: str) -> int:
    return cli.main(["hit-types", *words, "--account", "environment"], self_check=lambda _: 99)


def test_each_place_tells_the_same(
    stories: Stories, capsys: pytest.CaptureFixture[str], tmp_path: Path, qtbot: QtBot
) -> None:
    command("list", "--refresh")
    lines = {line.split("  ")[0]: line.split("  ")[1] for line in capsys.readouterr().out.splitlines() if "  " in line}
    command("list", "--refresh", "--json")
    listed = {one["hit_type_id"]: one for one in json.loads(capsys.readouterr().out)["results"]}
    rows = stories.rows()
    model = HitTypesModel()
    model.put(rows.values())
    qtbot.waitUntil(lambda: model.rowCount() == len(STATES))
    table = {
        str(model.index(number, Column.ID).data()): (
            model.index(number, Column.NOTIFICATION).data(Qt.ItemDataRole.AccessibleTextRole),
            model.index(number, Column.NOTIFICATION).data(Qt.ItemDataRole.ToolTipRole),
        )
        for number in range(model.rowCount())
    }
    details = HitTypeDetails()
    qtbot.addWidget(details)
    told, expected = {}, {}
    for name, (_, wanted) in STATES.items():
        one = stories.ids[name]
        details.show_row(rows[name])
        meanings = [wanted.meaning in text for text in (table[one][1], details.meaning.text())]
        in_table = table[one][0].removeprefix(wanted.word)[:1] in {"", ":", ";"} and wanted.word
        told[name] = (lines[one], listed[one]["state"], in_table, details.state.text(), meanings)
        expected[name] = (wanted.words, wanted.state, wanted.word, wanted.word, [True, True])
    assert told == expected


ENDS = {"gone": "unknown", "pending": "unknown"}


@pytest.mark.parametrize("name", ["record.csv", "record.json"])
def test_the_record_that_goes_out_and_comes_in_tells_the_same(stories: Stories, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert command("export", str(path)) == 0
    text = path.read_text("utf-8-sig")
    entries = (
        json.loads(text)["lines"]
        if name.endswith(".json")
        else [{"hit_type_id": row[0], "state": row[14]} for row in list(csv.reader(text.splitlines()))[2:]]
    )
    for state, (story, _) in STATES.items():
        ends = [step.split(" ")[1] for step in filter(None, story.split(", "))]
        written = [one["state"] for one in entries if one["hit_type_id"] == stories.ids[state]]
        assert written == [ENDS.get(end, end) for end in ends], state
    first_version = tmp_path / f"first-{name}"
    older = text.replace("not-sent", "failed").replace('"version": 2', '"version": 1').replace("record,2,", "record,1,")
    first_version.write_text(older, encoding="utf-8")
    for file in (path, first_version):
        assert_same_elsewhere(stories, file)


def assert_same_elsewhere(stories: Stories, file: Path) -> None:
    with Database(file.with_suffix(".folder") / "history.sqlite3") as database:
        elsewhere = SettingRecord.of(stories.opened, Ledger(database))
        elsewhere.import_from(file)
        for state, one in stories.ids.items():
            told, here = elsewhere.lines_of(one), stories.record.lines_of(one)
            assert [line.problem for line in told] == [line.problem for line in here]
            assert [ENDS.get(line.state.value, line.state) for line in told] == [
                ENDS.get(line.state.value, line.state) for line in here
            ], state


def test_each_line_of_a_story_says_how_it_ended(stories: Stories, qtbot: QtBot) -> None:
    rows = stories.rows()

    def told(name: str) -> str:
        details = HitTypeDetails()
        qtbot.addWidget(details)
        details.show_row(rows[name])
        details.show_lines(rows[name].id, stories.record.lines_of(rows[name].id))
        return " | ".join(card.accessibleName() for card in details.findChildren(Card))

    assert "Not sent: it was stopped before. What was set before still holds." in told("not sent")
    assert "Not known whether applied. It is not known whether this was applied. The run was stopped" in told(
        "not known"
    )
    assert "Not known whether applied: the program ended before the answer came." in told("no answer")
    assert "Not applied. No such HIT type." in told("failed")


UNDONE = {
    "not known": (0, "applied", "", "first", True),
    "not known, and then failed": (0, "applied", "", "first", True),
    "no answer": (0, "applied", "", "first", True),
    "not known, the first": (1, "not-sent", "It is not known whether the last change", None, None),
    "being sent": (1, "not-sent", "is being sent just now", None, None),
    "never set": (1, "not-sent", "no change to this HIT type that was applied", None, None),
    "not sent, the first": (1, "not-sent", "no change to this HIT type that was applied", None, None),
}


@pytest.mark.parametrize(("state", "wanted"), UNDONE.items(), ids=UNDONE)
def test_undo_of_what_is_in_doubt(
    stories: Stories,
    market: OpenAccount,
    capsys: pytest.CaptureFixture[str],
    state: str,
    wanted: tuple[int, str, str, str | None, bool | None],
) -> None:
    assert market.practice is not None
    one = stories.ids[state]
    code = command("undo", one, "--json")
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert (code, result["state"]) == wanted[:2]
    assert wanted[2] in ("" if result["problem"] is None else result["problem"]["detail"])
    if wanted[3] is not None:
        there = market.practice.settings()[one]
        assert (there["notification"]["Destination"], there["active"]) == (spec(wanted[3]).destination.text, wanted[4])
