# SPDX-License-Identifier: MIT
"""Messages that break receivers: what each is, why it matters, and what the receiver last answered to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyle,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.messages.scenarios import SCENARIOS
from notification_tester.qt.lists.cell_menu import offer_menu
from notification_tester.qt.looks.theme import Card, QuietLabel
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.delivery_lamps import state_icon
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.link_button import FoldButton
from notification_tester.qt.widgets.question_heading import question_heading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QResizeEvent

    from notification_tester.domain.delivery import State
    from notification_tester.domain.messages.scenarios import Scenario
    from notification_tester.domain.outgoing import DeliveryForm

_NAME = Qt.ItemDataRole.UserRole


class ScenarioList(Card):
    """Offers what a form of message has; ``send_requested`` with the scenarios that a person wants sent."""

    send_requested = Signal(object)  # tuple of Scenario

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form: DeliveryForm | None = None
        self._to_web = False
        self._answers: dict[str, tuple[State, str]] = {}
        self._is_busy = False
        self.inside = QWidget(self)
        self.fold = FoldButton(self.tr("Show them"), self.inside, self)
        self.fold.setAccessibleName(self.tr("Show the messages that break receivers"))
        self.fold.toggled.connect(
            lambda shown: self.fold.setText(self.tr("Hide them") if shown else self.tr("Show them"))
        )
        top = QHBoxLayout()
        top.addWidget(question_heading("3", self.tr("What breaks receivers")), 1)
        top.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(top)
        self.body.addWidget(
            QuietLabel(
                self.tr("Messages that are rare or wrong, and that a receiver should survive all the same."), self
            )
        )
        self.body.addWidget(self.inside)
        self.tree = QTreeWidget(self.inside)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setHeaderLabels([self.tr("Message"), self.tr("Last answer")])
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setAccessibleName(self.tr("Messages that break receivers"))
        offer_menu(self.tree)
        self.why = QuietLabel(parent=self.inside)
        self.one = QPushButton(self.tr("Send this one"), self.inside)
        self.all = QPushButton(self.inside)
        buttons = QWidget(self.inside)
        flow = FlowLayout(buttons, end_from=0)
        for button in (self.one, self.all):
            button.setAutoDefault(False)
            flow.addWidget(button)
        rows = QVBoxLayout(self.inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self.tree)
        rows.addWidget(self.why)
        rows.addWidget(buttons)
        self.tree.currentItemChanged.connect(self._explain)
        self.tree.itemActivated.connect(self._send_one)
        self.one.clicked.connect(self._send_one)
        self.all.clicked.connect(self._send_all)

    def offered(self) -> tuple[Scenario, ...]:
        """Those that the form of message has."""
        return tuple(one for one in SCENARIOS if self._form in one.forms and (self._to_web or not one.is_for_web_only))

    def called(self, titles: Sequence[str]) -> tuple[Scenario, ...] | None:
        """Those with these titles, in this order, each once; None where one of them is not offered."""
        offered = {one.title: one for one in self.offered()}
        wanted = dict.fromkeys(titles)
        return tuple(offered[one] for one in wanted) if offered.keys() >= wanted.keys() else None

    def send(self, scenarios: tuple[Scenario, ...]) -> None:
        """Have these sent, unless something else is under way."""
        if not self._is_busy:
            self.send_requested.emit(scenarios)

    def show_form(self, form: DeliveryForm, *, to_web: bool) -> None:
        """Offer what this form of message has; what was answered is of another form."""
        self._form, self._to_web = form, to_web
        self._answers = {}
        self.tree.clear()
        room = self._room_for_a_shape()
        for one in self.offered():
            item = QTreeWidgetItem([one.title, ""])
            item.setData(0, _NAME, one.name)
            item.setToolTip(0, tooltip(f"{one.title}. {one.why}"))
            item.setIcon(1, room)
            self.tree.addTopLevelItem(item)
        self.all.setText(self.tr("Send all {number}").format(number=self.tree.topLevelItemCount()))
        self.all.setAccessibleName(self.tr("Send all the messages that break receivers"))
        first = self.tree.topLevelItem(0)
        if first is not None:
            self.tree.setCurrentItem(first)
        self._fit()

    def _room_for_a_shape(self) -> QIcon:
        """Lines as high as they will be with a verdict in them, so that the list stays where it is pressed."""
        size = self.tree.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        empty = QPixmap(size, size)
        empty.fill(Qt.GlobalColor.transparent)
        return QIcon(empty)

    def choose(self, name: str) -> None:
        """Unfold, and go to the scenario of that name, where it is offered."""
        self.fold.setChecked(True)
        for number in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(number)
            if item is not None and item.data(0, _NAME) == name:
                self.tree.setCurrentItem(item)

    def set_busy(self, busy: bool) -> None:
        """While something is under way nothing else can be sent."""
        self._is_busy = busy
        self.one.setEnabled(not busy)
        self.all.setEnabled(not busy)

    def show_answers(self, answers: Mapping[str, tuple[State, str]]) -> None:
        """Say beside scenarios, by their names, what the receiver answered, and whether it was as it should."""
        self._answers.update(answers)
        self._draw()
        self._fit()  # a shape may be higher than a line of text

    def forget_answers(self) -> None:
        """Nothing was answered yet."""
        self._answers = {}
        room = self._room_for_a_shape()
        for number in range(self.tree.topLevelItemCount()):
            if (item := self.tree.topLevelItem(number)) is not None:
                item.setIcon(1, room)
                item.setText(1, "")
                item.setToolTip(1, "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep every line in sight."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        height = self.tree.header().sizeHint().height() + 2 * self.tree.frameWidth() + 4
        self.tree.setFixedHeight(height + self.tree.topLevelItemCount() * max(1, self.tree.sizeHintForRow(0)))

    def changeEvent(self, event: QEvent) -> None:
        """Draw the shapes in the colours of a new palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._answers:
            self._draw()

    def _draw(self) -> None:
        for number in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(number)
            if item is not None and (found := self._answers.get(item.data(0, _NAME))) is not None:
                item.setIcon(1, state_icon(found[0]))
                item.setText(1, one_line(found[1]))
                item.setToolTip(1, tooltip(found[1]))

    def _chosen(self) -> Scenario | None:
        item = self.tree.currentItem()
        name = None if item is None else item.data(0, _NAME)
        return next((one for one in self.offered() if one.name == name), None)

    def _explain(self) -> None:
        chosen = self._chosen()
        self.why.setText("" if chosen is None else chosen.why)
        self.tree.setAccessibleDescription(self.why.text())

    def _send_one(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.send((chosen,))

    def _send_all(self) -> None:
        self.send(self.offered())
