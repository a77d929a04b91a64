# SPDX-License-Identifier: MIT
"""The page Test by keyboard: each underlined letter leads to one place, and where the keyboard is can be seen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from journeys.test_mailbox import TAKE, Browser
from notification_tester.practice.faults import Faults
from notification_tester.qt.help import release_page
from notification_tester.qt.help.help_dialog import HelpDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from journeys.person import Person


def taken_twice(person: Person) -> dict[str, list[str]]:
    """Letters that more than one of what is in sight has, with the texts; such a letter presses none of them."""
    buttons = [one for one in person.window.findChildren(QAbstractButton) if one.isEnabled()]
    texts = [one.text() for one in buttons if one.isVisible()]
    texts += [one.text() for one in person.window.findChildren(QLabel) if one.buddy() is not None and one.isVisible()]
    letters = [(QKeySequence.mnemonic(text).toString(), text) for text in texts]
    count = Counter(letter for letter, _ in letters if letter)
    return {letter: [text for one, text in letters if one == letter] for letter, number in count.items() if number > 1}


def test_no_letter_is_taken_twice(person: Person) -> None:
    assert taken_twice(person) == {}
    person.click(person.form.advanced)
    assert taken_twice(person) == {}
    person.click(person.form.events.all_link)
    person.send()
    assert taken_twice(person) == {}
    person.click(person.form.choice.button("Email"))
    person.send()
    person.until(person.result.mailbox.isVisible)  # the list of the twelve is shown first
    assert taken_twice(person) == {}


def test_no_letter_is_taken_twice_where_something_is_wrong(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    assert {"mend", "copy-statement", "throw-away", "again"} <= set(person.result.problem.buttons)
    assert taken_twice(person) == {}
    person.type_destination(person.cloud.details.queue_url)
    person.cloud.set_faults(Faults(access_denied=True))
    person.send()
    assert "accounts" in person.result.problem.buttons
    assert taken_twice(person) == {}
    person.type_destination(person.cloud.details.topic_arn)
    person.click(person.form.send)
    assert taken_twice(person) == {}


def test_no_letter_is_taken_twice_at_the_hit_types(person: Person) -> None:
    workspace = person.window.workspace
    workspace.go_to("hit-types")
    person.until(lambda: workspace.hit_types.page is not None and workspace.hit_types.page.model.total > 0)
    assert taken_twice(person) == {}
    page = workspace.hit_types.page
    assert page is not None
    page.view.table.selectRow(0)
    assert taken_twice(person) == {}
    person.click(page.view.refresh)
    assert taken_twice(person) == {}
    person.until(lambda: not page.controller.is_listing)


def test_f1_opens_the_help(person: Person) -> None:
    person.window.activateWindow()
    QTest.keyClick(person.window, Qt.Key.Key_F1)
    (dialog,) = person.window.findChildren(HelpDialog)
    person.until(dialog.isActiveWindow)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_newer_version_is_looked_for_on_request_and_never_by_itself(
    sit_down: Callable[[], Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = tmp_path / release_page.FILE
    monkeypatch.setattr(release_page, "FILE", str(known))
    known.write_text("https://releases.example/newest", encoding="utf-8")
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, TAKE)
    try:
        person = sit_down()
        person.start()
        person.send()
        assert browser.opened == ""
        (action,) = [one for one in person.window.workspace.bar.menu.actions() if "newer" in one.text()]
        action.trigger()
        assert browser.opened == "https://releases.example/newest"
    finally:
        QDesktopServices.unsetUrlHandler("https")
    known.unlink()
    action.trigger()
    bar = person.window.workspace.problems
    assert bar.isVisible()
    assert bar.title.text() == "This copy does not know where newer versions are."
