# SPDX-License-Identifier: MIT
"""Three steps through the window for somebody who is new to it, at its edge and in nobody's way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QPushButton, QWidget

from notification_tester.qt.looks.colours import seen
from notification_tester.qt.looks.theme import RADIUS, Card, QuietLabel, Tone, heading, plain_label
from notification_tester.qt.widgets.link_button import LinkButton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

AROUND = 5
"""Points between what is shown and the line around it."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to look at, and what to know of it."""

    title: str
    text: str
    target: QWidget


class Tour(Card):
    """Shows one step after the other; ``over`` when the last was read or the rest is not wanted.

    It leaves the window, and comes back, with the page of what it shows.
    """

    over = Signal()

    def __init__(self, steps: Sequence[Step], window: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent, tone=Tone.ACCENT)
        self._steps = steps
        self._at = 0
        self._frame = _Frame(window)
        self._frame.page_changed.connect(self.setVisible)
        self.body.setContentsMargins(10, 10, 10, 10)
        self.count = QuietLabel("", self)
        self.title = heading("", self)
        self.text = plain_label("", self)
        self.next = QPushButton(self)
        self.next.setAutoDefault(False)
        self.skip = LinkButton(self.tr("Skip the tour"), self)
        for widget in (self.count, self.title, self.text, self.next):
            self.body.addWidget(widget)
        self.body.addWidget(self.skip, 0, Qt.AlignmentFlag.AlignHCenter)
        self.next.clicked.connect(self._go_on)
        self.skip.clicked.connect(self.end)
        self.skip.setToolTip(self.tr("Escape"))

    def begin(self) -> None:
        """Show the first step, once it has its place in the window."""
        self._show()

    def done(self, target: QWidget) -> None:
        """Show the step after the one about that part, where this is shown: the person did what it says."""
        if self._steps[self._at].target is target:
            self._go_on()

    def end(self) -> None:
        """Take it all away."""
        self._frame.around(None)
        self._frame.deleteLater()
        self.hide()
        self.deleteLater()
        self.over.emit()

    def event(self, event: QEvent) -> bool:
        """Where the keyboard is here, Escape skips; elsewhere it is the page's, which first ends a test with it."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.end()
            event.accept()
            return True
        return super().event(event)

    def _go_on(self) -> None:
        self._at += 1
        if self._at == len(self._steps):
            self.end()
        else:
            self._show()

    def _show(self) -> None:
        step, number, last = self._steps[self._at], self._at + 1, len(self._steps)
        self.count.setText(self.tr("New here? {number} of {last}").format(number=number, last=last))
        self.title.setText(step.title)
        self.text.setText(step.text)
        self.next.setText(self.tr("Done") if number == last else self.tr("Next"))
        self.skip.setVisible(number < last)
        said = f"{self.count.text()}. {step.title}. {step.text}"
        self.setAccessibleName(said)
        self.next.setAccessibleDescription(said)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))
        self._frame.around(step.target)


class _Frame(QWidget):
    """A line around a part of the window; it lets everything through and follows the part where it goes."""

    page_changed = Signal(bool)
    """Whether the part is on the page that the window shows now; it may be scrolled away there all the same."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._target: QWidget | None = None
        self._watched: list[QObject] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def around(self, target: QWidget | None) -> None:
        """Go around another part, or around none."""
        for one in self._watched:
            one.removeEventFilter(self)
        self._target, self._watched = target, []
        part = target
        while part is not None:
            part.installEventFilter(self)
            self._watched.append(part)
            part = None if part is self._window else part.parentWidget()
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow whatever moves."""
        if event.type() in {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide}:
            self._follow()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(seen(self.palette(), QPalette.ColorRole.Highlight), 3))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), RADIUS, RADIUS)

    def _follow(self) -> None:
        target = self._target
        if target is not None:
            self.page_changed.emit(target.isVisibleTo(self._window))
        if target is None or not target.isVisible() or target.visibleRegion().isEmpty():
            self.hide()
            return
        place = QRect(target.mapTo(self._window, QPoint()), target.size())
        place = place.adjusted(-AROUND, -AROUND, AROUND, AROUND).intersected(self._window.rect())
        for one in self._watched:  # of what is scrolled, around what can be seen
            if isinstance(one, QAbstractScrollArea) and one.viewport().isAncestorOf(target):
                seen_part = one.viewport()
                place = place.intersected(QRect(seen_part.mapTo(self._window, QPoint()), seen_part.size()))
        self.setGeometry(place)
        self.raise_()
        self.show()
