# SPDX-License-Identifier: MIT
"""HIT types and their notification settings: collect, preview, change, and what the record says.

Mechanical Turk neither lists HIT types nor tells what is set. Types are collected from HITs, given by hand, or in the
record; settings are what the record says, and "not in the record" means "not set from here", never "none".
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.domain.setting import LineState, Setting
from notification_tester.services.changes import Changes, Replaced, is_over, must_be_of
from notification_tester.services.hit_types.bulk_run import BulkRun
from notification_tester.services.hit_types.bulk_types import (
    BulkOutcome,
    GreenTest,
    HitTypeRow,
    Listing,
    Source,
)
from notification_tester.services.hit_types.listing import Collection, Count, collect
from notification_tester.services.hit_types.preview import previewed
from notification_tester.services.hit_types.record import SettingRecord, recorded_as
from notification_tester.services.hit_types.refusals import (
    CANCELLED,
    CHANGED_MEANWHILE,
    NO_RECORD,
    is_passing,
    not_recorded,
)
from notification_tester.services.hit_types.undoing import as_spans, standing_of
from notification_tester.storage.queries import Place
from notification_tester.storage.rows import HIT_TYPES_KIND, OTHER_PLACES, Outcome, is_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from notification_tester.domain.coverage import SpecTest
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem
    from notification_tester.domain.setting import Change, Known, LedgerLine
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import BulkProgress, BulkRequest, LeftOut, Preview, Undoable
    from notification_tester.services.hit_types.undoing import RunStanding
    from notification_tester.storage.ledger import Ledger
    from notification_tester.storage.ledger.file import ImportSummary
    from notification_tester.storage.rows import HistoryRow
    from notification_tester.storage.tested import Tested

FIRST_IDS = 100
"""As many ids of a run as the history names; the record has all of them."""

LONGEST_TITLE = 128
"""Characters of a title that the history keeps: as many as Mechanical Turk lets a title have."""

_CLOSE_SECONDS = 1.0
_MOST_TITLES = 500
"""That are asked for in one start, one by one; the list of HITs has all of them."""
_MOST_FAILURES = 3
_NEWEST_PLACES = 20
"""How many places that were tested last are looked through for one that is no throw-away queue."""
_IS_ID = re.compile(r"[A-Z0-9]{1,64}")  # API reference, GetHIT: "HITId"


@dataclass
class _AccountState:
    """What belongs to one account and environment while the program runs."""

    collection: Collection = field(default_factory=Collection)
    one_run: threading.Lock = field(default_factory=threading.Lock)
    last_run: BulkRun | None = None
    titles: dict[str, str] = field(default_factory=dict)
    """Of HIT types that were asked for by one of their HITs; empty where no title was found."""
    failures: int = 0
    """In a row, of those questions."""


class HitTypes:
    """HIT types of every account. Methods block, may be called from any thread, and may raise ProblemError.

    Without a ledger, because the database is damaged or a newer program's, HIT types are still collected; nothing is
    known of what is set, and nothing is changed. ``record_problem`` says why there is none. A run is one row of the
    history, written by ``changes``.
    """

    def __init__(
        self,
        *,
        ledger: Ledger | None,
        tested: Tested | None,
        record_problem: Problem | None = None,
        changes: Changes | None = None,
    ) -> None:
        self._ledger = ledger
        self._changes = changes or Changes()
        self._record_problem = record_problem or NO_RECORD
        self._tested = tested
        self._lock = threading.Lock()
        self._states: dict[tuple[str, str], _AccountState] = {}

    def refresh(self, opened: OpenAccount, *, progress: Callable[[Listing], None], stop: threading.Event) -> Listing:
        """Collect HIT types from the account's HITs; returns the last report.

        ``progress`` hears of the first page at once, then about ten times a second of the rows that changed. What was
        collected is kept, also where it was stopped or failed.
        """
        collection = self._state(opened).collection
        rows = self._rows_of(opened)

        def listing(count: Count, *, is_finished: bool = False, was_stopped: bool = False) -> Listing:
            return Listing(
                changed=rows(collection, count.changed),
                hits=count.hits,
                hit_types=len(collection.summaries),
                pages=count.pages,
                seconds=count.seconds,
                is_finished=is_finished,
                was_stopped=was_stopped,
            )

        count, finished = collect(
            opened.requester, collection, report=lambda so_far: progress(listing(so_far)), stop=stop
        )
        last = listing(count, is_finished=finished, was_stopped=not finished)
        progress(last)
        return last

    def rows(self, opened: OpenAccount) -> tuple[HitTypeRow, ...]:
        """Everything that is known: collected, given by hand, or in the record."""
        collection = self._state(opened).collection
        rows = self._rows_of(opened)
        return rows(collection, dict.fromkeys([*collection.ids(), *rows.known]))

    def titles(self, opened: OpenAccount) -> dict[str, str]:
        """The titles of HIT types as far as they were collected or found; nothing is asked for."""
        state = self._state(opened)
        with state.collection.lock:
            found = {one: title for one, title in state.titles.items() if title}
            return found | {one: summary.title for one, summary in state.collection.summaries.items() if summary.title}

    def find_titles(self, opened: OpenAccount, hits: Mapping[str, str]) -> dict[str, str]:
        """Ask for the titles of HIT types that are not known, each by one of its HITs; returns those that were found.

        That is one GetHIT for each, and never a second in this start. It says nothing where it fails: what has no title
        is shown by its id. After :data:`_MOST_FAILURES` in a row, as without the permission, no more are asked for.
        """
        state = self._state(opened)
        found: dict[str, str] = {}
        for hit_type, hit_id in hits.items():
            with state.collection.lock:
                known = hit_type in state.titles or hit_type in state.collection.summaries
                if state.failures >= _MOST_FAILURES or len(state.titles) >= _MOST_TITLES:
                    break
                if known or not _IS_ID.fullmatch(hit_id):
                    continue
                state.titles[hit_type] = ""
            try:
                hit = opened.requester.hit(hit_id)
            except ProblemError as error:
                with state.collection.lock:
                    state.failures += 1
                    if error.problem.cause is Cause.SLOW_DOWN or is_passing(error.problem):
                        del state.titles[hit_type]  # another time
                        break
                continue
            with state.collection.lock:
                state.failures = 0
                if hit.hit_type_id == hit_type and hit.title:
                    found[hit_type] = state.titles[hit_type] = hit.title
        return found

    def add_ids(self, opened: OpenAccount, ids: Sequence[HitTypeId]) -> tuple[HitTypeRow, ...]:
        """Put HIT types that a person knows among the others; their rows."""
        collection = self._state(opened).collection
        with collection.lock:
            collection.typed.update(dict.fromkeys(ids))
        return self._rows_of(opened)(collection, dict.fromkeys(ids))

    def lines_of(self, opened: OpenAccount, hit_type_id: HitTypeId) -> list[LedgerLine]:
        """Every change to one HIT type, newest first. Raises ProblemError where the record cannot be read."""
        self._must_have_record()
        return self._record(opened).lines_of(hit_type_id)

    def is_used(self, opened: OpenAccount, destination: Destination) -> bool:
        """Whether some HIT type is set to tell this destination, as the record knows, and is not off.

        True where there is no record: nothing is known then. Raises ProblemError where it cannot be read.
        """
        return self._record(opened).is_told(destination)

    def on_at(self, destination: Destination) -> int:
        """How many HIT types of all accounts are on, or may be, and tell this destination; 0 where there is no record.

        Raises ProblemError where it cannot be read.
        """
        return 0 if self._ledger is None else self._ledger.count_told(destination)

    def told(self, opened: OpenAccount) -> list[Destination]:
        """The destinations that some HIT type is set to tell, as the record knows, the one that was set last first.

        Raises ProblemError where the record cannot be read.
        """
        return self._record(opened).told()

    def last_green(self, opened: OpenAccount) -> GreenTest | None:
        """The newest green test of this very account that can still be applied; None where there is none.

        Left out are tests with keys that the account of this name had before, through a throw-away queue, and of
        another start of practice.
        """
        if self._tested is None:
            return None
        account = opened.account
        for row in self._tested.greens(account=account.kept_as, environment=account.environment.value):
            if not opened.had(row.at):
                return None  # nor had it the older ones
            try:
                spec = parse_spec(
                    transport=Transport(row.transport),
                    destination=row.destination,
                    events=row.events,
                    version=row.version,
                )
            except (ProblemError, ValueError):
                continue  # a transport or an event of another version of the program
            if not spec.destination.name.startswith(NAME_PREFIX):  # a queue made for a test is gone
                changed = self._tested.last_change((row.transport, row.destination))
                return GreenTest(
                    spec=spec,
                    at=row.at,
                    failed_since=row.failed_since,
                    changed_since=None if changed is None or changed < row.at else changed,
                    newest_failed=self._newest_failed(opened, self._tested),
                )
        return None

    def _newest_failed(self, opened: OpenAccount, tested: Tested) -> Destination | None:
        """Where the newest test of the account went, if it failed; those through a throw-away queue do not count."""
        account = opened.account
        places = tested.newest_places(
            account=account.kept_as, environment=account.environment.value, most=_NEWEST_PLACES, had=opened.had
        )
        for transport, text, outcome in places:
            with suppress(ProblemError, ValueError):
                destination = parse_destination(Transport(transport), text)
                if not destination.name.startswith(NAME_PREFIX):
                    return destination if outcome is Outcome.BAD else None
        return None

    def preview(self, opened: OpenAccount, request: BulkRequest) -> Preview:
        """What would be sent for each HIT type, and what not and why. An id that is there twice counts once.

        Raises ProblemError (cause INPUT) for an empty choice, and for APPLY without a specification; cause STORAGE
        where the record cannot be read, so that nothing could be written down. Where a row has a change and a
        ``why_not``, it is sent, and may be refused for that reason.
        """
        self.must_record()
        try:
            rows = self._rows_of(opened)
        except ProblemError as error:
            raise ProblemError(not_recorded(error.problem)) from error
        collection = self._state(opened).collection

        def title(hit_type_id: HitTypeId) -> str:
            summary = collection.summaries.get(hit_type_id)
            return summary.title if summary else ""

        return previewed(request, known=rows.known, title=title, last_test=rows.last_test, is_changed=rows.is_changed)

    def run(
        self,
        opened: OpenAccount,
        changes: Sequence[Change],
        *,
        progress: Callable[[BulkProgress], None],
        stop: threading.Event,
        seen: Mapping[HitTypeId, int] | None = None,
        made_by: str = "",
    ) -> BulkOutcome:
        """Send changes, each HIT type's once, every line in the record before its call.

        A change that fails is a result. What is the same for all of them (keys, permission, a closed service) ends the
        run with the first failure, and the others are in ``not_begun``; so are those that had no turn when ``stop`` was
        set, within a second, and those whose newest line in the record is not that of ``seen`` any more: another
        window or a command changed them. The history names the action, or what it was ``made_by`` where no person asked
        for it. Raises ProblemError (cause STORAGE) where the first line could not be written, or there is no record.
        """
        self.must_record()
        if len({one.hit_type_id for one in changes}) < len(changes):
            raise ValueError("a HIT type is there twice")
        state = self._state(opened)
        began = time.perf_counter()
        # One run at a time, and none while an earlier one still has a call on its way, which could arrive after ours.
        while changes and not stop.is_set():
            if not state.one_run.acquire(timeout=0.05):
                continue
            try:
                if state.last_run is not None and state.last_run.is_calling():
                    stop.wait(0.05)
                    continue
                return self._run(state, opened, changes, progress, stop, seen or {}, made_by)
            finally:
                state.one_run.release()
        not_begun = tuple(one.hit_type_id for one in changes)
        return BulkOutcome(
            results=(),
            not_begun=not_begun,
            seconds=time.perf_counter() - began,
            stopped_by=CANCELLED if changes else None,
        )

    def _run(
        self,
        state: _AccountState,
        opened: OpenAccount,
        changes: Sequence[Change],
        progress: Callable[[BulkProgress], None],
        stop: threading.Event,
        seen: Mapping[HitTypeId, int],
        made_by: str,
    ) -> BulkOutcome:
        record = self._record(opened)
        known = record.known() if seen else {}
        newest = {one: known[one].newest.id if one in known else 0 for one in seen}
        changed = {one: None for one in seen if newest[one] != seen[one]}
        left = [one for one in changes if one.hit_type_id not in changed]
        outcome = BulkOutcome(results=(), not_begun=(), seconds=0.0, stopped_by=None)
        if left:
            state.last_run = run = BulkRun(opened.requester, record, left, progress, stop)
            outcome = self._written_down(opened, run, made_by)
        if not changed:
            return outcome
        not_begun, why = (*outcome.not_begun, *changed), outcome.stopped_by or CHANGED_MEANWHILE
        return replace(outcome, not_begun=not_begun, stopped_by=why)

    def _written_down(self, opened: OpenAccount, run: BulkRun, made_by: str) -> BulkOutcome:
        """Carry a run out; its row in the history names the lines of the record that are its own."""
        specs = {one.spec for one in run.changes}
        actions = {made_by or one.action.value for one in run.changes}
        first, known = [one.hit_type_id for one in run.changes[:FIRST_IDS]], self.titles(opened)
        titles = {one: known[one][:LONGEST_TITLE] for one in first if one in known}
        place, *others = _places(run.changes) or [Place("", "")]
        also = [{"transport": one.transport, "destination": one.destination} for one in others]
        with self._changes.under_way(
            opened,
            HIT_TYPES_KIND,
            f"{next(iter(actions)) if len(actions) == 1 else ''} {len(run.changes)}",
            transport=place.transport,
            destination=place.destination,
            request={"HIT types": len(run.changes), "first": first}
            | ({"titles": titles} if titles else {})
            | ({OTHER_PLACES: also} if also else {}),
            spec=next(iter(specs)) if len(specs) == 1 else None,
        ) as written:
            try:
                outcome = run.run()
            finally:
                written.message = {"lines": as_spans(run.lines)}
            states = Counter(one.state for one in outcome.results)
            written.message |= {
                "applied": states[LineState.APPLIED],
                "failed": states[LineState.FAILED],
                "not known": states[LineState.UNKNOWN],
                "not sent": len(outcome.not_begun),
            }
            written.problem = outcome.stopped_by or next((one.problem for one in outcome.results if one.problem), None)
            if states[LineState.APPLIED] < len(run.changes):
                is_bad = states[LineState.FAILED] or outcome.not_begun
                written.outcome = Outcome.BAD if is_bad else Outcome.UNKNOWN
            return outcome

    def undo_of(self, opened: OpenAccount, row: HistoryRow) -> Undoable:
        """The HIT types of a run of the history whose change can be taken back, and why the others cannot.

        Raises ProblemError where none can, with the reason.
        """
        self._must_have_record()
        must_be_of(row, opened)
        return self._standing(opened, row).undoable()

    def left_out(self, opened: OpenAccount, row: HistoryRow) -> tuple[LeftOut, ...]:
        """Those of a run that an undo of it would leave as they are; empty where there is nothing to undo."""
        if self._ledger is None or is_over(row, opened) or not is_of(row, opened.account):
            return ()
        standing = self._standing(opened, row)
        return standing.left_out if standing.able else ()

    def _standing(self, opened: OpenAccount, row: HistoryRow) -> RunStanding:
        record = self._record(opened)
        return standing_of(record, row, self.titles(opened), record.known())

    def replaced(self, opened: OpenAccount, rows: Iterable[HistoryRow]) -> dict[int, Replaced]:
        """Of which runs of the history nothing can be put back any more, and why; not of those where something may.

        Whether one is another account's is found out when it is asked for. The record is read once for all of them.
        """
        record = self._record(opened)
        known: dict[HitTypeId, Known] | None = None
        found: dict[int, Replaced] = {}
        for row in rows:
            if is_over(row, opened):
                found[row.id] = Replaced()
            elif self._ledger is not None and is_of(row, opened.account):
                known = record.known() if known is None else known
                replaced = standing_of(record, row, {}, known).replaced()
                if replaced is not None:
                    found[row.id] = replaced
        return found

    def must_record(self) -> None:
        """Raise ProblemError (cause STORAGE) where no change can be recorded, and so none is sent."""
        if self._ledger is None:
            raise ProblemError(not_recorded(self._record_problem))

    def unknown(self, opened: OpenAccount) -> tuple[Change, ...]:
        """The changes to send again, because it is not known whether they were applied; one for each HIT type."""
        return self._record(opened).unknown()

    def recorded_as(self, opened: OpenAccount) -> tuple[str, str]:
        """The account and environment under which the record is kept, for export and import."""
        return recorded_as(opened)

    def export_record(self, opened: OpenAccount, path: Path) -> int:
        """Write the record of an account to a file, CSV where its name ends in ``.csv``, else JSON; how many lines."""
        self._must_have_record()
        return self._record(opened).export_to(path)

    def import_record(self, opened: OpenAccount, path: Path) -> ImportSummary:
        """Take in the record of a file, whole or not at all."""
        self._must_have_record()
        return self._record(opened).import_from(path)

    def stop_for(self, account: str) -> None:
        """Send no more for the account of this name, and wait a moment for answers to what was sent already.

        What had no turn is in the record as not sent; what is still under way after that records its answer by itself.
        """
        with self._lock:
            runs = [state.last_run for (name, _), state in self._states.items() if name == account]
        under_way = [run for run in runs if run is not None]
        for run in under_way:
            run.stop.set()
        _wait_for(under_way)

    def close(self) -> None:
        """Wait a moment for calls that were left to themselves, so that their answers are recorded."""
        with self._lock:
            runs = [state.last_run for state in self._states.values() if state.last_run is not None]
        _wait_for(runs)

    def _must_have_record(self) -> None:
        if self._ledger is None:
            raise ProblemError(self._record_problem)

    def _state(self, opened: OpenAccount) -> _AccountState:
        key = recorded_as(opened)
        with self._lock:
            return self._states.setdefault(key, _AccountState())

    def _record(self, opened: OpenAccount) -> SettingRecord:
        return SettingRecord.of(opened, self._ledger)

    def _rows_of(self, opened: OpenAccount) -> _Rows:
        return _Rows(self._record(opened).known(), self._tested, opened, has_record=self._ledger is not None)


def _places(changes: Sequence[Change]) -> list[Place]:
    """The destinations that hold after these, or are switched off, as far as the record knows; the most frequent first.

    A change of Active alone tells the destination that was set before.
    """
    specs = Counter(one.after.spec for one in changes if one.after.spec is not None)
    places: Counter[Place] = Counter()
    for spec, count in specs.items():  # a run of thousands has few of them
        places[Place(spec.transport.value, spec.destination.text)] += count
    return [place for place, _ in places.most_common()]


def _wait_for(runs: Sequence[BulkRun]) -> None:
    deadline = time.perf_counter() + _CLOSE_SECONDS
    pause = threading.Event()
    while any(run.is_calling() for run in runs) and time.perf_counter() < deadline:
        pause.wait(0.02)


class _Rows:
    """Makes rows, with the record and the tests as they were at one moment."""

    def __init__(
        self, known: Mapping[HitTypeId, Known], tested: Tested | None, opened: OpenAccount, *, has_record: bool
    ) -> None:
        self._has_record = has_record
        self.known = known
        self._tested = tested
        self._opened = opened
        self._looked_up: dict[NotificationSpec, SpecTest | None] = {}
        self._changes: dict[tuple[str, str], datetime | None] = {}

    def __call__(self, collection: Collection, ids: Iterable[HitTypeId]) -> tuple[HitTypeRow, ...]:
        """The rows of some HIT types."""
        return tuple(self._row(collection, one) for one in ids)

    def last_test(self, spec: NotificationSpec | None) -> SpecTest | None:
        """When and how this specification was last tested."""
        if spec is None or self._tested is None:
            return None
        if spec not in self._looked_up:
            try:
                account = self._opened.account
                found = self._tested.last_of_spec(spec, account=account.kept_as, environment=account.environment.value)
                if found is not None and not self._opened.had(found.at):
                    found = None  # of another account that had this name
            except ProblemError:
                found = None  # a history that cannot be read knows of no test
            self._looked_up[spec] = found
        return self._looked_up[spec]

    def is_changed(self, spec: NotificationSpec | None) -> bool:
        """Whether the access to where it goes was changed from here since its last test."""
        last = self.last_test(spec)
        if spec is None or last is None or self._tested is None:
            return False
        place = (spec.transport.value, spec.destination.text)
        if place not in self._changes:
            try:
                self._changes[place] = self._tested.last_change(place)
            except ProblemError:
                self._changes[place] = None
        changed = self._changes[place]
        return changed is not None and last.at <= changed

    def _row(self, collection: Collection, hit_type_id: HitTypeId) -> HitTypeRow:
        summary = collection.summary(hit_type_id)
        known = self.known.get(hit_type_id)
        if known is None and summary is None:
            return HitTypeRow(id=hit_type_id, has_record=self._has_record)
        set_by = known.set_by if known else None
        line = (known.in_doubt or known.newest) if known else None
        setting = known.setting if known else Setting()
        return HitTypeRow(
            id=hit_type_id,
            title=summary.title if summary else "",
            reward=summary.reward if summary else "",
            newest=summary.newest if summary else "",
            hits_by_status=summary.hits_by_status if summary else {},
            setting=setting,
            source=Source.NOT_KNOWN if set_by is None else Source.IMPORTED if set_by.imported else Source.HERE,
            set_at=None if set_by is None else set_by.answered or set_by.at,
            set_by=None if set_by is None else set_by.change.action,
            takes_effect_by=None if set_by is None else set_by.takes_effect_by,
            line_state=None if line is None else line.state,
            problem=None if line is None or line.state is LineState.APPLIED else line.problem,
            last_test=self.last_test(setting.spec),
            is_changed=self.is_changed(setting.spec),
            has_record=self._has_record,
        )
