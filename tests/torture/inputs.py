# SPDX-License-Identifier: MIT
"""Spoiled inputs for every parser: each is read, or refused with a problem, soon, and what is read is so."""

from __future__ import annotations

import json
import math
import re
import signal
import string
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from domain.specifications import older
from notification_tester.domain.account import Environment, environment_at, parse_account_name, parse_credentials
from notification_tester.domain.account import parse_endpoint as parse_service
from notification_tester.domain.destination import Transport, parse_destination, parse_transport
from notification_tester.domain.events import parse_event
from notification_tester.domain.hit_type import parse_hit_type_id
from notification_tester.domain.known_secrets import KnownSecrets
from notification_tester.domain.messages.email_message import read_email
from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.pasted_message import decode_pasted
from notification_tester.domain.messages.sender import read_envelope
from notification_tester.domain.pasted_ids import read_hit_type_ids
from notification_tester.domain.policy.filter_policy import passes
from notification_tester.domain.policy.judgement import Answer, Question, judge
from notification_tester.domain.policy.statement import MalformedPolicyError
from notification_tester.domain.policy.text import find_policy
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.setting import LineState
from notification_tester.domain.specifications.reading import read_specification
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.ledger.file import read_file
from notification_tester.storage.preferences import SETTINGS, Preferences
from notification_tester.storage.rows import lamps_from_text, row_from, summary_from
from notification_tester.storage.stored_values import UNREADABLE, problem_from_text, spec_from_text
from torture.mutations import spoiled
from torture.trial import LostError, Try

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random
    from types import FrameType

FULL, SHORT = 1_000_000, 10_000
SECONDS = 4.0
"""Of processor time for one input, which has a few thousand characters."""

_CASES = Path(__file__).parents[1] / "cases"
_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
_EVENTS = [
    {"EventType": "AssignmentSubmitted", "EventTimestamp": "2026-01-31T23:59:59Z", "HITTypeId": "3TYPE", "HITId": "3H"}
]
_BODY = json.dumps({"EventDocId": "d" * 40, "EventDocVersion": "2006-05-05", "CustomerId": "A1", "Events": _EVENTS})
_TOPIC = "arn:aws:sns:us-east-1:123456789012:lab"
_ENVELOPE = json.dumps(
    {
        "Type": "Notification",
        "MessageId": "1",
        "TopicArn": _TOPIC,
        "Message": _BODY,
        "Timestamp": "2026-01-31T23:59:59.000Z",
        "SignatureVersion": "1",
        "Signature": "c2ln",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/a.pem",
    }
)
_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "mturk-requester.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": "arn:aws:sqs:us-east-1:123456789012:q",
                "Condition": {
                    "Bool": {"aws:SecureTransport": "true"},
                    "DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"},
                },
            }
        ],
    }
)
_SPEC = {
    "Transport": "SQS",
    "Destination": "https://sqs.us-east-1.amazonaws.com/123456789012/q",
    "Version": "2006-05-05",
}
_LINE = {
    "hit_type_id": "3TYPE",
    "at": "2026-01-31T23:59:59.123Z",
    "order": "2026-01-31T23:59:59.123Z",
    "action": "apply",
    "sent": {**_SPEC, "EventTypes": ["AssignmentSubmitted"]},
    "active": True,
    "after": {**_SPEC, "EventTypes": ["AssignmentSubmitted"]},
    "state": "applied",
    "answered": "2026-01-31T23:59:59.223Z",
    "problem": None,
}
_RECORD = json.dumps(
    {
        "format": "mturk-notification-tester record",
        "version": 1,
        "account": "Lab",
        "environment": "sandbox",
        "count": 2,
        "lines": [_LINE, {**_LINE, "state": "unknown", "answered": None}],
    },
    indent=1,
)
_ROW: dict[str, Any] = {
    "id": 1,
    "started": "2026-01-31T23:59:59.123Z",
    "kind": "test",
    "account": "Lab",
    "environment": "sandbox",
    "transport": "SQS",
    "destination": "q",
    "event": "Ping",
    "outcome": "good",
    "version": "2006-05-05",
    "seconds": 0.25,
    "events": '["Ping"]',
    "request": "{}",
    "lamps": json.dumps([["yes", "It did.", 0.5], ["no", "", None], ["unknown", "", 1]]),
    "problem": None,
    "message": "{}",
    "raw": "",
    "raw_is_cut": 0,
    "answer": "",
}


@dataclass(frozen=True)
class Parser:
    """One parser: whole inputs to begin with, and how it is called; ``share`` is its part of all inputs.

    ``call`` raises ProblemError where the input is refused, and whatever else it raises is lost.
    """

    name: str
    texts: Sequence[str]
    call: Callable[[str], object]
    share: int = 2


def _of_cases(*patterns: str) -> list[str]:
    paths = sorted(path for pattern in patterns for path in _CASES.glob(pattern) if path.stat().st_size < 4_000)
    return [path.read_bytes().decode("utf-8", "replace") for path in paths]


def must(condition: object, why: str) -> None:
    """Say what is not so."""
    if not condition:
        raise LostError(why)


def read_message(read: Callable[[Any], Any], text: str) -> None:
    message = read(text)
    json.dumps(message.as_json())
    must(message.problem is not None or message.events, "neither an event nor a reason")


def _bytes(text: str) -> bytes:
    return text.encode("utf-16" if text[-1:] in {"\n", "}"} and len(text) % 5 == 0 else "utf-8", "surrogatepass")


def _ids(text: str) -> None:
    squeezed = "".join(filter(str.isalnum, text)).upper()
    for one in read_hit_type_ids(_bytes(text)).ids:
        must(re.fullmatch(r"[A-Z0-9]{1,64}", one), f"no id: {one!r}")
        must(one in squeezed, f"an id that nobody gave: {one!r}")


_QUESTION = Question(
    resource_arn="arn:aws:sqs:us-east-1:123456789012:q",
    source_account="123456789012",
    now=datetime(2026, 1, 31, tzinfo=UTC),
)
_DENY = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}


def _policy(text: str) -> None:
    found = judge(text, _QUESTION)
    must(found.because, "no reason")
    if found.answer is Answer.ALLOWED:
        document = json.loads(text.strip("\ufeff"), strict=False)
        held = document["Statement"]
        document["Statement"] = [*(held if isinstance(held, list) else [held]), _DENY]
        must(judge(document, _QUESTION).answer is not Answer.ALLOWED, "let in although everybody is denied")


def _pasted_policy(text: str) -> None:
    try:
        found = find_policy(text)
    except MalformedPolicyError as error:
        must(str(error), "no reason")
        return
    must(judge(found.policy, _QUESTION).because, "no reason")


def _keys(text: str) -> None:
    given = [*text.split("\n", 2), "", ""][:3]
    try:
        keys = parse_credentials(access_key_id=given[0], secret_access_key=given[1], session_token=given[2])
    except ProblemError as error:
        told = error.problem.as_text()
        must(_SECRET not in told, "a secret in the words of its refusal")
        raise
    for one in (keys.access_key_id, keys.secret_access_key, keys.session_token):
        must(set(one) <= _OF_KEYS, f"a key with something odd in it: {one!r}")


_OF_KEYS = set(string.ascii_letters + string.digits + "/+=_.:-")


def _secrets(text: str) -> None:
    known = KnownSecrets([_SECRET])
    cleaned = known.clean(text)
    must(_SECRET not in cleaned, "a secret in a text that was cleaned")


def _endpoint(text: str) -> None:
    address = parse_service(text)
    parts = urlsplit(address)
    must(parts.scheme in {"http", "https"} and parts.hostname, f"no address: {address!r}")
    must(environment_at(address) is Environment.OTHER, f"Amazon's own host: {address!r}")
    must(parse_service(address) == address, f"read in another way the second time: {address!r}")


def _destination(text: str) -> None:
    for transport in Transport:
        try:
            found = parse_destination(transport, text)
        except ProblemError:
            continue
        again = parse_destination(transport, found.text)
        must(again == found, f"read in another way the second time: {found.text!r}")


def _words(text: str) -> None:
    for parse in (parse_transport, parse_event, parse_hit_type_id, parse_account_name):
        try:
            parse(text)
        except ProblemError:
            continue


def _record(text: str) -> None:
    lines = read_file(text)
    applied = sum(line.state is LineState.APPLIED for line in lines)
    must(applied <= len(re.findall("applied", text)), "a change applied that the file does not tell of")


def _row(text: str) -> None:
    try:
        values = {**_ROW, **json.loads(text)}
    except (ValueError, TypeError, RecursionError):
        return
    row = {name: _kept(value) for name, value in values.items()} | {"id": 1}
    found = row_from(row)
    json.dumps(found.as_json())
    summary_from(tuple(row.get(name) for name in _COLUMNS))
    for read, name in ((lamps_from_text, "lamps"), (problem_from_text, "problem"), (spec_from_text, "request")):
        try:
            read(row[name])
        except UNREADABLE:
            continue


def _kept(value: Any) -> Any:
    """As SQLite keeps it: it has no lists, no NaN, and no number of more than 64 bits."""
    if isinstance(value, list | dict | bool):
        return json.dumps(value).encode() if isinstance(value, list) else json.dumps(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return float("inf")
    return None if isinstance(value, float) and math.isnan(value) else value


_COLUMNS = (
    "id",
    "started",
    "kind",
    "account",
    "environment",
    "transport",
    "destination",
    "event",
    "seconds",
    "problem",
    "version",
    "outcome",
    "lamps",
    "lamps",
    "lamps",
    "more places",
)
"""In the order of a row of the list."""


def _settings(folder: Path, text: str) -> None:
    path = folder / "preferences.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    preferences = Preferences(path)
    for setting in SETTINGS:
        must(setting.accepts(preferences.get(setting)), f"a setting that is none: {setting.key}")


def _accounts(folder: Path, text: str) -> None:
    path = folder / "accounts.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for account in AccountList(path).all():
        must(account.name.strip(), "an account without a name")


def parsers(folder: Path) -> list[Parser]:
    """Every door through which a text from outside comes in."""
    messages = [_BODY, _ENVELOPE, json.dumps({"Records": [{"body": _BODY}]}), *_of_cases("decode-*")]
    account = {"name": "Lab", "environment": "other", "source": "keyring", "endpoint": "https://a.example", "since": ""}
    wanted = {"wait_seconds": 30, "colour_scheme": "dark", "last_form": {"destination": "q"}, "inbox_places": {"a": 1}}
    addresses = [
        "https://sqs.us-east-1.amazonaws.com/123456789012/q",
        _TOPIC,
        "ada@example.org",
        "http://localhost:4566/1/q",
    ]
    csv_record = "\ufeff" + "\r\n".join(
        ["format,version,account,environment,count", "mturk-notification-tester record,1,Lab,sandbox,0"]
    )
    return [
        Parser("message", messages, partial(read_message, decode), 8),
        Parser("pasted message", messages, partial(read_message, decode_pasted), 2),
        Parser("envelope", [_ENVELOPE, _BODY], read_envelope, 4),
        Parser("policy", [_POLICY, *_of_cases("policy-*")], _policy, 8),
        Parser("pasted policy", [_POLICY, *_of_cases("policy-*")], _pasted_policy, 2),
        Parser("filter policy", ['{"Events": {"EventType": ["HITExpired", {"prefix": "HIT"}]}}'], _filter, 4),
        Parser("ids", ["3TYPEA, 3TYPEB\n", "HITTypeId,Title\n3TYPEA,x\n3TYPEB,y\n", *_of_cases("ids-*")], _ids, 6),
        Parser("keys", [f"AKIAIOSFODNN7EXAMPLE\n{_SECRET}\n", f"ASIAIOSFODNN7EXAMPLE\n{_SECRET}\ntoken=="], _keys, 8),
        Parser("secrets", [f"refused: {_SECRET} for AKIAIOSFODNN7EXAMPLE", json.dumps({"a": _SECRET})], _secrets, 3),
        Parser("endpoint", ["https://mturk.example.org", "http://127.0.0.1:4566", "https://[::1]:1/"], _endpoint, 8),
        Parser("destination", [*addresses, *_of_cases("destination-*")], _destination, 6),
        Parser("word", ["SQS", "AssignmentSubmitted", "3TYPEAAAAAAAAAAAAAAAAAAAAAAAAA", "Lab"], _words, 6),
        Parser("older specification", list(older.EVERY.values()), _specification, 8),
        Parser("record", [_RECORD, csv_record], _record, 8),
        Parser("row of the database", [json.dumps(_ROW), json.dumps({"problem": _LINE, "lamps": "[]"})], _row, 8),
        Parser("settings", [json.dumps(wanted)], partial(_settings, folder), 4),
        Parser("accounts", [json.dumps({"version": 1, "accounts": [account]})], partial(_accounts, folder), 4),
        Parser("mail", _of_cases("*.eml", "decode-sns-email*"), lambda text: _refusing(read_email, text), 2),
    ]


def _specification(text: str) -> None:
    found = read_specification(text)
    said = json.dumps(found.as_json())
    for secret in (older.SECRET_KEY, older.ACCESS_KEY, older.SIGNATURE):
        must(secret not in said, "a key in what was opened")
    if found.has_specification and found.transport is not None:
        with suppress(ProblemError):
            must(found.specification().version == found.version, "another version than is said")


def _filter(text: str) -> None:
    passes(text, in_body=True, event="HITExpired")
    passes(text, in_body=False, event="Ping")


def _refusing(read: Callable[[str], object], text: str) -> None:
    """For a reader that another one of ours calls, and that may say it is not its kind of text."""
    try:
        read(text)
    except ValueError:
        return


def _planted(text: str) -> None:
    """A parser that believes whatever it reads."""
    math.sqrt(json.loads(text) - 10**9) if text.isdigit() else text.encode("ascii")


PLANTED = Parser("planted", ["é", "7"], _planted)


@contextmanager
def trying(folder: Path, *, planted: bool = False) -> Iterator[Try]:
    """One input a case."""
    every = [PLANTED] if planted else parsers(folder)
    shares = [one.share for one in every]
    with bounded() as call:
        yield lambda _, chance: call(chance.choices(every, shares)[0], chance)


@contextmanager
def bounded() -> Iterator[Callable[[Parser, Random], None]]:
    """Call a parser with one spoiled input, for so many seconds at most."""

    def call(parser: Parser, chance: Random) -> None:
        text = spoiled(chance.choice(parser.texts), parser.texts, chance)
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            parser.call(text)
        except ProblemError:
            return
        except Exception as error:
            raise LostError(f"{parser.name}: {type(error).__name__}: {error} for {text[:300]!r}") from error
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    before = signal.signal(signal.SIGVTALRM, _too_long)
    try:
        yield call
    finally:
        signal.signal(signal.SIGVTALRM, before)


def _too_long(number: int, frame: FrameType | None) -> None:
    raise LostError(f"still reading after {SECONDS:g} seconds of processor time")
