# SPDX-License-Identifier: MIT
"""Read a resource policy: JSON text becomes statements, or a sentence that says what is malformed.

Format: IAM User Guide, "Grammar of the IAM JSON policy language" and the pages of "JSON policy elements reference"
(Version, Id, Statement, Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition).

Deliberate deviations from the grammar:

- an empty ``Statement`` list is read as a policy that says nothing: it is what is left after the last statement was
  removed, and to mend it is to add one;
- an empty ``Condition``, or an operator without keys, is read as no condition;
- ``{"Ref": …}`` and ``{"Fn::…": …}`` in the place of a text are read as what a template of CloudFormation has left;
- Sids are not checked for being unique, nor ids for their letters or sizes: the service refuses those when a policy
  is set, and what it has accepted is judged here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CURRENT_VERSION = "2012-10-17"
_OLD_VERSION = "2008-10-17"  # also what a policy without Version has
_POLICY_ELEMENTS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_ELEMENTS = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")


class MalformedPolicyError(Exception):
    """A policy that cannot be read. ``statement`` counts from 1; None where it is the policy as a whole."""

    def __init__(self, sentence: str, *, statement: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.statement = statement


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One operator on one key; true when one of ``values`` fits (none of them, for a negated operator)."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement, checked. ``except_…`` marks the Not… form of the element beside it."""

    number: int
    sid: str
    allows: bool
    everyone: bool  # Principal "*"
    principals: tuple[tuple[str, str], ...]  # (type, name)
    except_principals: bool
    actions: tuple[str, ...]
    except_actions: bool
    resources: tuple[str, ...]
    except_resources: bool
    conditions: tuple[Condition, ...]

    @property
    def name(self) -> str:
        """How a sentence calls it: by number, and by Sid where it has one."""
        return f"statement {self.number} ({quoted(self.sid)})" if self.sid else f"statement {self.number}"

    def asks_for(self, key: str) -> bool:
        """Whether a condition is on ``key``; the names of keys have no case."""
        return any(condition.key.lower() == key.lower() for condition in self.conditions)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy that could be read."""

    version: str
    statements: tuple[Statement, ...]

    @property
    def has_variables(self) -> bool:
        """Whether ``${…}`` is a variable; in the older language it is plain text."""
        return self.version == CURRENT_VERSION


def quoted(text: str) -> str:
    """Foreign text within a sentence: shortened, and without what cannot be printed."""
    shown = "".join(character if character.isprintable() else "�" for character in text[:100])
    return f"“{shown}{'…' if len(text) > 100 else ''}”"


def read_document(text: str) -> dict[str, Any]:
    """Read the JSON of a policy; a name that occurs twice in one object is refused, as the grammar says."""
    try:
        document = json.loads(text, object_pairs_hook=without_duplicates, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise MalformedPolicyError(
            f"The policy is not JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except RecursionError as error:
        raise MalformedPolicyError("The policy is nested too deeply to be one.") from error
    except ValueError as error:  # a number of thousands of digits
        raise MalformedPolicyError("The policy holds a number that is far too long.") from error
    if not isinstance(document, dict):
        raise MalformedPolicyError(f"A policy is a JSON object, and this is {kind_of(document)}.")
    return document


def read_policy(document: Mapping[str, Any]) -> Policy:
    """Check a policy's elements. Raises MalformedPolicyError with the first thing that is wrong."""
    _refuse_unknown_elements(document, _POLICY_ELEMENTS, "The policy")
    version = document.get("Version", _OLD_VERSION)
    if version not in (CURRENT_VERSION, _OLD_VERSION):
        shown = quoted(version) if isinstance(version, str) else kind_of(version)
        raise MalformedPolicyError(f"Version has to be {CURRENT_VERSION} or {_OLD_VERSION}, and it is {shown}.")
    if not isinstance(document.get("Id", ""), str):
        raise MalformedPolicyError("The policy's Id has to be a text.")
    if "Statement" not in document:
        raise MalformedPolicyError("The policy has no Statement.")
    return Policy(
        version=version,
        statements=tuple(
            _read_statement(number, statement) for number, statement in enumerate(statements_of(document), start=1)
        ),
    )


def statements_of(document: Mapping[str, Any]) -> list[Any]:
    """The statements as a list; one object alone is a list of one."""
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of what the JSON reader found in it. Raises MalformedPolicyError for a name that occurs twice."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise MalformedPolicyError(f"{quoted(name)} occurs twice in one object.")
        seen.add(name)
    raise AssertionError("none of them occurs twice")


def refuse_constant(name: str) -> None:
    """Refuse what Python reads as a number and JSON does not know, such as NaN."""
    raise MalformedPolicyError(f"The policy is not JSON: {name} is no value in it.")


def kind_of(value: object) -> str:
    """What kind of JSON value it is, for a sentence."""
    for kinds, name in (
        ((bool,), "true or false"),
        ((int, float), "a number"),
        ((str,), "a text"),
        ((list, tuple), "a list"),
        ((Mapping,), "an object"),
        ((type(None),), "null"),
    ):
        if isinstance(value, kinds):
            return name
    return "something else"


def _refuse_unknown_elements(
    found: Mapping[str, Any], known: frozenset[str], where: str, number: int | None = None
) -> None:
    for name in found:
        if name not in known:
            shown = quoted(str(name))
            meant = next((right for right in sorted(known) if right.lower() == str(name).lower()), "")
            hint = f"; it is written {meant}" if meant else ""
            if _is_function_name(name):
                hint = "; it belongs to a template of CloudFormation that was not filled in"
            raise MalformedPolicyError(
                f"{where} has an element {shown} that policies do not have{hint}.", statement=number
            )


def _read_statement(number: int, found: object) -> Statement:
    where = f"Statement {number}"
    if not isinstance(found, Mapping):
        raise MalformedPolicyError(f"{where} has to be an object, and it is {kind_of(found)}.", statement=number)
    _refuse_unknown_elements(found, _STATEMENT_ELEMENTS, where, number)
    sid = found.get("Sid", "")
    if not isinstance(sid, str):
        raise MalformedPolicyError(f"The Sid of statement {number} has to be a text.", statement=number)
    if "Effect" not in found:
        raise MalformedPolicyError(f"{where} has no Effect (Allow or Deny).", statement=number)
    effect = found["Effect"]
    if not isinstance(effect, str) or effect not in {"Allow", "Deny"}:
        shown = quoted(effect) if isinstance(effect, str) else kind_of(effect)
        raise MalformedPolicyError(
            f"The Effect of statement {number} has to be Allow or Deny, in just these letters, and it is {shown}.",
            statement=number,
        )
    principal_element = _one_of(found, "Principal", number)
    everyone, principals = _read_principals(found[principal_element], principal_element, number)
    action_element = _one_of(found, "Action", number)
    actions = _texts(found[action_element], f"{action_element} of statement {number}", number)
    for action in actions:
        if action != "*" and ":" not in action:
            raise MalformedPolicyError(
                f"{where} names the action {quoted(action)}; an action is written service:action.", statement=number
            )
    resource_element = _one_of(found, "Resource", number)
    return Statement(
        number=number,
        sid=sid,
        allows=effect == "Allow",
        everyone=everyone,
        principals=principals,
        except_principals=principal_element == "NotPrincipal",
        actions=actions,
        except_actions=action_element == "NotAction",
        resources=_texts(found[resource_element], f"{resource_element} of statement {number}", number),
        except_resources=resource_element == "NotResource",
        conditions=_read_conditions(found.get("Condition", {}), number),
    )


def _one_of(found: Mapping[str, Any], element: str, number: int) -> str:
    """Which of ``element`` and its Not… form a statement has; it needs exactly one."""
    present = [name for name in (element, f"Not{element}") if name in found]
    if len(present) == 1:
        return present[0]
    what = f"both {element} and Not{element}" if present else f"neither {element} nor Not{element}"
    why = (
        ", and the policy of a queue or topic has to say who is meant" if not present and element == "Principal" else ""
    )
    raise MalformedPolicyError(f"Statement {number} has {what}{why}.", statement=number)


def _is_function_name(name: object) -> bool:
    return isinstance(name, str) and (name == "Ref" or name.startswith("Fn::"))


def _filled(value: object) -> object:
    """A function of a CloudFormation template in the short form that its YAML has: a placeholder; all else as it is."""
    if isinstance(value, Mapping) and len(value) == 1:
        ((name, of),) = value.items()
        if _is_function_name(name):
            shown = ".".join(str(one)[:60] for one in of[:3]) if isinstance(of, list | tuple) else str(of)[:60]
            return f"!{name.removeprefix('Fn::')} {shown}"
    return value


def _texts(value: object, where: str, number: int) -> tuple[str, ...]:
    value = _filled(value)
    found = [_filled(one) for one in value] if isinstance(value, list | tuple) else [value]
    if not found:
        raise MalformedPolicyError(f"The {where} is an empty list.", statement=number)
    texts = []
    for text in found:
        if not isinstance(text, str) or not text:
            shown = "empty" if text == "" else kind_of(text)
            raise MalformedPolicyError(
                f"The {where} has to be a text or a list of texts; one is {shown}.", statement=number
            )
        texts.append(text)
    return tuple(texts)


def _read_principals(value: object, element: str, number: int) -> tuple[bool, tuple[tuple[str, str], ...]]:
    if value == "*":
        return True, ()
    if not isinstance(value, Mapping) or not value:
        shown = quoted(value) if isinstance(value, str) else "empty" if value in ({}, []) else kind_of(value)
        raise MalformedPolicyError(
            f'The {element} of statement {number} has to be "*" or an object such as '
            f'{{"Service": …}}, and it is {shown}.',
            statement=number,
        )
    principals: list[tuple[str, str]] = []
    for kind, names in value.items():
        if kind not in _PRINCIPAL_TYPES:
            raise MalformedPolicyError(
                f"The {element} of statement {number} is of the kind {quoted(str(kind))}; "
                f"there are {', '.join(_PRINCIPAL_TYPES)}.",
                statement=number,
            )
        principals += ((kind, name) for name in _texts(names, f"{element} of statement {number}", number))
    return False, tuple(principals)


def _read_conditions(value: object, number: int) -> tuple[Condition, ...]:
    if not isinstance(value, Mapping):
        raise MalformedPolicyError(
            f"The Condition of statement {number} has to be an object, and it is {kind_of(value)}.", statement=number
        )
    conditions = []
    for operator, keys in value.items():
        if not isinstance(keys, Mapping):
            raise MalformedPolicyError(
                f"{quoted(str(operator))} in the Condition of statement {number} has to hold an object of keys, "
                f"and it is {kind_of(keys)}.",
                statement=number,
            )
        for key, values in keys.items():
            conditions.append(
                Condition(operator=str(operator), key=str(key), values=_condition_values(values, str(key), number))
            )
    return tuple(conditions)


def _condition_values(value: object, key: str, number: int) -> tuple[str, ...]:
    value = _filled(value)
    found = [_filled(one) for one in value] if isinstance(value, list | tuple) else [value]
    if not found:
        raise MalformedPolicyError(
            f"The condition on {quoted(key)} in statement {number} has no value.", statement=number
        )
    return tuple(_condition_value(single, key, number) for single in found)


def _condition_value(value: object, key: str, number: int) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() if value.bit_length() <= 1024:  # longer ones cannot be written out, and mean nothing here
            return str(value)
        case float() if math.isfinite(value):
            return str(value)
    raise MalformedPolicyError(
        f"The condition on {quoted(key)} in statement {number} has to be compared with a text, a number or true/false; "
        f"one value is {kind_of(value)}{' out of all bounds' if isinstance(value, int | float) else ''}.",
        statement=number,
    )
