# SPDX-License-Identifier: MIT
"""A checkup in a word, a tone and one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from notification_tester.domain.destination import TopicAddress, Transport
from notification_tester.domain.finding import Level
from notification_tester.qt.looks.formatting import clock_text, count_text
from notification_tester.qt.looks.theme import Tone

if TYPE_CHECKING:
    from datetime import datetime

    from notification_tester.domain.checkup_report import CheckupReport
    from notification_tester.domain.destination import Destination
    from notification_tester.services.checkup.mend import Mended, Proposal

_TONES = {Level.GOOD: Tone.GOOD, Level.BEWARE: Tone.BEWARE, Level.BROKEN: Tone.BAD, Level.UNKNOWN: Tone.UNKNOWN}


def level_tone(level: Level) -> Tone:
    """The colour and shape of a level; what cannot be told is grey, never green."""
    return _TONES[level]


def level_word(level: Level) -> str:
    """The level as a person reads it."""
    return {
        Level.GOOD: QCoreApplication.translate("Checkup", "Good"),
        Level.BEWARE: QCoreApplication.translate("Checkup", "Beware"),
        Level.BROKEN: QCoreApplication.translate("Checkup", "Broken"),
        Level.UNKNOWN: QCoreApplication.translate("Checkup", "Cannot tell"),
    }[level]


def whole_word(level: Level) -> str:
    """The verdict of a whole checkup as a sentence."""
    return {
        Level.GOOD: QCoreApplication.translate("Checkup", "Nothing stands in the way."),
        Level.BEWARE: QCoreApplication.translate("Checkup", "It can work; there is something to bear in mind."),
        Level.BROKEN: QCoreApplication.translate("Checkup", "Notifications do not arrive as it is now."),
        Level.UNKNOWN: QCoreApplication.translate("Checkup", "It cannot be told whether notifications arrive."),
    }[level]


def change_line(at: datetime) -> str:
    """What this program changed at a destination, and when, beside the offer to take it back."""
    return QCoreApplication.translate("Checkup", "You changed its access policy here at {time}.").format(
        time=clock_text(at)
    )


def would_go_silent(proposal: Proposal) -> str:
    """How many HIT types tell what a change would shut; empty where none does."""
    translate = QCoreApplication.translate
    if isinstance(proposal.destination, TopicAddress):
        one = translate("Checkup", "1 HIT type that is on tells this topic: it would go silent.")
        many = translate("Checkup", "{count} HIT types that are on tell this topic: they would go silent.")
    else:
        one = translate("Checkup", "1 HIT type that is on tells this queue: it would go silent.")
        many = translate("Checkup", "{count} HIT types that are on tell this queue: they would go silent.")
    return count_text(proposal.would_go_silent, one, many) if proposal.would_go_silent else ""


def went_silent(back: Mended) -> str:
    """The same after it was shut, as far as the service shows that it is."""
    translate, count = QCoreApplication.translate, back.proposal.would_go_silent
    if not count or not back.is_seen or back.lets_in:
        return ""
    if isinstance(back.destination, TopicAddress):
        one = translate("Checkup", "1 HIT type that is on tells this topic: it is silent now.")
        many = translate("Checkup", "{count} HIT types that are on tell this topic: they are silent now.")
    else:
        one = translate("Checkup", "1 HIT type that is on tells this queue: it is silent now.")
        many = translate("Checkup", "{count} HIT types that are on tell this queue: they are silent now.")
    return count_text(count, one, many)


def verdict_line(report: CheckupReport, destination: Destination) -> str:
    """The whole in one line: the worst finding's title, or, where all is good, what that means.

    The keys and the place are among what is good then, so the place is in the account of the keys.
    """
    if report.verdict is Level.GOOD:
        return {
            Transport.EMAIL: QCoreApplication.translate("Checkup", "This address can receive mail"),
            Transport.SQS: QCoreApplication.translate(
                "Checkup", "Queue found in your account, and Mechanical Turk may write to it"
            ),
            Transport.SNS: QCoreApplication.translate(
                "Checkup", "Topic found in your account, Mechanical Turk may write to it, and somebody receives it"
            ),
        }[destination.transport]
    title = report.findings[0].title if report.findings else ""
    if report.verdict is Level.UNKNOWN:
        return QCoreApplication.translate("Checkup", "Cannot tell: {what}").format(what=title)
    return title
