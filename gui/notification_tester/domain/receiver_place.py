# SPDX-License-Identifier: MIT
"""A receiver on this computer as a place that is followed: at which port, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from notification_tester.domain.problem import ProblemError, input_problem

FIRST_PORT = 1024
"""Those below belong to the system: on most, only an administrator can use them."""

LATE_SECONDS = 10.0


class Answer(StrEnum):
    """What every message is answered with."""

    OK = "200"
    LATE = "late"  # 200, after some seconds
    ERROR = "500"
    REDIRECT = "redirect"  # 302, to another host
    HALF = "half"  # 200, and the connection ends in the middle of the body
    NOTHING = "nothing"  # not at all, until the sender leaves


@dataclass(frozen=True, kw_only=True)
class ReceiverPlace:
    """Where to receive on this computer, and how to answer; port 0 lets the system choose."""

    port: int = 0
    answer: Answer = Answer.OK
    late_seconds: float = LATE_SECONDS
    confirms: bool = False

    @property
    def name(self) -> str:
        """What it is called in the window."""
        return f"this computer, port {self.port}" if self.port else "this computer"

    @property
    def text(self) -> str:
        """What tells it from another one; no address, as the port may still have to be chosen."""
        return self.name

    def as_json(self) -> dict[str, Any]:
        """As it is remembered."""
        return {"port": self.port, "answer": self.answer.value, "confirms": self.confirms}

    @classmethod
    def from_json(cls, value: object) -> ReceiverPlace:
        """Read what :meth:`as_json` wrote; whatever else it is, the default. Never raises."""
        try:
            fields: Any = value
            place = cls(port=int(fields["port"]), answer=Answer(fields["answer"]), confirms=fields["confirms"] is True)
            check_port(place.port)
        except (LookupError, TypeError, ValueError, OverflowError, ProblemError):
            return cls()
        return place


def check_port(port: int) -> None:
    """Raise ProblemError for a number that is no port for a receiver; 0 lets the system choose."""
    if port and not FIRST_PORT <= port <= 65535:
        is_systems = 0 < port < FIRST_PORT
        raise input_problem(
            "receiver.port",
            title=f"Port {port} is the system's." if is_systems else f"There is no port {port}.",
            detail=f"Those up to {FIRST_PORT - 1} are for services of the system, which only administrators can start."
            if is_systems
            else "The number of a port is between 0 and 65535; 0 lets the system choose one.",
            remedy=f"Choose one from {FIRST_PORT} to 65535, for example 8080, or 0 and let the system choose one.",
        )
