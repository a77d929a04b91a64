# SPDX-License-Identifier: MIT
"""Changes of settings: what is sent, and what holds afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notification_tester.domain.destination import Transport
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import NotificationSpec, parse_spec
from notification_tester.domain.setting import (
    Action,
    Change,
    Known,
    LedgerLine,
    LineState,
    Setting,
    apply,
    is_newer,
    reapply,
    send_again,
    switch,
    undo,
)

ONE = HitTypeId("3ONE")
NOW = datetime(2026, 1, 31, tzinfo=UTC)
ON, OFF = True, False


def spec(name: str) -> NotificationSpec:
    address = f"https://sqs.us-east-1.amazonaws.com/123456789012/{name}"
    return parse_spec(transport=Transport.SQS, destination=address, events=["AssignmentSubmitted"])


A, B = spec("a"), spec("b")


def line(change: Change, state: LineState = LineState.APPLIED, *, number: int = 1) -> LedgerLine:
    return LedgerLine(
        id=number,
        at=NOW,
        account="Lab",
        environment="sandbox",
        change=change,
        state=state,
        answered=NOW if state is LineState.APPLIED else None,
        problem=None,
    )


def known(setting: Setting, *, before: Setting | None = None, set_by: Change | None = None) -> Known:
    change = set_by or apply(ONE, setting.spec or A)
    newest = line(change)
    return Known(hit_type_id=ONE, setting=setting, set_by=newest, before=before, newest=newest)


def test_apply_switches_on() -> None:
    change = apply(ONE, A)
    assert change == Change(
        hit_type_id=ONE, action=Action.APPLY, spec=A, active=True, after=Setting(spec=A, active=True)
    )


@pytest.mark.parametrize("on", [ON, OFF])
@pytest.mark.parametrize("there", [None, Setting(), Setting(spec=A), Setting(spec=A, active=False)])
def test_switch_sends_active_alone_and_keeps_the_rest(there: Setting | None, on: bool) -> None:
    change = switch(ONE, None if there is None else known(there), on=on)
    assert (change.spec, change.active) == (None, on)
    assert change.action is (Action.SWITCH_ON if on else Action.SWITCH_OFF)
    assert change.after == Setting(spec=there.spec if there else None, active=on)


@pytest.mark.parametrize(
    ("setting", "active"),
    [
        pytest.param(Setting(spec=A, active=True), True, id="on"),
        pytest.param(Setting(spec=A, active=False), False, id="off stays off"),
        pytest.param(Setting(spec=A), True, id="not known"),
    ],
)
def test_reapply_sends_the_same(setting: Setting, active: bool) -> None:
    change = reapply(known(setting))
    assert change is not None
    assert (change.action, change.spec, change.active) == (Action.REAPPLY, A, active)
    assert change.after == Setting(spec=A, active=active)


def test_reapply_without_a_specification_is_nothing() -> None:
    assert reapply(known(Setting(active=True))) is None


SWITCHED_OFF = switch(ONE, None, on=False)


@pytest.mark.parametrize(
    ("there", "sent", "after"),
    [
        pytest.param(
            known(Setting(spec=B, active=True), before=Setting(spec=A, active=True)),
            (A, ON),
            Setting(spec=A, active=True),
            id="another specification",
        ),
        pytest.param(
            known(Setting(spec=B, active=True), before=Setting(spec=A, active=False)),
            (A, OFF),
            Setting(spec=A, active=False),
            id="one that was off",
        ),
        pytest.param(
            known(Setting(spec=A, active=True)), (None, OFF), Setting(spec=A, active=False), id="nothing before: off"
        ),
        pytest.param(
            known(Setting(spec=A, active=True), before=Setting(active=True)),
            (None, OFF),
            Setting(spec=A, active=False),
            id="a specification that nobody knows before: off",
        ),
        pytest.param(
            known(Setting(active=False), before=Setting(active=True), set_by=SWITCHED_OFF),
            (None, ON),
            Setting(active=True),
            id="only switched off: on",
        ),
        pytest.param(
            known(Setting(spec=A, active=False), before=Setting(spec=A, active=True), set_by=SWITCHED_OFF),
            (A, ON),
            Setting(spec=A, active=True),
            id="switched off where the specification is known",
        ),
    ],
)
def test_undo_puts_back_what_was_there(
    there: Known, sent: tuple[NotificationSpec | None, bool], after: Setting
) -> None:
    change = undo(there)
    assert change is not None
    assert (change.action, change.spec, change.active, change.after) == (Action.UNDO, *sent, after)


@pytest.mark.parametrize(
    ("there", "doubted", "number", "sent"),
    [
        pytest.param(Setting(spec=A, active=True), apply(ONE, B), 2, (A, ON), id="a specification after another"),
        pytest.param(Setting(spec=A, active=False), apply(ONE, B), 2, (A, OFF), id="after one that was off"),
        pytest.param(Setting(spec=A), apply(ONE, B), 2, (A, ON), id="after one of which that is not known"),
        pytest.param(Setting(active=True), apply(ONE, B), 2, None, id="after none that is known"),
        pytest.param(Setting(spec=A, active=True), SWITCHED_OFF, 2, (None, ON), id="off, and it was on"),
        pytest.param(Setting(spec=A, active=False), SWITCHED_OFF, 2, (None, OFF), id="off, and it was off"),
        pytest.param(Setting(spec=A), SWITCHED_OFF, 2, None, id="off, and what was is not known"),
        pytest.param(Setting(spec=A, active=False), apply(ONE, B), 0, (None, ON), id="switched off since"),
    ],
)
def test_undo_where_the_last_change_is_in_doubt(
    there: Setting, doubted: Change, number: int, sent: tuple[NotificationSpec | None, bool] | None
) -> None:
    record = replace(
        known(there, before=Setting(active=True)), in_doubt=line(doubted, LineState.UNKNOWN, number=number)
    )
    change = undo(record)
    if sent is None:
        assert change is None
    else:
        assert change is not None
        assert (change.action, change.spec, change.active) == (Action.UNDO, *sent)
        assert change.after == Setting(spec=there.spec, active=sent[1])
    assert undo(replace(record, in_doubt=line(doubted, LineState.PENDING, number=number))) is None
    assert undo(replace(record, set_by=None)) is None


def test_undo_of_a_switch_where_what_was_before_is_not_known_either() -> None:
    doubted = line(apply(ONE, B), LineState.UNKNOWN, number=0)
    for before in (None, Setting(), Setting(spec=A)):
        assert undo(replace(known(Setting(active=False), before=before, set_by=SWITCHED_OFF), in_doubt=doubted)) is None


def test_undo_of_one_of_which_it_is_not_known_whether_it_was_on() -> None:
    change = undo(known(Setting(spec=B, active=True), before=Setting(spec=A)))
    assert change is not None
    assert (change.spec, change.active) == (A, True)
    change = undo(known(Setting(active=False), before=Setting(), set_by=SWITCHED_OFF))
    assert change is not None
    assert (change.spec, change.active) == (None, False)


def test_which_of_two_lines_is_newer() -> None:
    first, second = (line(apply(ONE, A), number=number) for number in (1, 2))
    earlier = replace(first, imported=True, at=NOW - timedelta(days=1))
    later = replace(first, imported=True, at=NOW + timedelta(days=1))
    imported = replace(second, imported=True)
    newer = [(second, first), (replace(second, at=earlier.at), first), (first, earlier), (later, second)]
    newer += [(first, imported), (imported, replace(first, imported=True))]
    for one, other in newer:
        assert is_newer(one, other)
        assert not is_newer(other, one)
        assert not is_newer(one, one)


def test_nothing_applied_is_nothing_to_undo() -> None:
    newest = line(apply(ONE, A), LineState.FAILED)
    assert undo(Known(hit_type_id=ONE, setting=Setting(), set_by=None, before=None, newest=newest)) is None


@pytest.mark.parametrize("state", LineState)
def test_an_applied_line_holds_after_five_minutes(state: LineState) -> None:
    by = line(apply(ONE, A), state).takes_effect_by
    assert by == (NOW + timedelta(minutes=5) if state is LineState.APPLIED else None)
    assert replace(line(apply(ONE, A), state), answered=None).takes_effect_by is None
    in_practice = replace(line(apply(ONE, A), state), environment="practice").takes_effect_by
    assert in_practice == (NOW if state is LineState.APPLIED else None)


@pytest.mark.parametrize(
    ("unknown", "applied", "sent"),
    [
        pytest.param([(2, apply(ONE, A))], (1, apply(ONE, B)), (A, ON), id="newer than what holds"),
        pytest.param([(1, apply(ONE, A))], (2, switch(ONE, None, on=False)), (A, OFF), id="switched off since"),
        pytest.param(
            [(3, switch(ONE, None, on=False)), (2, apply(ONE, A))], (1, apply(ONE, B)), (A, OFF), id="two of them"
        ),
        pytest.param([(3, apply(ONE, A)), (2, apply(ONE, B))], None, (A, ON), id="the newest specification"),
        pytest.param([(1, switch(ONE, None, on=True))], None, (None, ON), id="Active alone"),
    ],
)
def test_what_is_not_known_is_sent_again_as_one_change(
    unknown: list[tuple[int, Change]],
    applied: tuple[int, Change] | None,
    sent: tuple[NotificationSpec | None, bool],
) -> None:
    lines = [line(change, LineState.UNKNOWN, number=number) for number, change in unknown]
    set_by = line(applied[1], number=applied[0]) if applied else None
    there = Known(
        hit_type_id=ONE,
        setting=set_by.change.after if set_by else Setting(),
        set_by=set_by,
        before=None,
        newest=lines[0],
    )
    (change,) = send_again(lines, {ONE: there})
    assert (change.spec, change.active, change.action) == (*sent, unknown[0][1].action)
    assert change.after == Setting(spec=sent[0], active=sent[1])


def test_an_imported_line_is_newer_by_its_time() -> None:
    unknown = line(apply(ONE, A), LineState.UNKNOWN, number=1)
    older = replace(line(switch(ONE, None, on=False), number=2), imported=True, at=NOW - timedelta(days=1))
    there = Known(hit_type_id=ONE, setting=Setting(active=False), set_by=older, before=None, newest=unknown)
    assert send_again([unknown], {ONE: there})[0].active is True
    newer = replace(older, at=NOW + timedelta(days=1))
    assert send_again([unknown], {ONE: replace(there, set_by=newer)})[0].active is False
