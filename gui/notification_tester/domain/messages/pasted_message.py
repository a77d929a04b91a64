# SPDX-License-Identifier: MIT
"""Read a message as a person has it: with a mail, a log line, a program's print or a web page around it.

What a queue or a topic holds is read by :mod:`domain.messages.message`, word for word. Here it is *looked for*, in a
text that somebody copied or saved, so that nothing read here may decide what becomes of a message in a queue.

::

    text ─ as it is ─┬─ a mail, opened ──────────────────────────── text again
                     ├─ JSON, or a value as Python, Node or Ruby print it, wherever it stands
                     │     └─ in it, at any depth: a notification in any wrapping, or a text ─ text again
                     ├─ XML: SOAP, or an answer of SQS ──────────── text again
                     └─ the query of the legacy API, or its fields as a server printed them
      └─ the same once more with what changed it on its way undone, as :mod:`domain.messages.undoing` does

Deliberate deviations: what cannot be understood around a message is kept as it is; of a text that is larger or more
tangled than any message, only a part is looked through, in proportion to its length.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from notification_tester.domain.json_text import doubled_names, is_western, plain_text, read_json
from notification_tester.domain.messages import email_message, legacy
from notification_tester.domain.messages.decoded import DecodedMessage, Format
from notification_tester.domain.messages.message import MAX_SIZE, decode, decode_value, notification, together, unread
from notification_tester.domain.messages.printed import NotPrintedError, ShortenedError, read_printed
from notification_tester.domain.messages.undoing import WRAPPED_BASE64, said_of_blanks, undoings, with_plain_signs
from notification_tester.domain.messages.wrapping import MAY_WRAP
from notification_tester.domain.problem import Cause, Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_LEVELS = 8
"""Texts within texts: a message of SNS, in a log line, in JSON, in a mail has four."""
MOST_ATTEMPTS = 12
"""Ways in which one text is read, each with something more undone."""
MOST_BRACKETS = 400_000
"""Brackets and texts within them that are looked at in all; a message of a mebibyte has a tenth of that."""

MBOX = r"^From (?=\S{1,200} .{0,80}[0-9]{4}\s*$)"
"""The line with which each mail of a mail folder begins (RFC 4155)."""

_TELLING = re.compile(r"Event|SubscriptionConfirmation|UnsubscribeConfirmation", re.IGNORECASE)
_HIDDEN = re.compile(
    r"\b(?:ey[A-Z]|ew[0-9a-z])[A-Z0-9+/_-]{40,}|H4sI|%(?:25)*(?:7B|22)|Event%2E|&quot;|=7B|=22|Buffer 7b|\[123, ?[0-9]",
    re.IGNORECASE,
)
_OPENING = re.compile(r"[{\[]")
_JSON_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
# A quotation mark after a backslash begins nothing: each of many that never end would be read to the end of the text.
_PRINTED_TOKEN = re.compile(
    r""""[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|(?<![\w\\])'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'"""
    r"""|(?<!\\)`[^`\\]*+(?:\\.[^`\\]*+)*+`|[{}\[\]]""",
    re.DOTALL,
)
_AS_JSON = re.compile(r'[{\[]\s*+["{\[\]}0-9tfn-]')
_LIKELY_START = re.compile(
    r"""[{\[][\s\\]{0,40}["'“”]?(?:Events|EventDocId|EventDocVersion|EventSource|eventSource|Records|Messages|Type|"""
    r"""MessageId|messageId|Message|CustomerId|SourceAccount|TopicArn)\b"""
)


def decode_pasted(pasted: str | bytes) -> DecodedMessage:
    """Read a message, or several, from a text or a file of whatever kind.

    Never raises, and takes time in proportion to the length, up to MAX_SIZE. What stood around it is kept in ``extra``
    as ``around``.
    """
    if len(pasted) > MAX_SIZE:
        return decode(pasted)
    try:
        text = pasted if isinstance(pasted, str) else plain_text(pasted)
    except ProblemError as error:
        return unread(error.problem)
    notes: list[str] = []
    if isinstance(pasted, bytes):
        as_bytes = pasted.decode("utf-8", "surrogateescape")
        if email_message.is_whole_message(text) and email_message.is_whole_message(as_bytes):
            text = as_bytes  # of a mail the bytes are kept: its head tells the charset
        elif is_western(pasted):
            notes = [_AS_WESTERN]
    message = decode(text)
    if (message.events or message.format is not Format.UNKNOWN) and not _needs_search(text, message):
        notes += _said_of_doubled(text)
        return replace(message, reading=tuple(notes)) if notes else message
    search = _Search(len(text))
    found = search.look(text)
    if not found:
        return replace(message, problem=_why_not(text, message, search))
    # all were found at once: what is around them is said once
    whole = found[0] if len(found) == 1 else together(found)
    if search.around and whole.problem is None and any(_is_left(rest) for rest in search.around):
        whole = replace(whole, problem=_LEFT, is_test=False)
    extra = _with(whole.extra, "around", search.around) if search.around else whole.extra
    return replace(whole, extra=extra, reading=(*notes, *search.reading))


def _said_of_doubled(text: str) -> list[str]:
    return [f"“{name[:60]}” stands twice in one object; the last was read." for name in doubled_names(text)[:3]]


def _with(extra: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Keep something beside what the message says; a field of the sender's own keeps its name."""
    return {**extra, name if name not in extra else f"{name} (ours)": value}


_AS_PRINTED = "It was read as Python, Node, Ruby or JSON5 print a value, which is not strict JSON."
_COMMENTS = "Comments within it were left out."
_AS_WESTERN = (
    "Its bytes are not UTF-8 and were read by the Western table of Windows, so letters with accents may be others."
)
_LEFT = Problem(
    title="There is more in this text that looks like a notification.",
    detail="What could be read is shown. Something else in it names events, too, and cannot be read.",
    remedy="Look at what stands around it, and try that part alone; it may have been cut off.",
    code="message.incomplete",
    cause=Cause.INPUT,
)
_SHORTENED = Problem(
    title="The program that printed this left a part of it out.",
    detail="In the place of what is missing stands “[Object]”, “[Array]”, “… more items” or the like.",
    remedy="Let it print everything: console.log(JSON.stringify(event)) in Node, json.dumps(event) in Python, "
    "ConvertTo-Json -Depth 20 in PowerShell.",
    code="message.shortened",
    cause=Cause.INPUT,
)


def _needs_search(text: str, message: DecodedMessage) -> bool:
    """Whether more is to be seen: several requests or mails of which one was read, and fields that run on."""
    if message.format is Format.REST:
        if not message.events:
            return True
        fields = legacy.read_printed_fields(text)
        is_printed = fields is not None and _known(fields[1]) > sum(
            field is not None for event in message.events for field in event[:5]
        )
        return is_printed or len(legacy.requests_in(text)) > 1
    if message.format is Format.EMAIL:
        return text.startswith("From ") and len(_MBOX.findall(text)) > 1
    return _is_broken(message)


def _known(events: list[dict[str, Any]]) -> int:
    return sum(len(event) for event in events)


def _is_left(rest: str) -> bool:
    return re.search(r"""["'“]Event(?:Type|DocId)\\{0,8}["'”]\s{0,9}(?::|=>)|\bEventType: ["']""", rest) is not None


def _why_not(text: str, message: DecodedMessage, search: _Search) -> Problem | None:
    """Why nothing was found, where more can be said than of the text as a whole."""
    if search.is_shortened or ((_TELLING.search(text) or _HIDDEN.search(text)) and _LEFT_OUT.search(text)):
        return _SHORTENED
    problem = message.problem
    start = _LIKELY_START.search(text)
    if problem is None or start is None or not _TELLING.search(text) or start.start() == 0:
        return problem
    try:
        read_json(text[start.start() :])
    except ProblemError as error:
        line = text.count("\n", 0, start.start()) + 1
        return replace(
            error.problem,
            title="There seems to be a notification in this text, and it cannot be read.",
            detail=f"It begins at line {line} with {text[start.start() : start.end()][:40]}. {error.problem.detail}",
        )
    return problem


class _Search:
    """One search through one text and what is in it. What it finds first, in any way of reading, is what counts."""

    def __init__(self, size: int) -> None:
        self.around: list[str] = []
        self.reading: list[str] = []
        self.is_shortened = False
        self._left = 200_000 + 5 * size  # characters that are still looked at
        self._brackets_left = MOST_BRACKETS

    def look(self, text: str, level: int = 0) -> list[DecodedMessage]:
        """Every message in the first way of reading in which nothing is broken, or else in the first that has any."""
        if level == 0 and (counted := _COUNT_BEFORE_MAIL.match(text)):
            text = text[counted.end() :]
        may_hold = any(sign.search(text) for sign in (_TELLING, _HIDDEN, WRAPPED_BASE64))
        if level > MAX_LEVELS or not (may_hold or (level == 0 and email_message.is_whole_message(text))):
            return []
        broken: list[DecodedMessage] = []
        before = reading = self.reading
        around: list[str] = []
        waiting: list[tuple[str, tuple[str, ...]]] = [(text, ())]
        known = {text}
        attempts = 0
        while waiting and attempts < MOST_ATTEMPTS and self._left > 0:
            attempt, undone = waiting.pop(0)
            attempts += 1
            self._left -= len(attempt)
            self.reading = list(before)
            if found := self._in(attempt, level):
                so_far = [*undone, *(one for one in self.reading if one not in undone)]
                if not any(_is_broken(one) or (one.problem and one.format is Format.REST) for one in found):
                    self.reading = so_far
                    return found
                if not broken:
                    broken, around, reading = found, self.around, so_far
                self.around = []
            if len(undone) < 4:
                for other, said in undoings(attempt):
                    if other not in known and len(known) < 2 * MOST_ATTEMPTS:
                        known.add(other)
                        waiting.append((other, (*undone, said)))
        self.reading = reading
        self.around = self.around or around
        return broken

    def _in(self, text: str, level: int) -> list[DecodedMessage]:
        if email_message.is_whole_message(text) and (found := self._in_mail(text, level)):
            return found
        if found := self._in_brackets(text, level):
            return found
        if "<" in text and (found := self._in_xml(text, level)):
            return found
        if found := self._in_query(text):
            return found
        if email_message.has_event_lines(text):
            about, events = email_message.read_email(text)
            return [notification(about, events, Format.EMAIL)] if events else []
        return []

    def _in_query(self, text: str) -> list[DecodedMessage]:
        queries = list(map(legacy.read_query, legacy.requests_in(text))) if legacy.is_query(text) else []
        printed = legacy.read_printed_fields(text)
        if printed is not None and _known(printed[1]) > sum(_known(events) for _, events in queries):
            about, events = printed
            return [notification({**about, "text": text}, events, Format.REST)]
        return [notification(about, events, Format.REST) for about, events in queries if events]

    def _in_mail(self, text: str, level: int) -> list[DecodedMessage]:
        mails = _MBOX.split(text)[1:] if text.startswith("From ") else []
        if len(mails) > 1:
            return [one for mail in mails for one in self._in_mail(f"X-Mbox: {mail}", level + 1)]
        headers, plain = email_message.open_email(text)
        self._left -= len(text)
        if email_message.has_event_lines(plain):
            about, events = email_message.read_email(text)
            return [notification(about, events, Format.EMAIL)] if events else []
        found = self.look(plain, level + 1)
        is_sns = "x-amz-sns-message-id" in {name.casefold() for name in headers}
        return [
            replace(
                one,
                format=Format.SNS if is_sns and one.format is Format.SQS else one.format,
                extra=_with(one.extra, "headers", headers),
                around={**one.around, "headers": headers},
            )
            for one in found
        ]

    def _in_brackets(self, text: str, level: int) -> list[DecodedMessage]:
        whole = text
        if "<![CDATA[" in text:  # its brackets are no list; every character keeps its place
            text = text.replace("<![CDATA[", " " * 9).replace("]]>", " " * 3)
        for token in (_JSON_TOKEN, _PRINTED_TOKEN):
            found: list[DecodedMessage] = []
            taken: list[tuple[int, int]] = []
            self._try_spans(text, 0, len(text), token, level, 0, found, taken)
            if found:
                self.around = self.around or _rests(whole, taken)
                return found
        for start in list(_LIKELY_START.finditer(text))[:20]:
            # where brackets or quotation marks of other things hide its end
            try:
                end = read_printed(text, start.start()).end
            except NotPrintedError:
                continue
            if found := self._in_part(text[start.start() : end], level):
                self.around = self.around or _rests(whole, [(start.start(), end)])
                return found
        return []

    def _try_spans(
        self,
        text: str,
        begin: int,
        end: int,
        token: re.Pattern[str],
        level: int,
        depth: int,
        found: list[DecodedMessage],
        taken: list[tuple[int, int]],
    ) -> None:
        """Read each value in brackets, and where one cannot be read, those within it."""
        for first, last in self._spans(text, begin, end, token):
            part = text[first:last]
            if self._left <= 0 or not (_TELLING.search(part) or _HIDDEN.search(part)):
                continue
            if new := self._in_part(part, level):
                found += new
                taken.append((first, last))
            elif depth < MAX_LEVELS:
                self._try_spans(text, first + 1, last - 1, token, level, depth + 1, found, taken)

    def _spans(self, text: str, begin: int, end: int, token: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """The outermost pairs of brackets that fit each other; quotation marks count within brackets only."""
        self._left -= end - begin
        opened: list[int] = []
        pairs: list[tuple[int, int]] = []
        at = begin
        while self._brackets_left > 0:
            match = (token if opened else _OPENING).search(text, at, end)
            if match is None:
                break
            at = match.end()
            self._brackets_left -= 1
            bracket = text[match.start()]
            if bracket in "{[":
                opened.append(match.start())
            elif bracket in "}]" and (start := _opened_by(bracket, opened, text)) is not None:
                while pairs and pairs[-1][0] > start:
                    pairs.pop()
                pairs.append((start, at))
        yield from pairs

    def _in_part(self, part: str, level: int) -> list[DecodedMessage]:
        self._left -= len(part) + 100
        try:
            value: Any = read_json(part) if _AS_JSON.match(part) else None
        except ProblemError:
            value = None
        if value is not None:
            if found := self._in_value(value, level, ""):
                self._say(*_said_of_doubled(part))
            return found
        if (plain := with_plain_signs(part)) and (found := self._in_json(plain.text, level)):
            self._say(plain.said, *_said_of_doubled(plain.text))
            return found
        try:
            printed = read_printed(part)
        except ShortenedError:
            self.is_shortened = True
            return []
        except NotPrintedError:
            return []
        if printed.end != len(part) or not (found := self._in_value(printed.value, level, "")):
            return []
        self._say(_AS_PRINTED, _COMMENTS if printed.has_comments else "", said_of_blanks(printed.blanks))
        return found

    def _in_json(self, text: str, level: int) -> list[DecodedMessage]:
        self._left -= len(text)
        try:
            return self._in_value(read_json(text), level, "")
        except ProblemError:
            return []

    def _say(self, *sentences: str) -> None:
        self.reading += [one for one in sentences if one and one not in self.reading]

    def _in_value(self, value: Any, level: int, place: str) -> list[DecodedMessage]:
        """Every message in a value, at whatever depth; ``place`` is how one comes there, for people."""
        if isinstance(value, str):
            return self.look(value, level + 1) if _may_hold(value) else []
        found: list[DecodedMessage] = []
        if isinstance(value, list):
            if (data := _bytes_of_numbers(value)) is not None:
                return self.look(data, level + 1)
            for number, item in enumerate(value):
                found += self._in_value(item, level, f"{place}[{number}]")
        elif isinstance(value, dict):
            if (fields := _fields_of_query(value)) is not None:
                return [fields]
            message = decode_value(value) if not MAY_WRAP.isdisjoint(value) else None
            if message is not None and (message.events or message.format is not Format.UNKNOWN):
                extra = _with(message.extra, "found in", place) if place else message.extra
                return [replace(message, extra=extra)]
            for name, item in value.items():
                if _may_hold(name):  # a body that was taken for a form has become the name of a field
                    found += self.look(name, level + 1)
                found += self._in_value(item, level, f"{place}.{name[:80]}" if place else name[:80])
        return found

    def _in_xml(self, text: str, level: int) -> list[DecodedMessage]:
        found: list[DecodedMessage] = []
        for element in legacy.elements_in(text):
            if "Notify" in element:
                message = decode(element)
                if message.format is Format.SOAP:
                    found.append(message)
                continue
            try:
                bodies = legacy.read_bodies(element)
            except ProblemError:
                continue
            for body in bodies:
                found += self.look(body, level + 1)
        return found


def _is_broken(message: DecodedMessage) -> bool:
    """Whether a line break stands within a name, an id, a time or a type, as mail programs and terminals put it."""
    return any("\n" in name for name in message.extra) or any(
        "\n" in field for event in message.events for field in (*event[:5], *event.extra) if field
    )


_MBOX = re.compile(MBOX, re.MULTILINE)
_LEFT_OUT = re.compile(r"System\.Object\[\]|<Buffer [0-9a-f ]{2,400}\.\.\. ", re.IGNORECASE)
_COUNT_BEFORE_MAIL = re.compile(r"\s{0,9}[0-9]{1,10}[ \t]{0,9}\r?\n(?=[A-Za-z-]{2,60}:)")
"""The line that Apple's mail program puts before each mail that it keeps."""


def _opened_by(bracket: str, opened: list[int], text: str) -> int | None:
    """Where the bracket that this one closes stands; what was opened after it is taken off, as it closes nowhere."""
    opening = "{" if bracket == "}" else "["
    if text[opened[-1]] == opening:
        return opened.pop()
    if not any(text[one] == opening for one in opened[-64:]):
        return None
    while text[opened[-1]] != opening:
        opened.pop()
    return opened.pop()


def _rests(text: str, taken: list[tuple[int, int]]) -> list[str]:
    """What stands before, between and after; in order, without what is blank."""
    rests = []
    at = 0
    for begin, end in [*sorted(taken), (len(text), len(text))]:
        rests.append(text[at:begin].strip())
        at = max(at, end)
    return [rest for rest in rests if rest]


def _may_hold(text: str) -> bool:
    return len(text) > 20 and bool(_TELLING.search(text) or _HIDDEN.search(text))


def _bytes_of_numbers(value: list[Any]) -> str | None:
    """The text that a list of bytes stands for, as a Buffer of Node looks in JSON."""
    if len(value) < 20 or not all(type(one) is int and 0 <= one < 256 for one in value):
        return None
    return bytes(value).decode("utf-8", "replace")


def _fields_of_query(value: dict[str, Any]) -> DecodedMessage | None:
    """The fields of a query, as web frameworks and API Gateway hand them over: an object, its values texts or lists."""
    if not any(re.fullmatch(r"Event[._][0-9]{1,9}[._]EventType", name) for name in value):
        return None
    plain = {name: one[0] if isinstance(one, list) and one else one for name, one in value.items()}
    about, events = legacy.read_fields((name, unquote(one)) for name, one in plain.items() if isinstance(one, str))
    rest = {name: one for name, one in plain.items() if not isinstance(one, str)}
    return notification({**rest, **about}, events, Format.REST)
