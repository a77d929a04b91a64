# SPDX-License-Identifier: MIT
"""What is shown of an account: where it is, where its keys are, and whose they are as soon as that was asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from notification_tester.domain.account import PRACTICE, Account, Environment, Identity, KeySource
from notification_tester.domain.problem import Cause, Problem, ServiceAnswer
from notification_tester.qt.accounts.identity_panel import IdentityPanel
from notification_tester.qt.accounts.view import AccountView

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)
REFUSED = Problem(title="Refused.", detail="So it is.", remedy="Look.", code="x", cause=Cause.KEYS)


def identity(environment: Environment = Environment.SANDBOX, user: str = "lab") -> Identity:
    arn = "arn:aws:iam::123456789012:user/lab"
    return Identity(account_id="123456789012", user=user, arn=arn, balance="10000.00", environment=environment)


@pytest.fixture
def panel(qtbot: QtBot) -> IdentityPanel:
    panel = IdentityPanel()
    qtbot.addWidget(panel)
    return panel


def seen(panel: IdentityPanel) -> tuple[bool, bool, bool]:
    """Whether there is an answer or a problem, and whether it can be asked."""
    return panel.answer.isVisibleTo(panel), panel.note.isVisibleTo(panel), panel.button.isEnabled()


def waits(panel: IdentityPanel) -> bool:
    return panel.is_waiting


def why(panel: IdentityPanel) -> Problem | None:
    return panel.problem


class TestWhoseKeys:
    def test_one_thing_at_a_time(self, panel: IdentityPanel) -> None:
        first, second = object(), object()
        assert seen(panel) == (False, False, True)
        panel.wait(first)
        assert waits(panel)
        assert panel.is_asking(first)
        assert not panel.is_asking(second)
        assert not panel.is_asking(None)
        assert seen(panel) == (False, False, False)
        panel.show_identity(identity())
        assert seen(panel) == (True, False, True)
        assert not waits(panel)
        panel.wait(second)
        assert seen(panel) == (False, False, False), "the answer of before is gone"
        panel.show_problem(REFUSED)
        assert seen(panel) == (False, True, True)
        assert why(panel) is REFUSED
        assert not panel.is_asking(second)
        assert not panel.is_asking(None)
        panel.wait(first)
        assert seen(panel) == (False, False, False)
        assert why(panel) is None
        panel.clear()
        assert seen(panel) == (False, False, True)
        panel.show_problem(REFUSED)
        panel.show_identity(identity())
        assert seen(panel) == (True, False, True)
        assert why(panel) is None

    def test_that_it_is_being_asked_is_said_as_long(self, panel: IdentityPanel) -> None:
        def is_said() -> bool:
            said = [one for one in panel.findChildren(QLabel) if one.text().startswith("Asking the service")]
            return bool(said) and said[0].isVisibleTo(panel)

        assert not is_said()
        panel.wait(object())
        assert is_said()
        panel.show_identity(identity())
        assert not is_said()

    @pytest.mark.parametrize(
        ("environment", "balance"),
        [
            (Environment.SANDBOX, "10000.00 US dollars, play money of the sandbox"),
            (Environment.PRODUCTION, "10000.00 US dollars"),
            (Environment.OTHER, "10000.00 US dollars"),
        ],
    )
    def test_all_of_it_is_told_to_a_screen_reader(
        self, panel: IdentityPanel, environment: Environment, balance: str
    ) -> None:
        panel.show_identity(identity(environment))
        told = panel.answer.accessibleName()
        assert told.startswith("The keys work ")
        assert f" lab {balance} " in told
        word = {Environment.SANDBOX: "SANDBOX", Environment.PRODUCTION: "LIVE", Environment.OTHER: "OTHER"}
        assert told.endswith(word[environment])
        panel.show_identity(identity(environment, user=""))
        assert ":user/lab" in panel.answer.accessibleName()

    def test_the_service_s_own_words_are_in_the_tip_while_it_is_said(self, panel: IdentityPanel) -> None:
        answer = ServiceAnswer(code="AccessDenied", message="You shall not pass")
        panel.show_problem(replace(REFUSED, answer=answer))
        assert "You shall not pass" in panel.note.toolTip()
        panel.clear()
        assert panel.note.toolTip() == ""
        assert panel.note.text == ""


class TestView:
    def test_of_practice_nothing_can_be_changed(self, qtbot: QtBot) -> None:
        view = AccountView()
        qtbot.addWidget(view)
        assert view.title.text() == PRACTICE.name
        assert view.badge.word == "PRACTICE"
        assert [view.change.isVisibleTo(view), view.replace_keys.isVisibleTo(view)] == [False, False]

    @pytest.mark.parametrize("source", [one for one in KeySource if one is not KeySource.PRACTICE])
    def test_keys_that_are_kept_here_are_replaced_here(self, qtbot: QtBot, source: KeySource) -> None:
        view = AccountView()
        qtbot.addWidget(view)
        view.show_account(replace(LAB, source=source, profile="lab-profile"))
        assert view.change.isVisibleTo(view)
        assert view.replace_keys.isVisibleTo(view) is (source in {KeySource.KEYRING, KeySource.SESSION})
        assert view.badge.word == "SANDBOX"
        said = {
            KeySource.KEYRING: "In the keyring of this computer",
            KeySource.PROFILE: "The AWS profile “lab-profile” of this computer",
            KeySource.SESSION: "Typed in, and forgotten when the program ends",
            KeySource.ENVIRONMENT: "From the variables of the environment",
        }
        texts = [one.text() for one in view.findChildren(QLabel) if one.isVisibleTo(view)]
        assert said[source] in texts
        for button, signal in (
            (view.change, view.change_requested),
            (view.replace_keys, view.replace_keys_requested),
            (view.who.button, view.who.asked),
        ):
            with qtbot.waitSignal(signal):
                button.click()

    def test_what_was_said_of_one_account_is_gone_with_it(self, qtbot: QtBot) -> None:
        view = AccountView()
        qtbot.addWidget(view)
        view.show_account(LAB, refused_at=datetime.now(tz=UTC))
        assert view.refused_note.text.startswith("These keys were refused at ")
        view.done_note.say("The keys were replaced.", "They are in the keyring.")
        view.who.show_identity(identity())
        view.show_account(PRACTICE)
        assert (view.refused_note.text, view.done_note.text) == ("", "")
        assert seen(view.who) == (False, False, True)
