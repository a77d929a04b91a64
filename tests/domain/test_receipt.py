# SPDX-License-Identifier: MIT
"""What a web receiver answered, as it is read, printed and logged."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from notification_tester.domain.receipt import Receipt, TlsFacts


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain; charset=latin-1", "Gruß".encode("latin-1"), "Gruß"),
        ('text/plain; charset="utf-8"', "Gruß".encode(), "Gruß"),
        ("", "Gruß".encode(), "Gruß"),
        ("text/plain; charset=utf-8", b"\xff", "\ufffd"),
        ("text/plain; charset=nonsense", b"ok", "ok"),
        ("text/plain; charset=zlib", b"ok", "ok"),
    ],
    ids=["named", "quoted", "none named", "does not fit", "unknown", "no encoding of text"],
)
def test_the_body_is_read_in_the_encoding_that_the_receiver_names(content_type: str, body: bytes, text: str) -> None:
    assert Receipt(status=200, headers=(("Content-Type", content_type),), body=body).text == text


def test_of_no_answer_nothing_is_claimed() -> None:
    value = Receipt().as_json()
    assert (value["status"], value["was_sent"], value["is_cut"], value["seconds"]) == (0, False, False, 0.0)
    assert (value["tls"], value["problem"], value["headers"], value["body"]) == (None, None, [], "")


def test_what_is_printed_is_json_and_names_cookies_without_their_value() -> None:
    tls = TlsFacts(version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", valid_until=datetime(2026, 1, 31, tzinfo=UTC))
    receipt = Receipt(
        status=200, headers=(("Set-Cookie", "session=grey-mare"), ("X-One", "1")), seconds_to_connect=0.00123, tls=tls
    )
    value = json.loads(json.dumps(receipt.as_json()))
    assert value["headers"] == [["Set-Cookie", "…"], ["X-One", "1"]]
    assert value["seconds_to_connect"] == 0.0012
    assert value["seconds_to_first_byte"] is None
    assert value["tls"]["valid_until"] == "2026-01-31T00:00:00+00:00"


@pytest.mark.parametrize("name", ["Set-Cookie", "authorization", "X-Api-Key", "X-Amz-Security-Token"])
def test_what_may_be_a_password_among_the_headers_is_named_alone(name: str) -> None:
    receipt = Receipt(status=200, headers=((name, "grey-mare"),))
    assert receipt.shown_headers == ((name, "…"),)
    assert "grey-mare" not in json.dumps(receipt.as_json())


def test_a_log_shows_neither_headers_nor_body_nor_where_it_was_sent_on_to() -> None:
    receipt = Receipt(status=302, headers=(("A", "grey-mare"),), body=b"grey-mare", redirect="http://grey-mare/")
    assert "grey-mare" not in repr(receipt)


@pytest.mark.parametrize(
    ("status", "is_success"), [(199, False), (200, True), (299, True), (300, False), (500, False), (0, False)]
)
def test_taken_is_what_was_answered_with_a_status_of_success(status: int, is_success: bool) -> None:
    assert Receipt(status=status).is_success is is_success
