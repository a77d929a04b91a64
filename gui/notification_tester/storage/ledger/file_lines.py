# SPDX-License-Identifier: MIT
"""One line of an exported ledger: as an entry of JSON, as cells of CSV, and read back with every value looked at.

``order`` is the moment by which lines are ordered; it differs from ``at`` only where the clock was set back.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from notification_tester.domain.hit_type import parse_hit_type_id
from notification_tester.domain.problem import ProblemError, ServiceAnswer
from notification_tester.domain.setting import Action, Change, LedgerLine, LineState, Setting
from notification_tester.storage.ledger.rows import ImportedLine, tells_not_sent
from notification_tester.storage.stored_values import (
    ANSWER_NAMES,
    PROBLEM_NAMES,
    SPEC_NAMES,
    DamagedValueError,
    Entry,
    SpecReader,
    named_parts,
    problem_from_entry,
    problem_to_entry,
    spec_to_entry,
    stamp,
    text_of,
    word_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_LINE = frozenset({"hit_type_id", "at", "order", "action", "sent", "active", "after", "state", "answered", "problem"})
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


def entry_of_line(place: str, line: LedgerLine) -> Entry:
    """A line as JSON has it."""
    change, problem = line.change, line.problem
    return {
        "hit_type_id": change.hit_type_id,
        "at": stamp(line.at),
        "order": place,
        "action": change.action.value,
        "sent": spec_to_entry(change.spec),
        "active": change.active,
        "after": {"spec": spec_to_entry(change.after.spec), "active": change.after.active},
        "state": (LineState.UNKNOWN if line.state is LineState.PENDING else line.state).value,
        "answered": None if line.answered is None else stamp(line.answered),
        "problem": problem_to_entry(problem),
    }


def line_of_entry(entry: object, specs: SpecReader, *, account: str, environment: str, number: int) -> ImportedLine:
    """The line again. Raises DamagedValueError for the first value that is not right."""
    values = named_parts(entry, _LINE, "the line")
    after = named_parts(values["after"], {"spec", "active"}, "what was set then")
    active = _active(values["active"])
    if active is None:
        raise DamagedValueError("it does not say whether the notification is on or off")
    at, place = _moment(values["at"]), _moment(values["order"])
    state, answered = word_of(LineState, values["state"], "the state"), values["answered"]
    spec, then = specs.read(values["sent"]), specs.read(after["spec"])
    problem = problem_from_entry(values["problem"])
    if state is LineState.FAILED and tells_not_sent(LineState.NOT_SENT, problem):
        state = LineState.NOT_SENT  # as version 1 of the file has it
    if not tells_not_sent(state, problem):
        raise DamagedValueError("its state and its problem do not go together")
    if state is LineState.PENDING or (answered is None and state is not LineState.UNKNOWN):
        raise DamagedValueError("its state and the time of the answer do not go together")
    if answered is None and values["problem"] is not None:
        raise DamagedValueError("there is a problem and no answer")
    if place < at:
        raise DamagedValueError("it is ordered before the time at which it was written")
    if spec is not None and then is None:
        raise DamagedValueError("a specification was sent and none was set")
    return ImportedLine(
        number=number,
        account=account,
        environment=environment,
        at=at,
        place=place,
        change=Change(
            hit_type_id=_hit_type_id(values["hit_type_id"]),
            action=word_of(Action, values["action"], "the action"),
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
    """What the JSON would have for these cells. Raises DamagedValueError."""
    if len(cells) != len(COLUMNS):
        raise DamagedValueError(f"it should have {len(COLUMNS)} cells and has {len(cells)}")
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


def _spec_cells(spec: NotificationSpec | None) -> tuple[str, str, str, str]:
    if spec is None:
        return ("", "", "", "")
    return spec.transport.value, spec.destination.text, spec.version, " ".join(spec.events)


def _spec_of_cells(cells: Sequence[str]) -> Entry | None:
    if not any(cells):
        return None
    transport, destination, version, events = cells
    return dict(zip(SPEC_NAMES, (transport, destination, version, events.split(" ")), strict=True))


def _problem_of_cells(cells: Sequence[str]) -> Entry | None:
    if not any(cells):
        return None
    status = cells[9]
    answer: Entry = dict(zip(ANSWER_NAMES[:4], cells[5:9], strict=True))
    answer["http_status"] = int(status) if re.fullmatch(r"0|[1-9][0-9]{0,8}", status) else status
    return {**dict(zip(PROBLEM_NAMES, cells[:5], strict=True)), "answer": answer}


def _from_on_off(cell: str) -> bool | None:
    if cell not in _FROM_ON_OFF:
        raise DamagedValueError(f"“{cell[:20]}” stands where “on” or “off” belongs")
    return _FROM_ON_OFF[cell]


def _active(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise DamagedValueError("whether it is on or off cannot be read")
    return value


def _moment(value: object) -> datetime:
    text = text_of(value, "a time")
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise DamagedValueError(f"“{text[:40]}” is not a time such as 2026-01-31T23:59:59.000Z")


def _hit_type_id(value: object) -> HitTypeId:
    text = text_of(value, "the id of the HIT type")
    try:
        found = parse_hit_type_id(text)
    except ProblemError as error:
        raise DamagedValueError(f"the id of the HIT type will not do: {error.problem.detail}") from error
    if found != text:
        raise DamagedValueError("the id of the HIT type has blanks or quotes around it")
    return found
