# SPDX-License-Identifier: MIT
"""Let Mechanical Turk into a queue or topic: shown first, written after a yes, read back, undone with one press.

Only the ``Policy`` attribute is ever written, by SetQueueAttributes or SetTopicAttributes; everything else in it stays
as it was. Before every write the policy is read again, and where somebody has changed it meanwhile nothing is written.
"""

from __future__ import annotations

import difflib
import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from notification_tester.aws.queues import Queue
from notification_tester.aws.topics import Topic
from notification_tester.domain.account import REGION
from notification_tester.domain.destination import EmailAddress, QueueAddress
from notification_tester.domain.policy import SERVICE, Answer, Judgement, Question, judge
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.services.checkup_policy import repaired
from notification_tester.services.new_destination import new_queue, new_topic
from notification_tester.services.refusals import source_account

if TYPE_CHECKING:
    from notification_tester.domain.account import Account
    from notification_tester.domain.destination import Destination, TopicAddress
    from notification_tester.services.accounts import OpenAccount

READ_BACK_TIMES = 8
READ_BACK_PAUSE_SECONDS = 0.5
"""What was written is read back for four seconds at most; SQS may take up to a minute to show it everywhere."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One change of one policy, not made yet.

    ``before`` and ``after`` are the policies as the service has and would get them; the ``…_text`` forms are laid out
    alike, so that ``difference``, a unified diff of them, shows the change and no more.
    """

    destination: QueueAddress | TopicAddress
    before: str
    after: str
    question: Question = field(repr=False)
    sentence: str
    judgement: Judgement

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
    the change in time; ``judgement`` is of what it showed.
    """

    account: Account
    written_at: datetime
    proposal: Proposal
    read_back: str
    is_seen: bool
    judgement: Judgement

    @property
    def destination(self) -> QueueAddress | TopicAddress:
        """Whose policy was changed."""
        return self.proposal.destination

    @property
    def lets_in(self) -> bool:
        """Whether Mechanical Turk is let in now, as far as the policy tells."""
        return self.is_seen and self.judgement.answer is Answer.ALLOWED

    @property
    def undo(self) -> Proposal:
        """The way back: the same change the other way round."""
        proposal = self.proposal
        return Proposal(
            destination=proposal.destination,
            before=self.read_back if self.is_seen else proposal.after,
            after=proposal.before,
            question=proposal.question,
            sentence=f"The access policy of {proposal.destination.name} goes back to what it was.",
            judgement=judge(proposal.before, proposal.question),
        )


class Mend:
    """Changes policies. Every method may raise ProblemError."""

    def proposal(self, opened: OpenAccount, destination: Destination) -> Proposal | None:
        """What would have to change; None where Mechanical Turk is let in already, or there is no policy to change.

        Raises ProblemError also where no addition helps: a Deny, a malformed policy, conditions that cannot be judged,
        and a policy that is as large as the service lets it be.
        """
        if isinstance(destination, EmailAddress):
            return None
        before = _policy(opened, destination)
        arn = destination.arn(REGION) if isinstance(destination, QueueAddress) else destination.text
        question = Question(resource_arn=arn, source_account=source_account(opened))
        now = judge(before, question)
        if now.answer is Answer.ALLOWED:
            return None
        after = repaired(before, question)
        if isinstance(after, Problem):
            raise ProblemError(after)
        return Proposal(
            destination=destination,
            before=before,
            after=after,
            question=question,
            sentence=_sentence(before, after, question, destination.name),
            judgement=judge(after, question),
        )

    def apply(self, opened: OpenAccount, proposal: Proposal) -> Mended:
        """Write the change, unless the policy has changed since it was shown; read it back and judge it."""
        return _write(opened, proposal)

    def undo(self, opened: OpenAccount, mended: Mended) -> Mended:
        """Put the policy back to what it was, with the same account, unless somebody changed it since; read it back."""
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
        return _write(opened, mended.undo)

    def create_queue(self, opened: OpenAccount, name: str) -> QueueAddress:
        """Make a queue that lets Mechanical Turk in; see :func:`new_queue`."""
        return new_queue(opened, name)

    def create_topic(self, opened: OpenAccount, name: str) -> TopicAddress:
        """Make a topic that lets Mechanical Turk in; see :func:`new_topic`."""
        return new_topic(opened, name)


def laid_out(policy: str) -> str:
    """A policy with one element a line, in its own order; what is not JSON stays as it is."""
    if not policy.strip():
        return ""
    try:
        return json.dumps(json.loads(policy), indent=2, ensure_ascii=False)
    except ValueError:
        return policy


def _write(opened: OpenAccount, proposal: Proposal) -> Mended:
    """Write ``after`` where ``before`` still stands, and read it back."""
    destination = proposal.destination
    if not _same(_policy(opened, destination), proposal.before):
        raise ProblemError(
            Problem(
                title="The policy has changed meanwhile.",
                detail=f"Since the change was shown, somebody else changed the access policy of {destination.name}. "
                "Nothing was written.",
                remedy="Look at the change once more, as it would be now, and decide again.",
                code="mend.changed-meanwhile",
                cause=Cause.DESTINATION,
            )
        )
    if isinstance(destination, QueueAddress):
        Queue(opened.clients, destination).set_policy(proposal.after)
    else:
        Topic(opened.clients, destination).set_policy(proposal.after)
    pause = threading.Event()
    read_back = _policy(opened, destination)
    for _ in range(READ_BACK_TIMES):
        if not _same(read_back, proposal.before):
            break
        pause.wait(READ_BACK_PAUSE_SECONDS)
        read_back = _policy(opened, destination)
    return Mended(
        account=opened.account,
        written_at=datetime.now(tz=UTC),
        proposal=proposal,
        read_back=read_back,
        is_seen=not _same(read_back, proposal.before),
        judgement=judge(read_back, proposal.question),
    )


def _policy(opened: OpenAccount, destination: QueueAddress | TopicAddress) -> str:
    if isinstance(destination, QueueAddress):
        return Queue(opened.clients, destination).state().policy
    return Topic(opened.clients, destination).policy()


def _same(one: str, other: str) -> bool:
    """Whether two policies say the same: services lay them out anew, and write a single text for a list of one."""
    return bool(_meaning(one) == _meaning(other))


def _meaning(policy: str) -> Any:
    if not policy.strip():
        return None
    try:
        document = json.loads(policy)
    except ValueError:
        return policy
    if isinstance(document, dict) and document.get("Statement") == []:
        return None  # a policy that says nothing is none
    return _without_lists_of_one(document)


def _without_lists_of_one(value: Any) -> Any:
    match value:
        case dict():
            return {name: _without_lists_of_one(one) for name, one in value.items()}
        case [one]:
            return _without_lists_of_one(one)
        case list():
            return [_without_lists_of_one(one) for one in value]
    return value


def _sentence(before: str, after: str, question: Question, name: str) -> str:
    count = len(_statements(after)) - len(_statements(before))
    limits = "over an encrypted connection"
    if question.is_topic and question.source_account:
        limits += f" and for the AWS account {question.source_account} alone"
    what = f"so that the service {SERVICE} may send to {name}, {limits}"
    if count > 0:
        return f"One statement is added to the access policy, {what}. Nothing else in it changes."
    return f"This program's own statement in the access policy is put right, {what}. Nothing else in it changes."


def _statements(policy: str) -> list[Any]:
    found = json.loads(policy or "{}").get("Statement", [])
    return found if isinstance(found, list) else [found]
