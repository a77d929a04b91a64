# SPDX-License-Identifier: MIT
"""Messages carried to a web receiver on this computer, against the bare HTTP library, httpcore.

The receiver is a process of its own that reads and answers. The reference posts the same bytes with the same headers,
each over a connection of its own as ours goes, and reads the answer; it measures nothing, has one limit for each read,
and nobody can stop it. Where ours signs a message, the reference signs one as long, with the same library.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpcore
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from benchmarks.measure import Row, in_turn
from notification_tester.domain.events import EventType
from notification_tester.domain.messages.scenarios import SCENARIOS, drafts
from notification_tester.domain.outgoing import DeliveryForm, real_looking
from notification_tester.domain.web_address import parse_web_address
from notification_tester.services.sending.sns_signing import SnsSigner
from notification_tester.services.sending.web_delivery import SIDE_BY_SIDE, WebDelivery, envelope_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.domain.messages.draft import Draft
    from notification_tester.domain.receipt import Receipt
    from notification_tester.domain.web_address import WebAddress

ONE_GOAL = 1.3
MANY_GOAL = 1.5
MESSAGES = 1000
_REPEATS = 501
_RUNS = 7
_NEVER = threading.Event()

_RECEIVER = """
import sys
from notification_tester.practice.listener import Listener, Response
with Listener(port=0) as listener:
    listener.answer = lambda request: Response(body=b"Received.")
    listener.start()
    print(listener.port, flush=True)
    sys.stdin.read()
"""


def rows(*, repeats: int = _REPEATS, runs: int = _RUNS, messages: int = MESSAGES) -> list[Row]:
    """Measure one message, and many from as many threads."""
    with _receiver() as address, SnsSigner() as signer:
        return [_one(address, repeats), _many(address, signer, runs, messages)]


def _one(address: WebAddress, repeats: int) -> Row:
    [draft] = _drafts(address, 1)
    body, headers = _bare_form(draft)
    with WebDelivery() as delivery, httpcore.ConnectionPool(max_keepalive_connections=0) as pool:
        ours, bare = in_turn(
            lambda: _checked(delivery.deliver(address, draft, stop=_NEVER)),
            lambda: _post(pool, address, body, headers),
            repeats=repeats,
            warm_up=20,
        )
    note = "a connection for each message on both sides; times, limit and Cancel; reference: httpcore's own request"
    return Row(what="one delivery to a local receiver, warm", ours=ours, reference=bare, goal=ONE_GOAL, note=note)


def _many(address: WebAddress, signer: SnsSigner, runs: int, messages: int) -> Row:
    made = _drafts(address, messages)
    forms = [_bare_form(one) for one in made]
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def signed(draft: Draft) -> Draft:
        if draft.envelope is None:
            return draft
        return replace(draft, envelope=signer.sign(draft.envelope, draft.signature))

    def ours() -> None:
        with WebDelivery() as delivery, ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            for receipt in threads.map(lambda one: delivery.deliver(address, signed(one), stop=_NEVER), made):
                _checked(receipt)

    def sign_and_post(draft: Draft, body: bytes, headers: list[tuple[bytes | str, bytes | str]]) -> None:
        if draft.envelope is not None:
            key.sign(body, padding.PKCS1v15(), hashes.SHA1())
        with httpcore.ConnectionPool(max_keepalive_connections=0) as pool:  # one for all mixes threads up now and then
            _post(pool, address, body, headers)

    def bare() -> None:
        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            list(threads.map(lambda one, form: sign_and_post(one, *form), made, forms))

    taken, reference = in_turn(ours, bare, repeats=runs)
    note = (
        f"{SIDE_BY_SIDE} threads and a connection for each message on both sides, each signed; reference: httpcore and "
        "cryptography alone"
    )
    what = f"{messages:,} scenario messages to a local receiver"
    return Row(what=what, ours=taken, reference=reference, goal=MANY_GOAL, note=note)


def _drafts(address: WebAddress, count: int) -> list[Draft]:
    """The messages of every scenario but the largest, again and again."""
    now = datetime.now(tz=UTC)
    events = (EventType.ASSIGNMENT_ACCEPTED, EventType.ASSIGNMENT_SUBMITTED)
    notification = real_looking(events, "2014-08-15", now=now, chance=random.Random(1))
    chosen = [one for one in SCENARIOS if one.name != "largest" and one.fits(DeliveryForm.SNS, address)]
    each = [draft for one in (None, *chosen) for draft in drafts(one, notification, address, DeliveryForm.SNS, now=now)]
    return [each[number % len(each)] for number in range(count)]


def _bare_form(draft: Draft) -> tuple[bytes, list[tuple[bytes | str, bytes | str]]]:
    body = draft.body if draft.envelope is None else envelope_text(draft.envelope).encode()
    return body, [*draft.headers.items(), ("Content-Length", str(len(body)))]


def _post(
    pool: httpcore.ConnectionPool, address: WebAddress, body: bytes, headers: list[tuple[bytes | str, bytes | str]]
) -> None:
    if pool.request("POST", address.url, content=body, headers=headers).status != 200:
        raise AssertionError("not taken")


def _checked(receipt: Receipt) -> None:
    if not receipt.is_success:
        raise AssertionError(receipt)


@contextmanager
def _receiver() -> Iterator[WebAddress]:
    with subprocess.Popen(
        [sys.executable, "-P", "-c", _RECEIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield parse_web_address(f"http://127.0.0.1:{int(process.stdout.readline())}/")
        process.communicate()
