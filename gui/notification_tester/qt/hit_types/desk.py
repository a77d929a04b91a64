# SPDX-License-Identifier: MIT
"""From a button under the table to the end of a run: what is wished, previewed, confirmed, sent, and tried again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.setting import TAKES_EFFECT_WITHIN, Action, LineState
from notification_tester.qt.hit_types.bulk_preview import PreviewDialog, SpecChoice
from notification_tester.qt.hit_types.bulk_run import BulkResultsDialog, result_rows
from notification_tester.qt.hit_types.controls import Command
from notification_tester.qt.hit_types.texts import green_text
from notification_tester.qt.notification.words import spec_text
from notification_tester.qt.widgets.formatting import count_text, now_utc
from notification_tester.qt.widgets.theme import make_plain
from notification_tester.qt.widgets.visible_text import one_line
from notification_tester.services.hit_types.bulk_types import (
    BulkRequest,
    HitTypeRow,
    Preview,
    PreviewRow,
    RowState,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from notification_tester.domain.account import Account
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.setting import Change
    from notification_tester.qt.background.tasks import Tasks
    from notification_tester.qt.hit_types.bulk_run import BulkPanel
    from notification_tester.qt.hit_types.model import HitTypesModel
    from notification_tester.qt.hit_types.work import HitTypesWork
    from notification_tester.qt.notification.preset_menu import PresetStore
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import BulkOutcome, BulkProgress, BulkResult, GreenTest

_DEEDS = {
    Command.APPLY: Action.APPLY,
    Command.ON: Action.SWITCH_ON,
    Command.OFF: Action.SWITCH_OFF,
    Command.UNDO: Action.UNDO,
    Command.REAPPLY: Action.REAPPLY,
}
MOST_SPECS = 30
"""Specifications of other rows that are on offer, the most used first."""


class HitTypesDesk(QObject):
    """Turns a command into a run. ``test_requested(NotificationSpec)`` leads to the Test page.

    A run belongs to its account: when that is left, forgotten or given other keys, what is not sent yet is not sent,
    and ``stopped`` says so. What became of it is shown when that account is open again.
    """

    test_requested = Signal(object)
    standing_changed = Signal()  # a run began or ended
    problem = Signal(object)
    stopped = Signal(object)  # a Problem: a run ended because its account was left
    later = Signal(object, object)  # a Problem of a run, and the Account, not open now, whose run that was

    def __init__(
        self,
        tasks: Tasks,
        work: HitTypesWork,
        model: HitTypesModel,
        panel: BulkPanel,
        parent: QWidget,
        *,
        form_spec: Callable[[], NotificationSpec | None],
        presets: Callable[[], PresetStore | None],
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._work = work
        self._model = model
        self._panel = panel
        self._window = parent
        self._form_spec = form_spec
        self._presets = presets
        self._sent: dict[str, Change] = {}
        self._sent_for: OpenAccount | None = None
        self._outcome: BulkOutcome | None = None
        self._done = 0
        self.dialog: PreviewDialog | None = None
        self.results: BulkResultsDialog | None = None
        self.question: QMessageBox | None = None
        self._then: Callable[[], object] | None = None
        self._stop_is_wanted = False
        work.progress.connect(self._show_progress)
        work.ended.connect(self._ended)
        work.run_failed.connect(self._run_failed)
        panel.cancel_requested.connect(self._cancel)
        panel.retry_requested.connect(self._retry)
        panel.rest_requested.connect(self._send_rest)
        panel.results_requested.connect(self.show_results)
        panel.dismissed.connect(self._forget_outcome)

    @property
    def runs_for(self) -> Account | None:
        """The account whose changes are being sent."""
        return self._sent_for.account if self._work.is_running and self._sent_for is not None else None

    def leave(self) -> None:
        """Another account was asked for: what is not sent yet is not, and dialogs and results leave the screen."""
        for window in (self.dialog, self.results):
            if window is not None:
                window.done(0)
        if self._work.is_running:
            self._cancel()
        else:
            self._panel.hide()

    def come(self) -> None:
        """An account is open: show what became of its run meanwhile."""
        if self._outcome is not None and self._is_back:
            self._panel.show_outcome(self._outcome)
            self._panel.show()

    @property
    def _is_back(self) -> bool:
        """Whether the account of the last run is open; practice is the same when it had to be started again."""
        opened, ran = self._work.opened, self._sent_for
        if opened is None or ran is None:
            return False
        return opened is ran or (opened.practice is not None and ran.practice is not None)

    def do(self, command: Command, rows: Sequence[HitTypeRow]) -> None:
        """Begin what a button asks for, with these rows."""
        if command is Command.TEST:
            spec = rows[0].setting.spec if len(rows) == 1 else None
            if spec is not None:
                self.test_requested.emit(spec)
            return
        request = BulkRequest(action=_DEEDS[command], hit_type_ids=tuple(row.id for row in rows))
        opened = self._work.opened
        if opened is None or not request.hit_type_ids or not self._work.can_work or self._work.is_running:
            return
        if request.action is not Action.APPLY:
            self._open(request, ())
            return
        self._tasks.run(
            partial(_gather, partial(self._work.last_green, opened), self._model.rows(), self._presets()),
            done=partial(self._choose_spec, opened, request),
            failed=partial(self._not_gathered, opened),
        )

    def send_again(self, changes: Sequence[Change]) -> None:
        """Send changes that were confirmed before: at once, and in LIVE once more with the number typed."""
        opened = self._work.opened
        if opened is None or not changes:
            return
        if not opened.account.is_live:
            self._send(tuple(changes))
            return
        request = BulkRequest(action=Action.IMPORT, hit_type_ids=tuple(one.hit_type_id for one in changes))
        dialog = self._open(request, (), ask=False)
        if dialog is not None:
            dialog.show_preview(self._preview_of(request, changes))
            dialog.open()

    def ask_to_stop(self, then: Callable[[], object]) -> None:
        """Ask whether to stop the run; ``then`` is called once it has ended, whatever ended it, unless it is to go on.

        Asked again while that is not answered, or while it is being stopped, it is the same request.
        """
        self._then = then
        if self._stop_is_wanted:
            return
        if self.question is not None:
            self.question.raise_()
            return
        box = QMessageBox(self._window.window())
        box.setWindowTitle(self.tr("Changes are still being sent"))
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("Changes are still being sent."))
        left = len(self._sent) - self._done
        box.setInformativeText(
            count_text(
                left,
                self.tr("1 HIT type has not been changed yet. What was sent stays; it is all in the record."),
                self.tr("{count} HIT types have not been changed yet. What was sent stays; it is all in the record."),
            )
        )
        stop = box.addButton(self.tr("&Stop and close"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(self.tr("&Keep going"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        self.question = make_plain(box)
        stop.clicked.connect(self._stop_for_good)
        keep.clicked.connect(self._go_on)
        box.finished.connect(self._question_closed)
        box.open()

    def show_results(self) -> None:
        """Open the list of results beside the window."""
        if self._outcome is None:
            return
        if self.results is not None:
            self.results.done(0)
        self.results = BulkResultsDialog(result_rows(self._outcome, self._title_of), self._window.window())
        self.results.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.results.finished.connect(self._results_closed)
        self.results.show()

    def _not_gathered(self, opened: OpenAccount, problem: Problem) -> None:
        if self._work.opened is opened:
            self.problem.emit(problem)

    def _choose_spec(self, opened: OpenAccount, request: BulkRequest, found: _Gathered) -> None:
        if self._work.opened is not opened:
            return  # these HIT types are of the account before
        green, presets, of_rows = found
        choices: list[SpecChoice] = []
        if green is not None:
            label = green_text(green, now_utc()).format(spec=spec_text(green.spec))
            choices.append(SpecChoice(label=label, spec=green.spec, is_green=green.failed_since is None))
        form = self._form_spec()
        if form is not None and (green is None or form != green.spec):
            choices.append(
                SpecChoice(label=self.tr("As on the Test page: {spec}").format(spec=spec_text(form)), spec=form)
            )
        for name, spec in presets.items():
            label = self.tr("Preset “{name}”: {spec}").format(name=one_line(name), spec=spec_text(spec))
            choices.append(SpecChoice(label=label, spec=spec))
        for spec, title, count in of_rows:
            one = self.tr("As set for “{title}”: {spec}").format(
                title=one_line(title, longest=40), spec=spec_text(spec)
            )
            more = self.tr("As set for “{title}” and {count} more: {spec}").format(
                title=one_line(title, longest=40), count=count - 1, spec=spec_text(spec)
            )
            choices.append(SpecChoice(label=one if count == 1 else more, spec=spec))
        if not choices:
            self.problem.emit(_nothing_to_apply())
            return
        self._open(request, choices)

    def _open(self, request: BulkRequest, choices: Sequence[SpecChoice], *, ask: bool = True) -> PreviewDialog | None:
        opened = self._work.opened
        if opened is None or self._work.is_running:
            return None
        dialog = PreviewDialog(opened.account, request, choices, self._window.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.preview_wanted.connect(partial(self._ask_preview, dialog))
        dialog.confirmed.connect(partial(self._confirmed, opened))
        dialog.test_wanted.connect(self.test_requested)
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        if ask:
            dialog.begin()
        return dialog

    def _ask_preview(self, dialog: PreviewDialog, request: BulkRequest) -> None:
        def done(preview: Preview) -> None:
            if self.dialog is dialog:
                dialog.show_preview(preview)

        def failed(problem: Problem) -> None:
            if self.dialog is dialog:
                dialog.show_problem(problem, request)

        self._work.preview(request, done=done, failed=failed)

    def _closed(self) -> None:
        self.dialog = None

    def _results_closed(self) -> None:
        self.results = None

    def _forget_outcome(self) -> None:
        self._outcome = None

    def _confirmed(self, opened: OpenAccount, changes: tuple[Change, ...]) -> None:
        if self._work.opened is opened:
            self._send(changes)

    def _send(self, changes: tuple[Change, ...]) -> None:
        opened = self._work.opened
        if opened is None or not self._work.run(changes):
            return
        self._sent = {one.hit_type_id: one for one in changes}
        self._sent_for = opened
        self._outcome = None
        self._done = 0
        self._panel.begin(len(changes), account=one_line(opened.account.name))
        self.standing_changed.emit()

    def _cancel(self) -> None:
        self._work.stop_run()
        self._panel.show_stopping()

    def _show_progress(self, news: Sequence[BulkProgress]) -> None:
        self._done = news[-1].done
        self._panel.show_progress(news[-1])
        self._show_in_table([result for one in news for result in one.newest])

    def _show_in_table(self, results: Sequence[BulkResult]) -> None:
        if self._work.opened is not self._sent_for:
            return
        now = now_utc()
        rows = []
        for result in results:
            row, change = self._model.row_of(result.hit_type_id), self._sent.get(result.hit_type_id)
            if row is not None and change is not None:
                rows.append(_row_after(row, change, result, now))
        self._model.put(rows)

    def _ended(self, outcome: BulkOutcome) -> None:
        self._outcome = outcome
        if self._is_back:
            self._panel.show_outcome(outcome)
            self._work.read_known()
        else:
            self._panel.hide()
            if outcome.not_begun and self._sent_for is not None:
                self.stopped.emit(_left_behind(self._sent_for.account, outcome))
        self._after()

    def _run_failed(self, problem: Problem) -> None:
        self._panel.hide()
        if self._is_back:
            self.problem.emit(problem)
            self._work.read_known()
        elif self._sent_for is not None:
            self.later.emit(problem, self._sent_for.account)
        self._after()

    def _after(self) -> None:
        self.standing_changed.emit()
        self._stop_is_wanted = False
        if self.question is not None:
            self.question.done(0)  # there is nothing left to be asked
        then, self._then = self._then, None
        if then is not None:
            then()

    def _stop_for_good(self) -> None:
        self._stop_is_wanted = True
        if self._work.is_running:
            self._cancel()

    def _go_on(self) -> None:
        self._then = None

    def _question_closed(self) -> None:
        if self.question is not None:
            self.question.deleteLater()
            self.question = None

    def _retry(self) -> None:
        if self._outcome is not None:
            self._resend(self._outcome.failed)

    def _send_rest(self) -> None:
        if self._outcome is not None:
            self._resend(self._outcome.not_begun)

    def _resend(self, ids: Sequence[HitTypeId]) -> None:
        if self._work.opened is self._sent_for:
            self.send_again([self._sent[one] for one in ids if one in self._sent])

    def _preview_of(self, request: BulkRequest, changes: Sequence[Change]) -> Preview:
        rows = []
        for change in changes:
            row = self._model.row_of(change.hit_type_id) or HitTypeRow(id=change.hit_type_id)
            same = change.spec is not None and row.setting.spec == change.spec
            rows.append(
                PreviewRow(
                    hit_type_id=change.hit_type_id,
                    title=row.title,
                    before=row.setting,
                    change=change,
                    is_in_doubt=row.state in {RowState.UNKNOWN, RowState.PENDING},
                    tested_at=row.tested_at if same else None,
                )
            )
        return Preview(request=request, rows=tuple(rows))

    def _title_of(self, hit_type_id: str) -> str:
        row = self._model.row_of(hit_type_id)
        return "" if row is None else row.title


def _left_behind(account: Account, outcome: BulkOutcome) -> Problem:
    """What is said under another account, so with the name of its own."""
    translate = QCoreApplication.translate
    rest = len(outcome.not_begun)
    return Problem(
        title=translate("HitTypesDesk", "The changes for the account “{name}” were stopped.").format(
            name=one_line(account.name)
        ),
        detail=count_text(
            rest,
            translate("HitTypesDesk", "That account was left, so 1 HIT type was not sent and stays as it was."),
            translate(
                "HitTypesDesk", "That account was left, so {count} HIT types were not sent and stay as they were."
            ),
        )
        + " "
        + translate("HitTypesDesk", "What was sent before is in its record."),
        remedy=translate(
            "HitTypesDesk",
            "Where that account is still there, open it again: its HIT types show what was sent, and the others can be "
            "sent from there.",
        ),
        code="hit-types.left",
        cause=Cause.INPUT,
    )


def _row_after(row: HitTypeRow, change: Change, result: BulkResult, now: datetime) -> HitTypeRow:
    """The row as it will be read from the record, shown while the run goes on."""
    if result.state is not LineState.APPLIED:
        return replace(row, line_state=result.state, problem=result.problem)
    return replace(
        row,
        setting=change.after,
        source=Source.HERE,
        set_at=now,
        set_by=change.action,
        takes_effect_by=now + TAKES_EFFECT_WITHIN,
        line_state=result.state,
        problem=None,
        tested_at=row.tested_at if change.spec in {None, row.setting.spec} else None,
    )


class _Gathered(NamedTuple):
    """What can be applied: what was tested, the presets, and of rows a specification, a title and how many have it."""

    green: GreenTest | None
    presets: Mapping[str, NotificationSpec]
    of_rows: list[tuple[NotificationSpec, str, int]]


def _gather(
    last_green: Callable[[], GreenTest | None], rows: Sequence[HitTypeRow], store: PresetStore | None
) -> _Gathered:
    """Of rows the specifications that most of them have come first, each with a title of one that has it."""
    counted: Counter[NotificationSpec] = Counter()
    titles: dict[NotificationSpec, str] = {}
    for row in rows:
        spec = row.setting.spec
        if spec is not None:
            counted[spec] += 1
            titles.setdefault(spec, row.title or row.id)
    most = [(spec, titles[spec], count) for spec, count in counted.most_common(MOST_SPECS)]
    return _Gathered(last_green(), {} if store is None else store.all(), most)


def _nothing_to_apply() -> Problem:
    translate = QCoreApplication.translate
    return Problem(
        title=translate("HitTypesDesk", "There is nothing to apply yet."),
        detail=translate(
            "HitTypesDesk",
            "The form of the Test page is not filled in, there is no preset, and no HIT type has a setting to take.",
        ),
        remedy=translate(
            "HitTypesDesk", "Fill in the Test page: where to send it, and which events. Test it there, too."
        ),
        code="hit-types.nothing-to-apply",
        cause=Cause.INPUT,
    )
