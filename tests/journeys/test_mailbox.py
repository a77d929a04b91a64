# SPDX-License-Identifier: MIT
"""In practice an e-mail can be looked at: one press opens the mailbox that it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

from journeys.person import GREEN

if TYPE_CHECKING:
    from journeys.person import Person

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
