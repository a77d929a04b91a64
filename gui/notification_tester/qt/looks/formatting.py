# SPDX-License-Identifier: MIT
"""Counts, times and keys in sentences, as the system writes them.

Every sentence of the window that counts goes through :func:`count_text`, so that none says “1 messages”, and every
number without such a sentence through :func:`number_text`; a test looks for others.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QLocale
from PySide6.QtGui import QKeySequence

from notification_tester.domain.counts import SHORTEST_SECONDS


def count_text(count: int, one: str, many: str) -> str:
    """``one`` or ``many`` with ``{count}`` filled in; both are translated before."""
    return (one if count == 1 else many).format(count=number_text(count))


def number_text(number: int) -> str:
    """A whole number as the system writes it, its digits in groups; as 1,000,001 where the system says nothing of them.

    Qt has no groups for such systems, and nobody sees at once whether 1000001 is a million.
    """
    locale = QLocale()
    return (QLocale(QLocale.Language.English) if locale.language() == QLocale.Language.C else locale).toString(number)


def is_the_number(typed: str, number: int) -> bool:
    """Whether this very number was typed, in plain digits or as the dialog shows it.

    Blanks around it do not count, nor which kind of blank stands between its groups, where the system writes one.
    """
    shown = count_text(number, "{count}", "{count}")
    return " ".join(typed.split()) in {str(number), " ".join(shown.split())}


def seconds_text(seconds: float | None, *, places: int = 2, locale: QLocale | None = None) -> str:
    """A number of seconds as the system writes it, or "under 0.01"; nothing where none were measured.

    ``locale`` is that of a widget, where it has one of its own.
    """
    locale = locale or QLocale()
    if seconds is None:
        return ""
    if seconds < SHORTEST_SECONDS:
        shortest = locale.toString(SHORTEST_SECONDS, "f", 2)
        return QCoreApplication.translate("Seconds", "under {seconds}").format(seconds=shortest)
    return locale.toString(float(seconds), "f", places)


def keys_text(keys: str | QKeySequence.StandardKey) -> str:
    """Keys such as "Ctrl+1" as this system's keyboard has them: on macOS with the sign of the command key."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def now_utc() -> datetime:
    """The moment; in one place, as a test may want another."""
    return datetime.now(UTC)


def clock_text(moment: datetime, *, to_the_second: bool = False) -> str:
    """The time of day on this computer."""
    return moment.astimezone().strftime("%H:%M:%S" if to_the_second else "%H:%M")


def moment_text(moment: datetime, now: datetime, *, to_the_second: bool = False) -> str:
    """The time alone for today, the date and the time for other days."""
    here = moment.astimezone()
    clock = clock_text(here, to_the_second=to_the_second)
    if here.date() == now.astimezone().date():
        return clock
    return f"{day_text(here)}, {clock}"


def day_text(here: datetime) -> str:
    """A date as the system writes it; as 2026-11-29 where the system says nothing of how dates are written.

    Qt's own form for such systems, "29 11 2026", is nobody's, and 10 11 2026 could be two days.
    """
    if QLocale().language() == QLocale.Language.C:
        return here.date().isoformat()
    return QLocale().toString(QDate(here.year, here.month, here.day), QLocale.FormatType.ShortFormat)


def ago_text(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    translate = QCoreApplication.translate
    passed = max(now - moment, timedelta())
    minutes = int(passed.total_seconds()) // 60
    if minutes < 1:
        return translate("Ago", "just now")
    if minutes < 60:
        return translate("Ago", "{count} min ago").format(count=minutes)
    hours = minutes // 60
    if hours < 24:
        return count_text(hours, translate("Ago", "1 hour ago"), translate("Ago", "{count} hours ago"))
    days = hours // 24
    return count_text(days, translate("Ago", "1 day ago"), translate("Ago", "{count} days ago"))


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
    clock = clock_text(moment, to_the_second=True)
    if moment.date() == (today or now_utc().astimezone()).date():
        return QCoreApplication.translate("HistoryWhen", "Today, {time}").format(time=clock)
    return f"{day_text(moment)}, {clock}"


def when_exactly(started: str) -> str:
    """Date, time and zone, for a tool tip and a copy."""
    moment = local_moment(started)
    return _not_known() if moment is None else exact_text(moment)


def exact_text(moment: datetime) -> str:
    """Date, time and zone of this computer."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def _not_known() -> str:
    return QCoreApplication.translate("HistoryWhen", "Time not known")
