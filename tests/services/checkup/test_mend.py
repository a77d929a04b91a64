# SPDX-License-Identifier: MIT
"""What can be mended is mended by one small change: shown, written, proved by a test that arrives, and undone."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.domain.finding import Level
from notification_tester.domain.problem import ProblemError
from notification_tester.practice.faults import Faults
from notification_tester.services.checkup.mend import Mend, laid_out
from notification_tester.services.checkup.new_destination import parse_new_name
from practice.clients import until
from services import faulty_places as faults
from services.parts import LONG
from services.places_to_check import Site, statement, strange_account, take_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.destination import Destination

THEIRS: dict[str, Any] = {
    "Sid": "Theirs",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
    "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"],
    "Resource": "HERE",
}


def arrives(site: Site, destination: Destination, *, wait: float = LONG) -> State:
    spec = site.desk.spec(destination.transport, destination.text)
    seen = site.desk.send(spec, wait=wait).arrived.state
    assert until(
        lambda: not any(NAME_PREFIX in endpoint for endpoint in site.desk.outside.subscriptions())
    )  # by and by
    return seen


def our_statement_of_another_queue(site: Site) -> Destination:
    ours = statement("sqs:SendMessage", site.queue_arn("before-the-copy"), Sid="AllowMechanicalTurk")
    return site.queue(THEIRS, ours)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.no_policy, id="no-policy"),
        pytest.param(faults.another_principal, id="another-principal"),
        pytest.param(faults.outdated_principal, id="outdated-principal"),
        pytest.param(faults.another_queue, id="another-queue"),
        pytest.param(faults.another_source, id="another-source-account"),
        pytest.param(our_statement_of_another_queue, id="our-own-statement"),
        pytest.param(faults.default_policy, id="topic-default"),
        pytest.param(faults.topic_for_another, id="topic-another-principal"),
        pytest.param(faults.topic_of_another_source, id="topic-another-source-account"),
        pytest.param(faults.topic_of_another_arn, id="topic-another-arn"),
    ],
)
def test_what_is_fixable_is_green_after_mending_and_a_test_arrives(
    site: Site, fault: Callable[[Site], Destination]
) -> None:
    destination, mend = fault(site), Mend()
    finding_id = "queue.policy" if destination.transport is Transport.SQS else "topic.policy"
    before = site.policy(destination)
    assert arrives(site, destination, wait=2) is State.NO

    proposal = mend.proposal(site.desk.opened, destination)
    assert proposal is not None
    assert site.policy(destination) == before, "a proposal changes nothing"
    mended = mend.apply(site.desk.opened, proposal)
    assert mended.lets_in

    finding = site.check(destination).finding(finding_id)
    assert finding is not None
    assert finding.level is Level.GOOD
    assert mend.proposal(site.desk.opened, destination) is None
    assert arrives(site, destination) is State.YES

    take_back(mend, site.desk.opened, mended)
    assert site.policy(destination) == before
    assert arrives(site, destination, wait=2) is State.NO


def test_all_else_stays_and_the_difference_shows_only_the_change(site: Site) -> None:
    destination = site.queue(THEIRS)
    before = site.policy(destination)
    proposal = Mend().proposal(site.desk.opened, destination)
    assert proposal is not None
    removed = [line for line in proposal.difference.splitlines()[2:] if line.startswith("-")]
    added = [line for line in proposal.difference.splitlines()[2:] if line.startswith("+")]
    assert removed == []
    assert any("mturk-requester.amazonaws.com" in line for line in added)
    assert json.loads(proposal.after)["Statement"][:-1] == before["Statement"]
    assert "One statement is added" in proposal.sentence


@pytest.mark.parametrize(
    ("fault", "sentence", "remedy"),
    [
        pytest.param(faults.no_policy, "has no access policy yet", "give the queue an access policy", id="no policy"),
        pytest.param(faults.another_principal, "One statement is added", "add one statement", id="added"),
        pytest.param(
            our_statement_of_another_queue, "own statement in the access policy is put right", "put its own", id="ours"
        ),
        pytest.param(faults.topic_for_another, "One statement is added", "add one statement", id="topic"),
    ],
)
def test_what_is_changed_is_said_as_it_is(
    site: Site, fault: Callable[[Site], Destination], sentence: str, remedy: str
) -> None:
    destination = fault(site)
    proposal = Mend().proposal(site.desk.opened, destination)
    assert proposal is not None
    assert proposal.would_go_silent == 0
    before, after = (json.loads(text)["Statement"] if text else [] for text in (proposal.before, proposal.after))
    assert ("added" in proposal.sentence) is (0 < len(before) < len(after))
    assert sentence in proposal.sentence
    alone = f"over an encrypted connection and for the AWS account {site.desk.cloud.details.account_id} alone"
    for told in (proposal.sentence, proposal.sentence_done):
        assert f"may send to {destination.name}, over an encrypted connection" in told
        assert (alone in told) is (destination.transport is Transport.SNS)
    finding = site.check(destination).finding(f"{proposal.question.place}.policy")
    assert finding is not None
    assert remedy in finding.remedy
    mended = Mend().apply(site.desk.opened, proposal)
    assert mended.sentence == proposal.sentence_done
    past = {"has no": "had no", "is added": "was added", "is put": "was put"}
    assert (
        next(sentence.replace(now, then) for now, then in past.items() if now in sentence).removesuffix(" yet")
        in proposal.sentence_done
    )
    assert replace(mended, is_seen=False).sentence == proposal.sentence, "that it is done was not seen"


def test_only_the_policy_is_written(site: Site) -> None:
    destination = site.queue(DelaySeconds="7", VisibilityTimeout="99")
    proposal = Mend().proposal(site.desk.opened, destination)
    assert proposal is not None
    Mend().apply(site.desk.opened, proposal)
    found = site.desk.outside.sqs.get_queue_attributes(QueueUrl=destination.text, AttributeNames=["All"])["Attributes"]
    assert (found["DelaySeconds"], found["VisibilityTimeout"]) == ("7", "99")


@pytest.mark.parametrize("make", [faults.no_policy, faults.topic_for_another], ids=["queue", "topic"])
def test_what_changed_meanwhile_is_not_written_over(site: Site, make: Callable[[Site], Destination]) -> None:
    destination, mend = make(site), Mend()
    proposal = mend.proposal(site.desk.opened, destination)
    assert proposal is not None
    theirs = {"Version": "2012-10-17", "Statement": [{**THEIRS, "Resource": "*"}]}
    site.set_policy(destination, json.dumps(theirs))
    with pytest.raises(ProblemError) as raised:
        mend.apply(site.desk.opened, proposal)
    assert raised.value.problem.code == "mend.changed-meanwhile"
    assert site.policy(destination) == theirs


def test_undo_leaves_alone_what_somebody_changed_since(site: Site) -> None:
    destination, mend = site.queue(), Mend()
    proposal = mend.proposal(site.desk.opened, destination)
    assert proposal is not None
    mended = mend.apply(site.desk.opened, proposal)
    theirs = json.loads(proposal.after)
    theirs["Statement"].append({**THEIRS, "Resource": "*"})
    site.set_policy(destination, json.dumps(theirs))
    with pytest.raises(ProblemError):
        take_back(mend, site.desk.opened, mended)
    assert site.policy(destination) == theirs


def test_a_change_that_was_written_says_where_when_and_with_which_account(site: Site) -> None:
    destination, mend = site.queue(THEIRS), Mend()
    proposal = mend.proposal(site.desk.opened, destination)
    assert proposal is not None
    began = datetime.now(tz=UTC)
    mended = mend.apply(site.desk.opened, proposal)
    assert mended.destination == destination
    assert mended.account == site.desk.opened.account
    assert began <= mended.written_at <= datetime.now(tz=UTC)
    back = mend.proposal_of_way_back(site.desk.opened, mended)
    assert json.loads(mended.proposal.before) == json.loads(back.after)
    assert back.is_way_back


def test_a_change_is_taken_back_only_with_the_account_that_made_it(site: Site) -> None:
    destination, mend = site.queue(), Mend()
    proposal = mend.proposal(site.desk.opened, destination)
    assert proposal is not None
    mended = mend.apply(site.desk.opened, proposal)
    written = site.policy(destination)
    another = strange_account(site.desk.cloud.details)
    with pytest.raises(ProblemError) as raised:
        take_back(mend, another, mended)
    another.clients.close()
    assert raised.value.problem.code == "mend.another-account"
    assert mended.account.name in raised.value.problem.remedy
    assert site.policy(destination) == written
    take_back(mend, site.desk.opened, mended)
    assert site.policy(destination) is None


def test_a_change_that_does_not_show_is_not_called_done(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = itertools.count()
    destination, mend = site.queue(), Mend(pause=lambda _: None, clock=lambda: float(next(passed)))
    proposal = mend.proposal(site.desk.opened, destination)
    assert proposal is not None
    monkeypatch.setattr("notification_tester.aws.queues.Queue.set_policy", lambda *_: None)
    mended = mend.apply(site.desk.opened, proposal)
    assert not mended.is_seen
    assert not mended.lets_in


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        pytest.param(faults.denied, "mend.denied", id="deny"),
        pytest.param(faults.topic_that_denies, "mend.denied", id="topic-deny"),
        pytest.param(faults.malformed, "policy.malformed", id="malformed"),
    ],
)
def test_what_cannot_be_mended_says_why(site: Site, fault: Callable[[Site], Destination], code: str) -> None:
    destination = fault(site)
    before = site.policy(destination)
    with pytest.raises(ProblemError) as raised:
        Mend().proposal(site.desk.opened, destination)
    assert raised.value.problem.code == code
    assert site.policy(destination) == before


def others(count: int, action: str = "sqs:SendMessage", **changes: Any) -> list[dict[str, Any]]:
    """Statements for others, as subscribing topics makes them."""
    condition = {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:news"}}
    made = {"Principal": {"Service": "s3.amazonaws.com"}, "Condition": condition, **changes}
    return [statement(action, "HERE", Sid=f"S{number}", **made) for number in range(count)]


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        pytest.param(others(20), "may have 20 statements. With the statement that lets", id="statements"),
        pytest.param(
            others(1, Principal={"AWS": [f"{n:012}" for n in range(1, 51)]}), "may have 50 principals", id="who"
        ),
        pytest.param(
            others(1, Condition={"StringLike": {"aws:Referer": "x" * 7800}}), "may have 8,192 bytes", id="bytes"
        ),
    ],
)
def test_a_policy_without_room_is_refused_before_anything_is_written(
    site: Site, statements: list[dict[str, Any]], said: str
) -> None:
    destination = site.queue(*statements)
    before = site.policy(destination)
    with pytest.raises(ProblemError) as raised:
        Mend().proposal(site.desk.opened, destination)
    problem = raised.value.problem
    assert problem.code == "mend.no-room"
    assert said in problem.detail
    assert "and Amazon SQS would refuse it" in problem.detail
    assert "merge statements" in problem.remedy
    finding = site.check(destination).finding("queue.policy")
    assert finding is not None
    assert not finding.fixable
    assert finding.remedy == problem.remedy
    assert site.policy(destination) == before


@pytest.mark.parametrize("count", [99, 100])
def test_a_topics_policy_has_more_room(site: Site, count: int) -> None:
    destination = site.topic(*others(count, "sns:Publish", Condition=None))
    if count == 100:
        with pytest.raises(ProblemError) as raised:
            Mend().proposal(site.desk.opened, destination)
        assert "A topic's policy may have 100 statements" in raised.value.problem.detail
        assert "and Amazon SNS would refuse it" in raised.value.problem.detail
        return
    proposal = Mend().proposal(site.desk.opened, destination)
    assert proposal is not None
    assert Mend().apply(site.desk.opened, proposal).lets_in


def test_the_last_room_is_used_and_a_statement_of_ours_needs_none(site: Site) -> None:
    destination = site.queue(*others(19))
    for _ in range(2):
        proposal = Mend().proposal(site.desk.opened, destination)
        assert proposal is not None
        assert Mend().apply(site.desk.opened, proposal).lets_in
        whole = site.policy(destination)
        assert len(whole["Statement"]) == 20
        whole["Statement"][-1]["Resource"] = site.queue_arn("elsewhere")
        site.set_policy(destination, json.dumps(whole))


def test_nothing_is_proposed_where_nothing_is_wrong(site: Site) -> None:
    for transport in Transport:
        assert Mend().proposal(site.desk.opened, site.desk.spec(transport).destination) is None


def test_who_may_not_write_is_told(site: Site) -> None:
    destination = site.queue()
    proposal = Mend().proposal(site.desk.opened, destination)
    assert proposal is not None
    site.desk.cloud.set_faults(Faults(denied_actions=("sqs:SetQueueAttributes",)))
    with pytest.raises(ProblemError) as raised:
        Mend().apply(site.desk.opened, proposal)
    assert "sqs:SetQueueAttributes" in raised.value.problem.remedy


def test_a_new_queue_and_a_new_topic_take_tests_at_once(site: Site) -> None:
    queue = Mend().create_queue(site.desk.opened, " made-for-results ")
    topic = Mend().create_topic(site.desk.opened, "made-for-results")
    site.queues.append(queue.text)
    site.topics.append(topic.text)
    kept = site.desk.outside.sqs.get_queue_attributes(QueueUrl=queue.text, AttributeNames=["All"])["Attributes"]
    assert (kept["MessageRetentionPeriod"], kept["SqsManagedSseEnabled"]) == (str(14 * 24 * 3600), "true")
    assert arrives(site, queue) is State.YES
    assert arrives(site, topic) is State.YES
    assert site.check(queue).verdict is Level.GOOD
    report = site.check(topic)
    assert report.findings[0].id == "topic.subscribers"


def test_what_is_there_already_is_not_touched(site: Site) -> None:
    queue, topic = site.queue(THEIRS), site.topic(subscribed=False)
    before = site.policy(queue), site.policy(topic)
    for make, name in ((Mend().create_queue, queue.name), (Mend().create_topic, topic.name)):
        with pytest.raises(ProblemError) as raised:
            make(site.desk.opened, name)
        assert raised.value.problem.code == "destination.new-name-taken"
    assert (site.policy(queue), site.policy(topic)) == before


@pytest.mark.parametrize("name", ["", "two words", "x" * 81, "results.fifo", "mturk-notification-tester-mine", "a/b"])
def test_names_that_will_not_do(site: Site, name: str) -> None:
    with pytest.raises(ProblemError) as raised:
        Mend().create_queue(site.desk.opened, name)
    assert raised.value.problem.code.startswith("destination.new-name")


@pytest.mark.parametrize("longest", [80, 256])
def test_a_name_may_be_as_long_as_the_service_lets_it_be(longest: int) -> None:
    assert parse_new_name(f" {'x' * longest} ", longest=longest) == "x" * longest
    with pytest.raises(ProblemError) as raised:
        parse_new_name("x" * (longest + 1), longest=longest)
    assert str(longest) in raised.value.problem.detail


def test_a_mended_report_holds_no_secret(site: Site) -> None:
    details = site.desk.cloud.details
    report = site.check(site.queue())
    for text in (report.as_text(), report.as_html(), json.dumps(report.as_json())):
        assert details.secret_access_key not in text
        assert details.access_key_id not in text


def test_a_policy_is_shown_with_an_element_a_line_and_its_letters() -> None:
    assert laid_out('{"Id":"Zoë","Statement":[]}') == '{\n  "Id": "Zoë",\n  "Statement": []\n}'


@pytest.mark.parametrize("policy", ["", "{ no JSON", "[" * 100_000], ids=["none", "broken", "deep"])
def test_a_policy_that_cannot_be_read_is_shown_as_it_is(policy: str) -> None:
    assert laid_out(policy) == policy
