# SPDX-License-Identifier: MIT
"""What people paste for a destination becomes an address, or a sentence that names what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.destination import (
    EmailAddress,
    QueueAddress,
    TopicAddress,
    Transport,
    guess_transport,
    likely,
    parse_destination,
    parse_transport,
    refuse_other_partition,
)
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Problem, ProblemError

EMAIL, SQS, SNS = Transport.EMAIL, Transport.SQS, Transport.SNS
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/my-queue"
TOPIC = "arn:aws:sns:us-east-1:123456789012:my-topic"
TRANSPORTS = st.sampled_from(Transport)


def refused(transport: Transport, text: str) -> Problem:
    with pytest.raises(ProblemError) as caught:
        parse_destination(transport, text)
    problem = caught.value.problem
    assert problem.cause is Cause.INPUT
    assert all((problem.title, problem.detail, problem.remedy))
    return problem


@pytest.mark.parametrize(
    ("url", "region"),
    [
        pytest.param(QUEUE, "us-east-1", id="current"),
        pytest.param("https://sqs.eu-west-1.amazonaws.com/123456789012/q", "eu-west-1", id="other-region"),
        pytest.param("https://us-west-2.queue.amazonaws.com/123456789012/q", "us-west-2", id="old"),
        pytest.param("https://queue.amazonaws.com/123456789012/q", "us-east-1", id="oldest"),
        pytest.param("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q", "cn-north-1", id="china"),
        pytest.param("https://sqs.us-gov-west-1.amazonaws.com/123456789012/q", "us-gov-west-1", id="gov"),
        pytest.param("https://sqs-fips.us-east-1.amazonaws.com/123456789012/q", "us-east-1", id="fips"),
        pytest.param("https://sqs.us-east-1.api.aws/123456789012/q", "us-east-1", id="dual-stack"),
        pytest.param("https://sqs-fips.us-east-1.api.aws/123456789012/q", "us-east-1", id="fips-dual-stack"),
        pytest.param("https://sqs.amazonaws.com/123456789012/q", "us-east-1", id="oldest-of-sqs"),
        pytest.param("https://sqs.eusc-de-east-1.amazonaws.eu/123456789012/q", "eusc-de-east-1", id="sovereign"),
        pytest.param(
            "https://sqs.eusc-de-east-1.api.amazonwebservices.eu/123456789012/q", "eusc-de-east-1", id="sovereign-dual"
        ),
        pytest.param(
            "https://sqs.cn-north-1.api.amazonwebservices.com.cn/123456789012/q", "cn-north-1", id="china-dual-stack"
        ),
        pytest.param("https://cn-north-1.queue.amazonaws.com.cn/123456789012/q", "cn-north-1", id="china-old"),
        pytest.param("https://sqs.us-iso-east-1.c2s.ic.gov/123456789012/q", "us-iso-east-1", id="iso"),
        pytest.param("https://sqs.us-isob-east-1.sc2s.sgov.gov/123456789012/q", "us-isob-east-1", id="iso-b"),
        pytest.param("https://sqs.eu-isoe-west-1.cloud.adc-e.uk/123456789012/q", "eu-isoe-west-1", id="iso-e"),
        pytest.param("https://sqs.ap-southeast-7.amazonaws.com/123456789012/q", "ap-southeast-7", id="new-region"),
        pytest.param("https://sqs.us-east-1.amazonaws.com:443/123456789012/q", "us-east-1", id="port-443"),
        pytest.param("http://127.0.0.1:4566/123456789012/q", "", id="practice"),
        pytest.param("https://queues.example.org/123456789012/q", "", id="compatible"),
        pytest.param("https://sqs.us-east-1.amazonaws.com/123456789012/q.fifo", "us-east-1", id="fifo"),
        pytest.param(f"https://queue.amazonaws.com/123456789012/{'q' * 80}", "us-east-1", id="longest"),
    ],
)
def test_queue_urls(url: str, region: str) -> None:
    queue = parse_destination(SQS, url)
    assert isinstance(queue, QueueAddress)
    assert queue.text == url
    assert queue.region == region
    assert queue.account_id == "123456789012"
    assert queue.name == url.rpartition("/")[2]
    assert queue.is_fifo == url.endswith(".fifo")
    assert "1234-5678-9012" in queue.place


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
    ],
)
def test_the_arn_of_a_queue(region: str, partition: str) -> None:
    queue = parse_destination(SQS, f"https://sqs.{region}.amazonaws.com/123456789012/q")
    assert isinstance(queue, QueueAddress)
    assert queue.arn() == queue.arn("eu-west-1") == f"arn:{partition}:sqs:{region}:123456789012:q"
    local = parse_destination(SQS, "http://127.0.0.1:1/123456789012/q")
    assert isinstance(local, QueueAddress)
    assert local.arn(region) == f"arn:{partition}:sqs:{region}:123456789012:q"


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(TOPIC, id="usual"),
        pytest.param("arn:aws-cn:sns:cn-north-1:123456789012:t", id="china"),
        pytest.param("arn:aws-us-gov:sns:us-gov-west-1:123456789012:t", id="gov"),
        pytest.param("arn:aws-eusc:sns:eusc-de-east-1:123456789012:t", id="sovereign"),
        pytest.param("arn:aws-iso:sns:us-iso-west-1:123456789012:t", id="iso"),
        pytest.param("arn:aws-iso-f:sns:us-isof-south-1:123456789012:t", id="iso-f"),
        pytest.param("arn:aws:sns:mx-central-1:123456789012:t", id="new-region"),
        pytest.param("arn:aws:sns:us-east-1:123456789012:t.fifo", id="fifo"),
        pytest.param(f"arn:aws:sns:us-east-1:123456789012:{'t' * 256}", id="longest"),
    ],
)
def test_topic_arns(arn: str) -> None:
    topic = parse_destination(SNS, arn)
    assert isinstance(topic, TopicAddress)
    assert topic.text == arn
    assert topic.name == arn.rpartition(":")[2]
    assert topic.is_fifo == arn.endswith(".fifo")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("ada@example.com", "ada@example.com", id="plain"),
        pytest.param("Ada.L+mturk@EXAMPLE.com", "Ada.L+mturk@example.com", id="host-in-capitals"),
        pytest.param("ada@bücher.example.com", "ada@xn--bcher-kva.example.com", id="idn"),
        pytest.param("mailto:ada@example.com", "ada@example.com", id="mailto"),
        pytest.param("<ada@example.com>;", "ada@example.com", id="from-a-mail-program"),
        pytest.param("Ada Lovelace <ada@example.com>", "ada@example.com", id="name-before-it"),
        pytest.param('"Lovelace, Ada" <ada@example.com>;', "ada@example.com", id="name-in-quotes"),
        pytest.param('"ada@example.com" <ada@example.com>', "ada@example.com", id="itself-as-the-name"),
        pytest.param("Ada <mailto:ada@example.com>", "ada@example.com", id="name-and-mailto"),
        pytest.param("ada@example.com (Ada Lovelace)", "ada@example.com", id="name-after-it"),
        pytest.param("MAILTO:ada%40example.com?subject=x&cc=b@example.com", "ada@example.com", id="mailto-with-more"),
        pytest.param("mailto:Ada%20Lovelace%20%3Cada@example.com%3E", "ada@example.com", id="mailto-with-a-name"),
    ],
)
def test_email_addresses(text: str, address: str) -> None:
    mailbox = parse_destination(EMAIL, text)
    assert isinstance(mailbox, EmailAddress)
    assert mailbox.text == mailbox.name == address


@pytest.mark.parametrize("plain", [QUEUE, TOPIC, "ada@example.com"])
@pytest.mark.parametrize(
    "around",
    [
        pytest.param("  {}  ", id="blanks"),
        pytest.param("\t{}\r\n", id="line-break"),
        pytest.param('"{}"', id="quotes"),
        pytest.param("'{}',", id="quotes-and-comma"),
        pytest.param("“{}”", id="curly"),
        pytest.param("«{}»", id="guillemets"),
        pytest.param("`{}`", id="backticks"),
        pytest.param("<{}>", id="brackets"),
        pytest.param("\ufeff{}\u200b", id="invisible-around"),
        pytest.param("\N{NO-BREAK SPACE}{}\N{NO-BREAK SPACE}", id="hard-blanks"),
        pytest.param(' " <{}> " ;', id="all-of-it"),
    ],
)
def test_what_copying_leaves_is_taken_off(plain: str, around: str) -> None:
    transport = guess_transport(plain)
    assert transport is not None
    assert parse_destination(transport, around.format(plain)).text == plain


@pytest.mark.parametrize("broken", ["\n", "\r\n", "\r\n    ", "\n\t"])
def test_an_address_broken_over_two_lines_is_mended(broken: str) -> None:
    for plain, transport in ((QUEUE, SQS), (TOPIC, SNS)):
        for place in (10, 25, len(plain) - 2):
            assert parse_destination(transport, plain[:place] + broken + plain[place:]).text == plain


def test_every_blank_around_an_address_is_taken_off() -> None:
    blanks = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]
    assert len(blanks) > 20
    assert [blank for blank in blanks if parse_destination(SQS, f"{blank}{QUEUE}{blank}").text != QUEUE] == []


def test_case_and_escapes_are_put_right() -> None:
    assert parse_destination(SQS, "HTTPS://SQS.us-east-1.amazonaws.com/123456789012/Q").text == (
        "https://sqs.us-east-1.amazonaws.com/123456789012/Q"
    )
    assert parse_destination(SQS, QUEUE.replace("my-queue", "my%2Dqueue")).text == QUEUE
    assert parse_destination(SQS, QUEUE + "/").text == QUEUE


@pytest.mark.parametrize(
    ("transport", "text", "title"),
    [
        pytest.param(SQS, TOPIC, "This is a topic ARN.", id="topic-for-queue"),
        pytest.param(EMAIL, TOPIC, "This is a topic ARN.", id="topic-for-email"),
        pytest.param(SNS, QUEUE, "This is a queue URL.", id="queue-for-topic"),
        pytest.param(EMAIL, QUEUE, "This is a queue URL.", id="queue-for-email"),
        pytest.param(SQS, "ada@example.com", "This is an e-mail address.", id="email-for-queue"),
        pytest.param(SNS, "ada@example.com", "This is an e-mail address.", id="email-for-topic"),
    ],
)
def test_the_wrong_kind_is_named(transport: Transport, text: str, title: str) -> None:
    problem = refused(transport, text)
    assert (problem.code, problem.title) == ("destination.wrong-kind", title)
    assert problem.remedy.startswith("Choose “")


@pytest.mark.parametrize(
    ("transport", "text", "code", "says"),
    [
        pytest.param(SQS, "", "empty", "example", id="empty"),
        pytest.param(SNS, " \n“” ", "empty", "example", id="only-quotes"),
        pytest.param(EMAIL, "<>", "empty", "example", id="only-brackets"),
        pytest.param(SQS, "my-queue", "queue", "https://", id="only-a-name"),
        pytest.param(SQS, "ftp://sqs.us-east-1.amazonaws.com/123456789012/q", "queue", "https://", id="ftp"),
        pytest.param(SQS, QUEUE.replace("https", "http"), "queue", "ask for https://", id="http-at-amazon"),
        pytest.param(SQS, QUEUE.replace(".com/", ".com:8080/"), "queue", "8080", id="port-at-amazon"),
        pytest.param(SQS, QUEUE.replace(".com/", ".com:99999/"), "queue", "host", id="impossible-port"),
        pytest.param(SQS, "https://[::1/123456789012/q", "queue", "host", id="broken-host"),
        pytest.param(SQS, QUEUE.replace("sqs.", "sns."), "queue", "not a host of Amazon SQS", id="host-of-sns"),
        pytest.param(SQS, QUEUE.replace("https://", "https://me:pw@"), "queue", "password", id="password"),
        pytest.param(SQS, QUEUE + "?Action=SendMessage", "queue", "follows more", id="query"),
        pytest.param(SQS, QUEUE + "#top", "queue", "follows more", id="fragment"),
        pytest.param(SQS, "https://us-east-1.console.aws.amazon.com/sqs/v3/home", "queue", "console", id="console"),
        pytest.param(
            SQS,
            "https://us-east-1.console.aws.amazon.com/sqs/v3/home?region=us-east-1#/queues/https%3A%2F%2Fsqs",
            "queue",
            "console",
            id="console-with-query",
        ),
        pytest.param(SQS, "https://sqs.us-east-1.amazonaws.com/q", "queue", "twelve digits", id="no-account"),
        pytest.param(SQS, QUEUE.replace("123456789012", "1234"), "queue", "“1234”", id="short-account"),
        pytest.param(SQS, QUEUE + "/more", "queue", "nothing else", id="three-parts"),
        pytest.param(SQS, QUEUE + "." + "x", "queue", "80 letters", id="dot"),
        pytest.param(SQS, QUEUE + "x" * 80, "queue", "80 letters", id="long-name"),
        pytest.param(SQS, QUEUE.replace("my-queue", "q" * 81), "queue", "80 letters", id="one-too-long"),
        pytest.param(SQS, QUEUE.replace("my-queue", "q" * 76 + ".fifo"), "queue", "80 letters", id="fifo-too-long"),
        pytest.param(SNS, TOPIC.replace("my-topic", "t" * 257), "topic", "256 letters", id="topic-one-too-long"),
        pytest.param(SQS, QUEUE.replace("my-queue", ".fifo"), "queue", "80 letters", id="only-fifo"),
        pytest.param(SQS, "arn:aws:sqs:us-east-1:123456789012:my-queue", "queue-arn", "URL", id="queue-arn"),
        pytest.param(SNS, TOPIC + ":0a1b2c3d-0000", "subscription-arn", "one part more", id="subscription"),
        pytest.param(SNS, "my-topic", "topic", "arn:", id="only-a-name-of-a-topic"),
        pytest.param(SNS, "arn:aws:sns:us-east-1:my-topic", "topic", "has 5", id="five-parts"),
        pytest.param(SNS, TOPIC.replace("arn:aws:", "arn:amazon:"), "topic", "partition", id="partition"),
        pytest.param(SNS, TOPIC.replace("us-east-1", "useast1"), "topic", "region", id="region"),
        pytest.param(SNS, TOPIC.replace("123456789012", "12345678901x"), "topic", "twelve", id="account"),
        pytest.param(SNS, "arn:aws:iam::123456789012:user/ada", "topic", "“iam”", id="another-service"),
        pytest.param(SNS, TOPIC + "!", "topic", "256 letters", id="name-of-a-topic"),
        pytest.param(EMAIL, "ada", "email", "@", id="no-at"),
        pytest.param(EMAIL, "ada@", "email", "", id="no-host"),
        pytest.param(EMAIL, "ada@@example.com", "email", "@", id="two-ats"),
        pytest.param(EMAIL, "ada@localhost", "email", "", id="no-dot"),
        pytest.param(EMAIL, "adä@example.com", "email", "outside A to Z", id="letters-before-the-at"),
        pytest.param(EMAIL, "ada lovelace@example.com", "blank-inside", "“ada”", id="blank-in-email"),
        pytest.param(SQS, QUEUE.replace("my-", "my "), "blank-inside", "blank", id="blank-in-queue"),
        pytest.param(SNS, TOPIC.replace("my-", "my\N{NO-BREAK SPACE}"), "blank-inside", "blank", id="hard-blank"),
        pytest.param(SQS, QUEUE.replace("my-", "my\u200b-"), "invisible-character", "U+200B", id="zero-width"),
        pytest.param(SNS, TOPIC.replace("my-", "my\u202e-"), "invisible-character", "U+202E", id="override"),
        pytest.param(EMAIL, "a\x00da@example.com", "invisible-character", "U+0000", id="null"),
        pytest.param(SQS, QUEUE.replace("my-", "my\x1b-"), "invisible-character", "U+001B", id="escape"),
        pytest.param(SQS, QUEUE.replace("s", "ѕ"), "look-alike", "“s”", id="cyrillic-s"),
        pytest.param(SNS, TOPIC.replace("my-topic", "my–topic"), "look-alike", "“-”", id="long-dash"),
        pytest.param(SNS, TOPIC.replace("my-topic", "my‑topic"), "look-alike", "“-”", id="hard-hyphen"),
        pytest.param(SQS, QUEUE.replace("a", "а"), "look-alike", "“a”", id="cyrillic-a"),
        pytest.param(SQS, QUEUE.replace("my", "mÿ"), "look-alike", "“y”", id="accent"),
        pytest.param(SQS, QUEUE.replace("my", "漢"), "look-alike", "漢", id="nothing-like-it"),
    ],
)
def test_what_is_wrong_is_said(transport: Transport, text: str, code: str, says: str) -> None:
    problem = refused(transport, text)
    assert problem.code == f"destination.{code}"
    assert says in f"{problem.detail} {problem.remedy}"


def test_the_right_address_is_offered() -> None:
    assert QUEUE in refused(SQS, "arn:aws:sqs:us-east-1:123456789012:my-queue").remedy
    assert refused(SNS, TOPIC + ":0a1b").remedy.endswith(TOPIC)


@pytest.mark.parametrize(("text", "transport"), [(" sqs ", SQS), ("SNS", SNS), ("e-mail", None), ("EMAIL", EMAIL)])
def test_transports(text: str, transport: Transport | None) -> None:
    if transport is not None:
        assert parse_transport(text) is transport
        return
    with pytest.raises(ProblemError) as caught:
        parse_transport(text)
    assert caught.value.problem.code == "transport.unknown"


IN_CONSOLE = "https://us-east-1.console.aws.amazon.com"
OF_QUEUE = "https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F123456789012%2Fmy-queue"
LIKELY = {
    "page of a topic": (SNS, f"{IN_CONSOLE}/sns/v3/home?region=us-east-1#/topic/{TOPIC}", TOPIC),
    "page of a topic, escaped": (SNS, f"{IN_CONSOLE}/sns/v3/home#/topic/{TOPIC.replace(':', '%3A')}", TOPIC),
    "page of a topic, with dollars": (SNS, f"{IN_CONSOLE}/x#{TOPIC.replace(':', '$253A')}", TOPIC),
    "page of a subscription": (SNS, f"{IN_CONSOLE}/sns/v3/home#/subscription/{TOPIC}:0a1b2c3d-0000", TOPIC),
    "page of a queue": (SQS, f"{IN_CONSOLE}/sqs/v3/home?region=us-east-1#/queues/{OF_QUEUE}", QUEUE),
    "page of a queue to send": (SQS, f"{IN_CONSOLE}/sqs/v3/home#/queues/{OF_QUEUE}/send-receive", QUEUE),
    "page of a queue, with dollars": (SQS, f"{IN_CONSOLE}/x#{OF_QUEUE.replace('%', '$25')}", QUEUE),
    "old page of a queue": (
        SQS, f"https://console.aws.amazon.com/sqs/home?region=us-east-1#queue-browser:selected={QUEUE};prefix=", QUEUE,
    ),
    "page of an account of several": (SQS, IN_CONSOLE.replace("//", "//123456789012-ab.") + f"/sqs#/{OF_QUEUE}", QUEUE),
    "page for signing in": (SQS, f"https://d-12.awsapps.com/start/#/?to={OF_QUEUE.replace('%', '%25')}", QUEUE),
    "ARN of a queue": (SQS, "arn:aws:sqs:us-east-1:123456789012:my-queue", QUEUE),
    "ARN of a queue, in capitals": (SQS, "ARN:AWS:SQS:us-east-1:123456789012:my-queue", QUEUE),
    "ARN of a queue in China": (
        SQS, "arn:aws-cn:sqs:cn-north-1:123456789012:q", "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q",
    ),
    "http": (SQS, QUEUE.replace("https", "http"), QUEUE),
    "http and its port": (SQS, QUEUE.replace("https", "http").replace(".com/", ".com:80/"), QUEUE),
    "another port": (SQS, QUEUE.replace(".com/", ".com:8080/"), QUEUE),
    "without https": (SQS, QUEUE.removeprefix("https://"), QUEUE),
    "VPC endpoint": (SQS, QUEUE.replace("//sqs.us-east-1", "//vpce-0a1-x.sqs.us-east-1.vpce"), QUEUE),
    "zone of a VPC endpoint": (
        SQS, QUEUE.replace("//sqs.us-east-1", "//vpce-0a1-x-us-east-1a.sqs.us-east-1.vpce"), QUEUE,
    ),
    "query": (SQS, f"{QUEUE}?Action=SendMessage", QUEUE),
    "more behind it": (SQS, f"{QUEUE}/receive", QUEUE),
    "user": (SQS, QUEUE.replace("https://", "https://me:pw@"), QUEUE),
    "type behind it": (SQS, f"{QUEUE} (Standard)", QUEUE),
    "JSON": (SQS, f'{{\n    "QueueUrl": "{QUEUE}"\n}}', QUEUE),
    "label": (SNS, f"Topic ARN: {TOPIC}", TOPIC),
    "shell": (SQS, f"export QUEUE_URL={QUEUE}", QUEUE),
    "Markdown": (SQS, f"[my queue]({QUEUE})", QUEUE),
    "link to unsubscribe": (
        SNS, f"https://sns.us-east-1.amazonaws.com/unsubscribe.html?SubscriptionArn={TOPIC}:0-1&Endpoint=a@b.c", TOPIC,
    ),
    "request": (SNS, f"https://sns.us-east-1.amazonaws.com/?TopicArn={TOPIC.replace(':', '%3A')}", TOPIC),
    "subscription": (SNS, f"{TOPIC}:0a1b2c3d-0000", TOPIC),
    "subscription of a FIFO topic": (SNS, f"{TOPIC}.fifo:0a1b2c3d-0000", f"{TOPIC}.fifo"),
    "wrong partition": (
        SNS, "arn:aws:sns:cn-north-1:123456789012:my-topic", "arn:aws-cn:sns:cn-north-1:123456789012:my-topic",
    ),
    "invisible character": (SQS, QUEUE.replace("my-", "my\u200b-"), QUEUE),
    "look-alike": (SNS, TOPIC.replace("my-", "my–"), TOPIC),
    "name and address": (EMAIL, "Ada Lovelace ada@example.com", "ada@example.com"),
    "full stop": (EMAIL, "ada@example.com.", "ada@example.com"),
    "address in Markdown": (EMAIL, "[ada@example.com](mailto:ada@example.com)", "ada@example.com"),
    "twice the same": (EMAIL, "ada@example.com, ada@example.com", "ada@example.com"),
}  # fmt: skip


@pytest.mark.parametrize(("transport", "text", "address"), LIKELY.values(), ids=LIKELY)
def test_what_was_most_likely_meant_is_said(transport: Transport, text: str, address: str) -> None:
    assert refused(transport, text).remedy.endswith(f"Most likely it is {address}")
    meant = likely(text)
    assert meant is not None
    assert (meant.text, meant.transport) == (address, transport)
    assert parse_destination(transport, address) == meant


@pytest.mark.parametrize(
    ("transport", "text", "choose", "address"),
    [
        pytest.param(
            SNS, "arn:aws:sqs:us-east-1:123456789012:my-queue", "Queue (SQS)", QUEUE, id="queue-arn-for-topic"
        ),
        pytest.param(SQS, f"{TOPIC}:0a1b", "Topic (SNS)", TOPIC, id="subscription-for-queue"),
        pytest.param(
            SQS, f"{IN_CONSOLE}/sns/v3/home#/topic/{TOPIC}", "Topic (SNS)", TOPIC, id="page-of-topic-for-queue"
        ),
        pytest.param(EMAIL, f"{IN_CONSOLE}/sqs/v3/home#/queues/{OF_QUEUE}", "Queue (SQS)", QUEUE, id="page-for-email"),
        pytest.param(SNS, "Ada ada@example.com", "E-mail", "ada@example.com", id="mailbox-for-topic"),
    ],
)
def test_the_likely_one_may_be_of_another_kind(transport: Transport, text: str, choose: str, address: str) -> None:
    problem = refused(transport, text)
    assert problem.code == "destination.wrong-kind"
    assert f"“{choose}”" in problem.remedy
    assert address in problem.remedy
    assert "queue URL" not in problem.title


@pytest.mark.parametrize(
    ("transport", "text"),
    [
        pytest.param(SQS, "my-queue", id="a-name"),
        pytest.param(SQS, f"{IN_CONSOLE}/sqs/v3/home?region=us-east-1#/queues", id="page-of-all-queues"),
        pytest.param(SQS, QUEUE.replace("my-", "my "), id="blank-inside"),
        pytest.param(SNS, TOPIC.replace("my-", "my\N{NO-BREAK SPACE}"), id="hard-blank-inside"),
        pytest.param(SQS, QUEUE.replace("my", "my漢"), id="letter-inside"),
        pytest.param(SQS, QUEUE + "!", id="sign-behind"),
        pytest.param(SQS, QUEUE + "x" * 80, id="too-long"),
        pytest.param(SNS, "https://example.org/receiver", id="receiver"),
    ],
)
def test_nothing_is_guessed_where_nothing_is_plain(transport: Transport, text: str) -> None:
    assert likely(text) is None
    assert "Most likely" not in refused(transport, text).remedy


@pytest.mark.parametrize(
    ("transport", "text", "said"),
    [
        pytest.param(EMAIL, "ada@example.com, bob@example.com", "bob@example.com", id="mailboxes"),
        pytest.param(EMAIL, "Ada <ada@example.com>; Bob <bob@example.com>", "bob@example.com", id="named"),
        pytest.param(SQS, f"{QUEUE}\n{QUEUE}-2", f"{QUEUE}-2", id="queues"),
        pytest.param(SNS, f"{TOPIC}, {TOPIC}-2, {TOPIC}-3", "1 more", id="topics"),
    ],
)
def test_several_addresses_are_said_to_be_several(transport: Transport, text: str, said: str) -> None:
    problem = refused(transport, text)
    assert problem.code == "destination.several"
    assert said in problem.detail
    assert likely(text) is None


@pytest.mark.parametrize(
    ("transport", "text", "says", "never"),
    [
        pytest.param(SNS, "https://example.org/receiver", "web address", "queue URL", id="receiver-for-topic"),
        pytest.param(EMAIL, "https://example.org/receiver", "web address", "queue URL", id="receiver-for-mail"),
        pytest.param(SQS, "https://example.org/receiver", "no other web addresses", "#", id="receiver-for-queue"),
        pytest.param(SNS, "arn:aws:sqs:us-east-1:123456789012:q", "ARN of a queue", "queue URL.", id="queue-arn"),
        pytest.param(SQS, QUEUE.replace("https", "http"), "answers to it, too", "not a queue URL", id="http"),
        pytest.param(SQS, LIKELY["VPC endpoint"][1], "VPC endpoint", "not a host of Amazon SQS", id="vpc"),
        pytest.param(SQS, QUEUE.replace("sqs.", "sns."), "as far as this program knows", "only", id="another-host"),
    ],
)
def test_nothing_untrue_is_said(transport: Transport, text: str, says: str, never: str) -> None:
    problem = refused(transport, text)
    said = f"{problem.title} {problem.detail}"
    assert says in said
    assert never not in said


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws-eusc:sns:eusc-de-east-1:123456789012:t",
        "arn:aws-cn:sns:cn-north-1:123456789012:t",
        "https://sqs.us-gov-west-1.amazonaws.com/123456789012/q",
        "https://sqs.us-iso-east-1.c2s.ic.gov/123456789012/q",
    ],
)
def test_mechanical_turk_is_in_one_partition(text: str) -> None:
    transport = guess_transport(text)
    assert transport is not None
    destination = parse_destination(transport, text)
    assert destination.text == text
    with pytest.raises(ProblemError) as caught:
        refuse_other_partition(destination)
    problem = caught.value.problem
    assert problem.code == "destination.partition"
    assert "another partition" in problem.detail
    with pytest.raises(ProblemError):
        parse_spec(transport=transport, destination=text, events=["HITReviewable"])


@pytest.mark.parametrize("text", [QUEUE, TOPIC, "ada@example.com", "http://127.0.0.1:4566/123456789012/q"])
def test_ordinary_places_are_in_reach(text: str) -> None:
    transport = guess_transport(text)
    assert transport is not None
    refuse_other_partition(parse_destination(transport, text))


CASES = Path(__file__).parent.parent / "cases"


@pytest.mark.parametrize(
    ("case", "transport", "says"),
    [
        ("destination-email-with-name.txt", EMAIL, "ann@example.org"),
        ("destination-queue-http.txt", SQS, "Mechanical Turk's instructions ask for https"),
        ("destination-sns-console-page.txt", SNS, "arn:aws:sns:us-east-1:123456789012:turk-events"),
        ("destination-topic-european-sovereign.txt", SNS, "another partition"),
    ],
)
def test_cases(case: str, transport: Transport, says: str) -> None:
    try:
        spec = parse_spec(transport=transport, destination=(CASES / case).read_text("utf-8"), events=["HITReviewable"])
        said = spec.destination.text
    except ProblemError as error:
        said = error.problem.as_text()
    assert says in said


LARGE = 400_000
HOSTILE = {
    "blanks and quotes": '" ' * (LARGE // 2),
    "brackets and blanks": "< " * (LARGE // 4) + "x" + " >" * (LARGE // 4),
    "commas": "x" + " ," * (LARGE // 2),
    "line breaks": "https://x" + "\r\n " * (LARGE // 3) + "y",
    "arns": "arn:aws:sns:" * (LARGE // 12),
    "hosts": "https://sqs." * (LARGE // 12),
    "regions": "https://sqs." + "a-" * (LARGE // 2) + "1.amazonaws.com/123456789012/q",
    "ats": "a@" * (LARGE // 2),
    "letters": "a" * LARGE,
    "names": "Ada <" * (LARGE // 5),
    "percents": "%25" * (LARGE // 3),
    "dollars": "$25" * (LARGE // 3),
    "odd letters": "а" * (LARGE // 2),
    "paths": "https://sqs.us-east-1.amazonaws.com/" + "123456789012/" * (LARGE // 13),
    "colons": "arn" + ":" * LARGE,
    "invisible": "\u200ba" * (LARGE // 5),
    "remarks": "a@b (" * (LARGE // 5),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("transport", Transport)
def test_a_hostile_text_takes_time_in_proportion_to_its_length(transport: Transport, text: str) -> None:
    begin = process_time()
    refused(transport, text)
    assert process_time() - begin < 0.5


ADDRESSES = {
    SQS: st.from_regex(
        r"https://sqs\.(us-east-1|eu-west-1|cn-north-1|eusc-de-east-1)\.amazonaws\.com/[0-9]{12}/[A-Za-z0-9_-]{1,75}(\.fifo)?",
        fullmatch=True,
    ),
    SNS: st.from_regex(
        r"arn:aws:sns:(us-east-1|ap-southeast-7|us-west-2):[0-9]{12}:[A-Za-z0-9_-]{1,200}(\.fifo)?", fullmatch=True
    ),
    EMAIL: st.from_regex(r"[a-z0-9]{1,20}(\.[a-z0-9]{1,20})?@([a-z0-9]{1,20}\.){1,3}(com|org|de)", fullmatch=True),
}
AROUND = st.text(st.sampled_from(" \t\n\"'“”«»`<>\u200b\ufeff\u00a0"), max_size=6)


@given(st.data(), TRANSPORTS, AROUND, AROUND, st.sampled_from(["", ",", ";", " ;,"]))
def test_an_address_is_read_whatever_copying_left_around_it(
    data: st.DataObject, transport: Transport, before: str, after: str, sign: str
) -> None:
    address = data.draw(ADDRESSES[transport])
    found = parse_destination(transport, f"{before}{address}{sign}{after}")
    assert found.transport is transport
    assert found.text == address
    assert parse_destination(transport, found.text) == found
    assert likely(f"see {address} there") == found


@given(st.data(), TRANSPORTS, st.text(max_size=80) | st.sampled_from(list(LIKELY)).map(lambda name: LIKELY[name][1]))
def test_any_text_is_an_address_or_a_sentence(data: st.DataObject, transport: Transport, text: str) -> None:
    mixed = data.draw(st.sampled_from([text, text + data.draw(ADDRESSES[transport]), text * 2]))
    try:
        found = parse_destination(transport, mixed)
    except ProblemError:
        assert refused(transport, mixed).code.startswith("destination.")
        return
    assert found.transport is transport
    assert parse_destination(transport, found.text) == found


@given(
    TRANSPORTS,
    st.sampled_from([QUEUE, TOPIC, "ada@example.com", "arn:aws:sqs:us-east-1:123456789012:q"]),
    st.integers(0, 60),
    st.text(max_size=4) | st.text("a-0_", min_size=1, max_size=4),
)
def test_an_address_with_something_in_it(transport: Transport, plain: str, place: int, stray: str) -> None:
    mixed = plain[:place] + stray + plain[place:]
    try:
        found = parse_destination(transport, mixed)
    except ProblemError:
        assert (transport, mixed) not in {(SQS, QUEUE), (SNS, TOPIC), (EMAIL, "ada@example.com")}
        return
    assert found.text.isascii()
    assert parse_destination(transport, found.text) == found
