# SPDX-License-Identifier: MIT
"""What of a run of the history can be put back, as far as the record knows: which HIT types, and why not the others.

What Mechanical Turk has cannot be read, so "changed since" is what the record knows: what this program sent, or took in
from a file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notification_tester.domain.setting import Action, LineState, is_newer, undo
from notification_tester.services.changes import Replaced, cannot_undo
from notification_tester.services.hit_types.bulk_types import LeftOut, Undoable
from notification_tester.services.hit_types.preview import why_no_undo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.problem import ProblemError
    from notification_tester.domain.setting import Known, LedgerLine
    from notification_tester.services.hit_types.record import SettingRecord
    from notification_tester.storage.rows import HistoryRow

UNDONE = "It was undone already."
CHANGED_SINCE = "It was changed again since."
NOT_REACHED = "That change is not known to have reached it."


@dataclass(frozen=True)
class RunStanding:
    """The HIT types of a run: those that are ``able`` to go back, and those that are not, in the order of the run.

    ``since`` are the lines of the record that hold in place of the run's own, and ``was_sent`` whether one of its own
    still holds. ``is_undone``: all of it that came about was taken back, and nothing else came.
    """

    able: tuple[HitTypeId, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    since: tuple[LedgerLine, ...] = ()
    was_sent: bool = False
    is_undone: bool = False

    def undoable(self) -> Undoable:
        """What can be taken back. Raises ProblemError where nothing can, with the reason."""
        if not self.able:
            raise self._why_not()
        return Undoable(hit_type_ids=self.able, left_out=self.left_out)

    def replaced(self) -> Replaced | None:
        """Why nothing can be put back any more; None where something can."""
        if self.able or not self.left_out:  # of an entry without its HIT types the question tells why
            return None
        at = max((line.at for line in self.since), default=None)
        return Replaced(at, is_undone=self.is_undone)

    def _why_not(self) -> ProblemError:
        if not self.left_out:
            return cannot_undo(
                "The entry of the history does not tell which HIT types were changed: the program ended before that "
                "was written down, or nothing was sent.",
                "Choose the HIT types on the page HIT types, and undo their last change there.",
                code="undo.not-known",
            )
        if self.since:
            return cannot_undo(
                "Each of these HIT types was changed again since, by this program or by a record that was imported.",
                "Look at the newest change of each on the page HIT types, and undo that.",
                code="undo.changed-since",
            )
        if not self.was_sent:
            return cannot_undo(
                "Nothing of it was applied, as far as is known, so there is nothing to take back.",
                "Nothing needs to be done.",
                code="undo.nothing",
            )
        return cannot_undo(
            "The record knows nothing that was set before and could be put back.",
            "Set what you want on the page HIT types, or switch the notifications off there.",
            code="undo.not-known",
        )


def standing_of(
    record: SettingRecord, row: HistoryRow, titles: Mapping[str, str], known: Mapping[HitTypeId, Known]
) -> RunStanding:
    """How the HIT types of a run stand, as is ``known``. Raises ProblemError where the record cannot be read."""
    spans = spans_of(row)
    of_run = record.hit_types_of(spans)
    if not of_run:
        return RunStanding()
    last = spans[-1][1]
    # A later line that failed, or was not sent, changed nothing; one in doubt may have.
    lines = {one: line for one in of_run if (line := _holds(known.get(one))) is not None}
    since = {one: line for one, line in lines.items() if line.id > last}
    able = tuple(one for one, line in lines.items() if _is_in(line.id, spans) and undo(known[one]) is not None)
    undone = _undone(record, since, last)
    left_out = tuple(
        LeftOut(
            hit_type_id=one,
            title=titles.get(one, ""),
            why=_why(known.get(one), lines.get(one), spans, is_undone=one in undone),
            at=since[one].at if one in since else None,
        )
        for one in of_run
        if one not in {*able}
    )
    return RunStanding(
        able=able,
        left_out=left_out,
        since=tuple(since.values()),
        was_sent=any(_is_in(line.id, spans) for line in lines.values()),
        is_undone=bool(since) and since.keys() == undone,
    )


def as_spans(lines: Sequence[int]) -> list[list[int]]:
    """Ids in a row as their first and last: a run of ten thousand has few of them."""
    found: list[list[int]] = []
    for line in lines:
        if found and found[-1][1] == line - 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return found


def spans_of(row: HistoryRow) -> list[tuple[int, int]]:
    """The same again, as far as the row tells."""
    found = (row.message or {}).get("lines")
    kept = found if isinstance(found, list) else []
    return [(first, last) for first, last in (one for one in kept if isinstance(one, list) and len(one) == 2)]


def _holds(known: Known | None) -> LedgerLine | None:
    """The newest line that set what holds, or may have: an undo takes that one back."""
    if known is None or known.in_doubt is None or known.set_by is None:
        return None if known is None else known.in_doubt or known.set_by
    return known.set_by if is_newer(known.set_by, known.in_doubt) else known.in_doubt


def _undone(record: SettingRecord, since: Mapping[HitTypeId, LedgerLine], last: int) -> set[HitTypeId]:
    """Those whose very change was taken back: an undo is the only line after it. It may also be of a later change."""
    undos = {
        one: line.id
        for one, line in since.items()
        if line.change.action is Action.UNDO and line.state is LineState.APPLIED
    }
    if not undos:
        return set()
    lines = Counter(record.hit_types_that_may_have_changed([(last + 1, max(undos.values()))]))
    return {one for one in undos if lines[one] == 1}


def _why(known: Known | None, line: LedgerLine | None, spans: Sequence[tuple[int, int]], *, is_undone: bool) -> str:
    if is_undone:
        return UNDONE
    if line is not None and line.id > spans[-1][1]:
        return CHANGED_SINCE
    if line is not None and _is_in(line.id, spans):
        return why_no_undo(known)
    return NOT_REACHED


def _is_in(line: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= line <= last for first, last in spans)
