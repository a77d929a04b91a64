# SPDX-License-Identifier: MIT
"""Checks a call's input against the service model that botocore ships, more strictly than botocore itself.

botocore does not look at enumerations, patterns and the lengths of texts; the service does. How Mechanical Turk words
such refusals is not known: the codes and texts are those of the framework that many of AWS's JSON services share
(``SerializationException``, ``ValidationException``). Unknown members are ignored, as these services do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, Shape, StructureShape

if TYPE_CHECKING:
    from collections.abc import Iterator


class InvalidInputError(Exception):
    """The input does not fit the model; ``code`` is the error type on the wire."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check(value: object, shape: Shape) -> None:
    """Check a whole input. Raises InvalidInputError for a wrong type, or listing every value that is out of bounds."""
    faults = list(_walk(value, shape, ""))
    if faults:
        count = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected"
        raise InvalidInputError("ValidationException", f"{count}: {'; '.join(faults)}")


_KINDS: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "list": (list,),
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
}


def _walk(value: object, shape: Shape, place: str) -> Iterator[str]:
    kind: str = shape.type_name
    expected = _KINDS.get(kind, (object,))
    if not isinstance(value, expected) or (isinstance(value, bool) and int in expected):
        where = f" at {place}" if place else ""
        raise InvalidInputError("SerializationException", f"Expected a value of type {kind}{where}.")
    if isinstance(value, dict) and isinstance(shape, StructureShape):
        yield from _walk_structure(value, shape, place)
    elif isinstance(value, list) and isinstance(shape, ListShape):
        yield from _bounds(len(value), shape.metadata, "length", place, value)
        for number, item in enumerate(value, start=1):
            yield from _walk(item, shape.member, f"{place}.{number}.member")
    elif isinstance(value, str):
        yield from _bounds(len(value), shape.metadata, "length", place, value)
        if (pattern := shape.metadata.get("pattern")) and not re.search(pattern, value):
            yield _fault(value, place, f"Member must satisfy regular expression pattern: {pattern}")
        if (allowed := shape.metadata.get("enum")) and value not in allowed:
            yield _fault(value, place, f"Member must satisfy enum value set: [{', '.join(allowed)}]")
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from _bounds(value, shape.metadata, "value", place, value)


def _walk_structure(value: dict[str, Any], shape: StructureShape, place: str) -> Iterator[str]:
    for name in shape.metadata.get("required", []):
        if value.get(name) is None:
            yield _fault(None, _join(place, name), "Member must not be null")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _walk(value[name], member, _join(place, name))


def _bounds(size: int, limits: dict[str, Any], what: str, place: str, value: object) -> Iterator[str]:
    if "min" in limits and size < limits["min"]:
        yield _fault(value, place, f"Member must have {what} greater than or equal to {limits['min']}")
    if "max" in limits and size > limits["max"]:
        yield _fault(value, place, f"Member must have {what} less than or equal to {limits['max']}")


def _fault(value: object, place: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{str(value)[:200]}'"
    return f"Value {shown} at '{place}' failed to satisfy constraint: {constraint}"


def _join(place: str, name: str) -> str:
    # AWS writes the first letters small: hITTypeId, notification.eventTypes
    name = name[:1].lower() + name[1:]
    return f"{place}.{name}" if place else name
