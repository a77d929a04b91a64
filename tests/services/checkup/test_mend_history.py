# SPDX-License-Identifier: MIT
"""What was mended or made is in the history, and a change is taken back from there while nothing else was changed."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.delivery import NOT_TRIED, State
from notification_tester.domain.finding import Level
from notification_tester.domain.problem import ProblemError
from notification_tester.practice.faults import Faults
from notification_tester.services.changes import Changes, Replaced
from notification_tester.services.checkup.mend import Mend
from notification_tester.storage import database
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.queries import CHANGES, HistoryQuery
from notification_tester.storage.rows import LET_IN, MADE_KIND, MEND_KIND, TAKEN_BACK, Ending, HistoryRow, Outcome
from notification_tester.storage.stored_values import moment_of
from services import faulty_places as faults
from services.places_to_check import Site, statement

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from notification_tester.domain.destination import Destination


@pytest.fixture
def mend(site: Site) -> Mend:
    return Mend(changes=Changes(site.desk.history))


def changes(site: Site) -> list[HistoryRow]:
    """What the history has of changes, the newest first."""
    history = site.desk.history
    return list(history.rows([one.id for one in history.page(HistoryQuery(kind=CHANGES))]))


def mended(site: Site, mend: Mend, destination: Destination) -> HistoryRow:
    proposal = mend.proposal(site.desk.opened, destination)
    assert proposal is not None
    mend.apply(site.desk.opened, proposal)
    return changes(site)[0]


@pytest.mark.parametrize("make", [faults.no_policy, faults.topic_for_another], ids=["queue", "topic"])
def test_a_change_is_written_down_and_taken_back_from_there(
    site: Site, mend: Mend, make: Callable[[Site], Destination]
) -> None:
    destination = make(site)
    before = site.policy(destination)
    began = time.perf_counter()
    row = mended(site, mend, destination)
    assert row.seconds is not None
    assert 0 < row.seconds < time.perf_counter() - began
    after = site.policy(destination)
    assert (row.kind, row.event, row.outcome) == (MEND_KIND, LET_IN, Outcome.GOOD)
    assert (row.account, row.destination, row.transport) == ("Practice", destination.text, destination.transport.value)
    assert row.accepted.state is State.UNKNOWN
    back = mend.proposal_of_undo(site.desk.opened, row)
    assert site.policy(destination) == after, "a proposal changes nothing"
    mend.apply(site.desk.opened, back)
    assert site.policy(destination) == before
    again = changes(site)[0]
    assert (again.event, again.outcome) == (TAKEN_BACK, Outcome.GOOD)
    anew = mend.apply(site.desk.opened, mend.proposal_of_undo(site.desk.opened, again))
    assert site.policy(destination) == after
    assert anew.sentence == f"The access policy of {destination.name} went back to what it was before this change."
    assert [one.event for one in changes(site)] == [LET_IN, TAKEN_BACK, LET_IN]


def test_one_who_hears_of_changes_hears_of_the_row_before_the_call_and_after_it(site: Site) -> None:
    heard: list[tuple[int, Outcome]] = []

    def recorded(row_id: int) -> None:
        row = site.desk.history.row(row_id)
        assert row is not None
        heard.append((row_id, row.outcome))

    row = mended(site, Mend(changes=Changes(site.desk.history, recorded=recorded)), site.queue())
    assert heard == [(row.id, Outcome.RUNNING), (row.id, Outcome.GOOD)]


def test_what_was_taken_back_already_says_so(site: Site, mend: Mend) -> None:
    row = mended(site, mend, site.queue())
    mend.apply(site.desk.opened, mend.proposal_of_undo(site.desk.opened, row))
    with pytest.raises(ProblemError) as raised:
        mend.proposal_of_undo(site.desk.opened, row)
    assert raised.value.problem.code == "undo.already"


def test_each_change_has_an_undo_of_its_own(site: Site) -> None:
    destination, opened, kept = site.queue(), site.desk.opened, Changes(site.desk.history)
    mend = Mend(changes=kept)
    for _ in range(2):
        row = mended(site, mend, destination)
        mend.apply(opened, mend.proposal_of_undo(opened, row))
    second_undo, second, first_undo, first = changes(site)
    assert kept.replaced(opened, first) == Replaced(moment_of(first_undo.started), is_undone=True)
    assert kept.replaced(opened, second) == Replaced(moment_of(second_undo.started), is_undone=True)
    replaced = kept.replaced(opened, first_undo)
    assert replaced is not None
    assert replaced.at == moment_of(second.started)
    assert kept.replaced(opened, second_undo) is None


def test_what_was_mended_anew_after_somebody_else_changed_it_is_not_called_undone(site: Site) -> None:
    destination, opened, kept = site.queue(), site.desk.opened, Changes(site.desk.history)
    first = mended(site, Mend(changes=kept), destination)
    site.set_policy(destination, json.dumps({"Version": "2012-10-17", "Statement": [statement("sqs:Get*", "*")]}))
    second = mended(site, Mend(changes=kept), destination)
    assert kept.replaced(opened, first) == Replaced(moment_of(second.started))
    assert kept.replaced(opened, second) is None


@pytest.mark.parametrize("came_about", [True, False])
def test_an_undo_without_an_answer_counts_as_soon_as_a_later_change_shows_that_it_came_about(
    site: Site, came_about: bool
) -> None:
    destination, opened, kept = site.queue(), site.desk.opened, Changes(site.desk.history)
    mend = Mend(changes=kept)
    first = mended(site, mend, destination)
    before = site.policy(destination)
    mend.apply(opened, mend.proposal_of_undo(opened, first))
    lost = changes(site)[0]
    site.desk.history.complete(
        lost.id, Ending(outcome=Outcome.UNKNOWN, accepted=NOT_TRIED, seconds=1.0, problem=None, message=None, answer="")
    )
    if not came_about:
        site.set_policy(destination, json.dumps(before))
        assert kept.replaced(opened, first) is None, "it may be asked for"
        mend.apply(opened, mend.proposal_of_undo(opened, first))
        again = changes(site)[0]
        assert kept.replaced(opened, first) == Replaced(moment_of(again.started), is_undone=True)
    else:
        second = mended(site, mend, destination)
        mend.apply(opened, mend.proposal_of_undo(opened, second))
        assert kept.replaced(opened, first) == Replaced(moment_of(lost.started), is_undone=True)


def test_what_was_changed_in_an_earlier_start_has_no_way_back(site: Site, mend: Mend) -> None:
    opened, kept = site.desk.opened, Changes(site.desk.history)
    row = mended(site, mend, site.queue())
    earlier = replace(row, started="2020-01-01T00:00:00.000Z")
    assert kept.replaced(opened, earlier) == Replaced()
    assert kept.replaced(opened, row) is None
    assert kept.replaced(opened, replace(earlier, account="Lab")) is None, "of another account nothing is known here"
    assert Changes().replaced(opened, earlier) is None, "without a history nothing is known at all"


def test_what_somebody_changed_since_is_not_undone_with_it(site: Site, mend: Mend) -> None:
    destination = site.queue()
    row = mended(site, mend, destination)
    theirs = site.policy(destination)
    theirs["Statement"].append(statement("sqs:SendMessage", "*", Sid="Theirs"))
    site.set_policy(destination, json.dumps(theirs))
    with pytest.raises(ProblemError) as raised:
        mend.proposal_of_undo(site.desk.opened, row)
    assert raised.value.problem.code == "mend.changed-meanwhile"
    assert "Theirs" in raised.value.problem.answer.message
    assert "after this change: 1 statement was added (“Theirs”). To take" in raised.value.problem.detail
    assert "by hand" in raised.value.problem.remedy
    assert site.policy(destination) == theirs


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda has: has[:0], "1 statement was taken away", id="taken away"),
        pytest.param(
            lambda has: [*has, *(statement("sqs:SendMessage", "*", Sid=f"New{number}") for number in range(5))],
            "5 statements were added (“New0”, “New1”, “New2”)",
            id="many",
        ),
        pytest.param(
            lambda has: [statement("sqs:SendMessage", "*"), *has[1:]],
            "1 statement was added and 1 statement was taken away",
            id="another",
        ),
    ],
)
def test_what_somebody_changed_since_is_told_in_words(
    site: Site, mend: Mend, change: Callable[[list[object]], list[object]], expected: str
) -> None:
    destination = site.queue()
    site.set_policy(destination, json.dumps({"Version": "2012-10-17", "Statement": [statement("sqs:Get*", "*")]}))
    row = mended(site, mend, destination)
    theirs = site.policy(destination)
    theirs["Statement"] = change(theirs["Statement"][:1]) + theirs["Statement"][1:]
    site.set_policy(destination, json.dumps(theirs))
    with pytest.raises(ProblemError) as raised:
        mend.proposal_of_undo(site.desk.opened, row)
    assert expected in raised.value.problem.detail


@pytest.mark.parametrize(
    ("after", "said"),
    [
        pytest.param("{ no JSON", "it cannot be compared", id="no JSON"),
        pytest.param("[" * 100_000, "it cannot be compared", id="deep"),
        pytest.param("12", "it cannot be compared", id="a number"),
        pytest.param("[]", "it cannot be compared", id="a list"),
        pytest.param("{}", "1 statement was added", id="no statements"),
        pytest.param('{"Statement": ["x"]}', "1 statement was added", id="a statement that is none"),
        pytest.param('{"Statement": "x"}', "1 statement was added", id="statements that are none"),
    ],
)
def test_what_was_written_and_is_no_policy_is_not_taken_back(site: Site, mend: Mend, after: str, said: str) -> None:
    destination = site.queue()
    row = mended(site, mend, destination)
    policy = site.policy(destination)
    with pytest.raises(ProblemError) as raised:
        mend.proposal_of_undo(site.desk.opened, replace(row, request={**row.request, "policy after": after}))
    assert raised.value.problem.code == "mend.changed-meanwhile"
    assert said in raised.value.problem.detail
    assert site.policy(destination) == policy


def test_what_changed_while_the_way_back_was_shown_is_not_written_over(site: Site, mend: Mend) -> None:
    destination = site.queue()
    back = mend.proposal_of_undo(site.desk.opened, mended(site, mend, destination))
    theirs = {"Version": "2012-10-17", "Statement": [statement("sqs:SendMessage", "*")]}
    site.set_policy(destination, json.dumps(theirs))
    with pytest.raises(ProblemError) as raised:
        mend.apply(site.desk.opened, back)
    assert raised.value.problem.code == "mend.changed-meanwhile"
    assert site.policy(destination) == theirs
    assert len(changes(site)) == 1, "nothing was written, so nothing is written down"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"account": "Lab"}, "undo.another-account", id="another name"),
        pytest.param({"environment": "production"}, "undo.another-account", id="another environment"),
        pytest.param({"started": "2020-01-01T00:00:00.000Z"}, "undo.earlier-practice", id="an earlier start"),
        pytest.param({"started": "then"}, "undo.earlier-practice", id="a damaged moment"),
        pytest.param({"request": {}}, "undo.not-known", id="what was there before is not known"),
        pytest.param({"destination": "nowhere"}, "undo.not-known", id="a damaged address"),
        pytest.param({"transport": "Owl"}, "undo.not-known", id="a transport of another version"),
        pytest.param({"kind": MADE_KIND}, "undo.not-known", id="another kind of change"),
    ],
)
def test_what_cannot_be_taken_back_says_why(site: Site, mend: Mend, change: dict[str, object], code: str) -> None:
    destination = site.queue()
    row = mended(site, mend, destination)
    policy = site.policy(destination)
    with pytest.raises(ProblemError) as raised:
        mend.proposal_of_undo(site.desk.opened, replace(row, **change))  # type: ignore[arg-type]
    assert raised.value.problem.code == code
    assert site.policy(destination) == policy


def test_what_was_refused_is_written_down_as_refused(site: Site, mend: Mend) -> None:
    destination = site.queue()
    proposal = mend.proposal(site.desk.opened, destination)
    assert proposal is not None
    site.desk.cloud.set_faults(Faults(denied_actions=("sqs:SetQueueAttributes",)))
    with pytest.raises(ProblemError) as raised:
        mend.apply(site.desk.opened, proposal)
    (row,) = changes(site)
    assert row.outcome is Outcome.BAD
    assert row.problem is not None
    assert row.problem.title == raised.value.problem.title
    assert row.answer == raised.value.problem.answer.as_text() != ""


@pytest.mark.parametrize("kind", ["queue", "topic"])
def test_what_was_made_is_written_down_with_its_address(site: Site, mend: Mend, kind: str) -> None:
    name = f"made-{secrets.token_hex(4)}"
    make, known = (mend.create_queue, site.queues) if kind == "queue" else (mend.create_topic, site.topics)
    made = make(site.desk.opened, name)
    known.append(made.text)
    (row,) = changes(site)
    assert (row.kind, row.outcome, row.destination) == (MADE_KIND, Outcome.GOOD, made.text)
    with pytest.raises(ProblemError):
        make(site.desk.opened, name)
    assert len(changes(site)) == 1, "what was there is left alone, and nothing was made"


@pytest.mark.parametrize("kind", ["queue", "topic"])
def test_what_was_made_has_nothing_to_beware_of_in_its_policy(site: Site, mend: Mend, kind: str) -> None:
    name = f"made-{secrets.token_hex(4)}"
    make, known = (mend.create_queue, site.queues) if kind == "queue" else (mend.create_topic, site.topics)
    made = make(site.desk.opened, name)
    known.append(made.text)
    report = site.check(made)
    assert report.finding(f"{kind}.policy-notes") is None, report.as_text()
    found = report.finding(f"{kind}.policy")
    assert found is not None
    assert found.level is Level.GOOD
    assert ("keeps it to the topic's own account" in found.detail) is (kind == "topic")


def test_what_the_history_does_not_take_is_mended_all_the_same(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[int] = []
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    path = tmp_path / "history.sqlite3"
    with Database(path) as opened, closing(sqlite3.connect(path)) as another_program:
        mend = Mend(changes=Changes(History(opened), recorded=heard.append))
        destination = site.queue()
        proposal = mend.proposal(site.desk.opened, destination)
        assert proposal is not None
        another_program.execute("BEGIN IMMEDIATE")
        assert mend.apply(site.desk.opened, proposal).lets_in
        another_program.rollback()
        assert History(opened).page(HistoryQuery(kind=CHANGES)) == []
    assert heard == []


def test_what_cannot_be_written_down_is_mended_all_the_same(site: Site) -> None:
    destination, mend = site.queue(), Mend(changes=Changes(None))
    proposal = mend.proposal(site.desk.opened, destination)
    assert proposal is not None
    assert mend.apply(site.desk.opened, proposal).lets_in
    assert changes(site) == []
