# SPDX-License-Identifier: MIT
"""Find the policy in what people have of it: a file of its own, or what a tool of AWS's printed.

Formats followed, each as its tool writes it: AWS CLI ``sqs get-queue-attributes``, ``sns get-topic-attributes`` and
``kms get-key-policy`` (the policy is a text within JSON; with ``--query`` it may be that text alone), the input of
``sqs set-queue-attributes`` and ``sns set-topic-attributes``, CloudFormation (``PolicyDocument``), ``terraform show
-json`` and ``jsonencode``, answers in XML, percent-encoded policies of IAM's, log lines. A policy is an object with
``Statement``; it is looked for in every object, list and text, as deeply as it was packed.

What is no JSON is never guessed at: the reason says what it looks like, and how to get JSON. Where it is broken and
something whole within it is a policy, that is taken, and ``where`` says so.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from notification_tester.domain.json_text import AROUND
from notification_tester.domain.policy.statement import (
    MalformedPolicyError,
    quoted,
    refuse_constant,
    without_duplicates,
)

_PACKED = 8
"""How often a policy may have been made a text within another."""
_ATTEMPTS = 200
"""At how many places of a text that is no JSON the beginning of some is looked for."""
_ELEMENTS = frozenset({"version", "id", "statement"})
_PACKAGES = ("Attributes", "Policy", "PolicyDocument", "AttributeValue", "Properties", "Resources", "ResponseMetadata")
_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}m")
"""What jq and others write for a terminal."""
_DECODER = json.JSONDecoder(object_pairs_hook=without_duplicates, parse_constant=refuse_constant)


@dataclass(frozen=True, kw_only=True)
class FoundPolicy:
    """A policy as JSON text, empty where there is none; ``where`` it was found, in a sentence, if not by itself.

    ``arn``: of the queue or topic that stood beside it, empty if none did.
    """

    policy: str
    where: str = ""
    arn: str = ""


def find_policy(text: str) -> FoundPolicy:
    """Find the one policy in a text. Raises MalformedPolicyError where there is none, or more than one."""
    text = _COLOURS.sub("", text).strip(AROUND)
    if not text:
        return FoundPolicy(policy="")
    values, error = _read_whole(text)
    if error is None:
        return _only(_policies(values), values[0], text)
    for unpacked in _unpackings(text):
        values, another = _read_whole(unpacked)
        if another is None and (policies := _policies(values)):
            return _only(policies, None, unpacked)
    policies = _policies(_read_pieces(text))
    if policies:
        return _only(policies, None, text)
    raise MalformedPolicyError(_no_json(text, error))


def _read_whole(text: str) -> tuple[list[Any], json.JSONDecodeError | None]:
    try:
        return [_DECODER.decode(text)], None
    except json.JSONDecodeError as error:
        return [], error
    except RecursionError as error:
        raise MalformedPolicyError("The policy is nested too deeply to be one.") from error
    except ValueError as error:  # a number of thousands of digits
        raise MalformedPolicyError("The policy holds a number that is far too long.") from error


def _unpackings(text: str) -> list[str]:
    """What a text may be that was made fit for another place, and not unpacked."""
    found = []
    if re.match(r'[{\[]\s*(?:\\[nrt]\s*)*\\"', text):
        found.append(f'"{text}"')  # a text of JSON's that lost its quotes
    if text.startswith("%7B"):
        found.append(unquote(text))
    if re.search(r'\{\s*""', text):  # a cell of a table
        found.append(text[text.find("{") : text.rfind("}") + 1].replace('""', '"'))
    if "&quot;" in text or "&#34;" in text:
        inner = html.unescape(text)
        found.append(inner[inner.find("{") : inner.rfind("}") + 1])
    return found


def _read_pieces(text: str) -> list[Any]:
    """Every whole JSON value that can be read somewhere in a text, as far as that is worth its time."""
    found: list[Any] = []
    at, work, tries = 0, 4 * len(text), 0
    starts = re.compile(r'[{\[]|"(?=\{)')
    while tries < _ATTEMPTS and work > 0 and (start := starts.search(text, at)):
        tries += 1
        try:
            value, end = _DECODER.raw_decode(text, start.start())
        except json.JSONDecodeError as error:
            work -= max(error.pos - start.start(), 1)
            at = start.end()
        except (RecursionError, ValueError):
            return found
        else:
            found.append(value)
            at = end
    return found


def _policies(values: list[Any]) -> list[tuple[dict[str, Any], str]]:
    """The policies in values that were read, and the ARN that stands beside each, if one does."""
    found: list[tuple[dict[str, Any], str]] = []
    waiting: list[tuple[Any, str, int]] = [(value, "", 0) for value in reversed(values)]
    while waiting:
        value, arn, packed = waiting.pop()
        if isinstance(value, str):
            if packed < _PACKED and "Statement" in value and (inner := _unpacked(value)) is not None:
                waiting.append((inner, arn, packed + 1))
        elif isinstance(value, list):
            waiting += [(one, arn, packed) for one in reversed(value)]
        elif isinstance(value, dict):
            if "Statement" in value:
                found.append((value, arn))
                continue
            beside = next((value[name] for name in ("QueueArn", "TopicArn") if isinstance(value.get(name), str)), arn)
            waiting += [(one, beside, packed) for one in reversed(value.values())]
    return found


def _unpacked(text: str) -> Any:
    text = text.strip(AROUND)
    if text[:1] not in {"{", "[", '"'}:
        return None
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def _only(policies: list[tuple[dict[str, Any], str]], whole: Any, text: str) -> FoundPolicy:
    """The one policy; ``whole`` is the value that the text is, None where it is more than one value or broken."""
    try:
        different = {json.dumps(policy, sort_keys=True): (policy, arn) for policy, arn in policies}
    except RecursionError as error:
        raise MalformedPolicyError("The policy is nested too deeply to be one.") from error
    if len(different) > 1:
        raise MalformedPolicyError(
            f"There are {len(different)} policies in this text. Give the one of the queue or topic alone."
        )
    if not different:
        return _none(whole, text)
    ((policy, arn),) = different.values()
    if policy is whole:
        return FoundPolicy(policy=text)
    where = "The policy was taken out of what stands around it."
    if arn:
        where = f"The policy was taken out of what stands around it, where it is that of {quoted(arn)}."
    if isinstance(whole, str):
        where = "The policy is packed in a text, as JSON writes one, and was unpacked."
    if whole is None:
        where = "The text as a whole is no JSON; the policy was taken out of it."
    return FoundPolicy(policy=json.dumps(policy), where=where, arn=arn)


def _none(whole: Any, text: str) -> FoundPolicy:
    """A text that is JSON and holds no policy: say what it holds, or leave that to who reads policies."""
    if isinstance(whole, str) and "Statement" in whole:
        return find_policy(whole)  # a text within a text, and broken: say where
    if isinstance(whole, list) and whole and all(_is_statement(one) for one in whole):
        raise MalformedPolicyError(f"These are statements of a policy, and not a whole one. {_WHOLE}")
    if not isinstance(whole, dict):
        return FoundPolicy(policy=text)
    if _is_statement(whole):
        raise MalformedPolicyError(f"This is one statement of a policy, and not a whole one. {_WHOLE}")
    package = next((name for name in _PACKAGES if name in whole), "")
    if not package or any(name.lower() in _ELEMENTS for name in whole):
        return FoundPolicy(policy=text)
    inside = whole[package]
    policy = inside.get("Policy") if isinstance(inside, dict) else inside
    if isinstance(policy, str) and "Statement" in policy:
        return find_policy(policy)
    if policy == "":
        return FoundPolicy(policy="", where=f"The policy in {quoted(package)} is empty.")
    raise MalformedPolicyError(
        f"This has {quoted(package)} as AWS's tools print it, and no policy in it: the queue or topic has none, or "
        "others of its attributes were asked for. Ask for the attribute Policy, or for All."
    )


_WHOLE = 'Put what is here into {"Version": "2012-10-17", "Statement": […]}.'


def _is_statement(value: Any) -> bool:
    return isinstance(value, dict) and "Effect" in value and ("Action" in value or "NotAction" in value)


_LOOKS = (
    (re.compile(r"<(\?xml|!doctype|[a-z])", re.IGNORECASE), "It is XML or a web page, and there is no policy in it."),
    (
        re.compile(
            r"[^{}\[\]\"]{0,2000}\bjsonencode\s*\(|(?:(?:#|//)[^\n]{0,500}\n\s*){0,20}[+~-]?\s{0,9}"
            r"(?:(?:resource|data|locals|variable|module|output)\s+[\"{]|\w+\s*=\s*[{\"<])"
        ),
        "It is written in Terraform's own language. “terraform show -json” prints JSON.",
    ),
    (
        re.compile(r"(?:---\s*)?(?:#[^\n]{0,500}\n\s*){0,20}[A-Za-z][\w-]{0,60}:(?:\s|\Z)"),
        "It is written as YAML. The AWS CLI prints JSON with --output json.",
    ),
    (
        re.compile(r"[{\[]\s*(?:'|u'|\{\s*'|True\b|None\b)"),
        "It is written as Python prints it, with single quotes. “json.dumps” makes JSON of it.",
    ),
    (
        re.compile(r"[{\[]\s*(?:\{\s*)?[A-Za-z_]\w{0,60}\s*:"),
        "It is written as JavaScript prints it, with names that have no quotes. “JSON.stringify” makes JSON of it.",
    ),
)


def _no_json(text: str, error: json.JSONDecodeError) -> str:
    """Say why a text is no JSON, by what it looks like as a whole or by what stands at the place of the error."""
    for looks, sentence in _LOOKS:
        if looks.match(text):
            return f"The policy is not JSON. {sentence}"
    if text[0] not in "{[":
        start = text.find("{")
        if start < 0:
            return f"The policy is not JSON: it begins with {quoted(text[:40])} and has no object in it."
        try:
            _DECODER.raw_decode(text, start)
        except json.JSONDecodeError as inner:
            error = inner
        except (ValueError, RecursionError):
            pass
    rest = text[error.pos :].lstrip(AROUND)
    where = f"line {error.lineno}, column {error.colno}"
    if not rest or error.msg.startswith("Unterminated string"):
        return f"The policy is not JSON: it ends in the middle, at {where}."
    if rest.startswith(("//", "/*", "#")):
        what = "there is a comment, which JSON does not have and AWS refuses"
    elif rest[0] in "'’‘":
        what = "there is a single quote where JSON has double quotes, as Python prints it"
    elif rest[0] in "“”„«»":
        what = f"there is the quotation mark {rest[0]} of a word processor; JSON has straight ones"
    elif not rest[0].isascii() and rest[0].isspace():
        what = "there is a blank of another kind, as web pages have, which JSON does not know"
    elif rest.startswith(("}", "]")) or error.msg.startswith("Illegal trailing comma"):
        what = "there is a comma too many, or a value is missing"
    elif rest.startswith(("True", "False", "None")):
        what = f"there is {re.split('[^A-Za-z]', rest, maxsplit=1)[0]}, as Python prints it"
    elif error.msg.startswith("Extra data"):
        what = f"the policy is complete, and more follows: {quoted(rest[:40])}"
    else:
        what = f"{error.msg}: {quoted(rest[:40])}"
    return f"The policy is not JSON: at {where}, {what}."
