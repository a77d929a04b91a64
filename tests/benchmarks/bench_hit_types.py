# SPDX-License-Identifier: MIT
"""HIT types: collecting them from their HITs, and applying a specification to many.

The reference of a list is boto3's paginator, which only counts the HITs. That of applying is a loop of boto3's calls
from as many threads as ours, which writes nothing down; ours has every line on the disk before its call.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import psutil

from benchmarks.measure import Row, in_turn
from benchmarks.practice_cloud import bench
from notification_tester.domain.setting import Action
from notification_tester.services.hit_types.bulk_run import THREADS
from notification_tester.services.hit_types.bulk_types import BulkRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.practice_cloud import Bench
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.setting import Change

LIST_GOAL = 1.1
LIST_SIZES = ((1_000, 20, 9), (10_000, 200, 5), (100_000, 2_000, 2))
"""HITs, their HIT types, and how often it is measured."""

APPLY_SIZES = ((100, 9, 2.0), (1_000, 5, 1.2), (10_000, 2, 1.2))
"""HIT types, how often it is measured, and the goal. A short run pays for its first call, which goes out alone so that
wrong keys are found out once, and for three transactions on the disk."""

_MEGABYTE = 1024 * 1024


def rows() -> list[Row]:
    """Measure lists and bulk runs at three sizes each."""
    return [
        *[_listing(hits, hit_types, repeats) for hits, hit_types, repeats in LIST_SIZES],
        *[_applying(hit_types, repeats, goal) for hit_types, repeats, goal in APPLY_SIZES],
    ]


def _listing(hits: int, hit_types: int, repeats: int) -> Row:
    with _quiet_bench(hits, hit_types) as at:
        _one_page(at)
        with _memory() as memory:
            first = _refresh(at, hits)
        ours, bare = in_turn(lambda: _refresh(at, hits), lambda: _paginate(at, hits), repeats=repeats, warm_up=0)
    note = f"memory grew by {memory.megabytes:.0f} MB; the first rows came after {first * 1000:.0f} ms"
    what = f"list {hits:,} HITs of {hit_types:,} types"
    return Row(what=what, ours=ours, reference=bare, goal=LIST_GOAL, note=note)


def _applying(hit_types: int, repeats: int, goal: float) -> Row:
    with _quiet_bench(hit_types, hit_types) as at:
        _refresh(at, hit_types)
        ids = tuple(row.id for row in at.session.hit_types.rows(at.opened))[:hit_types]
        request = BulkRequest(action=Action.APPLY, hit_type_ids=ids, spec=at.spec)
        changes = at.session.hit_types.preview(at.opened, request).changes
        with _memory() as memory:
            _apply(at, changes)
        ours, bare = in_turn(
            lambda: _apply(at, changes), lambda: _apply_bare(at, ids), repeats=repeats, warm_up=hit_types < 1_000
        )
    note = f"{hit_types / ours:.0f} a second; memory grew by {memory.megabytes:.0f} MB; reference: {THREADS} threads"
    what = f"apply to {hit_types:,} HIT types, recorded"
    return Row(what=what, ours=ours, reference=bare, goal=goal, note=note)


def _refresh(at: Bench, hits: int) -> float:
    """Collect all; returns after how many seconds the first rows came."""
    first: list[float] = []
    last = at.session.hit_types.refresh(
        at.opened, progress=lambda listing: first.append(listing.seconds), stop=threading.Event()
    )
    if not last.is_finished or last.hits < hits:
        raise AssertionError(f"not all were collected: {last.hits}")
    return first[0]


def _paginate(at: Bench, hits: int) -> None:
    pages = at.mturk.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 100})
    if sum(len(page["HITs"]) for page in pages) < hits:
        raise AssertionError("not all were listed")


def _one_page(at: Bench) -> None:
    at.mturk.list_hits(MaxResults=100)
    at.opened.requester.list_hits()


def _apply(at: Bench, changes: tuple[Change, ...]) -> None:
    outcome = at.session.hit_types.run(at.opened, changes, progress=lambda _: None, stop=threading.Event())
    if outcome.failed or len(outcome.results) != len(changes):
        raise AssertionError(f"not all were applied: {outcome}")


def _apply_bare(at: Bench, ids: tuple[HitTypeId, ...]) -> None:
    notification = cast("Any", at.spec.to_request())

    def one(hit_type_id: HitTypeId) -> None:
        at.mturk.update_notification_settings(HITTypeId=hit_type_id, Notification=notification, Active=True)

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        for _ in pool.map(one, ids):
            pass


@contextmanager
def _quiet_bench(hits: int, hit_types: int) -> Iterator[Bench]:
    """A practice cloud with many HITs, whose workers do nothing while we measure."""
    with bench() as at:
        assert at.opened.practice is not None
        at.opened.practice.set_workers(running=False)
        at.opened.practice.add_hits(hits=hits, hit_types=hit_types)
        yield at


@dataclass
class _Memory:
    megabytes: float = 0.0


@contextmanager
def _memory() -> Iterator[_Memory]:
    """How much the memory of this process grows at most while something is done."""
    found, process, over = _Memory(), psutil.Process(os.getpid()), threading.Event()
    before = process.memory_info().rss

    def watch() -> None:
        while not over.wait(0.02):
            found.megabytes = max(found.megabytes, (process.memory_info().rss - before) / _MEGABYTE)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()
