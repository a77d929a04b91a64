# SPDX-License-Identifier: MIT
"""A person takes a test to somebody who was not there: sees the page, and writes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from journeys.person import give_file
from notification_tester.domain.delivery import Lamp, State
from notification_tester.qt.history.report_dialog import ReportDialog
from notification_tester.storage.preferences import TEXT_SIZE
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Beginning, Ending, Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from journeys.person import Person


def opened(person: Person) -> ReportDialog:
    (entry,) = [one for one in person.window.workspace.bar.menu.actions() if one.text() == "&Report of tests…"]
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


def test_it_is_said_what_is_not_of_this_account_and_that_practice_is_practice(person: Person) -> None:
    """What this computer sends to a web receiver needs no account's keys, and is in no account's report."""
    person.send()
    person.click(person.form.where.who.button("this-computer"))
    person.click(person.form.choice.button("Web"))
    edit = person.form.delivery.web.edit
    edit.setFocus()
    QTest.keyClicks(edit, "http://127.0.0.1:9/mturk")
    person.click(person.form.send)
    person.until(lambda: person.page.deliveries.shown_delivered() is not None and person.form.send.isEnabled())
    dialog = opened(person)
    person.until(dialog.save_pdf.isEnabled)
    assert dialog.last.text().startswith("The &last test of this account: Assignment submitted → practice-results")
    said = dialog.page.toPlainText()
    assert "this computer also sent without any, to a web receiver or through a mail server, last on " in said
    assert said.index("This was practice, a cloud on one computer.") < said.index("Sent to")
    row = said[said.index("What was asked, and what was seen") :]
    assert "practice" in row.split("What this shows")[0]
    assert "Mechanical Turk" not in row.split("What this shows")[0].split("What arrived")[0]
    dialog.close()


def arrived_from(person: Person, worker: str) -> None:
    """Have the last test say that a worker did it: Mechanical Turk's own tests name none."""
    session = person.desktop.program.session
    assert session is not None
    assert session.history is not None
    (found,) = session.history.page(HistoryQuery())
    (row,) = session.history.rows([found.id])
    event = {"event_type": "AssignmentSubmitted", "extra": {"WorkerId": worker}}
    ending = Ending(
        outcome=row.outcome,
        accepted=row.accepted,
        arrived=row.arrived,
        as_expected=row.as_expected,
        message={"events": [event]},
    )
    session.history.complete(row.id, ending)


def test_workers_have_pseudonyms_unless_asked_for(person: Person, tmp_path: Path) -> None:
    """In sight and in both files, also when the wish is taken back and the page saved at once."""
    person.send()
    worker = "A1B2C3D4E5F6G7"
    arrived_from(person, worker)
    dialog = opened(person)
    person.until(dialog.save_page.isEnabled)
    assert worker not in dialog.page.toPlainText()
    assert "Worker 1" in dialog.page.toPlainText()
    person.click(dialog.workers)
    person.until(lambda: worker in dialog.page.toPlainText())
    person.click(dialog.workers)
    person.click(dialog.save_page)
    give_file(tmp_path / "tests.html", dialog)
    person.until((tmp_path / "tests.html").is_file)
    person.until(lambda: "was saved" in dialog.saved.text)
    page = (tmp_path / "tests.html").read_text(encoding="utf-8")
    assert worker not in page
    assert "Ids of workers were replaced by pseudonyms." in page
    dialog.close()


def test_the_result_leads_to_the_report(person: Person) -> None:
    person.send()
    person.click(person.result.more)
    person.click(person.result.report)
    (dialog,) = [one for one in person.window.findChildren(ReportDialog) if one.isVisible()]
    person.until(lambda: "Everything arrived: 1 test." in dialog.page.toPlainText())
    dialog.close()


def sent_to(person: Person, name: str, when: datetime, *events: str) -> None:
    """Have the history say that these were tested together at a queue, with the account that is open."""
    session, opened = person.desktop.program.session, person.desktop.program.current
    assert session is not None
    assert session.history is not None
    assert opened is not None
    seen = Lamp(state=State.YES, detail="Seen.", seconds=0.5)
    asked = [
        Beginning(
            account=opened.account.kept_as,
            environment=opened.account.environment.value,
            transport="SQS",
            destination=f"http://127.0.0.1:1/000000000000/{name}",
            version="2006-05-05",
            events=events,
            event=event,
        )
        for event in events
    ]
    for row in session.history.begin_all(asked, now=when):
        session.history.complete(row, Ending(outcome=Outcome.GOOD, accepted=seen, arrived=seen, as_expected=seen))


def test_the_choices_say_what_is_in_them_and_one_destination_can_be_chosen(person: Person) -> None:
    now = datetime.now(tz=UTC)
    sent_to(person, "lab&queue", now - timedelta(seconds=2), "AssignmentSubmitted", "HITReviewable", "HITExpired")
    sent_to(person, "other-queue", now - timedelta(seconds=1), "AssignmentSubmitted")
    dialog = opened(person)
    person.until(dialog.save_pdf.isEnabled)
    assert "The &last test of this account: Assignment submitted → other-queue (queue), " in dialog.last.text()
    assert dialog.all.text().replace("&", "") == "How this account stands: 2 destinations, 4 tests"
    assert [dialog.place.itemText(number) for number in range(dialog.place.count())] == [
        "All of them",
        "other-queue (queue)",
        "lab&queue (queue)",
    ]
    dialog.place.setFocus()
    QTest.keyClick(dialog.place, Qt.Key.Key_End)
    person.until(lambda: "Everything arrived: 3 tests." in dialog.page.toPlainText())
    assert dialog.all.isChecked()
    assert "other-queue" not in dialog.page.toPlainText()
    QTest.keyClick(dialog.place, Qt.Key.Key_Home)
    person.until(lambda: "Everything arrived: 4 tests." in dialog.page.toPlainText())
    dialog.close()


def test_a_run_of_several_is_named_by_their_number(person: Person) -> None:
    sent_to(person, "lab&queue", datetime.now(tz=UTC), "AssignmentSubmitted", "HITReviewable")
    dialog = opened(person)
    person.until(dialog.save_pdf.isEnabled)
    assert "The &last tests of this account: 2 events → lab&&queue (queue), " in dialog.last.text()
    assert dialog.all.text().replace("&", "") == "How this account stands: 1 destination, 2 tests"
    assert not dialog.place.isVisible()
    dialog.close()


@pytest.mark.parametrize("percent", ["100", "200"])
def test_long_addresses_fit_a_small_window(person: Person, percent: str) -> None:
    """With all that can be chosen and pressed in sight; what is left out in a choice is whole in its tip."""
    now, long = datetime.now(tz=UTC), "a-queue-with-a-name-that-never-ends-" * 8
    sent_to(person, long, now - timedelta(seconds=2), "AssignmentSubmitted", "HITReviewable", "HITExpired")
    sent_to(person, "other-queue", now - timedelta(seconds=1), "AssignmentSubmitted")
    sent_to(person, f"{long}too", now, "AssignmentSubmitted")
    person.window.setting_changed.emit(TEXT_SIZE, percent)
    try:
        dialog = opened(person)
        person.until(dialog.save_pdf.isEnabled)
        person.click(dialog.all)
        dialog.place.setCurrentIndex(1)
        dialog.place.activated.emit(1)
        person.until(dialog.save_pdf.isEnabled)
        person.until(lambda: long in dialog.place.toolTip())
        dialog.resize(900, 600)
        person.until(lambda: (dialog.width(), dialog.height()) == (900, 600))
        seen = (dialog.last, dialog.all, dialog.place, dialog.workers, dialog.save_page, dialog.save_pdf)
        for part in seen:
            place = QRect(part.mapTo(dialog, QPoint(0, 0)), part.size())
            assert part.isVisible()
            assert dialog.rect().contains(place), part
        assert dialog.page.height() > dialog.page.fontMetrics().height() * 2
        assert "a-queue-with" in dialog.last.toolTip()
        dialog.close()
    finally:
        person.window.setting_changed.emit(TEXT_SIZE, "100")
