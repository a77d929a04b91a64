# SPDX-License-Identifier: MIT
"""Opens a specification, whatever language it is in, and says what became of each part of it.

Read are: the legacy ``<Notification>`` structure and requests in XML around it; SetHITTypeNotification and
SendTestEventNotification as an address, a form, a command of curl, a line of a log, broken over lines as the old pages
print them, or as the fields of a dictionary that a program sends; calls of boto 2 and boto3, of JavaScript, of Ruby's
and R's libraries and of others that write them alike; commands of the AWS CLI; the JSON that these send, and their
skeletons; and what this program exports.

Sources: the legacy pages "Notification", "SetHITTypeNotification" and "SendTestEventNotification"; boto 2.49
(``boto/mturk/connection.py``), which writes Active into the Notification; the AWS CLI User Guide, "Shorthand syntax".

Text is only read: nothing is evaluated, no name is looked up outside of the text, no address is called and no file is
opened. Keys are taken out before anything else is done with it (:mod:`domain.specifications.keys`).
"""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, unquote_plus

from notification_tester.domain.counts import counted
from notification_tester.domain.json_text import AROUND, plain_text, read_json
from notification_tester.domain.messages.legacy import is_query, read_leaves
from notification_tester.domain.messages.printed import Name, NotPrintedError, read_arguments, read_printed
from notification_tester.domain.problem import ProblemError, input_problem
from notification_tester.domain.specifications.carrying import carried
from notification_tester.domain.specifications.found import Found, flat, found_fields, text_of
from notification_tester.domain.specifications.keys import without_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.domain.specifications.imported import ImportedSpecification

MAX_SIZE = 1024 * 1024
"""Bytes or characters of what is read; a request has about a thousandth of it."""

_LONGEST_COMMAND = 64 * 1024
_COMMAND_ENDS = frozenset({";", "&&", "||", "|", ">"})
_ELEMENT = re.compile(
    r"<(?:[\w-]{1,40}:)?(?:Notification|NotificationSpecification|(?:SetHITType|SendTestEvent)Notification(?:Request)?)[\s>/]"
)
_OPERATION_OF_XML = re.compile(r"(SetHITTypeNotification|SendTestEventNotification)(?:Request)?/")
_CLI = re.compile(r"\bmturk\s{1,9}(update-notification-settings|send-test-event-notification)(?![\w-])")
_CALL = re.compile(
    r"(?<!\w)(?<!def )(?<!function )(?:(?P<boto2>_?set_(?:email|rest|soap|sqs)?_?notification)"
    r"|(?P<either>send_test_event_notification|update_notification_settings)"
    r"|(?P<js>(?:SendTestEventNotification|UpdateNotificationSettings)Command|sendTestEventNotification"
    r"|updateNotificationSettings)|(?P<library>SetHITTypeNotification|SendTestEventNotification))\s{0,9}\("
)
_KWARGS = re.compile(r"(?<!\w)Notification\s{0,9}=\s{0,9}\{")
_MTURKR = re.compile(r"(?<!\w)GenerateNotification\s{0,9}\(")
_BOTO2 = {
    "set_email_notification": ("Email", ("hit_type", "email", "event_types")),
    "set_rest_notification": ("REST", ("hit_type", "url", "event_types")),
    "set_sqs_notification": ("SQS", ("hit_type", "queue_url", "event_types")),
    "send_test_event_notification": ("REST", ("hit_type", "url", "event_types", "test_event_type")),
    "_set_notification": (
        "",
        ("hit_type", "transport", "destination", "request_type", "event_types", "test_event_type"),
    ),
}
"""Transport, and the names of the arguments in their order."""
_BOTO2_FIELDS = {
    "hit_type": "HITTypeId",
    "email": "Notification.Destination",
    "url": "Notification.Destination",
    "queue_url": "Notification.Destination",
    "destination": "Notification.Destination",
    "transport": "Notification.Transport",
    "event_types": "Notification.EventType",
    "test_event_type": "TestEventType",
    "request_type": "Operation",
}
_QUERY = re.compile(
    r"(?:^|[?&;\s\"'])(?:Operation|Notification\.(?:[0-9]{1,3}\.)?\w{1,40}|HITTypeId|TestEventType)=", re.IGNORECASE
)
_PRINTED_FIELD = re.compile(
    r"""(?<![\w.])["'](Notification\.[0-9]{1,3}\.\w{1,40}(?:\.[0-9]{1,3})?|HITTypeId|TestEventType|Operation|Active)["']"""
    r"""\s{0,40}(?:=>|[:,]|\]\s{0,9}=)\s{0,40}(?:["']([^"'\r\n]{0,2000})["']|([\w.$@]{1,80}))"""
)
_MOST_PRINTED = 200
_ANOTHER_FIELD = re.compile(r"\s+(?=[A-Z][\w.]{1,60}=)")
_FIELD_BEGINS = re.compile(r"[\w.\[\]%-]{1,60}=")
_KNOWN_FIELD = re.compile(
    r"(?:Notification\.[\w.]{1,40}|HITTypeId|Operation|Service|AWSAccessKeyId|Version|Timestamp|Signature\w{0,10}"
    r"|TestEventType|Active|ResponseGroup)="
)
_OLD_HOST = re.compile(r"mechanicalturk(?:\.sandbox)?\.amazonaws\.com", re.IGNORECASE)
_DATA_OPTIONS = frozenset(
    {"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "-F", "--form"}
)
_TARGET = re.compile(r"MTurkRequesterService\w{0,20}\.(\w{1,40})")
_SHORTHAND = re.compile(r"(?:^|,)\s*(Destination|Transport|Version|EventTypes)=")
_MESSAGE = re.compile(r"EventDocVersion|EventDocId|method=Notify|<(?:\w{1,20}:)?Notify[\s>]")
_PLAIN_VALUE = r"\s{0,9}(?=[\[{\"'`])"
_RECORD = "mturk-notification-tester record"


def read_specification(given: str | bytes) -> ImportedSpecification:
    """Read a specification. Raises ProblemError where there is none, or not one that can be read."""
    if len(given) > MAX_SIZE:
        raise input_problem(
            "specification.too-large",
            title="This is too large for a specification.",
            detail=f"It has more than {MAX_SIZE:,} characters, and a specification has about a thousand.",
            remedy="Copy the request itself, or export fewer rows.",
        )
    text, removed = without_keys(plain_text(given) if isinstance(given, bytes) else given)
    text = text.encode("utf-8", "replace").decode("utf-8").strip(AROUND)  # no half surrogates from here on
    if not text:
        raise input_problem(
            "specification.empty",
            title="There is nothing to open.",
            detail="The text is empty.",
            remedy="Copy a request, a call or a <Notification> structure, and try again.",
        )
    found = _found(text)
    for name in removed:
        found.keys.setdefault(name)
    return carried(found)


def _found(text: str) -> Found:
    if "<" not in text and "&lt;" in text:  # the source of a page that shows XML
        text = unescape(text)
    if text[0] == "<":
        return _read_xml(text)
    if text[0] in "{[" and (found := _read_whole_value(text)) is not None:
        return found
    if (command := _CLI.search(text)) is not None:
        return _read_cli(text, command)
    if (call := _CALL.search(text)) is not None:
        return _read_call(text, call)
    if (named := _KWARGS.search(text)) is not None:
        return _read_named(text, named)
    if given := _of_mturkr(text):
        return found_fields("a notification of MTurkR", flat(given))
    if re.match(r"(?:\$ ?)?curl(?:\.exe)?\s", text):
        return _read_curl(text)
    if any("Notification." in name for name, *_ in _PRINTED_FIELD.findall(text)):
        return _read_printed_fields(text)
    if _QUERY.search(text) is not None:
        return _read_query("a request of the older API", _ANOTHER_FIELD.sub("&", _joined(text)))
    if (element := _ELEMENT.search(text)) is not None:
        return _read_xml(text[element.start() : text.rfind(">") + 1])
    for opening in list(re.finditer(r"\{", text))[:3]:
        try:
            return _read_object(read_printed(text, opening.start(), has_names=True).value, text)
        except NotPrintedError:
            continue
    raise _not_a_specification(text)


def _not_a_specification(text: str) -> ProblemError:
    if _MESSAGE.search(text) is not None or is_query(text):
        return input_problem(
            "specification.message",
            title="This is a message, and not a specification.",
            detail="It tells of events that happened. A specification says where to send such, and about what.",
            remedy="Read it as a message, in the Inbox or with the command “decode”.",
        )
    if text.startswith((_RECORD, "id,started (UTC)")):
        return input_problem(
            "specification.table",
            title="This is a table for a spreadsheet.",
            detail="It is what this program exports as CSV, which is for reading.",
            remedy="Export it as JSON, and open that.",
        )
    return input_problem(
        "specification.unknown",
        title="There is no specification in this text.",
        detail="It is no <Notification> structure, no request SetHITTypeNotification, SendTestEventNotification or "
        "UpdateNotificationSettings, and no call that sends one.",
        remedy="Copy the whole of the request or call, from its first to its last character.",
    )


def _read_xml(text: str) -> Found:
    leaves = _leaves(text)
    operation = _OPERATION_OF_XML.search("\n".join(leaves))
    items = [(_below_request(name), value) for name, values in leaves.items() for value in values]
    if not any("Notification" in name or name.endswith("HITTypeId") for name, _ in items):
        raise _not_a_specification(text)
    is_request = operation is not None or any(name.endswith("HITTypeId") for name, _ in items)
    return found_fields(
        "a request of the older API in XML" if is_request else "a <Notification> structure of the older API",
        items,
        operation=operation[1] if operation else "SetHITTypeNotification" if is_request else "",
    )


def _leaves(text: str) -> dict[str, list[str]]:
    """The texts of the elements; also where several stand side by side, or something stands behind them."""
    try:
        return read_leaves(text)
    except ProblemError as error:
        broken = error
    body = re.sub(r"<\?xml[^>]{0,200}\?>", "", text[: text.rfind(">") + 1])
    try:
        return read_leaves(f"<_>{body}</_>")
    except ProblemError:
        raise broken from None


def _below_request(name: str) -> str:
    """A name without what stands around a request: envelope, body, the operation."""
    parts = name.split("/")
    inside = [place for place, part in enumerate(parts[:-1]) if part in {"Notification", "NotificationSpecification"}]
    return ".".join(parts[inside[0] :]) if inside else parts[-1]


def _read_whole_value(text: str) -> Found | None:
    """JSON, or a value as programs print it; None where it is neither and may be something else."""
    if _CALL.search(text) or _CLI.search(text):
        return None
    try:
        return _read_object(_value_of(text), text)
    except ProblemError:
        if text[0] == "[" and _QUERY.search(text):  # a placeholder of an old page
            return None
        raise


def _read_object(value: Any, text: str) -> Found:
    """What JSON says, or a value of a language that is like it: a request, a skeleton, or an export of ours."""
    dropped: list[str] = []
    what = "a request in JSON"
    if isinstance(value, dict) and value.get("format") == _RECORD:
        what, value = "an exported record of HIT types", _newest(value.get("lines"), dropped, last=True)
        if isinstance(value, dict):
            after = value.get("after")
            setting = after if isinstance(after, dict) else {}
            value = {
                "HITTypeId": value.get("hit_type_id"),
                "Notification": setting.get("spec"),
                "Active": setting.get("active"),
            }
    elif isinstance(value, list):
        what, value = "an exported history", _newest(value, dropped)
    if isinstance(value, dict) and {"transport", "destination", "events", "version"} <= set(value):
        what = "an exported row of the history"
        value = {name: value.get(name) for name in ("transport", "destination", "version", "events", "event")}
    elif isinstance(value, dict) and isinstance(value.get("destinations"), dict):
        what = "a form of this program"
        names = ("transport", "version", "events", "event")
        value = {name: value.get(name) for name in names} | {
            "destination": value["destinations"].get(str(value.get("transport")))
        }
    if not isinstance(value, dict):
        raise _not_a_specification(text)
    found = found_fields(what, flat(value))
    if not (found.specification or found.request.keys() - {"Operation"}):
        raise _not_a_specification(text)
    found.dropped += dropped
    target = _TARGET.search(text)
    found.operation = target[1] if target else _operation_of(found)
    return found


def _newest(entries: object, dropped: list[str], *, last: bool = False) -> object:
    """One of several: the newest, which an exported history has first and an exported record last."""
    objects = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    if len(objects) > 1:
        dropped.append(f"{counted(len(objects) - 1, 'older entry', 'older entries')}: the newest one was opened.")
    return (objects[-1] if last else objects[0]) if objects else None


def _operation_of(found: Found) -> str:
    if "TestEventType" in found.request:
        return "SendTestEventNotification"
    return "UpdateNotificationSettings" if {"HITTypeId", "Active"} & found.request.keys() else ""


def _read_query(what: str, query: str) -> Found:
    """A query, or several joined by ``&``: names and values, percent-encoded or not."""
    query = query.replace("&amp;", "&")
    items: list[tuple[str, object]] = []
    for piece in re.split(r"[&\n]", query):
        name, sign, value = piece.partition("=")
        if not sign:
            continue
        name = re.split(r"[\s?\"'(<>,;{]", unquote(name).strip())[-1]
        value = re.split(r" HTTP/[0-9]", value)[0].strip().strip("\"'\\")
        value = unquote_plus(value)
        if "@" in value:
            value = value.replace(" ", "+")
        if name:
            items.append((name, value))
    found = found_fields(what, items)
    stated = [one for one in found.request.get("Operation", []) if isinstance(one, str)]
    found.operation = stated[0] if stated else _older_operation_of(found)
    if not (found.specification or found.request.keys() - {"Operation"}):
        raise _not_a_specification(query)
    return found


def _read_printed_fields(text: str) -> Found:
    """The fields of a query in the spelling of a program that makes one, or that printed one, one by one."""
    items = [
        (name, _resolved(Name(word), text) if word else value)
        for name, value, word in _PRINTED_FIELD.findall(text)[:_MOST_PRINTED]
    ]
    found = found_fields("a program's request of the older API", items)
    found.operation = text_of(next(iter(found.request.get("Operation", [])), "")) or _older_operation_of(found)
    return found


def _older_operation_of(found: Found) -> str:
    return "SendTestEventNotification" if "TestEventType" in found.request else "SetHITTypeNotification"


def _joined(text: str) -> str:
    """Broken lines made one: a line that begins a field is a field, another goes on with the one before."""
    text = re.sub(r"[\\^`][ \t]{0,9}\r?\n", "\n", text)
    pieces: list[str] = []
    is_form = text.count("&") < 2
    for line in map(str.strip, text.splitlines()):
        begins = not line or line[0] in "?&" or (is_form and _FIELD_BEGINS.match(line) is not None)
        begins = begins or (_KNOWN_FIELD.match(line) is not None and not "".join(pieces[-1:]).endswith("."))
        if begins and pieces and not line.startswith("&"):
            pieces.append("&")
        pieces.append(line)
    return "".join(pieces)


def _read_curl(text: str) -> Found:
    words = iter(_shell_words(text))
    parts: list[str] = []
    target = _TARGET.search(text)
    for word in words:
        option, sign, value = word.partition("=")
        if word[:2] == "-d" and len(word) > 2:
            parts.append(word[2:])
        elif word in _DATA_OPTIONS or (sign and option in _DATA_OPTIONS):
            data = value if sign and option in _DATA_OPTIONS else next(words, "")
            if word.startswith("--data-urlencode") and "=" in data:
                name, _, raw = data.partition("=")
                data = f"{name}={quote(raw)}"
            parts.append(data)
        elif re.match(r"https?://", word) or _OLD_HOST.match(word):
            parts.append(word.partition("?")[2])
    whole = "&".join(part for part in parts if part)
    for part in parts:
        if part.lstrip()[:1] in {"{", "["}:
            found = _read_object(read_json(part), text)
            found.operation = target[1] if target else found.operation
            return replace(found, what="a command of curl")
    return _read_query("a command of curl", whole)


def _shell_words(text: str) -> list[str]:
    text = re.sub(r"[\\^`][ \t]{0,9}\r?\n", " ", text[:_LONGEST_COMMAND])
    try:
        return shlex.split(text)
    except ValueError as error:
        raise input_problem(
            "specification.command",
            title="This command cannot be read.",
            detail="A quotation mark opens in it and does not close.",
            remedy="Copy the whole command, with all its lines.",
        ) from error


def _read_cli(text: str, command: re.Match[str]) -> Found:
    """A command of the AWS CLI. Options that say where and how to ask are left out."""
    operation = {"update": "UpdateNotificationSettings", "send-t": "SendTestEventNotification"}[
        "update" if command[1].startswith("update") else "send-t"
    ]
    items: list[tuple[str, object]] = []
    dropped: list[str] = []
    words = _shell_words(text[command.end() :])
    place = 0
    while place < len(words):
        option, sign, value = words[place].partition("=")
        place += 1
        if option in _COMMAND_ENDS:
            break
        if not option.startswith("--"):
            continue
        if option in {"--active", "--no-active"}:
            items.append(("Active", option == "--active"))
            continue
        if not sign and place < len(words) and not words[place].startswith("--") and words[place] not in _COMMAND_ENDS:
            value = words[place]
            place += 1
        name = option[2:]
        if value.startswith(("file://", "fileb://")):
            dropped.append(f"{option}: it names a file, which is not read from here. Open that file itself.")
        elif name == "notification":
            items += [(f"Notification.{field}", one) for field, one in _cli_structure(value)]
        elif name == "cli-input-json":
            items += flat(_value_of(value))
        elif name in {"hit-type-id", "test-event-type"}:
            items.append((name, value))
        else:
            items.append((option, value))
    found = found_fields("a command of the AWS CLI", items, operation=operation)
    found.dropped += dropped
    return found


def _cli_structure(value: str) -> Iterator[tuple[str, object]]:
    """What ``--notification`` holds, as JSON or in the CLI's shorthand."""
    if value.lstrip()[:1] == "{":
        yield from flat(_value_of(value))
        return
    fields = list(_SHORTHAND.finditer(value))
    for number, field in enumerate(fields):
        end = fields[number + 1].start() if number + 1 < len(fields) else len(value)
        part = value[field.end() : end].strip().strip("[]")
        for one in part.split(",") if field[1] == "EventTypes" else [part]:
            yield field[1], one.strip().strip("\"'")


def _value_of(text: str) -> Any:
    """JSON, or else a value as programs print it. Raises ProblemError for JSON that is broken."""
    try:
        return read_json(text)
    except ProblemError as error:
        broken = error
    if '\\"' in text:  # as PowerShell wants quotation marks within others
        with suppress(ProblemError):
            return read_json(text.replace('\\"', '"'))
    try:
        return read_printed(text, has_names=True).value
    except NotPrintedError:
        raise broken from None


def _read_call(text: str, call: re.Match[str]) -> Found:
    arguments = read_arguments(text, call.end() - 1)
    named = {name: _resolved(value, text) for name, value in arguments.named.items()}
    positional = [_resolved(value, text) for value in arguments.positional]
    several = named.pop("**", None)
    if isinstance(several, dict):
        named = {**several, **named}
    method = call["boto2"] or call["either"] or call["js"] or call["library"]
    is_boto2 = call["boto2"] is not None or (
        call["either"] == "send_test_event_notification"
        and "Notification" not in named
        and not (positional and isinstance(positional[0], dict))
        and not {"notification", "test_event"} & named.keys()
    )
    if is_boto2:
        found = _read_boto2(method, positional, named)
    else:
        value = {**named, **(positional[0] if positional and isinstance(positional[0], dict) else {})}
        what = "a request in JavaScript" if call["js"] else "a call of boto3"
        operation = "SendTestEventNotification" if "test" in method.casefold() else "UpdateNotificationSettings"
        if call["library"]:
            what, operation = "a call of a library of the older API", call["library"]
            made = _of_mturkr(text)
            value = {name.replace(".", "_"): one for name, one in value.items()} | made
            if made:  # and what stands for it in this call was read
                value.pop("notification", None)
        found = found_fields(what, flat(value), operation=operation)
    if not (found.specification or found.request):
        raise input_problem(
            "specification.computed",
            title="What this call sends cannot be read from it.",
            detail="Its values are computed elsewhere, or cut off.",
            remedy="Copy the lines along in which they are given, or put the values in their place.",
        )
    if others := len(_CALL.findall(text)) - 1:
        found.dropped.append(
            f"{'One more call' if others == 1 else f'{others} more calls'} in the same text: the first one was opened."
        )
    return found


def _read_named(text: str, named: re.Match[str]) -> Found:
    """The named arguments of a call, without the call or within one that only makes them."""
    opening = text.rfind("(", 0, named.start())
    arguments = read_arguments(text, opening) if opening >= 0 else read_arguments(f"({text}", 0)
    found = found_fields(
        "arguments of boto3", flat({name: _resolved(value, text) for name, value in arguments.named.items()})
    )
    found.operation = _operation_of(found)
    return found


def _read_boto2(method: str, positional: list[Any], named: dict[str, Any]) -> Found:
    transport, order = _BOTO2.get(method, ("", ()))
    given = {**dict(zip(order, positional, strict=False)), **named}
    if _is_address(given.get("hit_type")) and not _is_address(given.get("url")):
        given["hit_type"], given["url"] = given.get("url"), given["hit_type"]  # wrappers have them the other way round
    items: list[tuple[str, object]] = [("Notification.Transport", transport)] if transport else []
    for name, value in given.items():
        if name in _BOTO2_FIELDS:
            items += flat(value, _BOTO2_FIELDS[name])
        else:
            items.append((name, value))
    test = method == "send_test_event_notification" or str(given.get("request_type", "")).startswith("SendTest")
    if test and "test_event_type" not in given:
        items.append(("TestEventType", "Ping"))
    items.append(("Notification.Version", "2006-05-05"))
    if not test:
        items.append(("Active", True))
    operation = "SendTestEventNotification" if test else "SetHITTypeNotification"
    found = found_fields("a call of boto 2", items, operation=operation)
    if not test:
        found.changed.append("Active: boto 2 always sent it along, within the Notification; its place is beside it.")
    return found


def _of_mturkr(text: str) -> dict[str, Any]:
    """The Notification that a script in R makes with ``GenerateNotification``; empty where there is none."""
    made = _MTURKR.search(text)
    if made is None:
        return {}
    arguments = read_arguments(text, made.end() - 1)
    names = ("destination", "transport", "event.type")
    given = {"transport": "Email", **dict(zip(names, arguments.positional, strict=False)), **arguments.named}
    return {"Notification": {name.replace(".", "_"): one for name, one in given.items()}}


def _is_address(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Name) and ("://" in value or "@" in value)


def _resolved(value: Any, text: str, *, levels: int = 2) -> Any:
    """What a name stands for where the same text gives it a plain value; else the value as it is."""
    if isinstance(value, Name) and re.fullmatch(r"\w{1,60}", value):
        given = re.search(rf"(?<![\w.]){value}\s{{0,9}}(?::\s{{0,9}}\w{{1,40}}\s{{0,9}})?={_PLAIN_VALUE}", text)
        if given is not None:
            try:
                value = read_printed(text, given.end(), has_names=True).value
            except NotPrintedError:
                return value
    if levels and isinstance(value, dict):
        return {name: _resolved(one, text, levels=levels - 1) for name, one in list(value.items())[:50]}
    return value
