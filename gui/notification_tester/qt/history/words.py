# SPDX-License-Identifier: MIT
"""How one row of the history is put in words, the same in the list, the filter, the details and a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from notification_tester.domain.account import Environment
from notification_tester.qt.widgets.formatting import local_moment, when_exactly
from notification_tester.qt.widgets.theme import Tone
from notification_tester.qt.widgets.visible_text import one_line
from notification_tester.storage.rows import Outcome

if TYPE_CHECKING:
    from notification_tester.domain.account import Account
    from notification_tester.storage.rows import HistoryRow, HistorySummary

OUTCOME_TONES = {
    Outcome.GOOD: Tone.GOOD,
    Outcome.BAD: Tone.BAD,
    Outcome.UNKNOWN: Tone.UNKNOWN,
    Outcome.RUNNING: Tone.PLAIN,
    Outcome.INTERRUPTED: Tone.BEWARE,
}
OUTCOME_ICONS = {
    Outcome.GOOD: "check",
    Outcome.BAD: "cross",
    Outcome.UNKNOWN: "question",
    Outcome.RUNNING: "clock",
    Outcome.INTERRUPTED: "warning",
}
"""Each has a shape of its own, so that it is told without its colour."""


def outcome_word(outcome: Outcome) -> str:
    """The word beside the shape."""
    translate = QCoreApplication.translate
    return {
        Outcome.GOOD: translate("HistoryOutcome", "All well"),
        Outcome.BAD: translate("HistoryOutcome", "Problem"),
        Outcome.UNKNOWN: translate("HistoryOutcome", "Not known"),
        Outcome.RUNNING: translate("HistoryOutcome", "Under way"),
        Outcome.INTERRUPTED: translate("HistoryOutcome", "Interrupted"),
    }[outcome]


def environment_of(word: str) -> Environment:
    """The environment that a row names; one that this version does not know is another service."""
    return next((one for one in Environment if one.value == word), Environment.OTHER)


def is_of(row: HistoryRow, account: Account) -> bool:
    """Whether a test was sent with this very account: a name alone may have belonged to another before."""
    same = (row.account, row.environment) == (account.name, account.environment.value)
    moment = local_moment(row.started)
    return same and moment is not None and account.had(moment)


def short_destination(transport: str, destination: str) -> str:
    """The name by which a person knows the queue, topic or mailbox."""
    translate = QCoreApplication.translate
    match transport:
        case "SQS":
            return translate("HistoryDestination", "{name} (queue)").format(
                name=one_line(destination.rstrip("/").rpartition("/")[2] or destination)
            )
        case "SNS":
            return translate("HistoryDestination", "{name} (topic)").format(
                name=one_line(destination.rpartition(":")[2] or destination)
            )
        case _:
            return one_line(destination)


def outcome_text(row: HistorySummary) -> str:
    """The word, and what the problem was."""
    word = outcome_word(row.outcome)
    if row.outcome is Outcome.INTERRUPTED or not row.problem_title:
        return word
    return f"{word}: {one_line(row.problem_title)}"


def row_as_text(row: HistoryRow) -> str:
    """Everything that the details show, for copying into a message to someone who helps."""
    translate = QCoreApplication.translate
    lines = [
        (translate("HistoryCopy", "When"), when_exactly(row.started)),
        (translate("HistoryCopy", "Simulated event"), row.event),
        (translate("HistoryCopy", "Sent through"), row.transport),
        (translate("HistoryCopy", "Goes to"), row.destination),
        (translate("HistoryCopy", "Account"), f"{row.account} ({row.environment})"),
        (translate("HistoryCopy", "Subscribed events"), ", ".join(row.events)),
        (translate("HistoryCopy", "Version"), row.version),
        (translate("HistoryCopy", "Outcome"), outcome_word(row.outcome)),
    ]
    for name, lamp in (
        (translate("HistoryCopy", "Accepted"), row.accepted),
        (translate("HistoryCopy", "Arrived"), row.arrived),
        (translate("HistoryCopy", "As expected"), row.as_expected),
    ):
        after = "" if lamp.seconds is None else f", {lamp.seconds:.2f} s"
        lines.append((name, f"{lamp.state.value}{after}. {lamp.detail}"))
    text = "\n".join(f"{name}: {value}" for name, value in lines if value)
    parts = [text]
    if row.problem is not None:
        parts.append(row.problem.as_text())
    if row.answer:
        parts.append(f"{translate('HistoryCopy', 'Answer of the service')}\n{row.answer}")
    if row.raw:
        parts.append(f"{translate('HistoryCopy', 'Message as it came')}\n{row.raw}")
    return "\n\n".join(parts)
