# SPDX-License-Identifier: MIT
"""The form in which a place to follow is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.destination import Transport
from notification_tester.qt.inbox.form import InboxForm

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/lab-results"


@pytest.mark.parametrize(("chosen", "is_offered"), [(Transport.SQS, True), (Transport.SNS, False)])
def test_places_that_come_late_are_not_offered_for_the_other_kind(
    qtbot: QtBot, chosen: Transport, is_offered: bool
) -> None:
    form = InboxForm()
    qtbot.addWidget(form)
    form.set_transport(chosen)
    form.set_choices(Transport.SQS, [("lab-results", QUEUE)])
    offered = [action.text() for action in form.destination.choose.menu().actions()]
    assert ("lab-results" in offered) is is_offered
