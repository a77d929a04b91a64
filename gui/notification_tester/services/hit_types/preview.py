# SPDX-License-Identifier: MIT
"""What a request would do to each HIT type, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.domain.problem import input_problem
from notification_tester.domain.setting import Action, LineState, Setting, apply, reapply, switch, undo
from notification_tester.services.hit_types.bulk_types import Preview, PreviewRow
from notification_tester.services.hit_types.refusals import NOTHING_TO_SWITCH
from notification_tester.storage.ledger.rows import is_damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notification_tester.domain.coverage import SpecTest
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.setting import Change, Known
    from notification_tester.services.hit_types.bulk_types import BulkRequest

    LastTest = Callable[[NotificationSpec | None], SpecTest | None]
    IsChanged = Callable[[NotificationSpec | None], bool]

NOTHING_TO_UNDO = "The record has no change to this HIT type that was applied, so there is nothing to undo."
NOT_KNOWN = (
    "It is not known whether the last change to this HIT type was applied, and the record knows nothing that was set "
    "before it and could be put back. Apply a specification, or switch it off."
)
UNDER_WAY = "A change to this HIT type is being sent just now. Wait until it has ended."
DAMAGED = "The record of this HIT type is damaged, so what was set before the last change is not known."
NOTHING_TO_REAPPLY = "The record has no specification of this HIT type, so there is nothing to apply again."


def previewed(
    request: BulkRequest,
    *,
    known: Mapping[HitTypeId, Known],
    title: Callable[[HitTypeId], str],
    last_test: LastTest,
    is_changed: IsChanged,
) -> Preview:
    """Work out each row. An id that is there more than once counts once. Raises ProblemError for a request that asks
    for nothing.

    A row with a change and a ``why_not`` as well will be sent, and the text says what may come of it.
    """
    _check(request)
    rows = []
    out = {one.hit_type_id: one for one in request.left_out}
    for hit_type_id in dict.fromkeys([*request.hit_type_ids, *out]):
        is_known, left = known.get(hit_type_id), out.get(hit_type_id)
        change, why_not = _change(request, hit_type_id, is_known) if left is None else (None, left.why)
        rows.append(
            PreviewRow(
                hit_type_id=hit_type_id,
                title=title(hit_type_id) or (left.title if left else ""),
                before=is_known.setting if is_known else Setting(),
                change=change,
                why_not=why_not,
                is_in_doubt=is_known is not None and is_known.in_doubt is not None,
                last_test=None if change is None else last_test(change.after.spec),
                is_changed=change is not None and is_changed(change.after.spec),
                newest=is_known.newest.id if is_known else 0,
            )
        )
    return Preview(request=request, rows=tuple(rows))


def _check(request: BulkRequest) -> None:
    if not request.hit_type_ids:
        raise input_problem(
            "hit-types.none-chosen",
            title="No HIT type is chosen.",
            detail="There is nothing to change.",
            remedy="Choose one or more HIT types, or give their ids.",
        )
    if request.action is Action.IMPORT:
        raise ValueError("an import is not previewed")
    if request.action is Action.APPLY and request.spec is None:
        raise input_problem(
            "hit-types.no-specification",
            title="There is nothing to apply.",
            detail="To apply means to set a destination and the events to tell about, and none was given.",
            remedy="Fill in the form, or take the setting of another HIT type.",
        )


def _change(request: BulkRequest, hit_type_id: HitTypeId, known: Known | None) -> tuple[Change | None, str]:
    match request.action:
        case Action.SWITCH_ON | Action.SWITCH_OFF:
            change = switch(hit_type_id, known, on=request.action is Action.SWITCH_ON)
            return change, "" if change.after.spec is not None else NOTHING_TO_SWITCH
        case Action.UNDO:
            back = undo(known) if known else None
            return back, "" if back is not None else why_no_undo(known)
        case Action.REAPPLY:
            again = reapply(known) if known else None
            return again, "" if again is not None else NOTHING_TO_REAPPLY
        case _ if request.spec is not None:
            return apply(hit_type_id, request.spec, active=request.active), ""
    raise ValueError(f"{request.action} needs a specification")


def why_no_undo(known: Known | None) -> str:
    """Why there is nothing to put back for a HIT type."""
    in_doubt = known.in_doubt if known else None
    if in_doubt is None:
        return NOTHING_TO_UNDO
    if in_doubt.state is LineState.PENDING:
        return UNDER_WAY
    return DAMAGED if is_damaged(in_doubt) else NOT_KNOWN
