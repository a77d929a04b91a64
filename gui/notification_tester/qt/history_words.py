# SPDX-License-Identifier: MIT
"""How one row of the history is put in words, the same in the list, the filter, the details and a copy."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from notification_tester.domain.account import Environment
from notification_tester.qt.theme import Tone
from notification_tester.qt.visible_text import one_line
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


def local_moment(started: str) -> datetime | None:
    """The moment of a row in this computer's time zone; None where it is damaged."""
    try:
        return datetime.fromisoformat(started).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def when(started: str, *, today: datetime | None = None) -> str:
    """The time alone for today, date and time for other days, as the system writes them."""
    moment = local_moment(started)
    if moment is None:
        return _not_known()
    locale = QLocale()
    clock = moment.strftime("%H:%M:%S")
    if moment.date() == (today or datetime.now().astimezone()).date():
        return QCoreApplication.translate("HistoryWhen", "Today, {time}").format(time=clock)
    day = locale.toString(QDateTime.fromSecsSinceEpoch(int(moment.timestamp())).date(), QLocale.FormatType.ShortFormat)
    return f"{day}, {clock}"


def when_exactly(started: str) -> str:
    """Date, time and zone, for a tool tip and a copy."""
    moment = local_moment(started)
    return _not_known() if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S %Z")


def _not_known() -> str:
    return QCoreApplication.translate("HistoryWhen", "Time not known")


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


def seconds_text(seconds: float | None) -> str:
    """Seconds with two places, as the system writes numbers; nothing where none were measured."""
    return "" if seconds is None else QLocale().toString(seconds, "f", 2)


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
