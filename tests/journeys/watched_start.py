# SPDX-License-Identifier: MIT
"""Runs in a process of its own and prints one JSON object. Not a test by itself: test_imports.py starts it.

``painted`` tells which of the slow libraries are there when the window is painted and its work has not begun;
``journey`` tells which of them the main thread imported itself while a person went through everything.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from notification_tester.qt.app.application import Desktop

SLOW = frozenset(
    [
        "boto3",
        "botocore",
        "keyring",
        "moto",
        "flask",
        "werkzeug",
        "sqlite3",
        "email_validator",
        "urllib3",
        "requests",
        "cryptography",
        "secretstorage",
        "http.client",
        "asyncio",
        "ssl",
    ]
)


class Watch:
    """The first to be asked for every module; finds none."""

    def __init__(self) -> None:
        self.seen: dict[str, list[str]] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Note who asked."""
        del path, target
        if threading.current_thread() is threading.main_thread() and SLOW & {name, name.partition(".")[0]}:
            frames = [one for one in traceback.extract_stack() if "importlib" not in one.filename]
            self.seen.setdefault(name, [f"{one.filename}:{one.lineno}" for one in frames[-6:-1]])
        return None


def loaded() -> list[str]:
    """Which of them are there."""
    return sorted(name for name in SLOW if name in sys.modules)


def painted() -> object:
    """Stop at the moment when the work behind the window would begin."""
    from notification_tester.qt.app.application import Desktop, make_application
    from notification_tester.qt.session import Program
    from notification_tester.storage.places import Places

    application = make_application(["test"])
    found: list[str] = ["never painted"]

    def start(_program: Program, _account_name: str) -> None:
        found[:] = loaded()
        application.exit(0)

    setattr(Program, "start", start)  # noqa: B010 - the moment of interest is the one before it
    with tempfile.TemporaryDirectory() as folder:
        desktop = Desktop(application, Places.under(Path(folder)))
        desktop.begin()
        application.exec()
        desktop.end()
    return found


def until(condition: Callable[[], bool], *, seconds: int = 60) -> None:
    """Turn Qt's loop until it is so."""
    loop = QEventLoop()
    clock = QTimer(interval=20)
    clock.timeout.connect(lambda: loop.quit() if condition() else None)
    clock.start()
    QTimer.singleShot(seconds * 1000, loop, lambda: loop.exit(1))
    if loop.exec() != 0:
        raise TimeoutError


def go_through(desktop: Desktop, folder: Path) -> None:
    """Send by every transport, look at the history, open every dialog."""
    from notification_tester.domain.destination import Transport

    window, page = desktop.window, desktop.window.workspace.test_page
    desktop.begin()
    until(lambda: desktop.program.current is not None and page.form.send.isEnabled())
    for transport in Transport:
        page.form.choice.button(transport.value).click()
        page.form.send.click()
        until(page.form.send.isEnabled)
        page.result.copy_buttons["cli"].click()
        page.result.copy_buttons["python"].click()
    page.form.destination.edit.setText("somebody@example.org")
    page.form.destination.choose_requested.emit()
    window.workspace.go_to("history")
    until(
        lambda: (
            window.workspace.history.page is not None
            and window.workspace.history.page.model.rowCount() == len(Transport)
        )
    )
    if window.workspace.history.page is not None:
        window.workspace.history.page.export_to(str(folder / "out.csv"))
        until((folder / "out.csv").exists)
    for action in window.workspace.bar.menu.actions()[:-1]:
        if "newer" in action.text():
            continue  # it leaves for the browser
        action.trigger()
        until(lambda: any(one.isVisible() for one in window.findChildren(QDialog)))
        for dialog in window.findChildren(QDialog):
            dialog.close()
    desktop.end()


def journey() -> object:
    """Watch the main thread all the way."""
    from notification_tester.qt.app.application import Desktop, make_application
    from notification_tester.storage.places import Places

    watch = Watch()
    sys.meta_path.insert(0, watch)
    application = make_application(["test"])
    with tempfile.TemporaryDirectory() as folder:
        go_through(Desktop(application, Places.under(Path(folder))), Path(folder))
    return {"on_main_thread": watch.seen, "loaded": loaded()}


if __name__ == "__main__":
    deeds: dict[str, Callable[[], object]] = {"painted": painted, "journey": journey}
    json.dump(deeds[sys.argv[1]](), sys.stdout)
