# SPDX-License-Identifier: MIT
"""A report says what was seen and by whom it was written; no worker's id, no key and no markup of others gets in."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester import __version__
from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.problem import Cause, Code, Problem, ProblemError
from notification_tester.services.report import MOST_TESTS, Scope, make_report
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.rows import Beginning, Ending, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from notification_tester.services.report import Report

NOW = datetime(2026, 11, 29, 14, 13, 5, tzinfo=UTC)
LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)
YES = Lamp(state=State.YES, detail="Seen.", seconds=0.8)
WORKER, OTHER = "A1B2C3D4E5F6G7", "A9ZYXWV8UTSRQP"
EVIL = '<img src="https://evil.example/x">&\u202e<script>alert(1)</script>'


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with Database(tmp_path / "history.sqlite3") as database:
        yield History(database)


def message(*workers: str, **changes: Any) -> dict[str, Any]:
    event = {"event_type": "AssignmentSubmitted", "event_timestamp": "2026-11-29T14:13:05Z", "hit_type_id": "3HT"}
    return {"events": [{**event, "extra": {"WorkerId": worker}, **changes} for worker in workers]}


def sent(history: History, *, when: datetime = NOW, number: int = 1, **changes: Any) -> None:
    asked = Beginning(
        account=changes.pop("account", "Lab"),
        environment=changes.pop("environment", "sandbox"),
        transport=changes.pop("transport", "SQS"),
        destination=changes.pop("destination", "https://sqs.us-east-1.amazonaws.com/123456789012/lab-queue"),
        version="2006-05-05",
        events=("AssignmentSubmitted", "HITReviewable"),
        event=changes.pop("event", "AssignmentSubmitted"),
        kind=changes.pop("kind", "test"),
    )
    ended = Ending(outcome=Outcome.GOOD, accepted=YES, arrived=YES, as_expected=replace(YES, seconds=None))
    for row in history.begin_all([asked] * number, now=when):
        history.complete(row, replace(ended, **changes))


def report(history: History, scope: Scope = Scope.RUN, **changes: Any) -> Report:
    return make_report(history, LAB, scope, made=NOW + timedelta(minutes=1), **changes)


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name in {"src", "href", "onload", "onerror"}]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.said.append(data.strip())


def test_it_says_what_was_asked_what_arrived_when_and_by_which_version(history: History) -> None:
    sent(history, message=message())
    said = " ".join(Page(report(history).as_html()).said)
    for words in (
        "Everything arrived: 1 test.",
        "Lab: Sandbox of Mechanical Turk",
        "2026-11-29 14:13:05",
        "lab-queue (SQS)",
        "Assignment submitted, HIT reviewable",
        "2006-05-05",
        "yes, 0.80 s",
        f"2026-11-29 14:14:05 UTC by MTurk Notification Tester, version {__version__}",
        "It sets nothing",
    ):
        assert words in said


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has one time zone for all programs")
@pytest.mark.parametrize(
    ("zone", "moment"), [("UTC", "2026-11-29 14:13:05 UTC"), ("<+0545>-5:45", "2026-11-29 19:58:05 UTC+05:45")]
)
def test_times_are_those_of_this_computer_with_their_zone_and_events_are_words(
    history: History, monkeypatch: pytest.MonkeyPatch, zone: str, moment: str
) -> None:
    sent(history, message=message(WORKER))
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        page = report(history).as_html()
    finally:
        monkeypatch.undo()
        time.tzset()
    said = Page(page).said
    assert f"When ({moment[20:]})" in said
    assert {moment, moment[:19], "Assignment submitted"} <= set(said)
    assert f"<td style='white-space:nowrap'>{moment}</td>" in page
    assert "AssignmentSubmitted" not in page


def test_an_event_and_a_time_that_nobody_knows_stay_as_they_came(history: History) -> None:
    strange = {"events": [{"event_type": "HITSold", "event_timestamp": "soon"}]}
    sent(history, message=strange)
    assert {"HITSold", "soon"} <= set(Page(report(history).as_html()).said)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_no_clock_here_can_tell_stays_as_it_came(history: History, moment: str) -> None:
    sent(history, message=message(WORKER, event_timestamp=moment))
    assert moment in Page(report(history).as_html()).said


@pytest.mark.parametrize(
    ("environment", "account", "sender"),
    [
        (Environment.PRACTICE, "Practice, a cloud on one computer", "practice"),
        (Environment.SANDBOX, "Lab: Sandbox of Mechanical Turk", "Mechanical Turk"),
        (Environment.PRODUCTION, "Lab: Mechanical Turk, LIVE", "Mechanical Turk"),
        (Environment.OTHER, "Lab: another address than Amazon's", "Mechanical Turk"),
    ],
    ids=str,
)
def test_which_service_was_tested_is_said_and_practice_is_called_so_first_of_all(
    history: History, environment: Environment, account: str, sender: str
) -> None:
    sent(history, environment=environment.value)
    said = Page(make_report(history, replace(LAB, environment=environment), Scope.RUN, made=NOW).as_html()).said
    assert {account, sender} <= set(said)
    assert any(line.startswith("This was practice") for line in said) is (environment is Environment.PRACTICE)
    assert not [line for line in said if line.startswith("What this computer sent shows")]


def test_a_quick_test_is_not_said_to_have_taken_no_time(history: History) -> None:
    sent(history, arrived=Lamp(state=State.YES, detail="It came.", seconds=0.004))
    assert "yes, under 0.01 s" in Page(report(history).as_html()).said


def test_a_worker_has_a_pseudonym_everywhere_unless_the_ids_are_asked_for(history: History) -> None:
    problem = Problem(title="Refused.", detail=f"{OTHER} did it.", remedy="Ask.", code="x", cause=Cause.REFUSED)
    sent(history, message=message(WORKER, OTHER, WORKER), problem=problem, outcome=Outcome.BAD)
    page = report(history).as_html()
    assert WORKER not in page
    assert OTHER not in page
    said = Page(page).said
    pseudonyms = [one for one in said if re.fullmatch(r"Worker \d+", one)]
    assert pseudonyms == ["Worker 2", "Worker 1", "Worker 2"]
    assert "Worker 1 did it." in said
    assert "Ids of workers were replaced by pseudonyms." in " ".join(said)
    shown = report(history, shows_workers=True).as_html()
    assert WORKER in shown
    assert OTHER in shown


def test_an_unusual_id_of_a_worker_is_replaced_too(history: History) -> None:
    sent(history, message=message("worker-of-practice"))
    page = report(history).as_html()
    assert "worker-of-practice" not in page
    assert "Worker 1" in page


def test_nothing_is_left_of_an_id_that_begins_like_another(history: History) -> None:
    sent(history, message=message(*(f"worker-{'x' * size}" for size in range(1, 12))))
    page = report(history).as_html()
    assert "worker-" not in page
    assert [one for one in Page(page).said if re.fullmatch(r"Worker \d+x*", one)] == [
        f"Worker {number}" for number in range(1, 12)
    ]


def test_a_key_is_never_in_it(history: History) -> None:
    problem = Problem(title="No.", detail="AKIAIOSFODNN7EXAMPLE may not.", remedy="", code="x", cause=Cause.KEYS)
    sent(history, problem=problem, outcome=Outcome.BAD)
    for shows_workers in (False, True):
        page = report(history, shows_workers=shows_workers).as_html()
        assert "AKIA" not in page
        assert "(a key) may not." in page


def test_text_from_outside_is_text(history: History) -> None:
    problem = Problem(title=EVIL, detail=EVIL, remedy=EVIL, code="x", cause=Cause.REFUSED)
    sent(history, problem=problem, destination=EVIL, message=message(EVIL, hit_type_id=EVIL, event_type=EVIL))
    page = report(history, shows_workers=True)
    tags = set(Page(page.as_html()).tags)
    assert not tags & {"img", "script", "a", "iframe", "link", "object"}
    assert "\u202e" not in page.as_html()
    assert "default-src 'none'" in page.as_html()


def test_what_was_sent_together_is_one_run_and_another_account_is_none_of_it(history: History) -> None:
    sent(history, when=NOW - timedelta(hours=1), event="Ping")
    sent(history, number=3)
    sent(history, when=NOW + timedelta(seconds=1), account="Other")
    sent(history, when=NOW + timedelta(seconds=2), kind="hit-types")
    assert [row.event for row in report(history).rows] == ["AssignmentSubmitted"] * 3
    assert [row.event for row in report(history, Scope.ACCOUNT).rows] == ["Ping", *["AssignmentSubmitted"] * 3]


def test_what_other_keys_of_the_same_name_sent_is_not_in_it(history: History) -> None:
    sent(history, when=NOW - timedelta(days=2), event="Ping")
    given_since = replace(LAB, since=(NOW - timedelta(days=1)).isoformat())
    with pytest.raises(ProblemError, match="nothing to report"):
        make_report(history, given_since, Scope.RUN, made=NOW)
    sent(history)
    page = make_report(history, given_since, Scope.ACCOUNT, made=NOW)
    assert [row.event for row in page.rows] == ["AssignmentSubmitted"]


def test_what_a_message_has_as_a_worker_changes_no_word_of_the_page_itself(history: History) -> None:
    sent(history, message=message("1 test", "not", "Mechanical Turk"))
    said = " ".join(Page(report(history).as_html()).said)
    assert "Everything arrived: 1 test." in said
    assert "Not known means just that." in said
    assert "It sets nothing: notifications come for HIT types that were set" in said
    assert "Worker 1" in said


def test_what_was_refused_as_it_should_be_is_not_said_to_have_arrived(history: History) -> None:
    refused = Lamp(state=State.NO, detail="403")
    sent(history, kind="delivery", accepted=refused, arrived=refused)
    assert report(history).headline == "Everything went as expected: 1 test."
    assert "Everything arrived" not in report(history).as_html()


def test_of_what_this_computer_sent_not_every_message_has_to_arrive(history: History) -> None:
    refused = Lamp(state=State.NO, detail="403")
    sent(history, kind="delivery", accepted=refused, arrived=refused, event="Ping")
    sent(history, kind="delivery", when=NOW + timedelta(seconds=1))
    assert report(history, Scope.ACCOUNT).headline == "Everything went as expected: 2 tests."
    sent(history, kind="delivery", when=NOW + timedelta(seconds=2), outcome=Outcome.BAD, event="HITExpired")
    sent(history, kind="delivery", when=NOW + timedelta(seconds=2), accepted=refused, arrived=refused)
    page = report(history, Scope.ACCOUNT)
    assert page.headline == "When last tested, 2 of 3 kinds of messages went as expected."
    said = told(page)
    assert "2 of 3 kinds of messages went as expected, last tested" in said
    assert "this computer" in Page(page.as_html()).said
    assert "What this computer sent shows what the receiver does with a message" in said
    assert "Mechanical Turk" not in Page(page.as_html()).said


def test_a_run_that_went_well_in_part_says_so(history: History) -> None:
    refused = Lamp(state=State.NO, detail="403")
    for outcome, arrived in ((Outcome.GOOD, refused), (Outcome.GOOD, YES), (Outcome.BAD, refused)):
        sent(history, outcome=outcome, arrived=arrived)
    assert report(history).headline == "2 of 3 tests went as expected."
    sent(history, when=minutes(1), outcome=Outcome.BAD)
    sent(history, when=minutes(1), outcome=Outcome.UNKNOWN)
    sent(history, when=minutes(1))
    assert report(history).headline == "1 of 3 tests arrived as expected; of 1 it is not known."


@pytest.mark.parametrize(("more", "told_more"), [(0, []), (2, ["2"])])
def test_of_more_than_a_page_lists_it_is_told_how_many(history: History, more: int, told_more: list[str]) -> None:
    for number in range(3 + more):
        closed: dict[str, Any] = {"outcome": Outcome.BAD, "problem": CLOSED, "arrived": NO}
        sent(history, destination=f"https://sqs.us-east-1.amazonaws.com/123456789012/queue-{number}", **closed)
    page = told(report(history, Scope.ACCOUNT))
    assert page.count(CLOSED.detail) == 3
    assert page.count(f"queue-2: {CLOSED.title}") == 1, "where there are several, each is named"
    assert re.findall(r"And (\d+) more\.", page) == told_more
    sent(history, when=minutes(1), message=message(*["W"] * (12 + more)))
    run = report(history)
    assert Page(run.as_html()).said.count("Worker 1") == 12
    assert re.findall(r"And (\d+) more\.", told(run)) == told_more
    assert "Assignment" not in Page(run.as_html()).said, "what no event has is no column"


def test_when_this_computer_sent_without_any_keys_later_that_is_said(history: History) -> None:
    here: dict[str, Any] = {"kind": "delivery", "account": "", "environment": "other"}
    sent(history, when=minutes(0), **here)
    sent(history, when=minutes(1))
    assert "this computer also sent" not in told(report(history, Scope.ACCOUNT))
    sent(history, when=minutes(2), **here)
    sent(history, when=minutes(3), **here)
    page = report(history, Scope.ACCOUNT)
    assert (
        "this computer also sent without any, to a web receiver or through a mail server, last on 2026-11-29 14:16:05"
        in told(page)
    )
    assert "also sent" not in told(report(history, Scope.ACCOUNT, place=page.tested.places[0]))


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has one time zone for all programs")
def test_each_test_has_its_zone_where_clocks_were_changed_in_between(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in (0, 2):
        sent(history, when=datetime(2026, 10, 25, hour, tzinfo=UTC))
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        said = Page(report(history, Scope.ACCOUNT).as_html()).said
    finally:
        monkeypatch.undo()
        time.tzset()
    assert {"2026-10-25 02:00:00 UTC+02:00", "2026-10-25 03:00:00 UTC+01:00"} <= set(said)
    assert "2026-10-25 02:00:00 UTC+02:00 to 2026-10-25 03:00:00 UTC+01:00" in said
    assert said.count("When") == 2, "the table's head names no zone"


def test_what_is_not_known_is_said_to_be_so(history: History) -> None:
    unknown = Lamp(state=State.UNKNOWN, detail="Nobody answered.")
    sent(history, number=2, outcome=Outcome.UNKNOWN, accepted=unknown, arrived=unknown, as_expected=unknown)
    page = report(history)
    assert page.headline == "0 of 2 tests arrived as expected; of 2 it is not known."
    assert Page(page.as_html()).said.count("not known") == 6


def test_older_tests_than_a_page_holds_are_said_to_be_there(history: History) -> None:
    for number in range(MOST_TESTS):
        sent(history, when=NOW - timedelta(minutes=number + 1))
    assert not report(history, Scope.ACCOUNT).older
    sent(history)
    page = report(history, Scope.ACCOUNT)
    assert len(page.rows) == MOST_TESTS
    assert "older ones that are not listed" in page.as_html()


def changed(history: History, event: str, *, when: datetime, outcome: Outcome = Outcome.GOOD) -> None:
    sent(history, when=when, kind="mend", event=event, outcome=outcome)


CLOSED = Problem(
    title="The queue does not let Mechanical Turk in.",
    detail="Its policy has no statement for it.",
    remedy="Have this program mend the queue's access policy: it shows the change first, and can make it where your "
    "keys may. Or whoever looks after the queue adds the statement that is missing.",
    code=Code.CLOSED,
    cause=Cause.DESTINATION,
)
TO_DO = "Whoever looks after the queue adds the statement to its access policy that lets Mechanical Turk send there."
"""What a reader is told of that, who has no button for it."""
NO = Lamp(state=State.NO, detail="It did not come.")
EVENTS = ("AssignmentSubmitted", "HITReviewable", "Ping")


def swept(history: History, *, when: datetime, closed: bool, events: Sequence[str] = EVENTS) -> None:
    """Each of the events, in one go."""
    how: dict[str, Any] = {"outcome": Outcome.BAD, "problem": CLOSED, "arrived": NO} if closed else {}
    for event in events:
        sent(history, when=when, event=event, **how)


def minutes(number: int) -> datetime:
    return NOW + timedelta(minutes=number)


def told(page: Report) -> str:
    return " ".join(" ".join(Page(page.as_html()).said).split())


def test_what_was_mended_is_told_in_the_past_and_what_arrives_now_comes_first(history: History) -> None:
    swept(history, when=minutes(0), closed=True)
    changed(history, "let-in", when=minutes(1))
    swept(history, when=minutes(2), closed=False)
    page = report(history, Scope.ACCOUNT)
    said = told(page)
    assert page.headline == "When last tested, 3 of 3 events arrived."
    assert "lab-queue (SQS): 3 of 3 events arrived, last tested 2026-11-29 14:15:05 UTC." in said
    assert (
        "At 14:13:05, 3 tests found “The queue does not let Mechanical Turk in.”; it was mended at 14:14:05 and "
        "overcome at 14:15:05." in said
    )
    assert (
        said.index("How things stand now")
        < said.index("3 of 3 events arrived, last")
        < said.index("Every test and changes")
    )
    assert TO_DO not in said
    assert "in the way" not in said
    assert said.index("The access policy of lab-queue was changed") > said.index("Every test and changes, oldest first")


def test_how_each_event_failed_is_said(history: History) -> None:
    sent(history, event="Ping", outcome=Outcome.BAD, accepted=NO, arrived=NO)
    sent(history, event="HITReviewable", outcome=Outcome.BAD, as_expected=NO)
    sent(history, event="HITExpired", outcome=Outcome.BAD, arrived=NO)
    said = told(report(history, Scope.ACCOUNT))
    assert "Not accepted: Ping (14:13:05). Did not arrive: HIT expired (14:13:05)." in said
    assert "Not as expected: HIT reviewable (14:13:05)." in said


def test_every_place_that_was_sent_to_is_whole(history: History) -> None:
    places = [f"https://sqs.us-east-1.amazonaws.com/123456789012/lab-queue-with-a-name-{number}" for number in range(9)]
    for number, place in enumerate(places):
        sent(history, when=minutes(number), destination=place)
    said = told(report(history, Scope.ACCOUNT))
    assert "; ".join(f"{place} (SQS)" for place in places) in said


def test_what_still_stands_is_told_with_its_remedy(history: History) -> None:
    swept(history, when=minutes(0), closed=True)
    swept(history, when=minutes(2), closed=False, events=EVENTS[:2])
    page = report(history, Scope.ACCOUNT)
    assert page.headline == "When last tested, 2 of 3 events arrived."
    said = told(page)
    assert "Did not arrive: Ping (14:13:05). Arrived: Assignment submitted, HIT reviewable (14:15:05)." in said
    assert (
        "At 14:13:05, 2 tests found “The queue does not let Mechanical Turk in.”; it was overcome at 14:15:05." in said
    )
    assert f"What still stands in the way {CLOSED.title} {CLOSED.detail} {TO_DO}" in said


@pytest.mark.parametrize("scope", list(Scope))
def test_what_was_mended_and_not_tested_since_is_told_so(history: History, scope: Scope) -> None:
    swept(history, when=minutes(0), closed=True)
    changed(history, "let-in", when=minutes(1))
    said = told(report(history, scope))
    assert TO_DO not in said
    assert "This was mended on 2026-11-29 14:14:05 UTC, and not tested since." in said
    assert f"What stood in the way {CLOSED.title}" in said
    changed(history, "taken-back", when=minutes(2))
    assert TO_DO in told(report(history, scope))


def test_what_a_mend_did_not_help_stands_with_its_remedy(history: History) -> None:
    swept(history, when=minutes(0), closed=True)
    changed(history, "let-in", when=minutes(1))
    swept(history, when=minutes(2), closed=True)
    said = told(report(history, Scope.ACCOUNT))
    assert TO_DO in said
    assert "not tested since" not in said
    other = replace(CLOSED, title="No answer came.", remedy="Send it again.", code="another")
    sent(history, when=minutes(3), outcome=Outcome.BAD, problem=other, arrived=NO)
    changed(history, "let-in", when=minutes(4))
    said = told(report(history, Scope.ACCOUNT))
    assert f"{other.title} {other.detail} {other.remedy}" in said
    assert TO_DO not in said


def test_a_test_of_which_nothing_is_known_met_nothing(history: History) -> None:
    sent(history, when=minutes(0), outcome=Outcome.UNKNOWN, arrived=Lamp(state=State.UNKNOWN, detail="?"))
    sent(history, when=minutes(1))
    page = report(history, Scope.ACCOUNT)
    assert page.headline == "When last tested, 1 of 1 event arrived."
    assert "overcome" not in page.as_html()


def test_a_change_that_failed_mended_nothing(history: History) -> None:
    swept(history, when=minutes(0), closed=True)
    changed(history, "let-in", when=minutes(1), outcome=Outcome.BAD)
    said = told(report(history, Scope.ACCOUNT))
    assert TO_DO in said
    assert "was changed so that Mechanical Turk may send there: this failed." in said


def test_what_was_taken_back_after_the_last_test_is_told(history: History) -> None:
    swept(history, when=minutes(0), closed=True, events=EVENTS[:1])
    swept(history, when=minutes(1), closed=False)
    changed(history, "taken-back", when=minutes(2))
    assert "At 14:15:05 its access policy was put back as it was; it was not tested since." in told(
        report(history, Scope.ACCOUNT)
    )
    swept(history, when=minutes(3), closed=True, events=EVENTS[:1])
    assert "At 14:15:05 its access policy was put back as it was; 2 events were not tested since." in told(
        report(history, Scope.ACCOUNT)
    )
    swept(history, when=minutes(4), closed=True, events=EVENTS[1:2])
    assert "At 14:15:05 its access policy was put back as it was; 1 event was not tested since." in told(
        report(history, Scope.ACCOUNT)
    )


@pytest.mark.parametrize(
    ("environment", "transport", "is_kept"),
    [
        (Environment.PRACTICE, "Email", True),
        (Environment.PRACTICE, "SQS", False),
        (Environment.SANDBOX, "Email", False),
    ],
    ids=str,
)
def test_an_e_mail_of_practice_is_not_said_to_have_left_this_computer(
    history: History, environment: Environment, transport: str, is_kept: bool
) -> None:
    for event, how in (("Ping", YES), ("HITExpired", NO)):
        outcome = Outcome.GOOD if how is YES else Outcome.BAD
        sent(history, environment=environment.value, transport=transport, event=event, outcome=outcome, arrived=how)
    said = told(make_report(history, replace(LAB, environment=environment), Scope.ACCOUNT, made=NOW))
    kept = "1 of 2 events reached practice’s mailbox for this address; no e-mail left this computer. Last tested 2026"
    assert (kept in said) is is_kept
    assert ("1 of 2 events arrived, last tested 2026-11-29 14:13:05 UTC." in said) is not is_kept
    verb = "Reached practice’s mailbox for this address" if is_kept else "Arrived"
    assert f"Did not arrive: HIT expired (14:13:05). {verb}: Ping (14:13:05)." in said


def test_what_was_overcome_on_another_day_has_its_date(history: History) -> None:
    sent(history, when=NOW - timedelta(days=1), outcome=Outcome.BAD, as_expected=NO)
    sent(history, when=NOW, event="Ping", outcome=Outcome.UNKNOWN)
    sent(history, when=minutes(1))
    said = told(report(history, Scope.ACCOUNT))
    assert "At 2026-11-28 14:13:05 UTC, 1 test did not go as expected; it was overcome at 14:14:05." in said
    assert "Not known: Ping (14:13:05)." in said
    assert "When last tested, 1 of 2 events arrived; of 1 it is not known." in said


def test_ids_of_users_and_roles_are_read_and_what_is_long_is_cut(history: History) -> None:
    detail = f"AIDAIOSFODNN7EXAMPLE and AROAIOSFODNN7EXAMPLE may not. {'x' * 300}"
    sent(
        history, outcome=Outcome.BAD, problem=Problem(title="No.", detail=detail, remedy="", code="x", cause=Cause.KEYS)
    )
    said = Page(report(history).as_html()).said
    assert [line for line in said if line.endswith("…")] == [f"{detail[:300]}…"]
    assert "Ids of workers" not in " ".join(said), "no word of what was not done"


def test_what_was_changed_before_the_first_test_of_the_page_or_elsewhere_is_not_in_its_list(history: History) -> None:
    changed(history, "let-in", when=minutes(0))
    sent(history, when=minutes(1))
    sent(
        history, when=minutes(2), kind="mend", event="let-in", destination="https://sqs.us-east-1.amazonaws.com/1/other"
    )
    page = told(report(history, Scope.ACCOUNT))
    assert "was changed so that" not in page
    assert "Every test, oldest first" in page
    sent(history, when=minutes(3), kind="made", event="")
    changed(history, "taken-back", when=minutes(4), outcome=Outcome.UNKNOWN)
    sent(history, when=minutes(5))
    html = report(history, Scope.ACCOUNT).as_html()
    moments = re.findall("([^>]+)</td><td colspan='5'>", html)  # a change fills its line
    assert moments == ["2026-11-29 14:16:05", "2026-11-29 14:17:05"], "in the zone that stands above them"
    page = told(report(history, Scope.ACCOUNT))
    assert "lab-queue was made." in page
    assert "The access policy of lab-queue was put back as it was: it is not known whether it was." in page
    assert "What was tested" in page
    run = told(report(history))
    assert not [words for words in ("lab-queue was made", "What was tested", "How things stand") if words in run]


def test_the_list_begins_with_a_run_and_never_within_one(history: History) -> None:
    for number in range(9):
        swept(history, when=minutes(number), closed=False)
    sent(history, when=minutes(9))
    page = report(history, Scope.ACCOUNT)
    assert len(page.rows) == MOST_TESTS - 2
    assert [row.event for row in page.rows[:3]] == list(EVENTS)
    assert page.rows[0].started == page.rows[2].started
    assert "The newest 22 tests, oldest first" in told(page)


def test_one_destination_is_chosen_and_each_is_told_of(history: History) -> None:
    swept(history, when=minutes(0), closed=True)
    sent(history, when=minutes(1), destination="https://sqs.us-east-1.amazonaws.com/123456789012/other")
    both = report(history, Scope.ACCOUNT)
    assert both.headline == "When last tested, 1 of 4 events at 2 destinations arrived."
    assert [place.name.rpartition("/")[2] for place in both.tested.places] == ["other", "lab-queue"]
    lamps = ["Accepted", "Arrived", "As expected"]
    said = Page(both.as_html()).said
    begin = said.index("When (UTC)")
    first = ["2026-11-29 14:13:05", "Assignment submitted", "lab-queue"]
    assert said[begin : begin + 10] == ["When (UTC)", "Event", "Sent to", "Sent by", *lamps, *first]
    page = report(history, Scope.ACCOUNT, place=both.tested.places[0])
    said = Page(page.as_html()).said
    begin = said.index("When (UTC)")
    only = ["2026-11-29 14:14:05", "Assignment submitted", "Mechanical Turk"]
    assert said[begin : begin + 9] == ["When (UTC)", "Event", "Sent by", *lamps, *only], "all went to one place"
    assert page.headline == "Everything arrived: 1 test."
    assert "lab-queue" not in page.as_html()


def test_without_a_test_it_says_what_to_do(history: History) -> None:
    with pytest.raises(ProblemError, match="nothing to report"):
        report(history)
