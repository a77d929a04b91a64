# SPDX-License-Identifier: MIT
"""What a command says: lines for people, one JSON value for scripts.

While a command runs, standard output and standard error are :class:`Output`: whatever is written there, by argparse and
by Python too, cannot make a terminal do something, can be written in whatever encoding it has, and says as an error of
its own when it cannot be written, so that no other error is taken for that.

Pipes and files get UTF-8 on every system, where Python would use the code page of Windows or the locale; a terminal or
console gets what it has, which Python knows. Whoever set ``PYTHONIOENCODING`` gets that.
"""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from notification_tester.cli.own_words import for_a_command
from notification_tester.domain.joined_signs import belongs_to_a_sign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.domain.problem import Problem

YES, NO, WRONG = 0, 1, 2
"""Exit codes: yes; no (refused, not arrived, unreadable); the words or values given are wrong."""


class OutputError(Exception):
    """Our own output cannot be written; the message says why."""


class ReaderLeftError(Exception):
    """Whoever read our output has seen enough: what is still said interests nobody, and that is no fault."""


class Output(io.TextIOBase):
    """A stream for people and scripts, over ``stream``; None where there is none.

    Raises OutputError for what cannot be written, unless there is nobody to tell (``is_last_resort``). When nobody
    reads any more, it takes everything and writes nothing: what a command does ends as it would have otherwise.
    """

    def __init__(self, stream: TextIO | None, *, is_last_resort: bool = False) -> None:
        self._stream = stream
        self._is_last_resort = is_last_resort
        self.has_reader = True

    @property
    def is_there(self) -> bool:
        """Whether Python found such a stream."""
        return self._stream is not None

    @property
    def encoding(self) -> str:  # type: ignore[override] # the base has an attribute
        """The encoding of what is beneath."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def fileno(self) -> int:
        """The descriptor beneath. Raises OSError where there is none."""
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Write what can be shown; control characters, also those that turn the direction of text, are named."""
        shown = (
            text
            if text.isprintable()
            else "".join(
                one if one.isprintable() or one == "\n" or belongs_to_a_sign(text, place) else _named(one)
                for place, one in enumerate(text)
            )
        )
        with self._guarded() as stream:
            stream.write(shown.encode(self.encoding, "backslashreplace").decode(self.encoding))
        return len(text)

    def write_ascii(self, text: str) -> None:
        """Write for scripts: the same bytes whatever encoding was chosen for people."""
        with self._guarded() as stream:
            buffer = getattr(stream, "buffer", None)
            if buffer is None:
                stream.write(text)
            else:
                stream.flush()
                buffer.write(text.encode("ascii"))

    def flush(self) -> None:
        """Hand on what was written; a full disk is noticed here."""
        if self._stream is not None:
            with self._guarded() as stream:
                stream.flush()

    def __del__(self) -> None:
        """What could not be written was said when it was; Python 3.13 would close, flush, and say it again."""

    @contextmanager
    def _guarded(self) -> Iterator[TextIO]:
        if not self.has_reader:
            yield io.StringIO()
            return
        if self._stream is None:
            if self._is_last_resort:
                yield io.StringIO()
                return
            raise OutputError("there is no standard output")
        try:
            yield self._stream
        except (OSError, ValueError) as error:  # ValueError: somebody closed it
            self._leave()
            has_left = isinstance(error, BrokenPipeError) or (
                os.name == "nt" and isinstance(error, OSError) and error.errno == errno.EINVAL
            )
            if not (has_left or self._is_last_resort):
                raise OutputError(getattr(error, "strerror", None) or str(error)) from error

    def _leave(self) -> None:
        """Let what is still in the buffers go nowhere, or the interpreter would say so at its end."""
        self.has_reader = False
        with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), self.fileno())


@contextmanager
def as_output() -> Iterator[tuple[Output, Output]]:
    """Standard output and standard error, from now until the end of the block."""
    before = sys.stdout, sys.stderr
    for stream in before:
        _use_utf8(stream)
    out, err = Output(before[0]), Output(before[1], is_last_resort=True)
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = before


def _use_utf8(stream: TextIO | None) -> None:
    is_chosen = os.environ.get("PYTHONIOENCODING") and not sys.flags.ignore_environment
    if isinstance(stream, io.TextIOWrapper) and not is_chosen:
        with suppress(OSError, ValueError):  # closed, or broken already: said when something is written
            if not stream.isatty():
                stream.reconfigure(encoding="utf-8")


def say_problem(problem: Problem, *, as_json: bool) -> None:
    """Say what is wrong: as JSON on standard output, in words on standard error."""
    problem = for_a_command(problem)
    if as_json:
        print_json({"problem": problem.as_json()})
        return
    say(f"\n{problem.title}\n{problem.detail}\nWhat to do: {problem.remedy}\n")
    if exact := problem.answer.as_text():
        say(f"The exact answer:\n{exact}\n")


def say(text: str) -> None:
    """Write on standard error. Where that cannot be, there is nobody to tell."""
    error = sys.stderr if isinstance(sys.stderr, Output) else Output(sys.stderr, is_last_resort=True)
    error.write(text)
    error.flush()


def print_line(line: str) -> None:
    """Say a line on standard output; a line break within it is named like every control character."""
    output = _output()
    output.write(line.replace("\n", _named("\n")) + "\n")
    output.flush()


def print_json(value: dict[str, Any], *, indent: int | None = 2) -> None:
    """Say a value on standard output: the one of this command, or one of many, each on a line."""
    output = _output()
    output.write_ascii(json.dumps(value, indent=indent) + "\n")
    output.flush()


def must_be_read() -> None:
    """Raise ReaderLeftError where nobody reads what we say: for a command that goes on for the sake of its reader."""
    if not _output().has_reader:
        raise ReaderLeftError


def _output() -> Output:
    return sys.stdout if isinstance(sys.stdout, Output) else Output(sys.stdout)


def _named(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩"
