# SPDX-License-Identifier: MIT
"""``report``: a page about the tests of an account, as HTML or PDF. No key is needed for it, and no call is made."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from notification_tester.cli.output import YES, print_json, print_line
from notification_tester.cli.stoppable import session_for
from notification_tester.domain.account import ENVIRONMENT
from notification_tester.domain.checkup_report import printable_line
from notification_tester.domain.problem import ProblemError, input_problem
from notification_tester.storage.whole_file import save_bytes

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from notification_tester.services.standing import PlaceKey


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    page = commands.add_parser("report", help="write a page about the tests of an account, as HTML or PDF")
    page.add_argument("file", help="the file to write; its name ends in .html or .pdf")
    page.add_argument("--account", default="practice", help="practice, environment, or the name of a stored account")
    page.add_argument("--sandbox", action="store_true", help="with --account environment: the sandbox")
    part = page.add_mutually_exclusive_group()
    part.add_argument("--last", action="store_true", help="only what was sent last, with the events that arrived")
    part.add_argument(
        "--destination",
        default="",
        metavar="ADDRESS",
        help="only what was sent there; the last part of an address will do",
    )
    page.add_argument("--worker-ids", action="store_true", help="show the ids of workers (default: pseudonyms)")
    page.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace, *, as_pdf: Callable[[str], bytes]) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError."""
    from notification_tester.services.report import Scope, make_report
    from notification_tester.services.standing import Tested

    path = Path(arguments.file)
    if path.suffix.casefold() not in {".html", ".htm", ".pdf"}:
        raise input_problem(
            "words.report-ending",
            title="It is not said what kind of file the report shall be.",
            detail=f"“{path.name}” ends neither in .html nor in .pdf.",
            remedy="Give the file a name with one of the two endings.",
        )
    with session_for(arguments.secrets) as session:
        account = session.accounts.named(arguments.account)
        if account is ENVIRONMENT:  # no call is made for it
            account = session.open_named(arguments.account, sandbox=arguments.sandbox).account
        if session.history_problem is not None:
            raise ProblemError(session.history_problem)
        place = None
        if arguments.destination and session.history is not None:
            place = place_of(Tested.of(session.history, account).places, arguments.destination, account=account.name)
        report = make_report(
            session.history,
            account,
            Scope.RUN if arguments.last else Scope.ACCOUNT,
            made=datetime.now(tz=UTC),
            shows_workers=arguments.worker_ids,
            place=place,
        )
        page = report.as_html()
        is_pdf = path.suffix.casefold() == ".pdf"
        written = as_pdf(page) if is_pdf else page.encode("utf-8", "replace")
        save_bytes(path, written, what="the report", owner=session.owner)
    if arguments.json:
        print_json({"file": str(path), "headline": report.headline, "tests": len(report.rows)})
    else:
        print_line(report.headline)
        print_line(f"The report was written to {path}.")
    return YES


def place_of(places: Sequence[PlaceKey], wanted: str, *, account: str) -> PlaceKey | None:
    """Of those that tests were sent to the one whose address, or the last part of it, is ``wanted``.

    None where there are none at all. Raises ProblemError where it is none of them, or the last part of several.
    """
    found = [place for place in places if place.name == wanted]
    found = found or [place for place in places if wanted == _last_part(place.name)]
    found = found or [place for place in places if place.name == _last_part(wanted)]  # in practice names alone count
    if len(found) == 1 or not places:
        return found[0] if found else None
    listed = "; ".join(printable_line(f"{place.name} ({place.transport})") for place in found or places)
    if found:
        raise input_problem(
            "report.several-destinations",
            title=f"“{printable_line(wanted)}” is the last part of several addresses.",
            detail=f"With the account “{account}” tests were sent to {listed}.",
            remedy="Give the whole address of one.",
        )
    raise input_problem(
        "report.no-destination",
        title=f"No test was sent to “{printable_line(wanted)}”.",
        detail=f"With the account “{account}” tests were sent to {listed}.",
        remedy="Give one of these addresses, or the last part of it.",
    )


def _last_part(address: str) -> str:
    return re.split(r"[/:]", address.rstrip("/"))[-1]
