# SPDX-License-Identifier: MIT
"""Runs in a session bus of its own with a real keyring: a person keeps keys, tests, exports, and meets a bug.

What the practice cloud printed comes by standard input; what became of it is printed as one JSON object, without a
secret. Not a test by itself: test_secrets.py starts it.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from journeys.watched_start import until
from notification_tester.domain.account import KeySource
from notification_tester.practice.cloud import PracticeDetails
from notification_tester.qt.app.application import Desktop, make_application
from notification_tester.storage.places import system_places
from notification_tester.storage.vault import Vault


def add_account(desktop: Desktop, details: PracticeDetails) -> None:
    """Type the keys in, and have them kept."""
    dialog = desktop.window.workspace.accounts.open(add=True)
    form = dialog.form
    form.name.setText("Lab")
    form.environment.other.setChecked(True)
    form.environment.endpoint.setText(details.mturk_endpoint)
    form.environment.aws_endpoint.setText(details.aws_endpoint)
    form.keys.typed.access_key.setText(details.access_key_id)
    form.keys.typed.secret.setText(details.secret_access_key)
    form.save.click()
    until(lambda: not dialog.is_adding or bool(form.problem_note.text))
    dialog.close()


def go(desktop: Desktop, application: QApplication, details: PracticeDetails, folder: Path) -> dict[str, object]:
    """The whole journey."""
    program, page = desktop.program, desktop.window.workspace.test_page
    desktop.begin()
    until(lambda: program.current is not None)
    add_account(desktop, details)
    until(lambda: program.current is not None and program.current.account.name == "Lab" and page.form.send.isEnabled())
    outcomes = []
    for destination in (details.queue_url, details.blocked_queue_url):
        page.form.destination.set_text(destination)
        page.form.send.click()
        until(page.form.send.isEnabled)
        outcome = page.result.shown_outcome()
        outcomes.append(outcome is not None and outcome.is_good)
    for key in ("cli", "python"):
        page.result.copy_buttons[key].click()
        (folder / f"{key}.txt").write_text(QApplication.clipboard().text())
    desktop.window.workspace.go_to("history")
    until(
        lambda: (
            desktop.window.workspace.history.page is not None
            and desktop.window.workspace.history.page.model.rowCount() == 2
        )
    )
    history = desktop.window.workspace.history.page
    if history is not None:
        for name in ("history.csv", "history.json"):
            history.export_to(str(folder / name))
            until((folder / name).exists)
            until(history.export.isEnabled)
    with contextlib.suppress(RuntimeError):
        error = RuntimeError(f"refused: {details.secret_access_key!r} for {details.access_key_id}")
        desktop.crashes.offer(error)
    report = desktop.crashes.open_report
    text = "" if report is None else report.text.toPlainText()
    (folder / "report.txt").write_text(text)
    if report is not None:
        report.close()
    source = program.current.account.source if program.current is not None else None
    desktop.end()
    kept = Vault().load("Lab")
    return {
        "outcomes": outcomes,
        "kept": kept is not None and kept.secret_access_key == details.secret_access_key,
        "source_is_keyring": source is KeySource.KEYRING,
        "report": "RuntimeError" in text,
    }


def main() -> None:
    """Go, and tell."""
    details = PracticeDetails.from_json(sys.stdin.readline())
    application = make_application(["test"])
    folder = Path.home() / "given out"
    folder.mkdir()
    json.dump(go(Desktop(application, system_places()), application, details, folder), sys.stdout)


if __name__ == "__main__":
    main()
