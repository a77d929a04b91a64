# SPDX-License-Identifier: MIT
"""In practice an e-mail can be looked at: one press opens the mailbox that it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QPushButton

from journeys.person import GREEN
from journeys.test_accounts import add_for_session
from journeys.test_report import opened
from notification_tester.domain.delivery import State
from notification_tester.qt.notification.delivery_lamps import Stage
from notification_tester.storage.rows import Outcome

if TYPE_CHECKING:
    from journeys.person import Person
    from notification_tester.practice.cloud import PracticeCloud

TAKE: Any = "take"  # the stubs of PySide ask for bytes, and only text is taken


class Browser(QObject):
    """Takes what would go to the system's browser."""

    opened = ""

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened = url.toString()


def test_the_practice_mailbox_opens_with_one_press(person: Person) -> None:
    person.send()
    assert not person.result.mailbox.isVisible(), "a queue has no mailbox"
    person.click(person.form.choice.button("Email"))
    person.send()
    outcome = person.outcome()
    assert (outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state) == GREEN
    address = person.cloud.details.mailbox_url
    assert not [one.text() for one in person.page.findChildren(QLabel) if address in one.text()]
    browser = Browser()
    QDesktopServices.setUrlHandler("http", browser, TAKE)
    try:
        person.click(person.result.mailbox.link)
    finally:
        QDesktopServices.unsetUrlHandler("http")
    assert browser.opened == address


def test_an_e_mail_of_practice_is_never_said_to_have_reached_a_person(person: Person) -> None:
    person.click(person.form.choice.button("Email"))
    person.type_destination("prof@university.example")
    person.send()
    where = "practice’s mailbox for prof@university.example"
    person.until(lambda: person.page.standing.words.text().startswith(f"A test of 1 event reached {where} just now"))
    assert "; no e-mail left this computer" in person.page.standing.words.text()
    assert (
        person.result.way.headline.text() == "Everything arrived, in practice’s mailbox; no e-mail left this computer"
    )
    dialog = opened(person)
    person.until(dialog.save_pdf.isEnabled)
    person.click(dialog.all)
    seen = (
        "prof@university.example (Email): 1 of 1 event reached practice’s mailbox for this address; no e-mail left "
        "this computer. Last tested "
    )
    person.until(lambda: seen in dialog.page.toPlainText())
    dialog.close()


@pytest.mark.parametrize(
    ("answer", "state", "outcome"),
    [("It arrived", State.YES, Outcome.UNKNOWN), ("It did not arrive", State.NO, Outcome.BAD)],
)
def test_what_the_person_says_of_an_e_mail_is_shown_and_kept(
    person: Person, cloud: PracticeCloud, answer: str, state: State, outcome: Outcome
) -> None:
    add_for_session(person, "Elsewhere", cloud)
    person.click(person.form.choice.button("Email"))
    person.type_destination("lab@example.org")
    assert person.send().arrived.state is State.UNKNOWN
    (press,) = [one for one in person.result.mail.findChildren(QPushButton) if one.text() == answer]
    person.click(press)
    person.until(lambda: person.outcome().arrived.state is state)
    assert person.result.lamps.lamps[Stage.ARRIVED].accessibleName().startswith(f"Arrived: {state.value}")
    assert not person.result.mail.isVisible(), "it was answered"
    page = person.history()
    person.until(lambda: page.model.rowCount() == 1 and page.details.isVisible())
    row = page.details.row
    assert row is not None
    assert row.outcome is outcome
