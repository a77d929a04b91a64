# SPDX-License-Identifier: MIT
"""Pictures of the real window while it practises. Run by ``make pictures``.

``python pictures.py`` takes every page light, dark and twice as large, each empty, in use, full and in trouble, into
build/pictures, to be looked at; ``python pictures.py readme`` those of README.md and of the manual;
``python pictures.py FOLDER STYLE SCHEME SCALE [STATE]`` one of these runs, such as ``pages windows11 dark 2``, on the
system's own platform on Windows.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if sys.platform == "win32":
    # Wine hands no variable of Qt's to a program: each is set here, before Qt is there.
    os.environ["QT_QPA_PLATFORM"] = "windows"
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if __name__ == "__main__" and len(sys.argv) > 1:
    if os.environ["QT_QPA_PLATFORM"] == "offscreen":
        # Its own screen is 800 x 800: at twice the size every dialog would fit itself to 400 x 400.
        os.environ["QT_QPA_PLATFORM"] += f":configfile={Path(__file__).with_name('pictures_screen.json')}"
    os.environ["QT_SCALE_FACTOR"] = "1.5" if sys.argv[1] == "readme" else sys.argv[4]

from PySide6.QtCore import QEventLoop, QSize, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from notification_tester.domain.account import PRACTICE
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.practice.faults import Faults
from notification_tester.qt.app.application import Desktop, make_application
from notification_tester.qt.app.self_check import wait_for
from notification_tester.qt.looks import colour_scheme
from notification_tester.qt.notification.form_state import Sender
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.places import Places
from notification_tester.storage.preferences import COLOUR_SCHEME, TOUR_SEEN, Preferences
from notification_tester.storage.rows import Beginning, Ending, Outcome
from product import BUILD

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.services.accounts import OpenAccount

FOLDER = Path(__file__).parent / "pictures"
EVERY = BUILD / "pictures"
SCHEMES_AND_SCALES = (("light", "1"), ("dark", "1"), ("light", "2"))
STATES = ("empty", "usual", "full", "trouble")

SETTLE = 900
"""Milliseconds in which everything asked for is drawn, what is known of the destination too."""
PATIENCE_SECONDS = 600
README_SIZE, SIZE, SMALLEST = QSize(1200, 760), QSize(1240, 820), QSize(900, 600)
MANY_HIT_TYPES, MANY_MESSAGES = 3000, 10_000
TESTS = Path(__file__).resolve().parents[1] / "tests"


def main(words: list[str]) -> int:
    """Take what is asked for; returns the exit code."""
    if not words:
        return take_all()
    application = make_application(["pictures"])
    with tempfile.TemporaryDirectory() as home:
        places = Places.under(Path(home))
        if words[0] == "readme":
            FOLDER.mkdir(exist_ok=True)
            prepare(places, "usual")
            _fill_history(places, 120, timedelta(hours=5))
            return _with_window(application, places, _readme, size=README_SIZE)
        folder, style, scheme, scale = Path(words[0]), *words[1:4]
        state = words[4] if len(words) > 4 else "usual"
        folder.mkdir(parents=True, exist_ok=True)
        application.setStyle(style)
        prepare(places, state)

        def path(name: str) -> Path:
            return folder / f"{style}-{scheme}-{scale}-{state}-{name}.png"

        def walk(desktop: Desktop) -> None:
            desktop.window.setting_changed.emit(COLOUR_SCHEME, scheme)  # as the preferences do
            WALKS[state](desktop, path)

        return _with_window(application, places, walk, size=SMALLEST if scale == "2" else SIZE)


def take_all() -> int:
    """Every run in a process of its own, because the scale is read once; returns the exit code."""
    good = True
    for (scheme, scale), state in itertools.product(SCHEMES_AND_SCALES, STATES):
        began = time.monotonic()
        done = subprocess.run([sys.executable, __file__, EVERY, "Fusion", scheme, scale, state], check=False)
        how = "taken" if done.returncode == 0 else "NOT TAKEN"
        print(f"{scheme}, {scale}, {state}: {how} in {time.monotonic() - began:.0f} s", flush=True)
        good = good and done.returncode == 0
    return 0 if good else 1


def prepare(places: Places, state: str) -> None:
    """Leave what an earlier start would have left: a tour that is over, many tests, or settings that are damaged."""
    if state != "empty":
        Preferences(places.preferences).set(TOUR_SEEN, True)
    if state == "trouble":
        places.preferences.parent.mkdir(parents=True, exist_ok=True)
        places.preferences.write_text("{", encoding="utf-8")
    if state == "full":
        sys.path.append(str(TESTS))
        from benchmarks.bench_history import ROWS, fill  # a million, as they are measured

        fill(places.database, ROWS)


def _fill_history(places: Places, tests: int, apart: timedelta) -> None:
    events = [event.value for event in EventType if not event.is_test_only]
    began = datetime.now(tz=UTC) - tests * apart
    with Database(places.database) as database:
        history = History(database)
        for number in range(tests):
            event = events[number % len(events)]
            asked = Beginning(
                account=PRACTICE.name,
                environment=PRACTICE.environment.value,
                transport="SQS",
                destination="http://127.0.0.1:8080/111122223333/practice-results",
                version="2006-05-05",
                events=tuple(events),
                event=event,
            )
            row = history.begin(asked, now=began + number * apart)
            history.complete(row, _ending(number))


def _ending(number: int) -> Ending:
    seconds = 0.4 + (number * 37 % 100) / 100
    good = number % 17 != 0
    yes = Lamp(state=State.YES, detail="It did.", seconds=seconds)
    no = Lamp(state=State.NO, detail="Not seen within 60 s.")
    outcome = Outcome.GOOD if good else Outcome.BAD
    return Ending(
        outcome=outcome, accepted=yes, arrived=yes if good else no, as_expected=yes if good else no, seconds=seconds
    )


def _with_window(application: QApplication, places: Places, walk: Callable[[Desktop], object], *, size: QSize) -> int:
    desktop = Desktop(application, places)
    desktop.window.resize(size)
    colour_scheme.apply(application, "light")
    try:
        opened = desktop.program.opened, desktop.program.open_failed
        wait_for(desktop.begin, *opened)
        if desktop.program.current is None:  # a busy computer was too slow for it: what it read is at hand now
            wait_for(lambda: desktop.program.open(PRACTICE), *opened)
        desktop.window.activateWindow()
        walk(desktop)
    finally:
        desktop.end()
    return 0


def _readme(desktop: Desktop) -> None:
    window, page, application = desktop.window, desktop.window.workspace.test_page, QApplication.instance()
    assert isinstance(application, QApplication)
    _, practice = _practice(desktop)
    send(desktop)
    settle(3 * SETTLE)  # the address is looked at, too
    take(window, FOLDER / "test.png")
    colour_scheme.apply(application, "dark")
    take(window, FOLDER / "test-dark.png")
    colour_scheme.apply(application, "light")
    page.form.destination.set_text(practice.details.blocked_queue_url)
    send(desktop)
    take(window, FOLDER / "blocked-queue.png")
    for name in ("hit-types", "history"):
        window.workspace.go_to(name)
        take(window, FOLDER / f"{name}.png")
    _follow(desktop, messages=40, speed=200.0)
    window.workspace.go_to("hit-types")
    window.workspace.go_to("inbox")  # with the titles that are known by now
    settle(SETTLE)
    take(window, FOLDER / "inbox.png")


def empty(desktop: Desktop, path: Callable[[str], Path]) -> None:
    """Before anything was done, once the tour is there."""
    until(lambda: desktop.window.workspace.tour is not None)
    _pages(desktop, path, ("test", "hit-types", "inbox", "history"))
    _dialogs(desktop, path)


def usual(desktop: Desktop, path: Callable[[str], Path]) -> None:
    """After some tests, one of them in vain, with every dialog."""
    workspace, page = desktop.window.workspace, desktop.window.workspace.test_page
    _, practice = _practice(desktop)
    send(desktop)
    take(desktop.window, path("test"))
    page.form.where.choose_here()
    page.form.choice.button(Transport.SQS.value).click()
    send(desktop)
    take(desktop.window, path("test-from-here"))
    page.form.where.who.button(Sender.MECHANICAL_TURK.value).click()
    page.form.destination.set_text(practice.details.blocked_queue_url)
    send(desktop)
    take(desktop.window, path("test-blocked"))
    if workspace.checkup is not None:
        workspace.checkup.open_findings()
        _dialog(path("checkup"))
    _follow(desktop, messages=60, speed=300.0)
    _pages(desktop, path, ("hit-types", "inbox", "history"))
    _dialogs(desktop, path)


def full(desktop: Desktop, path: Callable[[str], Path]) -> None:
    """Thousands of everything."""
    _, practice = _practice(desktop)
    practice.add_hits(hits=MANY_HIT_TYPES, hit_types=MANY_HIT_TYPES)
    send(desktop)
    _collect(desktop)
    _follow(desktop, messages=MANY_MESSAGES, speed=1e6)
    _pages(desktop, path, ("test", "hit-types", "inbox"))
    history = desktop.window.workspace.history
    desktop.window.workspace.go_to("history")
    until(lambda: history.page is not None and history.page.latency.isVisible())
    take(desktop.window, path("history"))


def trouble(desktop: Desktop, path: Callable[[str], Path]) -> None:
    """Settings are damaged, the queue is closed, and then the keys open nothing."""
    workspace, page = desktop.window.workspace, desktop.window.workspace.test_page
    _, practice = _practice(desktop)
    if workspace.tour is not None:
        workspace.tour.end()
    page.form.destination.set_text(practice.details.blocked_queue_url)
    send(desktop)
    take(desktop.window, path("test"))
    practice.set_faults(Faults(unlinked=True))
    send(desktop)
    take(desktop.window, path("test-unlinked"))
    _collect(desktop)
    take(desktop.window, path("hit-types"))
    practice.set_faults(Faults(denied_actions=("sqs:*",)))
    workspace.go_to("inbox")
    settle(SETTLE)
    inbox = workspace.inbox.page
    if inbox is None:
        raise RuntimeError("the page Inbox is not there")
    inbox.form.follow.click()
    until(inbox.problem.isVisible)
    take(desktop.window, path("inbox"))
    _pages(desktop, path, ("history",))


WALKS = {"empty": empty, "usual": usual, "full": full, "trouble": trouble}


def _practice(desktop: Desktop) -> tuple[OpenAccount, PracticeCloud]:
    opened = desktop.program.current
    if opened is None or opened.practice is None:
        raise RuntimeError("practice is not open")
    return opened, opened.practice


def send(desktop: Desktop) -> None:
    """Send what the form says, and wait for how it ends."""
    page = desktop.window.workspace.test_page
    wait_for(page.form.send.click, page.test_finished)


def _collect(desktop: Desktop) -> None:
    """Go to the HIT types and press Refresh."""
    desktop.window.workspace.go_to("hit-types")
    settle(SETTLE)
    page = desktop.window.workspace.hit_types.page
    if page is None:
        raise RuntimeError("the page HIT types is not there")
    until(lambda: not page.controller.is_listing)  # it begins by itself
    page.view.refresh.click()
    until(lambda: not page.controller.is_listing)


def _follow(desktop: Desktop, *, messages: int, speed: float) -> None:
    """Have the workers send so many notifications to the practice queue, and follow it until they are in."""
    opened, practice = _practice(desktop)
    events = [event.value for event in EventType if not event.is_test_only]
    opened.clients.mturk.update_notification_settings(
        HITTypeId=opened.clients.mturk.list_hits()["HITs"][0]["HITTypeId"],
        Active=True,
        Notification={
            "Destination": practice.details.queue_url,
            "Transport": "SQS",
            "Version": "2006-05-05",
            "EventTypes": events,  # type: ignore[typeddict-item]
        },
    )
    desktop.window.workspace.go_to("inbox")
    settle(SETTLE)
    page = desktop.window.workspace.inbox.page
    if page is None:
        raise RuntimeError("the page Inbox is not there")
    until(page.form.follow.isEnabled)
    page.form.follow.click()
    now = page.controller.following
    if now is None:
        raise RuntimeError("nothing is followed")
    desktop.program.tasks.run(
        partial(practice.set_workers, speed=speed, events=messages, batches=False),
        done=lambda _: None,
        failed=desktop.program.notice.emit,
    )
    until(lambda: now.inbox.messages >= messages and page.model.is_up_to_date)


def _pages(desktop: Desktop, path: Callable[[str], Path], names: tuple[str, ...]) -> None:
    for name in names:
        desktop.window.workspace.go_to(name)
        take(desktop.window, path(name))


def _dialogs(desktop: Desktop, path: Callable[[str], Path]) -> None:
    for action in desktop.window.workspace.bar.menu.actions():
        name = action.text().replace("&", "").rstrip("…").casefold()
        if name in {"accounts", "preferences", "report of tests", "help", "about"}:
            action.trigger()
            _dialog(path(name.partition(" ")[0]))


def _dialog(path: Path) -> None:
    settle(SETTLE)
    for window in QApplication.topLevelWidgets():
        if isinstance(window, QDialog) and window.isVisible():
            take(window, path)
            window.close()
    settle(SETTLE // 4)


def until(condition: Callable[[], bool]) -> None:
    """Let the window go on until it is so. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        settle(20)


def settle(milliseconds: int) -> None:
    """Let the window go on for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def take(window: QWidget, path: Path) -> None:
    """Save a window as it is once everything asked for has been drawn."""
    settle(SETTLE)
    if not window.grab().save(str(path)):
        raise OSError(f"{path} could not be written")
    print(path, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
