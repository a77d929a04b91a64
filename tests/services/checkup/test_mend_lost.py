# SPDX-License-Identifier: MIT
"""A change of a policy whose answer was lost: written once, told as what is read back shows, and taken back exactly.

And what is made: it is there once, and what of it is not known is said.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from breaking_proxy import (
    JSON,
    PAGE,
    Break,
    Exchange,
    Gateway,
    answer_with,
    be_silent,
    cut,
    lose_answer,
    reset,
)
from notification_tester.aws import clients as made_by
from notification_tester.domain.destination import TopicAddress
from notification_tester.domain.policy.judgement import Answer
from notification_tester.domain.problem import Cause, ProblemError, Remedy
from notification_tester.practice.faults import Faults
from notification_tester.services.checkup.mend import READ_BACK_SECONDS, READ_BACK_SECONDS_IF_LOST, Mend, laid_out
from services.parts import behind_a_gateway
from services.places_to_check import Site, statement, strange_account, take_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.domain.destination import Destination
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.checkup.mend import Proposal
    from services.parts import Desk

THEIRS = {
    "Sid": "Theirs",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
    "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"],
    "Resource": "*",
}
WRITES = {"queue": "SetQueueAttributes", "topic": "SetTopicAttributes"}
READS = {"queue": "GetQueueAttributes", "topic": "GetTopicAttributes"}


class Clock:
    """Time that passes only while a mend waits; what happens after so many seconds can be told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.events: list[tuple[float, Any]] = []

    def pause(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds
        due = [one for one in self.events if one[0] <= self.now]
        self.events = [one for one in self.events if one[0] > self.now]
        for _, happen in due:
            happen()

    def mend(self) -> Mend:
        return Mend(pause=self.pause, clock=lambda: self.now)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """What stands between the program and the queues and topics of practice."""
    monkeypatch.setattr(made_by, "READ_SECONDS", 2)
    monkeypatch.setattr(made_by, "CALL_SECONDS", 4)
    with behind_a_gateway(desk, "aws") as between:
        yield between


def place(site: Site, kind: str) -> Destination:
    if kind == "queue":
        return site.queue(THEIRS)
    return site.topic(statement("sns:Publish", "HERE", Principal={"Service": "s3.amazonaws.com"}), subscribed=False)


def proposed(site: Site, destination: Destination) -> Proposal:
    proposal = Mend().proposal(site.desk.opened, destination)
    assert proposal is not None
    return proposal


def refused(exchange: Exchange) -> None:
    """Hang up before it is carried out."""


LOST: dict[str, Break] = {
    "hangs up": lose_answer,
    "reset": reset,
    "silent": be_silent,
    "half of it": cut(0.5),
    "InternalFailure": answer_with(500, JSON, b'{"__type": "InternalFailure"}'),
    "502 of a gateway": answer_with(502, "text/html", PAGE),
    "a page with a good status": answer_with(200, "text/html", PAGE),
}


@pytest.mark.parametrize("kind", ["queue", "topic"])
@pytest.mark.parametrize("how", LOST.values(), ids=LOST)
def test_what_is_read_back_was_written_though_the_answer_was_lost(
    site: Site, gateway: Gateway, clock: Clock, kind: str, how: Break
) -> None:
    destination = place(site, kind)
    before, proposal = site.policy(destination), proposed(site, destination)
    gateway.breaks(WRITES[kind], how, times=1)
    mended = clock.mend().apply(site.desk.opened, proposal)
    assert gateway.count(WRITES[kind]) == 1
    assert mended.lost is not None
    assert mended.is_known
    assert mended.lets_in
    assert site.policy(destination) == json.loads(proposal.after)

    gateway.breaks(WRITES[kind], how, times=1)
    back = take_back(clock.mend(), site.desk.opened, mended)
    assert back.is_known
    assert site.policy(destination) == before
    assert gateway.count(WRITES[kind]) == 2


def test_a_change_that_comes_late_is_seen_and_none_is_not_known(site: Site, gateway: Gateway, clock: Clock) -> None:
    destination = site.queue(THEIRS)
    before, proposal = site.policy(destination), proposed(site, destination)
    gateway.breaks("SetQueueAttributes", refused, times=1)
    clock.events.append((50, lambda: site.set_policy(destination, proposal.after)))
    mended = clock.mend().apply(site.desk.opened, proposal)
    assert mended.is_known
    assert mended.lets_in
    assert 50 <= clock.now < READ_BACK_SECONDS_IF_LOST
    assert take_back(clock.mend(), site.desk.opened, mended).is_seen
    assert site.policy(destination) == before

    gateway.breaks("SetQueueAttributes", refused, times=1)
    began = clock.now
    mended = clock.mend().apply(site.desk.opened, proposal)
    assert clock.now - began == pytest.approx(READ_BACK_SECONDS_IF_LOST)
    assert not mended.is_known
    assert not mended.is_seen
    assert not mended.lets_in
    assert site.policy(destination) == before
    assert gateway.count("SetQueueAttributes") == 3

    # It may come yet, so it is not said that there is nothing to take back; to look needs no write.
    with pytest.raises(ProblemError) as raised:
        take_back(clock.mend(), site.desk.opened, mended)
    assert raised.value.problem.code == "undo.not-shown-yet"
    assert gateway.count("SetQueueAttributes") == 3


def test_an_unknown_change_that_comes_after_all_can_be_taken_back(site: Site, gateway: Gateway, clock: Clock) -> None:
    destination = site.queue(THEIRS)
    before, proposal = site.policy(destination), proposed(site, destination)
    gateway.breaks("SetQueueAttributes", refused, times=1)
    mended = clock.mend().apply(site.desk.opened, proposal)
    assert not mended.is_known
    site.set_policy(destination, proposal.after)
    assert take_back(clock.mend(), site.desk.opened, mended).is_seen
    assert site.policy(destination) == before


def test_a_change_that_was_taken_is_waited_for(
    site: Site, gateway: Gateway, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    destination = site.queue(THEIRS)
    proposal = proposed(site, destination)
    # SQS may show a change up to a minute later: an answer comes, and what was before is read for a while.
    gateway.breaks("SetQueueAttributes", answer_later(), times=1)
    clock.events.append((10, lambda: site.set_policy(destination, proposal.after)))
    mended = clock.mend().apply(site.desk.opened, proposal)
    assert mended.lost is None
    assert mended.lets_in
    assert clock.now >= 10

    gateway.breaks("SetQueueAttributes", answer_later(), times=1)
    began = clock.now
    back = take_back(clock.mend(), site.desk.opened, mended)
    assert clock.now - began == pytest.approx(READ_BACK_SECONDS)
    assert gateway.count("GetQueueAttributes") < 25, "it is asked more and more seldom"
    assert not back.is_seen
    assert back.is_known, "it was taken, and does not show yet"


def test_reads_that_fail_now_and_then_do_not_end_the_wait(site: Site, gateway: Gateway, clock: Clock) -> None:
    destination = site.queue(THEIRS)
    proposal = proposed(site, destination)

    def denied(*, is_denied: bool) -> None:
        site.desk.cloud.set_faults(Faults(denied_actions=("sqs:GetQueueAttributes",) if is_denied else ()))

    def and_then_none_is_read(exchange: Exchange) -> object:
        denied(is_denied=True)
        return answer_later()(exchange)

    gateway.breaks("SetQueueAttributes", and_then_none_is_read, times=1)
    clock.events += [
        (0.7, lambda: denied(is_denied=False)),  # after two that failed
        (1.7, lambda: denied(is_denied=True)),
        (5.7, lambda: denied(is_denied=False)),  # and after two more
        (5.7, lambda: site.set_policy(destination, proposal.after)),
    ]
    mended = clock.mend().apply(site.desk.opened, proposal)
    assert mended.is_seen
    assert mended.lets_in


def test_a_change_that_was_taken_and_does_not_show_yet_is_looked_for_again(
    site: Site, gateway: Gateway, clock: Clock
) -> None:
    destination = site.queue(THEIRS)
    before, proposal = site.policy(destination), proposed(site, destination)
    gateway.breaks("SetQueueAttributes", answer_later(), times=1)
    mended = clock.mend().apply(site.desk.opened, proposal)
    assert mended.is_known
    assert not mended.is_seen
    with pytest.raises(ProblemError) as raised:
        clock.mend().proposal_of_way_back(site.desk.opened, mended)
    problem = raised.value.problem
    assert problem.code == "undo.not-shown-yet"
    assert problem.remedy.startswith("Look again in a minute.")
    assert problem.remedies == (Remedy.TRY_AGAIN,)

    site.set_policy(destination, proposal.after)  # a moment later
    assert take_back(clock.mend(), site.desk.opened, mended).is_seen
    assert site.policy(destination) == before


def answer_later() -> Break:
    """Take the change, and carry it out later, as SQS does."""

    def how(exchange: Exchange) -> bool:
        exchange.say(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: r\r\n"
            b"Content-Length: 0\r\n\r\n"
        )
        return True

    return how


@pytest.mark.parametrize("what", ["lost", "taken"])
def test_where_nothing_can_be_read_back_that_is_not_called_done(
    site: Site, gateway: Gateway, clock: Clock, what: str
) -> None:
    destination = site.queue(THEIRS)
    proposal = proposed(site, destination)

    def and_then_silence(exchange: Exchange) -> bool:
        gateway.breaks("GetQueueAttributes", reset)
        if what == "lost":
            lose_answer(exchange)
            return False
        exchange.say(exchange.carried_out().whole())
        return True

    gateway.breaks("SetQueueAttributes", and_then_silence, times=1)
    mended = clock.mend().apply(site.desk.opened, proposal)
    assert not mended.is_seen
    assert mended.is_known is (what == "taken")
    assert clock.now < 10, "a dead network is not waited for"
    assert gateway.count("SetQueueAttributes") == 1
    gateway.mend()
    assert take_back(clock.mend(), site.desk.opened, mended).is_seen


def test_a_definite_refusal_is_told_at_once(site: Site, gateway: Gateway, clock: Clock) -> None:
    destination = site.queue(THEIRS)
    proposal = proposed(site, destination)
    site.desk.cloud.set_faults(Faults(denied_actions=("sqs:SetQueueAttributes",)))
    with pytest.raises(ProblemError) as raised:
        clock.mend().apply(site.desk.opened, proposal)
    assert "sqs:SetQueueAttributes" in raised.value.problem.remedy
    assert clock.now == 0
    assert gateway.count("SetQueueAttributes") == 1


def test_a_way_back_whose_answer_was_lost_and_that_does_not_show_is_not_known(
    site: Site, gateway: Gateway, clock: Clock
) -> None:
    destination = site.queue(THEIRS)
    mended = clock.mend().apply(site.desk.opened, proposed(site, destination))
    gateway.breaks("SetQueueAttributes", refused, times=1)
    back = take_back(clock.mend(), site.desk.opened, mended)
    assert not back.is_known
    assert not back.is_seen
    assert back.lost is not None
    assert take_back(clock.mend(), site.desk.opened, mended).is_seen


# Somebody else


def test_what_somebody_wrote_in_the_same_moment_is_not_taken_back(site: Site, gateway: Gateway, clock: Clock) -> None:
    destination = site.queue(THEIRS)
    proposal = proposed(site, destination)
    theirs = {"Version": "2012-10-17", "Statement": [{**THEIRS, "Action": "sqs:*"}]}

    def and_they_write(exchange: Exchange) -> bool:
        exchange.say(exchange.carried_out().whole())
        site.set_policy(destination, json.dumps(theirs))
        return True

    gateway.breaks("SetQueueAttributes", and_they_write, times=1)
    mended = clock.mend().apply(site.desk.opened, proposal)
    assert not mended.lets_in
    assert mended.judgement.answer is Answer.NOT_ALLOWED
    with pytest.raises(ProblemError) as raised:
        take_back(clock.mend(), site.desk.opened, mended)
    assert raised.value.problem.code == "mend.changed-meanwhile"
    assert raised.value.problem.answer.message == laid_out(json.dumps(theirs))
    assert site.policy(destination) == theirs


def test_a_lost_answer_and_somebody_elses_change_are_told(site: Site, gateway: Gateway, clock: Clock) -> None:
    destination = site.queue(THEIRS)
    proposal = proposed(site, destination)
    theirs = {"Version": "2012-10-17", "Statement": [{**THEIRS, "Action": "sqs:*"}]}

    def and_they_write(exchange: Exchange) -> None:
        exchange.carried_out()
        site.set_policy(destination, json.dumps(theirs))

    gateway.breaks("SetQueueAttributes", and_they_write, times=1)
    with pytest.raises(ProblemError) as raised:
        clock.mend().apply(site.desk.opened, proposal)
    problem = raised.value.problem
    assert problem.code == "mend.changed-meanwhile"
    assert "not known whether it was written" in problem.detail
    assert "sqs:*" in problem.answer.message
    assert site.policy(destination) == theirs


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param(
            lambda found: found["Statement"].append({**THEIRS, "Sid": "New"}),
            "1 statement was added (“New”)",
            id="a-statement-more",
        ),
        pytest.param(
            lambda found: found["Statement"].pop(0), "1 statement was taken away (“Theirs”)", id="a-statement-less"
        ),
        pytest.param(
            lambda found: found.update(Id="mine"), "something other than its statements is another", id="its-id"
        ),
        pytest.param(lambda found: found["Statement"].clear(), "it has none any more", id="emptied"),
    ],
)
def test_the_way_back_is_refused_where_somebody_changed_it_and_shows_what_is_there(
    site: Site, gateway: Gateway, clock: Clock, changed: Any, said: str
) -> None:
    destination = site.queue(THEIRS)
    mended = clock.mend().apply(site.desk.opened, proposed(site, destination))
    now = site.policy(destination)
    changed(now)
    site.set_policy(destination, json.dumps(now) if now["Statement"] else "")
    there = site.policy(destination)
    with pytest.raises(ProblemError) as raised:
        take_back(clock.mend(), site.desk.opened, mended)
    problem = raised.value.problem
    assert problem.code == "mend.changed-meanwhile"
    assert f"after this change: {said}. To take" in problem.detail
    assert "nothing was taken back" in problem.detail
    assert problem.answer.message == (laid_out(json.dumps(there)) if there else "There is no policy.")
    assert site.policy(destination) == there
    assert gateway.count("SetQueueAttributes") == 1


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda found: found["Statement"][-1].pop("Condition"), id="ours-changed"),
        pytest.param(lambda found: found["Statement"].reverse(), id="another-order"),
    ],
)
def test_where_nothing_of_theirs_would_be_lost_the_way_back_is_shown_from_what_is_there(
    site: Site, clock: Clock, changed: Any
) -> None:
    destination = site.queue(THEIRS)
    before = site.policy(destination)
    mended = clock.mend().apply(site.desk.opened, proposed(site, destination))
    now = site.policy(destination)
    changed(now)
    site.set_policy(destination, json.dumps(now))
    shown = clock.mend().proposal_of_way_back(site.desk.opened, mended)
    assert json.loads(shown.before) == now
    assert clock.mend().apply(site.desk.opened, shown).is_seen
    assert site.policy(destination) == before


@pytest.mark.parametrize(
    "written_anew",
    [
        pytest.param(lambda text: json.dumps(json.loads(text), indent=3), id="laid-out"),
        pytest.param(
            lambda text: text.replace(
                '"sqs:SendMessage","sqs:ReceiveMessage"', '"sqs:ReceiveMessage","sqs:SendMessage"'
            ),
            id="sorted",
        ),
        pytest.param(lambda text: text.replace('"Resource":"*"', '"Resource":["*"]'), id="list-of-one"),
        pytest.param(
            lambda text: text.replace('"Bool":{"aws:SecureTransport":"true"}', '"Bool":{"aws:SecureTransport":true}'),
            id="true",
        ),
    ],
)
def test_a_service_that_writes_a_policy_in_its_own_way_is_no_somebody(
    site: Site, gateway: Gateway, clock: Clock, written_anew: Any
) -> None:
    destination = site.queue(THEIRS)
    before, proposal = site.policy(destination), proposed(site, destination)

    def in_its_way(exchange: Exchange) -> bool:
        exchange.say(exchange.carried_out().whole())
        changed = written_anew(proposal.after)
        assert changed != proposal.after
        site.set_policy(destination, changed)
        return True

    gateway.breaks("SetQueueAttributes", in_its_way, times=1)
    mended = clock.mend().apply(site.desk.opened, proposal)
    assert mended.lets_in
    take_back(clock.mend(), site.desk.opened, mended)
    assert site.policy(destination) == before


def test_the_way_back_writes_letter_for_letter_what_was_there(site: Site, gateway: Gateway, clock: Clock) -> None:
    destination = site.topic(
        statement("sns:Publish", "HERE", Principal={"Service": "s3.amazonaws.com"}), subscribed=False
    )
    assert isinstance(destination, TopicAddress)
    before = site.desk.outside.sns.get_topic_attributes(TopicArn=destination.text)["Attributes"]["Policy"]
    written: list[bytes] = []

    def note(exchange: Exchange) -> bool:
        written.append(exchange.body)
        exchange.say(exchange.carried_out().whole())
        return True

    gateway.breaks("SetTopicAttributes", note)
    mended = clock.mend().apply(site.desk.opened, proposed(site, destination))
    take_back(clock.mend(), site.desk.opened, mended)
    assert parse_qs(written[1].decode())["AttributeValue"] == [before]


def test_what_is_written_already_is_not_written_again(site: Site, gateway: Gateway, clock: Clock) -> None:
    destination = site.queue(THEIRS)
    proposal = proposed(site, destination)
    site.set_policy(destination, proposal.after)
    mended = clock.mend().apply(site.desk.opened, proposal)
    assert mended.lets_in
    assert gateway.count("SetQueueAttributes") == 0


# What is made


def make(site: Site, kind: str, name: str) -> Destination:
    opened = site.desk.opened
    return Mend().create_queue(opened, name) if kind == "queue" else Mend().create_topic(opened, name)


def places_named(site: Site, kind: str, name: str) -> list[str]:
    """What there is of a name, as somebody else sees it; it is removed afterwards."""
    if kind == "queue":
        found = site.desk.outside.sqs.list_queues(QueueNamePrefix=name).get("QueueUrls", [])
        site.queues += found
    else:
        topics = site.desk.outside.sns.list_topics()["Topics"]
        found = [one["TopicArn"] for one in topics if one["TopicArn"].endswith(f":{name}")]
        site.topics += found
    return found


@pytest.mark.parametrize("kind", ["queue", "topic"])
@pytest.mark.parametrize("how", LOST.values(), ids=LOST)
def test_what_was_made_is_there_once_though_the_answer_was_lost(
    site: Site, gateway: Gateway, kind: str, how: Break
) -> None:
    name = f"made-{secrets.token_hex(4)}"
    gateway.breaks("CreateQueue" if kind == "queue" else "CreateTopic", how, times=1)
    made = make(site, kind, name)
    assert made.name == name
    assert len(places_named(site, kind, name)) == 1
    assert Mend().proposal(site.desk.opened, made) is None, "it lets Mechanical Turk in"


@pytest.mark.parametrize("kind", ["queue", "topic"])
def test_what_was_made_and_does_not_let_in_is_said_to_be_there(site: Site, gateway: Gateway, kind: str) -> None:
    name = f"made-{secrets.token_hex(4)}"
    site.desk.cloud.set_faults(Faults(denied_actions=(f"{'sqs' if kind == 'queue' else 'sns'}:{WRITES[kind]}",)))
    with pytest.raises(ProblemError) as raised:
        make(site, kind, name)
    problem = raised.value.problem
    assert len(places_named(site, kind, name)) == 1
    assert problem.code == "destination.half-made"
    assert f"“{name}” is there" in problem.detail
    assert WRITES[kind] in problem.remedy
    assert "have it checked and mended" in problem.remedy


@pytest.mark.parametrize("kind", ["queue", "topic"])
def test_what_could_not_be_looked_for_is_not_made(site: Site, gateway: Gateway, kind: str) -> None:
    name = f"made-{secrets.token_hex(4)}"
    look = "sqs:GetQueueUrl" if kind == "queue" else "sns:GetTopicAttributes"
    site.desk.cloud.set_faults(Faults(denied_actions=(look,)))
    with pytest.raises(ProblemError) as raised:
        make(site, kind, name)
    site.desk.cloud.set_faults(Faults())
    assert raised.value.problem.cause is Cause.PERMISSION
    assert places_named(site, kind, name) == []


CREATES = {"queue": "CreateQueue", "topic": "CreateTopic"}
HIDDEN = {
    "queue": (
        "GetQueueUrl",
        answer_with(
            400,
            JSON,
            b'{"__type": "com.amazonaws.sqs#QueueDoesNotExist",'
            b' "message": "The specified queue does not exist or you do not have access to it."}',
            carried_out=False,
        ),
        "sqs:ListQueues",
    ),
    "topic": (
        "GetTopicAttributes",
        answer_with(
            404,
            "text/xml",
            b"<ErrorResponse><Error><Code>NotFound</Code>"
            b"<Message>Topic does not exist or you do not have access to it</Message></Error></ErrorResponse>",
            carried_out=False,
        ),
        "sns:ListTopics",
    ),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_is_not_there_or_may_not_be_seen_is_looked_for_in_the_list(
    site: Site, gateway: Gateway, kind: str
) -> None:
    operation, hidden, _ = HIDDEN[kind]
    there = place(site, kind)
    before = site.policy(there)
    gateway.breaks(operation, hidden, times=1)
    with pytest.raises(ProblemError) as raised:
        make(site, kind, there.name)
    assert raised.value.problem.code == "destination.new-name-taken"
    assert site.policy(there) == before
    name = f"made-{secrets.token_hex(4)}"
    gateway.breaks(operation, hidden, times=1)
    assert make(site, kind, name).name == name
    assert len(places_named(site, kind, name)) == 1


@pytest.mark.parametrize("kind", HIDDEN)
def test_a_name_of_which_nobody_knows_whether_it_is_free_is_not_made(site: Site, gateway: Gateway, kind: str) -> None:
    operation, hidden, listing = HIDDEN[kind]
    name = f"made-{secrets.token_hex(4)}"
    gateway.breaks(operation, hidden)
    site.desk.cloud.set_faults(Faults(denied_actions=(listing,)))
    with pytest.raises(ProblemError) as raised:
        make(site, kind, name)
    site.desk.cloud.set_faults(Faults())
    problem = raised.value.problem
    assert problem.code == "destination.new-name-unknown"
    assert "or that these keys may not see it" in problem.detail
    assert f"the {kind} in the {'SQS' if kind == 'queue' else 'SNS'} console" in problem.remedy
    assert listing in problem.remedy
    assert gateway.count(CREATES[kind]) == 0
    assert places_named(site, kind, name) == []


@pytest.fixture
def nobody_says_whose_keys(site: Site) -> OpenAccount:
    """An account whose keys nobody says the owner of."""
    opened = strange_account(site.desk.cloud.details)
    site.desk.cloud.set_faults(Faults(denied_actions=("sts:GetCallerIdentity",)))
    return opened


def test_a_topic_that_is_there_is_not_touched_though_nobody_says_whose_keys_these_are(
    site: Site, nobody_says_whose_keys: OpenAccount
) -> None:
    topic = site.topic(statement("sns:Publish", "HERE", Principal={"Service": "s3.amazonaws.com"}), subscribed=False)
    before = site.policy(topic)
    with pytest.raises(ProblemError) as raised:
        Mend().create_topic(nobody_says_whose_keys, topic.name)
    assert raised.value.problem.code == "destination.new-name-taken"
    assert site.policy(topic) == before
    made = Mend().create_topic(nobody_says_whose_keys, f"{topic.name}-2")
    site.topics.append(made.text)
    nobody_says_whose_keys.clients.close()


def test_a_topic_is_not_made_where_too_many_are_there_to_look_for_it(
    site: Site, nobody_says_whose_keys: OpenAccount
) -> None:
    for number in range(100):
        site.topics.append(site.desk.outside.sns.create_topic(Name=f"many-{number}")["TopicArn"])
    name = f"made-{secrets.token_hex(4)}"
    with pytest.raises(ProblemError) as raised:
        Mend().create_topic(nobody_says_whose_keys, name)
    nobody_says_whose_keys.clients.close()
    assert raised.value.problem.code == "destination.new-name-unknown"
    assert "nothing was made" in raised.value.problem.detail
    assert places_named(site, "topic", name) == []
