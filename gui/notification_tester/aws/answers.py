# SPDX-License-Identifier: MIT
"""What counts as an answer of a service, judged before botocore reads it.

botocore takes much for an answer: of a body that is no JSON it makes an answer without members, it never compares what
came with ``Content-Length``, and a missing list is an empty one. To a person that reads "accepted", "applied" and "that
is all", where a page of a network's sign-in or half of a list came. So each body is looked at first: its length, its
kind, its form, the types of its members by botocore's own model of the service, and the members without which nothing
was answered (:data:`NEEDED`).

Source of the forms: "AWS JSON 1.0 and 1.1 protocols" and "AWS Query protocol" of the Smithy documentation. Where we ask
for more than they say: an operation without output is answered with ``{}`` or with nothing, and then the service names
its request id, which an empty page of somebody else does not. Where we ask for less: a compressed body is read, though
it was not asked for, and members that no model knows are left alone.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from xml.sax.saxutils import escape

from botocore.exceptions import IncompleteReadError
from botocore.parsers import ResponseParserError, create_parser
from botocore.utils import parse_timestamp

from notification_tester.aws import wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.awsrequest import AWSResponse
    from botocore.model import OperationModel, Shape

NEEDED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("mturk", "GetAccountBalance"): ("AvailableBalance",),
    ("mturk", "GetHIT"): ("HIT",),
    ("mturk", "ListHITs"): ("HITs", "HITs[].HITTypeId"),
    ("sqs", "ChangeMessageVisibilityBatch"): ("Successful|Failed", "Successful[].Id", "Failed[].Id"),
    ("sqs", "CreateQueue"): ("QueueUrl",),
    ("sqs", "DeleteMessageBatch"): ("Successful|Failed", "Successful[].Id", "Failed[].Id"),
    ("sqs", "GetQueueAttributes"): ("Attributes",),
    ("sqs", "GetQueueUrl"): ("QueueUrl",),
    ("sqs", "ReceiveMessage"): ("Messages[].MessageId", "Messages[].ReceiptHandle", "Messages[].Body"),
    ("sqs", "SendMessage"): ("MessageId",),
    ("sns", "CreateTopic"): ("TopicArn",),
    ("sns", "GetSubscriptionAttributes"): ("Attributes",),
    ("sns", "GetTopicAttributes"): ("Attributes",),
    ("sns", "ListSubscriptionsByTopic"): ("Subscriptions",),
    ("sns", "ListTopics"): ("Topics", "Topics[].TopicArn"),
    ("sns", "Publish"): ("MessageId",),
    ("sns", "Subscribe"): ("SubscriptionArn",),
    ("sts", "GetCallerIdentity"): ("Account", "Arn"),
    ("kms", "DescribeKey"): ("KeyMetadata",),
    ("kms", "GetKeyPolicy"): ("Policy",),
}
"""Members without which an operation was not answered: ``|`` between those of which one is enough, ``[].`` before what
each element of a list has to have."""

EARLIEST, LATEST = -62_135_596_800, 253_402_300_799
"""The moments that there are a date for: from the year 1 to the year 9999, in seconds since 1970."""

_QUOTED = 300
_NOTHING = object()


class NotAnAnswerError(ResponseParserError):
    """What came is not an answer of the service that was asked; its text is a sentence that says why.

    It has no cause: what a parser raises of bytes that are not its own tells nothing, and is easily taken for more.
    """


class Refusal(NamedTuple):
    """What an error says, in whatever form it came."""

    code: str
    message: str
    request_id: str

    def in_json(self) -> bytes:
        """As the services that speak JSON say it."""
        return json.dumps({"__type": self.code, "message": self.message}).encode()

    def in_xml(self) -> bytes:
        """As the services with the AWS Query protocol say it."""
        code, message, request_id = map(escape, self)
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        return f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>".encode()


class Checked(NamedTuple):
    """What an answer says, as it was written, and the body for botocore to read."""

    members: dict[str, Any]
    body: bytes


Reader = Callable[[Any, str], str]
"""Looks whether a value has the types of a shape: it gets the value and where it is, and says what is wrong."""


class AnswerCheck:
    """Looks at every answer of one client before botocore reads it."""

    def __init__(self) -> None:
        self._readers: dict[str, Reader] = {}

    def checked(self, operation: OperationModel, answer: AWSResponse) -> Checked:
        """The answer, if it is one. Raises NotAnAnswerError, or IncompleteReadError where it was cut off.

        A refusal that cannot be read is put into words that botocore can read, and keeps its HTTP status.
        """
        headers, status, body = answer.headers, int(answer.status_code), answer.content
        is_json = "json" in str(operation.service_model.metadata.get("protocol", ""))
        if status >= 300:
            with suppress(NotAnAnswerError):
                body = _unpacked(headers, body)
            refusal = _refusal_in_xml(body) or (None if is_json else _refusal_in_json(body))
            if refusal is not None:
                body = refusal.in_json() if is_json else refusal.in_xml()
            elif not (_is_readable_refusal(body) if is_json else _is_readable_xml_refusal(headers, status, body)):
                body = _in_readable_words(body, is_json=is_json)
            return Checked({}, body)
        if status != 200:
            raise _not_an_answer(body, f"the HTTP status {status}, which this service does not use")
        _check_length(headers, body)
        body = _unpacked(headers, body)
        _check_kind(headers, body, "json" if is_json else "xml")
        members = self._check_json(operation, headers, body) if is_json else _check_xml(operation, headers, body)
        for member in NEEDED.get((operation.service_model.service_name, operation.name), ()):
            if not any(_has(members, one.split("[].")) for one in member.split("|")):
                if member == "HITs" and members.get("NumResults") == 0:
                    continue
                raise _not_an_answer(body, f"no {member.replace('|', ' and no ')}")
        return Checked(members, body)

    def _check_json(self, operation: OperationModel, headers: Mapping[str, Any], body: bytes) -> dict[str, Any]:
        shape = operation.output_shape
        has_members = shape is not None and bool(getattr(shape, "members", None))
        if not body.strip():
            if has_members or str(headers.get("content-length", "")) != "0" or "x-amzn-requestid" not in headers:
                raise _not_an_answer(body, "nothing at all")
            return {}
        members = _json(body)
        if members is _NOTHING:
            raise _not_an_answer(body, "something that is not JSON, or only a part of it")
        if not isinstance(members, dict):
            raise _not_an_answer(body, "JSON that is not an object")
        if members and (shape is None or not has_members):
            raise _not_an_answer(body, "members where this operation has none")
        if shape is not None:
            if members and not any(name in members for name in _wire_names(shape)):
                raise _not_an_answer(body, "nothing that this operation answers with")
            if wrong := self._reader(operation)(members, ""):
                raise _not_an_answer(body, wrong)
        return members

    def _reader(self, operation: OperationModel) -> Reader:
        """Made once, because a page of a hundred HITs has thousands of values."""
        if (found := self._readers.get(operation.name)) is None:
            found = self._readers[operation.name] = _reader(cast("Shape", operation.output_shape))
        return found


def _check_length(headers: Mapping[str, Any], body: bytes) -> None:
    told = str(headers.get("content-length", ""))
    if told.isdecimal() and "transfer-encoding" not in headers and len(body) != int(told):
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=int(told))


def _check_kind(headers: Mapping[str, Any], body: bytes, wanted: str) -> None:
    kind = str(headers.get("content-type", "")).strip()
    if "html" in kind.lower():
        raise _not_an_answer(body, f"a web page ({kind[:80]})")
    if kind and wanted not in kind.lower():
        raise _not_an_answer(body, f"something of the kind “{kind[:80]}”")


def _check_xml(operation: OperationModel, headers: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    import xml.etree.ElementTree as ET

    root = found = None
    with suppress(ET.ParseError, ValueError, LookupError):
        root = ET.fromstring(body)  # noqa: S314 - as botocore reads it; expat bounds what entities grow to
    if root is not None and root.tag.rpartition("}")[2] != f"{operation.name}Response":
        raise _not_an_answer(body, "other XML than this operation answers with")
    if root is not None:
        # Read once on trial: what botocore raises of XML that it did not expect has no type of its own.
        with suppress(Exception):
            found = _read_as_botocore_does(headers, 200, body, operation.output_shape)
    if found is None:
        raise _not_an_answer(body, "something that is not XML of this service, or only a part of it")
    return found


def _read_as_botocore_does(headers: Mapping[str, Any], status: int, body: bytes, shape: Any) -> dict[str, Any]:
    parser: Any = create_parser("query")
    return dict(parser.parse({"headers": headers, "status_code": status, "body": body}, shape))


def _reader(shape: Shape) -> Reader:
    """A null is the same as nothing where a member may be missing, and not in lists and maps; what the model does not
    know is left alone. No shape of the answers that we ask for holds itself.
    """
    kind, parts = shape.type_name, cast("Any", shape)
    if kind == "structure":
        members = {member.serialization.get("name", name): _reader(member) for name, member in parts.members.items()}

        def of_members(value: Any, where: str) -> str:
            if not isinstance(value, dict):
                return f"another thing than members in {where}"
            for name, raw in value.items():
                if raw is not None and (read := members.get(name)) is not None and (wrong := read(raw, name)):
                    return wrong
            return ""

        return of_members
    if kind in {"list", "map"}:
        is_list = kind == "list"
        read_one = _reader(parts.member if is_list else parts.value)

        def of_each(value: Any, where: str) -> str:
            if not isinstance(value, list if is_list else dict):
                return f"another thing than a {kind} in {where}"
            for one in value if isinstance(value, list) else value.values():
                if wrong := read_one(one, where):
                    return wrong
            return ""

        return of_each
    fits = _SCALARS.get(kind, _is_anything)

    def of_one(value: Any, where: str) -> str:
        return "" if fits(value) else f"a value in {where} that is no {kind}"

    return of_one


def _is_moment(value: Any) -> bool:
    if isinstance(value, str):
        try:
            return EARLIEST <= float(value) <= LATEST  # seconds, as a text
        except ValueError:
            pass
        try:
            parse_timestamp(value)
        except (ValueError, RuntimeError):  # the latter where no date is so far away
            return False
        return True
    return _is_number(value) and EARLIEST <= value <= LATEST


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_base64(value: Any) -> bool:
    try:
        base64.b64decode(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_anything(value: Any) -> bool:
    return not isinstance(value, dict | list)


_SCALARS = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "timestamp": _is_moment,
    "blob": _is_base64,
    **dict.fromkeys(("integer", "long", "float", "double"), _is_number),
}


def _wire_names(shape: Shape) -> Iterator[str]:
    members: Mapping[str, Any] = getattr(shape, "members", {})
    return (member.serialization.get("name", name) for name, member in members.items())


def _has(members: Any, path: list[str]) -> bool:
    """Whether the member is there, and no empty text; in a list, whether each element has it."""
    first, *rest = path
    value = members.get(first)
    if not rest:
        return value is not None and value != ""
    return all(isinstance(one, dict) and _has(one, rest) for one in value or ())


def _json(body: bytes) -> Any:
    """What the body says in JSON, ``_NOTHING`` where it is none."""

    def refuse(name: str) -> Any:
        message = f"{name} is not JSON"
        raise ValueError(message)

    try:
        return json.loads(body.decode(), parse_constant=refuse)
    except (ValueError, RecursionError):
        return _NOTHING


def _unpacked(headers: Mapping[str, Any], body: bytes) -> bytes:
    """The body, also where a proxy packed it without being asked to."""
    encoding = str(headers.get("content-encoding", "")).strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise _not_an_answer(b"", f"something packed as “{encoding[:80]}”, which was not asked for")
    unpacking, plain = zlib.decompressobj(wbits=47), b""  # either of the two, by its first bytes
    with suppress(zlib.error):
        plain = unpacking.decompress(body, wire.LARGEST)
    if not unpacking.eof:
        raise _not_an_answer(b"", "something packed that cannot be unpacked, or only a part of it")
    return plain


def _refusal_in_xml(body: bytes) -> Refusal | None:
    """An error of AWS in XML; None for all else, a web page for one.

    There are four forms: ``ErrorResponse`` round ``Error`` (Query protocol), ``Response`` round ``Errors`` (EC2),
    ``Error`` alone (S3), and the exception's own name, which what stands before a service answers with
    (``<AccessDeniedException><Message>``). A service that speaks JSON may answer with any of them, where something
    before it refused the call.
    """
    import xml.etree.ElementTree as ET

    root = None
    with suppress(ET.ParseError, ValueError, LookupError):
        root = ET.fromstring(body.strip())  # noqa: S314 - as botocore reads it; expat bounds what entities grow to
    if root is None:
        return None
    name, error = _local_name(root), root
    if name in {"ErrorResponse", "Response"}:
        error = next((one for one in root.iter() if _local_name(one) == "Error"), root)
    elif name != "Error" and not _names_an_exception(name):
        return None
    said = {_local_name(one).lower(): (one.text or "").strip() for one in (*root, *error)}
    code = said.get("code", "") or (name if _names_an_exception(name) else "")
    return Refusal(code, said.get("message", ""), said.get("requestid", "")) if code else None


def _names_an_exception(name: str) -> bool:
    return name.endswith("Exception") and name != "Exception"


def _refusal_in_json(body: bytes) -> Refusal | None:
    """An error of AWS in JSON, as what stands before a service may answer with; None for all else."""
    members = _json(body)
    if not isinstance(members, dict):
        return None
    code, message = members.get("__type"), members.get("message", members.get("Message"))
    if not isinstance(code, str) or not code:
        return None
    return Refusal(code.rpartition("#")[2], message if isinstance(message, str) else "", "")


def _local_name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _is_readable_refusal(body: bytes) -> bool:
    """Whether botocore can read a refusal in JSON: an object (or nothing), with text in the places of text."""
    try:
        members = json.loads(body.decode()) if body.strip() else {}
    except UnicodeDecodeError:
        return False
    except ValueError:
        return True  # it takes the whole text for the message
    except RecursionError:
        return False
    return isinstance(members, dict) and isinstance(members.get("__type", ""), str)


def _is_readable_xml_refusal(headers: Mapping[str, Any], status: int, body: bytes) -> bool:
    try:
        parsed = _read_as_botocore_does(headers, status, body, None)
    except Exception:  # noqa: BLE001 - whatever it is, botocore would raise it too
        return False
    return isinstance(parsed.get("Error", {}), dict) and isinstance(parsed.get("ResponseMetadata", {}), dict)


def _in_readable_words(body: bytes, *, is_json: bool) -> bytes:
    text = body[: 4 * _QUOTED].decode("utf-8", "replace")
    words = "".join(one if one.isprintable() else " " for one in text)
    if is_json:
        return json.dumps({"message": words}).encode()
    return f"<ErrorResponse><Error><Message>{escape(words)}</Message></Error></ErrorResponse>".encode()


def _not_an_answer(body: bytes, came: str) -> NotAnAnswerError:
    said = body[:_QUOTED].decode("utf-8", "replace").strip()
    return NotAnAnswerError(f"There came {came}." + (f" It begins: {said}" if said else ""))
