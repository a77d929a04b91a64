# SPDX-License-Identifier: MIT
"""Whose a message is: by its queue, by the secret of the older API, by the host of a certificate."""

from __future__ import annotations

from typing import Any

import pytest

from notification_tester.domain.messages.sender import (
    MTURK_SENDER_ID,
    NOTIFICATION_SERVICE,
    Sender,
    SignatureState,
    is_sns_host,
    judge_legacy_signature,
    judge_sender,
    legacy_signature,
    signed_text,
)

TIME = "2010-01-02T03:04:05Z"
SIGNATURE = legacy_signature("hunter2", service=NOTIFICATION_SERVICE, operation="Notify", timestamp=TIME)


def test_a_queue_says_whose_a_message_is_and_a_topic_does_not() -> None:
    assert judge_sender(MTURK_SENDER_ID, through_topic=False) is Sender.MTURK
    assert judge_sender("AIDASOMEBODY", through_topic=False) is Sender.OTHER
    assert judge_sender("", through_topic=False) is Sender.UNKNOWN
    assert judge_sender(MTURK_SENDER_ID, through_topic=True) is Sender.UNKNOWN


@pytest.mark.parametrize(
    ("fields", "state", "because"),
    [
        ({"Signature": SIGNATURE, "Timestamp": TIME}, SignatureState.GENUINE, "fits this secret and its time"),
        ({"Signature": SIGNATURE, "Timestamp": f"{TIME} "}, SignatureState.FALSE, "does not fit this secret"),
        ({"Signature": f"{SIGNATURE}é\ud800", "Timestamp": TIME}, SignatureState.FALSE, "does not fit"),
        ({"Signature": "DEPRECATED", "Timestamp": TIME}, SignatureState.NOT_CHECKED, "wrote DEPRECATED"),
        ({"Signature": "DEPRECATED"}, SignatureState.NOT_CHECKED, "wrote DEPRECATED"),
        ({"Signature": SIGNATURE}, SignatureState.NOT_CHECKED, "no Signature or no Timestamp"),
        ({"Signature": SIGNATURE, "Timestamp": ""}, SignatureState.NOT_CHECKED, "no Signature or no Timestamp"),
        ({"Signature": "", "Timestamp": TIME}, SignatureState.NOT_CHECKED, "no Signature or no Timestamp"),
        ({"Signature": 5, "Timestamp": TIME}, SignatureState.NOT_CHECKED, "no Signature or no Timestamp"),
        ({"Signature": SIGNATURE, "Timestamp": 5}, SignatureState.NOT_CHECKED, "no Signature or no Timestamp"),
        ({}, SignatureState.NOT_CHECKED, "no Signature or no Timestamp"),
    ],
)
def test_a_message_of_the_older_api_by_its_secret(fields: dict[str, Any], state: SignatureState, because: str) -> None:
    verdict = judge_legacy_signature(fields, "hunter2")
    assert verdict.state is state
    assert because in verdict.because


def test_hosts_of_sns() -> None:
    hosts = ("sns.us-east-1.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn")
    others = (
        "sns.cn-north-1.amazonaws.com",
        "sns.us-east-1.amazonaws.com.cn",
        "sqs.us-east-1.amazonaws.com",
        "localhost",
    )
    assert [is_sns_host(one) for one in (*hosts, *others)] == [True, True, False, False, False, False]


def test_what_of_an_envelope_is_signed() -> None:
    envelope = {"Type": "Notification", "MessageId": "1", "TopicArn": "arn", "Message": "m", "Timestamp": "t"}
    assert signed_text(envelope) == b"Message\nm\nMessageId\n1\nTimestamp\nt\nTopicArn\narn\nType\nNotification\n"
    assert b"\nSubject\ns\n" in signed_text({**envelope, "Subject": "s"})
    asking = {**envelope, "Type": "SubscriptionConfirmation", "SubscribeURL": "u", "Token": "k", "Subject": "s"}
    assert b"\nSubscribeURL\nu\nTimestamp\nt\nToken\nk\nTopicArn" in signed_text(asking)
    assert b"Subject" not in signed_text(asking)
    with pytest.raises(KeyError):
        signed_text({**envelope, "Type": "UnsubscribeConfirmation"})
    with pytest.raises(ValueError, match="Message"):
        signed_text({**envelope, "Message": {}})
