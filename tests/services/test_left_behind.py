# SPDX-License-Identifier: MIT
"""Removing what a test has made: each step for itself, and nothing is forgotten before it is confirmed to be gone."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester.aws.queues import NAME_PREFIX, delete_by_name
from notification_tester.aws.topics import Topic
from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import TopicAddress, Transport, parse_destination
from notification_tester.domain.problem import Problem, ProblemError
from notification_tester.practice.faults import Faults
from notification_tester.services import temporary_queue
from notification_tester.services.inbox.listening import Listening
from notification_tester.services.leftover_removal import LeftoverRemoval
from notification_tester.services.sending.test_send import Options, TestSend
from notification_tester.services.sending.throwaway import KIND, Throwaway
from notification_tester.services.temporary_queue import TemporaryQueue
from notification_tester.storage.inbox import Inbox
from services.parts import LONG, SUBMITTED
from services.relay import Passed, Relay, Said, opened_through, refusal, relay_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.parts import Desk

NAME = f"{NAME_PREFIX}0123456789ab"
UNCLEAR = "The specified queue does not exist or you do not have access to it."


def sns_refusal(code: str, status: int) -> Said:
    text = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>Practised.</Message></Error>"
    return Said(status, f'<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">{text}</ErrorResponse>')


@pytest.fixture
def relay(desk: Desk) -> Iterator[Relay]:
    with relay_before(desk.cloud.details) as made, opened_through(made, desk.opened) as opened:
        desk.opened = opened
        yield made
        made.pass_all()
        desk.tests.close()
        forget_records(desk)


def records(desk: Desk) -> list[str]:
    with desk.leftovers._database.reading() as connection:
        return [row[0] for row in connection.execute("SELECT name FROM leftovers")]


def forget_records(desk: Desk) -> None:
    with desk.leftovers._database.transaction() as connection:
        connection.execute("DELETE FROM leftovers")


def temporary(desk: Desk) -> TemporaryQueue:
    address = parse_destination(Transport.SNS, desk.cloud.details.topic_arn)
    assert isinstance(address, TopicAddress)
    return TemporaryQueue.create(desk.opened, Topic(desk.opened.clients, address), desk.leftovers)


def clean_up(desk: Desk) -> None:
    """Take away what a test left on purpose."""
    desk.cloud.set_faults(Faults())
    for one in desk.outside.sns.list_subscriptions()["Subscriptions"]:
        if NAME_PREFIX in one["Endpoint"]:
            desk.outside.sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    for url in desk.outside.temporary_queues():
        desk.outside.sqs.delete_queue(QueueUrl=url)


class TestATemporaryQueueIsRemoved:
    def test_where_its_subscription_is_gone_already(self, desk: Desk, relay: Relay) -> None:
        made = temporary(desk)
        desk.outside.sns.unsubscribe(SubscriptionArn=made.subscription_arn)
        relay.fail("Unsubscribe", said=sns_refusal("NotFound", 404))
        assert made.remove() is None
        assert desk.outside.temporary_queues() == []
        assert records(desk) == []

    def test_where_it_is_gone_itself(self, desk: Desk) -> None:
        made = temporary(desk)
        desk.outside.sqs.delete_queue(QueueUrl=made.queue.address.url)
        before = len(desk.outside.subscriptions())
        assert made.remove() is None
        assert len(desk.outside.subscriptions()) == before - 1
        assert records(desk) == []

    def test_where_its_topic_is_gone(self, desk: Desk, relay: Relay) -> None:
        arn = desk.outside.open_topic("short-lived")
        address = parse_destination(Transport.SNS, arn)
        assert isinstance(address, TopicAddress)
        made = TemporaryQueue.create(desk.opened, Topic(desk.opened.clients, address), desk.leftovers)
        desk.outside.sns.delete_topic(TopicArn=arn)
        relay.fail("Unsubscribe", said=sns_refusal("NotFound", 404))
        assert made.remove() is None
        assert desk.outside.temporary_queues() == []
        assert records(desk) == []

    @pytest.mark.parametrize(
        ("denied", "queues", "subscriptions"),
        [
            pytest.param(("sns:Unsubscribe",), 0, 1, id="unsubscribe"),
            pytest.param(("sqs:DeleteQueue",), 1, 0, id="delete"),
            pytest.param(("sns:Unsubscribe", "sqs:DeleteQueue"), 1, 1, id="both"),
        ],
    )
    def test_each_step_for_itself(self, desk: Desk, denied: tuple[str, ...], queues: int, subscriptions: int) -> None:
        before = len(desk.outside.subscriptions())
        made = temporary(desk)
        desk.cloud.set_faults(Faults(denied_actions=denied))
        problem = made.remove()
        assert problem is not None
        assert problem.title == "A temporary queue could not be removed."
        assert made.queue.address.name in problem.detail
        assert denied[0] in problem.remedy
        assert len(desk.outside.temporary_queues()) == queues
        assert len(desk.outside.subscriptions()) == before + subscriptions
        assert records(desk) == [made.queue.address.name]
        clean_up(desk)
        forget_records(desk)

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param(refusal("QueueDoesNotExist", UNCLEAR), id="unclear"),
            pytest.param(refusal("AccessDenied", status=403), id="denied"),
            pytest.param(refusal("InternalError", status=500), id="trouble"),
            pytest.param(Said(502, "<html>Bad gateway</html>"), id="gateway"),
            pytest.param(Said(), id="no-answer"),
        ],
    )
    def test_nothing_but_its_being_gone_ends_the_record(self, desk: Desk, relay: Relay, said: Said) -> None:
        made = temporary(desk)
        relay.fail("DeleteQueue", said=said)
        assert made.remove() is not None
        assert len(desk.outside.temporary_queues()) == 1
        assert records(desk) == [made.queue.address.name]
        clean_up(desk)

    def test_an_unclear_answer_is_settled_by_the_list_of_queues(self, desk: Desk, relay: Relay) -> None:
        made = temporary(desk)
        desk.outside.sqs.delete_queue(QueueUrl=made.queue.address.url)
        relay.fail("DeleteQueue", said=refusal("QueueDoesNotExist", UNCLEAR))
        relay.fail("ListQueues", said=refusal("AccessDenied", status=403))
        assert made.remove() is not None
        assert records(desk) == [made.queue.address.name]
        relay.rules.pop("ListQueues")
        assert made.remove() is None
        assert records(desk) == []

    def test_where_nothing_answers_each_call_is_made_once(self, desk: Desk, relay: Relay) -> None:
        made = temporary(desk)
        with desk.leftovers._database.reading() as connection:
            assert connection.execute("SELECT address FROM leftovers").fetchall() == [(made.queue.address.url,)]
        relay.calls.clear()
        relay.fail()
        assert made.remove() is not None
        assert [one.operation for one in relay.calls] == ["Unsubscribe"]
        relay.pass_all()
        clean_up(desk)


class TestAQueueThatCannotBeMade:
    @pytest.mark.parametrize("operation", ["CreateQueue", "SetQueueAttributes", "Subscribe"])
    def test_a_lost_answer_leaves_nothing_or_a_record(self, desk: Desk, relay: Relay, operation: str) -> None:
        """What was asked for is carried out, and the answer never comes."""
        before = desk.outside.subscriptions()

        def lose(call: Passed) -> Said:
            if operation == "CreateQueue":
                desk.outside.sqs.create_queue(QueueName=call.members["QueueName"])
            return Said()

        relay.rules[operation] = lose
        with pytest.raises(ProblemError):
            temporary(desk)
        assert desk.outside.temporary_queues() == []
        assert desk.outside.subscriptions() == before
        assert operation == "Subscribe" or records(desk) == []

    def test_a_queue_that_may_yet_appear_stays_on_record(self, desk: Desk, relay: Relay) -> None:
        relay.fail("CreateQueue")
        with pytest.raises(ProblemError):
            temporary(desk)
        (name,) = records(desk)
        with pytest.raises(ProblemError):
            Throwaway(tests=desk.tests, leftovers=desk.leftovers)._create(desk.opened)
        assert len(records(desk)) == 2
        assert name.startswith(NAME_PREFIX)

    @pytest.mark.parametrize("denied", ["sqs:CreateQueue", "sqs:TagQueue", "sqs:SetQueueAttributes", "sns:Subscribe"])
    def test_a_refusal_leaves_neither(self, desk: Desk, denied: str) -> None:
        desk.cloud.set_faults(Faults(denied_actions=(denied, "sns:ListSubscriptionsByTopic")))
        with pytest.raises(ProblemError):
            temporary(desk)
        assert desk.outside.temporary_queues() == []
        assert records(desk) == []

    def test_what_cannot_be_taken_back_stays_on_record(self, desk: Desk) -> None:
        desk.cloud.set_faults(Faults(denied_actions=("sns:Subscribe", "sqs:DeleteQueue")))
        with pytest.raises(ProblemError):
            temporary(desk)
        assert len(records(desk)) == len(desk.outside.temporary_queues()) == 1
        clean_up(desk)
        forget_records(desk)

    def test_a_look_out_that_cannot_begin_leaves_nothing(self, desk: Desk) -> None:
        before = desk.outside.subscriptions()
        desk.cloud.set_faults(Faults(denied_actions=("sqs:GetQueueAttributes",)))
        outcome = desk.send(desk.spec(Transport.SNS))
        assert (outcome.accepted.state, outcome.arrived.state) == (State.YES, State.UNKNOWN)
        desk.tests.close()
        assert desk.outside.temporary_queues() == []
        assert desk.outside.subscriptions() == before


class TestWhatStaysIsTold:
    def test_by_a_test_of_a_topic(self, desk: Desk) -> None:
        told: list[Problem] = []
        desk.tests = TestSend(
            history=desk.history, leftovers=desk.leftovers, notice=lambda problem, _: told.append(problem)
        )
        desk.cloud.set_faults(Faults(denied_actions=("sqs:DeleteQueue",)))
        outcome = desk.send(desk.spec(Transport.SNS))
        desk.tests.close()
        assert outcome.is_good
        assert "removed" not in outcome.arrived.detail
        (problem,) = told
        (url,) = desk.outside.temporary_queues()
        assert url.rpartition("/")[2] in problem.detail
        clean_up(desk)
        forget_records(desk)

    def test_by_a_throw_away_test(self, desk: Desk) -> None:
        def forbid(_: Any) -> None:
            desk.cloud.set_faults(Faults(denied_actions=("sqs:DeleteQueue",)))

        throwaway = Throwaway(tests=desk.tests, leftovers=desk.leftovers)
        spec, options = desk.spec(), Options(wait_seconds=LONG)
        outcome = throwaway.run(desk.opened, spec, SUBMITTED, options, progress=forbid, stop=threading.Event())
        assert outcome.is_good
        assert any("could not be removed" in note for note in outcome.notes)
        clean_up(desk)
        forget_records(desk)

    def test_by_following_a_topic(self, desk: Desk) -> None:
        stop = threading.Event()
        stop.set()
        desk.cloud.set_faults(Faults(denied_actions=("sqs:DeleteQueue",)))
        place = parse_destination(Transport.SNS, desk.cloud.details.topic_arn)
        with Inbox() as inbox:
            followed = Listening(leftovers=desk.leftovers).follow(
                desk.opened, place, inbox=inbox, received=lambda _: None, stop=stop
            )
        assert followed.left_behind is not None
        assert "could not be removed" in followed.left_behind.title
        clean_up(desk)
        forget_records(desk)


class TestByHand:
    def test_a_subscription_that_stays_is_told_and_stays_on_record(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = temporary(desk)
        monkeypatch.setattr("notification_tester.storage.ownership.Ownership.is_alive", lambda *_: False)
        throwaway = Throwaway(tests=desk.tests, leftovers=desk.leftovers)
        (found,) = throwaway.found(desk.opened)
        desk.cloud.set_faults(Faults(denied_actions=("sns:Unsubscribe",)))
        with pytest.raises(ProblemError) as raised:
            throwaway.remove(desk.opened, found)
        assert "sns:Unsubscribe" in raised.value.problem.remedy
        assert desk.outside.temporary_queues() == []
        assert records(desk) == [made.queue.address.name]
        desk.cloud.set_faults(Faults())
        assert not throwaway.remove(desk.opened, found)
        assert records(desk) == []

    def test_queues_that_were_left_in_another_region_are_listed(
        self, desk: Desk, relay: Relay, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("notification_tester.storage.ownership.Ownership.is_alive", lambda *_: False)
        planned(desk, region="eu-west-1")
        url = f"https://sqs.eu-west-1.amazonaws.com/{desk.cloud.details.account_id}/{NAME}"
        relay.rules["ListQueues"] = lambda call: Said(200, {"QueueUrls": [url] if call.region == "eu-west-1" else []})
        relay.fail("GetQueueAttributes", said=refusal("AccessDenied", status=403))
        lab = replace(desk.opened, account=replace(desk.opened.account, name="Lab", kept_as="Lab"))
        (found,) = Throwaway(tests=desk.tests, leftovers=desk.leftovers).found(lab)
        assert (found.address.region, found.is_left) == ("eu-west-1", True)
        assert (found.waiting, found.age) == (None, None)  # it may not be looked at
        relay.calls.clear()
        assert Throwaway(tests=desk.tests, leftovers=desk.leftovers).found(desk.opened) == ()
        assert [one.region for one in relay.calls] == ["us-east-1"]  # the other one is of another account
        relay.calls.clear()
        relay.rules["DeleteQueue"] = lambda _: Said(200, {})
        assert Throwaway(tests=desk.tests, leftovers=desk.leftovers).remove(lab, found)
        assert {one.region for one in relay.calls} == {"eu-west-1"}
        assert records(desk) == []

    def test_several_are_removed_as_far_as_it_goes(self, desk: Desk, relay: Relay) -> None:
        for number in range(3):
            desk.outside.sqs.create_queue(QueueName=f"{NAME}{number}")
        throwaway = Throwaway(tests=desk.tests, leftovers=None)
        found = throwaway.found(desk.opened)
        urls = [one.address.url for one in found]
        assert [one.address.name for one in found] == [f"{NAME}0", f"{NAME}1", f"{NAME}2"]

        def refuse_one(call: Passed) -> Said | None:
            return refusal("AccessDenied", status=403) if call.members["QueueUrl"] == urls[1] else None

        relay.rules["DeleteQueue"] = refuse_one
        relay.rules["ListQueues"] = lambda _: Said(200, {"QueueUrls": urls})  # as SQS does for up to a minute
        left, problem = throwaway.remove_all(desk.opened, found)
        assert [one.address.url for one in left] == [urls[1]]
        assert len(desk.outside.temporary_queues()) == 1
        assert problem is not None
        assert f"{NAME}1" in problem.detail
        relay.rules["ListQueues"] = lambda _: refusal("InternalError", status=500)
        left, told = throwaway.remove_all(desk.opened, left)
        assert [one.address.url for one in left] == [urls[1]]
        assert told == problem  # the first
        relay.pass_all()
        assert throwaway.remove_all(desk.opened, left) == ([], None)
        relay.fail("ListQueues", said=refusal("AccessDenied", status=403))
        left, problem = throwaway.remove_all(desk.opened, ())
        assert left == []
        assert problem is not None


def planned(desk: Desk, *, region: str = "us-east-1", kind: str = KIND, address: str = "", topic: str = "") -> int:
    row = desk.leftovers.planned(
        kind=kind, account="Lab", region=region, name=NAME, topic_arn=topic, now=datetime.now(tz=UTC)
    )
    if address:
        desk.leftovers.made(row, address)
    return row


class _Accounts:
    """One account, "Lab", that is open already."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._account = Account(name="Lab", environment=Environment.OTHER, source=KeySource.SESSION)

    def kept_under(self, _: str) -> Account:
        return self._account

    def open(self, _: Account) -> Any:
        return self._desk.opened


class TestTheNextStart:
    @pytest.fixture
    def removal(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> LeftoverRemoval:
        monkeypatch.setattr("notification_tester.storage.ownership.Ownership.is_alive", lambda *_: False)
        accounts: Any = _Accounts(desk)
        return LeftoverRemoval(accounts, desk.leftovers)

    def urls(self, desk: Desk) -> str:
        return desk.outside.sqs.create_queue(QueueName=NAME)["QueueUrl"]

    def test_tells_once_of_what_it_may_not_remove(self, desk: Desk, removal: LeftoverRemoval) -> None:
        planned(desk, address=self.urls(desk))
        desk.cloud.set_faults(Faults(denied_actions=("sqs:DeleteQueue",)))
        assert len(removal.at_start(tell=False)[1]) == 1  # a command that does not tell leaves it to the next
        removed, (problem,) = removal.at_start(tell=True)
        assert removed == 0
        assert NAME in problem.detail
        assert removal.at_start(tell=True) == (0, ())
        assert records(desk) == [NAME]
        desk.cloud.set_faults(Faults())
        assert removal.at_start(tell=True) == (1, ())
        assert desk.outside.temporary_queues() == []

    def test_says_nothing_of_trouble_that_passes(self, desk: Desk, relay: Relay, removal: LeftoverRemoval) -> None:
        planned(desk, address=self.urls(desk))
        relay.fail()
        assert removal.at_start(tell=True) == (0, ())
        assert records(desk) == [NAME]
        relay.pass_all()
        assert removal.at_start(tell=True) == (1, ())

    @pytest.mark.parametrize("answer", ["unclear", "denied"])
    def test_keeps_what_it_cannot_see(self, desk: Desk, relay: Relay, removal: LeftoverRemoval, answer: str) -> None:
        planned(desk, address=self.urls(desk))
        said = refusal("QueueDoesNotExist", UNCLEAR) if answer == "unclear" else refusal("AccessDenied", status=403)
        relay.fail("DeleteQueue", said=said)
        relay.fail("GetQueueUrl", said=said)
        removed, problems = removal.at_start(tell=True)
        assert (removed, len(problems)) == (0, 1)
        assert removal.at_start(tell=True) == (0, ())
        assert records(desk) == [NAME]
        clean_up(desk)

    def test_keeps_what_keys_of_nobody_known_do_not_find(
        self, desk: Desk, relay: Relay, removal: LeftoverRemoval
    ) -> None:
        """Whose keys these are cannot be told, so that they find no such queue proves nothing."""
        planned(desk, address=f"https://sqs.us-east-1.amazonaws.com/{desk.cloud.details.account_id}/{NAME}")
        desk.opened = _not_practice(desk)
        relay.fail("GetCallerIdentity", said=sns_refusal("AccessDenied", 403))
        removed, problems = removal.at_start(tell=True)
        assert (removed, len(problems)) == (0, 1)
        assert records(desk) == [NAME]
        relay.pass_all()
        assert removal.at_start(tell=True) == (1, ())  # now it is known whose keys they are

    def test_removes_the_rest_where_one_step_is_refused(self, desk: Desk, removal: LeftoverRemoval) -> None:
        topic = desk.cloud.details.topic_arn
        planned(desk, kind=temporary_queue.KIND, address=self.urls(desk), topic=topic)
        desk.cloud.set_faults(Faults(denied_actions=("sns:ListSubscriptionsByTopic",)))
        removed, (problem,) = removal.at_start(tell=True)
        assert removed == 0
        assert "sns:ListSubscriptionsByTopic" in problem.remedy
        assert desk.outside.temporary_queues() == []
        assert records(desk) == [NAME]  # its subscription may be there
        desk.cloud.set_faults(Faults())
        assert removal.at_start(tell=True) == (1, ())

    def test_goes_on_where_one_of_several_is_refused(self, desk: Desk, relay: Relay, removal: LeftoverRemoval) -> None:
        urls = [desk.outside.sqs.create_queue(QueueName=f"{NAME}{n}")["QueueUrl"] for n in range(3)]
        for number, url in enumerate(urls):
            row = desk.leftovers.planned(
                kind=KIND,
                account="Lab",
                region="us-east-1",
                name=f"{NAME}{number}",
                topic_arn="",
                now=datetime.now(UTC),
            )
            desk.leftovers.made(row, url)

        def refuse_one(call: Passed) -> Said | None:
            return refusal("AccessDenied", status=403) if call.members["QueueUrl"] == urls[0] else None

        relay.rules["DeleteQueue"] = refuse_one
        desk.opened = _not_practice(desk)
        removed, problems = removal.when_opened(desk.opened)
        assert (removed, len(problems)) == (2, 1)
        assert desk.outside.temporary_queues() == [urls[0]]
        assert records(desk) == [f"{NAME}0"]
        relay.pass_all()
        removed, (problem,) = removal.when_opened(desk.opened)
        assert (removed, problem.code) == (1, "leftover.removed")

    def test_asks_no_more_where_nothing_answers(self, desk: Desk, relay: Relay, removal: LeftoverRemoval) -> None:
        for _ in range(5):
            planned(desk)
        relay.fail()
        assert removal.at_start(tell=True) == (0, ())
        assert relay.count("GetQueueUrl") == 1

    def test_asks_no_more_where_nothing_answers_any_more(
        self, desk: Desk, relay: Relay, removal: LeftoverRemoval
    ) -> None:
        for _ in range(3):
            planned(desk, address=self.urls(desk))
        relay.fail("DeleteQueue")
        assert removal.when_opened(_not_practice(desk)) == (0, ())
        assert relay.count("DeleteQueue") == 1
        assert records(desk) == [NAME] * 3
        clean_up(desk)


def _not_practice(desk: Desk) -> Any:
    return replace(desk.opened, practice=None)


def test_a_subscription_without_an_arn_is_left_alone(desk: Desk, relay: Relay) -> None:
    """SNS tells a word in the place of the ARN of one that is pending or deleted."""
    members = "".join(
        f"<member><Endpoint>arn:aws:sqs:us-east-1:111122223333:{NAME}</Endpoint>"
        f"<SubscriptionArn>{arn}</SubscriptionArn></member>"
        for arn in ("PendingConfirmation", "Deleted", f"{desk.cloud.details.topic_arn}:0", "arn:aws:sns:x:1:t:1")
    )
    relay.rules["ListSubscriptionsByTopic"] = lambda _: Said(
        200,
        '<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">'
        f"<ListSubscriptionsByTopicResult><Subscriptions>{members}</Subscriptions></ListSubscriptionsByTopicResult>"
        "</ListSubscriptionsByTopicResponse>",
    )
    address = parse_destination(Transport.SNS, desk.cloud.details.topic_arn)
    assert isinstance(address, TopicAddress)
    assert Topic(desk.opened.clients, address).unsubscribe_queue(NAME)
    asked = [one.members["SubscriptionArn"] for one in relay.calls if one.operation == "Unsubscribe"]
    assert asked == [f"{desk.cloud.details.topic_arn}:0", "arn:aws:sns:x:1:t:1"]


def subscribed(arn: str) -> Said:
    return Said(
        200,
        '<SubscribeResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><SubscribeResult>'
        f"<SubscriptionArn>{arn}</SubscriptionArn></SubscribeResult></SubscribeResponse>",
    )


@pytest.mark.parametrize("arn", ["pending confirmation", "PendingConfirmation"])
def test_a_subscription_that_waits_for_a_confirmation_is_said_and_nothing_is_left(
    desk: Desk, relay: Relay, arn: str
) -> None:
    relay.fail("Subscribe", said=subscribed(arn))
    with pytest.raises(ProblemError) as error:
        temporary(desk)
    problem = error.value.problem
    assert "confirm" in problem.title
    assert NAME_PREFIX in problem.detail
    assert desk.outside.temporary_queues() == []
    assert records(desk) == []
    assert relay.count("ListSubscriptionsByTopic") == 1  # what can be removed by then is
    assert relay.count("Unsubscribe") == 0  # a word is no ARN


def test_a_subscription_of_another_topic_is_not_taken_for_ours(desk: Desk, relay: Relay) -> None:
    """Whatever mixed the answers up: to remove it afterwards would end what somebody else set up."""
    relay.rules["Subscribe"] = lambda _: subscribed("arn:aws:sns:us-east-1:111122223333:of-others:0a0a0a0a-1")
    with pytest.raises(ProblemError, match="not an answer of this service"):
        temporary(desk)
    assert relay.count("Unsubscribe") == 0
    assert desk.outside.temporary_queues() == []


def test_a_test_through_a_topic_whose_subscription_waits_says_so(desk: Desk, relay: Relay) -> None:
    relay.fail("Subscribe", said=subscribed("pending confirmation"))
    outcome = desk.send(desk.spec(Transport.SNS), wait=0.3)
    assert outcome.arrived.state is State.UNKNOWN
    assert "confirm" in outcome.arrived.detail


@pytest.mark.parametrize(
    "code", ["AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"], ids=["query", "json"]
)
@pytest.mark.parametrize("message", [UNCLEAR, "The specified queue does not exist."], ids=["unclear", "gone"])
class TestATemporaryQueueThatSomebodyRemovedMeanwhile:
    """Nobody chose it: to compare its URL with a list, or to allow it to somebody, mends nothing."""

    def said_right(self, text: str) -> None:
        assert "temporary queue" in text
        assert "URL" not in text
        assert "allow" not in text

    def test_while_a_topic_is_followed(self, desk: Desk, relay: Relay, code: str, message: str) -> None:
        relay.fail("ReceiveMessage", said=refusal(code, message))
        address = parse_destination(Transport.SNS, desk.cloud.details.topic_arn)
        with Inbox() as inbox, pytest.raises(ProblemError) as error:
            Listening(leftovers=desk.leftovers).follow(
                desk.opened, address, inbox=inbox, received=lambda _: None, stop=threading.Event()
            )
        self.said_right(error.value.problem.as_text().partition("Code: ")[0])

    def test_while_a_test_is_looked_for(self, desk: Desk, relay: Relay, code: str, message: str) -> None:
        relay.fail("ReceiveMessage", said=refusal(code, message))
        outcome = desk.send(desk.spec(Transport.SNS), wait=1.0)
        assert outcome.arrived.state is State.UNKNOWN
        assert outcome.problem is not None
        self.said_right(outcome.problem.as_text().partition("Code: ")[0] + outcome.arrived.detail)

    def test_while_a_throwaway_test_is_looked_for(self, desk: Desk, relay: Relay, code: str, message: str) -> None:
        relay.fail("ReceiveMessage", said=refusal(code, message))
        outcome = Throwaway(tests=desk.tests, leftovers=desk.leftovers).run(
            desk.opened,
            desk.spec(),
            SUBMITTED,
            Options(wait_seconds=1.0),
            progress=desk.news.append,
            stop=threading.Event(),
        )
        assert outcome.arrived.state is State.UNKNOWN
        assert outcome.problem is not None
        self.said_right(outcome.problem.as_text().partition("Code: ")[0] + outcome.arrived.detail)


@pytest.mark.parametrize("name", ["practice-results", "mturk-notification", ""])
def test_only_ours_are_removed(desk: Desk, name: str) -> None:
    with pytest.raises(ValueError, match="was not made by this program"):
        delete_by_name(desk.opened.clients, name=name, region="us-east-1", url=desk.cloud.details.queue_url)
