# SPDX-License-Identifier: MIT
"""What people paste for a destination becomes an address, or a sentence that names what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.destination import (
    Destination,
    EmailAddress,
    QueueAddress,
    TopicAddress,
    Transport,
    guess_transport,
    parse_destination,
    parse_transport,
)
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
    ("region", "partition"), [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
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
        pytest.param(SQS, QUEUE.replace("https", "http"), "queue", "https:// only", id="http-at-amazon"),
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


@given(TRANSPORTS, st.text(max_size=80))
def test_any_text_is_an_address_or_a_sentence(transport: Transport, text: str) -> None:
    try:
        found: Destination | None = parse_destination(transport, text)
        code = ""
    except ProblemError as error:
        found, code = None, error.problem.code
    if found is None:
        assert code.startswith("destination.")
    else:
        assert found.transport is transport
        assert parse_destination(transport, found.text) == found


@given(
    TRANSPORTS,
    st.sampled_from([QUEUE, TOPIC, "ada@example.com", "arn:aws:sqs:us-east-1:123456789012:q"]),
    st.integers(0, 60),
    st.text(max_size=4),
)
def test_an_address_with_something_in_it(transport: Transport, plain: str, place: int, stray: str) -> None:
    try:
        found = parse_destination(transport, plain[:place] + stray + plain[place:])
    except ProblemError:
        return
    assert found.text.isascii()
    assert parse_destination(transport, found.text) == found
