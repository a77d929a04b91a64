# SPDX-License-Identifier: MIT
"""Somebody at the real window, who does what they are told and says what the window shows.

Reads one JSON object a line and answers with one. The first says which cloud, through which gateway.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QTextEdit

from journeys import watched_start
from notification_tester.aws import clients
from notification_tester.domain.account import Account, Credentials, Environment, KeySource
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport
from notification_tester.qt.app.application import CrashHooks, Desktop, make_application
from notification_tester.qt.app.navigation import HIT_TYPES
from notification_tester.services import holding as inbox_holding
from notification_tester.services import polls
from notification_tester.services.inbox import reading as inbox_reading
from notification_tester.services.sending import test_send
from notification_tester.storage.places import system_places
from notification_tester.storage.preferences import WAIT_SECONDS

NAME = "Lab"
until = partial(watched_start.until, seconds=300)
"""A busy machine takes its time, and what hangs is told all the same."""


class Window:
    """What is done with it, each by a widget, and what is then to be seen."""

    def __init__(self, application: QApplication, details: dict[str, str], gateway: str) -> None:
        self._application = application
        self.desktop = Desktop(application, system_places())
        self.hooks = CrashHooks(self.desktop.tasks, self.desktop.offer_report)
        self.hooks.install()
        self._workspace = self.desktop.window.workspace
        self.desktop.begin()
        program = self.desktop.program
        until(lambda: program.current is not None)
        keys = Credentials(
            access_key_id=details["access_key_id"], secret_access_key=details["secret_access_key"], session_token=""
        )
        account = Account(
            name=NAME,
            environment=Environment.OTHER,
            source=KeySource.SESSION,
            endpoint=gateway,
            aws_endpoint=gateway,
        )
        program.add_account(account, keys, done=lambda: None, failed=lambda problem: sys.exit(problem.as_text()))
        until(lambda: self._is_open() and self._workspace.test_page.form.send.isEnabled())

    def _is_open(self) -> bool:
        current = self.desktop.program.current
        return current is not None and current.account.name == NAME

    def send(self, destination: str) -> dict[str, Any]:
        """The page Test."""
        page = self._workspace.test_page
        self._workspace.go_to("test")
        page.form.choice.button(Transport.SQS.value).click()
        page.form.destination.set_text(destination)
        page.form.send.click()
        until(page.form.send.isEnabled)
        outcome = page.result.shown_outcome()
        if outcome is None:
            return {"lamps": None}
        session = self.desktop.program.session
        assert session is not None
        assert session.history is not None
        session.history.write_out()
        row = None if outcome.history_id is None else session.history.row(outcome.history_id)
        shown = [outcome.accepted, outcome.arrived, outcome.as_expected]
        written = None if row is None else [row.accepted, row.arrived, row.as_expected]
        return {
            "lamps": [lamp.state.value for lamp in shown],
            "details": " ".join(lamp.detail for lamp in shown),
            "written": written and [lamp.state.value for lamp in written],
        }

    def collect(self) -> dict[str, Any]:
        """The page HIT types, refreshed."""
        self._workspace.go_to(HIT_TYPES)
        until(lambda: self._workspace.hit_types.page is not None)
        page = self._workspace.hit_types.page
        assert page is not None
        until(lambda: not page.controller.is_listing and page.controller.opened is not None)
        page.view.refresh.click()
        until(lambda: not page.controller.is_listing and not page.model.is_taking)
        return {"ids": [str(row.id) for row in page.model.rows()], "is_told": page.view.problem.isVisible()}

    def follow(self, destination: str) -> dict[str, Any]:
        """The page Inbox, until its list is calm, and paused."""
        inbox = self._workspace.inbox
        self._workspace.go_to("inbox")
        until(lambda: inbox.page is not None)
        page = inbox.page
        assert page is not None
        if not page.form.isVisible():
            page.places.other.click()
        page.form.choice.button(Transport.SQS.value).click()
        page.form.destination.set_text(destination)
        page.form.follow.click()
        seen = [-1]

        def is_calm() -> bool:
            before, seen[0] = seen[0], page.model.rowCount()
            return before == seen[0]

        until(is_calm)
        until(lambda: page.bar.pause.isVisible() or not page.controller.is_following)
        if page.bar.pause.isVisible():
            page.bar.pause.click()
        until(lambda: not page.controller.is_following)
        return {"rows": page.model.rowCount()}

    def texts(self) -> str:
        """Every word of every widget."""
        found = [self.desktop.window.windowTitle()]
        for widget in QApplication.allWidgets():
            found.append(widget.toolTip())
            if isinstance(widget, QLabel | QLineEdit):
                found.append(widget.text())
            elif isinstance(widget, QPlainTextEdit | QTextEdit):
                found.append(widget.toPlainText())
        return "\n".join(found)


def _claim_everything() -> None:
    """A fault on purpose: whatever is said of a test is said with a yes."""

    def yes(**values: Any) -> Lamp:
        return Lamp(**{**values, "state": State.YES})

    vars(test_send)["Lamp"] = yes


def main() -> None:
    """Do what is told, until the end of input."""
    clients.CALL_SECONDS, clients.READ_SECONDS = 1.2, 0.6  # type: ignore[assignment]
    inbox_holding.GIVE_BACK_SECONDS, polls.FIRST_PAUSE = 2.0, 0.2
    inbox_holding.SHORTEST_HOLD, inbox_reading.POLL_SECONDS = 4, 1
    if sys.argv[1:] == ["planted"]:
        _claim_everything()
    begin = json.loads(sys.stdin.readline())
    application = make_application(["test"])
    window = Window(application, begin["details"], begin["gateway"])
    window.desktop.preferences.set(WAIT_SECONDS, 5)
    while line := sys.stdin.readline():
        task = json.loads(line)
        shown = getattr(window, task["do"])(*task["with"])
        shown["bug"] = None if window.desktop.crashes.open_report is None else "a report of a bug is open"
        if begin["details"]["secret_access_key"] in window.texts():
            shown["bug"] = "a secret is shown"
        sys.stdout.write(json.dumps(shown) + "\n")
        sys.stdout.flush()
    window.desktop.end()


if __name__ == "__main__":
    try:
        main()
    except BaseException:  # noqa: BLE001 - the hooks of the window would show it to a person, and there is none
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
