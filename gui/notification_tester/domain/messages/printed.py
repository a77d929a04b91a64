# SPDX-License-Identifier: MIT
"""Values as programs print them for people: Python's repr and pprint, Node's console.log, Ruby's inspect, JSON5.

Sources: the Python language reference, "String and Bytes literals"; Node's documentation of ``util.inspect``; Ruby's
``Hash#inspect``. Nothing is evaluated: what is no text, number, list or object is kept as the text that it is.

Deliberate deviations: whatever two of these languages write alike is read alike, a comma may be one too many, and
texts that stand side by side, or with a ``+`` between them, are one, as pprint and Node break long ones. A list of
the fields of Python's module cgi (``MiniFieldStorage('name', 'value')``) is an object, as a dictionary of them is.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from notification_tester.domain.json_text import MAX_DEPTH

_BLANK = re.compile(r"(?:[\s\u200b\ufeff]++|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+")
_BLANK_OF_CODE = re.compile(r"(?:[\s\u200b\ufeff]++|(?://|#)[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+")
_STRING = re.compile(
    r"""(?P<prefix>[A-Za-z]{0,2})(?:"""
    r"""'''(?P<three>[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+)'''|'(?P<one>[^'\\]*+(?:\\.[^'\\]*+)*+)'"""
    r"""|"(?P<two>[^"\\]*+(?:\\.[^"\\]*+)*+)"|`(?P<tick>[^`\\]*+(?:\\.[^`\\]*+)*+)`)""",
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|u\{([0-9A-Fa-f]{1,6})\}|([0-7]{1,3})|(\r\n|.))",
    re.DOTALL,
)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "\n": "", "\r\n": ""}
_WORD = re.compile(r"[A-Za-z_$@#][\w$.@#?!-]*+")
_NUMBER = re.compile(r"[-+]?(?:[0-9][0-9_]*+(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+n?)(?![\w.])")
_KEY_END = re.compile(r"\s*+(?:=>|:(?!:)|=)")
_NAME_END = re.compile(r"\s*+(?:=>|=(?!=)|:(?!:))")
_SHORTENED = re.compile(
    r"\[(?:Object|Array|Circular[^\]\n]{0,20}|Function[^\]\n]{0,80}|Getter[^\]\n]{0,10}|\.\.\.)\](?!\s*+\{)"
    r"|\.\.\. [0-9]{1,12} more (?:items?|characters?|elements?|properties)|\{(?:\.\.\.|…)\}|\.\.\.|…"
    r"|Array\([0-9]{1,9}\)(?!\s*+\[)|System\.Object\[\]"
)
_LABEL = re.compile(
    r"\[[A-Za-z][\w$ :.]{0,60}\](?=\s*+\{)|<ref \*[0-9]{1,6}>"
)  # [Object: null prototype] {…}, <ref *1>
_NAMED = re.compile(r"<[\w.]{1,80}:?\s*+(?=[{\[])")  # <QueryDict: {…}>
_CONSTANTS = {
    "True": True, "true": True, "False": False, "false": False,
    "None": None, "null": None, "nil": None, "undefined": None, "NULL": None,
}  # fmt: skip
_FIELDS_OF_CGI = {"MiniFieldStorage", "FieldStorage"}
_MOST_ARGUMENTS = 50
_CLOSERS = {"{": "}", "[": "]", "(": ")"}


class NotPrintedError(ValueError):
    """This is no value that a program prints, or one with more in it than a message has. ``place`` is where it ends."""

    def __init__(self, place: int) -> None:
        super().__init__(f"not a value at character {place}")
        self.place = place


class ShortenedError(NotPrintedError):
    """The program that printed it left something out, and said so in its place."""


class Name(str):
    """A word without quotation marks, such as the name of a variable: what it stands for is not known."""

    __slots__ = ()


class _Field(dict[str, Any]):
    """One field of a form, an object with its name and value, until it is seen what it stands in."""

    __slots__ = ()


class Arguments(NamedTuple):
    """The arguments of a call; what is computed, a function, or cannot be read is a Name. ``end`` is behind them."""

    positional: list[Any]
    named: dict[str, Any]
    end: int


class Printed(NamedTuple):
    """A value made of what JSON has, where it ends, and what was passed over: blanks beyond ASCII, and comments."""

    value: Any
    end: int
    blanks: frozenset[str]
    has_comments: bool


def read_printed(text: str, start: int = 0, *, has_names: bool = False) -> Printed:
    """Read one value from ``start`` on; with ``has_names`` a word without quotation marks is a Name in it.

    Takes time in proportion to what is read. Raises NotPrintedError, and ShortenedError where "[Object]" or "… more
    items" stand for what is missing.
    """
    reading = _Reading(text, start, has_names=has_names)
    return Printed(reading.value(0), reading.at, frozenset(reading.blanks), reading.has_comments)


def read_arguments(text: str, start: int) -> Arguments:
    """Read the arguments of a call of Python, JavaScript, Ruby or PHP whose bracket opens at ``start``.

    A call that ends in the middle of the text has the arguments that are there. Takes time in proportion to what is
    read, and never raises.
    """
    reading = _Reading(text, start + 1, has_names=True)
    arguments = Arguments([], {}, start)
    for _ in range(_MOST_ARGUMENTS):
        if reading.ends_with(")"):
            break
        name = reading.argument_name()
        value = reading.argument()
        if name is None:
            arguments.positional.append(value)
        else:
            arguments.named[name] = value
    return arguments._replace(end=reading.at)


class _Reading:
    """Where in the text the reading is; with ``has_names`` it is code: words are Names, and ``#`` begins a comment."""

    def __init__(self, text: str, start: int, *, has_names: bool = False) -> None:
        self.text = text
        self.at = start
        self.has_names = has_names
        self.blanks: set[str] = set()
        self.has_comments = False

    def value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise NotPrintedError(self.at)
        self._blank()
        if _SHORTENED.match(self.text, self.at):
            raise ShortenedError(self.at)
        if label := _LABEL.match(self.text, self.at):
            self.at = label.end()
            return self.value(depth + 1)
        opener = self.text[self.at : self.at + 1]
        if opener in _CLOSERS and opener:
            return self._several(opener, depth)
        if (string := self._string()) is not None:
            return string
        if number := _NUMBER.match(self.text, self.at):
            self.at = number.end()
            return _number(number[0])
        if opener == ":":  # a symbol of Ruby
            self.at += 1
        if word := _WORD.match(self.text, self.at):
            self.at = word.end()
            return self._after_word(word[0], depth)
        if opener == "<":
            return self._angle(depth)
        raise NotPrintedError(self.at)

    def ends_with(self, closer: str) -> bool:
        """Whether nothing more comes: the closing bracket, which is passed, or the end of the text."""
        self._blank()
        if self.text.startswith(closer, self.at):
            self.at += len(closer)
            return True
        return self.at >= len(self.text)

    def argument_name(self) -> str | None:
        """The name before the next argument of a call, if it has one; "**" before several of a mapping."""
        if self.text.startswith(("**", "..."), self.at):
            self.at += 2 if self.text[self.at] == "*" else 3
            return "**"
        at = self.at + self.text.startswith(":", self.at)  # a symbol of Ruby
        name = _WORD.match(self.text, at) or _STRING.match(self.text, at)  # PHP quotes the names of an array
        sign = None if name is None else _NAME_END.match(self.text, name.end())
        if name is None or sign is None:
            return None
        self.at = sign.end()
        return name[0].strip("\"'")

    def argument(self) -> Any:
        """The next argument of a call, and the comma behind it."""
        begin = self.at
        try:
            value = self.value(0)
        except NotPrintedError:
            value = Name("…")
        self._blank()
        if self.text[self.at : self.at + 1] not in {",", ")", ""}:
            value = Name("…")  # something is computed with it
        if isinstance(value, Name) and value == "…":
            self.at = _end_of_argument(self.text, begin)
        if self.text.startswith(",", self.at):
            self.at += 1
        return value

    def _blank(self) -> None:
        found = (_BLANK_OF_CODE if self.has_names else _BLANK).match(self.text, self.at)
        if found is not None and found.end() > self.at:
            if not (passed := found[0]).isascii():
                self.blanks.update(one for one in passed if not one.isascii())
            self.has_comments = self.has_comments or "/" in passed
            self.at = found.end()

    def _string(self) -> str | None:
        """One text, or several that belong together; None where none begins here."""
        parts: list[str] = []
        while True:
            found = _STRING.match(self.text, self.at)
            if found is None:
                break
            parts.append(_unescaped(found))
            self.at = found.end()
            before = self.at
            self._blank()
            if self.text[self.at : self.at + 1] == "+":
                self.at += 1
                self._blank()
            if _STRING.match(self.text, self.at) is None:
                self.at = before
                break
            if _SHORTENED.match(self.text, self.at):
                raise ShortenedError(self.at)
        if not parts:
            return None
        after = _BLANK.match(self.text, self.at)
        if after and self.text.startswith("... ", after.end()) and _SHORTENED.match(self.text, after.end()):
            raise ShortenedError(after.end())
        return "".join(parts)

    def _several(self, opener: str, depth: int, *, is_call: bool = False) -> Any:
        """A list or tuple, an object, or a text in round brackets; of a call the list of its arguments."""
        self.at += 1
        closer = _CLOSERS[opener]
        items: list[Any] = []
        fields: dict[str, Any] = {}
        commas = 0
        is_due = True
        while True:
            self._blank()
            here = self.text[self.at : self.at + 1]
            if here == closer:
                self.at += 1
                break
            if here == "," and not is_due:
                self.at += 1
                commas += 1
                is_due = True
                continue
            if not is_due:
                raise NotPrintedError(self.at)
            is_due = False
            if opener != "(" and (name := self._key()) is not None:
                fields[name] = _alone(self.value(depth + 1))
                continue
            items.append(self.value(depth + 1))
            self._blank()
            if opener != "(" and (sign := _KEY_END.match(self.text, self.at)):
                self.at = sign.end()
                fields[str(items.pop())] = _alone(self.value(depth + 1))
        if fields:
            if items:
                raise NotPrintedError(self.at)
            return fields
        if opener == "{" and not items:
            return {}
        if opener == "(" and len(items) == 1 and not commas and not is_call:
            return items[0]
        return _together(items) if opener == "[" and all(isinstance(one, _Field) for one in items) else items

    def _key(self) -> str | None:
        """The name of a field that has no quotes, with the sign after it."""
        word = _WORD.match(self.text, self.at)
        if word is None:
            return None
        sign = _KEY_END.match(self.text, word.end())
        if sign is None:
            return None
        self.at = sign.end()
        return word[0]

    def _after_word(self, word: str, depth: int) -> Any:
        """A constant; a class before its value, as in ``OrderedDict({…})`` and ``Message {…}``; or just a word."""
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        begin = self.at - len(word)
        self._blank()
        follows = self.text[self.at : self.at + 1]
        if follows == "(":
            arguments = self._several("(", depth + 1, is_call=True)
            if word in _FIELDS_OF_CGI and arguments and all(isinstance(arguments[one], str) for one in (0, -1)):
                return _Field({arguments[0]: arguments[-1]})
            inner = [one for one in arguments if isinstance(one, (dict, list))]
            if not inner:
                return arguments[0] if len(arguments) == 1 else self.text[begin : self.at]
            return _paired(inner[-1]) if isinstance(inner[-1], list) else inner[-1]
        if follows in {"{", "["}:
            return self.value(depth + 1)
        self.at = begin + len(word)
        return Name(word) if self.has_names else word

    def _angle(self, depth: int) -> Any:
        """``<QueryDict: {…}>`` is what is in it; ``<class 'dict'>`` and the like are texts."""
        begin = self.at
        if named := _NAMED.match(self.text, begin):
            self.at = named.end()
            value = self.value(depth + 1)
            end = self.text.find(">", self.at, self.at + 200)
        else:
            end = self.text.find(">", begin, begin + 500)
            value = self.text[begin : end + 1]
        if end < 0:
            raise NotPrintedError(begin)
        self.at = end + 1
        return value


def _end_of_argument(text: str, at: int) -> int:
    """Where the comma or bracket stands that ends the argument at ``at``; brackets and texts in it are passed over."""
    depth = 0
    while at < len(text):
        if (string := _STRING.match(text, at)) is not None:
            at = string.end()
            continue
        if text[at] in "([{":
            depth += 1
        elif depth and text[at] in ")]}":
            depth -= 1
        elif not depth and text[at] in ",)]}":
            return at
        at += 1
    return at


def _paired(items: list[Any]) -> Any:
    """Pairs of a name and a value, as OrderedDict and others print theirs, are an object."""
    if items and all(isinstance(one, list) and len(one) == 2 and isinstance(one[0], str) for one in items):
        return dict(items)
    return items


def _alone(value: Any) -> Any:
    """Of a field that stands under its own name the value."""
    return next(iter(value.values())) if isinstance(value, _Field) else value


def _together(fields: list[Any]) -> Any:
    """Fields of one form as an object; of a name that is there several times all values, in order."""
    if not fields:
        return fields
    values: dict[str, list[Any]] = {}
    for one in fields:
        for name, value in one.items():
            values.setdefault(name, []).append(value)
    return {name: several[0] if len(several) == 1 else several for name, several in values.items()}


def _unescaped(found: re.Match[str]) -> str:
    text = next(part for part in found.group("three", "one", "two", "tick") if part is not None)
    prefix = found["prefix"].casefold()
    if "\\" not in text or "r" in prefix:
        return text
    text = unescaped(text)
    if "b" not in prefix:
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def unescaped(text: str) -> str:
    """Take one level of backslashes off, as any of these languages writes them within quotes."""
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3] or found[4]
    if digits:
        number = int(digits, 16)
    elif found[5]:
        number = int(found[5], 8)
    else:
        return _SHORT.get(found[6], found[6])
    return chr(number) if number <= 0x10FFFF else found[0]


def _number(digits: str) -> Any:
    plain = digits.replace("_", "").removesuffix("n").removeprefix("+")
    if len(plain) > 18 or any(mark in plain for mark in ".eE"):
        return plain  # a text: nothing of it is lost
    return int(plain)
