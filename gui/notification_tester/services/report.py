# SPDX-License-Identifier: MIT
"""A page about tests for people who were not there: a supervisor, an ethics board, an administrator.

It says what was asked, what arrived, when, and which version of the program says so. It is one page of HTML that loads
nothing, in the subset that Qt can print. Ids of workers are replaced by pseudonyms unless they are asked for; keys are
never in it. The history does not keep which version sent a test, so the page names the one that wrote it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING, Any

from notification_tester import __version__
from notification_tester.domain.account import Environment
from notification_tester.domain.checkup_report import printable_line
from notification_tester.domain.counts import counted, seconds_words
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import DELIVERY_KIND, TEST_KIND, Outcome, is_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from notification_tester.domain.account import Account
    from notification_tester.storage.history import History
    from notification_tester.storage.rows import HistoryRow, HistorySummary

MOST_TESTS = 24
"""Tests on a page, the newest ones: as many as one side of A4 holds."""
MOST_EVENTS = 12
MOST_PROBLEMS = 3
LONGEST = 300
"""Characters of a foreign text."""

_ID = re.compile(r"\bA(?=[A-Z0-9]*\d)[A-Z0-9]{11,20}\b")
"""What ids of workers look like: in real messages 13 or 14 capitals and digits, the first an A."""
_OF_KEYS = ("AKIA", "ASIA")
_OF_AWS = ("AIDA", "AROA")
"""Beginnings of ids that AWS gives (IAM User Guide, "Unique identifiers"); those of users and roles may be read."""

_STYLE = (
    "body{font-family:sans-serif;max-width:52em;margin:2em auto;line-height:1.35;color:#1a1a1a;background:#ffffff}"
    "h1{font-size:1.5em;margin-bottom:.2em}h2{font-size:1.1em;margin:1em 0 .3em 0}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top}"
    "th{color:#444444}.good{color:#14652f}.bad{color:#9f1f17}.unknown{color:#555555}.quiet{color:#444444}"
)
_PLACES = {
    Environment.PRACTICE: "Practice, a cloud on one computer",
    Environment.SANDBOX: "Sandbox of Mechanical Turk",
    Environment.PRODUCTION: "Mechanical Turk, LIVE",
}


class Scope(StrEnum):
    """What a page is about."""

    RUN = "run"
    """What was sent last: one test, or several that were sent together."""
    ACCOUNT = "account"
    """The newest tests of an account."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A page. ``rows`` are in the order of time; ``older`` says that there are more before them."""

    scope: Scope
    account: str
    environment: str
    rows: tuple[HistoryRow, ...]
    older: bool
    made: datetime
    shows_workers: bool = False
    version: str = __version__

    @property
    def headline(self) -> str:
        """How it went, in one sentence."""
        good = [row for row in self.rows if row.outcome is Outcome.GOOD]
        unknown = sum(row.outcome not in {Outcome.GOOD, Outcome.BAD} for row in self.rows)
        # What a receiver refused as it should is good too, and nothing arrived.
        arrived = all(row.arrived.state is State.YES for row in good)
        if len(good) == len(self.rows):
            words = "Everything arrived" if arrived else "Everything went as expected"
            return f"{words}: {counted(len(good), 'test')}."
        words = f"{len(good)} of {counted(len(self.rows), 'test')} {'arrived' if arrived else 'went'} as expected"
        return f"{words}; of {unknown} it is not known." if unknown else f"{words}."

    def as_html(self) -> str:
        """The page; every foreign text is escaped, and no word of ours is taken for the id of a worker."""
        workers = {_value(event, WORKER) for row in self.rows for event in _events_of(row.message)} - {""}
        text = _Texts(shows_workers=self.shows_workers, workers=frozenset(map(printable_line, workers)))
        parts = [
            f"<h1>{escape(self.headline)}</h1>",
            "<p class='quiet'>Test of the notifications of Amazon Mechanical Turk</p>",
            _table(self._facts(text)),
            "<h2>What was asked, and what was seen</h2>",
            self._tests(text),
            *self._problems(text),
            *self._events(text),
            "<h2>What this shows, and what it does not</h2>",
            *(f"<p>{escape(line)}</p>" for line in self._limits()),
            self._foot(text),
        ]
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            f"<title>Notifications of Mechanical Turk: {escape(self.headline)}</title>\n"
            f"<style>{_STYLE}</style>\n</head>\n<body>\n" + "\n".join(parts) + "\n</body>\n</html>\n"
        )

    def _foot(self, text: _Texts) -> str:
        made = f"Written on {_moment(self.made)} by MTurk Notification Tester, version {self.version}."
        return f"<p class='quiet'>{escape(made)} {text.remark}</p>"

    def _facts(self, text: _Texts) -> list[str]:
        place = _place(self.environment)
        first, last = self.rows[0], self.rows[-1]
        when = _moment_text(first.started)
        if last.started != first.started:
            when = f"{when} to {_moment_text(last.started)}"
        events = dict.fromkeys(_event_words(event) for row in self.rows for event in row.events)
        places = dict.fromkeys(f"{row.destination} ({row.transport})" for row in self.rows)
        facts = [
            ("Account", place if self.environment == Environment.PRACTICE.value else f"{self.account}: {place}"),
            ("When", f"{when}{', and older ones that are not listed' if self.older else ''}"),
            ("Sent to", "; ".join(places)),
            ("To be told about", ", ".join(events)),
            ("Message version", ", ".join(dict.fromkeys(row.version for row in self.rows if row.version))),
        ]
        return [f"<tr><th width='24%'>{name}</th><td>{text(value)}</td></tr>" for name, value in facts if value]

    def _tests(self, text: _Texts) -> str:
        several = len({row.destination for row in self.rows}) > 1
        zones = {"" if (here := _local(row.started)) is None else _zone(here) for row in self.rows}
        zone = f" ({zones.pop()})" if len(zones) == 1 else ""  # two, where the clocks were changed in between
        names = [f"When{zone}", "Event", *(["Sent to"] if several else []), "Sent by"]
        rows = [f"<tr>{''.join(f'<th>{name}</th>' for name in (*names, 'Accepted', 'Arrived', 'As expected'))}</tr>"]
        for row in self.rows:
            moment = _moment_text(row.started, with_zone=not zone)
            cells = [_event_words(row.event)]
            cells += [_name(row.destination)] if several else []
            cells.append("this computer" if row.is_from_here else "Mechanical Turk")
            plain = "".join(f"<td>{text(cell)}</td>" for cell in cells)
            lamps = "".join(map(_lamp, (row.accepted, row.arrived, row.as_expected)))
            rows.append(f"<tr>{_unbroken(text(moment))}{plain}{lamps}</tr>")
        return _table(rows)

    def _problems(self, text: _Texts) -> Iterator[str]:
        found = {row.problem.title: row.problem for row in self.rows if row.problem is not None}
        if found:
            yield "<h2>What stood in the way</h2>"
        for problem in list(found.values())[:MOST_PROBLEMS]:
            yield f"<p><b>{text(problem.title)}</b> {text(problem.detail)} <i>{text(problem.remedy)}</i></p>"
        if len(found) > MOST_PROBLEMS:
            yield f"<p>And {len(found) - MOST_PROBLEMS} more.</p>"

    def _events(self, text: _Texts) -> Iterator[str]:
        if self.scope is not Scope.RUN:
            return
        events = [event for row in self.rows for event in _events_of(row.message)]
        columns = {key: name for key, name in _COLUMNS.items() if any(_value(event, key) for event in events)}
        if events:
            yield "<h2>What arrived</h2>"
            head = "".join(f"<th>{name}</th>" for name in columns.values())
            shown = events[:MOST_EVENTS]
            cells = ("".join(_cell(text, event, key) for key in columns) for event in shown)
            yield _table([f"<tr>{row}</tr>" for row in (head, *cells)])
        if len(events) > MOST_EVENTS:
            yield f"<p>And {len(events) - MOST_EVENTS} more.</p>"

    def _limits(self) -> Iterator[str]:
        if self.environment == Environment.PRACTICE.value:
            yield (
                "This was practice, a cloud on one computer. It says nothing about Mechanical Turk itself, nor about a "
                "queue or topic at Amazon."
            )
        if any(row.is_from_here for row in self.rows):
            yield (
                "What this computer sent shows what the receiver does with a message, not whether Mechanical Turk may "
                "send there."
            )
        yield (
            "Accepted: the service took the test. Arrived: the message was seen at its destination. As expected: it "
            "told of the event that was tested, which is one of those to be told about, in the message version that "
            "was chosen. Not known means just that."
        )
        yield (
            "A test shows that messages can be sent to this place. It sets nothing: notifications come for HIT types "
            "that were set to send them. No worker took part in it, and no HIT was made."
        )


WORKER = "WorkerId"
_COLUMNS = {
    "event_type": "Event",
    "event_timestamp": "Time",
    "hit_type_id": "HIT type",
    "hit_id": "HIT",
    "assignment_id": "Assignment",
    WORKER: "Worker",
}


def make_report(
    history: History | None,
    account: Account,
    scope: Scope,
    *,
    made: datetime,
    shows_workers: bool = False,
) -> Report:
    """The page about the newest tests of ``account``. Raises ProblemError where there are none, or no history."""
    found: list[HistorySummary] = []
    older = False
    for row in () if history is None else _tests_of(history, account):
        if len(found) == MOST_TESTS or (scope is Scope.RUN and found and row.started != found[0].started):
            older = scope is Scope.ACCOUNT or row.started == found[0].started
            break
        found.append(row)
    if history is None or not found:
        raise ProblemError(
            Problem(
                title="There is nothing to report yet.",
                detail=f"No test of the account “{account.name}” is in the history.",
                remedy="Send a test first, on the page Test.",
                code="report.empty",
                cause=Cause.STORAGE,
            )
        )
    return Report(
        scope=scope,
        account=account.name,
        environment=account.environment.value,
        rows=tuple(reversed(list(history.rows([row.id for row in found])))),
        older=older,
        made=made,
        shows_workers=shows_workers,
    )


def _tests_of(history: History, account: Account) -> Iterator[HistorySummary]:
    query = HistoryQuery(account=(account.kept_as, account.environment.value))
    while page := history.page(query):
        for row in page:
            if not is_of(row, account):
                return  # its name was that of other keys, or of another place; nor has it what is older
            if row.kind in {TEST_KIND, DELIVERY_KIND}:
                yield row
        query = replace(query, before=page[-1].id)


@dataclass
class _Texts:
    """Makes foreign text fit for the page, and gives each worker one name for all of it."""

    shows_workers: bool
    workers: frozenset[str]
    """Ids that stand where a message has a worker's, whatever they look like."""
    _names: dict[str, str] = field(default_factory=dict)

    def __call__(self, value: str) -> str:
        """On one line, without keys and ids of workers, escaped."""
        line = printable_line(value)
        if self.workers and not self.shows_workers:
            # in one go, the longest first: one id may begin like another, or be a word of a pseudonym
            every = "|".join(map(re.escape, sorted(self.workers, key=lambda one: (-len(one), one))))
            line = re.sub(every, lambda found: self.worker(found[0]), line)
        line = _ID.sub(self._instead, line)
        if len(line) > LONGEST:
            line = f"{line[:LONGEST]}…"
        return escape(line)

    def worker(self, worker_id: str) -> str:
        """The pseudonym of a worker."""
        return self._names.setdefault(worker_id, f"Worker {len(self._names) + 1}")

    @property
    def remark(self) -> str:
        """What the page says of ids."""
        if self.shows_workers:
            return "Ids of workers are shown as they were; they can lead to persons."
        return "Ids of workers were replaced by pseudonyms." if self._names else ""

    def _instead(self, found: re.Match[str]) -> str:
        if found[0].startswith(_OF_KEYS):
            return "(a key)"
        return found[0] if self.shows_workers or found[0].startswith(_OF_AWS) else self.worker(found[0])


def _events_of(message: dict[str, Any] | None) -> list[dict[str, Any]]:
    events = (message or {}).get("events")
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []


def _value(event: dict[str, Any], key: str) -> str:
    extra = event.get("extra")
    value = event.get(key) or (extra.get(key) if isinstance(extra, dict) else None)
    return value if isinstance(value, str) else ""


def _table(rows: Sequence[str]) -> str:
    return f"<table width='100%' cellspacing='0' cellpadding='3'>{''.join(rows)}</table>"


def _lamp(lamp: Lamp) -> str:
    after = "" if lamp.seconds is None else f", {seconds_words(lamp.seconds)}"
    kind, word = {State.YES: ("good", "yes"), State.NO: ("bad", "no"), State.UNKNOWN: ("unknown", "not known")}[
        lamp.state
    ]
    return f"<td class='{kind}'>{word}{after}</td>"


def _place(environment: str) -> str:
    known: Callable[[str], Environment] = Environment
    try:
        return _PLACES.get(known(environment), "another address than Amazon's")
    except ValueError:
        return environment


def _name(destination: str) -> str:
    """The last part of an address, which is what people call it."""
    return re.split(r"[/:]", destination.rstrip("/"))[-1] or destination


def _cell(text: _Texts, event: dict[str, Any], key: str) -> str:
    value = _value(event, key)
    match key:
        case "event_type":
            return f"<td>{text(_event_words(value))}</td>"
        case "event_timestamp":
            return _unbroken(text(_moment_text(value)))
        case _:
            return f"<td>{text(value)}</td>"


def _unbroken(html: str) -> str:
    return f"<td style='white-space:nowrap'>{html}</td>"


def _event_words(name: str) -> str:
    """The event in words; the name of one that is not known stays as it is."""
    try:
        return EventType(name).words
    except ValueError:
        return name


def _local(text: str) -> datetime | None:
    """A moment in the time zone of this computer; None where the text is none, or names no zone."""
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else moment.astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def _moment_text(text: str, *, with_zone: bool = True) -> str:
    moment = _local(text)
    return text if moment is None else _moment(moment, with_zone=with_zone)


def _moment(moment: datetime, *, with_zone: bool = True) -> str:
    """To the second, as this computer's clock had it, in the one order of a date that nobody reads otherwise."""
    here = moment.astimezone()
    return f"{here:%Y-%m-%d %H:%M:%S}{f' {_zone(here)}' if with_zone else ''}"


def _zone(here: datetime) -> str:
    """UTC, or how far from it, as in UTC+01:00: a zone's name is not known everywhere, and not the same on systems."""
    distance = here.strftime("%z")
    return f"UTC{distance[:3]}:{distance[3:5]}" if distance.strip("+-0") else "UTC"
