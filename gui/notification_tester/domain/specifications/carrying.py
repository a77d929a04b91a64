# SPDX-License-Identifier: MIT
"""Carries what was found into a specification of today, and says of each part what became of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from notification_tester.domain.counts import counted
from notification_tester.domain.destination import Transport, guess_transport, likely, parse_destination
from notification_tester.domain.events import EventType, parse_event
from notification_tester.domain.hit_type import parse_hit_type_id
from notification_tester.domain.json_text import is_invisible
from notification_tester.domain.known_secrets import REMOVED, without_shapes
from notification_tester.domain.messages.printed import Name
from notification_tester.domain.notification import VERSIONS
from notification_tester.domain.problem import ProblemError, input_problem
from notification_tester.domain.specifications.found import Found, text_of
from notification_tester.domain.specifications.imported import ImportedSpecification, WebReceiver, WebTransport
from notification_tester.domain.specifications.keys import is_key_name, without_keys
from notification_tester.domain.specifications.successors import became

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.destination import Destination
    from notification_tester.domain.hit_type import HitTypeId

_LONGEST_ADDRESS = 2_000
_LONGEST_SHOWN = 60
_MOST_NAMED = 12
_OLD_OPERATIONS = {
    "sethittypenotification": "SetHITTypeNotification",
    "sendtesteventnotification": "SendTestEventNotification",
    "updatenotificationsettings": "UpdateNotificationSettings",
}
_OLD_VERSIONS = frozenset({"2006-08-23", "2006-10-31"})
_YES, _NO = frozenset({"true", "1", "yes", "on"}), frozenset({"false", "0", "no", "off"})


class _Carrying:
    """What was carried so far, and the sentences about it."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.carried: list[str] = []
        self.changed: list[str] = list(found.changed)
        self.dropped: list[str] = []

    def first(self, fields: dict[str, list[object]], name: str, label: str) -> str:
        """The first value of a field; others, and a name in place of a value, are dropped with a sentence."""
        values = fields.get(name, [])
        texts = [one for one in map(text_of, values) if one]
        if names := [one for one in values if isinstance(one, Name) and not text_of(one)]:
            self.dropped.append(f"{label}: the text has the name {shown(names[0])} there, and not what it stands for.")
        if len(set(texts)) > 1:
            self.dropped.append(f"{label}: it was there more than once, and the first one was taken.")
        text = without_keys(texts[0]).text if texts else ""  # what was encoded may hold one still
        address, _, query = text.partition("?")
        if REMOVED in query and REMOVED not in address:
            self.dropped.append(f"{label}: what stood behind the question mark, as it held a key.")
            return address
        if REMOVED in text:
            self.dropped.append(f"{label}: it held a key. Give it again without one.")
            return ""
        if re.fullmatch(r"\[[^\]]*\]|<[^>]*>|\{{1,2}[^}]*\}{1,2}", text):
            self.dropped.append(f"{label}: {shown(text)} stands in place of a value.")
            return ""
        return text


def carried(found: Found) -> ImportedSpecification:
    """Judge what was found. Raises ProblemError where nothing of it is of use."""
    now = _Carrying(found)
    operation = _operation(now)
    old_transport = text_of(next(iter(found.specification.get("Transport", [])), "")).upper()
    transport, destination, receiver = _where(now)
    events = _events(now)
    has_specification = bool(found.specification.keys() - {"Active"})
    version = _version(now, is_needed=has_specification)
    test_event = _test_event(now, operation)
    hit_type_id = _hit_type_id(now)
    active = _active(now)
    if not (transport or destination or (receiver and receiver.address) or events or hit_type_id):
        raise input_problem(
            "specification.nothing",
            title="Nothing in this can be used.",
            detail=f"It is {found.what}, and it names no destination, no event and no HIT type.",
            remedy="Copy the whole request, or fill in what its skeleton leaves empty.",
        )
    _drop_the_rest(now)
    if hit_type_id and operation == "SendTestEventNotification":
        now.changed.append("HIT type: a test takes none. It is kept, as one to set the notification for.")
    if has_specification and active is None and operation in {"SetHITTypeNotification", "UpdateNotificationSettings"}:
        now.changed.append("Active: it was left out, which left it as it was. Set from here, it is switched on.")
    if not has_specification and active is None and hit_type_id and operation != "SendTestEventNotification":
        now.changed.append("It has neither a Notification nor Active, and one of the two is needed: it sets nothing.")
    elif not has_specification and active is not None and operation != "SendTestEventNotification":
        now.changed.append(
            "It has no Notification: it only switches what is set already, which works where a specification is set."
        )
    return ImportedSpecification(
        what=found.what,
        operation=operation,
        transport=transport,
        destination=destination,
        version=version,
        events=events,
        receiver=receiver,
        test_event=test_event,
        hit_type_id=hit_type_id,
        active=active,
        carried_over=tuple(now.carried),
        changed=tuple(now.changed),
        dropped=tuple(now.dropped),
        became=became(
            "SetHITTypeNotification" if operation == "UpdateNotificationSettings" else operation,
            next((name for name in ("Email", "REST", "SOAP", "SQS", "SNS") if name.upper() == old_transport), "")
            or (transport.value if transport else ""),
        ),
    )


def shown(text: str) -> str:
    """A text from outside within a sentence: in one line, bounded, and without what looks like a key."""
    line = "".join("�" if is_invisible(one) or one in "\t\r\n" else one for one in text[:_LONGEST_SHOWN])
    return f"“{without_shapes(line)}{'…' if len(text) > _LONGEST_SHOWN else ''}”"


def _operation(now: _Carrying) -> str:
    stated = now.first(now.found.request, "Operation", "Operation") or now.found.operation
    name = _OLD_OPERATIONS.get(stated.casefold(), "")
    if stated and not name:
        now.dropped.append(f"Operation: {shown(stated)} has nothing to do with notifications.")
    if name == "SetHITTypeNotification":
        now.changed.append("Operation: SetHITTypeNotification is called UpdateNotificationSettings today.")
    return name


def _where(now: _Carrying) -> tuple[Transport | None, str, WebReceiver | None]:
    named = now.first(now.found.specification, "Transport", "Transport")
    text = now.first(now.found.specification, "Destination", "Destination")
    if len(text) > _LONGEST_ADDRESS:
        now.dropped.append(f"Destination: it has {counted(len(text), 'character')}, and no address is that long.")
        text = ""
    if named.upper() in set(WebTransport):
        return None, "", _receiver(now, WebTransport(named.upper()), text)
    transport = next((one for one in Transport if one.value.casefold() == named.casefold()), None)
    if named and transport is None:
        now.dropped.append(f"Transport: there is no {shown(named)}; there are Email, SQS and SNS.")
    if transport is None and text:
        transport = guess_transport(text)
        if transport is not None:
            now.changed.append(f"Transport: {transport.value}, as the destination tells.")
        return _address(now, transport, text, is_named=False)
    if text:
        return _address(now, transport, text, is_named=True)
    if transport is not None:
        now.carried.append(f"Transport: {transport.value}.")
    if named:
        now.changed.append("Destination: none was given. It is for you to fill in.")
    return transport, "", None


def _address(
    now: _Carrying, transport: Transport | None, text: str, *, is_named: bool
) -> tuple[Transport | None, str, None]:
    """``is_named``: the transport was given, and is carried where the destination does not tell another."""
    if transport is None:
        now.changed.append(f"Destination: {shown(text)} was kept, and it is not known how to send there.")
        return None, text, None
    found: Destination | None
    try:
        found, refusal = parse_destination(transport, text), ""
    except ProblemError as error:
        found, refusal = likely(text), error.problem.title
    if is_named and (found is None or found.transport is transport):
        now.carried.append(f"Transport: {transport.value}.")
    if found is None:
        now.changed.append(f"Destination: it was kept as it is and will not do. {refusal}")
        return transport, text, None
    if refusal and found.text != text:
        now.changed.append(f"Destination: {found.text}, where {shown(text)} stood.")
    else:
        now.carried.append(f"Destination: {found.text}")
    if found.transport is not transport:
        now.changed.append(f"Transport: {found.transport.value}, as the destination tells.")
    return found.transport, found.text, None


def _receiver(now: _Carrying, transport: WebTransport, text: str) -> WebReceiver:
    if transport is WebTransport.SNS_HTTPS:
        now.carried.append("Transport: SNS HTTPS delivery, from this computer.")
    else:
        now.changed.append(
            f"Transport: {transport.value} has no successor at Mechanical Turk. The nearest is a topic (SNS) with an "
            "HTTPS subscription of the same address; or send the old form from this computer."
        )
    address, secret_query = _without_sign_in(text)
    if address != text:
        now.dropped.append("Destination: the name and password in the address.")
    if not address:
        now.changed.append("Destination: none was given. It is for you to fill in.")
    else:
        query = " Its query is kept and not shown." if secret_query else ""
        now.carried.append(f"Destination, as a web receiver: {_without_query(address)}.{query}")
    return WebReceiver(transport=transport, address=address)


def _without_sign_in(text: str) -> tuple[str, bool]:
    try:
        parts = urlsplit(text)
        host = parts.netloc.rpartition("@")[2]
        return (urlunsplit(parts._replace(netloc=host)) if host != parts.netloc else text), bool(parts.query)
    except ValueError:
        return re.sub(r"//[^/@]*@", "//", text), "?" in text


def _without_query(address: str) -> str:
    return shown(re.split(r"[?#]", address, maxsplit=1)[0])[1:-1]


def _events(now: _Carrying) -> tuple[EventType, ...]:
    chosen: dict[EventType, None] = {}
    unknown: dict[str, None] = {}
    values = now.found.specification.get("EventTypes", [])
    for name in (one for value in values for one in re.findall(r"\w[\w.-]{1,100}", text_of(value))):
        try:
            chosen[parse_event(name)] = None
        except ProblemError:
            unknown[name] = None
    if any(isinstance(value, Name) for value in values):
        now.dropped.append("Events: the text has a name there, and not what it stands for.")
    if unknown:
        names = ", ".join(shown(name) for name in list(unknown)[:_MOST_NAMED])
        now.dropped.append(f"Events: there is no {names}{' and others' if len(unknown) > _MOST_NAMED else ''}.")
    if EventType.PING in chosen:
        now.dropped.append("Events: Ping, which is for tests only and cannot be set.")
    events = tuple(event for event in EventType if event in chosen and not event.is_test_only)
    if events:
        now.carried.append(f"{'Event' if len(events) == 1 else 'Events'}: {', '.join(events)}.")
    elif now.found.specification.keys() - {"Active"}:
        now.changed.append("Events: none was given that can be set. Choose them.")
    return events


def _version(now: _Carrying, *, is_needed: bool) -> str:
    given = now.first(now.found.specification, "Version", "Message version")
    if given in VERSIONS:
        now.carried.append(f"Message version: {given}.")
        return given
    if given:
        why = "is no longer offered" if given in _OLD_VERSIONS else "is no version of messages"
        now.changed.append(f"Message version: {VERSIONS[0]}, because {shown(given)} {why}.")
    elif is_needed:
        now.changed.append(f"Message version: {VERSIONS[0]}, because none was given and one is required today.")
    return VERSIONS[0]


def _test_event(now: _Carrying, operation: str) -> EventType | None:
    given = now.first(now.found.request, "TestEventType", "Test event")
    if given:
        try:
            event = parse_event(given)
        except ProblemError:
            now.dropped.append(f"Test event: there is no {shown(given)}.")
        else:
            now.carried.append(f"Test event: {event.value}.")
            return event
    if operation != "SendTestEventNotification":
        return None
    why = "One is required" if given else "None was given, which meant a Ping alone; today one is required"
    now.changed.append(f"Test event: Ping. {why}.")
    return EventType.PING


def _hit_type_id(now: _Carrying) -> HitTypeId | None:
    given = now.first(now.found.request, "HITTypeId", "HIT type")
    if not given:
        return None
    try:
        hit_type_id = parse_hit_type_id(given)
    except ProblemError as error:
        now.dropped.append(f"HIT type: {without_shapes(error.problem.detail)}")
        return None
    now.carried.append(f"HIT type: {hit_type_id}.")
    return hit_type_id


def _active(now: _Carrying) -> bool | None:
    given = now.first(now.found.request, "Active", "Active")
    inside = now.first(now.found.specification, "Active", "Active")
    word = (given or inside).casefold()
    if word in _YES | _NO:
        on = word in _YES
        now.carried.append(f"Active: {'on' if on else 'off'}.")
        if not given:
            now.changed.append("Active: it stood within the Notification; its place is beside it.")
        return on
    if word:
        now.dropped.append(f"Active: {shown(word)} is neither true nor false.")
    return None


def _drop_the_rest(now: _Carrying) -> None:
    if keys := sorted((_name(name) for name in now.found.keys), key=lambda name: " " in name):
        listed = _listed(keys)
        start = listed[0].upper() if " " in keys[0] else listed[0]
        now.dropped.append(f"{start}{listed[1:]}: keys and signatures are neither stored nor shown.")
    if others := [_name(name) for name in now.found.others]:
        now.dropped.append(
            f"{_listed(others)}: today's request has no place for {'it' if len(others) == 1 else 'them'}."
        )
    now.dropped += now.found.dropped


def _name(name: str) -> str:
    """The name of a field, where it is one and no key itself."""
    cleaned = without_shapes(name)
    return (
        name
        if re.fullmatch(r"[\w .:@-]{1,60}", name, re.ASCII) and (cleaned == name or is_key_name(name))
        else "another field"
    )


def _listed(names: Sequence[str]) -> str:
    unique = list(dict.fromkeys(names))
    if len(unique) > _MOST_NAMED:
        unique = [*unique[:_MOST_NAMED], f"{len(unique) - _MOST_NAMED} more"]
    return unique[0] if len(unique) == 1 else f"{', '.join(unique[:-1])} and {unique[-1]}"
