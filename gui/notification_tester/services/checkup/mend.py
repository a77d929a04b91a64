# SPDX-License-Identifier: MIT
"""Let Mechanical Turk into a queue or topic: shown first, written after a yes, read back, undone with one press.

Only the ``Policy`` attribute is ever written, by SetQueueAttributes or SetTopicAttributes, and once; everything else in
it stays as it was. Before every write the policy is read again, and where somebody has changed it meanwhile nothing is
written. Where the answer to a write was lost, what is read back decides; where that cannot, it is not known.
"""

from __future__ import annotations

import difflib
import json
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from notification_tester.aws.queues import Queue
from notification_tester.aws.topics import Topic
from notification_tester.domain.account import REGION
from notification_tester.domain.counts import counted
from notification_tester.domain.destination import (
    EmailAddress,
    QueueAddress,
    TopicAddress,
    Transport,
    parse_destination,
)
from notification_tester.domain.policy.grant import GrantChange, grant_change
from notification_tester.domain.policy.judgement import OUR_SID, SERVICE, Answer, Judgement, Question, judge
from notification_tester.domain.problem import Cause, Code, Problem, ProblemError, Remedy, ServiceAnswer
from notification_tester.services.changes import Changes, cannot_undo, must_be_of
from notification_tester.services.checkup.new_destination import new_queue, new_topic
from notification_tester.services.policy_findings import question_about, repaired
from notification_tester.services.refusals import source_account
from notification_tester.storage.rows import LET_IN, MADE_KIND, MEND_KIND, TAKEN_BACK, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.account import Account
    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.rows import HistoryRow

Place = TypeVar("Place", QueueAddress, TopicAddress)

READ_BACK_SECONDS = 12.0
"""For how long a change that was taken is waited for. SQS API Reference, SetQueueAttributes: up to 60 seconds."""
READ_BACK_SECONDS_IF_LOST = 60.0
"""For how long where no answer came: only what is read back can tell then."""
LONGEST_PAUSE_SECONDS = 2.0
SHOWN = 4000
"""Characters of a policy that a problem shows."""
FAILED_READS = 3
"""How many reads in a row may fail before the rest is not waited for."""
_OUR_SID = re.compile(rf"{OUR_SID}[0-9]*")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One change of one policy, not made yet.

    ``before`` and ``after`` are the policies as the service has and would get them; the ``…_text`` forms are laid out
    alike, so that ``difference``, a unified diff of them, shows the change and no more. ``sentence_done`` says the same
    as ``sentence`` of what was done. ``is_way_back``: it takes back what an earlier one changed. ``would_go_silent``:
    how many HIT types that are on tell what it shuts, if it does.
    """

    destination: QueueAddress | TopicAddress
    before: str
    after: str
    question: Question = field(repr=False)
    sentence: str
    judgement: Judgement
    sentence_done: str = ""
    is_way_back: bool = False
    would_go_silent: int = 0

    @property
    def lets_in(self) -> bool:
        """Whether Mechanical Turk may send there with the policy as it would be."""
        return self.judgement.answer is Answer.ALLOWED

    @property
    def before_text(self) -> str:
        """The policy as it is, one element a line."""
        return laid_out(self.before)

    @property
    def after_text(self) -> str:
        """The policy as it would be, one element a line."""
        return laid_out(self.after)

    @property
    def difference(self) -> str:
        """The change as a unified diff."""
        return "\n".join(
            difflib.unified_diff(
                self.before_text.splitlines(), self.after_text.splitlines(), "before", "after", lineterm="", n=3
            )
        )


@dataclass(frozen=True, kw_only=True)
class Mended:
    """A change that was written, and the policy as the service showed it afterwards (it may write it in its own way).

    It is all that is needed to take the change back later: ``account`` with whose keys and ``written_at`` when (UTC) it
    was written, and in the proposal where, what was written, and what was there before. ``is_seen``: the service showed
    the change in time; ``judgement`` is of what it showed. ``lost``: why no answer came to the write, if none did; then
    it is known to have been written only where it ``is_seen``.
    """

    account: Account
    written_at: datetime
    proposal: Proposal
    read_back: str
    is_seen: bool
    judgement: Judgement
    lost: Problem | None = None

    @property
    def destination(self) -> QueueAddress | TopicAddress:
        """Whose policy was changed."""
        return self.proposal.destination

    @property
    def sentence(self) -> str:
        """What was done, where it was seen; else what was to be."""
        return (self.is_seen and self.proposal.sentence_done) or self.proposal.sentence

    @property
    def is_known(self) -> bool:
        """Whether it is certain that it was written."""
        return self.is_seen or self.lost is None

    @property
    def lets_in(self) -> bool:
        """Whether Mechanical Turk is let in now, as far as the policy tells."""
        return self.is_seen and self.judgement.answer is Answer.ALLOWED


class Mend:
    """Changes policies, and writes down in ``changes`` what it changed. Every method may raise ProblemError.

    ``pause`` waits for so many seconds, and ``clock`` tells them; both are for tests.
    """

    def __init__(
        self,
        *,
        changes: Changes | None = None,
        pause: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._changes = changes or Changes()
        self._pause = pause
        self._clock = clock

    def proposal(self, opened: OpenAccount, destination: Destination) -> Proposal | None:
        """What would have to change; None where Mechanical Turk is let in already, or there is no policy to change.

        Raises ProblemError also where no addition helps: a Deny, a malformed policy, conditions that cannot be judged,
        and a policy that is as large as the service lets it be.
        """
        if isinstance(destination, EmailAddress):
            return None
        before = _policy(opened, destination)
        arn = destination.arn(REGION) if isinstance(destination, QueueAddress) else destination.text
        question = question_about(arn, caller=source_account(opened))
        now = judge(before, question)
        if now.answer is Answer.ALLOWED:
            return None
        after = repaired(before, question)
        if isinstance(after, Problem):
            raise ProblemError(after)
        sentence, done = _sentences(before, after, question, destination.name)
        return Proposal(
            destination=destination,
            before=before,
            after=after,
            question=question,
            sentence=sentence,
            sentence_done=done,
            judgement=judge(after, question),
        )

    def proposal_of_undo(self, opened: OpenAccount, row: HistoryRow) -> Proposal:
        """The way back of a change that the history has, to be shown and then applied.

        Raises ProblemError where the change is of another account, was taken back already, or where somebody changed
        the policy since, so that more than this change would be lost; or where what was there before is not known.
        """
        must_be_of(row, opened)
        destination, before, after = _changed_in(row)
        arn = destination.arn(REGION) if isinstance(destination, QueueAddress) else destination.text
        question = question_about(arn, caller=source_account(opened))
        made = Proposal(
            destination=destination,
            before=before,
            after=after,
            question=question,
            sentence="",
            judgement=judge(after, question),
        )
        return _way_back(opened, made, is_way_back=row.event != TAKEN_BACK)

    def proposal_of_way_back(self, opened: OpenAccount, mended: Mended) -> Proposal:
        """The same of a change that was made in this start; raises ProblemError for the same reasons.

        And where the change was not seen, and does not show yet.
        """
        _must_be_with(opened, mended)
        return _way_back(opened, mended.proposal, is_way_back=True, is_seen=mended.is_seen)

    def apply(self, opened: OpenAccount, proposal: Proposal) -> Mended:
        """Write the change once, unless the policy has changed since it was shown; read it back and judge it."""
        destination = proposal.destination
        present = _policy(opened, destination)
        if _same(present, proposal.after):
            return _mended(opened, proposal, present)  # there is nothing left to write
        if not _same(present, proposal.before):
            raise ProblemError(_changed_meanwhile(proposal, present, "Nothing was written."))
        with self._changes.under_way(
            opened,
            MEND_KIND,
            TAKEN_BACK if proposal.is_way_back else LET_IN,
            transport=destination.transport.value,
            destination=destination.text,
            request={"policy before": proposal.before, "policy after": proposal.after},
        ) as change:
            mended = self._written(opened, proposal)
            if not mended.is_known:
                change.outcome, change.problem = Outcome.UNKNOWN, mended.lost
            return mended

    def _written(self, opened: OpenAccount, proposal: Proposal) -> Mended:
        destination = proposal.destination
        lost = None
        try:
            if isinstance(destination, QueueAddress):
                Queue(opened.clients, destination).set_policy(proposal.after)
            else:
                Topic(opened.clients, destination).set_policy(proposal.after)
        except ProblemError as error:
            if not error.perhaps_done:
                raise
            lost = error.problem
        shown = self._read_back(opened, proposal, READ_BACK_SECONDS if lost is None else READ_BACK_SECONDS_IF_LOST)
        if lost is not None and not _same(shown, proposal.before) and not _is_as_written(shown, proposal):
            why = "No answer came to the change, so that it is not known whether it was written before that."
            raise ProblemError(_changed_meanwhile(proposal, shown, why))
        return _mended(opened, proposal, shown, lost=lost)

    def _read_back(self, opened: OpenAccount, proposal: Proposal, seconds: float) -> str:
        """Read the policy until it is another than before; what was shown last, or before where nothing was."""
        shown, failed, pause = proposal.before, 0, 0.25
        until = self._clock() + seconds
        while True:
            try:
                shown, failed = _policy(opened, proposal.destination), 0
            except ProblemError:
                failed += 1
            left = until - self._clock()
            if not _same(shown, proposal.before) or left <= 0 or failed == FAILED_READS:
                return shown
            self._pause(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def create_queue(self, opened: OpenAccount, name: str) -> QueueAddress:
        """Make a queue that lets Mechanical Turk in; see :func:`new_queue`."""
        return self._made(opened, new_queue(opened, name))

    def create_topic(self, opened: OpenAccount, name: str) -> TopicAddress:
        """Make a topic that lets Mechanical Turk in; see :func:`new_topic`."""
        return self._made(opened, new_topic(opened, name))

    def _made(self, opened: OpenAccount, place: Place) -> Place:
        """Write down that it is there: before it was made nobody could tell its address."""
        transport = place.transport.value
        with self._changes.under_way(opened, MADE_KIND, "", transport=transport, destination=place.text):
            return place


def _must_be_with(opened: OpenAccount, mended: Mended) -> None:
    """Raise ProblemError where a change was made with another account.

    No way in the window leads there. It guards a write: the way back would be written with keys that did not make the
    change, and the history would have it under an account that knows of no change.
    """
    if opened.account != mended.account:
        raise ProblemError(
            Problem(
                title="This change was made with another account.",
                detail=f"The access policy of {mended.destination.name} was changed with the account "
                f"“{mended.account.name}”, and “{opened.account.name}” is open now. Nothing was taken back.",
                remedy=f"Open the account “{mended.account.name}”, and take it back there.",
                code="mend.another-account",
                cause=Cause.INPUT,
            )
        )


def _way_back(opened: OpenAccount, made: Proposal, *, is_way_back: bool, is_seen: bool = True) -> Proposal:
    """What takes back what was ``made``, of the policy as it is now; see ``Mend.proposal_of_undo``."""
    destination, present = made.destination, _policy(opened, made.destination)
    if _same(present, made.before):
        if not is_seen:
            raise ProblemError(_not_shown_yet(destination))
        raise cannot_undo(
            f"The access policy of {destination.name} is what it was before this change already.",
            "Nothing needs to be done.",
            code=Code.UNDONE_ALREADY,
        )
    if not _is_as_written(present, made):
        raise ProblemError(_changed_since(made, present))
    return Proposal(
        destination=destination,
        before=present,
        after=made.before,
        question=made.question,
        sentence=f"The access policy of {destination.name} goes back to what it was before this change.",
        sentence_done=f"The access policy of {destination.name} went back to what it was before this change.",
        judgement=judge(made.before, made.question),
        is_way_back=is_way_back,
    )


def _not_shown_yet(destination: QueueAddress | TopicAddress) -> Problem:
    """Why a change is not taken back that may come a moment later."""
    return Problem(
        title="This change does not show yet.",
        detail=f"The access policy of {destination.name} is still what it was before this change. A change may take up "
        "to a minute until the service shows it. Nothing was taken back.",
        remedy="Look again in a minute. If the policy is the same then, the change was not made, and there is nothing "
        "to take back.",
        code="undo.not-shown-yet",
        cause=Cause.DESTINATION,
        remedies=(Remedy.TRY_AGAIN,),
    )


def _changed_in(row: HistoryRow) -> tuple[QueueAddress | TopicAddress, str, str]:
    """Whose policy a row changed, from what, and to what. Raises ProblemError where it does not tell."""
    before, after = row.request.get("policy before"), row.request.get("policy after")
    if isinstance(before, str) and isinstance(after, str) and row.kind == MEND_KIND:
        with suppress(ProblemError, ValueError):
            destination = parse_destination(Transport(row.transport), row.destination)
            if not isinstance(destination, EmailAddress):
                return destination, before, after
    raise cannot_undo(
        "The entry of the history does not tell what was there before.",
        "Look at the access policy, and change it by hand.",
        code="undo.not-known",
    )


def laid_out(policy: str) -> str:
    """A policy with one element a line, in its own order; what is not JSON stays as it is."""
    if not policy.strip():
        return ""
    try:
        return json.dumps(json.loads(policy), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return policy


def _mended(opened: OpenAccount, proposal: Proposal, shown: str, *, lost: Problem | None = None) -> Mended:
    return Mended(
        account=opened.account,
        written_at=datetime.now(tz=UTC),
        proposal=proposal,
        read_back=shown,
        is_seen=not _same(shown, proposal.before),
        judgement=judge(shown, proposal.question),
        lost=lost,
    )


def _changed_meanwhile(proposal: Proposal, shown: str, more: str) -> Problem:
    return Problem(
        title="The policy has changed meanwhile.",
        detail=f"Somebody else changed the access policy of {proposal.destination.name}: it is not what it was when "
        f"the change was shown. {more} What it is now is quoted word for word.",
        remedy="Look at the change once more, as it would be now, and decide again.",
        code=Code.CHANGED_MEANWHILE,
        cause=Cause.DESTINATION,
        answer=ServiceAnswer(message=laid_out(shown)[:SHOWN] or "There is no policy."),
    )


def _changed_since(made: Proposal, present: str) -> Problem:
    """Why a change of the history is not taken back: what somebody else wrote after it would go with it."""
    return Problem(
        title="The policy has changed meanwhile.",
        detail=f"Somebody else changed the access policy of {made.destination.name} after this change: "
        f"{_what_changed(made.after, present)}. To take this change back would undo that too, so nothing was taken "
        "back. What it is now is quoted word for word.",
        remedy="Look at the policy as it is now. What this change added to it can be taken out by hand, where the "
        "queue or topic is kept; its entry in History has both policies.",
        code=Code.CHANGED_MEANWHILE,
        cause=Cause.DESTINATION,
        answer=ServiceAnswer(message=laid_out(present)[:SHOWN] or "There is no policy."),
    )


def _what_changed(before: str, now: str) -> str:
    """What became of the statements of a policy, in words."""
    if not now.strip():
        return "it has none any more"
    was, are = _statements(before), _statements(now)
    if was is None or are is None:
        return "it cannot be compared statement by statement"
    parts = [
        f"{counted(len(some), 'statement')} {'was' if len(some) == 1 else 'were'} {what}{_sids(some)}"
        for some, what in (
            ([one for one in are if one not in was], "added"),
            ([one for one in was if one not in are], "taken away"),
        )
        if some
    ]
    return " and ".join(parts) or "something other than its statements is another"


def _sids(statements: list[Any]) -> str:
    """The first names of statements, where they have any."""
    sids = [str(one["Sid"])[:64] for one in statements[:3] if isinstance(one, dict) and one.get("Sid")]
    return f" ({', '.join(f'“{sid}”' for sid in sids)})" if sids else ""


def _statements(policy: str) -> list[Any] | None:
    """The statements of a policy, each in one form; None of what is none."""
    try:
        return [_in_one_form(one) for one in _listed(json.loads(policy or "{}").get("Statement", []))]
    except (ValueError, AttributeError, RecursionError):
        return None


def _policy(opened: OpenAccount, destination: QueueAddress | TopicAddress) -> str:
    if isinstance(destination, QueueAddress):
        return Queue(opened.clients, destination).state().policy
    return Topic(opened.clients, destination).policy()


def _same(one: str, other: str) -> bool:
    """Whether two policies say the same: services lay them out anew, sort lists, and unpack a list of one."""
    return one == other or bool(_meaning(one) == _meaning(other))


def _is_as_written(shown: str, proposal: Proposal) -> bool:
    """Whether the service shows what was written, be it in its own words: all else is as before, and ours is there."""
    if _same(shown, proposal.after):
        return True
    found, before, after = (_without_ours(policy) for policy in (shown, proposal.before, proposal.after))
    if found is None or before is None or after is None:
        return False
    is_another = not _same(shown, proposal.before)
    return is_another and bool(found.rest == before.rest == after.rest) and found.has_ours is after.has_ours


class _Rest(NamedTuple):
    has_ours: bool
    rest: Any


def _without_ours(policy: str) -> _Rest | None:
    """A policy without the statements that have our Sid; None for what is none."""
    try:
        document = json.loads(policy or '{"Statement": []}')
        statements = _listed(document.pop("Statement"))
        ours = [one for one in statements if _OUR_SID.fullmatch(str(one.get("Sid", "")))]
        rest = {**document, "Statement": [one for one in statements if one not in ours]}
        return _Rest(has_ours=bool(ours), rest=_in_one_form(rest))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _meaning(policy: str) -> Any:
    if not policy.strip():
        return None
    try:
        document = json.loads(policy)
        if isinstance(document, dict) and document.get("Statement") == []:
            return None  # a policy that says nothing is none
        return _in_one_form(document)
    except (ValueError, RecursionError):
        return policy


def _in_one_form(value: Any) -> Any:
    match value:
        case dict():
            return {name: _in_one_form(one) for name, one in value.items()}
        case [one]:
            return _in_one_form(one)
        case list() if all(isinstance(one, str) for one in value):
            return sorted(value)
        case list():
            return [_in_one_form(one) for one in value]
    return value


def _sentences(before: str, after: str, question: Question, name: str) -> tuple[str, str]:
    """What is to be done, and the same when it was."""
    limits = "over an encrypted connection"
    if question.is_topic and question.source_account:
        limits += f" and for the AWS account {question.source_account} alone"
    what = f"so that the service {SERVICE} may send to {name}, {limits}"
    rest, left = "Nothing else in it changes.", "Nothing else in it was changed."
    match grant_change(before, after):
        case GrantChange.NEW_POLICY:
            return (
                f"{name} has no access policy yet. It gets one with a single statement, {what}.",
                f"{name} had no access policy. It has one now, with a single statement, {what}.",
            )
        case GrantChange.ADDED:
            to = f"to the access policy, {what}."
            return f"One statement is added {to} {rest}", f"One statement was added {to} {left}"
        case GrantChange.PUT_RIGHT:
            own = "This program's own statement in the access policy"
            return f"{own} is put right, {what}. {rest}", f"{own} was put right, {what}. {left}"


def _listed(statements: Any) -> list[Any]:
    return statements if isinstance(statements, list) else [statements]
