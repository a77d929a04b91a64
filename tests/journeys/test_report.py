# SPDX-License-Identifier: MIT
"""A person takes a test to somebody who was not there: sees the page, and writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeys.person import give_file
from notification_tester.qt.history.report_dialog import ReportDialog

if TYPE_CHECKING:
    from pathlib import Path

    from journeys.person import Person


def opened(person: Person) -> ReportDialog:
    (entry,) = [one for one in person.window.workspace.bar.menu.actions() if one.text() == "&Report…"]
    entry.trigger()
    (dialog,) = [one for one in person.window.findChildren(ReportDialog) if one.isVisible()]
    return dialog


def test_before_the_first_test_it_says_what_to_do(person: Person) -> None:
    dialog = opened(person)
    person.until(lambda: "nothing to report yet" in dialog.note.text)
    assert not dialog.save_pdf.isEnabled()
    dialog.close()


def test_the_page_is_seen_and_written_both_ways(person: Person, tmp_path: Path) -> None:
    person.send()
    person.send()
    dialog = opened(person)
    person.until(dialog.save_pdf.isEnabled)
    assert "Everything arrived: 1 test." in dialog.page.toPlainText()
    person.click(dialog.all)
    person.until(lambda: "Everything arrived: 2 tests." in dialog.page.toPlainText())
    for button, name in ((dialog.save_pdf, "tests.pdf"), (dialog.save_page, "tests.html")):
        person.click(button)
        give_file(tmp_path / name, dialog)
        person.until((tmp_path / name).is_file)
        person.until(lambda: "was saved" in dialog.saved.text)
    assert (tmp_path / "tests.pdf").read_bytes().startswith(b"%PDF-")
    assert "Everything arrived: 2 tests." in (tmp_path / "tests.html").read_text(encoding="utf-8")
    dialog.close()


def test_the_result_leads_to_the_report(person: Person) -> None:
    person.send()
    person.click(person.result.more)
    person.click(person.result.report)
    (dialog,) = [one for one in person.window.findChildren(ReportDialog) if one.isVisible()]
    person.until(lambda: "Everything arrived: 1 test." in dialog.page.toPlainText())
    dialog.close()
