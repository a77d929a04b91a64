# SPDX-License-Identifier: MIT
"""A service that does not answer: closed, or out of reach, or no network at all; each with a reason of its own."""

from __future__ import annotations

import socket
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from aws.parts import JSON, answering, balance_problem, connection, hanging_up, nobody, problem_of, silent
from notification_tester.aws import clients, reachability
from notification_tester.aws.clients import Clients
from notification_tester.aws.identity import caller
from notification_tester.aws.queues import list_queues
from notification_tester.aws.reachability import another_service_answers, answers
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Settings
from notification_tester.aws.topics import list_topics
from notification_tester.domain.problem import Cause

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = b"<!DOCTYPE html><html><body><h1>Gone</h1></body></html>"
XML_PAGE = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>Gone</body></html>'


def fails(status: int, kind: str = "text/html", body: bytes = PAGE) -> Callable[[], AbstractContextManager[str]]:
    return lambda: answering(status, kind, body)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits twenty seconds here, nor tries again."""
    monkeypatch.setattr(clients, "READ_SECONDS", 0.2)
    monkeypatch.setattr(clients, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(clients, "ATTEMPTS", 1)
    monkeypatch.setattr(reachability, "SECONDS", 0.2)


SERVERS = [
    pytest.param(nobody, "unreachable.refused", id="refused"),
    pytest.param(silent, "unreachable.timeout", id="never-answers"),
    pytest.param(hanging_up, "unreachable.no-answer", id="hangs-up"),
    pytest.param(fails(403), "unreachable.http-403", id="page-403"),
    pytest.param(fails(404), "unreachable.http-404", id="page-404"),
    pytest.param(fails(410), "unreachable.http-410", id="page-410"),
    pytest.param(fails(503), "unreachable.http-503", id="page-503"),
    pytest.param(fails(403, "application/xhtml+xml", XML_PAGE), "unreachable.http-403", id="xhtml-403"),
    pytest.param(fails(410, JSON, b""), "unreachable.http-410", id="empty-410"),
    pytest.param(fails(404, JSON, b"{}"), "unreachable.http-404", id="bare-404"),
]


@pytest.mark.parametrize(("server", "code"), SERVERS)
def test_mechanical_turk_does_not_answer_and_others_do(
    server: Callable[[], AbstractContextManager[str]], code: str
) -> None:
    with server() as endpoint, answering(400, "text/xml", b"<no/>") as other:
        problem = balance_problem(connection(endpoint, aws_endpoint=other))
    assert (problem.cause, problem.code) == (Cause.UNREACHABLE, code)
    assert "127.0.0.1" in problem.detail


def test_a_page_with_a_good_status_is_no_answer() -> None:
    with answering(200, "text/html", PAGE) as endpoint, answering(400, "text/xml", b"<no/>") as other:
        problem = balance_problem(connection(endpoint, aws_endpoint=other))
    assert (problem.cause, problem.code) == (Cause.UNREACHABLE, "unreachable.no-answer")
    assert "not an answer of this service" in problem.detail


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Leads Amazon's names to servers of this computer; those that lead nowhere are known to nobody."""
    whole_world = socket.getaddrinfo

    def lead(**servers: str) -> None:
        def look_up(host: str, port: int, *more: Any, **named: Any) -> Any:
            name = str(host).partition(".")[0].replace("-", "_")
            if not str(host).endswith(".amazonaws.com"):
                return whole_world(host, port, *more, **named)
            if name not in servers:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            at = urlsplit(servers[name])
            return whole_world(at.hostname, at.port, *more, **named)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return lead


def test_nothing_answers_at_all(amazon: Callable[..., None]) -> None:
    with nobody() as refusing:
        for servers in ({}, {"mturk_requester": refusing}, dict.fromkeys(("mturk_requester", "sts"), refusing)):
            amazon(**servers)
            problem = balance_problem(connection(""))
            assert (problem.cause, problem.code) == (Cause.NO_NETWORK, "network.none"), servers
            assert problem.title == "There is no network."
            assert problem.answer.message  # the exact words are kept


@pytest.mark.parametrize("name", ["sts", "sqs"])
def test_of_amazons_hosts_only_one_is_silent(amazon: Callable[..., None], name: str) -> None:
    with answering(400, "text/xml", b"<no/>") as other:
        amazon(**{name: other})
        problem = balance_problem(connection(""))
    assert (problem.cause, problem.code) == (Cause.UNREACHABLE, "unreachable.name-not-found")
    assert "closed or cannot be reached" in problem.title


@pytest.mark.parametrize("server", [silent, hanging_up])
def test_who_took_the_connection_is_no_lack_of_a_network(
    amazon: Callable[..., None], server: Callable[[], AbstractContextManager[str]]
) -> None:
    with server() as endpoint:
        amazon(mturk_requester=endpoint)
        problem = balance_problem(connection(""))
    assert problem.cause is Cause.UNREACHABLE


@pytest.mark.parametrize("server", [nobody, silent, hanging_up])
def test_a_service_of_ones_own_is_no_matter_of_the_network(server: Callable[[], AbstractContextManager[str]]) -> None:
    with server() as endpoint, nobody() as other:
        problem = balance_problem(connection(endpoint, aws_endpoint=other))
    assert problem.cause is Cause.UNREACHABLE
    assert "network" not in f"{problem.title} {problem.detail}"
    assert urlsplit(endpoint).netloc in problem.detail


def test_a_page_proves_that_there_is_a_network() -> None:
    with answering(403, "text/html", PAGE) as endpoint, nobody() as other:
        problem = balance_problem(connection(endpoint, aws_endpoint=other))
    assert problem.cause is Cause.UNREACHABLE


def test_practice_is_never_a_matter_of_the_network() -> None:
    with nobody() as endpoint:
        problem = balance_problem(connection(endpoint, aws_endpoint=endpoint, is_local=True))
    assert (problem.cause, problem.code) == (Cause.UNREACHABLE, "unreachable.refused")


def test_a_name_that_is_not_found_is_told_from_the_rest() -> None:
    with answering(400, "text/xml", b"<no/>") as other:
        problem = balance_problem(connection("http://mturk.invalid", aws_endpoint=other))
    assert (problem.cause, problem.code) == (Cause.UNREACHABLE, "unreachable.name-not-found")
    assert "mturk.invalid" in problem.detail


def test_closed_names_the_announcement_and_does_not_claim_it() -> None:
    with answering(403, "text/html", PAGE) as endpoint, answering(400, "text/xml", b"<no/>") as other:
        problem = balance_problem(connection(endpoint, aws_endpoint=other))
    assert problem.title == "Mechanical Turk is closed or cannot be reached."
    assert "cannot be seen from here" in problem.detail
    assert "<" not in problem.detail
    assert problem.answer.http_status == 403


def test_what_is_not_mechanical_turk_is_never_called_closed() -> None:
    with ExitStack() as servers:
        page = servers.enter_context(answering(403, "text/html", PAGE))
        empty = servers.enter_context(nobody())
        for endpoint, code in ((page, "unreachable.http-403"), (empty, "unreachable.refused")):
            made = Clients(connection(endpoint, aws_endpoint=endpoint))
            servers.callback(made.close)
            asks: tuple[Callable[[Clients], object], ...] = (caller, list_queues, list_topics)
            for ask in asks:
                problem = problem_of(partial(ask, made))
                assert (problem.cause, problem.code) == (Cause.UNREACHABLE, code)
                assert "closed" not in problem.title
                assert "2026" not in problem.detail


def test_any_answer_of_another_service_counts(amazon: Callable[..., None]) -> None:
    for answer in ((200, "text/plain", b"ok"), (403, "text/html", PAGE), (500, JSON, b"")):
        with answering(*answer) as endpoint:
            assert answers(endpoint, Settings())
            assert answers(endpoint.replace("http:", "https:"), Settings())  # not trusted, and there
    for server in (nobody, silent, hanging_up):
        with server() as endpoint:
            assert not answers(endpoint, Settings())


def test_an_answer_of_this_computer_says_nothing_of_the_network(amazon: Callable[..., None]) -> None:
    amazon()
    with answering(200, "text/plain", b"ok") as endpoint:
        made = Clients(connection("", aws_endpoint=endpoint))
        assert not another_service_answers(made)
        made.close()


def test_an_answer_is_tried_for_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "ATTEMPTS", 2)
    tried: list[str] = []
    with nobody() as endpoint, answering(400, "text/xml", b"<no/>") as other:
        made = Clients(connection(endpoint, aws_endpoint=other))
        made.mturk.meta.events.register("before-send.mturk.*", lambda request, **_: tried.append(request.url))
        problem_of(Requester(made).balance)
        made.close()
    assert len(tried) == 2
