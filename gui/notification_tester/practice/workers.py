# SPDX-License-Identifier: MIT
"""Plays the workers: while a HIT type's notifications are on, an afternoon goes on around it, and is told.

By default a HIT type has one afternoon each time it is switched on, an event every one to three seconds. A test may
ask for another pace (:class:`Pace`). Practice needs no five minutes until a setting takes effect: it does at once.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, fields, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from notification_tester.domain.events import EventType
from notification_tester.practice.afternoon import Afternoon, event_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notification_tester.domain.outgoing import MadeEvent
    from notification_tester.practice.afternoon import Script
    from notification_tester.practice.delivery import Courier
    from notification_tester.practice.hits import Hit, HitType
    from notification_tester.practice.marketplace import Marketplace

CREW = 8
"""Around how many HIT types something goes on at a time: those switched on last. Ten thousand would drown a person."""

FIRST_EVENT = 1.0
"""Seconds after a setting became active."""

GENTLE = (1.0, 3.0)
"""Seconds between two moments of one HIT type, where no speed was asked for."""

_LONGEST_DEBT = 0.5
"""Seconds; what could not be played in time is not made up for beyond that."""

FASTEST = 1e6
MOST_EVENTS = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How the workers play from now on; the default is the gentle pace."""

    running: bool = True
    speed: float | None = None  # events per second, of all HIT types together; None is gentle
    events: int | None = None  # so many from now on, in as many afternoons as it takes, and then none; None: one each
    batches: bool = True  # False: a message for each event, and none of them twice

    def as_json(self) -> dict[str, Any]:
        """As the control interface takes it."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Pace:
        """Read what :meth:`as_json` wrote; what is left out is as by default. Raises ValueError."""
        if unknown := set(value).difference(field.name for field in fields(cls)):
            message = f"Workers have no {min(unknown)!r}."
            raise ValueError(message)
        speed, events = value.get("speed"), value.get("events")
        faults = {
            "'running' and 'batches' are true or false.": all(
                isinstance(value.get(name, True), bool) for name in ("running", "batches")
            ),
            "'speed' is a number of events per second above nought.": speed is None
            or (isinstance(speed, (int, float)) and not isinstance(speed, bool) and speed > 0),
            f"'events' is a whole number up to {MOST_EVENTS}.": events is None
            or (isinstance(events, int) and not isinstance(events, bool) and 0 <= events <= MOST_EVENTS),
        }
        for fault, is_well in faults.items():
            if not is_well:
                raise ValueError(fault)
        return cls(**{**value, "speed": None if speed is None else min(float(speed), FASTEST)})


@dataclass
class _Shift:
    """The afternoon of one HIT type, and when its next moment comes by the gentle pace."""

    hit_type: HitType
    afternoon: Afternoon
    due_at: float


class Workers:
    """Everybody who works on the practice HITs, in one thread that is made when it is first needed."""

    def __init__(self, *, marketplace: Marketplace, courier: Courier, script: Script) -> None:
        self._marketplace = marketplace
        self._courier = courier
        self._script = script
        self._changed = threading.Condition()
        self._pace = Pace()
        self._shifts: dict[str, _Shift] = {}  # the HIT type switched on last is the last
        self._paused: dict[str, _Shift] = {}
        self._turn = 0
        self._next_at = 0.0  # by the asked-for speed
        self._happened = self._told = self._messages = 0
        self._told_at: Counter[str] = Counter()  # events, by the place that was told
        self._kept_out_of: Counter[str] = Counter()  # the same that it did not let in, since one came in there
        self._thread: threading.Thread | None = None

    def set(self, pace: Pace) -> None:
        """Play at another pace from now on."""
        with self._changed:
            self._pace = pace
            self._next_at = time.monotonic()
            if pace.events:
                settings = self._marketplace.settings()
                active = sorted((one.changed_at, name) for name, one in settings.items() if one.active)
                for _, hit_type_id in active[-CREW:]:
                    if hit_type_id not in self._shifts and (found := self._marketplace.hit_type(hit_type_id)):
                        self._shifts[hit_type_id] = self._shift(found)
            self._wake()

    def state(self) -> dict[str, Any]:
        """Tell the pace and what was done: events that happened, those that were told, and in how many messages."""
        with self._changed:
            done = {"happened": self._happened, "told": self._told, "messages": self._messages}
            return {
                **self._pace.as_json(),
                **done,
                "hit_types": len(self._shifts),
                "script_events": self._script.length,
            }

    def at(self, place: str) -> dict[str, int]:
        """Tell of one place: how many HIT types tell it, and on how many work goes on; events that it was told.

        And how many it has not let in since.
        """
        with self._changed:
            telling = self._telling(place)
            is_playing = self._pace.running and self._pace.events != 0
            working = sum(one in self._shifts for one in telling) if is_playing else 0
            told, kept_out = self._told_at[place], self._kept_out_of[place]
            return {"hit_types": len(telling), "working": working, "told": told, "kept_out": kept_out}

    def work_again(self, place: str) -> None:
        """Begin another afternoon around each HIT type that tells this place and has none."""
        with self._changed:
            for hit_type_id in self._telling(place):
                if hit_type_id not in self._shifts and (found := self._marketplace.hit_type(hit_type_id)):
                    self._shifts[hit_type_id] = self._shift(found)
            self._wake()

    def _telling(self, place: str) -> list[str]:
        settings = self._marketplace.settings()
        return [name for name, one in settings.items() if one.active and one.notification.get("Destination") == place]

    def setting_changed(self, hit_type: HitType) -> None:
        """Begin or go on where a HIT type's notifications are on now, pause where they are off."""
        setting = self._marketplace.setting(hit_type.hit_type_id)
        with self._changed:
            shift = self._shifts.pop(hit_type.hit_type_id, None) or self._paused.pop(hit_type.hit_type_id, None)
            if setting is None or not setting.active:
                if shift:
                    self._paused[hit_type.hit_type_id] = shift
                return
            self._shifts[hit_type.hit_type_id] = shift or self._shift(hit_type)
            self._wake()

    def hit_created(self, hit: Hit) -> None:
        """Tell of a HIT that was created by the API."""
        self._tell(hit.hit_type, [event_of(EventType.HIT_CREATED, hit)], twice=False)

    def _shift(self, hit_type: HitType) -> _Shift:
        return _Shift(hit_type, self._afternoon(hit_type), time.monotonic() + FIRST_EVENT)

    def _afternoon(self, hit_type: HitType) -> Afternoon:
        return Afternoon(hit_type, script=self._script, marketplace=self._marketplace)

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="practice-workers", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                shift = self._next_shift()
                pace = self._pace
            events, twice = shift.afternoon.next_moment(most=pace.events)
            if not events:
                self._end_afternoon(shift)
            elif pace.batches:
                self._tell(shift.hit_type, events, twice=twice)
            else:
                for event in events:
                    self._tell(shift.hit_type, [event], twice=False)
            self._account_for(len(events), pace)

    def _next_shift(self) -> _Shift:
        """Wait until something is to happen, giving the lock up meanwhile."""
        while True:
            crew = list(islice(reversed(self._shifts.values()), CREW))
            if not crew or not self._pace.running or self._pace.events == 0:
                self._changed.wait()
                continue
            now = time.monotonic()
            if self._pace.speed:
                self._turn += 1
                shift, due_at = crew[self._turn % len(crew)], self._next_at
            else:
                shift = min(crew, key=lambda one: one.due_at)
                due_at = shift.due_at
            if due_at <= now:
                shift.due_at = now + secrets.SystemRandom().uniform(*GENTLE)
                return shift
            self._changed.wait(due_at - now)

    def _end_afternoon(self, shift: _Shift) -> None:
        hit_type_id = shift.hit_type.hit_type_id
        with self._changed:
            if self._pace.events is not None:
                shift.afternoon = self._afternoon(shift.hit_type)
                return
            for shifts in (self._shifts, self._paused):
                if shifts.get(hit_type_id) is shift:
                    del shifts[hit_type_id]

    def _account_for(self, events: int, pace: Pace) -> None:
        with self._changed:
            self._happened += events
            if self._pace is not pace:
                return  # another was asked for meanwhile, and counts from then on
            if pace.events is not None:
                self._pace = replace(pace, events=pace.events - events)
            if pace.speed:
                behind = time.monotonic() - _LONGEST_DEBT
                self._next_at = max(self._next_at, behind) + events / pace.speed

    def _tell(self, hit_type: HitType, events: list[MadeEvent], *, twice: bool) -> None:
        setting = self._marketplace.setting(hit_type.hit_type_id)
        if setting is None or not setting.active:
            return
        wanted = [event for event in events if event.event_type in setting.notification["EventTypes"]]
        if not wanted:
            return
        place = setting.notification.get("Destination", "")
        is_let_in = self._courier.notify(setting.notification, wanted, twice=twice)
        with self._changed:
            if not is_let_in:
                self._kept_out_of[place] += len(wanted)
                return
            self._kept_out_of[place] = 0
            self._told += len(wanted)
            self._told_at[place] += len(wanted)
            self._messages += 2 if twice else 1
