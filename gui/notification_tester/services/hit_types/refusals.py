# SPDX-License-Identifier: MIT
"""Why a change to a HIT type was refused, once more is known than the service said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.setting import NOT_SENT_CODE, Action

if TYPE_CHECKING:
    from notification_tester.domain.setting import Change

NO_ANSWER_YET = "hit-type.no-answer"
"""The code of a change whose answer had not come when its run was stopped."""

STOPPED = Problem(
    title="It was not sent.",
    detail="The run was stopped before this HIT type had its turn. Nothing was changed.",
    remedy="Nothing needs to be done; start again when you like.",
    code=NOT_SENT_CODE,
    cause=Cause.INPUT,
)

CANCELLED = Problem(
    title="It was cancelled.",
    detail="What was sent before stays as it was sent, and is in the record.",
    remedy="Send the others when you like.",
    code="hit-type.cancelled",
    cause=Cause.INPUT,
)

CHANGED_MEANWHILE = Problem(
    title="What was not sent had been changed meanwhile, by another window or a command.",
    detail="It was changed after you had seen what would be replaced, so it stays as it is by now.",
    remedy="Look at it in the table, and decide anew.",
    code="hit-type.changed-meanwhile",
    cause=Cause.INPUT,
)

NOTHING_TO_SWITCH = (
    "Nothing is known to be set here. On or off alone works only where a notification was set before, from another "
    "program for example; otherwise Mechanical Turk will refuse."
)


def not_written(problem: Problem) -> Problem:
    """The record cannot be written, so what it was to say is not sent."""
    return replace(
        problem,
        detail=f"Not sent: every change is written down before it is sent, and that failed. {problem.detail}",
    )


def not_recorded(problem: Problem) -> Problem:
    """The record cannot be read or opened, so nothing is sent; ``problem`` says why."""
    return replace(
        problem,
        title="Nothing was sent, because it cannot be recorded.",
        detail=f"Every change is written down before it is sent. {problem.title} {problem.detail}",
    )


NO_RECORD = Problem(
    title="There is no record of settings.",
    detail="It cannot be kept at present; why is said on the page of the history.",
    remedy="Mend what is said there first.",
    code="record.none",
    cause=Cause.STORAGE,
)


def explained(change: Change, problem: Problem) -> Problem:
    """Say more about a refusal; the service's own words are kept in ``answer``.

    Which codes Mechanical Turk uses here is not published: the endings are those of its other operations.
    """
    if problem.cause is Cause.DESTINATION and problem.answer.code == "InternalFailure":
        return replace(
            problem,
            title="Mechanical Turk has trouble of its own.",
            detail="It answered “InternalFailure” each time it was tried, and nothing else.",
            remedy="Try again in some minutes. If it keeps failing, test the destination first.",
            cause=Cause.SERVICE,
        )
    if problem.cause is not Cause.REFUSED or problem.answer.code != "RequestError":
        return problem
    if problem.answer.turk_error_code.endswith("DoesNotExist"):
        return replace(
            problem,
            title="There is no such HIT type here.",
            detail=f"Mechanical Turk does not know {change.hit_type_id} in this environment. HIT types of the sandbox "
            "and of the live service are different ones, and those of another account are strangers.",
            remedy="Check the id, and whether this account is the one that it was made with.",
        )
    if change.spec is None:
        return replace(
            problem,
            title="There is nothing to switch on or off.",
            detail=f"Mechanical Turk said: {problem.answer.message} On or off alone works only where a notification "
            "was set before.",
            remedy="Apply a specification to this HIT type; that switches it on as well.",
        )
    return problem


def no_answer_yet(action: Action) -> Problem:
    """The run was stopped before the answer to such a change came."""
    return Problem(
        title="It is not known whether this was applied.",
        detail="The run was stopped while the call was under way, and its answer had not come.",
        remedy=_once_more(action),
        code=NO_ANSWER_YET,
        cause=Cause.PROGRAM,
    )


def not_known(action: Action, problem: Problem) -> Problem:
    """The answer to a change was lost, so it may hold all the same; ``problem`` is what came in its place."""
    return replace(
        problem,
        title="It is not known whether this was applied.",
        detail=f"It was sent, and no clear answer came. {problem.title} {problem.detail}",
        remedy=f"{_once_more(action)} {problem.remedy}",
    )


def _once_more(action: Action) -> str:
    if action is Action.UNDO:
        return "Apply what it was to put back: to undo once more would take this one back."
    return "Send it again: doing the same twice does no harm."


def is_passing(problem: Problem) -> bool:
    """Whether the same call may well be taken a moment later."""
    return problem.cause in {Cause.SERVICE, Cause.UNREACHABLE} or problem.answer.code == "InternalFailure"
