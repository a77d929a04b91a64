# SPDX-License-Identifier: MIT
"""What the page HIT types does: asks the services off the main thread, and tells by one signal what they answered.

What is answered for an account that is no longer open is dropped, but for the end of a run: that was sent all the same.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Signal

from notification_tester.domain.destination import Transport
from notification_tester.domain.pasted_ids import parse_hit_type_ids
from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.setting import Action, LineState, takes_effect_within
from notification_tester.qt.background import Batcher
from notification_tester.qt.hit_types.model import HitTypesModel
from notification_tester.qt.hit_types.texts import green_text, newest_failed_text
from notification_tester.qt.looks.formatting import count_text, now_utc, number_text
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.names import spec_text
from notification_tester.qt.session import are_one
from notification_tester.services.hit_types.bulk_types import (
    BulkRequest,
    HitTypeRow,
    Preview,
    PreviewRow,
    RowState,
)
from notification_tester.services.hit_types.listing import read_ids_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from notification_tester.domain.account import Account
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.pasted_ids import PastedIds
    from notification_tester.domain.setting import Change
    from notification_tester.qt.background import Tasks
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import (
        BulkOutcome,
        BulkProgress,
        BulkResult,
        GreenTest,
        Listing,
    )
    from notification_tester.services.hit_types.settings import HitTypes
    from notification_tester.storage.presets import Presets

Answer = TypeVar("Answer")

MOST_SPECS = 30
"""Specifications of other rows that are on offer, the most used first."""


@dataclass(frozen=True, kw_only=True)
class SpecChoice:
    """A specification that may be applied, and where it comes from, in a few words.

    ``is_green``: its last test had three green lamps. Only such a one is chosen beforehand, where it stands first.
    ``beware`` is to be known before it is taken.
    """

    label: str
    spec: NotificationSpec
    is_green: bool = False
    beware: str = ""


class _Found(NamedTuple):
    """What can be applied: what was tested, the presets, and of rows a specification, a title and how many have it."""

    green: GreenTest | None
    presets: Mapping[str, NotificationSpec]
    of_rows: list[tuple[NotificationSpec, str, int]]


@dataclass(eq=False)
class _Run:
    """Changes that are being sent, or were sent last; ``outcome`` until it was read."""

    opened: OpenAccount
    changes: dict[str, Change]
    stop: threading.Event = field(default_factory=threading.Event)
    done: int = 0
    is_over: bool = False
    outcome: BulkOutcome | None = None


class HitTypesController(QObject):
    """One account at a time; one listing and one run at a time. Rows go into ``model``.

    A run belongs to its account: when that is left, forgotten or given other keys, what is not sent yet is not sent,
    and ``stopped`` says so. What became of it is shown when that account is open again.
    """

    listing = Signal(object)  # the newest Listing, while it goes on
    listed = Signal(object)  # the last Listing
    listing_failed = Signal(object)  # Problem
    failed = Signal(object)  # Problem, of anything else
    unknown_found = Signal(object)  # tuple of Change
    ids_added = Signal(object, int)  # tuple of HitTypeRow, and how many of them were in the table before
    ids_read = Signal(object)  # PastedIds of what was dropped; they are added
    lines_read = Signal(str, object)  # the id of a HIT type, and its lines of the record, newest first
    choices_found = Signal(object, object)  # the BulkRequest, and a list of SpecChoice for it
    previewed = Signal(object)  # Preview
    preview_failed = Signal(object, object)  # Problem, and the BulkRequest
    confirmation_wanted = Signal(object)  # Preview of changes that were confirmed once, and are to be sent again
    run_changed = Signal()  # a run began, ended, or is being stopped
    progress = Signal(object)  # the newest BulkProgress
    stopped = Signal(object)  # Problem: a run ended because its account was left
    later = Signal(object, object)  # Problem, and the Account, not open now, that it is about
    exported = Signal(object, int)  # the path, and how many changes are in the file
    imported = Signal(object, object)  # the path, and an ImportSummary

    def __init__(
        self,
        tasks: Tasks,
        service: HitTypes,
        *,
        form_spec: Callable[[], NotificationSpec | None],
        presets: Callable[[], Presets | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._service = service
        self._form_spec = form_spec
        self._presets = presets
        self.model = HitTypesModel(self)
        self._opened: OpenAccount | None = None
        self._stop_listing: threading.Event | None = None
        self._run: _Run | None = None
        self._previewed: Preview | None = None  # the newest, until something is sent
        self._asked: dict[str, int] = {}  # how often it was asked what is known

    @property
    def opened(self) -> OpenAccount | None:
        """The account that is worked for."""
        return self._opened

    @property
    def is_listing(self) -> bool:
        """Whether HIT types are being collected."""
        return self._stop_listing is not None

    @property
    def is_running(self) -> bool:
        """Whether changes are being sent."""
        return self._run is not None and not self._run.is_over

    @property
    def is_stopping(self) -> bool:
        """Whether a run was asked to stop, and has not ended yet."""
        return self._run is not None and not self._run.is_over and self._run.stop.is_set()

    @property
    def runs_for(self) -> Account | None:
        """The account whose changes are being sent."""
        return self._run.opened.account if self._run is not None and not self._run.is_over else None

    @property
    def in_run(self) -> int:
        """How many changes the last run has."""
        return 0 if self._run is None else len(self._run.changes)

    @property
    def left_in_run(self) -> int:
        """How many of them have no result yet."""
        return 0 if self._run is None else len(self._run.changes) - self._run.done

    @property
    def outcome(self) -> BulkOutcome | None:
        """How the last run ended, where its account is open and nobody has read it away."""
        run = self._run
        return run.outcome if run is not None and self._is_back(run) else None

    @property
    def workers_begin(self) -> bool:
        """Whether practice's workers begin because of the last run: something that Inbox can follow is told by now."""
        run, outcome = self._run, self.outcome
        if run is None or outcome is None or run.opened.practice is None:
            return False
        applied = [one.hit_type_id for one in outcome.results if one.state is LineState.APPLIED]
        settings = [run.changes[one].after for one in applied if run.changes[one].after.active]
        return any(one.spec is not None and one.spec.transport is not Transport.EMAIL for one in settings)

    def forget_outcome(self) -> None:
        """It was read."""
        if self._run is not None:
            self._run.outcome = None

    def call_otherwise(self, opened: OpenAccount) -> None:
        """The account that is worked for has another name from now on; all that is going on for it goes on."""
        run = self._run
        if run is not None and opened.is_still(run.opened):
            run.opened = opened
        self._opened = opened

    def show_account(self, opened: OpenAccount | None) -> None:
        """Work for this account now; what was going on for the one before ends."""
        self.stop_listing()
        self._stop_listing = None
        self._opened = opened
        self.model.clear()
        self.stop_run()

    def stop_all(self) -> None:
        """The program ends."""
        self.stop_listing()
        self.stop_run()

    # --- what is known

    def read_known(self) -> None:
        """Show what the record knows, and look for changes of which it is not known whether they were applied."""
        opened = self._opened
        if opened is None:
            return
        self._ask(opened, partial(self._service.rows, opened), self._newest("rows", self.model.put))
        self._ask(opened, partial(self._service.unknown, opened), self._newest("unknown", self.unknown_found.emit))

    def _newest(self, question: str, show: Callable[[Answer], object]) -> Callable[[Answer], None]:
        """``show`` for an answer to come, unless the same is asked again: it may be of before what is shown by then."""
        self._asked[question] = number = self._asked.get(question, 0) + 1

        def answered(answer: Answer) -> None:
            if self._asked[question] == number:
                show(answer)

        return answered

    def refresh(self) -> None:
        """Collect HIT types anew; ignored while that is under way."""
        opened = self._opened
        if opened is None or self.is_listing:
            return
        self._stop_listing = stop = threading.Event()

        def goes_on(news: Sequence[Listing]) -> None:
            if self._is_open(opened):
                for one in news:
                    self.model.put(one.changed)
                self.listing.emit(news[-1])

        def done(end: Listing) -> None:
            if self._stop_listing is stop:
                self._stop_listing = None
                self.model.put(end.changed)
                self.listed.emit(end)

        def failed(problem: Problem) -> None:
            if self._stop_listing is stop:
                self._stop_listing = None
                self.listing_failed.emit(problem)

        news = Batcher(self._tasks, goes_on)
        self._tasks.run(partial(self._service.refresh, opened, progress=news.add, stop=stop), done=done, failed=failed)

    def stop_listing(self) -> None:
        """Collect no more; what was collected stays."""
        if self._stop_listing is not None:
            self._stop_listing.set()

    def add_ids(self, ids: Sequence[HitTypeId]) -> None:
        """Take in ids that a person gave."""
        opened = self._opened
        if opened is None:
            return
        before = sum(self.model.row_of(one) is not None for one in ids)

        def added(rows: tuple[HitTypeRow, ...]) -> None:
            self.model.put(rows)
            self.ids_added.emit(rows, before)

        self._ask(opened, partial(self._service.add_ids, opened, ids), added)

    def add_from_text(self, text: str) -> None:
        """Take in the ids of a text; what is no id does not hold up the others."""
        self._add_read(partial(parse_hit_type_ids, text))

    def add_from_files(self, paths: Sequence[Path]) -> None:
        """Take in the ids of one file or several, in the same way."""
        self._add_read(partial(read_ids_files, paths))

    def _add_read(self, work: Callable[..., PastedIds]) -> None:
        opened = self._opened
        if opened is None:
            return

        def read(found: PastedIds) -> None:
            self.add_ids(found.ids)
            self.ids_read.emit(found)

        self._ask(opened, partial(work, leave_out_bad=True), read)

    def read_lines(self, hit_type_id: str) -> None:
        """Read everything that the record says about one HIT type."""
        opened, row = self._opened, self.model.row_of(hit_type_id)
        if opened is not None and row is not None:
            show = self._newest("lines", partial(self.lines_read.emit, row.id))
            self._ask(opened, partial(self._service.lines_of, opened, row.id), show)

    def export_record(self, path: Path) -> None:
        """Write the record of the account to a file."""
        if self._opened is not None:
            self._move(self._opened, self._service.export_record, path, self.exported.emit)

    def import_record(self, path: Path) -> None:
        """Take in the record of a file."""

        def done(path: Path, summary: object) -> None:
            self.imported.emit(path, summary)
            self.read_known()

        if self._opened is not None:
            self._move(self._opened, self._service.import_record, path, done)

    # --- before a run

    def find_choices(self, request: BulkRequest) -> None:
        """Find out what can be applied to the HIT types of a request."""
        opened = self._opened
        if opened is not None:
            find = partial(_find, partial(self._service.last_green, opened), self.model.rows(), self._presets())
            self._ask(opened, find, partial(self._choose, request))

    def preview(self, request: BulkRequest) -> None:
        """Find out what would change; nothing is sent."""
        opened = self._opened
        if opened is not None:
            work = partial(self._service.preview, opened, request)
            self._ask(opened, work, self._was_previewed, lambda problem: self.preview_failed.emit(problem, request))

    def _was_previewed(self, preview: Preview) -> None:
        self._previewed = preview
        self.previewed.emit(preview)

    # --- a run

    def send(self, changes: Sequence[Change]) -> None:
        """Send changes; ignored while others are being sent."""
        opened = self._opened
        if opened is None or self.is_running or not changes:
            return
        self._run = run = _Run(opened, {one.hit_type_id: one for one in changes})
        preview, self._previewed = self._previewed, None
        sent = {id(one) for one in changes}
        seen = (
            {} if preview is None else {row.hit_type_id: row.newest for row in preview.rows if id(row.change) in sent}
        )
        news = Batcher(self._tasks, partial(self._goes_on, run))
        self._tasks.run(
            partial(self._service.run, opened, tuple(changes), progress=news.add, stop=run.stop, seen=seen),
            done=partial(self._ended, run),
            failed=partial(self._failed, run),
        )
        self.run_changed.emit()

    def send_again(self, changes: Sequence[Change]) -> None:
        """Send changes that were confirmed before: at once, and in LIVE once more with the number typed."""
        if self._opened is None or self.is_running or not changes:
            return
        if self._opened.account.is_live:
            self.confirmation_wanted.emit(self._preview_again(changes))
        else:
            self.send(changes)

    def retry(self, *, not_begun: bool = False) -> None:
        """Send again what failed in the last run, or what had no turn in it."""
        run = self._run
        if run is not None and run.outcome is not None and self._is_open(run.opened):
            ids = run.outcome.not_begun if not_begun else run.outcome.failed
            self.send_again([run.changes[one] for one in ids if one in run.changes])

    def stop_run(self) -> None:
        """Send no more; what was sent stays sent."""
        if self._run is not None and self.is_running:
            self._run.stop.set()
            self.run_changed.emit()

    def _goes_on(self, run: _Run, news: Sequence[BulkProgress]) -> None:
        run.done = news[-1].done
        self.progress.emit(news[-1])
        if self._is_open(run.opened):
            self._show_results(run, [result for one in news for result in one.newest])

    def _show_results(self, run: _Run, results: Iterable[BulkResult]) -> None:
        now, within = now_utc(), takes_effect_within(run.opened.account.environment.value)
        rows = []
        for result in results:
            row, change = self.model.row_of(result.hit_type_id), run.changes.get(result.hit_type_id)
            if row is not None and change is not None:
                rows.append(row.after(change, result, now, within=within))
        self.model.put(rows)

    def _ended(self, run: _Run, outcome: BulkOutcome) -> None:
        run.is_over, run.outcome = True, outcome
        if self._is_back(run):
            self.read_known()
        elif outcome.not_begun:
            self.stopped.emit(self._left_behind(run.opened.account, len(outcome.not_begun)))
        self.run_changed.emit()

    def _failed(self, run: _Run, problem: Problem) -> None:
        run.is_over = True
        if self._is_back(run):
            self.failed.emit(problem)
            self.read_known()
        else:
            self.later.emit(problem, run.opened.account)
        self.run_changed.emit()

    def _is_back(self, run: _Run) -> bool:
        """Whether the account of a run is open; practice is the same when it had to be started again."""
        return self._opened is not None and are_one(run.opened, self._opened)

    def _is_open(self, opened: OpenAccount) -> bool:
        """Whether the account that was asked for is open, whatever it is called by now."""
        return self._opened is not None and self._opened.is_still(opened)

    def _preview_again(self, changes: Sequence[Change]) -> Preview:
        rows = []
        for change in changes:
            row = self.model.row_of(change.hit_type_id) or HitTypeRow(id=change.hit_type_id)
            same = change.spec is not None and row.setting.spec == change.spec
            rows.append(
                PreviewRow(
                    hit_type_id=change.hit_type_id,
                    title=row.title,
                    before=row.setting,
                    change=change,
                    is_in_doubt=row.state in {RowState.UNKNOWN, RowState.PENDING},
                    last_test=row.last_test if same else None,
                    is_changed=same and row.is_changed,
                )
            )
        request = BulkRequest(action=Action.IMPORT, hit_type_ids=tuple(one.hit_type_id for one in changes))
        return Preview(request=request, rows=tuple(rows))

    def _choose(self, request: BulkRequest, found: _Found) -> None:
        green = found.green
        choices: list[SpecChoice] = []
        if green is not None:
            label = green_text(green, now_utc()).format(spec=spec_text(green.spec))
            beware = newest_failed_text(green)
            choices.append(SpecChoice(label=label, spec=green.spec, is_green=green.holds, beware=beware))
        form = self._form_spec()
        if form is not None and (green is None or form != green.spec):
            choices.append(
                SpecChoice(label=self.tr("As on the Test page: {spec}").format(spec=spec_text(form)), spec=form)
            )
        for name, spec in found.presets.items():
            label = self.tr("Preset “{name}”: {spec}").format(name=one_line(name), spec=spec_text(spec))
            choices.append(SpecChoice(label=label, spec=spec))
        for spec, title, count in found.of_rows:
            one = self.tr("As set for “{title}”: {spec}").format(
                title=one_line(title, longest=40), spec=spec_text(spec)
            )
            more = self.tr("As set for “{title}” and {count} more: {spec}").format(
                title=one_line(title, longest=40), count=number_text(count - 1), spec=spec_text(spec)
            )
            choices.append(SpecChoice(label=one if count == 1 else more, spec=spec))
        self.choices_found.emit(request, choices)

    def _left_behind(self, account: Account, rest: int) -> Problem:
        """What is said under another account, so with the name of its own."""
        return Problem(
            title=self.tr("The changes for the account “{name}” were stopped.").format(name=one_line(account.name)),
            detail=count_text(
                rest,
                self.tr("That account was left, so 1 HIT type was not sent and stays as it was."),
                self.tr("That account was left, so {count} HIT types were not sent and stay as they were."),
            )
            + " "
            + self.tr("What was sent before is in its record."),
            remedy=self.tr(
                "Where that account is still there, open it again: its HIT types show what was sent, and the others "
                "can be sent from there."
            ),
            code="hit-types.left",
            cause=Cause.INPUT,
        )

    def _ask(
        self,
        opened: OpenAccount,
        work: Callable[[], Answer],
        done: Callable[[Answer], object],
        failed: Callable[[Problem], object] | None = None,
    ) -> None:
        """Have it done; an answer that comes when another account is open is dropped."""
        refused = self.failed.emit if failed is None else failed

        def answered(answer: Answer) -> None:
            if self._is_open(opened):
                done(answer)

        def not_done(problem: Problem) -> None:
            if self._is_open(opened):
                refused(problem)

        self._tasks.run(work, done=answered, failed=not_done)

    def _move(
        self,
        opened: OpenAccount,
        work: Callable[[OpenAccount, Path], Answer],
        path: Path,
        done: Callable[[Path, Answer], object],
    ) -> None:
        """Write or read a file; that it failed is told also when another account is open by then."""

        def moved(answer: Answer) -> None:
            if self._is_open(opened):
                done(path, answer)

        def failed(problem: Problem) -> None:
            if self._is_open(opened):
                self.failed.emit(problem)
            else:
                self.later.emit(problem, opened.account)

        self._tasks.run(partial(work, opened, path), done=moved, failed=failed)


def _find(last_green: Callable[[], GreenTest | None], rows: Iterable[HitTypeRow], store: Presets | None) -> _Found:
    """Of rows the specifications that most of them have come first, each with a title of one that has it."""
    counted: Counter[NotificationSpec] = Counter()
    titles: dict[NotificationSpec, str] = {}
    for row in rows:
        spec = row.setting.spec
        if spec is not None:
            counted[spec] += 1
            titles.setdefault(spec, row.title or row.id)
    most = [(spec, titles[spec], count) for spec, count in counted.most_common(MOST_SPECS)]
    return _Found(last_green(), {} if store is None else store.all(), most)
