# SPDX-License-Identifier: MIT
"""What the page HIT types says about a row: a state with word, shape and tone, and short texts for its cells."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from notification_tester.domain.destination import Transport
from notification_tester.domain.setting import Action, Setting
from notification_tester.qt.notification.words import spec_text
from notification_tester.qt.widgets.formatting import ago_text, day_text, moment_text
from notification_tester.qt.widgets.theme import Tone
from notification_tester.qt.widgets.visible_text import one_line
from notification_tester.services.hit_types.bulk_types import RowState, Source, setting_state

if TYPE_CHECKING:
    from notification_tester.services.hit_types.bulk_types import GreenTest, HitTypeRow


TONES = {
    RowState.FAILED: Tone.BAD,
    RowState.UNKNOWN: Tone.BEWARE,
    RowState.PENDING: Tone.BEWARE,
    RowState.NOT_SENT: Tone.UNKNOWN,
    RowState.ON: Tone.GOOD,
    RowState.SET: Tone.UNKNOWN,
    RowState.OFF: Tone.UNKNOWN,
    RowState.NOT_SET: Tone.UNKNOWN,
    RowState.NO_RECORD: Tone.BEWARE,
}
SHAPES = {
    RowState.FAILED: "cross",
    RowState.UNKNOWN: "question",
    RowState.PENDING: "clock",
    RowState.NOT_SENT: "minus",
    RowState.ON: "check",
    RowState.SET: "dot",
    RowState.OFF: "stop",
    RowState.NOT_SET: "",
    RowState.NO_RECORD: "warning",
}
"""Each has a shape of its own, so that it is told without its colour; nothing where nothing was set."""
TRANSPORT_ICONS = {Transport.EMAIL: "mail", Transport.SQS: "queue", Transport.SNS: "topic"}


def state_word(state: RowState) -> str:
    """The word beside the shape."""
    translate = QCoreApplication.translate
    return {
        RowState.FAILED: translate("HitTypeState", "Failed"),
        RowState.UNKNOWN: translate("HitTypeState", "Not known whether applied"),
        RowState.PENDING: translate("HitTypeState", "Pending"),
        RowState.NOT_SENT: translate("HitTypeState", "Not sent"),
        RowState.ON: translate("HitTypeState", "On"),
        RowState.SET: translate("HitTypeState", "Set, on or off not known"),
        RowState.OFF: translate("HitTypeState", "Off"),
        RowState.NOT_SET: translate("HitTypeState", "Not set from here"),
        RowState.NO_RECORD: translate("HitTypeState", "Not known: no record"),
    }[state]


def state_meaning(row: HitTypeRow) -> str:
    """One sentence more, for a tool tip and the details."""
    translate = QCoreApplication.translate
    if row.state is RowState.FAILED:
        why = row.problem.title if row.problem else translate("HitTypeMeaning", "No reason was given.")
        return translate("HitTypeMeaning", "The last change failed: {why} What was set before still holds.").format(
            why=one_line(why)
        )
    if row.state is RowState.UNKNOWN and row.problem is not None:
        return one_line(f"{row.problem.title} {row.problem.detail} {row.problem.remedy}", longest=600)
    return {
        RowState.UNKNOWN: translate(
            "HitTypeMeaning", "A change was being sent when the program ended. Sending it again does no harm."
        ),
        RowState.NOT_SENT: translate(
            "HitTypeMeaning", "The last change was stopped before it was sent. What was set before still holds."
        ),
        RowState.PENDING: translate("HitTypeMeaning", "A change is being sent just now."),
        RowState.ON: translate("HitTypeMeaning", "Mechanical Turk was told to send notifications."),
        RowState.SET: translate("HitTypeMeaning", "A specification is known; whether it is switched on is not."),
        RowState.OFF: translate("HitTypeMeaning", "Mechanical Turk was told not to send notifications."),
        RowState.NOT_SET: translate(
            "HitTypeMeaning", "This program never set anything here. Somebody else may have: it cannot be asked."
        ),
        RowState.NO_RECORD: translate(
            "HitTypeMeaning", "The record of this program cannot be read, so what was set from here is not known."
        ),
    }[row.state]


def setting_text(setting: Setting, *, most: int = 4) -> str:
    """A setting in one line, for a preview."""
    word = state_word(setting_state(setting))
    return word if setting.spec is None else f"{word}, {spec_text(setting.spec, most=most)}"


def action_text(action: Action) -> str:
    """What a change was for, as a short noun."""
    translate = QCoreApplication.translate
    return {
        Action.APPLY: translate("HitTypeAction", "Applied"),
        Action.SWITCH_ON: translate("HitTypeAction", "Switched on"),
        Action.SWITCH_OFF: translate("HitTypeAction", "Switched off"),
        Action.UNDO: translate("HitTypeAction", "Undone"),
        Action.REAPPLY: translate("HitTypeAction", "Applied again"),
        Action.IMPORT: translate("HitTypeAction", "Imported"),
    }[action]


def set_text(row: HitTypeRow, now: datetime) -> str:
    """When it was set, by what, and until when it may not hold yet."""
    translate = QCoreApplication.translate
    if row.source is Source.NOT_KNOWN or row.set_at is None:
        return ""
    moment = moment_text(row.set_at, now)
    if row.source is Source.IMPORTED:
        return translate("HitTypeSet", "{moment}, imported").format(moment=moment)
    if row.takes_effect_by is not None and row.takes_effect_by > now:
        return translate("HitTypeSet", "{moment}, takes effect by {later}").format(
            moment=moment, later=moment_text(row.takes_effect_by, now)
        )
    return translate("HitTypeSet", "{moment}, from here").format(moment=moment)


def tested_text(row: HitTypeRow, now: datetime) -> str:
    """Whether this very specification ever arrived in a test; nothing where none is known."""
    if row.setting.spec is None:
        return ""
    if row.tested_at is None:
        return QCoreApplication.translate("HitTypeTested", "never tested")
    return QCoreApplication.translate("HitTypeTested", "arrived {ago}").format(ago=ago_text(row.tested_at, now))


JUST = timedelta(minutes=10)
"""How long a test counts as a moment ago."""


def green_text(green: GreenTest, now: datetime) -> str:
    """Where ``{spec}`` comes from, which was tested: when, and how it fared since."""
    translate = QCoreApplication.translate
    at = moment_text(green.at, now)
    if green.failed_since is not None:
        return translate("HitTypeGreen", "All green at {time}, failed at {later}: {{spec}}").format(
            time=at, later=moment_text(green.failed_since, now)
        )
    if now - green.at < JUST:
        return translate("HitTypeGreen", "As just tested, all green at {time}: {{spec}}").format(time=at)
    return translate("HitTypeGreen", "As last tested, all green at {time}: {{spec}}").format(time=at)


@lru_cache(maxsize=4096)
def newest_text(newest: str) -> str:
    """The day of the newest HIT; text that is no time stays as it came."""
    if not newest:
        return ""
    try:
        return day_text(datetime.fromisoformat(newest).astimezone())
    except ValueError:
        return one_line(newest)


def reward_text(reward: str) -> str:
    """In US dollars, as the service pays; the service's own text where it is no number."""
    try:
        return f"${float(reward):.2f}"
    except ValueError:
        return one_line(reward)
