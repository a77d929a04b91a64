# SPDX-License-Identifier: MIT
"""Light becomes dark, and dark light, while things are in sight: at once they look as if made in the new colours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from notification_tester.domain.account import PRACTICE, Credentials
from notification_tester.domain.checkup_report import CheckupReport
from notification_tester.domain.events import SUBSCRIBABLE
from notification_tester.domain.setting import Action, LineState, apply
from notification_tester.domain.way import way_of_test
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.app.navigation import Navigation
from notification_tester.qt.app.problem_bar import ProblemBar
from notification_tester.qt.app.top_bar import TopBar
from notification_tester.qt.background import Tasks
from notification_tester.qt.checkup.mend_dialog import MendDialog
from notification_tester.qt.checkup.view import CheckupView
from notification_tester.qt.help.about_dialog import AboutDialog
from notification_tester.qt.help.help_dialog import HelpDialog
from notification_tester.qt.history.filter import HistoryFilter
from notification_tester.qt.hit_types.bulk_preview import PreviewDialog
from notification_tester.qt.hit_types.bulk_run import BulkPanel, BulkResultsDialog, Ending, ResultRow
from notification_tester.qt.hit_types.details import HitTypeDetails
from notification_tester.qt.hit_types.model import HitTypesModel
from notification_tester.qt.hit_types.table import HitTypesTable
from notification_tester.qt.hit_types.view import HitTypesFilter
from notification_tester.qt.lists.tables import RowTable
from notification_tester.qt.looks import colour_scheme
from notification_tester.qt.notification.delivery_lamps import DeliveryLamps
from notification_tester.qt.notification.message_table import MessageTable
from notification_tester.qt.notification.way_view import WayCard
from notification_tester.qt.sending.form import NotificationForm
from notification_tester.qt.sending.sweep_list import SweepList
from notification_tester.qt.widgets.empty_state import EmptyState
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.pill_badge import PillBadge
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.segmented_choice import SegmentedChoice
from notification_tester.services.hit_types.bulk_types import BulkRequest, Preview, PreviewRow
from qt.checkup.test_mend_dialog import MENDED, QUEUE
from qt.checkup.test_view import FINDINGS
from qt.hit_type_rows import NOW, many, queue, row
from qt.rows import ALL, Column, NumberModel, Numbers
from qt.sending.test_sweep_list import NO, outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

PROBLEM = replace(row(1), line_state=LineState.FAILED)
MESSAGE = '{"EventDocVersion": "1", "Events": [{"EventType": "HITCreated", "HITId": "12345678901234567890"}]}'


@pytest.fixture(autouse=True)
def as_before(qapp: QApplication) -> Iterator[None]:
    yield
    colour_scheme.apply(qapp, "system")


def rows() -> QWidget:
    tasks = Tasks()
    source = Numbers(20)
    source.rows = [one._replace(word="bad") if one.id % 2 else one for one in source.rows]
    model = NumberModel(tasks, Column, ALL)
    table = RowTable(model, widths=(20, 20))
    model._source = source
    model._show_first_page(source.page(ALL))
    tasks.close()
    return table


class Following(QWidget):
    """A table as the pages have it: they tell its model of new colours."""

    def __init__(self) -> None:
        super().__init__()
        self.model = HitTypesModel(self, clock=lambda: NOW)
        states = [one for one in LineState if one is not LineState.APPLIED]
        self.model.put([*many(6), *[row(50 + place, line_state=state) for place, state in enumerate(states)]])
        table = HitTypesTable(self.model, self)
        while self.model.is_taking:
            self.model._take_turn()
        QVBoxLayout(self).addWidget(table)


def results() -> QWidget:
    return BulkResultsDialog(
        [ResultRow(hit_type_id=f"3{ending.value}", title="Task", ending=ending) for ending in Ending]
    )


def preview() -> QWidget:
    ids = tuple(row(number).id for number in range(3))
    dialog = PreviewDialog(PRACTICE, BulkRequest(action=Action.SWITCH_OFF, hit_type_ids=ids))
    planned = [
        PreviewRow(hit_type_id=one, title="Task", before=row(1).setting, change=apply(one, queue()) if place else None)
        for place, one in enumerate(ids)
    ]
    dialog.show_preview(Preview(request=dialog.request, rows=tuple(planned)))
    dialog.table.selectRow(1)
    return dialog


def lamps() -> QWidget:
    shown = DeliveryLamps()
    shown.show_outcome(outcome(SUBSCRIBABLE[0], arrived=NO))
    return shown


def sweep() -> QWidget:
    shown = SweepList()
    shown.begin(SUBSCRIBABLE)
    shown.finish([outcome(event, arrived=NO) for event in SUBSCRIBABLE])
    return shown


def checkup() -> QWidget:
    shown = CheckupView()
    shown.show_report(CheckupReport.of(FINDINGS))
    shown.findings._set_out_some()
    return shown


def mended() -> QWidget:
    dialog = MendDialog(PRACTICE, QUEUE)
    dialog.show_mended(MENDED)
    return dialog


def problem(card: ProblemCard | ProblemBar) -> QWidget:
    from qt.checkup.test_mend_dialog import PROBLEM as SOME

    if isinstance(card, ProblemBar):
        card.say(SOME, action="Do")
    else:
        card.show_problem(SOME, [("Do", "do"), ("Don't", "dont")], fill_first=True)
    return card


def details() -> QWidget:
    from notification_tester.domain.setting import LedgerLine

    shown = HitTypeDetails()
    shown.show_row(row(1, spec=queue(), active=True))
    lines = [
        LedgerLine(
            id=place,
            at=NOW - timedelta(days=place),
            account="Lab",
            environment="sandbox",
            change=apply(row(1).id, queue()),
            state=state,
            answered=NOW,
            problem=None,
            imported=False,
        )
        for place, state in enumerate(LineState)
    ]
    shown.show_lines(row(1).id, lines)
    return shown


def message() -> QWidget:
    from notification_tester.domain.messages.message import decode

    shown = MessageTable()
    shown.show_message(decode(MESSAGE), MESSAGE)
    return shown


def panel() -> QWidget:
    shown = BulkPanel()
    shown.begin(10, account="Lab")
    return shown


def way() -> QWidget:
    shown = WayCard()
    shown.show_way(way_of_test(outcome(SUBSCRIBABLE[0], arrived=NO)))
    return shown


def forms() -> QWidget:
    dialog = AccountDialog((PRACTICE,))
    dialog.add_account()
    dialog.form.environment.live.setChecked(True)
    dialog.form.keys.fill(Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="a" * 40))
    return dialog


MAKERS: dict[str, Callable[[], QWidget]] = {
    "long list": rows,
    "HIT types": Following,
    "results of a run": results,
    "preview": preview,
    "nothing there": lambda: EmptyState(icon_name="inbox", title="Nothing", text="At all.", button="Go"),
    "lamps": lamps,
    "sweep": sweep,
    "checkup": checkup,
    "mended": mended,
    "problem": lambda: problem(ProblemCard()),
    "bar": lambda: problem(ProblemBar()),
    "details": details,
    "message": message,
    "run": panel,
    "form": NotificationForm,
    "way": way,
    "pages": lambda: Navigation([("a", "One", "test"), ("b", "Two", "inbox")]),
    "form of an account": forms,
    "accounts": lambda: AccountDialog((PRACTICE,)),
    "top": TopBar,
    "badge": PillBadge,
    "help": lambda: HelpDialog(chapter="costs"),
    "about": lambda: AboutDialog("1"),
    "filter of HIT types": HitTypesFilter,
    "filter of the history": HistoryFilter,
    "filled button": lambda: FilledButton("Send", icon_name="send"),
    "choice": lambda: SegmentedChoice([("a", "One", "mail"), ("b", "Two", "queue")]),
}


@pytest.fixture(autouse=True)
def nothing_blinks(qapp: QApplication) -> Iterator[None]:
    """A field that has the keys shows a cursor that comes and goes, which is no matter of colours."""
    before = qapp.cursorFlashTime()
    qapp.setCursorFlashTime(0)
    yield
    qapp.setCursorFlashTime(before)


def picture(shown: QWidget) -> QImage:
    return shown.grab().toImage()


def differing(one: QImage, another: QImage) -> str:
    """Where points are another colour, and how many; looked for only where there are some, as that takes long."""
    if one == another:
        return ""
    if one.size() != another.size():
        return f"{one.size()} and {another.size()}"
    places = ((x, y) for x in range(one.width()) for y in range(one.height()))
    found = [place for place in places if one.pixel(*place) != another.pixel(*place)]
    across, down = zip(*found, strict=True)
    return f"{len(found)} points from {min(across)}, {min(down)} to {max(across)}, {max(down)}"


def made(qtbot: QtBot, make: Callable[[], QWidget]) -> QWidget:
    shown = make()
    qtbot.addWidget(shown)
    shown.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    shown.resize(QSize(700, 500))
    shown.show()
    shown.setFocus()  # none of its fields has the frame and the cursor of where the keyboard is, which come and go
    QApplication.processEvents()
    return shown


@pytest.mark.parametrize("way", [("light", "dark"), ("dark", "light")], ids=["to dark", "to light"])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_it_looks_as_if_made_in_the_new_colours(
    qapp: QApplication, qtbot: QtBot, make: Callable[[], QWidget], way: tuple[str, str]
) -> None:
    before, after = way
    colour_scheme.apply(qapp, after)
    first = made(qtbot, make)
    wanted = picture(first)
    first.hide()
    colour_scheme.apply(qapp, before)
    shown = made(qtbot, make)
    assert picture(shown) != wanted
    colour_scheme.apply(qapp, after)
    QApplication.processEvents()
    assert differing(picture(shown), wanted) == ""
