# SPDX-License-Identifier: MIT
"""What a checkup found: one sentence each for what, why and what to do.

A finding that could not be made is one too: UNKNOWN says what could not be looked at and why, and is never shown as
good. Nothing in here holds a secret: findings are made of addresses, policies and what services answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from notification_tester.domain.problem import Problem, Remedy


class Level(StrEnum):
    """How one finding, or the whole, stands."""

    GOOD = "good"
    BEWARE = "beware"
    BROKEN = "broken"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        """As a person reads it."""
        return {"good": "good", "beware": "beware", "broken": "broken", "unknown": "cannot tell"}[self.value]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    ``id`` is stable and for scripts, such as ``queue.policy``. ``title`` says what was found, ``detail`` what exactly,
    ``why`` why it matters, ``remedy`` what to do; the last two may be empty. ``fixable``: the program itself can.
    ``remedies`` is what else of the remedy the program can do, as of a :class:`Problem`.
    """

    id: str
    level: Level
    title: str
    detail: str = ""
    why: str = ""
    remedy: str = ""
    fixable: bool = False
    remedies: tuple[Remedy, ...] = ()

    @classmethod
    def of_problem(
        cls, problem: Problem, finding_id: str, level: Level, *, title: str = "", detail: str = "", why: str = ""
    ) -> Self:
        """A problem as a finding, with its remedy; ``title`` and ``detail`` where they are not the problem's own."""
        return cls(
            id=finding_id,
            level=level,
            title=title or problem.title,
            detail=detail or problem.detail,
            why=why,
            remedy=problem.remedy,
            remedies=problem.remedies,
        )

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it; ``why`` is left out where there is none."""
        value: dict[str, Any] = {
            "id": self.id,
            "level": self.level.value,
            "title": self.title,
            "detail": self.detail,
            "remedy": self.remedy,
            "fixable": self.fixable,
        }
        if self.why:
            value["why"] = self.why
        return value
