# SPDX-License-Identifier: MIT
"""Which real events the lists of an account have from a place: of this place, this account, and nothing but proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.domain.events import EventType
from notification_tester.domain.messages.sender import Sender, SignatureState, SignatureVerdict
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.services.inbox.seen import label_of, place_of, seen_live
from notification_tester.storage.inbox_lists import InboxLists
from storage.test_inbox import NOW, body, message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.inbox.listening import Place

LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING, since="2026-01-31T12:00:00+00:00")
QUEUE = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/lab-queue")
TOPIC = parse_destination(Transport.SNS, "arn:aws:sns:us-east-1:123456789012:lab-topic")
OTHER = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/other-queue")
CREATED, EXPIRED = EventType.HIT_CREATED, EventType.HIT_EXPIRED


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[InboxLists]:
    made = InboxLists(tmp_path, None, lambda: ())
    yield made
    made.close()


@pytest.fixture
def lab(opened: OpenAccount) -> OpenAccount:
    return replace(opened, account=LAB, practice=None)


@pytest.mark.parametrize("since_now", [True, False])
@pytest.mark.parametrize("place", [QUEUE, TOPIC, ReceiverPlace(port=8080), None], ids=str)
def test_a_label_is_read_as_it_was_written(place: Place | None, since_now: bool) -> None:
    read, read_since_now = place_of(label_of(place, since_now=since_now))
    assert read == place
    assert read_since_now is (since_now and place in {QUEUE, TOPIC})


@pytest.mark.parametrize(
    "label",
    [
        *("", "[]", "{}", "5", "queue", '"kind"', '{"kind": "SQS"}', '{"kind": "SQS", "text": "nonsense"}'),
        *('{"kind": "Owl", "text": "x"}', '{"kind": ["SQS"], "text": "x"}', '{"kind": "receiver"}'),
    ],
)
def test_what_is_no_label_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="no label of a place"):
        place_of(label)


def test_of_this_place_and_this_account_alone_kept_or_not(tmp_path: Path, lists: InboxLists, lab: OpenAccount) -> None:
    there = lists.new(LAB, label_of(QUEUE, since_now=True))
    there.keep([message("m1", body("HITCreated", "SomethingNew"))])
    lists.new(LAB, label_of(OTHER, since_now=False)).keep([message("m2", body("HITExpired"))])
    lists.new(LAB, label_of(None, since_now=False)).keep([message("m3", body("HITExpired"))])
    lists.new(LAB, "no label").keep([message("m4", body("HITExpired"))])
    assert seen_live(lists, lab, QUEUE) == {CREATED: NOW}
    assert seen_live(lists, lab, OTHER) == {EXPIRED: NOW}
    assert seen_live(lists, lab, TOPIC) == {}
    other_keys = replace(lab, account=replace(LAB, since="2026-02-01T00:00:00+00:00"))
    assert seen_live(lists, other_keys, QUEUE) == {}
    renamed = replace(lab, account=replace(LAB, name="Lab of last year"))
    assert seen_live(lists, renamed, QUEUE) == {CREATED: NOW}

    lists.close()
    at_next_start = InboxLists(tmp_path, None, lambda: ())
    assert seen_live(at_next_start, lab, QUEUE) == {CREATED: NOW}, "nobody has opened it"
    kept, problems = at_next_start.of(LAB)
    assert (len(kept), problems) == (4, []), "and it can be opened still"
    at_next_start.close()


def test_the_newest_of_several_lists(lists: InboxLists, lab: OpenAccount) -> None:
    for hours, since_now in ((2, True), (1, False)):
        inbox = lists.new(LAB, label_of(QUEUE, since_now=since_now))
        inbox.keep([replace(message("m1", body("HITCreated")), sent_at=NOW + timedelta(hours=hours))])
    assert seen_live(lists, lab, QUEUE) == {CREATED: NOW + timedelta(hours=2)}


@pytest.mark.parametrize(
    ("state", "is_practice", "is_seen"),
    [
        (SignatureState.GENUINE, False, True),
        (SignatureState.NOT_CHECKED, False, False),
        (SignatureState.OTHER_TOPIC, False, False),
        (SignatureState.FALSE, True, False),
        (SignatureState.NOT_CHECKED, True, True),
    ],
    ids=str,
)
def test_of_a_topic_what_its_signature_proves(
    lists: InboxLists, opened: OpenAccount, lab: OpenAccount, state: SignatureState, is_practice: bool, is_seen: bool
) -> None:
    account = opened if is_practice else lab
    inbox = lists.new(account.account, label_of(TOPIC, since_now=True))
    one = replace(message("m1", body("HITCreated")), sender=Sender.UNKNOWN, signature=SignatureVerdict(state=state))
    inbox.keep([one])
    assert (CREATED in seen_live(lists, account, TOPIC)) is is_seen


def test_one_that_is_damaged_keeps_no_other_back(tmp_path: Path, lists: InboxLists, lab: OpenAccount) -> None:
    inbox = lists.new(LAB, label_of(QUEUE, since_now=True))
    inbox.keep([message("m1", body("HITCreated"))])
    assert inbox.path is not None
    inbox.path.with_name(inbox.path.name.replace(".sqlite3", "f.sqlite3")).write_bytes(b"no database at all" * 99)
    assert seen_live(lists, lab, QUEUE) == {CREATED: NOW}
