# SPDX-License-Identifier: MIT
"""Every fault that the practice cloud can be given is the checkup's first finding; nothing is changed by looking."""

from __future__ import annotations

import ast
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dns.resolver import Resolver

from aws.parts import JSON, answering, connection, nobody, problem_of
from notification_tester.aws.clients import Clients
from notification_tester.aws.queues import NAME_PREFIX, Queue, QueueState
from notification_tester.aws.topics import Subscriber
from notification_tester.domain.destination import QueueAddress, TopicAddress, Transport, parse_destination
from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.domain.finding import Level
from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.practice.faults import Faults
from notification_tester.services.checkup import checkup
from notification_tester.services.checkup.checkup import Checkup
from notification_tester.services.checkup.queue import queue_access_findings, queue_findings
from notification_tester.services.checkup.queues import SubscribedQueue, subscribed_queues_finding
from notification_tester.services.checkup.topic import LOOKED_INTO, subscriber_findings
from notification_tester.services.policy_findings import absence_finding
from notification_tester.services.readers import INBOX, Readers
from services import faulty_places as faulty
from services.parts import until
from services.places_to_check import ANOTHER_ACCOUNT, Site, statement, strange_account
from services.relay import Passed, opened_through, relay_before

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.domain.checkup_report import CheckupReport
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.finding import Finding

SERVICES = Path(checkup.__file__).parents[1]
GOOD, BEWARE, BROKEN, UNKNOWN = Level.GOOD, Level.BEWARE, Level.BROKEN, Level.UNKNOWN


def first(report: CheckupReport) -> tuple[str, Level]:
    return report.findings[0].id, report.findings[0].level


@pytest.mark.parametrize("transport", [Transport.SQS, Transport.SNS])
def test_where_all_is_well_everything_is_good(site: Site, transport: Transport) -> None:
    report = site.check(site.desk.spec(transport).destination)
    assert report.verdict is GOOD, report.as_text()
    destination = site.desk.spec(transport).destination
    assert report.about == f"Account Practice (practice), {transport.value} to {destination.text}"
    assert report.way is not None
    assert {"account.keys", "account.clock", "account.link", "account.test", "account.set", "account.list"} <= {
        one.id for one in report.findings
    }


@pytest.mark.parametrize(
    ("transport", "text"),
    [
        (Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/lab-results"),
        (Transport.SNS, "arn:aws:sns:us-east-1:123456789012:lab-results"),
    ],
)
def test_what_practice_cannot_reach_is_not_said_to_be_missing(site: Site, transport: Transport, text: str) -> None:
    report = site.check(parse_destination(transport, text))
    assert first(report) == ("destination.readable", UNKNOWN)
    assert report.findings[0].title.startswith("You are practising")
    assert {one.id.partition(".")[0] for one in report.findings[1:]} == {"account"}


@pytest.mark.parametrize("cause", [Cause.DESTINATION, Cause.UNREACHABLE], ids=["not-there", "not-reached"])
def test_what_can_be_done_about_a_place_that_cannot_be_read_is_told_with_it(cause: Cause) -> None:
    remedies = (Remedy.MAKE_DESTINATION, Remedy.CHANGE_ACCOUNT)
    problem = Problem(title="No.", detail="Why.", remedy="Do.", code="x", cause=cause, remedies=remedies)
    found = absence_finding(problem, place="queue", action="sqs:GetQueueAttributes")
    assert (found.remedy, found.remedies) == ("Do.", remedies)


def test_a_topic_in_the_right_place_says_in_what_it_is_right(site: Site) -> None:
    report = site.check(site.desk.spec(Transport.SNS).destination)
    (found,) = (one for one in report.findings if one.id == "topic.place")
    assert found.level is GOOD
    assert found.title == "The topic is in Mechanical Turk's region and in the account of your keys."


def test_looking_changes_nothing(site: Site) -> None:
    settings, mails = site.desk.cloud.settings(), len(site.desk.cloud.mailbox())
    url = site.desk.cloud.details.queue_url
    before = site.desk.outside.counts(url)
    for transport in Transport:
        site.check(site.desk.spec(transport).destination)
    assert site.desk.cloud.settings() == settings
    assert len(site.desk.cloud.mailbox()) == mails
    assert site.desk.outside.counts(url) == before


@pytest.mark.parametrize(
    ("fault", "finding_id", "level", "fixable"),
    [
        pytest.param(faulty.no_policy, "queue.policy", BROKEN, True, id="no-policy"),
        pytest.param(faulty.another_principal, "queue.policy", BROKEN, True, id="another-principal"),
        pytest.param(faulty.outdated_principal, "queue.policy", UNKNOWN, True, id="outdated-principal"),
        pytest.param(faulty.denied, "queue.policy", BROKEN, False, id="deny"),
        pytest.param(faulty.another_queue, "queue.policy", BROKEN, True, id="another-queue"),
        pytest.param(faulty.another_source, "queue.policy", BROKEN, True, id="another-source-account"),
        pytest.param(faulty.malformed, "queue.policy", BROKEN, False, id="malformed"),
        pytest.param(faulty.key_of_aws, "queue.encryption", BROKEN, False, id="key-of-aws"),
        pytest.param(faulty.key_of_the_account_alone, "queue.encryption", BROKEN, False, id="key-of-the-account"),
        pytest.param(faulty.key_for_sns_alone, "queue.encryption", BROKEN, False, id="key-for-another-by-alias"),
        pytest.param(faulty.key_that_denies, "queue.encryption", BROKEN, False, id="key-that-denies"),
        pytest.param(faulty.key_with_a_condition, "queue.encryption", UNKNOWN, False, id="key-with-a-condition"),
        pytest.param(faulty.key_switched_off, "queue.encryption", BROKEN, False, id="key-switched-off"),
        pytest.param(faulty.key_that_is_gone, "queue.encryption", BROKEN, False, id="key-that-is-gone"),
        pytest.param(faulty.unreadable_key, "queue.encryption", UNKNOWN, False, id="no-permission-for-the-key"),
        pytest.param(faulty.unreadable_state_of_a_key, "queue.encryption", UNKNOWN, False, id="state-of-key-unread"),
        pytest.param(faulty.deleted_queue, "queue.exists", BROKEN, False, id="deleted"),
        pytest.param(faulty.unreadable_queue, "queue.readable", UNKNOWN, False, id="no-permission-to-look"),
        pytest.param(faulty.delayed, "queue.delay", BEWARE, False, id="delay"),
        pytest.param(faulty.forgetful, "queue.retention", BEWARE, False, id="retention"),
        pytest.param(faulty.small, "queue.size", BEWARE, False, id="size"),
        pytest.param(faulty.eager_redrive, "queue.redrive", BEWARE, False, id="redrive"),
        pytest.param(faulty.read_by_another, "queue.readers", BEWARE, False, id="another-reader"),
    ],
)
def test_faults_of_a_queue(
    site: Site, fault: Callable[[Site], Destination], finding_id: str, level: Level, fixable: bool
) -> None:
    destination = fault(site)
    if level is BEWARE:
        # Our statement asks for an encrypted connection, so that nothing else is to beware of.
        condition = {"Bool": {"aws:SecureTransport": "true"}}
        arn = site.queue_arn(destination.name)
        text = json.dumps({"Statement": [statement("sqs:SendMessage", arn, Condition=condition)]})
        site.set_policy(destination, text)
    report = site.check(destination)
    assert first(report) == (finding_id, level), report.as_text()
    assert report.verdict is level
    assert report.findings[0].fixable is fixable
    assert report.findings[0].remedy


def test_what_this_program_itself_holds_is_in_nobody_elses_hands(site: Site) -> None:
    destination = faulty.read_by_another(site)
    assert isinstance(destination, QueueAddress)
    readers = Readers()
    readers.join(destination, INBOX).held = 1
    report = Checkup(readers=readers).run(site.desk.opened, destination, stop=threading.Event())
    finding = report.finding("queue.readers")
    assert finding is not None
    assert (finding.level, finding.title) == (Level.GOOD, "Nobody else was seen reading here.")


@pytest.mark.parametrize(
    ("fault", "finding_id", "level", "fixable"),
    [
        pytest.param(faulty.default_policy, "topic.policy", UNKNOWN, True, id="default-policy"),
        pytest.param(faulty.topic_for_another, "topic.policy", BROKEN, True, id="another-principal"),
        pytest.param(faulty.topic_of_another_source, "topic.policy", BROKEN, True, id="another-source-account"),
        pytest.param(faulty.topic_that_denies, "topic.policy", BROKEN, False, id="deny"),
        pytest.param(faulty.topic_of_another_arn, "topic.policy", BROKEN, True, id="another-topic"),
        pytest.param(faulty.topic_with_key_of_aws, "topic.encryption", BROKEN, False, id="key-of-aws"),
        pytest.param(
            faulty.topic_with_key_of_the_account_alone, "topic.encryption", BROKEN, False, id="key-of-the-account"
        ),
        pytest.param(
            faulty.subscriber_with_key_of_the_account_alone, "topic.queues", BROKEN, False, id="key-of-a-subscriber"
        ),
        pytest.param(faulty.deleted_topic, "topic.exists", BROKEN, False, id="deleted"),
        pytest.param(faulty.no_subscriber, "topic.subscribers", BROKEN, False, id="no-subscriber"),
        pytest.param(faulty.pending_subscriber, "topic.subscribers", BROKEN, False, id="pending"),
        pytest.param(faulty.filtered_by_attribute, "topic.filters", BROKEN, False, id="filtered-by-attribute"),
        pytest.param(faulty.filtered_by_body, "topic.filters", BROKEN, False, id="filtered-by-body"),
        pytest.param(faulty.closed_subscriber, "topic.queues", BROKEN, False, id="subscribed-queue-is-closed"),
        pytest.param(faulty.vanished_subscriber, "topic.queues", BROKEN, False, id="subscribed-queue-is-gone"),
        pytest.param(faulty.unreadable_topic, "topic.readable", UNKNOWN, False, id="no-permission-to-look"),
        pytest.param(faulty.unlisted_topic, "topic.subscribers", UNKNOWN, False, id="no-permission-to-list"),
        pytest.param(faulty.unread_filters, "topic.filters", UNKNOWN, False, id="no-permission-for-filters"),
    ],
)
def test_faults_of_a_topic(
    site: Site, fault: Callable[[Site], Destination], finding_id: str, level: Level, fixable: bool
) -> None:
    report = site.check(fault(site))
    assert first(report) == (finding_id, level), report.as_text()
    assert report.findings[0].fixable is fixable
    assert report.findings[0].remedy


@pytest.mark.parametrize(
    ("faults", "finding_id", "level"),
    [
        pytest.param(Faults(unlinked=True), "account.link", BROKEN, id="unlinked"),
        pytest.param(Faults(closed=True), "account.service", BROKEN, id="closed-service"),
        pytest.param(Faults(access_denied=True), "account.test", BROKEN, id="nothing-allowed"),
        pytest.param(
            Faults(denied_actions=("mechanicalturk:SendTestEventNotification",)), "account.test", BROKEN, id="no-test"
        ),
        pytest.param(
            Faults(denied_actions=("mechanicalturk:UpdateNotificationSettings",)), "account.set", BEWARE, id="no-set"
        ),
        pytest.param(Faults(denied_actions=("mechanicalturk:ListHITs",)), "account.list", BEWARE, id="no-list"),
        pytest.param(Faults(denied_actions=("sts:GetCallerIdentity",)), "account.keys", UNKNOWN, id="no-identity"),
        pytest.param(Faults(throttle_rate=1.0), "account.service", UNKNOWN, id="slow-down"),
    ],
)
def test_faults_of_the_account(site: Site, faults: Faults, finding_id: str, level: Level) -> None:
    site.desk.cloud.set_faults(faults)
    # A closed queue as well: what makes everything fail is named before it.
    report = site.check(site.queue() if level is BROKEN else site.desk.spec().destination)
    assert first(report) == (finding_id, level), report.as_text()
    unlinked = faults.unlinked or faults.closed or faults.throttle_rate
    assert not unlinked or not {"account.test", "account.set", "account.list"} & {one.id for one in report.findings}


def test_a_queue_that_lets_everybody_in_is_something_to_beware_of(site: Site) -> None:
    report = site.check(site.queue(statement("sqs:SendMessage", "HERE", Principal="*")))
    assert first(report) == ("queue.policy-notes", BEWARE), report.as_text()
    assert "Anyone at all may send to this queue" in report.findings[0].detail
    policy = report.finding("queue.policy")
    assert policy is not None
    assert policy.level is GOOD


def test_of_a_topic_with_very_many_subscriptions_it_is_said_how_many_were_not_looked_into() -> None:
    one = Subscriber(protocol="lambda", endpoint="arn:aws:lambda:us-east-1:123456789012:function:f", is_confirmed=True)
    assert all(found.id != "topic.more" for found in subscriber_findings([one] * LOOKED_INTO))
    (found,) = (found for found in subscriber_findings([one] * (LOOKED_INTO + 3)) if found.id == "topic.more")
    assert found.level is UNKNOWN
    assert found.title == "3 more subscriptions were not looked into."


def texts_in(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def test_every_finding_that_may_be_bad_is_named_by_a_test() -> None:
    """One for queues and topics alike: of either; what is always good is met where all is well."""
    places = [*SERVICES.glob("*.py"), *(SERVICES / "checkup").glob("*.py")]
    found: set[str] = set()
    for node in (one for path in places for one in texts_in(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding":
            given = {one.arg: ast.unparse(one.value) for one in node.keywords}
            if given["level"] != "Level.GOOD":
                found.add(given["id"])
    written = {ast.literal_eval(one) for one in found if one.startswith("'")}
    of_both = {one.rpartition(".")[2].rstrip("'") for one in found if one.startswith("f'")}
    tests = {
        node.value
        for path in Path(__file__).parent.glob("test_*.py")
        for node in texts_in(path)
        if isinstance(node, ast.Constant)
    }
    assert "queue.delay" in written
    assert written - tests == set()
    assert {name for name in of_both if not {f"queue.{name}", f"topic.{name}"} & tests} == set()


def test_what_is_not_asked_is_not_claimed(site: Site) -> None:
    destination = site.desk.spec().destination
    report = Checkup().run(site.desk.opened, destination, stop=threading.Event(), ask_permissions=False)
    assert report.verdict is GOOD
    assert report.finding("account.test") is None


@pytest.mark.parametrize("kind", ["queue", "topic", "mailbox", "account alone"])
def test_without_a_network_that_is_the_reason(site: Site, kind: str) -> None:
    with nobody() as nowhere:
        places = {
            "queue": (Transport.SQS, f"{nowhere}/111122223333/any"),
            "topic": (Transport.SNS, "arn:aws:sns:us-east-1:111122223333:any"),
            "mailbox": (Transport.EMAIL, "ada@example.org"),
        }
        opened = strange_account(site.desk.cloud.details, mturk=nowhere, aws=nowhere)
        checkup = Checkup(resolver=Resolver(configure=False))  # which asks nobody
        if kind in places:
            report = checkup.run(opened, parse_destination(*places[kind]), stop=threading.Event())
        else:
            report = checkup.account(opened)
        opened.clients.close()
    assert first(report) == ("account.network", BROKEN), report.as_text()
    assert "No other service of this account answers either." in report.findings[0].detail
    assert not [one for one in report.findings if one.level is GOOD and one.id != "email.address"]


def test_mturk_alone_silent_is_no_matter_of_the_network(site: Site) -> None:
    with nobody() as nowhere:
        opened = strange_account(site.desk.cloud.details, mturk=nowhere)
        report = site.check(site.desk.spec().destination, opened=opened)
        opened.clients.close()
    assert first(report) == ("account.service", BROKEN), report.as_text()
    assert "not this computer's network" in report.findings[0].detail


def test_wrong_keys(site: Site) -> None:
    opened = strange_account(site.desk.cloud.details, key="AKIAWRONGWRONGWRONG1")
    report = site.check(site.desk.spec().destination, opened=opened)
    opened.clients.close()
    assert first(report) == ("account.keys", BROKEN), report.as_text()
    assert "AKIAWRONGWRONGWRONG1" not in report.as_text() + report.as_html()


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_wrong_clock_that_makes_calls_fail(site: Site, minutes: int) -> None:
    site.desk.cloud.set_faults(Faults(clock_ahead_seconds=minutes * 60))
    report = site.check(site.desk.spec().destination)
    assert first(report) == ("account.clock", BROKEN), report.as_text()


@pytest.mark.parametrize(("seconds", "level"), [(10, GOOD), (-100, BEWARE), (100, BEWARE)])
def test_a_clock_that_runs_off_while_calls_are_still_taken(site: Site, seconds: int, level: Level) -> None:
    site.desk.cloud.set_faults(Faults(clock_ahead_seconds=seconds))
    report = Checkup().account(site.desk.opened)
    assert (report.about, report.way) == ("Account Practice (practice)", None)
    assert report.finding("account.test") is not None
    finding = report.finding("account.clock")
    assert finding is not None
    assert finding.level is level
    assert level is GOOD or ("behind" if seconds < 0 else "ahead of") in finding.detail


@pytest.mark.parametrize(("seconds", "level"), [(10, GOOD), (-100, BEWARE), (100, BEWARE), (400, BROKEN)])
def test_a_clock_that_runs_off(site: Site, seconds: int, level: Level) -> None:
    checkup = Checkup(now=lambda: datetime.now(tz=UTC) + timedelta(seconds=seconds))
    finding = checkup.account(site.desk.opened).finding("account.clock")
    assert finding is not None
    assert finding.level is level


def test_another_account_and_fifo_are_to_beware_of(site: Site) -> None:
    destination = site.open_queue()
    report = site.check(parse_destination(Transport.SQS, destination.text.replace("111122223333", ANOTHER_ACCOUNT)))
    assert first(report) == ("queue.exists", BROKEN)
    fifo = site.queue(statement("sqs:SendMessage", "HERE"), name="checked.fifo", FifoQueue="true")
    finding = site.check(fifo).finding("queue.kind")
    assert finding is not None
    assert finding.level is BEWARE


@pytest.mark.parametrize("arn", ["", "arn:elasticmq:results", "results", "arn:aws:s3:::results"])
@pytest.mark.parametrize("caller", ["", "me", "111122223333"])
def test_what_another_service_calls_a_queue_or_an_account_is_no_failure(arn: str, caller: str) -> None:
    address = parse_destination(Transport.SQS, "http://127.0.0.1:9324/000000000000/results")
    assert isinstance(address, QueueAddress)
    resource = "arn:aws:sqs:us-east-1:000000000000:results"
    policy = json.dumps({"Statement": [statement("sqs:SendMessage", resource)]})
    state = QueueState(
        arn=arn,
        waiting=0,
        in_flight=0,
        policy=policy,
        max_receive_count=None,
        dead_letter_arn="",
        server_time=datetime.now(tz=UTC),
    )
    findings = {one.id: one.level for one in queue_access_findings(address, state, caller=caller)}
    assert findings["queue.policy"] is GOOD


def test_one_subscriber_of_two_is_filtered(site: Site) -> None:
    made = site.open_topic()
    site.subscribe(made.text, site.listening_queue(made.text), FilterPolicy=json.dumps({"colour": ["blue"]}))
    finding = site.check(made).finding("topic.filters")
    assert finding is not None
    assert finding.level is BEWARE


def test_a_filter_that_lets_one_event_through_names_those_that_it_drops(site: Site) -> None:
    made = site.open_topic(subscribed=False)
    only_submitted = json.dumps({"Events": {"EventType": ["AssignmentSubmitted"]}})
    arn = site.listening_queue(made.text)
    site.subscribe(made.text, arn, FilterPolicy=only_submitted, FilterPolicyScope="MessageBody")
    finding = site.check(made).finding("topic.filters")
    assert finding is not None
    assert finding.level is BEWARE
    dropped = [event.value for event in SUBSCRIBABLE if event is not EventType.ASSIGNMENT_SUBMITTED]
    assert finding.detail.endswith(f" drops {', '.join(dropped)}.")


def test_a_subscribed_queue_whose_name_cannot_be_read(site: Site) -> None:
    made = site.open_topic()
    site.subscribe(made.text, "arn:aws:sqs:us-east-1:1:a b")
    report = site.check(made)
    finding = report.finding("topic.queues")
    assert finding is not None
    assert (finding.level, report.verdict) == (UNKNOWN, UNKNOWN)
    assert "“a b” could not be read" in finding.detail


def test_it_can_be_stopped(site: Site) -> None:
    """At once, whatever is still under way: here the queue does not answer before it is over."""
    stop, is_over = threading.Event(), threading.Event()
    heard: list[Finding] = []
    waited: list[bool] = []

    def answer_late(_: Passed) -> None:
        stop.set()
        waited.append(is_over.wait(8.0))  # less than the client waits

    with relay_before(site.desk.cloud.details) as relay, opened_through(relay, site.desk.opened) as opened:
        relay.rules["GetQueueAttributes"] = answer_late
        report = Checkup().run(opened, site.desk.spec().destination, progress=heard.append, stop=stop)
        is_over.set()
    assert until(lambda: bool(waited))
    assert all(waited)
    assert report.verdict is UNKNOWN
    assert report.finding("checkup.stopped") is not None
    assert set(heard) == set(report.findings)
    assert Checkup().account(site.desk.opened, stop=stop).finding("checkup.stopped") is not None


OR_NO_ACCESS = "The specified queue does not exist or you do not have access to it."


@pytest.mark.parametrize(
    ("message", "queue", "subscribed"),
    [
        ("The specified queue does not exist.", ("queue.exists", BROKEN), "does not exist"),
        (OR_NO_ACCESS, ("queue.readable", UNKNOWN), "could not be read"),
    ],
)
def test_a_queue_that_these_keys_may_not_see_is_not_called_gone(
    message: str, queue: tuple[str, Level], subscribed: str
) -> None:
    address = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/q")
    topic = parse_destination(Transport.SNS, "arn:aws:sns:us-east-1:123456789012:t")
    assert isinstance(address, QueueAddress)
    assert isinstance(topic, TopicAddress)
    body = json.dumps({"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": message}).encode()
    with answering(400, JSON, body) as endpoint:
        made = Clients(connection(endpoint, aws_endpoint=endpoint))
        problem = problem_of(Queue(made, address).state)
        made.close()
    finding = queue_findings(address, problem)[0]
    assert (finding.id, finding.level) == queue
    found = subscribed_queues_finding(topic, [SubscribedQueue(arn="arn:aws:sqs:us-east-1:1:q", state=problem)])
    assert subscribed in found.detail


def test_a_queue_that_a_test_made_behind_a_topic_is_nobodys_receiver(site: Site) -> None:
    """It may be gone already while its subscription is not."""
    topic = site.open_topic(subscribed=False)
    site.subscribe(topic.text, site.queue_arn(f"{NAME_PREFIX}0123456789ab"))
    report = site.check(topic)
    assert report.finding("topic.queues") is None
    found = report.finding("topic.subscribers")
    assert found is not None
    assert found.title == "Nobody is subscribed to this topic."
