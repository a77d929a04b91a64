# SPDX-License-Identifier: MIT
"""A call comes to its end, whatever the other side does: trickles, keeps silent, or sends without end."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import threading
import time
import tracemalloc
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest

from aws.parts import KEYS, connection, problem_of
from hostile_receiver import read_request
from notification_tester.aws import clients as made_by
from notification_tester.aws import credential_chain, wire
from notification_tester.aws.clients import Clients
from notification_tester.aws.identity import caller
from notification_tester.aws.keys import Key
from notification_tester.aws.queues import Queue, list_queues
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection
from notification_tester.aws.topics import list_topics
from notification_tester.domain.destination import QueueAddress, Transport, parse_destination
from notification_tester.domain.problem import Cause
from recording_proxy import Authority, recording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from notification_tester.domain.problem import Problem

QUEUE = cast("QueueAddress", parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/q"))
CONNECT, READ_EACH, CALL, TIMES = (
    made_by.CONNECT_SECONDS,
    made_by.READ_SECONDS,
    made_by.CALL_SECONDS,
    made_by.ATTEMPTS,
)
"""As they are, before the tests make them shorter."""

WHOLE = 1.0
READ = 0.4
PAUSE = 0.15  # less than the time for one read
SLACK = 20.0  # of a busy machine; without a limit each of these would go on for minutes

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"
BODY = b'{"AvailableBalance": "1.00"}' + b" " * 500
"""What a balance is answered with, at a length that takes more than a minute where it trickles."""

LENGTH = b"Content-Length: %d\r\n\r\n" % len(BODY)


def test_a_person_waits_for_seconds_and_not_for_minutes() -> None:
    assert 2 <= CONNECT <= 5
    assert 5 <= READ_EACH <= 10
    assert READ_EACH < CALL <= 15
    assert 2 <= TIMES <= 3
    made = Clients(connection("http://127.0.0.1:9"))
    config: Any = made.mturk.meta.config
    made.close()
    assert (config.connect_timeout, config.read_timeout) == (made_by.CONNECT_SECONDS, made_by.READ_SECONDS)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_by, "CALL_SECONDS", WHOLE)
    monkeypatch.setattr(made_by, "READ_SECONDS", READ)
    monkeypatch.setattr(made_by, "CONNECT_SECONDS", READ)


@contextmanager
def saying(say: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server that says so to everybody who asks; its address."""
    closing = threading.Event()
    threads: list[threading.Thread] = []

    def answer(client: socket.socket) -> None:
        with client:
            try:
                say(client, closing)
            except OSError:  # whoever asked has hung up
                return

    def serve() -> None:
        while not closing.is_set():
            client, _ = server.accept()
            threads.append(threading.Thread(target=answer, args=[client]))
            threads[-1].start()

    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        port = server.getsockname()[1]
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            closing.set()
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()
            for one in threads:
                one.join()


def slowly(client: socket.socket, closing: threading.Event, text: bytes) -> None:
    for place in range(len(text)):
        client.sendall(text[place : place + 1])
        if closing.wait(PAUSE):
            return


def trickling_body(client: socket.socket, closing: threading.Event) -> None:
    client.recv(65536)
    client.sendall(HEAD + LENGTH)
    slowly(client, closing, BODY)


def trickling_headers(client: socket.socket, closing: threading.Event) -> None:
    client.recv(65536)
    slowly(client, closing, HEAD + LENGTH + BODY)


def headers_without_end(client: socket.socket, closing: threading.Event) -> None:
    client.recv(65536)
    client.sendall(HEAD)
    while not closing.wait(PAUSE):
        client.sendall(b"X-More: and more\r\n")


def continue_without_end(client: socket.socket, closing: threading.Event) -> None:
    client.recv(65536)
    while not closing.wait(PAUSE):
        client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def chunks_without_end(client: socket.socket, closing: threading.Event) -> None:
    client.recv(65536)
    client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while not closing.wait(PAUSE):
        client.sendall(b"1\r\n \r\n")


def trickling_chunk_sizes(client: socket.socket, closing: threading.Event) -> None:
    client.recv(65536)
    client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    slowly(client, closing, b"0" * 500)


def trickling_trailers(client: socket.socket, closing: threading.Event) -> None:
    client.recv(65536)
    client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY) + BODY + b"\r\n0\r\n")
    while not closing.wait(PAUSE):
        client.sendall(b"X-More: and more\r\n")


def trickling_refusal(client: socket.socket, closing: threading.Event) -> None:
    client.recv(65536)
    client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 500\r\n\r\n")
    slowly(client, closing, b" " * 500)


def silent(client: socket.socket, closing: threading.Event) -> None:
    closing.wait(60)


ENDLESS = [
    trickling_body,
    trickling_headers,
    headers_without_end,
    continue_without_end,
    chunks_without_end,
    trickling_chunk_sizes,
    trickling_trailers,
    trickling_refusal,
    silent,
]


def timed(ask: Callable[[], object]) -> tuple[Problem, float]:
    began = time.monotonic()
    problem = problem_of(ask)
    return problem, time.monotonic() - began


@pytest.mark.parametrize("say", ENDLESS, ids=lambda one: one.__name__.replace("_", " "))
def test_no_answer_is_waited_for_without_end(say: Callable[[socket.socket, threading.Event], None]) -> None:
    with saying(say) as endpoint:
        made = Clients(connection(endpoint, aws_endpoint=endpoint))
        problem, seconds = timed(Requester(made).balance)
        made.close()
    assert problem.cause is Cause.UNREACHABLE
    assert problem.code == "unreachable.timeout"
    assert seconds < WHOLE + SLACK


@pytest.mark.parametrize("service", ["mturk", "mturk in bulk", "sqs", "sns", "sts", "kms"])
def test_every_service_is_asked_so(service: str) -> None:
    with saying(trickling_body) as endpoint:
        made = Clients(connection(endpoint, aws_endpoint=endpoint))
        requester = Requester(made)
        ask: dict[str, Callable[[], object]] = {
            "mturk": requester.balance,
            "mturk in bulk": requester.list_hits,
            "sqs": lambda: list_queues(made),
            "sns": lambda: list_topics(made),
            "sts": lambda: caller(made),
            "kms": lambda: Key(made, "alias/k", "us-east-1").description(),
        }
        problem, seconds = timed(ask[service])
        made.close()
    assert problem.cause is Cause.UNREACHABLE
    assert seconds < WHOLE + SLACK


def test_many_calls_at_once_end_in_their_time() -> None:
    with saying(trickling_body) as endpoint:
        made = Clients(connection(endpoint, aws_endpoint=endpoint))
        took: list[float] = []
        threads = [threading.Thread(target=lambda: took.append(timed(Requester(made).balance)[1])) for _ in range(18)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        made.close()
    assert len(took) == 18
    assert max(took) < WHOLE + SLACK


ROLE = "arn:aws:iam::123456789012:role/requester"
TYPED = f"aws_access_key_id={KEYS.access_key_id}\naws_secret_access_key={KEYS.secret_access_key}\n"


def a_role(folder: Path, address: str) -> dict[str, str]:
    text = f"[default]\nrole_arn={ROLE}\nsource_profile=u\n[profile u]\n{TYPED}"
    (folder / "config").write_text(text, "utf-8")
    return {"AWS_ENDPOINT_URL_STS": address}


def a_token(folder: Path, address: str) -> dict[str, str]:
    (folder / "token").write_text("of-the-cluster", "utf-8")
    file = str(folder / "token")
    return {"AWS_ENDPOINT_URL_STS": address, "AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": ROLE}


def sso(folder: Path, address: str) -> dict[str, str]:
    url = "https://lab.awsapps.example/start"
    cache = folder / "sso" / "cache"
    cache.mkdir(parents=True)
    token = {"startUrl": url, "accessToken": "of-the-start-page", "expiresAt": "2099-01-01T00:00:00Z"}
    name = hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()
    (cache / f"{name}.json").write_text(json.dumps(token), "utf-8")
    text = f"[default]\nsso_start_url={url}\nsso_region=us-east-1\nsso_account_id=123456789012\nsso_role_name=r\n"
    (folder / "config").write_text(text, "utf-8")
    return {"AWS_ENDPOINT_URL_SSO": address}


def a_container(_: Path, address: str) -> dict[str, str]:
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{address}/keys"}


def a_machine(_: Path, address: str) -> dict[str, str]:
    return {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": address}


@pytest.mark.parametrize("source", [a_role, a_token, sso, a_container, a_machine])
def test_whoever_gives_keys_is_not_waited_for_without_end_either(
    source: Callable[[Path, str], dict[str, str]], own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = own_home / ".aws"
    folder.mkdir()
    monkeypatch.setattr(credential_chain, "METADATA_SECONDS", 0.3)
    # found when botocore is imported
    monkeypatch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", str(folder / "sso" / "cache"))
    with saying(trickling_headers) as address:
        for name, value in source(folder, address).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT_URL_MTURK", address)
        made = Clients(Connection(from_environment=True))
        found, took = timed(Requester(made).balance)
        made.close()
    assert found.title
    # up to three attempts, with the pauses of a second between them that botocore makes
    assert took < 3 * WHOLE + SLACK


def test_what_is_over_says_how_long_it_was_waited_for() -> None:
    with saying(trickling_body) as endpoint:
        made = Clients(connection(endpoint, aws_endpoint=endpoint))
        problem = problem_of(Requester(made).balance)
        made.close()
    assert "within 1 seconds" in problem.detail
    assert endpoint.removeprefix("http://") in problem.detail


def long_poll(client: socket.socket, closing: threading.Event) -> None:
    # The whole of the question: where something of it is unread at the end, Windows takes the answer back.
    with client.makefile("rb") as stream:
        stream.readline()
        stream.read(int(http.client.parse_headers(stream).get("Content-Length", "0")))
    if not closing.wait(WHOLE + 0.5):
        body = b"{}"
        client.sendall(HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))


def test_a_long_poll_may_keep_silent_as_long_as_it_was_asked_to() -> None:
    with saying(long_poll) as endpoint:
        made = Clients(connection(endpoint, aws_endpoint=endpoint))
        assert Queue(made, QUEUE).receive(wait_seconds=2, hold_seconds=1) == ()
        made.close()


def test_a_long_poll_that_trickles_ends_too() -> None:
    with saying(trickling_body) as endpoint:
        made = Clients(connection(endpoint, aws_endpoint=endpoint))
        problem, seconds = timed(lambda: Queue(made, QUEUE).receive(wait_seconds=1, hold_seconds=1))
        made.close()
    assert problem.cause is Cause.UNREACHABLE
    assert seconds < WHOLE + 1 + SLACK


def test_a_quick_answer_after_a_slow_one_has_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_by, "READ_SECONDS", WHOLE)
    calls: list[int] = []

    def say(client: socket.socket, closing: threading.Event) -> None:
        while client.recv(65536):
            calls.append(1)
            if closing.wait(0.4 * WHOLE):
                return
            client.sendall(HEAD + LENGTH + BODY)

    with saying(say) as endpoint:
        made = Clients(connection(endpoint, aws_endpoint=endpoint))
        began = time.monotonic()
        while len(calls) < 4 or time.monotonic() - began < 2 * WHOLE:
            assert Requester(made).balance() == "1.00"
        made.close()


ZEROS = bytes(1024 * 1024)


def without_end(client: socket.socket, closing: threading.Event) -> None:
    client.recv(65536)
    client.sendall(HEAD + b"\r\n")
    while not closing.is_set():
        client.sendall(ZEROS)


def chunks_of_a_gigabyte(client: socket.socket, closing: threading.Event) -> None:
    client.recv(65536)
    client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n40000000\r\n")
    while not closing.is_set():
        client.sendall(ZEROS)


def five_gigabytes(client: socket.socket, closing: threading.Event) -> None:
    client.recv(65536)
    client.sendall(HEAD + b"Content-Length: 5000000000\r\n\r\n")
    while not closing.is_set():
        client.sendall(ZEROS)


@pytest.mark.parametrize("say", [without_end, chunks_of_a_gigabyte, five_gigabytes], ids=lambda one: one.__name__)
def test_an_answer_without_end_does_not_fill_the_memory(
    say: Callable[[socket.socket, threading.Event], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_by, "CALL_SECONDS", 60)
    monkeypatch.setattr(wire, "LARGEST", 8 * 1024 * 1024)
    with saying(say) as endpoint:
        made = Clients(connection(endpoint, aws_endpoint=endpoint))
        _ = made.mturk
        tracemalloc.start()
        problem = problem_of(Requester(made).balance)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        made.close()
    assert problem.cause is Cause.UNREACHABLE
    assert "More than 8 MB" in problem.detail
    assert most < 40 * 1024 * 1024


def test_a_host_with_many_addresses_that_are_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    # Connections that nobody takes up fill the queue of the port, and then nothing answers there any more.
    found = socket.getaddrinfo

    def look_up(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host != "many.test":
            return found(host, port, *more, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{number}", port)) for number in range(1, 20)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(made_by, "CONNECT_SECONDS", 10)
    with ExitStack() as stack:
        port = 0
        servers = []
        for number in range(1, 20):
            server = stack.enter_context(socket.create_server((f"127.0.0.{number}", port), backlog=0))
            port = server.getsockname()[1]
            servers.append(server)
        for number in range(1, 20):
            for _ in range(3):
                full = stack.enter_context(socket.socket())
                full.setblocking(False)
                full.connect_ex((f"127.0.0.{number}", port))
        made = Clients(Connection(mturk_endpoint=f"http://many.test:{port}", credentials=KEYS))
        problem, seconds = timed(Requester(made).balance)
        made.close()
    assert problem.cause is Cause.UNREACHABLE
    assert seconds < WHOLE + SLACK


def test_the_next_address_is_tried_where_one_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    found = socket.getaddrinfo

    def look_up(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host != "two.test":
            return found(host, port, *more, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{number}", port)) for number in (2, 1)]

    def say(client: socket.socket, closing: threading.Event) -> None:
        read_request(client)  # whole: Windows resets a connection that is closed with something unread in it
        client.sendall(HEAD + LENGTH + BODY)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with saying(say) as endpoint:
        port = endpoint.rpartition(":")[2]
        made = Clients(Connection(mturk_endpoint=f"http://two.test:{port}", credentials=KEYS))
        assert Requester(made).balance() == "1.00"
        made.close()


def test_a_look_up_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    found = socket.getaddrinfo

    def look_up(host: Any, *more: Any, **named: Any) -> Any:
        if host == "hangs.test":
            ended.wait(60)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return found(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    made = Clients(Connection(mturk_endpoint="http://hangs.test", credentials=KEYS))
    problem, seconds = timed(Requester(made).balance)
    ended.set()
    made.close()
    assert problem.cause is Cause.UNREACHABLE
    assert seconds < WHOLE + SLACK


def test_tls_that_trickles_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with saying(lambda client, closing: slowly(client, closing, bytes(500))) as endpoint:
        made = Clients(Connection(mturk_endpoint=endpoint.replace("http:", "https:"), credentials=KEYS))
        problem, seconds = timed(Requester(made).balance)
        made.close()
    assert problem.cause is Cause.UNREACHABLE
    assert seconds < WHOLE + SLACK


def test_a_proxy_that_trickles_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def say(client: socket.socket, closing: threading.Event) -> None:
        client.recv(65536)
        client.sendall(b"HTTP/1.1 200 ")
        slowly(client, closing, b"O" * 500)

    with saying(say) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy)
        made = Clients(Connection(mturk_endpoint="https://mturk-requester.us-east-1.amazonaws.com", credentials=KEYS))
        problem, seconds = timed(Requester(made).balance)
        made.close()
    assert problem.cause is Cause.UNREACHABLE
    assert seconds < WHOLE + SLACK


def test_through_tls_and_a_proxy_an_answer_comes_and_its_time_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with recording(tmp_path) as recorder:
        for name, value in recorder.variables.items():
            monkeypatch.setenv(name, value)
        made = Clients(Connection(mturk_endpoint="https://mturk-requester.us-east-1.amazonaws.com", credentials=KEYS))
        assert caller(made).account_id == "123456789012"
        made.close()
    assert recorder.hosts == {"sts.us-east-1.amazonaws.com"}


def test_tls_whose_body_trickles_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = authority.context("localhost")

    def say(client: socket.socket, closing: threading.Event) -> None:
        with context.wrap_socket(client, server_side=True) as inside:
            trickling_body(inside, closing)

    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.file))
    with saying(say) as endpoint:
        port = endpoint.rpartition(":")[2]
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://localhost:{port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.access_key_id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret_access_key)
        made = Clients(Connection(from_environment=True))
        problem, seconds = timed(Requester(made).balance)
        made.close()
    assert problem.cause is Cause.UNREACHABLE
    assert problem.code == "unreachable.timeout"
    assert seconds < WHOLE + SLACK
