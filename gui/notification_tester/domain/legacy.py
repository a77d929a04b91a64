# SPDX-License-Identifier: MIT
"""The notifications of the legacy API: a GET with a query (REST), or a posted envelope (SOAP).

Source: "Notification API Reference" of the versions 2006-05-05 to 2014-08-15; the service shut them on 1 June 2019,
and archives and courses still hold them. Both are turned into the fields of the JSON format: ``Version`` is called
``EventDocVersion``, everything else keeps its name.

Deliberate deviations: ``notify`` is read like ``Notify``; line breaks within a query are taken out; a ``+`` that a
sender forgot to escape in a signature or a time is put back; attributes in XML carry nothing here and are not kept.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl
from xml.parsers import expat

from notification_tester.domain.problem import input_problem

MAX_XML_DEPTH = 64
"""Elements within elements; a real notification has five."""

_REQUEST_LINE = re.compile(r"(?:GET|POST|HEAD) (\S+) HTTP/")
_NOTIFY = re.compile(r"(?:^|[?&\s])method=notify(?![a-z])|(?:^|[?&\s])Event\.[0-9]{1,9}\.EventType=", re.IGNORECASE)
_EVENT_FIELD = re.compile(r"Event\.([0-9]{1,9})\.(.+)", re.IGNORECASE | re.DOTALL)
_LOST_PLUS = re.compile(r" (?=[0-9]{2}:?[0-9]{2}$)")
_WEB_PAGE = re.compile(r"<(?:!doctype\s{1,9}html|html)\b", re.IGNORECASE)
_DOCUMENT_TYPE = re.compile(r"<!\s{0,9}(?:DOCTYPE|ENTITY)", re.IGNORECASE)

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
    text = re.sub(r"[\r\n\t]", "", text).strip()
    address, question_mark, query = text.partition("?")
    if not question_mark or "=" in address:
        query = text
    about: dict[str, Any] = {}
    by_number: dict[int, dict[str, Any]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if field := _EVENT_FIELD.fullmatch(name):
            _add(by_number.setdefault(int(field[1]), {}), field[2], value)
        else:
            _add(about, name, value)
    _rename_version(about)
    return about, [by_number[number] for number in sorted(by_number)]


def read_soap(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Take a SOAP notification apart into its own fields and its events.

    A document type is refused before anything is parsed: it is the door to entities that expand without end or name
    files. Raises ProblemError.
    """
    if _WEB_PAGE.match(text):
        raise input_problem(
            "message.not-a-notification",
            title="This is a web page.",
            detail="It begins like HTML, and a notification is never a web page. It may be a receiver's error page.",
            remedy="Look for the message itself: in the queue, in the receiver's log, or in the mailbox.",
        )
    if _DOCUMENT_TYPE.search(text):
        raise input_problem(
            "message.doctype",
            title="This XML is not read, for safety.",
            detail="It declares a document type or entities, which notifications never do and attacks do.",
            remedy="If you trust it, take the part from <!DOCTYPE to the following > out and try again.",
        )
    reading = _SoapReading()
    try:
        reading.parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise _bad_xml(error, text) from error
    if not reading.is_notification:
        raise input_problem(
            "message.not-a-notification",
            title="This is XML, but not a notification of Mechanical Turk.",
            detail="The legacy API's messages have an element Notify, and there is none.",
            remedy="Look for the message itself, from <soapenv:Envelope to its end.",
        )
    _rename_version(reading.about)
    return reading.about, reading.events


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
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

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
        detail = f"It ends in the middle, after {len(text)} characters."
    else:
        detail = f"At line {error.lineno}, column {error.offset + 1}: {reason}."
    return input_problem(
        "message.not-xml",
        title="This begins like XML and cannot be read.",
        detail=detail,
        remedy="Copy the whole message again, from the first < to the last >.",
    )
