# SPDX-License-Identifier: MIT
"""A page that scrolls up and down, and only when it has to."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QFrame, QScrollArea, QWidget


class ScrollPage(QScrollArea):
    """Shows ``content``, which is as wide as there is room and as high as that makes it."""

    def __init__(self, content: ScrollContent, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Qt makes a viewport, too, of which Python knows nothing: to find out what it is when it is first asked for, Qt
        # for Python makes all classes of widgets. That took 7 of the 300 ms to the first page. This one is like Qt's.
        viewport = QWidget()
        viewport.setObjectName("qt_scrollarea_viewport")
        viewport.setAutoFillBackground(True)
        self.setViewport(viewport)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(content)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's own name
        """Keep the keyboard on this page when what had it is no more to be seen, as a button that was pressed.

        Qt would hand it to the next in the order, which after the last of a page is the account on top of the window:
        an arrow key meant for the page would open another account.
        """
        focus: QWidget | None = self.window().focusWidget()
        if self.isVisible() and focus is not None and self.isAncestorOf(focus) and not focus.isVisible():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().focusNextPrevChild(forward)


def _told(_kind: str, thing: QObject) -> QAccessibleWidget | None:
    """What Qt asks about each object once, while a screen reader listens.

    It would tell of what a scroll area scrolls alone, and of nothing that stands beside that, such as a foot.
    """
    return QAccessibleWidget(thing, QAccessible.Role.Client) if isinstance(thing, ScrollPage) else None


QAccessible.installFactory(_told)  # of the whole process, as the kinds of widgets are; Qt cannot take it back


class ScrollContent(QWidget):
    """A widget whose wrapped texts do not ask for the height that they would have at their narrowest.

    Qt computes a layout's minimum height at its minimum width, and a scroll area believes it, so a page of wrapped
    texts would scroll through empty space. The scroll area asks for the height at the real width as well.
    """

    def minimumSizeHint(self) -> QSize:
        """The layout's width, and no height."""
        return QSize(super().minimumSizeHint().width(), 0)


class AsHighAsNeeded(ScrollContent):
    """Asks for the least height of its parts at a width, where Qt would ask for the height that they would like.

    So tables in it get lower before anything scrolls.
    """

    def minimumSizeHint(self) -> QSize:
        """No height where that depends on the width."""
        layout = self.layout()
        return super().minimumSizeHint() if layout is None or layout.hasHeightForWidth() else layout.totalMinimumSize()

    def heightForWidth(self, width: int) -> int:
        """Points."""
        layout = self.layout()
        if layout is None:
            return -1
        return (
            layout.totalMinimumHeightForWidth(width) if layout.hasHeightForWidth() else self.minimumSizeHint().height()
        )
