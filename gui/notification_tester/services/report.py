# SPDX-License-Identifier: MIT
"""A page about tests for people who were not there: a supervisor, an ethics board, an administrator.

It says how things stand, what was asked, what arrived, when, and which version of the program says so. It is one page
of HTML that loads nothing, in the subset that Qt can print. Ids of workers are replaced by pseudonyms unless they are
asked for; keys are never in it. The history does not keep which version sent a test, so the page names the one that
wrote it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING, Any

from notification_tester import __version__
from notification_tester.domain.account import Environment
from notification_tester.domain.checkup_report import printable_line
from notification_tester.domain.counts import counted, seconds_words
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Cause, Code, Problem, ProblemError
from notification_tester.services.standing import PlaceKey, Tested
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import MADE_KIND, TAKEN_BACK, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from notification_tester.domain.account import Account
    from notification_tester.services.standing import Check, Overcome, PlaceStanding
    from notification_tester.storage.history import History
    from notification_tester.storage.rows import HistoryRow, HistorySummary

MOST_TESTS = 24
"""Tests in the list of a page, the newest ones, from the beginning of a run on."""
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
    """How an account stands, or one destination of it, and its newest tests."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A page. ``rows`` are in the order of time; ``older`` says that there are more before them.

    ``tested`` is all that the account has, ``shown`` what of it the page is about, and ``problems`` are those of tests
    that were the last of their event, by the tests' ids. ``elsewhere``: when this computer last sent without keys of
    any account, where that was later than all of it.
    """

    scope: Scope
    account: str
    environment: str
    rows: tuple[HistoryRow, ...]
    older: bool
    made: datetime
    tested: Tested
    shown: Tested
    problems: Mapping[int, Problem] = field(default_factory=dict)
    elsewhere: str = ""
    shows_workers: bool
    version: str = __version__

    @property
    def headline(self) -> str:
        """How it stands, in one sentence; of a run how it went."""
        if self.scope is Scope.ACCOUNT and any(row.outcome is not Outcome.GOOD for row in self.shown.tests):
            return self._standing_headline()
        good = [row for row in self.rows if row.outcome is Outcome.GOOD]
        unknown = sum(row.outcome not in {Outcome.GOOD, Outcome.BAD} for row in self.rows)
        # What a receiver refused as it should is good too, and nothing arrived.
        arrived = all(row.arrived.state is State.YES for row in good)
        if len(good) == len(self.rows):
            words = "Everything arrived" if arrived else "Everything went as expected"
            return f"{words}: {counted(len(good), 'test')}."
        words = f"{len(good)} of {counted(len(self.rows), 'test')} {'arrived' if arrived else 'went'} as expected"
        return f"{words}; of {unknown} it is not known." if unknown else f"{words}."

    def _standing_headline(self) -> str:
        """Where not every test went well: what the last test of every event was."""
        standings = self.shown.standings()
        checks = [check for one in standings for check in one.checks]
        good = [check for check in checks if check.outcome is Outcome.GOOD]
        unknown = sum(check.outcome is Outcome.UNKNOWN for check in checks)
        verb = "arrived" if all(check.arrived for check in good) else "went as expected"
        at = f" at {counted(len(standings), 'destination')}" if len(standings) > 1 else ""
        words = f"When last tested, {len(good)} of {_counted(checks)}{at} {verb}"
        return f"{words}; of {unknown} it is not known." if unknown else f"{words}."

    def as_html(self) -> str:
        """The page; every foreign text is escaped, and no word of ours is taken for the id of a worker."""
        workers = {_value(event, WORKER) for row in self.rows for event in _events_of(row.message)} - {""}
        text = _Texts(shows_workers=self.shows_workers, workers=frozenset(map(printable_line, workers)))
        parts = [
            f"<h1>{escape(self.headline)}</h1>",
            "<p class='quiet'>Test of the notifications of Amazon Mechanical Turk</p>",
            *(f"<p><b>{escape(line)}</b></p>" for line in self._first_of_all()),
            *self._stands(text),
            *(self._problems(text) if self.scope is Scope.ACCOUNT else ()),
            *(["<h2>What was tested</h2>"] if self.scope is Scope.ACCOUNT else []),
            _table(self._facts(text)),
            f"<h2>{escape(self._name_of_tests())}</h2>",
            self._tests(text),
            *(self._problems(text) if self.scope is Scope.RUN else ()),
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
        facts = [
            ("Account", text(place if self._is_practice else f"{self.account}: {place}")),
            ("When", text(f"{when}{', and older ones that are not listed' if self.older else ''}")),
            ("Sent to", "; ".join(map(text, _places_in(self.rows)))),  # each whole, however many they are
            ("To be told about", ", ".join(map(text, events))),
            ("Message version", ", ".join(map(text, dict.fromkeys(row.version for row in self.rows if row.version)))),
        ]
        return [f"<tr><th width='24%'>{name}</th><td>{value}</td></tr>" for name, value in facts if value]

    def _tests(self, text: _Texts) -> str:
        several = len({row.destination for row in self.rows}) > 1
        zones = {"" if (here := _local(row.started)) is None else _zone(here) for row in self.rows}
        zone = f" ({zones.pop()})" if len(zones) == 1 else ""  # two, where the clocks were changed in between
        names = [f"When{zone}", "Event", *(["Sent to"] if several else []), "Sent by"]
        names += ["Accepted", "Arrived", "As expected"]
        rows = [(0, f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>")]
        for row in self.rows:
            moment = _moment_text(row.started, with_zone=not zone)
            cells = [_event_words(row.event)]
            cells += [_name(row.destination)] if several else []
            cells.append(
                "this computer" if row.is_from_here else "practice" if self._is_practice else "Mechanical Turk"
            )
            plain = "".join(f"<td>{text(cell)}</td>" for cell in cells)
            lamps = "".join(map(_lamp, (row.accepted, row.arrived, row.as_expected)))
            rows.append((row.id, f"<tr>{_unbroken(text(moment))}{plain}{lamps}</tr>"))
        for change in self._changes():
            moment = _unbroken(text(_moment_text(change.started, with_zone=not zone)))
            told = _change_words(change, text(_name(change.destination)))
            rows.append((change.id, f"<tr>{moment}<td colspan='{len(names) - 1}'><i>{told}</i></td></tr>"))
        return _table([html for _, html in sorted(rows)])

    def _changes(self) -> list[HistorySummary]:
        """What was changed of the destinations between the tests of the list, and after them."""
        if self.scope is Scope.RUN:
            return []
        places = set(self.shown.places)
        return [row for row in self.shown.changes if row.id > self.rows[0].id and PlaceKey.of(row) in places]

    def _name_of_tests(self) -> str:
        if self.scope is Scope.RUN:
            return "What was asked, and what was seen"
        changes = " and changes" if self._changes() else ""
        which = f"The newest {counted(len(self.rows), 'test')}" if self.older else "Every test"
        return f"{which}{changes}, oldest first"

    def _stands(self, text: _Texts) -> Iterator[str]:
        """Of each destination how it stands, and what was overcome."""
        if self.scope is Scope.RUN:
            return
        yield "<h2>How things stand now</h2>"
        for one in self.shown.standings():
            parts = [_standing_words(text, one), *(_overcome_words(text, it, one) for it in one.overcome())]
            yield f"<p><b>{text(_name(one.newest.destination))}</b> ({text(one.key.transport)}): {' '.join(parts)}</p>"

    def _problems(self, text: _Texts) -> Iterator[str]:
        """What the last test of an event met; what to do is told where nothing was done about it since."""
        found = {
            (problem.title, one.key): (problem, one, row)
            for one in self.shown.standings()
            for check in one.checks
            for row in check.last
            if (problem := self.problems.get(row.id)) is not None
        }
        told = list(found.values())
        if told:
            is_mended = all(one.mended(row) is not None for _, one, row in told)
            stands = "still stands" if self.scope is Scope.ACCOUNT and not is_mended else "stood"
            yield f"<h2>What {stands} in the way</h2>"
        for problem, one, row in told[:MOST_PROBLEMS]:
            mended = one.mended(row)
            after = text(_for_a_reader(problem, row.transport))
            if mended is not None:
                after = f"This was mended on {text(_moment_text(mended.started))}, and not tested since."
            where = f"{text(_name(row.destination))}: " if len(self.shown.places) > 1 else ""
            yield f"<p>{where}<b>{text(problem.title)}</b> {text(problem.detail)} <i>{after}</i></p>"
        if len(told) > MOST_PROBLEMS:
            yield f"<p>And {len(told) - MOST_PROBLEMS} more.</p>"

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

    @property
    def _is_practice(self) -> bool:
        return self.environment == Environment.PRACTICE.value

    def _first_of_all(self) -> Iterator[str]:
        """What is to be known before anything else is read."""
        if self._is_practice:
            yield (
                "This was practice, a cloud on one computer. It says nothing about Mechanical Turk itself, nor about a "
                "queue or topic at Amazon."
            )
        if self.elsewhere:
            yield (
                "This page is about what was sent with the keys of one account. Later, this computer also sent without "
                f"any, to a web receiver or through a mail server, last on {_moment_text(self.elsewhere)}: that is not "
                "in this page."
            )

    def _limits(self) -> Iterator[str]:
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
    place: PlaceKey | None = None,
) -> Report:
    """The page about the newest tests of ``account``, or of one ``place`` of it.

    Raises ProblemError where there are none, or no history.
    """
    tested = Tested(tests=(), changes=()) if history is None else Tested.of(history, account)
    shown = tested.run if scope is Scope.RUN else tested if place is None else tested.at(place)
    if history is None or not shown.tests:
        raise ProblemError(
            Problem(
                title="There is nothing to report yet.",
                detail=f"No test of the account “{account.name}” is in the history.",
                remedy="Send a test first, on the page Test.",
                code="report.empty",
                cause=Cause.STORAGE,
            )
        )
    listed = shown.newest(MOST_TESTS)
    stand = {  # one of each problem of a destination is enough
        (row.problem_title, one.key): row.id
        for one in shown.standings()
        for check in one.checks
        for row in check.last
        if row.problem_title
    }
    return Report(
        scope=scope,
        account=account.name,
        environment=account.environment.value,
        rows=tuple(history.rows([row.id for row in reversed(listed)])),
        older=shown.more or len(listed) < len(shown.tests),
        made=made,
        tested=tested,
        shown=shown,
        problems={row.id: row.problem for row in history.rows(list(stand.values())) if row.problem is not None},
        elsewhere="" if place is not None else _sent_without_account(history, after=shown.tests[0]),
        shows_workers=shows_workers,
    )


def _sent_without_account(history: History, *, after: HistorySummary) -> str:
    """When this computer last sent with nobody's keys, if that was later."""
    rows = history.page(HistoryQuery(account=("", Environment.OTHER.value)))
    return next((row.started for row in rows if row.is_from_here and row.id > after.id), "")


def _for_a_reader(problem: Problem, transport: str) -> str:
    """What is to be done, for somebody who does not sit at this program."""
    if problem.code != Code.CLOSED or not problem.remedy.startswith("Have this program"):
        return problem.remedy
    place = "topic" if transport == Transport.SNS.value else "queue"
    return (
        f"Whoever looks after the {place} adds the statement to its access policy that lets Mechanical Turk send there."
    )


_NOT_GOOD = ("Not accepted", "Did not arrive", "Not as expected", "Not known")


def _verdict(check: Check) -> str:
    """One of those words, or none where it went well."""
    if check.outcome is not Outcome.BAD:
        return "" if check.outcome is Outcome.GOOD else "Not known"
    bad = [row for row in check.last if row.outcome is Outcome.BAD]
    if all(row.accepted is State.NO for row in bad):
        return "Not accepted"
    return "Did not arrive" if all(row.arrived is State.NO for row in bad) else "Not as expected"


def _noun(checks: Sequence[Check]) -> str:
    """What is counted: of what this computer sends, a message may break the rules and have no event."""
    return "kind of message" if any(check.is_from_here for check in checks) else "event"


def _standing_words(text: _Texts, one: PlaceStanding) -> str:
    """How many events arrived when each was last tested, which did not, and what was changed since."""
    checks, good = one.checks, one.good
    verb = "arrived" if all(check.arrived for check in good) else "went as expected"
    last = text(_moment_text(one.newest.started))
    parts = [f"{len(good)} of {_counted(checks)} {verb}, last tested {last}."]
    if good and _is_kept_in_practice(one.newest) and not any(check.is_from_here for check in checks):
        verb = "reached practice’s mailbox for this address"
        parts = [f"{len(good)} of {_counted(checks)} {verb}; no e-mail left this computer. Last tested {last}."]
    for words in (*_NOT_GOOD, ""):
        some = [check for check in checks if _verdict(check) == words]
        by_moment: dict[str, list[str]] = {}
        for check in some:
            by_moment.setdefault(check.last[0].started, []).append(_event_words(check.event))
        if len(some) == len(checks) and len(by_moment) == 1 and not words:
            continue  # that is all in the first sentence
        said = "; ".join(
            f"{text(', '.join(events))} ({text(_moment_near(at, one))})" for at, events in by_moment.items()
        )
        if said:
            parts.append(f"{words or verb.capitalize()}: {said}.")
    change, untested = one.change, one.untested
    if change is not None and untested:
        all_of_it = "it was" if len(untested) == len(checks) else f"{_counted(untested)} {_were(untested)}"
        changed = (
            "put back as it was" if change.event == TAKEN_BACK else "changed so that Mechanical Turk may send there"
        )
        moment = text(_moment_near(change.started, one))
        parts.append(f"At {moment} its access policy was {changed}; {all_of_it} not tested since.")
    return " ".join(parts)


def _is_kept_in_practice(row: HistorySummary) -> bool:
    """Whether it is an e-mail of practice's, which comes to a mailbox inside this program."""
    return row.environment == Environment.PRACTICE.value and row.transport == Transport.EMAIL.value


def _counted(checks: Sequence[Check]) -> str:
    return counted(len(checks), _noun(checks), "kinds of messages" if _noun(checks) != "event" else "")


def _were(checks: Sequence[Check]) -> str:
    return "was" if len(checks) == 1 else "were"


def _overcome_words(text: _Texts, one: Overcome, where: PlaceStanding) -> str:
    """What stood in the way once, in the past, and when that was over."""
    at, arrived = (text(_moment_near(moment, where)) for moment in (one.first, one.arrived))
    met = f"found “{text(one.title)}”" if one.title else "not go as expected"
    tests = counted(one.tests, "test")
    told = f"At {at}, {tests} {met}" if one.title else f"At {at}, {tests} did {met}"
    if one.mended:
        return f"{told}; it was mended at {text(_moment_near(one.mended, where))} and overcome at {arrived}."
    return f"{told}; it was overcome at {arrived}."


def _moment_near(moment: str, where: PlaceStanding) -> str:
    """The time alone where it is of the day on which the destination was last tested."""
    here, there = _local(moment), _local(where.newest.started)
    if here is None or there is None or here.date() != there.date():
        return _moment_text(moment)
    return f"{here:%H:%M:%S}"


def _change_words(change: HistorySummary, name: str) -> str:
    if change.kind == MADE_KIND:
        words = f"{name} was made"
    elif change.event == TAKEN_BACK:
        words = f"The access policy of {name} was put back as it was"
    else:
        words = f"The access policy of {name} was changed so that Mechanical Turk may send there"
    match change.outcome:
        case Outcome.GOOD:
            return f"{words}."
        case Outcome.BAD:
            return f"{words}: this failed."
        case _:
            return f"{words}: it is not known whether it was."


def _places_in(rows: Sequence[HistoryRow]) -> list[str]:
    return list(dict.fromkeys(f"{row.destination} ({row.transport})" for row in rows))


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
    return _PLACES.get(Environment(environment), "another address than Amazon's")


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
