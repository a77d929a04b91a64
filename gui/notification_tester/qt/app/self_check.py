# SPDX-License-Identifier: MIT
"""Proves that this installation works: the real window, the practice cloud, the keyring, the icons. A line each.

The window is driven as a person would: the form is filled, Send is pressed, and the lamps are read. Nothing of the
person's own is touched: settings and history are in a temporary folder, and only the keyring is the real one.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QEventLoop, QTimer
from PySide6.QtGui import QPixmap

from notification_tester.qt.app import display

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance
    from PySide6.QtGui import QImage, QPalette
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.destination import Transport
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.app.application import Desktop

PATIENCE_SECONDS = 60
SETTLE_MILLISECONDS = 100
RESTLESS_SECONDS = 5


class CheckFailedError(Exception):
    """One line does not hold; the message says why."""


class NothingToCheckError(Exception):
    """One line cannot be looked at here, and that is no failure; the message says why."""


def self_check(screenshot: str = "") -> int:
    """Run every check, print a line for each, and return 0 only when all of them hold.

    ``screenshot`` is the file to save a picture of the window to, or empty.
    """
    if not display.is_there():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from notification_tester.qt.app.application import Desktop, make_application
    from notification_tester.storage.places import Places

    # A failed drawing must show as one: Qt paints nothing for what it cannot read.
    application = make_application(["mturk-notification-tester"])
    lines = _Lines()
    with tempfile.TemporaryDirectory(prefix="mturk-notification-tester-") as folder:
        desktop = Desktop(application, Places.under(Path(folder)))
        window = desktop.window
        try:
            lines.check("window is painted", lambda: wait_for(desktop.begin, window.painted))
            lines.check("practice cloud starts", lambda: _wait_until_open(desktop))
            for transport in _transports():
                lines.check(f"{transport.value}: sent, arrived, as expected", _send_check(desktop, transport))
            if screenshot:
                lines.check(f"picture is saved to {screenshot}", lambda: _save(desktop, screenshot))
            lines.check("icons are drawn", lambda: _draw_icons(window.palette()))
            lines.check("help has its chapters", _open_help)
            lines.check("keyring keeps, gives back and forgets a secret", _use_keyring)
        finally:
            desktop.end()
    lines.check("nothing is left running", lambda: _nothing_left(desktop))
    return lines.finish()


class _Lines:
    """Prints as it goes, so that a hang shows where it is."""

    def __init__(self) -> None:
        self._failed = 0

    def check(self, name: str, work: Callable[[], str]) -> None:
        try:
            word, remark = "ok", work()
        except NothingToCheckError as nothing:
            word, remark = "not here", str(nothing)
        except CheckFailedError as failure:
            word, remark = "FAILED", str(failure)
            self._failed += 1
        sys.stdout.write(f"{word:8}  {name}{f': {remark}' if remark else ''}\n")
        sys.stdout.flush()

    def finish(self) -> int:
        """The last line, and the exit code."""
        sys.stdout.write("All is well.\n" if not self._failed else f"{self._failed} of these failed.\n")
        return 1 if self._failed else 0


def _transports() -> tuple[Transport, ...]:
    from notification_tester.domain.destination import Transport

    return (Transport.SQS, Transport.SNS, Transport.EMAIL)


def wait_for(begin: Callable[[], None], *signals: SignalInstance) -> str:
    """Turn Qt's loop until one of ``signals`` came, having begun what will bring it."""
    loop = QEventLoop()
    clock = QTimer(singleShot=True)
    clock.timeout.connect(lambda: loop.exit(1))
    for signal in signals:
        signal.connect(lambda *_: loop.exit(0))
    clock.start(PATIENCE_SECONDS * 1000)
    QTimer.singleShot(0, begin)
    if loop.exec() != 0:
        message = f"nothing happened within {PATIENCE_SECONDS} seconds"
        raise CheckFailedError(message)
    return ""


def _wait_until_open(desktop: Desktop) -> str:
    problems: list[Problem] = []
    program = desktop.program
    program.open_failed.connect(lambda _, problem: problems.append(problem))
    if program.current is None:
        wait_for(lambda: None, program.opened, program.open_failed)
    if problems:
        raise CheckFailedError(f"{problems[0].title} {problems[0].detail}")
    return ""


def _send_check(desktop: Desktop, transport: Transport) -> Callable[[], str]:
    def send() -> str:
        page = desktop.window.workspace.test_page
        if desktop.program.current is None:
            message = "there is no practice cloud to send to"
            raise CheckFailedError(message)
        page.form.choice.button(transport.value).click()
        wait_for(page.form.send.click, page.test_finished)
        outcome = page.result.shown_outcome()
        if outcome is None or not outcome.is_good:
            said = outcome.problem.title if outcome is not None and outcome.problem is not None else "not all green"
            raise CheckFailedError(said)
        from notification_tester.domain.counts import seconds_words

        return seconds_words(outcome.arrived.seconds or 0.0)

    return send


def painted(window: QWidget) -> QImage:
    """A picture of a window that is not being laid out any more: two in a row are alike.

    One that never comes to rest is taken as it is after :data:`RESTLESS_SECONDS`.
    """
    loop = QEventLoop()
    turn = QTimer(singleShot=True, interval=SETTLE_MILLISECONDS)  # from look to look, however late the one before came
    pictures = [window.grab().toImage()]

    def look() -> None:
        pictures.append(window.grab().toImage())
        if pictures[-1] == pictures[-2] or len(pictures) * SETTLE_MILLISECONDS > RESTLESS_SECONDS * 1000:
            loop.exit()
        else:
            turn.start()

    turn.timeout.connect(look)
    turn.start()
    loop.exec()
    return pictures[-1]


def _save(desktop: Desktop, screenshot: str) -> str:
    from notification_tester.domain.problem import ProblemError
    from notification_tester.storage.whole_file import save_bytes

    path, picture = Path(screenshot), QBuffer()
    if not QPixmap.fromImage(painted(desktop.window)).save(picture, path.suffix.removeprefix(".") or "?"):
        message = "the ending of its name is of no kind of picture (use .png)"
        raise CheckFailedError(message)
    session = desktop.program.session
    owner = None if session is None else session.owner
    try:
        save_bytes(path, bytes(picture.data().data()), what="the picture", owner=owner)
    except ProblemError as error:
        raise CheckFailedError(f"{error.problem.title} {error.problem.detail}") from error
    return ""


def _draw_icons(palette: QPalette) -> str:
    from notification_tester.qt.looks import icons

    count = 0
    for name in icons.names():
        try:
            image = icons.pixmap(name, palette.windowText().color(), size=24, ratio=2).toImage()
        except (OSError, ValueError) as error:
            raise CheckFailedError(f"{name}: {error}") from error
        if not any(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())):
            message = f"{name} is empty"
            raise CheckFailedError(message)
        count += 1
    if not count:
        message = "there are none"
        raise CheckFailedError(message)
    return f"{count}"


def _open_help() -> str:
    from notification_tester.qt.help.help_dialog import HelpDialog

    try:
        dialog = HelpDialog()
    except OSError as error:
        raise CheckFailedError(str(error)) from error
    for name, chapter in dialog.chapters.items():
        dialog.show_chapter(name)
        if not dialog.text.toPlainText().startswith(chapter.title):
            raise CheckFailedError(f"{name} is empty")
    dialog.deleteLater()
    return f"{len(dialog.chapters)}"


def _use_keyring() -> str:
    from notification_tester.domain.account import Credentials
    from notification_tester.domain.problem import ProblemError
    from notification_tester.storage.vault import Vault

    name = f"self-check {secrets.token_hex(4)}"
    keys = Credentials(access_key_id="AKIASELFCHECK0000000", secret_access_key=secrets.token_hex(20))
    try:
        Vault().check()
    except ProblemError as error:
        raise NothingToCheckError(f"{error.problem.title} {error.problem.detail}") from error
    try:
        Vault().store(name, keys)
        if Vault().load(name) != keys:
            message = "what came back is not what was kept"
            raise CheckFailedError(message)
        Vault().forget(name)
        if Vault().load(name) is not None:
            message = "the secret is still there after it was forgotten"
            raise CheckFailedError(message)
    except ProblemError as error:
        raise CheckFailedError(f"{error.problem.title} {error.problem.detail}") from error
    return ""


def _nothing_left(desktop: Desktop) -> str:
    opened = desktop.program.current
    if opened is not None and opened.practice is not None and opened.practice.is_running():
        message = "the practice cloud still runs"
        raise CheckFailedError(message)
    return ""
