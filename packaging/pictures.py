# SPDX-License-Identifier: MIT
"""The pictures of README.md, taken from the real window while it practises. Run by ``make pictures``."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "1.5")

from PySide6.QtCore import QEventLoop, QSize, QTimer

from notification_tester.qt.app.application import Desktop, make_application
from notification_tester.qt.app.self_check import wait_for
from notification_tester.qt.widgets import colour_scheme
from notification_tester.storage.places import Places

FOLDER = Path(__file__).parent / "pictures"
PAUSE_MILLISECONDS = 2000
SIZE = QSize(1200, 760)


def main() -> int:
    """Take every picture anew; returns the exit code."""
    application = make_application(["pictures"])
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        desktop = Desktop(application, Places.under(Path(home)))
        window, program, page = desktop.window, desktop.program, desktop.window.workspace.test_page
        window.resize(SIZE)
        colour_scheme.apply(application, "light")
        try:
            wait_for(desktop.begin, program.opened)
            wait_for(page.form.send.click, page.test_finished)
            take(desktop, "test")
            colour_scheme.apply(application, "dark")
            take(desktop, "test-dark")
            colour_scheme.apply(application, "light")
            opened = program.current
            if opened is None or opened.practice is None:
                return 1
            page.form.destination.set_text(opened.practice.details.blocked_queue_url)
            wait_for(page.form.send.click, page.test_finished)
            take(desktop, "blocked-queue")
            window.workspace.go_to("hit-types")
            take(desktop, "hit-types")
        finally:
            desktop.end()
    return 0


def settle(milliseconds: int) -> None:
    """Let the window go on for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def take(desktop: Desktop, name: str) -> None:
    """Save the window as it is once everything asked for has been drawn, what is known of the destination too."""
    settle(PAUSE_MILLISECONDS)
    path = FOLDER / f"{name}.png"
    if not desktop.window.grab().save(str(path)):
        raise OSError(f"{path} could not be written")
    print(path)


if __name__ == "__main__":
    sys.exit(main())
