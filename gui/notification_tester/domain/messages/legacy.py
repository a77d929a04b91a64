# SPDX-License-Identifier: MIT
"""The notifications of the legacy API: a GET with a query (REST), or a posted envelope (SOAP).

Source: "Notification API Reference" of the versions 2006-05-05 to 2014-08-15; the service shut them on 1 June 2019,
and archives and courses still hold them. Both are turned into the fields of the JSON format: ``Version`` is called
``EventDocVersion``, everything else keeps its name.

Deliberate deviations: ``notify`` is read like ``Notify``; line breaks within a query are taken out; a ``+`` that a
sender forgot to escape in a signature or a time is put back; attributes in XML carry nothing here and are not kept.

XML is read by expat, whose own event of a document type ends the reading before anything in it is declared: that is
the door to entities that expand without end or name files, and without one expat knows no entity but XML's five. The
package defusedxml does no more than that (it sets the same handlers; its last release is of March 2021), and hands out
whole trees, where here the depth and the path are bounded while reading.

Receivers print the fields of a query in the spelling of their language: Rails ``"Event.1.HITId"=>"3…"``, PHP
``[Event_1_HITId] => 3…`` (which turns dots into underscores) and ``["Event_1_HITId"]=> string(30) "3…"``, Django
``<QueryDict: {'Event.1.HITId': ['3…']}>``, TurboGears ``{'Event.1.HITId': u'3…'}``, Python's cgi
``FieldStorage(None, None, [MiniFieldStorage('Event.1.HITId', '3…')])``, Java ``{Event.1.HITId=3…}``, Go
``map[Event.1.HITId:[3…]]``, and JSON.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote
from xml.parsers import expat

from notification_tester.domain.counts import counted
from notification_tester.domain.problem import ProblemError, input_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_XML_DEPTH = 64
"""Elements within elements; a real notification has five."""

_REQUEST_LINE = re.compile(r"(?:GET|POST|HEAD) (\S+) HTTP/")
_NOTIFY = re.compile(r"(?:^|[?&\s])method=notify(?![a-z])|(?:^|[?&\s])Event\.[0-9]{1,9}\.EventType=", re.IGNORECASE)
# a blank that somebody forgot to escape is followed by more of the query
_QUERY_ENDS = re.compile(r"""["'<>]|[ \t](?![^\s"'<>]{0,200}&[\w.]{1,80}=)""")
_GOES_ON = re.compile(r"""[^"'<>\s=&%]*+[=&%][^"'<>\s]*+\Z""")
_LAST_PIECE = re.compile(r"[\w.:+/-]{1,80}\Z")
_NEXT_FIELD = re.compile(r"(?:Event\.[0-9]{1,9}\.\w{1,40}|method|Signature|Timestamp|Version)=", re.IGNORECASE)
_PRINTED_FIELD = re.compile(
    r"""(?<![\w.])(?:Event[._]([0-9]{1,9})[._](EventType|EventTime|EventTimestamp|HITTypeId|HITId|AssignmentId)"""
    r"""|(method|Signature|Timestamp|Version))["'\]]{0,3}(?:\s{0,40}(?:=>|[=:,])\s{0,40}|\r?\n\r?\n)(?:string\([0-9]{1,9}\)\s{0,9})?"""
    r"""[\[(]{0,2}(?:[bu]?"([^"\r\n]*)"|[bu]?'([^'\r\n]*)'|([^\s"',;&)\]}>]*))""",
    re.IGNORECASE,
)
_ELEMENT = re.compile(r"<((?:[\w-]{1,40}:)?(?:Envelope|Notify|ReceiveMessageResponse|ReceiveMessageResult))(?=[\s>])")
_EVENT_FIELD = re.compile(r"Event[._]([0-9]{1,9})[._](.+)", re.IGNORECASE | re.DOTALL)
_OWN_FIELD = re.compile(
    r"Event\.[0-9]{1,9}\.\w{1,40}|method|Signature|Timestamp|Version|EventDocVersion|EventDocId|CustomerId",
    re.IGNORECASE,
)
_LOST_PLUS = re.compile(r" (?=[0-9]{2}:?[0-9]{2}$)")
_WEB_PAGE = re.compile(r"<(?:!doctype\s{1,9}html|html)\b", re.IGNORECASE)
_DOCUMENT_TYPE = re.compile(r"\s{0,99}(?:<\?xml[^>]{0,200}>\s{0,99})?<!\s{0,9}(?:DOCTYPE|ENTITY)", re.IGNORECASE)

_ENDS_EARLY = frozenset(
    {
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    }
)


def is_query(text: str) -> bool:
    """Whether this is a REST notification: a bare query, a URL, a request or a line of a server's log."""
    return _NOTIFY.search(text) is not None


def read_query(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Take a REST notification apart into its own fields and its events, ordered by number. Never raises."""
    if request := _REQUEST_LINE.search(text):
        text = request[1]
    elif notify := _NOTIFY.search(text):
        text = _query_around(text, notify.end() - 1)
    text = re.sub(r"[\r\n\t]", "", text).strip()
    address, question_mark, query = text.partition("?")
    if not question_mark or "=" in address:
        query = text
    return read_fields(parse_qsl(query, keep_blank_values=True))


def read_fields(fields: Iterable[tuple[str, str]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Part the fields of a REST notification, by name and value, into its own and its events, ordered by number."""
    about: dict[str, Any] = {}
    by_number: dict[int, dict[str, Any]] = {}
    for name, value in fields:
        if field := _EVENT_FIELD.fullmatch(name):
            _add(by_number.setdefault(int(field[1]), {}), field[2], value)
        else:
            _add(about, name, value)
    _rename_version(about)
    return about, [by_number[number] for number in sorted(by_number)]


def only_own_values(query: str) -> str:
    """The query of a REST notification, without the values of what is not the notification's.

    The older API put its fields behind what stood in the receiver's address already, and that may be a secret.
    """
    shown = []
    for field in query.split("&"):
        name, equals, _ = field.partition("=")
        shown.append(field if _OWN_FIELD.fullmatch(name) else f"{name}=…" if equals else "…" if name else "")
    return "&".join(shown)


def _query_around(text: str, place: int) -> str:
    """The query at ``place`` alone, where other words, quotation marks or tags stand around it; broken lines joined."""
    lines = [line.strip() for line in text.split("\n")]
    number = text.count("\n", 0, place)
    line = lines[number]
    at = min(place - (text.rfind("\n", 0, place) + 1), len(line) - 1)
    before = max(line.rfind(mark, 0, at) for mark in " \t\"'<>")
    ends = _QUERY_ENDS.search(line, at)
    pieces = [line[before + 1 : ends.start() if ends else len(line)]]
    first = last = number
    while before < 0 and first and _GOES_ON.match(lines[first - 1]):
        first -= 1
    pieces = [*lines[first:number], *pieces]
    while ends is None and last + 1 < len(lines):
        more = lines[last + 1]
        if not (_GOES_ON.match(more) or (len(lines[last]) >= 60 and _LAST_PIECE.match(more))):
            break
        pieces.append(more)
        last += 1
    return "".join(
        f"&{piece}" if index and _NEXT_FIELD.match(piece) and not pieces[index - 1].endswith(("&", "?")) else piece
        for index, piece in enumerate(pieces)
    )


def requests_in(text: str) -> list[str]:
    """Each query of a REST notification in a server's log, where there are several; else the text as it is."""
    found = [request[1] for request in _REQUEST_LINE.finditer(text) if _NOTIFY.search(request[1])]
    if len(found) < 2:
        found = [line for line in text.splitlines() if "method=notify" in line.casefold()]
    return found if len(found) > 1 else [text]


def read_printed_fields(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """Read the fields of a REST notification as a server printed them; None where there is no type of an event.

    A second field of the same name and number begins a second notification; its events follow those of the first.
    """
    about: dict[str, Any] = {}
    by_number: dict[tuple[int, int], dict[str, Any]] = {}
    round_ = 0
    for found in _PRINTED_FIELD.finditer(text):
        number, name, own, *values = found.groups()
        value = unquote(next((one for one in values if one is not None), ""))
        if own is not None:
            if own not in about:
                _add(about, own, value)
            continue
        if name in by_number.get((round_, int(number)), {}):
            round_ += 1
        _add(by_number.setdefault((round_, int(number)), {}), name, value)
    if not any("EventType" in event for event in by_number.values()):
        return None
    _rename_version(about)
    return about, [by_number[key] for key in sorted(by_number)]


def elements_in(text: str) -> Iterator[str]:
    """Each SOAP notification and each answer of SQS in a text that may hold other things around it."""
    at = 0
    while element := _ELEMENT.search(text, at):
        closing = f"</{element[1]}>"
        end = text.find(closing, element.end())
        at = len(text) if end < 0 else end + len(closing)
        yield text[element.start() : at]


def read_bodies(text: str) -> list[str]:
    """The texts of all elements without others in them, such as the Body of each message in an answer of SQS.

    Raises ProblemError.
    """
    return [
        one
        for value in _parsed(text).about.values()
        for one in (value if isinstance(value, list) else [value])
        if isinstance(one, str)
    ]


def read_leaves(text: str) -> dict[str, list[str]]:
    """The texts of all elements without others in them, by their names and those around them (``A/B``).

    For XML that is no notification. A document type is refused before anything is parsed. Raises ProblemError.
    """
    about = _parsed(text).about
    return {name: value if isinstance(value, list) else [value] for name, value in about.items()}


def read_soap(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Take a SOAP notification apart into its own fields and its events.

    A document type is refused. Raises ProblemError.
    """
    if _WEB_PAGE.match(text):
        raise input_problem(
            "message.not-a-notification",
            title="This is a web page.",
            detail="It begins like HTML, and a notification is never a web page. It may be a receiver's error page.",
            remedy="Look for the message itself: in the queue, in the receiver's log, or in the mailbox.",
        )
    reading = _parsed(text)
    if not reading.is_notification:
        raise input_problem(
            "message.not-a-notification",
            title="This is XML, but not a notification of Mechanical Turk.",
            detail="The legacy API's messages have an element Notify, and there is none.",
            remedy="Look for the message itself, from <soapenv:Envelope to its end.",
        )
    _rename_version(reading.about)
    return reading.about, reading.events


def _parsed(text: str) -> _SoapReading:
    reading = _SoapReading()
    try:
        reading.parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise (_document_type() if _DOCUMENT_TYPE.match(text) else _bad_xml(error, text)) from error
    return reading


def _document_type() -> ProblemError:
    return input_problem(
        "message.doctype",
        title="This XML is not read, for safety.",
        detail="It declares a document type or entities, which notifications never do and attacks do.",
        remedy="If you trust it, take the part from <!DOCTYPE to the following > out and try again.",
    )


class _SoapReading:
    """What was found so far; expat calls the three handlers in the document's order."""

    def __init__(self) -> None:
        self.about: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.is_notification = False
        self._path: list[str] = []
        self._text: list[str] = []
        self._is_leaf = False
        # UTF-8 whatever the declaration says: the text has been decoded already
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _refuse(self, *_declared: object) -> None:
        raise _document_type()

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self._path.append(local)
        if len(self._path) > MAX_XML_DEPTH:
            raise input_problem(
                "message.too-deep",
                title="This message is nested too deeply.",
                detail=f"It has elements within elements, more than {MAX_XML_DEPTH} deep; a notification has five.",
                remedy="Check that the whole message was copied, and nothing else with it.",
            )
        self._is_leaf = True
        self._text.clear()
        if local == "Notify":
            self.is_notification = True
        elif local == "Event" and "Notify" in self._path:
            self.events.append({})

    def _characters(self, text: str) -> None:
        self._text.append(text)

    def _end(self, _name: str) -> None:
        path = self._path
        if self._is_leaf and path[-1] not in {"Event", "Notify"}:
            value = "".join(self._text)
            if "Notify" not in path:
                _add(self.about, "/".join(path), value)
            else:
                below = path[path.index("Notify") + 1 :]
                if below[0] == "Event":
                    _add(self.events[-1], "/".join(below[1:]), value)
                else:
                    _add(self.about, "/".join(below), value)
        self._is_leaf = False
        path.pop()


def _add(fields: dict[str, Any], name: str, value: str) -> None:
    """Keep a value; what is there twice becomes a list."""
    value = value.strip()
    if name == "Signature":
        value = value.replace(" ", "+")
    elif name in {"Timestamp", "EventTime", "EventTimestamp"}:
        value = _LOST_PLUS.sub("+", value)
    if name not in fields:
        fields[name] = value
    elif isinstance(fields[name], list):
        fields[name].append(value)
    else:
        fields[name] = [fields[name], value]


def _rename_version(about: dict[str, Any]) -> None:
    if "Version" in about:
        about["EventDocVersion"] = about.pop("Version")


def _bad_xml(error: expat.ExpatError, text: str) -> Exception:
    reason = expat.ErrorString(error.code)
    if reason in _ENDS_EARLY:
        detail = f"It ends in the middle, after {counted(len(text), 'character')}."
    else:
        detail = f"At line {error.lineno}, column {error.offset + 1}: {reason}."
    return input_problem(
        "message.not-xml",
        title="This begins like XML and cannot be read.",
        detail=detail,
        remedy="Copy the whole message again, from the first < to the last >.",
    )
