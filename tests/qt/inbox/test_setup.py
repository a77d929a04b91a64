# SPDX-License-Identifier: MIT
"""The form in which a place to follow is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.destination import Transport
from notification_tester.qt.inbox.setup import InboxSetup

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/lab-results"


@pytest.mark.parametrize(("chosen", "is_offered"), [(Transport.SQS, True), (Transport.SNS, False)])
def test_places_that_come_late_are_not_offered_for_the_other_kind(
    qtbot: QtBot, chosen: Transport, is_offered: bool
) -> None:
    setup = InboxSetup()
    qtbot.addWidget(setup)
    setup.set_transport(chosen)
    setup.set_choices(Transport.SQS, [("lab-results", QUEUE)])
    offered = [action.text() for action in setup.destination.choose.menu().actions()]
    assert ("lab-results" in offered) is is_offered
