# SPDX-License-Identifier: MIT
"""Where HIT types come from: ListHITs, page by page, with nothing kept of a HIT but what its type shows; and files.

A thread of its own fetches, so that a page that does not come never holds up Cancel, and the next page is on its way
while the last one is counted.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.domain.hit_type import HitTypeId, HitTypeSummary
from notification_tester.domain.pasted_ids import LARGEST_LIST, PastedIds, read_hit_type_ids, together, too_large
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy
from notification_tester.services.hit_types.pace import Pace, back_off
from notification_tester.services.hit_types.refusals import is_passing
from notification_tester.storage.disk import read_chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from notification_tester.aws.requester import HitPage, Requester, SeenHit

TRIES = 5
EMPTY_PAGES = 100
"""Pages in a row without a HIT, each with a token for the next, after which nobody believes in an end."""

_REPORT_EVERY = 0.1
_TICK = 0.05
_AHEAD = 2
"""Pages that are fetched before the last one is counted: enough that nobody waits, and little memory."""


class Count(NamedTuple):
    """How far it is. ``changed`` are the HIT types that are new or changed since the last report."""

    changed: frozenset[HitTypeId]
    hits: int
    pages: int
    seconds: float


@dataclass(eq=False)
class Collection:
    """HIT types of one account: what was seen of their HITs, and ids that a person gave. Used by many threads."""

    summaries: dict[HitTypeId, HitTypeSummary] = field(default_factory=dict)
    typed: dict[HitTypeId, None] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ids(self) -> list[HitTypeId]:
        """Every id, those with HITs first, in the order in which they were seen."""
        with self.lock:
            return list({**dict.fromkeys(self.summaries), **self.typed})

    def summary(self, hit_type_id: HitTypeId) -> HitTypeSummary | None:
        """What was seen of one, as it was at this moment."""
        with self.lock:
            found = self.summaries.get(hit_type_id)
            return None if found is None else _copy(found)


def collect(
    requester: Requester, into: Collection, *, report: Callable[[Count], None], stop: threading.Event
) -> tuple[Count, bool]:
    """Count all HITs into ``into``; returns the last count and whether it came to the end.

    ``report`` is called after the first page and then ten times a second. Counts of an earlier collection are replaced
    type by type as they are seen again; at the end, those with no HIT any more lose theirs. When it is stopped or
    fails, what was counted stays. Raises ProblemError.
    """
    began = time.perf_counter()
    last = 0.0  # so the first page is reported at once
    hits = pages = 0
    changed: set[HitTypeId] = set()
    seen: dict[HitTypeId, _Tally] = {}
    finished = False
    for page in _pages(requester, stop):
        hits += len(page.hits)
        pages += 1
        with into.lock:
            changed |= _count(page.hits, seen, into.summaries)
        now = time.perf_counter()
        if now - last >= _REPORT_EVERY:
            report(Count(frozenset(changed), hits, pages, now - began))
            changed.clear()
            last = now
        finished = not page.next_token
    if finished:
        changed |= _forget_counts(into, seen)
    return Count(frozenset(changed), hits, pages, time.perf_counter() - began), finished


class _Tally:
    """A summary while it is counted; the newest moment as a number, which is compared a hundred thousand times."""

    __slots__ = ("newest", "summary")

    def __init__(self, summary: HitTypeSummary) -> None:
        self.summary = summary
        self.newest = 0.0


def _count(
    hits: list[SeenHit], seen: dict[HitTypeId, _Tally], summaries: dict[HitTypeId, HitTypeSummary]
) -> set[HitTypeId]:
    changed = set()
    for hit in hits:
        hit_type_id = HitTypeId(hit.hit_type_id)
        tally = seen.get(hit_type_id)
        if tally is None:
            summary = HitTypeSummary(id=hit_type_id, title=hit.title, reward=hit.reward)
            tally = seen[hit_type_id] = _Tally(summary)
            summaries[hit_type_id] = summary
        by_status = tally.summary.hits_by_status
        by_status[hit.status] = by_status.get(hit.status, 0) + 1
        if hit.created > tally.newest:
            tally.newest = hit.created
            tally.summary.newest = datetime.fromtimestamp(hit.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        changed.add(hit_type_id)
    return changed


def _forget_counts(into: Collection, seen: dict[HitTypeId, _Tally]) -> set[HitTypeId]:
    with into.lock:
        gone = {one for one, summary in into.summaries.items() if one not in seen and summary.hits_by_status}
        for one in gone:
            into.summaries[one].hits_by_status = {}
    return gone


def _copy(summary: HitTypeSummary) -> HitTypeSummary:
    return HitTypeSummary(
        id=summary.id,
        title=summary.title,
        reward=summary.reward,
        newest=summary.newest,
        hits_by_status=dict(summary.hits_by_status),
    )


def _pages(requester: Requester, stop: threading.Event) -> Iterator[HitPage]:
    """Give out pages until the last, until ``stop``, or until it fails, whichever is first."""
    fetched: queue.Queue[HitPage | Problem | BaseException] = queue.Queue(_AHEAD)
    enough = threading.Event()
    thread = threading.Thread(target=_fetch, args=(requester, fetched, enough), name="list-hits", daemon=True)
    thread.start()
    try:
        while not stop.is_set():
            try:
                found = fetched.get(timeout=_TICK)
            except queue.Empty:
                continue
            if isinstance(found, Problem):
                raise ProblemError(found)
            if isinstance(found, BaseException):
                raise found
            yield found
            if not found.next_token:
                return
    finally:
        enough.set()


def _fetch(
    requester: Requester, fetched: queue.Queue[HitPage | Problem | BaseException], enough: threading.Event
) -> None:
    pace = Pace()
    token, found = "", None
    asked: set[str] = set()
    empty = 0
    while not enough.is_set() and (found is None or token):
        result: HitPage | Problem | BaseException | None
        try:
            result = found = _page(requester, token, pace, enough)
            empty = empty + 1 if found is not None and not found.hits else 0
            asked.add(token)
            if found is not None and found.next_token and (found.next_token in asked or empty >= EMPTY_PAGES):
                result, found = _WITHOUT_END, None
        except ProblemError as error:
            result, found = requester.in_detail(error.problem), None
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits for the pages
            result, found = error, None
        while result is not None and not enough.is_set():
            try:
                fetched.put(result, timeout=_TICK)
                break
            except queue.Full:
                continue
        if found is None:
            return
        token = found.next_token


_WITHOUT_END = Problem(
    title="The list of HITs has no end.",
    detail="Mechanical Turk led from page to page in a circle, so not every HIT was seen, and some perhaps twice. What "
    "was counted is shown, and is not all.",
    remedy="Try again in some minutes. HIT types that you know can be given by their ids.",
    code="hits.without-end",
    cause=Cause.SERVICE,
    remedies=(Remedy.TRY_AGAIN,),
)


def _page(requester: Requester, token: str, pace: Pace, enough: threading.Event) -> HitPage | None:
    """One page, tried again while the service asks for patience; None where nobody wants it any more."""
    refusals = tries = 0
    while pace.wait(enough):
        try:
            page = requester.list_hits(token)
        except ProblemError as error:
            problem = error.problem
        else:
            pace.taken()
            return page
        if problem.cause is Cause.SLOW_DOWN:
            pace.refused()
            pause = back_off(refusals, first=0.05, longest=2.0)
            refusals += 1
        else:
            tries += 1
            if not is_passing(problem) or tries >= TRIES:
                raise ProblemError(problem)
            pause = back_off(tries, first=0.05, longest=5.0)
        enough.wait(pause)
    return None


def read_ids_file(path: Path, *, leave_out_bad: bool) -> PastedIds:
    """Read ids from a text file or a table in CSV. Raises ProblemError."""
    data = read_chosen(path, LARGEST_LIST + 1, code="ids.file")
    if len(data) > LARGEST_LIST:
        raise too_large(f"“{path.name}”")
    return read_hit_type_ids(data, leave_out_bad=leave_out_bad)


def read_ids_files(paths: Sequence[Path], *, leave_out_bad: bool) -> PastedIds:
    """Read ids from one file or several; one that gives none does not hold up the others. Raises ProblemError."""
    if len(paths) == 1:
        return read_ids_file(paths[0], leave_out_bad=leave_out_bad)
    found: dict[str, PastedIds | Problem] = {}
    for path in paths:
        name = path.name if path.name not in found else str(path)
        try:
            found[name] = read_ids_file(path, leave_out_bad=leave_out_bad)
        except ProblemError as error:
            found[name] = error.problem
    return together(found)
