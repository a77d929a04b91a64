# SPDX-License-Identifier: MIT
"""The form as it was for something in the history, so that it can be sent again."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.outgoing import MADE_UP, DeliveryForm
from notification_tester.qt.notification.form_state import DeliveryState, FormState, Sender

if TYPE_CHECKING:
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.rows import HistoryRow

_NO_QUERY = "?…"
"""How an address ends whose query was not kept, as it may hold a secret."""


def repeated(row: HistoryRow, now: FormState) -> FormState | None:
    """The form for this row; what the row does not tell stays as it is ``now``. None where it cannot be told."""
    return _delivery(row, now) if row.is_from_here else _test(row, now)


def query_is_missing(row: HistoryRow) -> bool:
    """Whether the row has not all of the address that was sent to."""
    return row.is_from_here and row.destination.endswith(_NO_QUERY)


def brought_up_to_date(state: FormState, opened: OpenAccount) -> FormState:
    """In practice the addresses follow the cloud, which has another port at each start."""
    if opened.practice is None:
        return state
    from notification_tester.services.practice_form import destination_now

    details = opened.practice.details
    return replace(
        state,
        destinations=MappingProxyType(
            {one: destination_now(one, state.destinations.get(one, ""), details) for one in Transport}
        ),
    )


def _test(row: HistoryRow, now: FormState) -> FormState | None:
    try:
        transport = Transport(row.transport)
    except ValueError:
        return None
    read = FormState.from_json({"version": row.version, "event": row.event, "events": list(row.events)})
    return replace(
        read,
        transport=transport,
        destinations=MappingProxyType({**now.destinations, transport: row.destination}),
        wait_seconds=now.wait_seconds,
        remove_afterwards=now.remove_afterwards,
        delivery=now.delivery,
    )


def _delivery(row: HistoryRow, now: FormState) -> FormState | None:
    asked = row.request
    form, to = asked.get("form"), row.destination.removesuffix(_NO_QUERY)
    is_web = form in {"rest", "soap"} or (form == "sns" and not to.startswith("arn:"))
    transport = None if is_web else next((one.transport for one in DeliveryForm if one.value == form), None)
    if transport is None and not is_web:
        return None
    read = FormState.from_json({"version": row.version, "event": asked.get("event") or EventType.PING.value})
    delivery = replace(_delivery_state(row, now.delivery), to_web=is_web)
    if is_web:
        delivery = replace(delivery, web_address=to, web_form=str(form))
    destinations = now.destinations if transport is None else {**now.destinations, transport: to}
    return replace(
        now,
        sender=Sender.THIS_COMPUTER,
        transport=transport or now.transport,
        destinations=MappingProxyType(dict(destinations)),
        version=read.version,
        event=read.event,
        delivery=delivery,
    )


def _delivery_state(row: HistoryRow, now: DeliveryState) -> DeliveryState:
    """What was in the message, as far as the row tells; ids that were made up are made up again."""
    asked = row.request
    looks_real = asked.get("looks_real") is True
    kept = {
        **now.as_json(),
        "looks_real": looks_real,
        "number": asked.get("number") if looks_real else now.number,
        "each_checked": False,
        **_ids(row, wanted=looks_real and asked.get("has_real_ids") is True),
        "signature": asked.get("signature", now.signature),
    }
    server = asked.get("smtp")
    if isinstance(server, dict):
        host, _, port = str(server.get("server", "")).rpartition(":")
        kept |= {
            "smtp_host": host.strip("[]"),
            "smtp_port": int(port) if port.isdecimal() else 0,
            "smtp_security": server.get("security"),
            "smtp_user": server.get("user"),
        }
    return DeliveryState.from_json(kept)


def _ids(row: HistoryRow, *, wanted: bool) -> dict[str, str]:
    """The ids that a person had chosen, which the message itself tells, as the form has them; else none."""
    events = (row.message or {}).get("events") if wanted else None
    found: dict[str, dict[str, None]] = {"hit_type": {}, "hits": {}, "assignments": {}, "workers": {}}
    for event in events if isinstance(events, list) else ():
        if not isinstance(event, dict):
            continue
        more = event.get("extra")
        for name, one in (
            ("hit_type", event.get("hit_type_id")),
            ("hits", event.get("hit_id")),
            ("assignments", event.get("assignment_id")),
            ("workers", more.get("WorkerId") if isinstance(more, dict) else None),
        ):
            if isinstance(one, str) and one and MADE_UP not in one:
                found[name][one] = None
    return {name: next(iter(ids), "") if name == "hit_type" else ", ".join(ids) for name, ids in found.items()}
