# SPDX-License-Identifier: MIT
"""Envelopes of SNS: what is signed, whose certificate counts, and what is said where neither can be known."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.messages.sender import (
    MTURK_SENDER_ID,
    Sender,
    SignatureState,
    is_sns_certificate,
    judge_sender,
)
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.services.inbox import listening
from notification_tester.services.inbox.listening import Listening
from notification_tester.services.sns_signature import MOST_CERTIFICATES, SignatureCheck
from notification_tester.storage.inbox import Inbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.storage.inbox_rows import InboxMessage
    from services.parts import Desk

TOPIC = "arn:aws:sns:us-east-1:111122223333:results"
QUEUE = "https://sqs.us-east-1.amazonaws.com/111122223333/q"
CERTIFICATE = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, *, expires: datetime | None = None) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = expires - timedelta(days=1) if expires else datetime.now(tz=UTC)
    made = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + timedelta(days=1),
    ).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM)


def envelope(key: rsa.RSAPrivateKey, *, version: str = "1", topic: str = TOPIC, **changed: Any) -> str:
    fields: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": "m-1",
        "TopicArn": topic,
        "Subject": "1769903999000",
        "Message": '{"EventDocId": "ä"}',
        "Timestamp": "2026-01-31T23:59:59.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
        "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
    }
    if "Subject" in changed and changed["Subject"] is None:
        del fields["Subject"], changed["Subject"]
    names = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
    text = "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields)
    digest: Any = hashes.SHA1() if version == "1" else hashes.SHA256()  # noqa: S303 - the format of SNS
    fields["Signature"] = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), digest)).decode()
    return json.dumps({name: value for name, value in {**fields, **changed}.items() if value is not None})


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", ["1769903999000", None], ids=["with subject", "without"])
def test_genuine(key: rsa.RSAPrivateKey, version: str, subject: str | None) -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return certificate(key)

    check = SignatureCheck(fetch)
    body = envelope(key, version=version, Subject=subject)
    assert check.check(body).state is SignatureState.GENUINE
    assert check.check(body).state is SignatureState.GENUINE
    assert asked == [CERTIFICATE]  # once


@pytest.mark.parametrize(
    "changed",
    [
        {"Message": "another"},
        {"MessageId": "m-2"},
        {"Timestamp": "2026-02-01T00:00:00.000Z"},
        {"Subject": "other"},
        {"Signature": base64.b64encode(b"x" * 256).decode()},
        {"Signature": "no base64"},
        {"Timestamp": None},
        {"Message": 7},
    ],
    ids=["message", "id", "time", "subject", "signature", "not base64", "field missing", "field of another kind"],
)
def test_changed_is_not_genuine(key: rsa.RSAPrivateKey, changed: dict[str, Any]) -> None:
    check = SignatureCheck(lambda _: certificate(key))
    assert check.check(envelope(key, **changed)).state is SignatureState.FALSE


def test_whose_topic_it_is_is_always_said(key: rsa.RSAPrivateKey) -> None:
    verdict = SignatureCheck(lambda _: certificate(key)).check(envelope(key))
    assert verdict.state is SignatureState.GENUINE
    assert "“results” of the account 1111-2222-3333 in us-east-1" in verdict.because


@pytest.mark.parametrize(
    ("transport", "followed", "state"),
    [
        pytest.param(Transport.SNS, TOPIC, SignatureState.GENUINE, id="this topic"),
        pytest.param(Transport.SNS, f"{TOPIC}-2", SignatureState.OTHER_TOPIC, id="another topic"),
        pytest.param(Transport.SNS, TOPIC.replace("1111", "4444"), SignatureState.OTHER_TOPIC, id="another account's"),
        pytest.param(Transport.SQS, QUEUE, SignatureState.GENUINE, id="a queue of the same account"),
        pytest.param(Transport.SQS, QUEUE.replace("1111", "4444"), SignatureState.OTHER_TOPIC, id="of another account"),
    ],
)
def test_somebody_elses_topic_is_not_called_genuine(
    key: rsa.RSAPrivateKey, transport: Transport, followed: str, state: SignatureState
) -> None:
    check = SignatureCheck(lambda _: certificate(key), parse_destination(transport, followed))
    verdict = check.check(envelope(key))
    assert verdict.state is state
    assert "1111-2222-3333" in verdict.because


@pytest.mark.parametrize(
    ("is_practice", "asked", "state"),
    [
        pytest.param(False, [CERTIFICATE], SignatureState.OTHER_TOPIC, id="of an account"),
        pytest.param(True, [], SignatureState.NOT_CHECKED, id="of practice"),
    ],
)
def test_a_queue_that_is_followed_has_its_signatures_checked_but_in_practice(
    desk: Desk,
    key: rsa.RSAPrivateKey,
    monkeypatch: pytest.MonkeyPatch,
    is_practice: bool,
    asked: list[str],
    state: SignatureState,
) -> None:
    fetched: list[str] = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return certificate(key)

    monkeypatch.setattr(listening, "fetch_certificate", fetch)
    url = desk.outside.open_queue("behind-a-topic")
    desk.outside.sqs.send_message(QueueUrl=url, MessageBody=envelope(key, topic=TOPIC.replace("1111", "4444")))
    opened = desk.opened if is_practice else replace(desk.opened, practice=None)
    seen: list[InboxMessage] = []
    stop = threading.Event()

    def received(messages: Sequence[InboxMessage]) -> None:
        seen.extend(messages)
        stop.set()

    with Inbox() as inbox:
        Listening(leftovers=None).follow(
            opened, parse_destination(Transport.SQS, url), inbox=inbox, received=received, stop=stop
        )
    assert [one.signature.state for one in seen] == [state]
    assert fetched == asked
    desk.outside.sqs.delete_queue(QueueUrl=url)


def test_an_expired_certificate_is_not_called_genuine_and_the_day_is_said(key: rsa.RSAPrivateKey) -> None:
    expired = certificate(key, expires=datetime(2020, 3, 5, tzinfo=UTC))
    verdict = SignatureCheck(lambda _: expired).check(envelope(key))
    assert verdict.state is SignatureState.EXPIRED
    assert "expired on 2020-03-05" in verdict.because
    assert "2026-01-31T23:59:59.000Z" in verdict.because
    assert "1111-2222-3333" in verdict.because


@pytest.mark.parametrize(
    ("url", "topic", "good"),
    [
        (CERTIFICATE, TOPIC, True),
        (f"{CERTIFICATE[:-4]}x.pem", TOPIC, True),
        (
            "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-1.pem",
            "arn:aws-cn:sns:cn-north-1:1:t",
            True,
        ),
        (
            "https://sns.eusc-de-east-1.amazonaws.eu/SimpleNotificationService-1.pem",
            "arn:aws-eusc:sns:eusc-de-east-1:1:t",
            True,
        ),
        (CERTIFICATE.replace("amazonaws.com", "amazonaws.eu"), TOPIC, False),
        (CERTIFICATE.replace("https", "http"), TOPIC, False),
        (CERTIFICATE.replace("us-east-1", "eu-west-1"), TOPIC, False),
        (CERTIFICATE.replace(".com/", ".com.evil.example/"), TOPIC, False),
        (CERTIFICATE.replace(".com/", ".com.cn/"), TOPIC, False),
        (CERTIFICATE.replace("sns.", "evil.example/sns."), TOPIC, False),
        (CERTIFICATE.replace("https://", "https://sns.us-east-1.amazonaws.com@evil.example/"), TOPIC, False),
        (CERTIFICATE.replace(".com/", ".com:444/"), TOPIC, False),
        (CERTIFICATE + "?Action=x", TOPIC, False),
        (CERTIFICATE + "#x", TOPIC, False),
        (CERTIFICATE + "\n", TOPIC, False),
        (CERTIFICATE.replace("sns.us-east-1", "bucket.s3.us-east-1"), TOPIC, False),
        (CERTIFICATE.replace("/Simple", "/a/../Simple"), TOPIC, False),
        (CERTIFICATE.replace(".pem", ".der"), TOPIC, False),
        ("", TOPIC, False),
        (CERTIFICATE, "arn:aws:sqs:us-east-1:111122223333:q", False),
        (CERTIFICATE, "us-east-1", False),
    ],
)
def test_the_address_of_the_certificate_is_judged_first(
    key: rsa.RSAPrivateKey, url: str, topic: str, good: bool
) -> None:
    asked: list[str] = []

    def fetch(at: str) -> bytes:
        asked.append(at)
        return certificate(key)

    assert is_sns_certificate(url, topic_arn=topic) is good
    verdict = SignatureCheck(fetch).check(envelope(key, SigningCertURL=url, TopicArn=topic))
    assert bool(asked) is good  # nothing is fetched from anywhere else
    if not good:
        assert verdict.state is SignatureState.FALSE


def test_a_part_of_aws_that_is_not_known_is_not_called_false() -> None:
    unknown = {
        "Type": "Notification",
        "TopicArn": "arn:aws-moon:sns:moon-east-1:111122223333:t",
        "SignatureVersion": "2",
        "Signature": "AAAA",
        "SigningCertURL": "https://sns.moon-east-1.amazonaws.moon/SimpleNotificationService-1.pem",
    }
    verdict = SignatureCheck(lambda url: pytest.fail(f"{url} was fetched")).check(json.dumps(unknown))
    assert (verdict.state, "does not know" in verdict.because) == (SignatureState.NOT_CHECKED, True)


def test_what_cannot_be_checked_is_not_called_false(key: rsa.RSAPrivateKey) -> None:
    def no_network(_: str) -> bytes:
        raise ProblemError(Problem(title="No network.", detail="", remedy="", code="x", cause=Cause.NO_NETWORK))

    not_checked = SignatureState.NOT_CHECKED
    verdict = SignatureCheck(no_network).check(envelope(key))
    assert verdict.state is not_checked
    assert "No network." in verdict.because
    assert SignatureCheck(lambda _: b"<html>").check(envelope(key)).state is not_checked
    elliptic = certificate(ec.generate_private_key(ec.SECP256R1()))
    assert SignatureCheck(lambda _: elliptic).check(envelope(key)).state is not_checked
    assert SignatureCheck(None).check(envelope(key)).state is not_checked  # practice
    assert SignatureCheck(no_network).check(envelope(key, Signature=None)).state is not_checked
    assert SignatureCheck(no_network).check(envelope(key, SignatureVersion="3")).state is not_checked


@pytest.mark.parametrize("body", ["", "x", "[1]", "{", '{"Type": "Notification"}', '{"TopicArn": "x"}', "[" * 5000])
def test_what_is_no_envelope_has_nothing_to_check(body: str) -> None:
    assert SignatureCheck(None).check(body).state is SignatureState.NONE


def test_no_more_than_a_few_certificates_are_fetched(key: rsa.RSAPrivateKey) -> None:
    asked: list[str] = []

    def fetch(at: str) -> bytes:
        asked.append(at)
        return certificate(key)

    check = SignatureCheck(fetch)
    for number in range(MOST_CERTIFICATES + 5):
        check.check(envelope(key, SigningCertURL=CERTIFICATE.replace("0123", f"{number:04}")))
    assert len(asked) == MOST_CERTIFICATES


@pytest.mark.parametrize(
    ("sender_id", "through_topic", "sender"),
    [
        (MTURK_SENDER_ID, False, Sender.MTURK),
        (MTURK_SENDER_ID.lower(), False, Sender.OTHER),
        ("AROAEXAMPLE:me", False, Sender.OTHER),
        ("", False, Sender.UNKNOWN),
        ("AIDASNS", True, Sender.UNKNOWN),
        (MTURK_SENDER_ID, True, Sender.UNKNOWN),
    ],
)
def test_sender(sender_id: str, through_topic: bool, sender: Sender) -> None:
    assert judge_sender(sender_id, through_topic=through_topic) is sender
