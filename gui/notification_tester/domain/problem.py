# SPDX-License-Identifier: MIT
"""What went wrong, in a person's words.

Two classes of failure are kept apart everywhere:

- a *known condition* (a wrong destination, a refused key, a closed service) is a :class:`Problem`, raised as
  :class:`ProblemError` or returned as a value, and shown as title, detail and remedy;
- everything else is a bug of ours and travels as the ordinary exception that it is, up to the crash report.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

REPLACE_IN_ACCOUNTS = "Replace its keys under Accounts in the window"
"""How the advice begins where keys were refused."""


class Cause(StrEnum):
    """Who has to act; what "unreachable", "wrong keys" and "slow down" are told apart by."""

    INPUT = "input"  # the person's own text
    KEYS = "keys"  # wrong, deleted, mistyped or expired
    PERMISSION = "permission"  # the keys are right and may not do this
    NOT_LINKED = "not-linked"  # AWS account and requester account are not joined
    CLOCK = "clock"  # this computer's time is wrong
    NO_NETWORK = "no-network"  # nothing answers at all
    UNREACHABLE = "unreachable"  # this service does not answer, others do, or that is not known
    SLOW_DOWN = "slow-down"  # too many calls
    SERVICE = "service"  # the service's own trouble
    DESTINATION = "destination"  # queue, topic or mailbox is gone or closed
    KEYRING = "keyring"  # the system's store of secrets
    STORAGE = "storage"  # this computer's disk or database
    REFUSED = "refused"  # the service said no, for a reason of its own
    PROGRAM = "program"  # our own parts, such as the practice cloud


class Code(StrEnum):
    """The codes on which it depends what a person is offered; all others are for scripts and readers alone."""

    READING_COSTS = "arrival.reading-costs"  # looking would wear out what waits in the queue
    CLOSED = "destination.closed"  # the access policy keeps Mechanical Turk out
    GONE = "destination.gone"  # there is no such queue or topic
    ENCRYPTED = "destination.encrypted"  # Mechanical Turk may not use its key
    NOT_PRACTICE = "destination.not-practice"  # a real destination, while practising
    BLANK_INSIDE = "destination.blank-inside"  # a blank within a destination's text
    KEYS_SWAPPED = "keys.swapped"  # the secret stands in the field of the key's id
    NOT_SUBSCRIBED = "arrival.not-subscribed"  # a test arrived, of an event that was not asked for
    NOBODY_SUBSCRIBED = "arrival.nobody-subscribed"  # it comes out of the topic, and there is nobody to get it
    SUBSCRIBERS_UNSEEN = "arrival.subscribers-unseen"  # it comes out of the topic, and who gets it is not known
    CHANGED_MEANWHILE = "mend.changed-meanwhile"  # somebody changed the policy that was to be written
    UNDONE_ALREADY = "undo.already"  # what was there before a change is there again
    PRESET_NAME_TAKEN = "preset.name-taken"
    HISTORY_DAMAGED = "storage.damaged"  # a new one can be begun


class Remedy(StrEnum):
    """What the program itself can do about a problem; where one is shown, there is a button for it.

    The words and the doing are the window's (``qt/notification/remedies.py``); the command line has words of its own.
    """

    TRY_AGAIN = "again"
    CHANGE_KEYS = "change-keys"  # or the profile that has them
    CHANGE_ACCOUNT = "change-account"  # its address
    CHOOSE_ACCOUNT = "accounts"
    LINK_ACCOUNT = "link-account"  # on a page of Mechanical Turk
    PRACTICE = "practice"
    MAKE_DESTINATION = "make-destination"
    CHECK = "check"  # the account and the destination
    ASK_ADMINISTRATOR = "administrator"  # with a policy to be copied
    ADD_EVENT = "add-event"  # the one that was tested
    TICK_SUBMITTED = "tick-submitted"  # the event that most want to be told about
    OPEN_TEST = "open-test"
    PREFERENCES = "preferences"
    NEW_HISTORY = "new-history"


def remedy_of(key: str) -> Remedy | None:
    """The remedy of a button's key; None where it is a key of the page's own."""
    return next((remedy for remedy in Remedy if remedy.value == key), None)


@dataclass(frozen=True, kw_only=True)
class ServiceAnswer:
    """What a service said, word for word. Empty strings where it said nothing of the kind."""

    code: str = ""
    turk_error_code: str = ""
    message: str = ""
    request_id: str = ""
    http_status: int = 0

    def as_text(self) -> str:
        """One line per thing said, for copying; empty when nothing was said."""
        rows = (
            ("Code", self.code),
            ("TurkErrorCode", self.turk_error_code),
            ("Message", self.message),
            ("Request id", self.request_id),
            ("HTTP status", str(self.http_status or "")),
        )
        return "\n".join(f"{name}: {value}" for name, value in rows if value)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One known condition: what happened, why (as far as known), and what to do next.

    ``code`` is stable and for scripts: the service's own code where a service answered, else one of :class:`Code` or
    another word of ours such as ``destination.wrong-kind``. All texts are plain text; they may quote foreign text and
    are never markup. ``remedies`` is what of the remedy the program can do, the likeliest first; it is no part of what
    happened, and nothing keeps it.
    """

    title: str
    detail: str
    remedy: str
    code: str
    cause: Cause
    answer: ServiceAnswer = ServiceAnswer()
    remedies: tuple[Remedy, ...] = field(default=(), compare=False)

    def in_accounts(self) -> Problem:
        """The same for somebody who has Accounts open, and is sent there by no advice."""
        return replace(self, remedy=self.remedy.replace(REPLACE_IN_ACCOUNTS, "Give it the right keys"))

    def as_json(self) -> dict[str, str]:
        """The ``problem`` object of the command line."""
        value = {
            "title": self.title,
            "detail": self.detail,
            "remedy": self.remedy,
            "code": self.code,
            "cause": self.cause.value,
        }
        if exact := self.answer.as_text():
            value["exact_answer"] = exact
        return value

    def as_text(self) -> str:
        """Everything, for copying into a message to someone who helps."""
        return "\n".join(part for part in (self.title, self.detail, self.remedy, self.answer.as_text()) if part)


class ProblemError(Exception):
    """Raised for a known condition; carries the :class:`Problem` that a person will read.

    ``perhaps_done`` says of a call to a service that it may have been carried out all the same, because its answer was
    lost or was no definite refusal (:func:`notification_tester.aws.calling.was_not_done`).
    """

    def __init__(self, problem: Problem, *, perhaps_done: bool = False) -> None:
        super().__init__(f"{problem.title} {problem.detail}")
        self.problem = problem
        self.perhaps_done = perhaps_done


def input_problem(
    code: str, *, title: str, detail: str, remedy: str, remedies: tuple[Remedy, ...] = ()
) -> ProblemError:
    """Make the error for a text that a person gave."""
    return ProblemError(
        Problem(title=title, detail=detail, remedy=remedy, code=code, cause=Cause.INPUT, remedies=remedies)
    )
