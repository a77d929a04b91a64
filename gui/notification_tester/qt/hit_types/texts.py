# SPDX-License-Identifier: MIT
"""What is said of HIT types: a state by word, shape and tone, short texts, and how many there are."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from notification_tester.domain.coverage import Result
from notification_tester.domain.setting import Action, Setting
from notification_tester.qt.looks.formatting import (
    ago_text,
    clock_text,
    count_text,
    day_text,
    local_moment,
    moment_text,
    now_utc,
    number_text,
)
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.names import destination_name, spec_text
from notification_tester.services.hit_types.bulk_types import Effect, RowState, Source, setting_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.coverage import SpecTest
    from notification_tester.domain.setting import Change
    from notification_tester.services.hit_types.bulk_types import GreenTest, HitTypeRow, Listing, PreviewRow


class Column(IntEnum):
    """The columns, in the order in which they are shown at first; those after REWARD only where a person wants them."""

    TITLE = 0
    NOTIFICATION = 1  # a lamp, where to, how many events, and since when
    TESTED = 2
    HITS = 3
    NEWEST = 4
    ID = 5
    REWARD = 6
    DESTINATION = 7
    EVENTS = 8
    SET = 9


COLUMNS_ASIDE = frozenset({Column.DESTINATION, Column.EVENTS, Column.SET})
"""What is in NOTIFICATION too, for somebody who wants it in a column of its own."""


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


MOST_OF_NAME = 30
"""Letters of a destination's name in the column Notification; its tool tip has all."""


def notification_text(row: HitTypeRow, now: datetime) -> str:
    """What is known of a row's notification, in one cell: where to, how many events, on or off, and since or by when.

    What is not certain is said first, and then what held before it.
    """
    translate = QCoreApplication.translate
    state = row.state
    if state in {RowState.NOT_SET, RowState.NO_RECORD}:
        return state_word(state)
    is_certain = state in {RowState.ON, RowState.OFF, RowState.SET}
    parts = _what_holds(row, now if is_certain else None)
    if is_certain:
        return parts
    if not parts:
        return state_word(state)
    if state in {RowState.FAILED, RowState.NOT_SENT}:
        return translate("HitTypeNotification", "{state}; still {setting}").format(
            state=state_word(state), setting=parts
        )
    return translate("HitTypeNotification", "{state}; before: {setting}").format(state=state_word(state), setting=parts)


def _what_holds(row: HitTypeRow, now: datetime | None) -> str:
    """Without ``now`` it is not said since when."""
    translate = QCoreApplication.translate
    active, spec = row.setting.active, row.setting.spec
    if active is None and spec is None:
        return ""
    since = row.takes_effect_by or row.set_at
    if active is None:
        on = translate("HitTypeNotification", "on or off not known")
    elif since is None or now is None:
        on = translate("HitTypeNotification", "on") if active else translate("HitTypeNotification", "off")
    else:
        if row.takes_effect_by is not None and row.takes_effect_by > now:
            on = translate("HitTypeNotification", "on by {moment}")
            off = translate("HitTypeNotification", "off by {moment}")
        else:
            on = translate("HitTypeNotification", "on since {moment}")
            off = translate("HitTypeNotification", "off since {moment}")
        is_today = since.astimezone().date() == now.astimezone().date()
        on = (on if active else off).format(moment=clock_text(since) if is_today else day_text(since.astimezone()))
    if spec is None:
        return translate("HitTypeNotification", "where to is not known · {on}").format(on=on)
    events = count_text(
        len(spec.events),
        translate("HitTypeNotification", "1 event"),
        translate("HitTypeNotification", "{count} events"),
    )
    return f"{_short(destination_name(spec))} · {events} · {on}"


def _short(name: str) -> str:
    """A long name without its middle: names of one study begin alike, and those of its waves end differently."""
    return name if len(name) <= MOST_OF_NAME else f"{name[: MOST_OF_NAME // 2]}…{name[-MOST_OF_NAME // 2 + 1 :]}"


def in_parts(text: str) -> str:
    """Have a text broken between its parts, and not within one."""
    if " · " not in text:
        return text
    return "; ".join(" · ".join(part.replace(" ", "\u00a0") for part in one.split(" · ")) for one in text.split("; "))


def notification_meaning(row: HitTypeRow, now: datetime) -> str:
    """All that is known of it, for a tool tip."""
    parts = [state_meaning(row)]
    spec = row.setting.spec
    if spec is not None:
        parts.append(f"{spec_text(spec, most=12)} — {spec.destination.text}")
    when = set_text(row, now)
    if when:
        parts.append(QCoreApplication.translate("HitTypeNotification", "Set: {when}.").format(when=when))
    return " ".join(parts)


def alike_text(row: HitTypeRow, column: Column) -> str:
    """Words by which rows are found that have the same in a column; none where rows are not found by it."""
    spec = row.setting.spec
    match column:
        case Column.TITLE:
            return one_line(row.title)
        case Column.ID:
            return row.id
        case Column.NOTIFICATION | Column.DESTINATION | Column.TESTED if spec is not None:
            return spec.destination.text
        case Column.NOTIFICATION:
            return state_word(row.state)
        case Column.EVENTS if spec is not None:
            return " ".join(event.label for event in spec.events)
        case _:
            return ""


def alike_name(row: HitTypeRow, column: Column) -> str:
    """What rows have in common that :func:`alike_text` finds, as a person calls it."""
    spec, words = row.setting.spec, alike_text(row, column)
    return one_line(spec.destination.name) if spec is not None and words == spec.destination.text else words


def history_words(row: HitTypeRow) -> str:
    """Words by which the history finds what belongs to a HIT type: tests of where it sends to, or its own changes."""
    return row.id if row.setting.spec is None else row.setting.spec.destination.text


def effect_text(row: PreviewRow, *, whole: bool = True) -> str:
    """What happens, in a few words; for a row that is left out or may be refused, why, in one sentence or all of it."""
    translate = QCoreApplication.translate
    why = one_line(row.why_not)
    if not whole and ". " in why:
        why = f"{why.partition('. ')[0]}."
    match row.effect:
        case Effect.LEFT_OUT:
            return translate("HitTypeEffect", "Left out: {why}").format(why=why)
        case Effect.DOUBTFUL:
            return translate("HitTypeEffect", "May be refused: {why}").format(why=why)
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
        return translate("HitTypeEffect", "Notification off, HITs go on: nothing is known of before")
    on = change is not None and change.active
    return (
        translate("HitTypeEffect", "Notification on, the rest stays")
        if on
        else translate("HitTypeEffect", "Notification off, its HITs go on")
    )


def action_text(action: Action) -> str:
    """What a change was for, as a short noun."""
    translate = QCoreApplication.translate
    return {
        Action.APPLY: translate("HitTypeAction", "Applied"),
        Action.SWITCH_ON: translate("HitTypeAction", "Notification switched on"),
        Action.SWITCH_OFF: translate("HitTypeAction", "Notification switched off"),
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
    """How this very specification fared in its last test, as it is now; nothing where none is known."""
    if row.setting.spec is None:
        return ""
    if row.last_test is None:
        return QCoreApplication.translate("HitTypeTested", "never tested")
    if row.is_changed:
        return QCoreApplication.translate("HitTypeTested", "changed since the test")
    return result_text(row.last_test, now)


def result_text(test: SpecTest, now: datetime) -> str:
    """How a specification fared in a test, and when."""
    translate = QCoreApplication.translate
    words = {
        Result.ARRIVED: translate("HitTypeTested", "arrived {ago}"),
        Result.NOT_ARRIVED: translate("HitTypeTested", "did not arrive, tested {ago}"),
        Result.NOT_AS_EXPECTED: translate("HitTypeTested", "not as expected, tested {ago}"),
        Result.NOT_KNOWN: translate("HitTypeTested", "not known, tested {ago}"),
    }
    return words[test.result].format(ago=ago_text(test.at, now))


def tested_meaning(row: HitTypeRow, now: datetime) -> str:
    """The same, and where it goes was changed since, what that means; for a tool tip and the details."""
    if row.last_test is None or not row.is_changed:
        return tested_text(row, now)
    result = result_text(row.last_test, now)
    return QCoreApplication.translate(
        "HitTypeTested", "{result}; the access to where it goes was changed after that. Test it again."
    ).format(result=result[:1].upper() + result[1:])


def row_tone(row: HitTypeRow) -> Tone:
    """That of its state; what is on is not green where its last test failed, or where it goes was changed since."""
    if row.state is not RowState.ON or row.last_test is None or row.is_tested:
        return TONES[row.state]
    return Tone.BAD if row.last_test.has_failed and not row.is_changed else Tone.UNKNOWN


def row_shape(row: HitTypeRow) -> str:
    """That of its state, and a cross on what is on and failed in its last test."""
    is_failed = row.state is RowState.ON and row_tone(row) is Tone.BAD
    return "cross" if is_failed else SHAPES[row.state]


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
    if green.changed_since is not None:
        return translate("HitTypeGreen", "All green at {time}, changed since the test: {{spec}}").format(time=at)
    if now - green.at < JUST:
        return translate("HitTypeGreen", "As just tested, all green at {time}: {{spec}}").format(time=at)
    return translate("HitTypeGreen", "As last tested, all green at {time}: {{spec}}").format(time=at)


def newest_failed_text(green: GreenTest) -> str:
    """That the newest test was another and failed, for above the green one; empty where it did not."""
    if green.newest_failed is None:
        return ""
    return QCoreApplication.translate(
        "HitTypeGreen", "The newest test, to {name}, failed. First in the list is the newest that went well."
    ).format(name=one_line(green.newest_failed.name, longest=80))


@lru_cache(maxsize=4096)
def newest_text(newest: str) -> str:
    """The day of the newest HIT; text that is no time stays as it came."""
    if not newest:
        return ""
    moment = local_moment(newest)
    return one_line(newest) if moment is None else day_text(moment)


def reward_text(reward: str) -> str:
    """In US dollars, as the service pays; the service's own text where it is no number."""
    try:
        return f"${float(reward):.2f}"
    except ValueError:
        return one_line(reward)


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
                shown=number_text(shown), all=_types(total)
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
