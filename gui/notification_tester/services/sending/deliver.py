# SPDX-License-Identifier: MIT
"""Send from this computer what Mechanical Turk would send, and tell how far it got.

What is proved is less than by a test of the service's own: the message is not from Mechanical Turk, and a queue or a
topic is filled with the account's own keys. The lamps: *accepted*, the receiver or its service took it; *arrived*, for
a queue and a topic it was seen there as a test is, for a web receiver it answered; *as expected*, what came is what was
sent, or the status is the one that a well-made receiver answers.

Every message has a row in the history before it goes. What may be secret is in none: of a web address the form without
its query, of a signature not the secret, of a mail server not the password, and of what a receiver answers neither.
"""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from notification_tester.aws.queues import Queue
from notification_tester.domain.account import Environment
from notification_tester.domain.delivery import NOT_TRIED, NOTHING_TO_LOOK_AT, Lamp, State, over_all
from notification_tester.domain.destination import EmailAddress, QueueAddress, TopicAddress
from notification_tester.domain.known_secrets import KnownSecrets
from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.scenarios import Scenario, drafts
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy
from notification_tester.domain.web_address import WebAddress
from notification_tester.services.readers import Readers
from notification_tester.services.refusals import refuse_what_practice_cannot_reach
from notification_tester.services.sending.carriers import (
    ASKED_SECONDS,
    COMPARE,
    CONFIRM_SECONDS,
    Carried,
    Carrier,
    TopicCarrier,
    WebCarrier,
    carrier_for,
)
from notification_tester.services.sending.delivery_request import (
    DeliveryRequest,
    account_name,
    environment_of,
    what_it_proves,
)
from notification_tester.services.sending.queue_watch import AlreadySeen, SentFromHere
from notification_tester.services.sending.test_send import REMOVAL_SECONDS, Stage
from notification_tester.services.sending.watcher import PastWatchers, Unseen, Watcher, awaited, look_for
from notification_tester.services.sending.watchers import watcher_for
from notification_tester.storage.keyring_problems import SESSION_ONLY
from notification_tester.storage.rows import DELIVERY_KIND, Beginning, Ending, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from notification_tester.domain.account import Account
    from notification_tester.domain.messages.draft import Draft
    from notification_tester.domain.receipt import Receipt
    from notification_tester.domain.smtp import SmtpSettings
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.sending.queue_watch import Arrival
    from notification_tester.services.sending.sns_signing import SnsSigner
    from notification_tester.storage.history import History
    from notification_tester.storage.leftovers import Leftovers
    from notification_tester.storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """One message: what it was, and how far it got. ``scenario`` is None for the notification alone.

    ``draft`` is the message as it was carried, ``raw`` the same as text: the query of a GET, else the body.
    """

    what: str
    scenario: Scenario | None
    draft: Draft
    accepted: Lamp = NOT_TRIED
    arrived: Lamp = NOT_TRIED
    as_expected: Lamp = NOT_TRIED
    receipt: Receipt | None = None
    raw: str = field(default="", repr=False)
    problem: Problem | None = None
    notes: tuple[str, ...] = ()
    history_id: int | None = None

    @property
    def outcome(self) -> Outcome:
        """In one word. What is refused as it should be is good, whatever the first lamp says."""
        if self.as_expected.state is State.YES:
            return Outcome.GOOD
        states = {self.accepted.state, self.arrived.state, self.as_expected.state}
        return Outcome.BAD if State.NO in states else Outcome.UNKNOWN

    @property
    def is_good(self) -> bool:
        """Whether it went as it should."""
        return self.outcome is Outcome.GOOD

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "what": self.what,
            "sent": self.raw,
            "accepted": self.accepted.as_json(),
            "arrived": self.arrived.as_json(),
            "as_expected": self.as_expected.as_json(),
            "answer": None if self.receipt is None else dict(self.receipt.as_json()),
            "problem": None if self.problem is None else self.problem.as_json(),
        }


@dataclass(frozen=True, kw_only=True)
class DeliveredScenario:
    """All messages of a scenario, in the order in which they went, and the verdicts over them.

    ``scenario`` is None for the notification alone.
    """

    scenario: Scenario | None
    messages: tuple[Delivered, ...]

    @property
    def accepted(self) -> Lamp:
        """Whether each was taken."""
        return over_all([one.accepted for one in self.messages])

    @property
    def arrived(self) -> Lamp:
        """Whether each arrived."""
        return over_all([one.arrived for one in self.messages])

    @property
    def as_expected(self) -> Lamp:
        """Whether each went as it should."""
        return over_all([one.as_expected for one in self.messages])

    @property
    def deciding(self) -> Delivered:
        """The message by which it is as expected or not: the first with a problem, else the first that is not well."""
        ranked = sorted(self.messages, key=lambda one: (one.problem is None, one.is_good))
        return ranked[0]

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it: the verdicts over all, ``messages``, and of the deciding one what it was."""
        return {
            "scenario": None if self.scenario is None else self.scenario.name,
            **self.deciding.as_json(),
            "accepted": self.accepted.as_json(),
            "arrived": self.arrived.as_json(),
            "as_expected": self.as_expected.as_json(),
            "messages": [one.as_json() for one in self.messages],
        }


def by_scenario(delivered: Iterable[Delivered]) -> tuple[DeliveredScenario, ...]:
    """What was sent, put together: a scenario may be several messages."""
    found: dict[Scenario | None, list[Delivered]] = {}
    for one in delivered:
        found.setdefault(one.scenario, []).append(one)
    return tuple(DeliveredScenario(scenario=scenario, messages=tuple(sent)) for scenario, sent in found.items())


@dataclass(frozen=True, kw_only=True)
class DeliveryProgress:
    """News about one message: the ``number``th of ``count``, from 0. ``deadline`` as in a test's progress."""

    stage: Stage
    delivered: Delivered
    number: int
    count: int
    deadline: float | None = None


class Deliveries:
    """Sends from this computer. Without a history, because the disk is full or broken, it goes on without.

    ``notice`` is as in a test. Usable from any thread.
    """

    def __init__(
        self,
        *,
        history: History | None,
        leftovers: Leftovers | None,
        vault: Vault,
        notice: Callable[[Problem, Account], None] = lambda *_: None,
        readers: Readers | None = None,
    ) -> None:
        self._history = history
        self._leftovers = leftovers
        self._vault = vault
        self._notice = notice
        self._readers = Readers() if readers is None else readers
        self._seen = AlreadySeen()
        self._lock = threading.Lock()
        self._past = PastWatchers()
        self._signer: SnsSigner | None = None

    @property
    def signer(self) -> SnsSigner:
        """What signs SNS's envelopes, until the program ends; made when first asked for."""
        from notification_tester.services.sending.sns_signing import SnsSigner

        with self._lock:
            if self._signer is None:
                self._signer = SnsSigner()
            return self._signer

    def run(
        self,
        opened: OpenAccount | None,
        request: DeliveryRequest,
        *,
        progress: Callable[[DeliveryProgress], None] = lambda _: None,
        stop: threading.Event,
    ) -> tuple[Delivered, ...]:
        """Send every message of ``request``; the answers are in their order.

        ``opened`` is whose keys fill a queue or a topic, and is not needed for anything else. What failed is in the
        answers; ProblemError is raised only where nothing could begin. ``progress`` is called from several threads.
        """
        password = self._password(request)
        if opened is not None and isinstance(request.target, QueueAddress | TopicAddress):
            refuse_what_practice_cannot_reach(opened, request.target)
        drafted = self._drafted(opened, request)
        row_ids, unkept = self._begin(opened, request, drafted)
        notes = (*what_it_proves(opened, request), *unkept)
        finish = partial(self._finish, KnownSecrets(request.secrets(password)))
        with self._carrier(opened, request, password) as carrier:
            messages = [
                _Message(
                    key=_key(number, scenario),
                    number=number,
                    count=len(drafted),
                    delivered=Delivered(
                        what=draft.what,
                        scenario=scenario,
                        draft=draft,
                        raw=raw_of(draft),
                        notes=notes,
                        history_id=row_id,
                    ),
                    carrier=carrier,
                    finish=finish,
                    progress=progress,
                    stop=stop,
                )
                for number, ((scenario, draft), row_id) in enumerate(zip(drafted, row_ids, strict=True))
            ]
            watching = self._watch(opened, request, messages, stop)
            try:
                _send_all(request, messages, watching)
                deadline = time.perf_counter() + request.wait_seconds
                for message in messages:
                    message.look(watching, deadline)
                return tuple(message.delivered for message in messages)
            finally:
                for message in messages:
                    message.close()
                if watching.watcher is not None:
                    self._past.let_go(watching.watcher)

    def answer_for(self, delivered: Delivered, *, arrived: bool) -> Delivered:
        """Take a person's word for whether the e-mail arrived, and write it into the history."""
        state = State.YES if arrived else State.NO
        answered = replace(
            delivered,
            arrived=Lamp(state=state, detail=f"You said that it {'arrived' if arrived else 'did not arrive'}."),
            as_expected=COMPARE if arrived else NOTHING_TO_LOOK_AT,
            problem=None if arrived else (delivered.problem or _NO_MAIL),
        )
        if arrived and delivered.accepted.state is not State.YES:
            taken = Lamp(state=State.YES, detail="You said that it arrived, so it was taken, though no answer said so.")
            answered = replace(answered, accepted=taken)
        self._finish(KnownSecrets(), answered, None)
        return answered

    def keep_password(self, settings: SmtpSettings) -> None:
        """Keep the password of a mail server in the keyring, for next time. Raises ProblemError."""
        with _about_mail():
            self._vault.keep_mail_password(settings.host, settings.user, settings.password)

    def forget_password(self, settings: SmtpSettings) -> None:
        """Remove it from the keyring. Raises ProblemError."""
        with _about_mail():
            self._vault.forget_mail_password(settings.host, settings.user)

    def close(self) -> None:
        """Wait until what was borrowed is given back, and what was made is removed; serve no certificate any more."""
        with self._lock:
            signer, self._signer = self._signer, None
        self._past.join()
        if signer is not None:
            signer.close()

    def _password(self, request: DeliveryRequest) -> str:
        """The mail server's password; empty where none is needed. Raises ProblemError."""
        settings = request.smtp
        if not isinstance(request.target, EmailAddress) or settings is None or not settings.user:
            return ""
        if settings.password:
            return settings.password
        with _about_mail():
            kept = self._vault.mail_password(settings.host, settings.user)
        if kept:
            return kept
        raise ProblemError(
            Problem(
                title="The password of the mail server is missing.",
                detail=f"The system's keyring has none for “{settings.user}” at {settings.host}.",
                remedy="Give the password; many providers want an app password here.",
                code="smtp.no-password",
                cause=Cause.INPUT,
            )
        )

    def _drafted(self, opened: OpenAccount | None, request: DeliveryRequest) -> list[tuple[Scenario | None, Draft]]:
        """Every message, in the order in which they are listed, signed as they go out."""
        now = datetime.now(tz=UTC)
        largest = _largest(opened, request) if request.scenarios else 0
        is_sandbox = opened is not None and opened.account.environment is Environment.SANDBOX
        found = [
            (scenario, draft)
            for scenario in request.all_scenarios
            for draft in drafts(
                scenario,
                request.notification,
                request.target,
                request.form,
                now=now,
                largest=largest,
                signature=request.signature,
                is_sandbox=is_sandbox,
                mail_from="" if request.smtp is None else request.smtp.mailbox,
            )
        ]
        return [(scenario, self._signed(draft, request.sns_signature_version)) for scenario, draft in found]

    def _signed(self, draft: Draft, version: str) -> Draft:
        """An envelope of SNS's as it is posted, so that what is kept of it is what went out."""
        if draft.envelope is None:
            return draft
        from notification_tester.services.sending.web_delivery import envelope_text

        envelope = self.signer.sign({**draft.envelope, "SignatureVersion": version}, draft.signature)
        return replace(draft, body=envelope_text(envelope).encode(), envelope=envelope)

    def _carrier(self, opened: OpenAccount | None, request: DeliveryRequest, password: str) -> Carrier:
        if isinstance(request.target, WebAddress):
            return WebCarrier(
                request.target,
                signer=self.signer if request.form is DeliveryForm.SNS else None,
                confirm_seconds=CONFIRM_SECONDS if request.confirm_subscription else ASKED_SECONDS,
                trust_untrusted=request.trust_untrusted,
                secrets=request.secrets(password),
            )
        return carrier_for(opened, request.target, request.smtp, password)

    def _begin(
        self, opened: OpenAccount | None, request: DeliveryRequest, drafted: Sequence[tuple[Scenario | None, Draft]]
    ) -> tuple[Sequence[int | None], tuple[str, ...]]:
        """The rows of the history, and what is to be said where the disk refuses them just now."""
        if self._history is None:
            return [None] * len(drafted), ()
        about = request.as_kept()
        events = tuple(dict.fromkeys(event.event_type for event in request.notification.events))
        entries = [
            Beginning(
                kind=DELIVERY_KIND,
                account=account_name(opened, request),
                environment=environment_of(opened, request).value,
                transport=request.transport,
                destination=request.shown_target,
                version=request.notification.version,
                events=events,
                event=scenario.title if scenario is not None else next(iter(events), ""),
                request={**about, "scenarios": [] if scenario is None else [scenario.name]},
            )
            for scenario, _ in drafted
        ]
        try:
            return self._history.begin_all(entries, now=datetime.now(tz=UTC)), ()
        except ProblemError as error:
            return [None] * len(drafted), (f"This is not in the history. {error.problem.title}",)

    def _finish(self, secrets: KnownSecrets, delivered: Delivered, seconds: float | None) -> None:
        if self._history is not None and delivered.history_id is not None:
            self._history.complete_soon(delivered.history_id, partial(_ending, secrets, delivered, seconds))

    def _watch(
        self,
        opened: OpenAccount | None,
        request: DeliveryRequest,
        messages: Sequence[_Message],
        stop: threading.Event,
    ) -> _Watching:
        """Begin to look where messages come to a queue, before the first is sent."""
        self._past.hurry()
        destination = request.target
        if opened is None or isinstance(destination, WebAddress | EmailAddress) or request.wait_seconds <= 0:
            return _Watching()
        sent = SentFromHere()
        for message in messages:
            message.tell(Stage.PREPARING)
            sent.add(message.key, message.delivered.raw)
        watcher = watcher_for(
            opened,
            destination,
            remove=request.remove_afterwards,
            read_anyway=request.read_anyway,
            seen=self._seen,
            leftovers=self._leftovers,
            notice=lambda problem: self._notice(problem, opened.account),
            readers=self._readers,
            recognise=sent,
        )
        self._past.add(watcher, stop)
        try:
            watcher.begin([message.key for message in messages])
        except ProblemError as error:
            return _Watching(watcher, error.problem)
        return _Watching(watcher)


@dataclass(frozen=True)
class _Watching:
    """Who looks for the messages of a run, if anybody does, and why not."""

    watcher: Watcher | None = None
    cannot: Problem | None = None


@dataclass
class _Message:
    """One message's way from the send to its verdict."""

    key: str
    number: int
    count: int
    delivered: Delivered
    carrier: Carrier
    finish: Callable[[Delivered, float], None]
    progress: Callable[[DeliveryProgress], None]
    stop: threading.Event

    def __post_init__(self) -> None:
        self._carried: Carried | None = None
        self._began = self._called_at = time.perf_counter()
        self._is_finished = False

    def tell(self, stage: Stage, deadline: float | None = None) -> None:
        """Pass on how far it is."""
        self.progress(
            DeliveryProgress(
                stage=stage, delivered=self.delivered, number=self.number, count=self.count, deadline=deadline
            )
        )

    def send(self, watching: _Watching) -> None:
        """Carry it, unless it was stopped before."""
        if self.stop.is_set():
            self._know(accepted=_NOT_SENT, arrived=NOTHING_TO_LOOK_AT, as_expected=NOTHING_TO_LOOK_AT)
        else:
            self.tell(Stage.SENDING)
            self._began = time.perf_counter()
            carried = self._carried = self.carrier.carry(self.delivered.draft, self.stop)
            self._know(accepted=carried.accepted, receipt=carried.receipt, problem=carried.problem)
            if carried.arrived is not None and carried.as_expected is not None:
                self._know(arrived=carried.arrived, as_expected=carried.as_expected)
        self._called_at = time.perf_counter()
        if watching.watcher is not None:
            watching.watcher.called(self.key, is_lost=self._carried is not None and self._carried.is_lost)
        if self.delivered.arrived is not NOT_TRIED:
            self._end()

    def look(self, watching: _Watching, deadline: float) -> None:
        """Wait until it is seen in the queue, or the time is over."""
        if self._is_finished:
            return
        watcher = watching.watcher
        if watcher is None:
            self._not_seen("Not looked for.")
        elif watching.cannot is not None:
            problem = watching.cannot
            self._not_seen(f"It cannot be seen from here. {problem.title} {problem.detail}", problem)
        else:
            self._know(notes=(*self.delivered.notes, *watcher.notes))
            if watcher.cannot_watch_because:
                self._not_seen(watcher.cannot_watch_because, watcher.cannot_watch_problem)
            else:
                self.tell(Stage.WAITING, deadline)
                self._look_for_it(watcher, deadline)
        self._end()

    def close(self) -> None:
        """Write down what is known of it, where the run broke off."""
        if not self._is_finished:
            self._is_finished = True
            self.finish(self.delivered, time.perf_counter() - self._began)

    def _look_for_it(self, watcher: Watcher, deadline: float) -> None:
        found = look_for(watcher, self.key, deadline, began=self._began, called_at=self._called_at, stop=self.stop)
        if isinstance(found, Unseen):
            self._not_seen(found.why, found.problem)
        elif found is not None:
            removal = watcher.removal(self.key)
            if removal is not None:
                self.tell(Stage.REMOVING)
                awaited(removal, time.perf_counter() + REMOVAL_SECONDS, self.stop)
            self._seen(watcher, found)
        elif watcher.cannot_watch_problem is not None:
            self._not_seen(watcher.unseen_detail(), watcher.cannot_watch_problem)
        elif watcher.is_full or watcher.looked_from < self._called_at:
            why = watcher.unseen_detail() if watcher.is_full else "the time was over before it could have been seen."
            self._not_seen(f"Not looked for long enough: {why}", _NOT_LOOKED)
        else:
            is_topic = isinstance(self.carrier, TopicCarrier)
            self._know(
                arrived=Lamp(state=State.NO, detail="Not seen in the time that was waited."),
                as_expected=NOTHING_TO_LOOK_AT,
                problem=self.delivered.problem or (_NOT_PASSED_ON if is_topic else _unseen(watcher.unseen_detail())),
            )

    def _seen(self, watcher: Watcher, arrival: Arrival) -> None:
        detail = watcher.seen_detail(self.key, is_last_word=True)
        is_enveloped = arrival.raw != self.delivered.raw
        same = "What is in its envelope is" if is_enveloped else "It is"
        self._know(
            arrived=Lamp(state=State.YES, detail=detail, seconds=max(0.0, arrival.seen_at - self._began)),
            as_expected=Lamp(state=State.YES, detail=f"{same} exactly what was sent."),
        )
        if self.delivered.accepted.state is not State.YES:
            taken = Lamp(state=State.YES, detail="It was seen, so it was taken, though the answer was lost.")
            self._know(accepted=taken, problem=None)
        if watcher.dead_end is not None:
            self._know(as_expected=watcher.dead_end.verdict, problem=watcher.dead_end.problem)

    def _not_seen(self, why: str, problem: Problem | None = None) -> None:
        self._know(
            arrived=Lamp(state=State.UNKNOWN, detail=why),
            as_expected=NOTHING_TO_LOOK_AT,
            problem=self.delivered.problem or problem,
        )

    def _know(self, **what: Any) -> None:
        self.delivered = replace(self.delivered, **what)

    def _end(self) -> None:
        self.close()
        self.tell(Stage.DONE)


def _send_all(request: DeliveryRequest, messages: Sequence[_Message], watching: _Watching) -> None:
    """Send: the messages of a scenario after each other, and toward a web receiver several scenarios side by side."""
    groups = [list(group) for _, group in groupby(messages, lambda message: message.delivered.scenario)]

    def send(group: list[_Message]) -> None:
        for message in group:
            message.send(watching)

    if request.confirm_subscription and isinstance(request.target, WebAddress):  # nothing else before it was asked
        send(groups.pop(0))
    if not isinstance(request.target, WebAddress) or len(groups) < 2:
        for group in groups:
            send(group)
        return
    from notification_tester.services.sending.web_delivery import SIDE_BY_SIDE

    with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(groups)), thread_name_prefix="deliver") as pool:
        list(pool.map(send, groups))


def raw_of(draft: Draft) -> str:
    """A message as text: the query of a GET, else its body."""
    return draft.query if draft.form is DeliveryForm.REST else draft.body.decode("utf-8", "replace")


def _key(number: int, scenario: Scenario | None) -> str:
    return f"{'message' if scenario is None else scenario.name} {number + 1}"


def _largest(opened: OpenAccount | None, request: DeliveryRequest) -> int:
    """How many bytes the queue takes, by its attributes; 0 where nothing tells."""
    if opened is None or not isinstance(request.target, QueueAddress):
        return 0
    try:
        return Queue(opened.clients, request.target).state().maximum_bytes or 0
    except ProblemError:  # whoever may send may not always look
        return 0


def _ending(secrets: KnownSecrets, delivered: Delivered, seconds: float | None) -> Ending:
    raw = secrets.without_known(delivered.raw)
    answer = ""
    if delivered.receipt is not None:
        answer = secrets.clean(json.dumps(delivered.receipt.as_json(), ensure_ascii=False, indent=2))
    elif delivered.problem is not None:
        answer = secrets.clean(delivered.problem.answer.as_text())
    return Ending(
        outcome=delivered.outcome,
        accepted=delivered.accepted,
        arrived=delivered.arrived,
        as_expected=delivered.as_expected,
        seconds=seconds if delivered.arrived.seconds is None else delivered.arrived.seconds,
        problem=delivered.problem,
        message=decode(raw).as_json() if raw else None,
        raw=raw,
        answer=answer,
    )


@contextmanager
def _about_mail() -> Iterator[None]:
    """Let a keyring's refusal speak of a password, where it else speaks of keys."""
    try:
        yield
    except ProblemError as error:
        remedy = error.problem.remedy.replace(SESSION_ONLY, "Or give the password for this once: it is kept nowhere.")
        raise ProblemError(replace(error.problem, remedy=remedy)) from error


_NO_MAIL = Problem(
    title="The e-mail did not come.",
    detail="The mail server took it. On the way it may have been held back by a filter, or it is late.",
    remedy="Look into the spam folder, and for a message of the mail server that it could not be delivered.",
    code="arrival.no-mail",
    cause=Cause.DESTINATION,
    remedies=(Remedy.TRY_AGAIN,),
)

_NOT_SENT = Lamp(state=State.UNKNOWN, detail="Not sent: you stopped before it was its turn.")


def _unseen(detail: str) -> Problem:
    return Problem(
        title="The message was taken, and was not seen to arrive.",
        detail=detail,
        remedy="Try once more, with a longer wait. Stop other readers for the time, if you can.",
        code="arrival.not-seen",
        cause=Cause.DESTINATION,
        remedies=(Remedy.TRY_AGAIN,),
    )


_NOT_PASSED_ON = replace(
    _unseen(
        "The temporary queue of this program gets everything that the topic passes on, and nobody else reads it. "
        "It is late, or somebody removed the queue's subscription meanwhile."
    ),
    title="The topic took the message, and was not seen to pass it on.",
    remedy="Try once more, with a longer wait.",
)

_NOT_LOOKED = Problem(
    title="The message was taken, and whether it arrived is not known.",
    detail="The time to wait was over before the place could be looked at as a whole, so it may well be there.",
    remedy="Try once more, with a longer wait.",
    code="arrival.not-looked",
    cause=Cause.DESTINATION,
    remedies=(Remedy.TRY_AGAIN,),
)
