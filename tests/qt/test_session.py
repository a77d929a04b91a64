# SPDX-License-Identifier: MIT
"""What is asked of the program before it has its files, or where it could not get them, is answered all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.account import PRACTICE, Credentials
from notification_tester.qt.background import Tasks
from notification_tester.qt.session import Program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from notification_tester.domain.problem import Problem
    from notification_tester.storage.places import Places


KEYS = Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


@pytest.fixture
def program(qapp: QApplication, places: Places) -> Iterator[Program]:
    tasks = Tasks(qapp)
    made = Program(tasks, places)
    yield made
    made.close()


def test_accounts_are_answered_before_the_program_is_ready(program: Program) -> None:
    said: list[Problem] = []
    program.add_account(PRACTICE, None, done=said.clear, failed=said.append)
    program.who_am_i(PRACTICE, None, done=lambda _: said.clear(), failed=said.append)
    program.forget_account(PRACTICE, failed=said.append)
    program.replace_keys(PRACTICE, KEYS, done=lambda _: said.clear(), failed=said.append)
    program.ask(lambda session: session.owner, done=lambda _: said.clear(), failed=said.append)
    assert [one.code for one in said] == ["program.starting"] * 5
