# SPDX-License-Identifier: MIT
"""One line of an exported ledger: as an entry of JSON, as cells of CSV, and read back with every value looked at.

``order`` is the moment by which lines are ordered; it differs from ``at`` only where the clock was set back.
"""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.hit_type import parse_hit_type_id
from notification_tester.domain.notification import NotificationSpec, parse_spec
from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer
from notification_tester.domain.setting import Action, Change, LedgerLine, LineState, Setting
from notification_tester.storage.history import stamp
from notification_tester.storage.ledger_rows import ImportedLine, tells_not_sent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.hit_type import HitTypeId

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_LINE = frozenset({"hit_type_id", "at", "order", "action", "sent", "active", "after", "state", "answered", "problem"})
_SPEC = ("Transport", "Destination", "Version", "EventTypes")
_PROBLEM = ("title", "detail", "remedy", "code", "cause")
_ANSWER = ("code", "turk_error_code", "message", "request_id", "http_status")
COLUMNS = (
    "hit type id",
    "set at (UTC)",
    "order (UTC)",
    "action",
    "sent: transport",
    "sent: destination",
    "sent: version",
    "sent: events",
    "sent: active",
    "then: transport",
    "then: destination",
    "then: version",
    "then: events",
    "then: active",
    "state",
    "answered (UTC)",
    "problem",
    "problem: detail",
    "problem: what to do",
    "problem: code",
    "problem: cause",
    "answer: code",
    "answer: TurkErrorCode",
    "answer: message",
    "answer: request id",
    "answer: HTTP status",
)
_ON_OFF = {True: "on", False: "off", None: ""}
_FROM_ON_OFF = {text: value for value, text in _ON_OFF.items()}

Entry = dict[str, object]
_Word = TypeVar("_Word", bound=StrEnum)


class DamagedLineError(ValueError):
    """A line is not as this program writes it; the message says why, as the second half of a sentence."""


def entry_of_line(place: str, line: LedgerLine) -> Entry:
    """A line as JSON has it."""
    change, problem = line.change, line.problem
    return {
        "hit_type_id": change.hit_type_id,
        "at": stamp(line.at),
        "order": place,
        "action": change.action.value,
        "sent": _spec_entry(change.spec),
        "active": change.active,
        "after": {"spec": _spec_entry(change.after.spec), "active": change.after.active},
        "state": (LineState.UNKNOWN if line.state is LineState.PENDING else line.state).value,
        "answered": None if line.answered is None else stamp(line.answered),
        "problem": None if problem is None else {**asdict(problem), "cause": problem.cause.value},
    }


def line_of_entry(entry: object, specs: SpecReader, *, account: str, environment: str, number: int) -> ImportedLine:
    """The line again. Raises DamagedLineError for the first value that is not right."""
    values = _fields(entry, _LINE, "the line")
    after = _fields(values["after"], {"spec", "active"}, "what was set then")
    active = _active(values["active"])
    if active is None:
        raise DamagedLineError("it does not say whether the notification is on or off")
    at, place = _moment(values["at"]), _moment(values["order"])
    state, answered = _word(LineState, values["state"], "the state"), values["answered"]
    spec, then = specs.read(values["sent"]), specs.read(after["spec"])
    problem = _problem(values["problem"])
    if state is LineState.FAILED and tells_not_sent(LineState.NOT_SENT, problem):
        state = LineState.NOT_SENT  # as version 1 of the file has it
    if not tells_not_sent(state, problem):
        raise DamagedLineError("its state and its problem do not go together")
    if state is LineState.PENDING or (answered is None and state is not LineState.UNKNOWN):
        raise DamagedLineError("its state and the time of the answer do not go together")
    if answered is None and values["problem"] is not None:
        raise DamagedLineError("there is a problem and no answer")
    if place < at:
        raise DamagedLineError("it is ordered before the time at which it was written")
    if spec is not None and then is None:
        raise DamagedLineError("a specification was sent and none was set")
    return ImportedLine(
        number=number,
        account=account,
        environment=environment,
        at=at,
        place=place,
        change=Change(
            hit_type_id=_hit_type_id(values["hit_type_id"]),
            action=_word(Action, values["action"], "the action"),
            spec=spec,
            active=active,
            after=Setting(spec=then, active=_active(after["active"])),
        ),
        state=state,
        answered=None if answered is None else _moment(answered),
        problem=problem,
    )


def cells_of_line(place: str, line: LedgerLine) -> list[str]:
    """A line as the cells of CSV, before anything is done to keep spreadsheets from taking them for formulas."""
    change, problem = line.change, line.problem
    answer = ServiceAnswer() if problem is None else problem.answer
    return [
        change.hit_type_id,
        stamp(line.at),
        place,
        change.action.value,
        *_spec_cells(change.spec),
        _ON_OFF[change.active],
        *_spec_cells(change.after.spec),
        _ON_OFF[change.after.active],
        (LineState.UNKNOWN if line.state is LineState.PENDING else line.state).value,
        "" if line.answered is None else stamp(line.answered),
        *(("",) * 5 if problem is None else (problem.title, problem.detail, problem.remedy, problem.code)),
        *(() if problem is None else (problem.cause.value,)),
        answer.code,
        answer.turk_error_code,
        answer.message,
        answer.request_id,
        "" if problem is None else str(answer.http_status),
    ]


def entry_of_cells(cells: Sequence[str]) -> Entry:
    """What the JSON would have for these cells. Raises DamagedLineError."""
    if len(cells) != len(COLUMNS):
        raise DamagedLineError(f"it should have {len(COLUMNS)} cells and has {len(cells)}")
    hit_type_id, at, order, action, *sent, active = cells[:9]
    *then, then_active, state, answered = cells[9:16]
    return {
        "hit_type_id": hit_type_id,
        "at": at,
        "order": order,
        "action": action,
        "sent": _spec_of_cells(sent),
        "active": _from_on_off(active),
        "after": {"spec": _spec_of_cells(then), "active": _from_on_off(then_active)},
        "state": state,
        "answered": answered or None,
        "problem": _problem_of_cells(cells[16:]),
    }


def _spec_entry(spec: NotificationSpec | None) -> Entry | None:
    return None if spec is None else {**spec.to_request()}


def _spec_cells(spec: NotificationSpec | None) -> tuple[str, str, str, str]:
    if spec is None:
        return ("", "", "", "")
    return spec.transport.value, spec.destination.text, spec.version, " ".join(spec.events)


def _spec_of_cells(cells: Sequence[str]) -> Entry | None:
    if not any(cells):
        return None
    transport, destination, version, events = cells
    return dict(zip(_SPEC, (transport, destination, version, events.split(" ")), strict=True))


def _problem_of_cells(cells: Sequence[str]) -> Entry | None:
    if not any(cells):
        return None
    status = cells[9]
    answer: Entry = dict(zip(_ANSWER[:4], cells[5:9], strict=True))
    answer["http_status"] = int(status) if re.fullmatch(r"0|[1-9][0-9]{0,8}", status) else status
    return {**dict(zip(_PROBLEM, cells[:5], strict=True)), "answer": answer}


def _from_on_off(cell: str) -> bool | None:
    if cell not in _FROM_ON_OFF:
        raise DamagedLineError(f"“{cell[:20]}” stands where “on” or “off” belongs")
    return _FROM_ON_OFF[cell]


def _fields(value: object, names: Sequence[str] | set[str] | frozenset[str], what: str) -> Entry:
    if not isinstance(value, dict) or set(value) != set(names):
        raise DamagedLineError(f"{what} does not have the parts that belong to it")
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise DamagedLineError(f"{what} is not text")
    return value


def _active(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise DamagedLineError("whether it is on or off cannot be read")
    return value


def _moment(value: object) -> datetime:
    text = _text(value, "a time")
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise DamagedLineError(f"“{text[:40]}” is not a time such as 2026-01-31T23:59:59.000Z")


def _word(kind: type[_Word], value: object, what: str) -> _Word:
    text = _text(value, what)
    try:
        return kind(text)
    except ValueError as error:
        raise DamagedLineError(f"{what} cannot be “{text[:30]}”") from error


def _hit_type_id(value: object) -> HitTypeId:
    text = _text(value, "the id of the HIT type")
    try:
        found = parse_hit_type_id(text)
    except ProblemError as error:
        raise DamagedLineError(f"the id of the HIT type will not do: {error.problem.detail}") from error
    if found != text:
        raise DamagedLineError("the id of the HIT type has blanks or quotes around it")
    return found


class SpecReader:
    """Reads specifications; one that many lines share is read once."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str, str, tuple[str, ...]], NotificationSpec] = {}

    def read(self, value: object) -> NotificationSpec | None:
        """A specification, or None for none. Raises DamagedLineError."""
        if value is None:
            return None
        parts = _fields(value, _SPEC, "a specification")
        names = parts["EventTypes"]
        if not isinstance(names, list):
            raise DamagedLineError("the events are not a list")
        key = (
            _text(parts["Transport"], "the transport"),
            _text(parts["Destination"], "the destination"),
            _text(parts["Version"], "the version"),
            tuple(_text(name, "an event") for name in names),
        )
        if key not in self._read:
            self._read[key] = _spec(*key)
        return self._read[key]


def _spec(transport: str, destination: str, version: str, names: tuple[str, ...]) -> NotificationSpec:
    events = tuple(_word(EventType, name, "an event") for name in names)
    try:
        spec = parse_spec(
            transport=_word(Transport, transport, "the transport"),
            destination=destination,
            events=names,
            version=version,
        )
    except ProblemError as error:
        raise DamagedLineError(
            f"the specification will not do: {error.problem.title} {error.problem.detail}"
        ) from error
    if len(spec.events) != len(events):
        raise DamagedLineError("an event is there more than once")
    return replace(spec, events=events)


def _problem(value: object) -> Problem | None:
    if value is None:
        return None
    parts = _fields(value, (*_PROBLEM, "answer"), "the problem")
    answer = _fields(parts["answer"], _ANSWER, "the service's answer")
    status = answer["http_status"]
    if not isinstance(status, int) or isinstance(status, bool) or not 0 <= status < 10**9:
        raise DamagedLineError("the HTTP status is not a number")
    title, detail, remedy, code = (_text(parts[name], "the problem") for name in _PROBLEM[:4])
    said, turk, message, request_id = (_text(answer[name], "the service's answer") for name in _ANSWER[:4])
    return Problem(
        title=title,
        detail=detail,
        remedy=remedy,
        code=code,
        cause=_word(Cause, parts["cause"], "the cause"),
        answer=ServiceAnswer(
            code=said, turk_error_code=turk, message=message, request_id=request_id, http_status=status
        ),
    )
