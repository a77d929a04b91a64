# SPDX-License-Identifier: MIT
"""What the page HIT types asks of the services, off the main thread, and what comes back while it lasts.

Reports of a long job come by the hundred; the main thread gets them in bundles, never more than one bundle at a time.
What is answered for an account that is no longer open is dropped, but for the end of a run: that was sent all the same.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.problem import Problem
    from notification_tester.domain.setting import Change, LedgerLine
    from notification_tester.qt.background.tasks import Tasks
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import (
        BulkOutcome,
        BulkProgress,
        BulkRequest,
        GreenTest,
        HitTypeRow,
        Listing,
        Preview,
    )

Item = TypeVar("Item")


class HitTypeService(Protocol):
    """What the page needs of the services. Every method blocks, and may raise ProblemError."""

    def refresh(self, opened: OpenAccount, *, progress: Callable[[Listing], None], stop: threading.Event) -> Listing:
        """Collect HIT types from the HITs of the account."""

    def rows(self, opened: OpenAccount) -> tuple[HitTypeRow, ...]:
        """What is known without asking Mechanical Turk."""

    def add_ids(self, opened: OpenAccount, ids: Sequence[HitTypeId]) -> tuple[HitTypeRow, ...]:
        """Take in ids that a person gave."""

    def story(self, opened: OpenAccount, hit_type_id: HitTypeId) -> list[LedgerLine]:
        """Every line of the record about one HIT type, newest first."""

    def preview(self, opened: OpenAccount, request: BulkRequest) -> Preview:
        """Find out what would change; nothing is sent."""

    def last_green(self, opened: OpenAccount) -> GreenTest | None:
        """The newest green test of this very account."""

    def run(
        self,
        opened: OpenAccount,
        changes: Sequence[Change],
        *,
        progress: Callable[[BulkProgress], None],
        stop: threading.Event,
    ) -> BulkOutcome:
        """Send changes."""

    def unknown(self, opened: OpenAccount) -> tuple[Change, ...]:
        """Changes of a program that is gone, of which it is not known whether they were applied."""


class HitTypesWork(QObject):
    """One account at a time; one listing and one run at a time. ``service`` None: the record cannot be kept."""

    came = Signal(object)  # tuple of HitTypeRow, new or changed
    listing = Signal(object)  # the newest Listing, while it goes on
    listed = Signal(object)  # the last Listing
    listing_failed = Signal(object)  # Problem
    failed = Signal(object)  # Problem, of anything else
    unknown_found = Signal(object)  # tuple of Change
    progress = Signal(object)  # list of BulkProgress, oldest first
    ended = Signal(object)  # BulkOutcome
    run_failed = Signal(object)  # Problem: the run could not go on

    def __init__(self, tasks: Tasks, service: HitTypeService | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._service = service
        self._opened: OpenAccount | None = None
        self._stop_listing: threading.Event | None = None
        self._stop_run: threading.Event | None = None

    @property
    def opened(self) -> OpenAccount | None:
        """The account that is worked for."""
        return self._opened

    @property
    def can_work(self) -> bool:
        """Whether there is an account, and a record to write in."""
        return self._opened is not None and self._service is not None

    @property
    def is_listing(self) -> bool:
        """Whether HIT types are being collected."""
        return self._stop_listing is not None

    @property
    def is_running(self) -> bool:
        """Whether changes are being sent."""
        return self._stop_run is not None

    @property
    def is_stopping(self) -> bool:
        """Whether a run was asked to stop, and has not ended yet."""
        return self._stop_run is not None and self._stop_run.is_set()

    def set_account(self, opened: OpenAccount | None) -> None:
        """Work for another account; a listing of the one before ends."""
        self.stop_listing()
        self._stop_listing = None
        self._opened = opened

    def read_known(self) -> None:
        """Show what the record knows, and look for changes of which nothing is known."""
        service, opened = self._service, self._opened
        if service is None or opened is None:
            return
        self._ask(opened, partial(service.rows, opened), self.came.emit)
        self.read_unknown()

    def read_unknown(self) -> None:
        """Look for changes of which it is not known whether they were applied."""
        service, opened = self._service, self._opened
        if service is not None and opened is not None:
            self._ask(opened, partial(service.unknown, opened), self.unknown_found.emit)

    def refresh(self) -> None:
        """Collect HIT types anew; ignored while that is under way."""
        service, opened = self._service, self._opened
        if service is None or opened is None or self.is_listing:
            return
        self._stop_listing = stop = threading.Event()

        def report(news: list[Listing]) -> None:
            if self._opened is opened:
                for one in news:
                    self.came.emit(one.changed)
                self.listing.emit(news[-1])

        def done(end: Listing) -> None:
            if self._stop_listing is stop:
                self._stop_listing = None
                self.came.emit(end.changed)
                self.listed.emit(end)

        def failed(problem: Problem) -> None:
            if self._stop_listing is stop:
                self._stop_listing = None
                self.listing_failed.emit(problem)

        mailbox = Mailbox(self._tasks, report)
        self._tasks.run(partial(service.refresh, opened, progress=mailbox.post, stop=stop), done=done, failed=failed)

    def stop_listing(self) -> None:
        """Collect no more; what was collected stays."""
        if self._stop_listing is not None:
            self._stop_listing.set()

    def add_ids(self, ids: Sequence[HitTypeId], *, done: Callable[[tuple[HitTypeRow, ...]], None]) -> None:
        """Take in ids that a person gave."""
        service, opened = self._service, self._opened
        if service is not None and opened is not None:

            def added(rows: tuple[HitTypeRow, ...]) -> None:
                self.came.emit(rows)
                done(rows)

            self._ask(opened, partial(service.add_ids, opened, ids), added)

    def story(self, hit_type_id: HitTypeId, *, done: Callable[[list[LedgerLine]], None]) -> None:
        """Read everything that the record says about one HIT type."""
        service, opened = self._service, self._opened
        if service is not None and opened is not None:
            self._ask(opened, partial(service.story, opened, hit_type_id), done)

    def preview(
        self, request: BulkRequest, *, done: Callable[[Preview], None], failed: Callable[[Problem], None]
    ) -> None:
        """Find out what would change."""
        service, opened = self._service, self._opened
        if service is not None and opened is not None:
            self._tasks.run(partial(service.preview, opened, request), done=done, failed=failed)

    def last_green(self, opened: OpenAccount) -> GreenTest | None:
        """The newest green test of an account; to be called on a worker. May raise ProblemError."""
        return None if self._service is None else self._service.last_green(opened)

    def run(self, changes: Sequence[Change]) -> bool:
        """Send changes; False, and nothing is sent, while others are being sent."""
        service, opened = self._service, self._opened
        if service is None or opened is None or self.is_running or not changes:
            return False
        self._stop_run = stop = threading.Event()

        def done(outcome: BulkOutcome) -> None:
            self._stop_run = None
            self.ended.emit(outcome)

        def failed(problem: Problem) -> None:
            self._stop_run = None
            self.run_failed.emit(problem)

        mailbox = Mailbox(self._tasks, self.progress.emit)
        self._tasks.run(
            partial(service.run, opened, changes, progress=mailbox.post, stop=stop), done=done, failed=failed
        )
        return True

    def stop_run(self) -> None:
        """Send no more; what was sent stays sent."""
        if self._stop_run is not None:
            self._stop_run.set()

    def stop_all(self) -> None:
        """The program ends."""
        self.stop_listing()
        self.stop_run()

    def _ask(self, opened: OpenAccount, work: Callable[[], Item], done: Callable[[Item], None]) -> None:
        def answered(value: Item) -> None:
            if self._opened is opened:
                done(value)

        def failed(problem: Problem) -> None:
            if self._opened is opened:
                self.failed.emit(problem)

        self._tasks.run(work, done=answered, failed=failed)


class Mailbox(Generic[Item]):
    """Takes reports on any thread and hands them over on the main one, all that there are at a time."""

    def __init__(self, tasks: Tasks, deliver: Callable[[list[Item]], None]) -> None:
        self._tasks = tasks
        self._deliver = deliver
        self._lock = threading.Lock()
        self._items: list[Item] = []

    def post(self, item: Item) -> None:
        """Take one report."""
        with self._lock:
            self._items.append(item)
            is_first = len(self._items) == 1
        if is_first:
            self._tasks.on_main_thread(self._hand_over)

    def _hand_over(self) -> None:
        with self._lock:
            items, self._items = self._items, []
        if items:
            self._deliver(items)
