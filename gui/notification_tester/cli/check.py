# SPDX-License-Identifier: MIT
"""``check``: can notifications arrive at a destination, or through a policy in a file? And with ``--fix``, let them.

With ``--json`` it prints ``{"verdict", "findings": [{"id", "level", "title", "detail", "remedy", "fixable", …}]}``, the
worst finding first. With ``--fix`` there is also ``fix``: null where nothing has to change, else ``{"sentence",
"difference", "written"}`` or the ``problem`` that is in the way; ``written`` is null where no answer came and nothing
shows; the verdict is of what was written. Of a file it prints ``{"verdict", "because", "notes", …}``, with ``where``
the policy was found if not by itself. The exit code is 0 for the verdicts good and beware.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from notification_tester.cli.given import read_given, unreadable
from notification_tester.cli.output import NO, YES, print_json, print_line, say_problem
from notification_tester.cli.send import practice_destination
from notification_tester.cli.stoppable import session_for
from notification_tester.domain.destination import parse_destination, parse_transport
from notification_tester.domain.finding import Level
from notification_tester.domain.json_text import characters
from notification_tester.domain.problem import ProblemError, input_problem

if TYPE_CHECKING:
    import argparse

    from notification_tester.domain.checkup_report import CheckupReport
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.problem import Problem
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.checkup.mend import Mend, Mended, Proposal

LONGEST_POLICY = 1024 * 1024
"""Bytes; Amazon's own limit is far below (SNS: 30 KB, SQS: 8 KB)."""


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    check = commands.add_parser("check", help="find out whether notifications can arrive, and why not")
    check.add_argument("--transport", default="", help="Email, SQS or SNS")
    check.add_argument("--destination", default="", help="the e-mail address, queue URL or topic ARN (not in practice)")
    check.add_argument("--account", default="practice", help="practice, environment, or the name of a stored account")
    check.add_argument("--sandbox", action="store_true", help="with --account environment: the sandbox")
    check.add_argument("--fix", action="store_true", help="show how the access policy would be mended")
    check.add_argument("--yes", action="store_true", help="with --fix: write it")
    check.add_argument("--policy", default="", metavar="FILE", help="judge this policy alone; - is standard input")
    check.add_argument("--resource", default="", metavar="ARN", help="with --policy: the queue or topic it is for")
    check.add_argument("--source-account", default="", metavar="ID", help="with --policy: the account linked to MTurk")
    check.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError."""
    if arguments.policy:
        return _judge_file(arguments)
    if not arguments.transport:
        raise _wrong_words("It needs --transport and --destination, or --policy and --resource.")
    if arguments.resource or arguments.source_account:
        raise _wrong_words("--resource and --source-account belong to --policy.")
    if arguments.yes and not arguments.fix:
        raise _wrong_words("--yes belongs to --fix.")
    return _check(arguments)


def _check(arguments: argparse.Namespace) -> int:
    from notification_tester.services.checkup.checkup import Checkup

    transport = parse_transport(arguments.transport)
    if arguments.destination or arguments.account.strip().casefold() != "practice":
        # Before anything is started: what is wrong in the words is said at once.
        parse_destination(transport, arguments.destination)
    with session_for(arguments.secrets) as session:
        opened = session.open_named(arguments.account, sandbox=arguments.sandbox)
        text = arguments.destination or practice_destination(opened, transport)
        destination = parse_destination(transport, text)
        stop = threading.Event()  # never set: a signal ends the command
        report = Checkup().run(opened, destination, stop=stop)
        fix = _Fix(session.mend, opened, destination, write=arguments.yes) if arguments.fix else None
        if fix is not None and fix.mended is not None:
            report = Checkup().run(opened, destination, stop=stop)
    if arguments.json:
        print_json(report.as_json() | ({"fix": fix.as_json()} if fix is not None else {}))
    else:
        _print_report(report)
        if fix is not None:
            fix.print()
    return _code(report.verdict)


class _Fix:
    """What ``--fix`` came to."""

    def __init__(self, mend: Mend, opened: OpenAccount, destination: Destination, *, write: bool) -> None:
        self.proposal: Proposal | None = None
        self.mended: Mended | None = None
        self.problem: Problem | None = None
        try:
            self.proposal = mend.proposal(opened, destination)
            if self.proposal is not None and write:
                self.mended = mend.apply(opened, self.proposal)
                self.problem = None if self.mended.is_known else self.mended.lost
        except ProblemError as error:
            self.problem = error.problem

    @property
    def _is_not_known(self) -> bool:
        return self.mended is not None and not self.mended.is_known

    def as_json(self) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        if self.proposal is not None:
            found = {
                "sentence": self.proposal.sentence,
                "difference": self.proposal.difference,
                "written": None if self._is_not_known else self.mended is not None,
            }
        if self.problem is not None:
            found["problem"] = self.problem.as_json()
        return found or None

    def print(self) -> None:
        if self.proposal is not None:
            print_line("")
            print_line(self.proposal.sentence)
            for line in self.proposal.difference.splitlines():
                print_line(line)
            if self._is_not_known:
                print_line("Whether it was written is not known: no answer came, and it does not show.")
            elif self.mended is not None:
                print_line("It was written." if self.mended.is_seen else "It was written, and does not show yet.")
            elif self.problem is None:
                print_line("Nothing was written: give --yes as well.")
        elif self.problem is None:
            print_line("Nothing has to be mended in the access policy.")
        if self.problem is not None:
            say_problem(self.problem, as_json=False)


def _print_report(report: CheckupReport) -> None:
    for line in report.as_text().splitlines():
        if line:
            print_line(line)


def _judge_file(arguments: argparse.Namespace) -> int:
    from notification_tester.services.checkup.policy_verdict import policy_verdict

    if not arguments.resource:
        raise _wrong_words("With --policy it needs --resource, the ARN of the queue or topic.")
    if arguments.transport or arguments.destination or arguments.fix or arguments.yes:
        raise _wrong_words("With --policy go only --resource and --source-account: nothing is asked or changed.")
    found = policy_verdict(
        _read_policy(arguments.policy), resource_arn=arguments.resource, source_account=arguments.source_account
    )
    if arguments.json:
        print_json(found.as_json())
    else:
        print_line(f"{found.verdict.words}: {found.judgement.because}")
        if found.where:
            print_line(found.where)
        for note in found.judgement.notes:
            print_line(f"Note: {note}")
    return _code(found.verdict)


def _read_policy(name: str) -> str:
    raw = read_given(name, most=LONGEST_POLICY)
    if len(raw) > LONGEST_POLICY:
        raise unreadable(
            f"{name} is longer than any policy can be.", remedy="Give the policy of one queue or topic alone."
        )
    text = characters(raw)
    if "\ufffd" in text and b"\xef\xbf\xbd" not in raw:
        raise unreadable(f"{name} is not a text in UTF-8 or UTF-16.", remedy="Save it as UTF-8, and try again.")
    return text


def _wrong_words(detail: str) -> ProblemError:
    return input_problem(
        "check.words",
        title="The words of the command do not fit together.",
        detail=detail,
        remedy="See mturk-notification-tester check --help.",
    )


def _code(verdict: Level) -> int:
    return YES if verdict in {Level.GOOD, Level.BEWARE} else NO
