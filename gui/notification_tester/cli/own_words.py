# SPDX-License-Identifier: MIT
"""What to do about a problem, for somebody at a terminal: the words of the commands where the window has buttons."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from notification_tester.domain.problem import Code
from notification_tester.storage.keyring_problems import SESSION_ONLY

if TYPE_CHECKING:
    from notification_tester.domain.problem import Problem

WITHOUT_KEYRING = (
    "Or give the keys to this command alone: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with --account environment."
)

_ANOTHER_NAME = "give that file, with its -wal and -shm beside it, another name"

MORE = MappingProxyType(
    {
        "arrival.not-looked": "--wait S waits longer.",
        "arrival.not-seen": "--wait S waits longer.",
        Code.READING_COSTS: "--read-anyway reads it all the same.",
        "arrival.not-subscribed": "--events names them, with commas.",
        "arrival.unexpected": "--json shows it.",
        Code.CLOSED: "“check” with the same account, transport and destination and --fix shows the statement; "
        "with --yes as well it adds it.",
        Code.NOT_PRACTICE: "--account names an account; without --destination "
        "(with “deliver”: --to) practice takes its own.",
        "destination.wrong-kind": "--transport is the way to send (with “deliver”: --as).",
        "delivery.no-account": "--account names it.",
        "delivery.not-confirmed": "--yes sends it.",
        "delivery.untrusted-certificate": "--trust sends all the same.",
        "keys.none": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, are looked for.",
        Code.HISTORY_DAMAGED: f"To begin a new one from here, {_ANOTHER_NAME}.",
        "smtp.no-password": "--smtp-password-env names the variable that holds it.",
        "smtp.none": "--smtp names it.",
        "storage.newer": f"Or, to begin a new one for this program, {_ANOTHER_NAME}.",
        "practice.no-free-hit-type": "“hit-types apply” does that.",
    }
)
"""By the problem's code: what a command can do about it."""


def for_a_command(problem: Problem) -> Problem:
    """The same problem; its remedy says what can be done from here."""
    remedy = problem.remedy.replace(SESSION_ONLY, WITHOUT_KEYRING)
    more = MORE.get(problem.code, "")
    return replace(problem, remedy=f"{remedy} {more}" if more else remedy)
