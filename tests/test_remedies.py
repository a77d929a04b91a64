# SPDX-License-Identifier: MIT
"""Every remedy is a button: a problem names what the program can do about it, or here stands why it can do nothing.

All tables and all places in the code that make a problem are gone through. A new one without a remedy needs its reason.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from notification_tester.aws import no_answer_table
from notification_tester.aws.error_table import ANSWERS, UNCLEAR, UNKNOWN, Rule
from notification_tester.aws.no_answer_table import LOCAL_FAILURES, LocalFailure
from notification_tester.domain.problem import Cause, Problem, Remedy, remedy_of
from notification_tester.qt.notification.remedies import EVERYWHERE, remedy_buttons, remedy_text

CONSOLE = "it is done in the console of AWS, with rights that these keys may not have"
OWNER = "somebody wrote that on purpose: only a person can say what may go"
COMPUTER = "it is set in this computer's system or environment, which the program does not change"
INSTALLATION = "the program cannot install itself"
HELPER = "nobody knows a remedy; the exact words can be copied beside it"
OWN_BUTTON = "the page that shows it has a button of its own for it"
NOTHING = "nothing needs to be done"
COMMAND_LINE = "the command line alone says it"
AGAIN = "it is tried again by itself"
PAST = "it is of the past; the row of the history has its own buttons"

TABLES = {
    # aws/error_table.py
    "The encryption key does not exist.": CONSOLE,
    "The queue's access policy is too long.": OWNER,
    "The encryption key of this destination cannot be used.": CONSOLE,
    "{who} did not accept the access policy.": OWNER,
    "{who} refused, with words that are not known to this program.": HELPER,
    # aws/no_answer_table.py
    "The proxy asks for a name and a password.": COMPUTER,
    "The address of the proxy is not usable.": COMPUTER,
    "A SOCKS proxy is set, and this program cannot use one.": COMPUTER,
    "The file of trusted certificates cannot be used.": COMPUTER,
    "This installation no longer knows Mechanical Turk.": INSTALLATION,
    "A part of this installation is missing.": INSTALLATION,
    "The request does not have the right form.": HELPER,
    "{who} could not be called.": HELPER,
}
"""By title: what no row of a table can have done by the program, and why."""

OWN = {
    "arrival.taken-out-late": "it is about somebody else's test",
    "browser.none": COMPUTER,
    "code": "where it is made from another problem, or from a table beside it, that one has the remedies",
    "data.in-use": COMMAND_LINE,
    "delivery.subscribes-again": "the receiver is somebody's own program",
    "delivery.unexpected": OWN_BUTTON,
    "destination.half-made": OWN_BUTTON,
    "destination.new-name-unknown": CONSOLE,
    "export.not-written": OWN_BUTTON,
    "f'smtp.{word}'": "the fields of the mail server are in sight, and a button to send again",
    "hit-types.none-there": COMMAND_LINE,
    "hit-types.stopped-collecting": COMMAND_LINE,
    "hit-types.unknown": OWN_BUTTON,
    "history.change-interrupted": PAST,
    "history.damaged": NOTHING,
    "history.interrupted": PAST,
    "history.put-aside": "the program cannot start itself again",
    "history.unwritten": AGAIN,
    "inbox.unreadable": "the file is the person's; a new list is begun beside it",
    "keyring.stays": COMPUTER,
    "keyring.too-long": "beside it is the button to use the keys for this session only",
    "keyring.unsafe": COMPUTER,
    "leftover.no-account": CONSOLE,
    "leftover.removed": NOTHING,
    "ledger-file.no-file": OWN_BUTTON,
    "mend.denied": OWNER,
    "mend.no-room": OWNER,
    "mend.unknown": OWNER,
    "policy.malformed": OWNER,
    "practice.no-free-hit-type": "which place, only the person knows",
    "practice.output": COMMAND_LINE,
    "practice.restarted": NOTHING,
    "program.bug": "a report is offered in its place",
    "record.damaged": OWN_BUTTON,
    "record.none": "what is said of the history comes first, and has the button",
    "release.no-browser": COMPUTER,
    "release.unknown": INSTALLATION,
    "report.empty": "the page Test is behind the dialog",
    "result.before-a-change": OWN_BUTTON,
    "result.mended-elsewhere": OWN_BUTTON,
    "storage.accounts-damaged": "the file is the person's, and may be the only copy",
    "topic.not-confirmed": "the owner of the topic has to agree",
    "Code.CHANGED_MEANWHILE": OWN_BUTTON,
    "Code.CLOSED": OWN_BUTTON,
    "Code.READING_COSTS": OWN_BUTTON,
    "NO_ANSWER_YET": OWN_BUTTON,
}
"""By code, as it stands where the problem is made. One of the kind INPUT is about a text of the person's, which is in
sight; where something can be done about it all the same, it names that."""


def rows() -> list[Rule | LocalFailure]:
    others = [one for one in vars(no_answer_table).values() if isinstance(one, Rule | LocalFailure)]
    return [*ANSWERS, UNKNOWN, UNCLEAR, *LOCAL_FAILURES, *others]


def test_a_row_of_the_tables_names_what_can_be_done_or_here_stands_why_nothing_can() -> None:
    without = {row.title for row in rows() if not row.remedies}
    assert without == set(TABLES)


def made_in_code() -> set[str]:
    """The codes of problems that are made without a remedy; what is made of a text of the person's is left out."""
    import notification_tester

    found: set[str] = set()
    for path in sorted(Path(notification_tester.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
                given = {one.arg: ast.unparse(one.value) for one in node.keywords}
                if "remedies" not in given and given["cause"] != "Cause.INPUT":
                    code = given["code"]
                    found.add(ast.literal_eval(code) if code.startswith("'") else code)
    return found


def test_a_problem_that_the_code_makes_names_what_can_be_done_or_here_stands_why_nothing_can() -> None:
    assert made_in_code() == set(OWN)


@pytest.mark.parametrize("remedy", Remedy, ids=str)
def test_every_remedy_has_words_and_is_found_by_its_key(remedy: Remedy) -> None:
    assert remedy_text(remedy)
    assert remedy_of(remedy.value) is remedy
    problem = Problem(title="t", detail="d", remedy="r", code="c", cause=Cause.KEYS, remedies=(remedy,))
    assert remedy_buttons(problem, set(Remedy)) == [(remedy_text(remedy), remedy.value)]
    assert (remedy_buttons(problem) == []) == (remedy not in EVERYWHERE)
