# SPDX-License-Identifier: MIT
"""Changes in the history: a row before each change and its end after it; and whose a change is that is to be undone.

What was changed is in the row's request, and what came of it in its message. An access policy holds no secret; of HIT
types there are the words of the change and, in the message, the lines of the record, which has everything else.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from notification_tester.domain.delivery import NOT_TRIED
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.storage.queries import HistoryQuery, Place
from notification_tester.storage.rows import MEND_KIND, Beginning, Ending, Outcome, is_of
from notification_tester.storage.stored_values import moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.history import History
    from notification_tester.storage.rows import HistoryRow


MOST_CHANGES = 20
"""Of a place, that are looked through for the next that was written."""


@dataclass
class Change:
    """A change that is under way; what is set here by the end of it is written down as how it ended."""

    outcome: Outcome = Outcome.GOOD
    problem: Problem | None = None
    message: dict[str, Any] | None = None


class Replaced(NamedTuple):
    """Why a change has no way back any more: when it was undone or replaced, None where that is not known.

    ``is_undone``: it was taken back, and nothing else came.
    """

    at: datetime | None = None
    is_undone: bool = False


class Changes:
    """Writes changes down. Without a history, or where the disk refuses, what is to be changed is changed all the same.

    ``recorded`` hears, on the thread of the change, of each row that is new or another.
    """

    def __init__(self, history: History | None = None, *, recorded: Callable[[int], object] = lambda _: None) -> None:
        self._history = history
        self._recorded = recorded

    def replaced(self, opened: OpenAccount, row: HistoryRow) -> Replaced | None:
        """What the history knows to have come of a mended policy next, whatever came after that; None where it may
        still be taken back.

        What others changed since is found out when it is asked for. So is another account's.
        """
        if self._history is None or is_over(row, opened):
            return None if self._history is None else Replaced()
        unsure: HistoryRow | None = None
        for one in self._since(self._history, row):
            if one.outcome is Outcome.UNKNOWN:
                unsure = unsure or one
                continue
            is_anew = one.request.get("policy after") == row.request.get("policy after")
            # What was made once more had gone: so the one whose answer was lost came about.
            came = unsure if is_anew and unsure is not None else one
            is_undone = came.request.get("policy after") == row.request.get("policy before")
            return Replaced(moment_of(came.started), is_undone=is_undone)
        return None

    def _since(self, history: History, row: HistoryRow) -> Iterator[HistoryRow]:
        """The changes of the same policy that came, or may have come, after that of ``row``, in their order."""
        place = Place(row.transport, row.destination, row.environment)
        query = HistoryQuery(kind=MEND_KIND, place=place, before=row.id, is_rising=True, limit=MOST_CHANGES)
        came = {Outcome.GOOD, Outcome.UNKNOWN}
        yield from history.rows([one.id for one in history.page(query) if one.outcome in came])

    @contextmanager
    def under_way(
        self,
        opened: OpenAccount,
        kind: str,
        event: str,
        *,
        transport: str = "",
        destination: str = "",
        request: dict[str, Any] | None = None,
        spec: NotificationSpec | None = None,
    ) -> Iterator[Change]:
        """Write down what is changed inside, before it is and as it ended. A ProblemError is an end too.

        The place that a specification names is that of the row, unless a ``destination`` is given.
        """
        if spec is not None and not destination:
            transport, destination = spec.transport.value, spec.destination.text
        row_id = self._begin(
            Beginning(
                kind=kind,
                account=opened.account.kept_as,
                environment=opened.account.environment.value,
                transport=transport,
                destination=destination,
                version="" if spec is None else spec.version,
                events=() if spec is None else tuple(event.value for event in spec.events),
                event=event,
                request=request or {},
            )
        )
        began = time.perf_counter()
        change = Change()
        try:
            yield change
        except ProblemError as error:
            change.outcome = Outcome.UNKNOWN if error.perhaps_done else Outcome.BAD
            change.problem = error.problem
            raise
        except BaseException:
            change.outcome = Outcome.UNKNOWN
            raise
        finally:
            self._end(row_id, change, time.perf_counter() - began)

    def _begin(self, beginning: Beginning) -> int | None:
        if self._history is None:
            return None
        try:
            row_id = self._history.begin(beginning, now=datetime.now(tz=UTC))
        except ProblemError:  # the page History says why nothing can be kept
            return None
        self._recorded(row_id)
        return row_id

    def _end(self, row_id: int | None, change: Change, seconds: float) -> None:
        if self._history is None or row_id is None:
            return
        problem = change.problem
        ending = Ending(
            outcome=change.outcome,
            accepted=NOT_TRIED,
            seconds=seconds,
            problem=problem,
            message=change.message,
            answer=problem.answer.as_text() if problem else "",
        )
        with suppress(ProblemError):  # kept in memory, shown, and written as soon as the disk takes it
            self._history.complete(row_id, ending)
        self._recorded(row_id)


def is_over(row: HistoryRow, opened: OpenAccount) -> bool:
    """Whether what was changed is gone by itself: it was in an earlier start of the practice that is open."""
    account = opened.account
    return opened.practice is not None and is_of(row, account) and not opened.had(moment_of(row.started))


def must_be_of(row: HistoryRow, opened: OpenAccount) -> None:
    """Raise ProblemError where the change of ``row`` was not made with this very account.

    A name alone may have belonged to other keys since, and each start of practice is a cloud of its own.
    """
    account = opened.account
    if is_of(row, account) and opened.had(moment_of(row.started)):
        return
    if opened.practice is not None and (row.account, row.environment) == (account.kept_as, account.environment.value):
        raise ProblemError(_OTHER_PRACTICE)
    raise ProblemError(
        Problem(
            title="This change was made with another account.",
            detail=f"It was made with “{row.account}” ({row.environment}), and the account that is open now, "
            f"“{account.name}”, is another, or was given other keys or another address since. Nothing was taken back.",
            remedy=f"Open the account “{row.account}” with the keys that it had, and take the change back there.",
            code="undo.another-account",
            cause=Cause.INPUT,
        )
    )


def cannot_undo(why: str, remedy: str, *, code: str) -> ProblemError:
    """What to raise where a change of the history cannot be taken back, and why."""
    return ProblemError(
        Problem(
            title="This change cannot be taken back from here.", detail=why, remedy=remedy, code=code, cause=Cause.INPUT
        )
    )


_OTHER_PRACTICE = Problem(
    title="This change was made in an earlier start of practice.",
    detail="Each start of practice is a new cloud: what was changed then is gone with it, so there is nothing to take "
    "back.",
    remedy="Nothing needs to be done.",
    code="undo.earlier-practice",
    cause=Cause.INPUT,
)
