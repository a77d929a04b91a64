# SPDX-License-Identifier: MIT
"""What the history of an account tells of a destination: the last test of each event, and the usual seconds."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.domain.coverage import Coverage, LastTest, Lookup
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import ProblemError
from notification_tester.storage.rows import DELIVERY_KIND, TEST_KIND, Outcome

if TYPE_CHECKING:
    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.tested import LastRow, Tested

ENOUGH_TIMES = 25
"""How many of the newest tests say what is usual."""

MOST_PLACES = 5
_STATES = {Outcome.GOOD: State.YES, Outcome.BAD: State.NO}


class Recent(NamedTuple):
    """A destination that was tested lately, and how the last test there ended."""

    destination: Destination
    state: State


def coverage(tested: Tested | None, opened: OpenAccount, destination: Destination, *, is_from_here: bool) -> Coverage:
    """What was tested at ``destination`` with this account; ``is_from_here``: what this computer sent there.

    What an account of its name did with other keys says nothing of this one. Without a history nothing is known.
    Raises ProblemError with the cause STORAGE.
    """
    if tested is None:
        return Coverage(lookup=Lookup.FAILED)
    place = (destination.transport.value, destination.text)
    account, environment = opened.account.kept_as, opened.account.environment.value
    kind = DELIVERY_KIND if is_from_here else TEST_KIND
    events = [event.value for event in EventType]
    rows = tested.last_of(place, events, account=account, environment=environment, kind=kind)
    had = opened.account.had
    times = tested.seconds_at(place, account=account, environment=environment, kind=kind, most=ENOUGH_TIMES, had=had)
    return Coverage(
        last=MappingProxyType({EventType(event): _last_test(row) for event, row in rows.items() if had(row.at)}),
        usual=sorted(times)[len(times) // 2] if times else None,
        changed=tested.last_change(place),
    )


def recent(tested: Tested | None, opened: OpenAccount) -> tuple[Recent, ...]:
    """Where this account tested last, newest first; in practice at its addresses of this start.

    Raises ProblemError with the cause STORAGE.
    """
    if tested is None:
        return ()
    rows = tested.newest_places(
        account=opened.account.kept_as,
        environment=opened.account.environment.value,
        most=3 * MOST_PLACES,
        had=opened.account.had,
    )
    found: dict[str, Recent] = {}
    for transport, text, outcome in rows:
        try:
            kind = Transport(transport)
            destination = parse_destination(kind, _address_now(opened, kind, text))
        except (ValueError, ProblemError):  # a damaged row: it offers nothing
            continue
        found.setdefault(destination.text, Recent(destination, _STATES.get(outcome, State.UNKNOWN)))
    return tuple(found.values())[:MOST_PLACES]


def _address_now(opened: OpenAccount, transport: Transport, text: str) -> str:
    if opened.practice is None:
        return text
    from notification_tester.services.practice_form import destination_now

    return destination_now(transport, text, opened.practice.details)


def _last_test(row: LastRow) -> LastTest:
    return LastTest(
        at=row.at,
        accepted=row.accepted.state,
        arrived=row.arrived.state,
        as_expected=row.as_expected.state,
        seconds=row.arrived.seconds,
        title=row.problem_title,
        code=row.problem_code,
    )
