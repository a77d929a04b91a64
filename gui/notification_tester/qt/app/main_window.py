# SPDX-License-Identifier: MIT
"""The window itself: there at once with its ground, then filled; its place on the screen, and its closing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from notification_tester.qt.app import read_ahead
from notification_tester.qt.app.read_ahead import ReadAhead
from notification_tester.qt.looks.colours import mixed, seen

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QPaintEvent

    from notification_tester.qt.app.window_state import WindowState
    from notification_tester.qt.app.workspace import Workspace
    from notification_tester.qt.session import Program
    from notification_tester.storage.preferences import Preferences

USUAL_SIZE = QSize(1240, 820)
FRAME = QSize(16, 48)
"""Room for what the desktop draws around a window; Qt learns its true size only once the window is there."""
BAR_HEIGHT, PAGES_WIDTH = 46, 156
"""Of the grounds of the first sight, about as large as what will stand on them."""
ENDLESS = 10_000
"""Longer than any screen, so that the grounds need no layout."""


class MainWindow(QMainWindow):
    """What a person sees. Emits ``painted`` once, when it is there for the first time, and ``completed`` after that.

    The first sight is the window with the grounds of bar and pages; what stands on them follows at once, in steps too
    short to be felt, and before anything else begins. Nothing that the first sight does without may be imported here:
    each class of Qt's that is touched costs a start some milliseconds.
    """

    painted = Signal()
    completed = Signal()
    setting_changed = Signal(object, object)  # Setting, its new value

    def __init__(self, program: Program, state: WindowState, preferences: Preferences) -> None:
        super().__init__()
        self._program = program
        self._state = state
        self._preferences = preferences
        self._was_painted = False
        self._workspace: Workspace | None = None
        self._reading = ReadAhead(read_ahead.WORKSPACE, self, pause=0)
        self._reading.over.connect(self._fill)
        self.setWindowTitle(self.tr("MTurk Notification Tester"))
        self.setMinimumSize(640, 480)
        self.setCentralWidget(_first_sight())
        if not state.restore_window(self):
            self.resize(USUAL_SIZE.boundedTo(self.screen().availableSize() - FRAME))

    @property
    def workspace(self) -> Workspace:
        """What fills the window; made when first wanted."""
        if self._workspace is None:
            from notification_tester.qt.app.workspace import Workspace

            workspace = self._workspace = Workspace(self._program, self._state, self._preferences, self)
            workspace.completed.connect(self.completed)
            workspace.setting_changed.connect(self.setting_changed)
            workspace.come_forward_requested.connect(self.come_forward)
            self.setCentralWidget(workspace)
            if sys.platform == "darwin":
                from notification_tester.qt.app import mac_menus

                mac_menus.fill(self, workspace.navigation.actions(), workspace.bar.menu.actions())
        return self._workspace

    def complete(self) -> None:
        """Make what the first sight did without; ``completed`` when it is there."""
        self._reading.start()

    def come_forward(self) -> None:
        """Another start asked for this window."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell when it is there for the first time."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def changeEvent(self, event: QEvent) -> None:
        """Have the pages look for what others did meanwhile; of all widgets Qt tells this one that it is active."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self._workspace is not None:
            self._workspace.look_for_others()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window's place; ask first while changes to HIT types are being sent."""
        self._reading.stop()
        if self._workspace is not None:
            if not self._workspace.may_close(self.close):
                event.ignore()
                return
            self._workspace.close_up()
        self._state.finish(self)
        super().closeEvent(event)

    def _fill(self) -> None:
        from notification_tester.qt.looks import icons

        QApplication.setWindowIcon(icons.application_icon())
        self.workspace.complete()


def _first_sight() -> QWidget:
    """The grounds of the bar and of the pages' names, filled by Qt itself, which needs less for it than a painter."""
    everything = QWidget()
    bar, pages = QWidget(everything), QWidget(everything)
    pages.setGeometry(0, BAR_HEIGHT, PAGES_WIDTH, ENDLESS)
    bar.setGeometry(0, 0, ENDLESS, BAR_HEIGHT)
    palette = everything.palette()
    text, window = seen(palette, QPalette.ColorRole.WindowText), seen(palette, QPalette.ColorRole.Window)
    palette.setColor(QPalette.ColorRole.Window, mixed(window, text, 0.04))
    pages.setPalette(palette)
    bar.setBackgroundRole(QPalette.ColorRole.Base)
    for ground in (bar, pages):
        ground.setAutoFillBackground(True)
    return everything
