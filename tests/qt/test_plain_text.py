# SPDX-License-Identifier: MIT
"""Whatever stands in a name, a message or an error is text: no markup, nothing hidden, and nothing that is too long.

Every widget is shown with a text that would be a picture and bold words if anything took it for markup, that turns its
end around, and that has characters nobody sees; then all that it says is looked at, tool tips included.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from notification_tester.domain.account import PRACTICE, Account, Environment, Identity, KeySource
from notification_tester.domain.checkup_report import CheckupReport
from notification_tester.domain.delivery import Lamp, State, TestOutcome
from notification_tester.domain.events import SUBSCRIBABLE
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.sender import Sender, SignatureState, SignatureVerdict
from notification_tester.domain.problem import Cause, Problem, ServiceAnswer
from notification_tester.domain.receipt import Receipt, TlsFacts
from notification_tester.domain.setting import Action, LineState, apply
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.accounts.identity_panel import IdentityPanel
from notification_tester.qt.app.crash_report import CrashReport
from notification_tester.qt.app.problem_bar import ProblemBar
from notification_tester.qt.app.top_bar import TopBar
from notification_tester.qt.background import Tasks
from notification_tester.qt.checkup.mend_dialog import MendDialog, PolicyDifference
from notification_tester.qt.checkup.new_destination_dialog import NewDestinationDialog
from notification_tester.qt.checkup.throwaways_dialog import ThrowawaysDialog
from notification_tester.qt.checkup.view import CheckupView
from notification_tester.qt.history.details import HistoryDetails
from notification_tester.qt.history.lines import HistoryLines
from notification_tester.qt.history.model import HistoryModel
from notification_tester.qt.history.table import HistoryTable
from notification_tester.qt.hit_types.bulk_preview import PreviewDialog
from notification_tester.qt.hit_types.bulk_run import BulkPanel, BulkResultsDialog, Ending, ResultRow
from notification_tester.qt.hit_types.controller import SpecChoice
from notification_tester.qt.hit_types.details import HitTypeDetails
from notification_tester.qt.hit_types.model import HitTypesModel
from notification_tester.qt.hit_types.table import HitTypesTable
from notification_tester.qt.inbox.details import InboxDetails
from notification_tester.qt.inbox.form import InboxBar
from notification_tester.qt.inbox.model import InboxModel
from notification_tester.qt.inbox.notifications import texts as notification_texts
from notification_tester.qt.inbox.table import InboxFilter, InboxTable
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.looks.visible_text import LONGEST_PARAGRAPH, paragraph, visible
from notification_tester.qt.notification.delivery_lamps import DeliveryLamps
from notification_tester.qt.notification.destination_field import DestinationField
from notification_tester.qt.notification.message_table import MessageTable
from notification_tester.qt.notification.preset_menu import PresetMenu, PresetNameDialog, PresetsDialog
from notification_tester.qt.sending.delivery_guard import DeliveryGuard
from notification_tester.qt.sending.receipt_view import ReceiptView
from notification_tester.qt.sending.result_view import ResultView
from notification_tester.qt.sending.sweep_list import SweepList
from notification_tester.qt.widgets.code_dialog import CodeDialog, CodeQuestion
from notification_tester.qt.widgets.field_note import FieldNote
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.question import Question
from notification_tester.qt.widgets.raw_text import RawText
from notification_tester.services.hit_types.bulk_types import BulkOutcome, BulkRequest, BulkResult, Preview, PreviewRow
from notification_tester.services.inbox.reading import Followed, FollowNews
from notification_tester.storage.inbox_rows import InboxMessage, InboxRow
from notification_tester.storage.rows import HistoryRow, HistorySummary, Outcome
from qt.checkup.test_mend_dialog import MENDED, PROPOSAL, QUEUE
from qt.hit_type_rows import NOW, queue, row
from qt.sending.test_sweep_list import SPEC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

EVIL = '<b>bold</b> <img src="file:///nowhere.png"> &amp; \u202egnp.exe\u200b\x07 <a href="x">y</a>'
HUGE = "x <b>" * 200_000
"""A megabyte."""
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


def trouble(text: str) -> Problem:
    answer = ServiceAnswer(code=text, message=text, request_id=text)
    return Problem(title=text, detail=text, remedy=text, code="x", cause=Cause.DESTINATION, answer=answer)


def account(text: str) -> Account:
    return Account(name=text, environment=Environment.SANDBOX, source=KeySource.PROFILE, profile=text)


def lamp(text: str) -> Lamp:
    return Lamp(state=State.NO, detail=text)


def outcome(text: str) -> TestOutcome:
    return TestOutcome(
        spec=SPEC,
        event=SUBSCRIBABLE[0],
        accepted=lamp(text),
        arrived=lamp(text),
        as_expected=lamp(text),
        problem=trouble(text),
        notes=(text, text),
        raw=text,
        message=decode(message_text(text)),
    )


def message_text(text: str) -> str:
    event = dict.fromkeys(("EventType", "EventTimestamp", "HITTypeId", "HITId", "AssignmentId", "WorkerId"), text)
    return json.dumps({"EventDocVersion": text, "EventDocId": text, "Events": [event] * 3})


def card(text: str) -> QWidget:
    shown = ProblemCard()
    shown.show_problem(trouble(text), [("Do", "do")])
    shown.exact_link.setChecked(True)
    return shown


def bar(text: str) -> QWidget:
    shown = ProblemBar()
    shown.say(trouble(text), action="Do")
    return shown


def note(text: str) -> QWidget:
    shown = FieldNote()
    shown.show_problem(trouble(text))
    return shown


def lamps(text: str) -> QWidget:
    shown = DeliveryLamps()
    shown.show_outcome(outcome(text))
    return shown


def result(text: str) -> QWidget:
    shown = ResultView(as_aws_cli=lambda _: "", as_python=lambda _: "")
    shown.begin([SUBSCRIBABLE[0]])
    shown.finish([outcome(text)])
    return shown


def sweep(text: str) -> QWidget:
    shown = SweepList()
    shown.begin(SUBSCRIBABLE)
    shown.finish([replace(outcome(text), event=event) for event in SUBSCRIBABLE])
    return shown


def answer(text: str) -> QWidget:
    shown = ReceiptView()
    tls = TlsFacts(version=text, cipher=text, subject=text, issuer=text, names=(text,), why_not_trusted=text)
    body = text.encode("utf-8", "replace")
    shown.show_receipt(
        Receipt(status=302, reason=text, headers=((text, text),), body=body, redirect=text, tls=tls, seconds=1.0)
    )
    for link in (shown.headers_link, shown.body_link, shown.tls_link):
        link.setChecked(True)
    return shown


def guard(text: str) -> QWidget:
    return DeliveryGuard(trouble(text), 3, account(text))


def checkup(text: str) -> QWidget:
    shown = CheckupView()
    levels = [
        Finding(id=f"a.{level}", level=level, title=text, detail=text, why=text, remedy=text, fixable=True)
        for level in Level
    ]
    shown.show_report(replace(CheckupReport.of(levels), about=text))
    shown.findings._set_out_some()
    shown.show_saved(text)
    shown.show_problem(trouble(text))
    return shown


def mend(text: str) -> QWidget:
    dialog = MendDialog(account(text), QUEUE)
    judgement = replace(PROPOSAL.judgement, because=text)
    dialog.show_proposal(replace(PROPOSAL, sentence=text, before=text, after=text))
    dialog.show_mended(replace(MENDED, judgement=judgement, proposal=replace(PROPOSAL, sentence=text)))
    dialog.show_problem(trouble(text))
    return dialog


def new_destination(text: str) -> QWidget:
    dialog = NewDestinationDialog(account(text), QUEUE.transport)
    dialog.show_problem(trouble(text))
    return dialog


def throwaways(text: str) -> QWidget:
    dialog = ThrowawaysDialog(account(text))
    from qt.checkup.test_throwaways_dialog import QUEUES

    odd = replace(QUEUES[0].address, queue_name=text, url=text)
    dialog.show_queues([replace(QUEUES[0], address=odd)])
    dialog.show_problem(trouble(text))
    return dialog


def accounts(text: str) -> QWidget:
    dialog = AccountDialog((PRACTICE, account(text)), profiles=[text], current=text)
    dialog.view.show_account(account(text))
    dialog.view.who.show_problem(trouble(text))
    dialog.form.show_problem(trouble(text))
    return dialog


def identity(text: str) -> QWidget:
    shown = IdentityPanel()
    shown.show_identity(
        Identity(account_id=text, user=text, arn=text, balance=text, environment=Environment.PRODUCTION)
    )
    return shown


def top(text: str) -> QWidget:
    shown = TopBar()
    shown.set_accounts([PRACTICE, account(text)], account(text))
    return shown


class Presets:
    def __init__(self, text: str) -> None:
        self._text = text

    def all(self) -> dict[str, Any]:
        return {self._text: odd_spec(self._text)}

    def damaged(self) -> list[str]:
        return [self._text]


def odd_spec(text: str) -> Any:
    spec: Any = queue()
    return replace(spec, destination=replace(spec.destination, queue_name=text, url=text), version=text)


def kept(text: str) -> Any:
    """What has presets of this name and nothing else."""
    return Presets(text)


def presets(text: str) -> QWidget:
    tasks = Tasks()
    menu = PresetMenu(tasks, lambda: kept(text), lambda: None)
    menu._read(menu._reads, (Presets(text).all(), [text]))
    tasks.close()
    return menu


def preset_names(text: str) -> QWidget:
    return PresetsDialog(Tasks(), kept(text), kept(text).all(), damaged=[text])


def preset_name(text: str) -> QWidget:
    dialog = PresetNameDialog(Tasks(), kept(text), odd_spec(text))
    dialog.note.show_problem(trouble(text))
    return dialog


def preview(text: str) -> QWidget:
    ids = tuple(row(number).id for number in range(3))
    spec = odd_spec(text)
    dialog = PreviewDialog(
        account(text),
        BulkRequest(action=Action.APPLY, hit_type_ids=ids),
        (SpecChoice(label=paragraph(text), spec=spec, is_green=True),),
    )
    dialog.begin()
    planned = [
        PreviewRow(
            hit_type_id=one,
            title=text,
            before=row(1, spec=spec).setting,
            change=apply(one, spec) if place else None,
            why_not=text,
        )
        for place, one in enumerate(ids)
    ]
    dialog.show_preview(Preview(request=dialog.request, rows=tuple(planned)))
    dialog.problem.show_problem(trouble(text))
    return dialog


def results(text: str) -> QWidget:
    rows = [ResultRow(hit_type_id="3X", title=text, ending=ending, problem=trouble(text)) for ending in Ending]
    return BulkResultsDialog(rows)


def panel(text: str) -> QWidget:
    from notification_tester.qt.looks.visible_text import one_line

    shown = BulkPanel()
    shown.begin(3, account=one_line(text))
    failed = BulkResult(hit_type_id=row(1).id, state=LineState.FAILED, problem=trouble(text))
    shown.show_outcome(BulkOutcome(results=(failed,), not_begun=(row(2).id,), seconds=1, stopped_by=trouble(text)))
    return shown


def hit_types(text: str) -> QWidget:
    model = HitTypesModel(clock=lambda: NOW)
    spec = odd_spec(text)
    model.put(
        [
            replace(
                row(number, title=text, spec=spec, line_state=state),
                problem=trouble(text),
                newest=text,
                reward=text,
                hits_by_status={text: 2},
            )
            for number, state in enumerate(LineState)
        ]
    )
    while model.is_taking:
        model._take_turn()
    table = HitTypesTable(model)
    model.setParent(table)
    return table


def hit_type(text: str) -> QWidget:
    from notification_tester.domain.setting import LedgerLine

    shown = HitTypeDetails()
    odd = replace(row(1, title=text, spec=odd_spec(text)), problem=trouble(text), hits_by_status={text: 1}, newest=text)
    shown.show_row(replace(odd, line_state=LineState.FAILED, reward=text))
    line = LedgerLine(
        id=1,
        at=NOW,
        account=text,
        environment="sandbox",
        change=apply(row(1).id, odd_spec(text)),
        state=LineState.FAILED,
        answered=NOW,
        problem=trouble(text),
        imported=False,
    )
    shown.show_lines(row(1).id, [line])
    return shown


def summary(text: str) -> HistorySummary:
    return HistorySummary(
        1, "2026-01-31T12:00:00.000Z", "test", text, "sandbox", text, text, text, 1.0, text, text,
        Outcome.BAD, State.NO, State.NO, State.NO,
    )  # fmt: skip


def history(text: str) -> QWidget:
    tasks = Tasks()
    model = HistoryModel(tasks, None)
    table = HistoryTable(HistoryLines(tasks, model))
    model.setParent(table)
    model._show_first_page([summary(text)])
    tasks.close()
    return table


def history_row(text: str) -> QWidget:
    shown = HistoryDetails()
    shown.show_row(
        HistoryRow(
            id=1,
            started="2026-01-31T12:00:00.000Z",
            kind="test",
            account=text,
            environment=text,
            transport=text,
            destination=text,
            version=text,
            events=(text,),
            event=text,
            outcome=Outcome.BAD,
            accepted=lamp(text),
            arrived=lamp(text),
            as_expected=lamp(text),
            seconds=1,
            problem=trouble(text),
            message=None,
            raw=text,
            raw_is_cut=False,
            is_unwritten=True,
            request={"x": text},
            answer=text,
        ),
        decode(message_text(text)),
    )
    for link in (shown.request_link, shown.answer_link):
        link.setChecked(True)
    return shown


def inbox(text: str) -> QWidget:
    tasks = Tasks()
    model = InboxModel(tasks)
    table = InboxTable(model)
    model.setParent(table)
    model._show_first_page(
        [
            InboxRow(
                1, 1, 1, 2, event, text, 0, text, text, text, text, text, None, 2, "2026-01-31T12:00:00.000Z", False, 3,
                text, Sender.OTHER, SignatureState.FALSE,
            )
            for event in (text, "")
        ]
    )  # fmt: skip
    tasks.close()
    return table


def inbox_message(text: str) -> QWidget:
    shown = InboxDetails()
    shown.show_message(
        InboxMessage(
            message_id=text,
            seen_at=NOW,
            sent_at=NOW,
            decoded=decode(message_text(text)),
            raw=text,
            sender=Sender.OTHER,
            sender_id=text,
            signature=SignatureVerdict(state=SignatureState.FALSE, because=text),
        )
    )
    return shown


def inbox_bar(text: str) -> QWidget:
    shown = InboxBar()
    place: Any = QUEUE
    place = replace(place, queue_name=text)
    shown.show_following(place, ending=False, url="")
    shown.show_news(FollowNews(trouble=trouble(text)), is_queue=True)
    shown.show_ended(Followed(shown=1, late=1, trouble=trouble(text)), is_queue=True, was_left=True)
    shown.show_paused(place)
    return shown


def inbox_filter(text: str) -> QWidget:
    shown = InboxFilter()
    shown.set_hit_types({text: text})
    return shown


def message(text: str) -> QWidget:
    shown = MessageTable()
    shown.show_message(decode(message_text(text)), text)
    shown.raw_link.setChecked(True)
    return shown


def damaged(text: str) -> QWidget:
    shown = MessageTable()
    shown.show_message(decode(f'{{"Events": [{{"{text[:2000]}'), text)
    shown.raw_link.setChecked(True)
    return shown


def raw(text: str) -> QWidget:
    shown = RawText()
    shown.show()
    shown.set_text(text)
    return shown


def difference(text: str) -> QWidget:
    shown = PolicyDifference()
    shown.set_difference(f"+{text}\n-{text}")
    return shown


def field(text: str) -> QWidget:
    shown = DestinationField()
    shown.set_choices([(text, f"https://sqs.us-east-1.amazonaws.com/123456789012/{number}") for number in range(2)])
    shown.set_text(text)
    shown.show_problem()
    shown.set_verdict(Tone.BAD, text, text)
    shown.show_change(text)
    return shown


MAKERS: dict[str, Callable[[str], QWidget]] = {
    "problem card": card,
    "problem bar": bar,
    "note": note,
    "lamps": lamps,
    "result": result,
    "sweep": sweep,
    "answer of a receiver": answer,
    "guard of a delivery": guard,
    "checkup": checkup,
    "mend": mend,
    "new destination": new_destination,
    "throw-aways": throwaways,
    "accounts": accounts,
    "identity": identity,
    "top": top,
    "presets": presets,
    "names of presets": preset_names,
    "name of a preset": preset_name,
    "preview": preview,
    "results": results,
    "run": panel,
    "HIT types": hit_types,
    "HIT type": hit_type,
    "history": history,
    "history row": history_row,
    "inbox": inbox,
    "inbox message": inbox_message,
    "inbox bar": inbox_bar,
    "inbox filter": inbox_filter,
    "message": message,
    "damaged message": damaged,
    "raw": raw,
    "difference": difference,
    "destination": field,
    "crash": lambda text: CrashReport(visible(text)),
    "code": lambda text: CodeDialog(CodeQuestion(text)),
}


def said_by_model(model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    for place in range(min(model.rowCount(), 50)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount()):
            for role in ROLES:
                value = model.index(place, column, QModelIndex()).data(role)
                if isinstance(value, str) and value:
                    yield ("tip" if role is Qt.ItemDataRole.ToolTipRole else "item"), value


def said_by(shown: QWidget) -> Iterator[tuple[str, str]]:
    """All that a widget and its parts say, each with how Qt takes it: as ``markup`` where it looks so, or plain."""
    for one in [shown, *shown.findChildren(QWidget)]:
        yield "tip", one.toolTip()
        yield "tip", one.whatsThis()
        yield "spoken", one.accessibleName()
        yield "spoken", one.accessibleDescription()
        yield "title", one.windowTitle()
        if isinstance(one, QLabel):
            yield ("plain" if one.textFormat() is Qt.TextFormat.PlainText else "auto"), one.text()
        elif isinstance(one, QAbstractButton):
            yield "button", one.text()
        elif isinstance(one, QPlainTextEdit):
            yield "text", one.toPlainText()
        elif isinstance(one, QComboBox):
            yield from said_by_model(one.model())
        elif isinstance(one, QMenu):
            for action in one.actions():
                yield "button", action.text()
                yield "tip", action.toolTip()
        assert not isinstance(one, QTextEdit), "which would take markup"
        if isinstance(one, QAbstractItemView) and one.model() is not None:
            yield from said_by_model(one.model())
        if hasattr(one, "_sheet"):
            rows = cast("Any", one)._rows
            for place in range(rows.rowCount()):
                for column in range(rows.columnCount()):
                    yield "tip", rows.index(place, column).data(Qt.ItemDataRole.ToolTipRole) or ""


def taken_for_markup(kind: str, text: str) -> bool:
    if kind == "auto":
        return QtGui.Qt.mightBeRichText(text)
    if kind != "tip" or not QtGui.Qt.mightBeRichText(text):
        return False
    inner = text.removeprefix("<span>").removesuffix("</span>")
    return "<" in inner or not text.startswith("<span>")


@pytest.fixture(autouse=True)
def no_tasks_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QApplication, "beep", lambda: None)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_all_of_it_is_plain_and_nothing_is_hidden(qtbot: QtBot, make: Callable[[str], QWidget]) -> None:
    shown = make(EVIL)
    qtbot.addWidget(shown)
    shown.show()
    QApplication.processEvents()
    said = list(said_by(shown))
    assert any("bold" in text for _, text in said), "the text is somewhere in it"
    assert [(kind, text) for kind, text in said if taken_for_markup(kind, text)] == []
    assert [(kind, text) for kind, text in said if HIDDEN.search(text)] == []


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_megabyte_does_not_hold_up_the_window(qtbot: QtBot, make: Callable[[str], QWidget]) -> None:
    began = time.process_time()
    make("short")
    usual = time.process_time() - began
    began = time.process_time()
    shown = make(HUGE)
    qtbot.addWidget(shown)
    shown.show()
    QApplication.processEvents()
    shown.grab()
    took = time.process_time() - began
    longest = max(len(text) for kind, text in said_by(shown) if kind in {"plain", "auto", "button", "item", "tip"})
    assert longest <= 3 * LONGEST_PARAGRAPH
    assert took < 2 + 5 * usual


@pytest.mark.parametrize("make", [raw, damaged], ids=["raw", "damaged"])
def test_ten_megabytes_of_a_message_do_not_either(qtbot: QtBot, make: Callable[[str], QWidget]) -> None:
    began = time.process_time()
    shown = make('{"a": [' * 1_500_000)
    qtbot.addWidget(shown)
    shown.show()
    QApplication.processEvents()
    shown.grab()
    assert time.process_time() - began < 2


def test_a_message_box_is_plain_to_its_last_line(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    box = Question(page, title=EVIL, question=EVIL, consequence=EVIL, keep="Keep it")
    assert [label.text() for label in box.findChildren(QLabel) if label.text()] == [EVIL, EVIL]
    assert [text for kind, text in said_by(box) if taken_for_markup(kind, text)] == []


def test_the_question_whether_to_forget_an_account_is_plain(qtbot: QtBot) -> None:
    dialog = AccountDialog((PRACTICE, account(EVIL)), current=EVIL)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.forget.click()
    box = dialog.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    said = list(said_by(box))
    assert any("bold" in text for _, text in said)
    assert [(kind, text) for kind, text in said if taken_for_markup(kind, text)] == []
    assert [(kind, text) for kind, text in said if HIDDEN.search(text)] == []


def test_a_desktop_notification_has_no_markup_in_it() -> None:
    """Desktops take markup in the text of a notification, each in its own way."""
    from notification_tester.qt.inbox.controller import Arrived

    shown = InboxMessage(
        message_id="m",
        seen_at=NOW,
        sent_at=NOW,
        decoded=decode(message_text(EVIL)),
        raw="",
        sender=Sender.OTHER,
        sender_id="",
        signature=SignatureVerdict(state=SignatureState.NONE, because=""),
    )
    for count in (1, 2):
        told = notification_texts(Arrived(count=count, newest=shown))
        assert not any(sign in text for text in told for sign in "<>&")


@pytest.mark.parametrize("text", ["a" * 10_000, "a b " * 5_000, "\u202e" * 10_000])
def test_a_long_paragraph_keeps_its_beginning_and_its_end(text: str) -> None:
    shown = paragraph(f"Begin. {text} Do this.")
    assert shown.startswith("Begin.")
    assert shown.endswith("Do this.")
    assert len(shown) < 30_000
    assert paragraph("short") == "short"
