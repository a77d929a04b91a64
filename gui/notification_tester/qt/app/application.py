# SPDX-License-Identifier: MIT
"""The desktop application: made here, in one place, and taken down in the right order."""

from __future__ import annotations

import os
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from notification_tester import __version__
from notification_tester.qt.app import collecting
from notification_tester.qt.app.main_window import MainWindow
from notification_tester.qt.app.single_instance import SingleInstance
from notification_tester.qt.app.window_state import WindowState
from notification_tester.qt.background import Tasks
from notification_tester.qt.session import Program
from notification_tester.storage.places import Places, system_places
from notification_tester.storage.preferences import COLOUR_SCHEME, TEXT_SIZE, Preferences, Setting

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from notification_tester.qt.app.crash_report import CrashReports
    from notification_tester.qt.app.endings import EndedBySignals

SWITCH_SECONDS = 0.00005
"""How soon a busy thread lets the window go on. Qt gives Python's lock away with nearly every call of one painting, and
waits as long to have it back each time: Python's usual 5 ms would add up to what a person feels. Seen on two busy cores
as the longest pause, medians of four in turn: 50 ms in place of 68 while a queue full of other messages is followed, 29
in place of 45 in a test of every event; where nothing else ran there was no difference."""


class Desktop(QObject):
    """The parts of the running application. ``begin`` shows the window; ``end`` takes everything down."""

    def __init__(self, application: QApplication, places: Places) -> None:
        super().__init__()
        self.preferences = Preferences(places.preferences)
        self._application = application
        self._usual_font = application.font()
        if (size := self.preferences.get(TEXT_SIZE)) != TEXT_SIZE.default:
            self._use_text_size(size)
        self._colours = self.preferences.get(COLOUR_SCHEME)
        if self._colours != COLOUR_SCHEME.default or sys.platform == "win32":
            self._use_colours(self._colours)
        if sys.platform == "win32":
            application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.tasks = Tasks(self)
        self.program = Program(self.tasks, places, self)
        self.state = WindowState(self.preferences, self.tasks, self)
        self.window = MainWindow(self.program, self.state, self.preferences)
        self._crashes: CrashReports | None = None
        self.tasks.crashed.connect(self.offer_report)
        self.window.painted.connect(self.window.complete)
        self.window.completed.connect(self._completed)
        self.window.setting_changed.connect(self._setting_changed)

    @property
    def crashes(self) -> CrashReports:
        """What shows a bug of ours; made for the first of them."""
        if self._crashes is None:
            from notification_tester.qt.app.crash_report import CrashReports

            self._crashes = CrashReports(self.window, version=__version__, secrets=self.program.secrets)
        return self._crashes

    def offer_report(self, error: BaseException) -> None:
        """Show a report of ``error``, on the main thread."""
        self.crashes.offer(error)

    def begin(self) -> None:
        """Show the window; what takes time begins once it is painted."""
        self.window.show()

    def end(self) -> bool:
        """Give back what was lent, end practice, let the window go; False when a call under way would not end."""
        self.window.close()
        return self.program.close()

    def _setting_changed(self, setting: Setting[Any], value: object) -> None:
        if setting.key == COLOUR_SCHEME.key:
            self._use_colours(str(value))
        elif setting.key == TEXT_SIZE.key:
            self._use_text_size(str(value))

    def _use_text_size(self, percent: str) -> None:
        """Have every text in this size, in per cent of the system's."""
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QFont

        font = QFont(self._usual_font)
        share = int(percent) / 100
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * share)
        else:
            font.setPixelSize(round(font.pixelSize() * share))
        before = self._application.font().pointSizeF()
        own = [
            (widget, widget.font().pointSizeF())
            for widget in self._application.allWidgets()
            if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont)
        ]
        self._application.setFont(font)
        # Qt hands a new font to windows, and from there to what has none of its own: headings would stay as they are.
        for widget, size in own:
            if min(before, size) > 0 and widget.font().pointSizeF() == size:
                larger = widget.font()
                larger.setPointSizeF(round(size * font.pointSizeF() / before, 2))
                widget.setFont(larger)

    def _use_colours(self, scheme: str) -> None:
        from notification_tester.qt.looks import colour_scheme

        self._colours = scheme
        colour_scheme.apply(self._application, scheme)

    def _system_changed(self) -> None:
        """Have a style that is dark where Windows is now: one of Windows' own is always light."""
        if self._colours == COLOUR_SCHEME.default:
            self._use_colours(self._colours)

    def _completed(self) -> None:
        self.program.start(self.state.last_account)


class CrashHooks:
    """Leads every exception that nothing else takes to a report, from whatever thread it comes."""

    def __init__(self, tasks: Tasks, report: Callable[[BaseException], None]) -> None:
        self._tasks = tasks
        self._report = report

    def install(self) -> None:
        """Be told from now on."""
        sys.excepthook = self._of_main_thread
        threading.excepthook = self._of_thread

    def uninstall(self) -> None:
        """Leave it to Python again."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def _of_main_thread(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        del trace
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
        else:
            self._tasks.on_main_thread(partial(self._report, error))

    def _of_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._tasks.on_main_thread(partial(self._report, arguments.exc_value))


def make_application(arguments: list[str]) -> QApplication:
    """The QApplication with its names; its style is the system's own."""
    sys.setswitchinterval(SWITCH_SECONDS)
    if sys.platform == "win32" and not hasattr(sys, "frozen"):
        import ctypes

        # Else the task bar counts the window among those of Python and shows Python's picture. The built program is
        # known by its own file, and so by the shortcut that it was started from.
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID("mturk-notification-tester")
    application = QApplication(arguments)
    application.setApplicationName("mturk-notification-tester")
    application.setApplicationDisplayName("MTurk Notification Tester")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("mturk-notification-tester")
    return application


def run(places: Places | None = None) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    application = make_application(sys.argv[:1])
    home = places or system_places()
    instance = SingleInstance(home.data)
    if not instance.is_first():
        return 0
    desktop = Desktop(application, home)
    hooks = CrashHooks(desktop.tasks, desktop.offer_report)
    hooks.install()
    endings: list[EndedBySignals] = []
    # One after the other, with the window in between.
    desktop.window.completed.connect(
        lambda: QTimer.singleShot(50, lambda: endings.append(_ended_by_signals(application)))
    )
    instance.raised.connect(desktop.window.come_forward)
    desktop.window.completed.connect(lambda: QTimer.singleShot(100, instance.listen))
    desktop.window.painted.connect(collecting.Collector(desktop.window).begin)
    desktop.begin()
    code = application.exec()
    instance.close()
    all_ended = desktop.end()
    for ending in endings:
        ending.close()
    hooks.uninstall()
    if not all_ended:
        # A call that nobody answers would keep the process, without a window, until it times out.
        os._exit(code)
    return code


def _ended_by_signals(application: QApplication) -> EndedBySignals:
    from notification_tester.qt.app.endings import EndedBySignals

    return EndedBySignals(application)
