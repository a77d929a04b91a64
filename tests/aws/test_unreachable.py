# SPDX-License-Identifier: MIT
"""A service that does not answer: closed, or out of reach, or no network at all; each with a reason of its own."""

from __future__ import annotations

import socket
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.httpsession import URLLib3Session

from aws.parts import JSON, answering, balance_problem, connection, hanging_up, nobody, problem_of
from aws.parts import silent as silent_for_ever
from notification_tester.aws import clients, reachability, sns_addresses
from notification_tester.aws.clients import Clients
from notification_tester.aws.identity import caller
from notification_tester.aws.queues import list_queues
from notification_tester.aws.reachability import another_service_answers, answers
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection, Settings
from notification_tester.aws.topics import list_topics
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SPEC = parse_spec(transport=Transport.EMAIL, destination="ann@example.org", events=["HITCreated"])
PAGE = b"<!DOCTYPE html><html><body><h1>Gone</h1></body></html>"
XML_PAGE = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>Gone</body></html>'


def fails(status: int, kind: str = "text/html", body: bytes = PAGE) -> Callable[[], AbstractContextManager[str]]:
    return lambda: answering(status, kind, body)


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody tries again here; an answer that comes is waited for, however busy the machine is."""
    monkeypatch.setattr(clients, "ATTEMPTS", 1)
    for name in ("READ_SECONDS", "CONNECT_SECONDS", "CALL_SECONDS"):
        monkeypatch.setattr(clients, name, 60)
    monkeypatch.setattr(reachability, "SECONDS", 60)


@contextmanager
def silent() -> Iterator[str]:
    """A server that never says a word, and is not waited for long."""
    with silent_for_ever() as endpoint, pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients, "READ_SECONDS", 0.2)
        patch.setattr(clients, "CONNECT_SECONDS", 0.2)  # and what encrypts waits for a word
        patch.setattr(reachability, "SECONDS", 0.2)
        yield endpoint


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


def test_another_service_that_cannot_even_be_asked_is_no_answer(
    amazon: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    amazon()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s" * 40)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "localhost")
    assert balance_problem(Connection(from_environment=True)).code == "network.none"


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
    assert problem.title == f"Mechanical Turk at {endpoint.partition('//')[2]} is closed or cannot be reached."
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


PROXIES = [
    pytest.param(fails(502), "network.proxy-refusal", "answered “502 Bad Gateway”", id="502"),
    pytest.param(fails(403), "network.proxy-refusal", "answered “403 Forbidden”", id="403"),
    pytest.param(
        lambda: answering(407, "text/html", PAGE),
        "network.proxy-password",
        "without a name and the right pass",
        id="407",
    ),
    pytest.param(nobody, "network.proxy", "that does not answer", id="nobody"),
    pytest.param(silent, "unreachable.timeout", "No answer of mturk-requester", id="silent"),
    pytest.param(hanging_up, "unreachable.no-answer", "No answer of mturk-requester", id="hangs-up"),
]


@pytest.mark.parametrize(("server", "code", "says"), PROXIES)
def test_a_proxy_on_the_way_to_amazon(
    monkeypatch: pytest.MonkeyPatch, server: Callable[[], AbstractContextManager[str]], code: str, says: str
) -> None:
    with server() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.replace("//", "//me:hunter2%21@"))
        problem = balance_problem(connection(""))
    assert (problem.cause, problem.code) == (Cause.UNREACHABLE, code)
    assert says in problem.detail
    assert f"{urlsplit(proxy).netloc} (HTTPS_PROXY)" in problem.detail
    assert "hunter2" not in str(problem.as_json())
    assert "network" not in problem.title


ADDRESSES = [
    pytest.param("socks5://127.0.0.1:9", "network.proxy-socks", "which is of the kind SOCKS", id="socks"),
    pytest.param("http://proxy.example:port", "network.proxy-address", "HTTPS_PROXY is not an address", id="port"),
    pytest.param("http://[::1", "network.proxy-address", "HTTPS_PROXY is not an address", id="bracket"),
    pytest.param("127.0.0.1:9", "network.proxy", "127.0.0.1:9 (HTTPS_PROXY)", id="no-scheme"),
    pytest.param("http://no-such-proxy.invalid:3128", "network.proxy", "no-such-proxy.invalid:3128", id="no-such-name"),
]


@pytest.mark.parametrize(("proxy", "code", "says"), ADDRESSES)
def test_the_address_of_a_proxy(monkeypatch: pytest.MonkeyPatch, proxy: str, code: str, says: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    problem = balance_problem(connection(""))
    assert problem.code == code
    assert says in problem.detail


def test_a_proxy_that_does_not_speak_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(403, "text/html", PAGE) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.replace("http:", "https:"))
        problem = balance_problem(connection(""))
    assert problem.code == "network.proxy-address"
    assert "begins with https://, and the proxy does not speak TLS" in problem.detail


@pytest.mark.parametrize(("status", "code"), [(502, "unreachable.http-502"), (407, "network.proxy-password")])
def test_a_page_that_may_be_a_proxys(monkeypatch: pytest.MonkeyPatch, status: int, code: str) -> None:
    with answering(status, "text/html", PAGE) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        problem = balance_problem(connection("http://mturk.example.org"))
    assert problem.code == code
    assert f"{urlsplit(proxy).netloc} (HTTP_PROXY)" in problem.detail


ENDPOINTS = [
    pytest.param("localhost:4566", "AWS_ENDPOINT_URL has to begin with http:// or https://", id="no-scheme"),
    pytest.param("ftp://localhost/", "AWS_ENDPOINT_URL has to begin with http:// or https://", id="ftp"),
    pytest.param("http://", "not an address that can be called", id="no-host"),
    pytest.param("http://a b/", "not an address that can be called", id="blank"),
    pytest.param("http://127.0.0.1:99999", "not an address that can be called", id="port"),
    pytest.param("http://127.0.0.1:abc", "not an address that can be called", id="no-number"),
    pytest.param("https://[::1", "not an address that can be called", id="bracket"),
]


@pytest.mark.parametrize(("endpoint", "says"), ENDPOINTS)
def test_an_endpoint_that_cannot_be_called(monkeypatch: pytest.MonkeyPatch, endpoint: str, says: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s" * 40)
    problem = balance_problem(Connection(from_environment=True))
    assert (problem.code, problem.cause) == ("endpoint.malformed", Cause.INPUT)
    assert says in problem.detail
    assert endpoint in problem.detail


def test_what_does_not_speak_tls_is_told_so() -> None:
    with answering(200, "text/plain", b"ok") as endpoint:
        problem = balance_problem(connection(endpoint.replace("http:", "https:")))
    assert problem.code == "network.no-tls"
    assert "does not speak TLS" in problem.detail


def test_html_in_the_place_of_an_answer_is_no_answer_whatever_its_status() -> None:
    for status in (400, 418, 500):
        with answering(status, "text/xml", PAGE) as endpoint:
            assert balance_problem(connection(endpoint)).code == f"unreachable.http-{status}"


def test_the_certificate_of_sns_is_fetched_by_the_way_of_all_calls_and_not_whatever_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[URLLib3Session] = []

    def close(session: URLLib3Session) -> None:
        closed.append(session)

    monkeypatch.setattr(URLLib3Session, "close", close)
    largest = sns_addresses.LARGEST
    for body, is_taken in ((b"certificate", True), (b"x" * largest, True), (b"x" * (largest + 1), False)):
        with answering(200, "text/plain", body) as endpoint:
            if is_taken:
                assert sns_addresses.fetch_certificate(f"{endpoint}/x.pem") == body
            else:
                assert problem_of(partial(sns_addresses.fetch_certificate, f"{endpoint}/x.pem")).cause is (
                    Cause.UNREACHABLE
                )
    assert len(closed) == 3
    with answering(404, "text/plain", b"certificate") as endpoint:
        assert problem_of(partial(sns_addresses.fetch_certificate, f"{endpoint}/x.pem")).cause is Cause.UNREACHABLE
    with answering(200, "text/plain", b"20\r\ncert", Transfer_Encoding="chunked") as endpoint:  # and no more comes
        assert problem_of(partial(sns_addresses.fetch_certificate, f"{endpoint}/x.pem")).cause is Cause.UNREACHABLE
    monkeypatch.setattr(sns_addresses, "LONGEST_SECONDS", 0)
    with answering(200, "text/plain", b"certificate") as endpoint:
        assert problem_of(partial(sns_addresses.fetch_certificate, f"{endpoint}/x.pem")).cause is Cause.UNREACHABLE
    assert len(closed) == 6
    with answering(200, "text/plain", b"ok") as endpoint:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "none.pem"))
        address = endpoint.replace("http:", "https:")
        problem = problem_of(partial(sns_addresses.fetch_certificate, address))
    assert "none.pem, named in AWS_CA_BUNDLE, is not there" in problem.detail


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"Please sign in to this network.", id="text"),
        pytest.param(b'{"x": "cut o', id="cut off"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"<p>Welcome", id="page without its type"),
        pytest.param(b"null", id="null"),
    ],
)
@pytest.mark.parametrize("kind", ["text/plain", JSON])
def test_what_is_no_json_object_is_no_yes(kind: str, body: bytes) -> None:
    with answering(200, kind, body) as endpoint:
        requester = Requester(Clients(connection(endpoint)))
        problem = problem_of(lambda: requester.send_test_event(SPEC, EventType.PING))
    assert problem.code.startswith("unreachable.")


@pytest.mark.parametrize("body", [b"", b"{}"], ids=["nothing", "empty"])
def test_an_empty_answer_is_a_yes(body: bytes) -> None:
    with answering(200, JSON, body) as endpoint:
        Requester(Clients(connection(endpoint))).send_test_event(SPEC, EventType.PING)
