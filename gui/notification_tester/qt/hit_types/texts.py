# SPDX-License-Identifier: MIT
"""What is said of HIT types: a state by word, shape and tone, short texts, each cell of the table, how many there are.

A table asks for the same cells with each paint. What is drawn is therefore put together once and kept until the row,
the colours or the time make another of it.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtGui import QGuiApplication, QIcon

from notification_tester.domain.destination import Transport
from notification_tester.domain.setting import Action, Setting
from notification_tester.qt.notification.names import destination_and_kind, destination_name, events_text, spec_text
from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.formatting import ago_text, count_text, day_text, moment_text, now_utc
from notification_tester.qt.widgets.theme import Tone, tone_colours
from notification_tester.qt.widgets.visible_text import one_line, tooltip
from notification_tester.services.hit_types.bulk_types import Effect, RowState, Source, setting_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QColor

    from notification_tester.domain.setting import Change
    from notification_tester.qt.hit_types.rows import Entry
    from notification_tester.services.hit_types.bulk_types import GreenTest, HitTypeRow, Listing, PreviewRow


class Column(IntEnum):
    """The columns, in the order in which they are shown."""

    TITLE = 0
    ID = 1
    REWARD = 2
    HITS = 3
    NEWEST = 4
    STATE = 5
    DESTINATION = 6
    EVENTS = 7
    SET = 8
    TESTED = 9


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


def effect_text(row: PreviewRow) -> str:
    """What happens, in a few words; for a row that is left out or may be refused, why."""
    translate = QCoreApplication.translate
    match row.effect:
        case Effect.LEFT_OUT:
            return translate("HitTypeEffect", "Left out: {why}").format(why=one_line(row.why_not))
        case Effect.DOUBTFUL:
            return translate("HitTypeEffect", "May be refused: {why}").format(why=one_line(row.why_not))
        case Effect.NEW:
            return translate("HitTypeEffect", "Set for the first time from here")
        case Effect.REPLACED:
            return translate("HitTypeEffect", "Replaces what was set")
        case Effect.SAME:
            return translate("HitTypeEffect", "Sent again, stays as it is")
        case Effect.SWITCHED:
            return _switch_text(row.change, is_in_doubt=row.is_in_doubt)


def _switch_text(change: Change | None, *, is_in_doubt: bool) -> str:
    translate = QCoreApplication.translate
    if (
        change is not None
        and change.action is Action.UNDO
        and change.spec is None
        and not (change.active or is_in_doubt)
    ):
        return translate("HitTypeEffect", "Switched off: nothing is known of before")
    on = change is not None and change.active
    return (
        translate("HitTypeEffect", "Switched on, the rest stays")
        if on
        else translate("HitTypeEffect", "Switched off, the rest stays")
    )


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


ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""Hands out the HitTypeRow of a row, in any column."""

MOST_KEPT = 500
"""Rows; more than any screen shows."""

_RIGHT = frozenset({Column.REWARD, Column.HITS})
ALIGNMENTS = tuple(
    (Qt.AlignmentFlag.AlignTrailing if column in _RIGHT else Qt.AlignmentFlag.AlignLeading)
    | Qt.AlignmentFlag.AlignVCenter
    for column in Column
)
_DRAWN = tuple(
    int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.ForegroundRole,
    )
)


class HitTypeCells:
    """Answers for a role of a cell. ``clock`` tells the moment that "2 min ago" counts from."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._kept: dict[Entry, dict[Column, Mapping[int, Any]]] = {}
        self._icons: dict[tuple[str, Tone], QIcon] = {}
        self._inks: dict[Tone, QColor] = {}
        self._answers: dict[int, Callable[[Entry, Column], Any]] = {
            int(Qt.ItemDataRole.DisplayRole): self._text,
            int(Qt.ItemDataRole.ToolTipRole): self._tool_tip,
            int(Qt.ItemDataRole.TextAlignmentRole): lambda _, column: ALIGNMENTS[column],
            int(Qt.ItemDataRole.DecorationRole): self._icon_of,
            int(Qt.ItemDataRole.ForegroundRole): self._colour,
            int(Qt.ItemDataRole.AccessibleTextRole): self._spoken,
            ROW_ROLE: lambda entry, _: entry.row,
        }

    def answer(self, entry: Entry, column: Column, role: int) -> Any:
        """What a cell has for a role; None for roles that say nothing here."""
        answer = self._answers.get(role)
        return None if answer is None else answer(entry, column)

    def drawn(self, entry: Entry, column: Column) -> Mapping[int, Any]:
        """All that a paint needs of a cell, by role."""
        row = self._kept.get(entry)
        if row is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            row = self._kept[entry] = {}
        cell = row.get(column)
        if cell is None:
            cell = row[column] = {role: self._answers[role](entry, column) for role in _DRAWN}
        return cell

    def changed(self, entry: Entry) -> None:
        """Put this row together anew when it is next drawn."""
        self._kept.pop(entry, None)

    def time_passed(self) -> None:
        """Put every text together anew; rows that are gone are forgotten with it."""
        self._kept.clear()

    def palette_changed(self) -> None:
        """Draw every shape anew, in the colours of now."""
        self._kept.clear()
        self._icons.clear()
        self._inks.clear()

    def _text(self, entry: Entry, column: Column) -> str:
        row = entry.row
        match column:
            case Column.TITLE:
                return one_line(row.title) or QCoreApplication.translate("HitTypesModel", "(no title known)")
            case Column.ID:
                return row.id
            case Column.REWARD:
                return reward_text(row.reward)
            case Column.HITS:
                return QLocale().toString(entry.hits) if row.hits_by_status else ""
            case Column.NEWEST:
                return newest_text(row.newest)
            case Column.STATE:
                return state_word(entry.state)
            case Column.DESTINATION:
                return destination_name(row.setting.spec)
            case Column.EVENTS:
                return events_text(row.setting.spec.events) if row.setting.spec else ""
            case Column.SET:
                return set_text(row, self._clock())
            case Column.TESTED:
                return tested_text(row, self._clock())

    def _more(self, entry: Entry, column: Column) -> str:
        """What a tool tip adds."""
        row = entry.row
        spec = row.setting.spec
        match column:
            case Column.STATE:
                return state_meaning(row)
            case Column.HITS:
                return ", ".join(
                    f"{status}: {QLocale().toString(count)}" for status, count in sorted(row.hits_by_status.items())
                )
            case Column.DESTINATION if spec:
                return f"{spec.destination.text} ({spec.destination.place})"
            case Column.EVENTS if spec:
                return ", ".join(event.value for event in spec.events)
            case Column.NEWEST:
                return row.newest
            case _:
                return self._text(entry, column)

    def _tool_tip(self, entry: Entry, column: Column) -> str:
        return tooltip(self._more(entry, column))

    def _spoken(self, entry: Entry, column: Column) -> str | None:
        """What a screen reader says, where the cell's shape is a part of it."""
        spec = entry.row.setting.spec
        return destination_and_kind(spec) if spec is not None and column is Column.DESTINATION else None

    def _icon_of(self, entry: Entry, column: Column) -> QIcon | None:
        if column is Column.STATE and SHAPES[entry.state]:
            return self._icon(SHAPES[entry.state], TONES[entry.state])
        if column is Column.DESTINATION and entry.row.setting.spec is not None:
            return self._icon(TRANSPORT_ICONS[entry.row.setting.spec.transport], Tone.PLAIN)
        return None

    def _colour(self, entry: Entry, column: Column) -> QColor | None:
        if column is Column.STATE:
            return self._ink(TONES[entry.state])
        if column is Column.TITLE and not entry.title:
            return self._ink(Tone.UNKNOWN)
        if column is Column.TESTED and entry.row.tested_at is None:
            return self._ink(Tone.BEWARE)
        return None

    def _ink(self, tone: Tone) -> QColor:
        if tone not in self._inks:
            self._inks[tone] = tone_colours(QGuiApplication.palette(), tone).text
        return self._inks[tone]

    def _icon(self, name: str, tone: Tone) -> QIcon:
        """The same in a chosen row: the state's colour stays."""
        icon = self._icons.get((name, tone))
        if icon is None:
            icon = self._icons[name, tone] = QIcon()
            colour = self._ink(tone)
            for ratio in (1, 2, 3):
                drawing = icons.pixmap(name, colour, size=16, ratio=ratio)
                for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
                    icon.addPixmap(drawing, mode)
        return icon


STANDS_STILL_SECONDS = 10
"""Without an answer after which that is said."""


class CollectionStatus:
    """What is known of collecting for the account that is open."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock  # in seconds
        self._heard_at = 0.0
        self._under_way: Listing | None = None
        self._last: Listing | None = None
        self._read_at = ""

    @property
    def all_listed(self) -> bool:
        """Whether the last collection came to its end."""
        return self._last is not None and self._last.is_finished

    def forget(self) -> None:
        """Another account is open."""
        self._under_way = self._last = None

    def begin(self) -> None:
        """A collection begins."""
        self._under_way = None
        self._heard_at = self._clock()

    def goes_on(self, news: Listing) -> None:
        """So much was collected."""
        self._heard_at = self._clock()
        self._under_way = news

    def ended(self, last: Listing) -> None:
        """It came to its end, or was stopped."""
        self._last = last
        now = now_utc()
        self._read_at = moment_text(now, now)

    def text(self, *, is_listing: bool, total: int, shown: int, is_narrow: bool) -> str:
        """The line: ``total`` HIT types are known, ``shown`` are in the table."""
        translate = QCoreApplication.translate
        if is_listing:
            quiet = int(self._clock() - self._heard_at)
            if quiet >= STANDS_STILL_SECONDS:
                return count_text(
                    quiet,
                    translate("CollectionStatus", "No answer for 1 second; it is asked again by itself"),
                    translate("CollectionStatus", "No answer for {count} seconds; it is asked again by itself"),
                )
            if self._under_way is None:
                return translate("CollectionStatus", "Asking for HITs…")
            so_far = (_hits(self._under_way.hits), _types(self._under_way.hit_types))
            return translate("CollectionStatus", "{hits}, {types} so far").format(hits=so_far[0], types=so_far[1])
        if not total:
            return ""
        if is_narrow:
            return translate("CollectionStatus", "{shown} of {all} shown").format(
                shown=QLocale().toString(shown), all=_types(total)
            )
        text = _types(total)
        if self._last is None:
            return text
        if self._last.was_stopped:
            return text + translate("CollectionStatus", ", stopped before the end")
        return f"{text}, {_hits(self._last.hits)}" + translate("CollectionStatus", ", read at {time}").format(
            time=self._read_at
        )


def _hits(count: int) -> str:
    translate = QCoreApplication.translate
    return count_text(count, translate("CollectionStatus", "1 HIT"), translate("CollectionStatus", "{count} HITs"))


def _types(count: int) -> str:
    translate = QCoreApplication.translate
    return count_text(
        count, translate("CollectionStatus", "1 HIT type"), translate("CollectionStatus", "{count} HIT types")
    )
