# SPDX-License-Identifier: MIT
"""The practice cloud's own process: puts the parts together, says where it is, and serves until told to end."""

from __future__ import annotations

import json
import os
import secrets
import string
import sys
import threading
from typing import TYPE_CHECKING, TextIO

from notification_tester.domain.account import REGION
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.practice import populating, scenario
from notification_tester.practice.cloud import PracticeDetails
from notification_tester.practice.faults import FaultPlan
from notification_tester.practice.listener import Listener, PortTakenError
from notification_tester.practice.loopback import LOOPBACK, keep_here
from notification_tester.practice.mailbox import Mailbox
from notification_tester.practice.marketplace import Marketplace
from notification_tester.practice.signatures import SigningKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.practice.front import Front

ACCOUNT_ID = "111122223333"
"""Always the same, as AWS's own examples have it: addresses that a person kept stay right when practice starts anew."""

_KEY_LETTERS = string.ascii_uppercase + "234567"
_SECRET_LETTERS = string.ascii_letters + string.digits + "+/"


def serve(
    *,
    port: int,
    output: TextIO | None,
    until: Callable[[], None] | None = None,
    hit_types: int | None = None,
    hits: int | None = None,
) -> int:
    """Run in the foreground: print one line of JSON (:class:`PracticeDetails`), then serve until ``until`` returns.

    Without ``until`` it ends with standard input. Ctrl-C ends it at any time. With ``port`` 0 the system chooses one.
    ``hit_types`` and ``hits`` ask for so many made-up ones, in the place of the few that it begins with. ``output`` is
    None where Python found no standard output; it is looked for once more.
    Returns the exit code. Raises ProblemError when the port, the numbers or the output cannot be had.
    """
    _check_sizes(hit_types=hit_types, hits=hits)
    keep_here(lambda _host: None)  # whoever called out inside hears of it as of a missing network
    output = output or _standard_output()
    try:
        # Watched from the start: the program that started this process may end while it is still loading.
        wait = until or _end_of_input()
        with _listen(port) as listener:
            front, details = _build(listener.port, hit_types=hit_types, hits=hits)
            listener.answer = front.answer
            listener.start()
            output.write(json.dumps(details.as_json()) + "\n")
            output.flush()
            wait()
    except KeyboardInterrupt:
        return 0
    return 0


def _listen(port: int) -> Listener:
    why = "The number of a port is between 0 and 65535, and 0 lets the system choose."
    if 0 <= port <= 65535:
        try:
            return Listener(port=port)
        except PortTakenError as error:
            why = f"Another program uses it, or the system does not give it out ({error})."
    raise ProblemError(
        Problem(
            title=f"The practice cloud cannot use port {port}.",
            detail=why,
            remedy="Choose another port, or leave the port out and let the system choose one.",
            code="practice.port",
            cause=Cause.INPUT,
        )
    )


def _check_sizes(*, hit_types: int | None, hits: int | None) -> None:
    try:
        populating.sizes(hit_types=hit_types, hits=hits)
    except ValueError as error:
        raise ProblemError(
            Problem(
                title="The practice cloud cannot make so many HIT types or HITs.",
                detail=str(error),
                remedy="Give other numbers, or leave them out and practise with the few it begins with.",
                code="practice.size",
                cause=Cause.INPUT,
            )
        ) from error


def _standard_output() -> TextIO:
    """Open standard output where Python did not: a packaged program without a console has none, yet its parent may
    have handed it a pipe.
    """
    try:
        os.write(1, b"")
        return os.fdopen(1, "w", encoding="utf-8", closefd=False)
    except OSError as error:
        raise ProblemError(
            Problem(
                title="The practice cloud cannot say where it is.",
                detail=f"There is no standard output to write its addresses and keys to ({error.strerror or error}).",
                remedy="Start it from a terminal, or from a program that reads what it prints.",
                code="practice.output",
                cause=Cause.PROGRAM,
            )
        ) from error


def _build(port: int, *, hit_types: int | None, hits: int | None) -> tuple[Front, PracticeDetails]:
    """Load what takes time, and make one cloud with keys and an account of its own."""
    from notification_tester.practice.afternoon import load_script
    from notification_tester.practice.aws_services import Services
    from notification_tester.practice.delivery import Courier, Sender
    from notification_tester.practice.front import Front
    from notification_tester.practice.legacy_api import LegacyApi
    from notification_tester.practice.receivers import Receivers
    from notification_tester.practice.requester import Requester
    from notification_tester.practice.workers import Workers

    key = SigningKey(
        access_key_id="AKIA" + _random_text(_KEY_LETTERS, 16),
        secret_access_key=_random_text(_SECRET_LETTERS, 40),
        region=REGION,
    )
    story = scenario.load()
    plan = FaultPlan()
    services = Services(account_id=ACCOUNT_ID, region=REGION, plan=plan)
    marketplace = Marketplace(balance=str(story["balance"]))
    places = scenario.set_up(story, services=services)
    if hit_types is None and hits is None:
        scenario.add_hits(story, marketplace)
    else:
        hit_types, hits = populating.sizes(hit_types=hit_types, hits=hits)
        populating.populate(marketplace, hits=hits, hit_types=hit_types)
    mailbox = Mailbox()
    sender = Sender(customer_id="A" + _random_text(_KEY_LETTERS, 13), source_account=ACCOUNT_ID)
    receivers = Receivers(secret=key.secret_access_key)
    courier = Courier(services=services, mailbox=mailbox, receivers=receivers, plan=plan, sender=sender)
    workers = Workers(marketplace=marketplace, courier=courier, script=load_script())
    requester = Requester(marketplace=marketplace, courier=courier, workers=workers, plan=plan)
    front = Front(
        key=key,
        mailbox_path=f"/practice/mailbox/{secrets.token_urlsafe(18)}",
        requester=requester,
        legacy_api=LegacyApi(key=key, requester=requester, courier=courier),
        workers=workers,
        services=services,
        marketplace=marketplace,
        mailbox=mailbox,
        plan=plan,
    )
    address = f"http://{LOOPBACK}:{port}"
    return front, PracticeDetails(
        mturk_endpoint=address,
        aws_endpoint=address,
        access_key_id=key.access_key_id,
        secret_access_key=key.secret_access_key,
        region=REGION,
        account_id=ACCOUNT_ID,
        queue_url=f"{address}/{ACCOUNT_ID}/{places.queue_name}",
        blocked_queue_url=f"{address}/{ACCOUNT_ID}/{places.blocked_queue_name}",
        topic_arn=places.topic_arn,
        mailbox_url=address + front.mailbox_path,
        email=places.email,
    )


def _random_text(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(length))


def _end_of_input() -> Callable[[], None]:
    """Start watching standard input; the function returned waits for its end."""
    ended = threading.Event()

    def watch() -> None:
        # Read below Python's buffers: their lock would be held by this thread when the process ends.
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass  # closed in another way than by its end, which means the same
        ended.set()

    if sys.stdin is not None:
        threading.Thread(target=watch, name="practice-input", daemon=True).start()

    def wait() -> None:
        # In short steps: on Windows a wait without end would not notice Ctrl-C.
        while not ended.wait(0.2):
            pass

    return wait
