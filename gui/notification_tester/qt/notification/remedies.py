# SPDX-License-Identifier: MIT
"""The buttons of a problem: what the program can do about it, in words, and who does it.

A page names the remedies that it can do itself; the window does those of ``EVERYWHERE`` for every page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from notification_tester.domain.problem import Cause, Remedy

if TYPE_CHECKING:
    from collections.abc import Collection

    from notification_tester.domain.finding import Finding
    from notification_tester.domain.problem import Problem

EVERYWHERE = frozenset(
    {
        Remedy.CHANGE_KEYS,
        Remedy.CHANGE_ACCOUNT,
        Remedy.CHOOSE_ACCOUNT,
        Remedy.LINK_ACCOUNT,
        Remedy.PRACTICE,
        Remedy.MAKE_DESTINATION,
        Remedy.CHECK,
        Remedy.ASK_ADMINISTRATOR,
        Remedy.OPEN_TEST,
        Remedy.PREFERENCES,
        Remedy.NEW_HISTORY,
    }
)
"""What the window can do, whichever page shows the problem."""


_OF_THE_PAST = {
    Cause.KEYS: (Remedy.CHANGE_KEYS,),
    Cause.NOT_LINKED: (Remedy.LINK_ACCOUNT,),
    Cause.PERMISSION: (Remedy.ASK_ADMINISTRATOR,),
    Cause.DESTINATION: (Remedy.CHECK,),
}
"""What can be done about a problem that the history has, which keeps no remedies."""


def remedies_of_the_past(problem: Problem) -> tuple[Remedy, ...]:
    """What can be done about it now, as far as its cause tells."""
    return problem.remedies or _OF_THE_PAST.get(problem.cause, ())


def remedy_text(remedy: Remedy) -> str:
    """What stands on the button."""
    translate = QCoreApplication.translate
    return {
        Remedy.TRY_AGAIN: translate("Remedy", "Tr&y again"),
        Remedy.CHANGE_KEYS: translate("Remedy", "Change the keys…"),
        Remedy.CHANGE_ACCOUNT: translate("Remedy", "Change the account…"),
        Remedy.CHOOSE_ACCOUNT: translate("Remedy", "Open Accounts…"),
        Remedy.LINK_ACCOUNT: translate("Remedy", "Open the page to link it"),
        Remedy.PRACTICE: translate("Remedy", "Go on with Practice"),
        Remedy.MAKE_DESTINATION: translate("Remedy", "Make a new one…"),
        Remedy.CHECK: translate("Remedy", "Check the destination…"),
        Remedy.ASK_ADMINISTRATOR: translate("Remedy", "For the administrator…"),
        Remedy.ADD_EVENT: translate("Remedy", "Add this event"),
        Remedy.TICK_SUBMITTED: translate("Remedy", "Tick “Assignment submitted”"),
        Remedy.OPEN_TEST: translate("Remedy", "Open Test"),
        Remedy.PREFERENCES: translate("Remedy", "Open Preferences…"),
        Remedy.NEW_HISTORY: translate("Remedy", "Start a new history"),
    }[remedy]


def remedy_buttons(problem: Problem | Finding, able: Collection[Remedy] = EVERYWHERE) -> list[tuple[str, str]]:
    """The text and the key of a button for each remedy that whoever shows the problem is able to do."""
    return [(remedy_text(remedy), remedy.value) for remedy in problem.remedies if remedy in able]
