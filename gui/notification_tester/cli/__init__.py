# SPDX-License-Identifier: MIT
"""The command line: the same services without a window, for scripts, support and smoke tests.

With ``--json`` standard output has one JSON value and nothing else. Exit codes: 0 yes; 1 no (refused, not arrived,
unreadable), with a ``problem`` object; 2 the words or values given are wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from notification_tester import __version__
from notification_tester.cli import (
    check,
    decode,
    deliver,
    hit_types,
    import_words,
    listen,
    receive,
    remove_data,
    report,
    send,
)
from notification_tester.cli.output import (
    NO,
    WRONG,
    YES,
    Output,
    OutputError,
    ReaderLeftError,
    as_output,
    say,
    say_problem,
)
from notification_tester.cli.stoppable import StoppedError, stopped_by_signals
from notification_tester.domain.known_secrets import KnownSecrets
from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer, input_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def _no_pdf(page: str) -> bytes:
    del page
    raise input_problem(
        "words.report-no-pdf",
        title="A PDF cannot be written here.",
        detail="The part of the program that draws was not handed to this command.",
        remedy="Write the report as .html.",
    )


def main(words: Sequence[str], *, self_check: Callable[[str], int], as_pdf: Callable[[str], bytes] = _no_pdf) -> int:
    """Run one command; returns the exit code.

    ``self_check`` and ``as_pdf`` (of a page of HTML) are what draws, handed in from above.
    """
    as_json, secrets = "--json" in words, KnownSecrets()
    # The window of the self-check ends as the system has it.
    signals = nullcontext() if "self-check" in words else stopped_by_signals()
    with signals, as_output() as (output, _), _bugs_of_threads_reported(secrets):
        try:
            try:
                return _run(words, self_check=self_check, as_pdf=as_pdf, as_json=as_json, secrets=secrets)
            finally:
                output.flush()
        except OutputError as error:
            say(f"The output could not be written: {error}.\n")
            return NO
        except ReaderLeftError:
            return YES  # what was asked for was done, and read as far as somebody wanted to
        except StoppedError as stopped:
            return stopped.exit_code


def _run(
    words: Sequence[str],
    *,
    self_check: Callable[[str], int],
    as_pdf: Callable[[str], bytes],
    as_json: bool,
    secrets: KnownSecrets,
) -> int:
    try:
        arguments = _parser(as_json=as_json).parse_args(words)
        arguments.secrets = secrets
        if arguments.home is not None:
            _use_home(arguments.home)
        if "account" in arguments:
            _must_be_known(arguments.account)
        match arguments.command:
            case "practice":
                return _practice(arguments)
            case "decode":
                return decode.run(arguments)
            case "import":
                return import_words.run(arguments)
            case "send":
                return send.run(arguments)
            case "deliver":
                return deliver.run(arguments)
            case "listen":
                return listen.run(arguments)
            case "receive":
                return receive.run(arguments)
            case "check":
                return check.run(arguments)
            case "hit-types":
                return hit_types.run(arguments)
            case "report":
                return report.run(arguments, as_pdf=as_pdf)
            case "remove-data":
                return remove_data.run(arguments)
            case "self-check":
                return self_check(arguments.screenshot)
            case word:
                raise NotImplementedError(word)  # the parser knows it
    except ProblemError as error:
        say_problem(_without_secrets(error.problem, secrets), as_json=as_json)
        return WRONG if error.problem.cause is Cause.INPUT else NO
    except (OutputError, ReaderLeftError):
        raise
    except Exception as bug:  # noqa: BLE001 - a bug of ours is told of in a sentence as well, and without a secret
        say_problem(_mistake(bug, secrets), as_json=as_json)
        return NO


@contextmanager
def _bugs_of_threads_reported(secrets: KnownSecrets) -> Iterator[None]:
    """Let a bug that nobody waits for be told on standard error without a secret, where Python would quote it whole."""

    def report(event: threading.ExceptHookArgs | sys.UnraisableHookArgs) -> None:
        # Python drops what is raised where nobody can hear of it: a second signal ends the command all the same.
        if event.exc_value is not None and not isinstance(event.exc_value, StoppedError):
            say(_report(event.exc_value, secrets))

    before = threading.excepthook, sys.unraisablehook
    threading.excepthook = sys.unraisablehook = report
    try:
        yield
    finally:
        threading.excepthook, sys.unraisablehook = before


def _report(error: BaseException, secrets: KnownSecrets) -> str:
    from notification_tester.services.crash_text import crash_text

    _know_variables(secrets)
    return crash_text(error, version=__version__, secrets=secrets.all())


def _know_variables(secrets: KnownSecrets) -> None:
    from notification_tester.aws.settings import environment_secrets

    secrets.add(*environment_secrets(os.environ))


def _without_secrets(problem: Problem, secrets: KnownSecrets) -> Problem:
    """The same: it may quote a word of the command, and a key may stand in the wrong one."""
    _know_variables(secrets)
    title, detail, remedy = map(secrets.clean, (problem.title, problem.detail, problem.remedy))
    return replace(problem, title=title, detail=detail, remedy=remedy)


def _mistake(error: Exception, secrets: KnownSecrets) -> Problem:
    """What a bug of ours looks like to a person, with the report for whoever mends it."""
    return Problem(
        title="The program made a mistake.",
        detail=f"Something happened that it was not made for ({type(error).__name__}).",
        remedy="Nothing of yours is lost. Please try again; if it happens again, send the report.",
        code="program.bug",
        cause=Cause.PROGRAM,
        answer=ServiceAnswer(message=_report(error, secrets)),
    )


def _use_home(folder: str) -> None:
    from notification_tester.storage.places import use_home

    if not folder:
        raise input_problem(
            "words.home",
            title="The folder of --home has no name.",
            detail="Nothing stands between its quotes, or the variable that was put there is empty.",
            remedy="Name a folder, which need not be there yet; or leave the word out.",
        )
    use_home(folder)


def _must_be_known(account: str) -> None:
    """Say so before anything else where there is no such account: what is said of the rest may depend on it."""
    from notification_tester.services.accounts import must_be_known
    from notification_tester.storage.places import system_places

    must_be_known(account, system_places())


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in the words, and quotes no key that stands among them."""

    def error(self, message: str) -> NoReturn:
        """Say it, and end the program."""
        secrets = KnownSecrets()
        _know_variables(secrets)
        super().error(secrets.clean(message))


class _JsonParser(_Parser):
    """Says what is wrong in the words as a problem, for a script that asked for JSON."""

    def error(self, message: str) -> NoReturn:
        """Raise it."""
        raise input_problem(
            "words.wrong",
            title="The words of the command are not understood.",
            detail=f"{message[0].upper()}{message[1:]}.",
            remedy=f"The words are: {' '.join(self.format_usage().removeprefix('usage: ').split())}",
        )


def _parser(*, as_json: bool) -> argparse.ArgumentParser:
    kind: type[argparse.ArgumentParser] = _JsonParser if as_json else _Parser
    parser = kind(
        prog="mturk-notification-tester",
        description="Test the notifications of Amazon Mechanical Turk. Without a word it opens its window.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument(
        "--home",
        metavar="DIR",
        help="keep settings, accounts and history in this folder, and not in yours; before COMMAND, or alone for the "
        "window (default: the variable MTURK_NOTIFICATION_TESTER_HOME, else the system's folders for programs)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    practice = commands.add_parser("practice", help="run the practice cloud until Ctrl-C or the end of input")
    practice.add_argument("--port", type=int, default=0, help="the port to use (default: any free one)")
    practice.add_argument("--hit-types", type=int, metavar="N", help="begin with so many made-up HIT types")
    practice.add_argument("--hits", type=int, metavar="M", help="begin with so many made-up HITs")

    send.add_words(commands)
    deliver.add_words(commands)
    listen.add_words(commands)
    receive.add_words(commands)
    check.add_words(commands)
    hit_types.add_words(commands)
    decode.add_words(commands)
    import_words.add_words(commands)
    report.add_words(commands)
    remove_data.add_words(commands)

    proof = commands.add_parser("self-check", help="prove that this installation works, without a display")
    proof.add_argument("--screenshot", default="", metavar="FILE", help="save a picture of the window there")
    return parser


def _practice(arguments: argparse.Namespace) -> int:
    from notification_tester.practice.server import serve

    there_is_none = isinstance(sys.stdout, Output) and not sys.stdout.is_there
    output = None if there_is_none else sys.stdout
    return serve(port=arguments.port, output=output, hit_types=arguments.hit_types, hits=arguments.hits)
