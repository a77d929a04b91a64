# SPDX-License-Identifier: MIT
"""HIT types through a gateway that breaks answers: nothing is missing unsaid, and what was lost is "not known"."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from breaking_proxy import (
    JSON,
    PAGE,
    Break,
    Exchange,
    Gateway,
    answer_with,
    be_silent,
    breaking,
    cut,
    lose_answer,
    pass_on,
    reset,
)
from notification_tester.aws import clients as made_by
from notification_tester.aws.clients import Clients
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.domain.account import ENVIRONMENT, PRACTICE, Credentials, Environment
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.domain.setting import LineState
from notification_tester.services.accounts import OpenAccount
from notification_tester.services.hit_types import bulk_run
from notification_tester.services.hit_types import listing as hit_type_listing
from notification_tester.services.hit_types import settings as hit_type_settings
from notification_tester.services.hit_types.record import recorded_as
from notification_tester.services.hit_types.refusals import STOPPED
from services.market import Market, Watch, market_at, marketplace, new_ids, set_after
from services.parts import LONG, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.services.hit_types.bulk_types import Listing
    from notification_tester.storage.places import Places

HITS = 300
SET = "UpdateNotificationSettings"
LIST = "ListHITs"


@pytest.fixture(scope="module")
def account() -> Iterator[OpenAccount]:
    with marketplace(hits=HITS, hit_types=HITS) as opened:
        yield opened


@pytest.fixture(scope="module")
def ids(account: OpenAccount) -> list[HitTypeId]:
    return new_ids(account, HITS)


@pytest.fixture
def gateway(account: OpenAccount) -> Iterator[Gateway]:
    assert account.practice is not None
    with breaking(account.practice.port) as between:
        yield between


@pytest.fixture
def market(account: OpenAccount, gateway: Gateway, places: Places, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    monkeypatch.setattr(made_by, "READ_SECONDS", 2)
    monkeypatch.setattr(made_by, "CALL_SECONDS", 4)
    assert account.practice is not None
    details = account.practice.details
    keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
    clients = Clients(
        Connection(mturk_endpoint=gateway.endpoint, aws_endpoint=details.aws_endpoint, credentials=keys, is_local=True)
    )
    with market_at(OpenAccount(PRACTICE, clients, Requester(clients), account.practice), places) as made:
        yield made
    clients.close()


def refresh(market: Market, stop: threading.Event | None = None) -> tuple[list[Listing], Listing | ProblemError]:
    told: list[Listing] = []
    try:
        last = market.hit_types.refresh(market.opened, progress=told.append, stop=stop or threading.Event())
    except ProblemError as error:
        return told, error
    return told, last


def from_page(number: int, how: Break) -> Break:
    """Let the pages before pass, and break that one and every later one."""
    seen: list[int] = []

    def broken(exchange: Exchange) -> object:
        is_first = "NextToken" not in json.loads(exchange.body)
        seen.append(1)
        if is_first or len(seen) < number:
            exchange.say(exchange.carried_out().whole())
            return True
        return how(exchange)

    return broken


HALVES = {
    "half of it": cut(0.5),
    "headers alone": cut(0),
    "hangs up": lose_answer,
    "a page": answer_with(200, "text/html", PAGE),
    "hello": answer_with(200, "text/plain", b"hello"),
    "an empty object": answer_with(200, JSON, b"{}"),
    "no list": answer_with(200, JSON, b'{"NumResults": 100, "HITs": null}'),
    "texts": answer_with(200, JSON, b'{"NumResults": 1, "HITs": ["3A"]}'),
}


@pytest.mark.parametrize("how", HALVES.values(), ids=HALVES)
def test_a_page_that_is_not_whole_is_never_the_end_of_the_list(market: Market, gateway: Gateway, how: Break) -> None:
    gateway.breaks(LIST, from_page(2, how))
    watch = Watch()
    told, ended = refresh(market)
    assert watch.seconds > 0.7, "each pause is longer than the one before"
    assert isinstance(ended, ProblemError)
    assert ended.problem.cause is Cause.UNREACHABLE
    assert gateway.count(LIST) == 1 + hit_type_listing.TRIES
    assert not any(one.is_finished for one in told)
    assert [one.hits for one in told] == [100]
    assert sum(row.hits for row in market.hit_types.rows(market.opened)) == 100  # what was counted stays


@pytest.mark.parametrize("how", [cut(0.5), lose_answer, answer_with(200, "text/html", PAGE)])
def test_a_page_that_was_broken_once_is_asked_for_again(market: Market, gateway: Gateway, how: Break) -> None:
    gateway.breaks(LIST, how, times=1)
    _, ended = refresh(market)
    assert not isinstance(ended, ProblemError)
    assert ended.is_finished
    assert ended.hits >= HITS


def with_token(token: str, *, hits: bool = True) -> Break:
    """The true page, which names another for the next."""

    def how(exchange: Exchange) -> object:
        answer = exchange.carried_out()
        members: dict[str, Any] = json.loads(answer.body) if answer.status == 200 else {"HITs": [], "NumResults": 0}
        members["NextToken"] = token or f"t{len(exchange.gateway.seen)}"
        if not hits:
            members |= {"HITs": [], "NumResults": 0}
        return answer_with(200, JSON, json.dumps(members).encode())(exchange)

    return how


def test_what_has_no_hit_any_more_loses_its_count_and_keeps_its_title(market: Market, gateway: Gateway) -> None:
    _, whole = refresh(market)
    assert not isinstance(whole, ProblemError)
    assert whole.hits >= HITS

    def first_page_alone(exchange: Exchange) -> object:
        members: dict[str, Any] = json.loads(exchange.carried_out().body)
        del members["NextToken"]
        return answer_with(200, JSON, json.dumps(members).encode())(exchange)

    gateway.breaks(LIST, first_page_alone)
    told, last = refresh(market)
    assert not isinstance(last, ProblemError)
    assert (last.is_finished, last.hits, last.hit_types) == (True, 100, whole.hit_types)
    rows = {row.id: row for row in market.hit_types.rows(market.opened)}
    assert sum(row.hits for row in rows.values()) == 100
    assert {row.id: row for one in told for row in one.changed} == rows, "that of those that are gone is told, too"
    assert all(row.title for row in rows.values())


def test_a_token_that_leads_back_is_not_followed_for_ever(market: Market, gateway: Gateway) -> None:
    gateway.breaks(LIST, with_token("again"))
    _, ended = refresh(market)
    assert isinstance(ended, ProblemError)
    assert ended.problem.code == "hits.without-end"
    assert gateway.count(LIST) == 2


def test_two_tokens_that_lead_to_each_other_are_not_followed_for_ever(market: Market, gateway: Gateway) -> None:
    for _ in range(20):
        gateway.breaks(LIST, with_token("a"), times=1)
        gateway.breaks(LIST, with_token("b"), times=1)
    _, ended = refresh(market)
    assert isinstance(ended, ProblemError)
    assert ended.problem.code == "hits.without-end"
    assert gateway.count(LIST) <= 4


def test_empty_pages_without_end_have_one(market: Market, gateway: Gateway) -> None:
    gateway.breaks(LIST, with_token("", hits=False))
    _, ended = refresh(market)
    assert isinstance(ended, ProblemError)
    assert ended.problem.code == "hits.without-end"
    assert gateway.count(LIST) == hit_type_listing.EMPTY_PAGES


@pytest.mark.alone
@pytest.mark.parametrize("how", [be_silent, answer_with(429, JSON, b'{"__type": "TooManyRequestsException"}')])
def test_collecting_is_stopped_before_the_first_page(
    market: Market, gateway: Gateway, how: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_by, "READ_SECONDS", 30)
    monkeypatch.setattr(made_by, "CALL_SECONDS", 30)
    gateway.breaks(LIST, how)
    stop, watch = threading.Event(), Watch()
    with set_after(stop, 0.3):
        told, ended = refresh(market, stop)
    assert watch.seconds < 1.3
    assert not isinstance(ended, ProblemError)
    assert (ended.was_stopped, ended.hits) == (True, 0)
    assert [one.hits for one in told] == [0]


@pytest.mark.alone
@pytest.mark.parametrize("how", [be_silent, answer_with(429, JSON, b'{"__type": "TooManyRequestsException"}')])
def test_a_run_is_cancelled_before_its_first_answer(
    market: Market, gateway: Gateway, ids: list[HitTypeId], how: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_by, "READ_SECONDS", 30)
    monkeypatch.setattr(made_by, "CALL_SECONDS", 30)
    gateway.breaks(SET, how)
    changes = market.changes(ids[:20])
    stop, watch = threading.Event(), Watch()
    with set_after(stop, 0.3):
        outcome = market.run(changes, stop=stop)
    assert watch.seconds < 1.3
    assert {one.state for one in outcome.results} <= {LineState.UNKNOWN}
    assert len(outcome.not_begun) >= 19
    gateway.closing.set()


LOST = {
    "hangs up": lose_answer,
    "reset": reset,
    "silent": be_silent,
    "half of it": cut(0.5),
    "InternalFailure": answer_with(500, JSON, b'{"__type": "InternalFailure"}'),
    "ServiceFault": answer_with(500, JSON, b'{"__type": "ServiceFault"}'),
    "502": answer_with(502, "text/html", PAGE),
    "504 without a word": answer_with(504),
    "hello": answer_with(200, "text/plain", b"hello"),
    "a sign-in page": answer_with(200, "text/html", PAGE),
}


@pytest.mark.parametrize("how", LOST.values(), ids=LOST)
def test_a_change_whose_answer_was_lost_is_not_known_and_holds(
    market: Market, gateway: Gateway, ids: list[HitTypeId], how: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "TRIES", 2)
    one = ids[0]
    gateway.breaks(SET, how)
    (result,) = market.do([one]).results
    assert gateway.count(SET) == 2
    assert result.state is LineState.UNKNOWN
    assert result.problem is not None
    assert result.problem.title == "It is not known whether this was applied."
    assert "Send it again" in result.problem.remedy
    (line,) = market.hit_types.lines_of(market.opened, one)
    assert (line.state, line.problem) == (LineState.UNKNOWN, result.problem)
    assert market.row(one).line_state is LineState.UNKNOWN
    setting = market.real([one])[one]
    assert setting is not None  # it was applied all the same
    assert market.news[-1].unknown == 1
    assert market.news[-1].failed == 0
    gateway.mend()
    (again,) = market.hit_types.unknown(market.opened)
    market.run([again])
    assert market.hit_types.unknown(market.opened) == ()
    assert market.recorded([one]) == market.real([one])


REFUSAL = answer_with(400, JSON, b'{"__type": "AccessDeniedException", "Message": "No."}', carried_out=False)


@pytest.mark.parametrize("how", [be_silent, lose_answer, reset], ids=["silent", "hangs up", "reset"])
def test_a_refusal_after_a_lost_answer_tells_nothing_of_the_first_try(
    market: Market, gateway: Gateway, ids: list[HitTypeId], how: Break
) -> None:
    gateway.breaks(SET, how, times=1)
    gateway.breaks(SET, REFUSAL)
    outcome = market.do([ids[1]])
    (result,) = outcome.results
    assert gateway.count(SET) == 2
    assert result.state is LineState.UNKNOWN
    assert outcome.stopped_by is not None
    assert outcome.stopped_by.cause is Cause.PERMISSION


def test_a_refusal_alone_is_a_failure(market: Market, gateway: Gateway, ids: list[HitTypeId]) -> None:
    gateway.breaks(SET, REFUSAL)
    (result,) = market.do([ids[2]]).results
    assert (result.state, gateway.count(SET)) == (LineState.FAILED, 1)


def test_a_lost_answer_and_then_a_good_one_is_applied(market: Market, gateway: Gateway, ids: list[HitTypeId]) -> None:
    gateway.breaks(SET, lose_answer, times=1)
    (result,) = market.do([ids[3]]).results
    assert (result.state, result.problem) == (LineState.APPLIED, None)
    assert gateway.count(SET) == 2


def test_a_wrong_clock_ends_the_run_with_the_first(market: Market, gateway: Gateway, ids: list[HitTypeId]) -> None:
    late = b'{"__type": "InvalidSignatureException", "message": "Signature expired: 2026"}'
    gateway.breaks(SET, answer_with(400, JSON, late, carried_out=False))
    outcome = market.do(ids[:50])
    assert outcome.stopped_by is not None
    assert outcome.stopped_by.cause is Cause.CLOCK
    assert (gateway.count(SET), len(outcome.not_begun)) == (1, 49)


def test_while_the_service_asks_to_wait_calls_come_more_and_more_seldom(
    market: Market, gateway: Gateway, ids: list[HitTypeId]
) -> None:
    turned_away = answer_with(400, JSON, b'{"__type": "ThrottlingException"}', carried_out=False)
    gateway.breaks(SET, turned_away)
    stop = threading.Event()
    with set_after(stop, 2.5):
        outcome = market.run(market.changes(ids[:20]), stop=stop)
    assert gateway.count(SET) <= 8
    assert any(news.is_throttled for news in market.news)
    assert len(outcome.not_begun) == 20


def test_accounts_elsewhere_have_records_of_their_own(market: Market, gateway: Gateway) -> None:
    elsewhere = replace(ENVIRONMENT, environment=Environment.OTHER)
    names = set()
    for endpoint in (gateway.endpoint, market.cloud.details.mturk_endpoint):
        clients = Clients(replace(market.opened.clients.connection, mturk_endpoint=endpoint))
        names.add(recorded_as(OpenAccount(elsewhere, clients, Requester(clients), None)))
        clients.close()
    assert len(names) == 2


def stopped_meanwhile(stop: threading.Event, seconds: float, how: Break) -> Break:
    """The same after a while, as soon as a call has come in which a person stops."""

    def later(exchange: Exchange) -> object:
        stop.set()
        exchange.gateway.closing.wait(seconds)
        return how(exchange)

    return later


def test_one_that_was_turned_away_after_the_stop_was_not_sent(
    market: Market, gateway: Gateway, ids: list[HitTypeId], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_by, "READ_SECONDS", LONG)
    monkeypatch.setattr(made_by, "CALL_SECONDS", LONG)
    turned_away = answer_with(400, JSON, b'{"__type": "ThrottlingException"}', carried_out=False)
    stop, one = threading.Event(), ids[4]
    gateway.breaks(SET, stopped_meanwhile(stop, 3, turned_away))
    (result,) = market.run(market.changes([one]), stop=stop).results
    assert result.state is LineState.UNKNOWN  # nobody had heard of it yet
    assert until(lambda: market.row(one).line_state is LineState.NOT_SENT)
    (line,) = market.hit_types.lines_of(market.opened, one)
    assert line.problem == STOPPED


def test_an_answer_that_is_nearly_there_is_recorded_before_the_program_ends(
    market: Market, gateway: Gateway, ids: list[HitTypeId], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_by, "READ_SECONDS", LONG)
    monkeypatch.setattr(made_by, "CALL_SECONDS", LONG)
    monkeypatch.setattr(hit_type_settings, "_CLOSE_SECONDS", LONG)
    stop, one = threading.Event(), ids[5]
    gateway.breaks(SET, stopped_meanwhile(stop, 0.9, pass_on))
    market.run(market.changes([one]), stop=stop)
    market.hit_types.close()
    assert market.row(one).line_state is LineState.APPLIED


def test_pages_are_as_large_as_they_may_be(market: Market, gateway: Gateway) -> None:
    asked: list[int] = []

    def look(exchange: Exchange) -> object:
        asked.append(json.loads(exchange.body)["MaxResults"])
        return pass_on(exchange)

    gateway.breaks(LIST, look)
    refresh(market)
    assert set(asked) == {100}  # the most that ListHITs gives (API reference)
