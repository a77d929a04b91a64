# SPDX-License-Identifier: MIT
"""The preview: what is replaced, what stays, what is left out and why; and nothing sent by accident."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtTest import QTest

from notification_tester.domain.account import PRACTICE, Account, Environment, KeySource
from notification_tester.domain.coverage import Result, SpecTest
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.domain.setting import Action, Setting, apply, switch
from notification_tester.qt.hit_types.bulk_preview import PreviewColumn, PreviewDialog
from notification_tester.qt.hit_types.controller import SpecChoice
from notification_tester.qt.hit_types.texts import effect_text
from notification_tester.qt.lists.cell_menu import copied_text
from notification_tester.qt.looks.formatting import is_the_number, now_utc
from notification_tester.qt.looks.theme import Tone
from notification_tester.services.hit_types.bulk_types import BulkRequest, Effect, Preview, PreviewRow
from notification_tester.services.hit_types.refusals import NOTHING_TO_SWITCH
from qt.hit_type_rows import mailbox, queue, row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pytestqt.qtbot import QtBot

    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.setting import Change
    from notification_tester.qt.hit_types.setting_form import SettingForm

LIVE = Account(name="Lab", environment=Environment.PRODUCTION, source=KeySource.KEYRING)


def planned(
    number: int,
    change: Change | None,
    *,
    before: NotificationSpec | None = None,
    active: bool | None = None,
    why_not: str = "",
    tested_at: datetime | None = None,
    result: Result = Result.ARRIVED,
) -> PreviewRow:
    return PreviewRow(
        hit_type_id=row(number).id,
        title=row(number).title,
        before=Setting(spec=before, active=active),
        change=change,
        why_not=why_not,
        last_test=None if tested_at is None else SpecTest(tested_at, result),
    )


EFFECTS = {
    "new": (planned(1, apply(row(1).id, queue())), Effect.NEW),
    "replaced": (planned(1, apply(row(1).id, queue()), before=mailbox(), active=True), Effect.REPLACED),
    "the same": (planned(1, apply(row(1).id, queue()), before=queue(), active=True), Effect.SAME),
    "the same, and on": (planned(1, apply(row(1).id, queue()), before=queue(), active=False), Effect.SWITCHED),
    "off": (planned(1, switch(row(1).id, None, on=False), before=queue(), active=True), Effect.SWITCHED),
    "off again": (planned(1, switch(row(1).id, None, on=False), before=queue(), active=False), Effect.SAME),
    "doubtful": (planned(1, switch(row(1).id, None, on=True), why_not="Nothing is known."), Effect.DOUBTFUL),
    "left out": (planned(1, None, why_not="Nothing to undo."), Effect.LEFT_OUT),
}


@pytest.mark.parametrize(("shown", "effect"), EFFECTS.values(), ids=EFFECTS)
def test_every_row_says_what_happens(shown: PreviewRow, effect: Effect) -> None:
    assert shown.effect is effect
    assert shown.why_not in effect_text(shown)


def test_a_long_reason_is_not_cut_and_is_copied_whole(qtbot: QtBot) -> None:
    dialog = opened(qtbot, [planned(1, switch(row(1).id, None, on=False), why_not=NOTHING_TO_SWITCH)])
    cell = dialog.model.index(0, PreviewColumn.EFFECT)
    assert cell.data() == "May be refused: Nothing is known to be set here."
    room = dialog.table.visualRect(cell).adjusted(4, 2, -4, -2)
    needed = dialog.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, cell.data())
    assert room.height() >= needed.height()
    assert NOTHING_TO_SWITCH in copied_text(cell)
    assert "otherwise Mechanical Turk will refuse." in cell.data(Qt.ItemDataRole.ToolTipRole)


def opened(
    qtbot: QtBot, rows: list[PreviewRow], *, account: Account = PRACTICE, choices: tuple[SpecChoice, ...] = ()
) -> PreviewDialog:
    request = BulkRequest(
        action=Action.APPLY if choices else Action.SWITCH_OFF, hit_type_ids=tuple(one.hit_type_id for one in rows)
    )
    dialog = PreviewDialog(account, request, choices)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.begin()
    if choices:
        dialog.choice.setCurrentIndex(0)
    dialog.show_preview(Preview(request=dialog.request, rows=tuple(rows)))
    return dialog


def some(count: int, *, tested_at: datetime | None = None, result: Result = Result.ARRIVED) -> list[PreviewRow]:
    changes = [apply(row(number).id, queue()) for number in range(count)]
    return [planned(number, change, tested_at=tested_at, result=result) for number, change in enumerate(changes)]


def test_live_wants_the_number_typed(qtbot: QtBot) -> None:
    dialog = opened(qtbot, some(12), account=LIVE)
    assert dialog.badge.word == "LIVE"
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.number, "1")
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.number, "2")
    with qtbot.waitSignal(dialog.confirmed) as told:
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert told.args is not None
    assert len(told.args[0]) == 12


@pytest.fixture
def language(request: pytest.FixtureRequest) -> Iterator[QLocale]:
    """How numbers are written, for one test."""
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield QLocale()
    QLocale.setDefault(before)


NOT_TEN = [
    "", " ", "-10", "+10", "1.0", "1,0", "10.0", "10.", "10,", "1x0", "10x", "x10", "1 0", "1_0", "010", "0010", "1e1",
    "0xa", "ten", "1", "0", "100", "110", "10 10", "10\u200b", "1\u200b0", "1\u202e0", "\uff11\uff10", "\u0661\u0660",
    "\u06f1\u06f0", "\u0967\u0966", "\u00b9\u2070", "\u2469", "X", "1\u06660", "10%", "(10)", "10-", "~10", "1/0",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en_US", "de_DE", "fr_FR"], indirect=True)
def test_only_the_very_number_counts(qtbot: QtBot, language: QLocale) -> None:
    dialog = opened(qtbot, some(10), account=LIVE)
    for typed in NOT_TEN:
        dialog.number.setText(typed)
        assert not dialog.go.isEnabled(), typed
    for typed in ("10", " 10", "10 ", "\t10\u00a0"):
        dialog.number.setText(typed)
        assert dialog.go.isEnabled(), typed


@pytest.mark.parametrize(
    ("language", "taken", "refused"),
    [
        pytest.param("en_US", ["1,234", "1234", " 1,234 "], ["1.234", "1 234", "12,34", "1,2,3,4", "1'234"], id="en"),
        pytest.param("de_DE", ["1.234", "1234"], ["1,234", "1 234", "123.4"], id="de"),
        pytest.param("fr_FR", ["1\u202f234", "1\u00a0234", "1 234", "1234"], ["1.234", "1,234", "12 34"], id="fr"),
        pytest.param("ar_EG", ["\u0661\u066c\u0662\u0663\u0664", "1234"], ["1,234", "\u0661\u0662\u0663"], id="ar"),
        pytest.param("C", ["1,234", "1234"], ["1.234", "1 234", "12,34"], id="C"),
    ],
    indirect=["language"],
)
def test_groups_are_written_as_the_dialog_shows_them(language: QLocale, taken: list[str], refused: list[str]) -> None:
    assert {typed: is_the_number(typed, 1234) for typed in taken + refused} == {
        **dict.fromkeys(taken, True),
        **dict.fromkeys(refused, False),
    }


@given(st.text(alphabet="0123456789-+.,_' x\u00a0\u202f\u0660\uff11", max_size=6), st.integers(1, 12_345))
def test_whatever_is_typed_another_number_is_never_taken_for_it(typed: str, number: int) -> None:
    if is_the_number(typed, number):
        assert typed.replace(",", "").strip() == str(number)  # what tests run with writes groups with a comma
        assert not is_the_number(typed, number + 1)
        assert not is_the_number(typed, number * 10)
    assert is_the_number(str(number), number)


def test_the_number_is_typed_anew_for_another_choice(qtbot: QtBot) -> None:
    choices = (SpecChoice(label="one", spec=queue()), SpecChoice(label="two", spec=mailbox()))
    dialog = opened(qtbot, some(2), account=LIVE, choices=choices)
    QTest.keyClicks(dialog.number, "2")
    assert dialog.go.isEnabled()
    dialog.choice.setCurrentIndex(1)
    dialog.show_preview(Preview(request=dialog.request, rows=tuple(some(2))))
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.number, "2")
    assert dialog.go.isEnabled()


def test_an_account_of_another_service_at_the_address_of_live_is_guarded(qtbot: QtBot) -> None:
    address = "https://MTurk-requester.us-east-1.amazonaws.com.:443/"
    old = Account(name="Lab", environment=Environment.OTHER, source=KeySource.KEYRING, endpoint=address)
    dialog = opened(qtbot, some(2), account=old)
    assert dialog.badge.word == "LIVE"
    assert dialog.number.isVisible()
    assert not dialog.go.isEnabled()


def test_practice_wants_no_number(qtbot: QtBot) -> None:
    dialog = opened(qtbot, some(12))
    assert not dialog.number.isVisible()
    assert dialog.go.isEnabled()
    assert dialog.go.text() == "&Send 12 changes"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_keys_that_are_pressed_without_thinking_send_nothing(qtbot: QtBot, key: Qt.Key) -> None:
    dialog = opened(qtbot, some(3))
    told: list[object] = []
    dialog.confirmed.connect(told.append)
    assert dialog.focusWidget() is not dialog.go
    QTest.keyClick(dialog, key)
    assert not dialog.isVisible()
    assert not told


def test_what_is_left_out_comes_first_and_can_be_shown_alone(qtbot: QtBot) -> None:
    dialog = opened(qtbot, [*some(3), planned(9, None, why_not="The record has no change.")])
    assert dialog.summary.text() == "3 changes will be sent, 1 HIT type is left out."
    assert "The record has no change." in dialog.model.index(0, PreviewColumn.EFFECT).data()
    dialog.shown.setCurrentIndex(1)
    assert dialog.model.rowCount() == 1
    dialog.shown.setCurrentIndex(0)
    assert dialog.model.rowCount() == 4


def test_nothing_to_send_cannot_be_sent(qtbot: QtBot) -> None:
    dialog = opened(qtbot, [planned(9, None, why_not="The record has no change.")])
    assert not dialog.go.isEnabled()
    assert dialog.summary.text().startswith("Nothing would be sent")


def test_another_choice_is_previewed_anew_and_late_news_of_the_first_is_dropped(qtbot: QtBot) -> None:
    choices = (SpecChoice(label="one", spec=queue()), SpecChoice(label="two", spec=mailbox()))
    dialog = opened(qtbot, some(2), choices=choices)
    first = Preview(request=dialog.request, rows=tuple(some(2)))
    with qtbot.waitSignal(dialog.preview_wanted) as asked:
        dialog.choice.setCurrentIndex(1)
    assert asked.args is not None
    assert asked.args[0].spec == mailbox()
    assert not dialog.go.isEnabled()
    dialog.show_preview(first)
    assert not dialog.go.isEnabled()
    assert "lab@example.org" in dialog.destination.text()


def test_untested_says_so_and_offers_the_test(qtbot: QtBot) -> None:
    choices = (SpecChoice(label="one", spec=queue()),)
    dialog = opened(qtbot, some(2), choices=choices)
    assert dialog.tested.tone is Tone.BEWARE
    assert "never arrived in a test" in dialog.tested.text()
    assert dialog.go.isEnabled()
    with qtbot.waitSignal(dialog.test_wanted) as told:
        QTest.mouseClick(dialog.test_first, Qt.MouseButton.LeftButton)
    assert told.args == [queue()]
    assert not dialog.isVisible()


def test_what_was_not_tested_is_not_chosen_beforehand(qtbot: QtBot) -> None:
    request = BulkRequest(action=Action.APPLY, hit_type_ids=(row(1).id,))
    dialog = PreviewDialog(
        PRACTICE, request, (SpecChoice(label="one", spec=queue()), SpecChoice(label="two", spec=mailbox()))
    )
    qtbot.addWidget(dialog)
    asked: list[object] = []
    dialog.preview_wanted.connect(asked.append)
    dialog.show()
    dialog.begin()
    assert (dialog.choice.currentIndex(), asked) == (-1, [])
    assert not dialog.go.isEnabled()
    assert "Nothing is chosen yet" in dialog.destination.text()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        dialog.show()
        QTest.keyClick(dialog, key)
        assert not dialog.isVisible()
    dialog.show()
    QTest.keyClick(dialog.choice, Qt.Key.Key_Down)
    assert [one.spec for one in asked if isinstance(one, BulkRequest)] == [queue()]


def test_what_was_green_is_chosen_beforehand(qtbot: QtBot) -> None:
    request = BulkRequest(action=Action.APPLY, hit_type_ids=(row(1).id,))
    dialog = PreviewDialog(PRACTICE, request, (SpecChoice(label="one", spec=queue(), is_green=True),))
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.preview_wanted) as asked:
        dialog.begin()
    assert asked.args is not None
    assert asked.args[0].spec == queue()


def test_tested_says_how_long_ago(qtbot: QtBot) -> None:
    choices = (SpecChoice(label="one", spec=queue()),)
    dialog = opened(qtbot, some(2, tested_at=now_utc() - timedelta(days=2, hours=1)), choices=choices)
    assert dialog.tested.tone is Tone.GOOD
    assert "2 days ago" in dialog.tested.text()
    assert not dialog.test_first.isVisible()


@pytest.mark.parametrize(
    ("result", "tone", "text", "of_several"),
    [
        (Result.NOT_ARRIVED, Tone.BAD, "did not arrive in its last test, 2 days ago", "of 2 of these failed"),
        (Result.NOT_AS_EXPECTED, Tone.BAD, "in its last test, 2 days ago, but not as expected", "of 2 of these failed"),
        (Result.NOT_KNOWN, Tone.BEWARE, "Its last test did not show whether it arrives", "whether they arrive"),
    ],
)
def test_a_last_test_that_failed_is_told(qtbot: QtBot, result: Result, tone: Tone, text: str, of_several: str) -> None:
    choices = (SpecChoice(label="one", spec=queue()),)
    tested_at = now_utc() - timedelta(days=2, hours=1)
    dialog = opened(qtbot, some(2, tested_at=tested_at, result=result), choices=choices)
    assert text in dialog.tested.text()
    assert "never" not in dialog.tested.text()
    assert dialog.tested.tone is tone
    assert dialog.test_first.isVisible()
    dialog = opened(qtbot, some(2, tested_at=tested_at, result=result))
    assert dialog.tested.tone is tone
    assert of_several in dialog.tested.text()


def test_a_preview_that_fails_says_why(qtbot: QtBot) -> None:
    dialog = opened(qtbot, some(2))
    full = Problem(title="The disk is full.", detail="", remedy="", code="x", cause=Cause.STORAGE)
    dialog.show_problem(
        full, replace(dialog.request, action=Action.SWITCH_ON)
    )  # late, and about what is no longer wanted
    assert not dialog.problem.isVisible()
    assert dialog.go.isEnabled()
    dialog.show_problem(full, dialog.request)
    assert dialog.problem.isVisible()
    assert not dialog.go.isEnabled()


def test_a_preview_that_failed_is_asked_for_again_and_shows_nothing_of_before(qtbot: QtBot) -> None:
    dialog = opened(qtbot, some(2))
    remedies = (Remedy.TRY_AGAIN,)
    locked = Problem(title="It is locked.", detail="", remedy="", code="x", cause=Cause.STORAGE, remedies=remedies)
    dialog.show_problem(locked, dialog.request)
    assert dialog.model.rowCount() == 0
    with qtbot.waitSignal(dialog.preview_wanted) as asked:
        dialog.problem.buttons["look"].click()
    assert asked.args == [dialog.request]
    assert dialog.isVisible()
    assert not dialog.problem.isVisible()


def with_form(qtbot: QtBot, *choices: SpecChoice) -> PreviewDialog:
    request = BulkRequest(action=Action.APPLY, hit_type_ids=(row(1).id, row(2).id))
    dialog = PreviewDialog(PRACTICE, request, choices)
    qtbot.addWidget(dialog)
    dialog.begin()
    return dialog


def form_of(dialog: PreviewDialog) -> SettingForm:
    assert dialog.form is not None
    return dialog.form


def test_what_is_cut_is_whole_in_a_tip_and_told_apart_by_its_end(qtbot: QtBot) -> None:
    labels = [
        f"As set for “A long title of a study” and 3 more: {name} (queue): Submitted" for name in ("pilot", "main")
    ]
    dialog = with_form(
        qtbot,
        SpecChoice(label=labels[0], spec=queue("pilot"), is_green=True),
        SpecChoice(label=labels[1], spec=queue("main")),
    )
    dialog.resize(900, 600)
    edit = form_of(dialog).destination.edit
    assert labels[0] in dialog.choice.toolTip()
    offered = [str(dialog.choice.itemData(place, Qt.ItemDataRole.ToolTipRole)) for place in range(2)]
    assert [one in tip for one, tip in zip(labels, offered, strict=True)] == [True, True]
    assert queue("pilot").destination.text in edit.toolTip()
    assert edit.cursorPosition() == len(edit.text()), "its end is in sight"
    before = dialog.choice.grab().toImage()
    dialog.choice.setCurrentIndex(1)
    assert labels[1] in dialog.choice.toolTip()
    assert dialog.choice.grab().toImage() != before, "what differs is not cut away"
    assert queue("main").destination.text in edit.toolTip()


def test_what_is_chosen_fills_the_form_and_what_is_changed_there_is_what_is_sent(qtbot: QtBot) -> None:
    dialog = with_form(qtbot, SpecChoice(label="green", spec=queue(), is_green=True))
    form = form_of(dialog)
    assert form.spec() == queue()
    assert dialog.request.spec == queue()
    before = Preview(request=dialog.request, rows=tuple(some(2)))
    dialog.show_preview(before)
    assert dialog.go.isEnabled()
    with qtbot.waitSignal(dialog.preview_wanted) as asked:
        QTest.mouseClick(form.events.boxes[EventType.HIT_EXPIRED], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
        assert not dialog.go.isEnabled()  # at once: what is in sight is not what would be sent
        dialog.show_preview(before)
        assert not dialog.go.isEnabled()
    assert asked.args is not None
    assert asked.args[0].spec == replace(queue(), events=(EventType.ASSIGNMENT_SUBMITTED, EventType.HIT_REVIEWABLE))
    assert dialog.choice.currentIndex() == -1
    assert "Expired" not in dialog.events.text()
    with qtbot.waitSignal(dialog.preview_wanted) as asked:
        dialog.choice.setCurrentIndex(0)
    assert asked.args is not None
    assert asked.args[0].spec == form.spec() == queue()


def test_a_notification_is_filled_in_by_hand_where_there_is_nothing_to_choose(qtbot: QtBot) -> None:
    dialog = with_form(qtbot)
    form = form_of(dialog)
    assert not form.destination.text()
    assert form.events.checked() == ()
    QTest.mouseClick(form.transports.button(Transport.EMAIL.value), Qt.MouseButton.LeftButton)
    QTest.keyClicks(form.destination.edit, "lab@example")
    qtbot.waitUntil(lambda: "Complete the form." in dialog.destination.text())
    assert not dialog.go.isEnabled()
    QTest.keyClick(form.destination.edit, Qt.Key.Key_Return)
    assert dialog.isVisible()  # and nothing of it is lost
    QTest.keyClicks(form.destination.edit, ".org")
    with qtbot.waitSignal(dialog.preview_wanted) as asked:
        QTest.keyClick(form.events.boxes[EventType.HIT_EXPIRED], Qt.Key.Key_Space)
    assert asked.args is not None
    assert asked.args[0].spec == mailbox()
    dialog.show_preview(Preview(request=dialog.request, rows=tuple(some(2))))
    assert "never arrived in a test" in dialog.tested.text()
    with qtbot.waitSignal(dialog.confirmed):
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)


def test_what_is_switched_needs_no_form(qtbot: QtBot) -> None:
    assert opened(qtbot, some(2)).form is None


def test_titles_and_reasons_have_two_lines_without_a_form_too(qtbot: QtBot) -> None:
    why = "Its notification was not set from here, so nothing is known of it."
    rows = [
        replace(planned(1, None, why_not=why), title="Follow-up survey: everyday decisions, second part"),
    ]
    dialog = opened(qtbot, rows)
    table = dialog.table
    for column in (PreviewColumn.HIT_TYPE, PreviewColumn.EFFECT):
        index = dialog.model.index(0, column)
        inside = table.visualRect(index).adjusted(8, 0, -8, 0)
        words = Qt.TextFlag.TextWordWrap
        needed = table.fontMetrics().boundingRect(inside, words, str(index.data()))
        assert needed.height() <= table.rowHeight(0)
    assert table.wordWrap()


def test_the_form_offers_the_destinations_that_are_known(qtbot: QtBot) -> None:
    dialog = with_form(qtbot, SpecChoice(label="one", spec=queue("first")), SpecChoice(label="two", spec=mailbox()))
    menu = form_of(dialog).destination.choose.menu()
    assert menu is not None
    offered = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert offered == ["first", "lab@example.org"]
    next(action for action in menu.actions() if action.text() == "lab@example.org").trigger()
    assert form_of(dialog).destination.transport is Transport.EMAIL
    assert form_of(dialog).transports.choice() == Transport.EMAIL.value


def test_the_ways_to_send_stand_in_the_order_of_the_page_test(qtbot: QtBot) -> None:
    from notification_tester.qt.hit_types.setting_form import SettingForm
    from notification_tester.qt.sending.sender_choice import SenderChoice

    form, page = SettingForm(()), SenderChoice()
    orders = []
    for widget in (form, page):
        qtbot.addWidget(widget)
        widget.resize(900, 600)
        widget.show()
        orders.append(sorted(Transport, key=lambda kind: widget.transports.button(kind.value).x()))
    assert orders[0] == orders[1] == [Transport.SQS, Transport.SNS, Transport.EMAIL]


def test_a_form_tells_of_what_a_person_changes_and_not_of_what_it_is_filled_with(qtbot: QtBot) -> None:
    from notification_tester.qt.hit_types.setting_form import SettingForm

    form, told = SettingForm(()), []
    qtbot.addWidget(form)
    form.resize(900, 600)
    form.show()
    form.changed.connect(lambda: told.append(True))
    for spec in (mailbox(), queue()):
        form.set_spec(spec)
        assert form.spec() == spec
        assert form.transports.choice() == spec.transport.value
    form.set_spec(replace(queue(), version="2099-01-01"))
    assert form.version.currentText() == "2099-01-01"
    count = form.version.count()
    form.set_spec(replace(queue(), version="2099-01-01"))
    assert form.version.count() == count, "it is on offer once"
    assert told == []
    QTest.keyClicks(form.destination.edit, "x")
    assert told.pop()
    told.clear()
    QTest.keyClick(form.version, Qt.Key.Key_Up)
    assert told == [True]
    told.clear()
    QTest.mouseClick(form.transports.button(Transport.SNS.value), Qt.MouseButton.LeftButton)
    assert told
    assert form.destination.transport is Transport.SNS
