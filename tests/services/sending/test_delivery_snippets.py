# SPDX-License-Identifier: MIT
"""What “Copy as curl” and “Copy as Python” give is run as it is, and the receiver gets the same once more."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import trustme

from hostile_receiver import answering, read_request
from notification_tester.aws.clients import Clients
from notification_tester.aws.settings import Connection
from notification_tester.domain.messages.scenarios import SCENARIOS, parse_scenario
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.domain.smtp import SmtpSecurity, SmtpSettings, parse_smtp
from notification_tester.practice.cloud import clean_environment
from notification_tester.services.sending.deliver import Deliveries
from notification_tester.services.sending.delivery_snippets import delivery_as_curl, delivery_as_python
from notification_tester.storage.vault import Vault
from services.parts import MemoryKeyring
from services.sending.test_deliver import request_to

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.sending.deliver import Delivered
    from services.parts import Desk

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
WEB = [DeliveryForm.SNS, DeliveryForm.REST, DeliveryForm.SOAP]
SLOW = {"late", "subscription-confirmation", "unsubscribe-confirmation"}  # something is waited for
needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None or sys.platform == "win32", reason="curl or a POSIX shell is missing"
)


@pytest.fixture
def deliveries() -> Iterator[Deliveries]:
    made = Deliveries(history=None, leftovers=None, vault=Vault(MemoryKeyring()))
    yield made
    made.close()


def run(words: list[str], **more: str) -> str:
    environment = clean_environment(os.environ) | {"AWS_EC2_METADATA_DISABLED": "true"} | more
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def parts(request: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
    """First line, headers (the connection's own apart), and body."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    pairs = (line.partition(b":") for line in lines)
    named = {name.lower(): value.strip() for name, _, value in pairs}
    return first, named, body


@pytest.mark.parametrize("form", WEB)
@pytest.mark.parametrize("how", [pytest.param("curl", marks=needs_curl), "python"])
def test_a_web_receiver_gets_the_same_of_every_scenario(
    how: str, form: DeliveryForm, deliveries: Deliveries, tmp_path: Path
) -> None:
    came: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        while request := read_request(connection):
            came.append(request)
            connection.sendall(OK)

    with answering(answer, read_first=False) as port:
        url = f"http://127.0.0.1:{port}/a%20hook?key=it's&more=[1]"
        for scenario in [one for one in SCENARIOS if form in one.forms and one.name not in SLOW]:
            request = request_to(url, form, scenarios=(scenario,))
            delivered = deliveries.run(None, request, stop=threading.Event())[0]
            if how == "curl":
                text = delivery_as_curl(request, delivered)
                assert text or scenario.name in {"largest", "not-json"}
                if not text:
                    came.clear()
                    continue
                again = run(["sh", "-c", text], http_proxy="http://127.0.0.1:1")
            else:
                (tmp_path / "script.py").write_text(delivery_as_python(None, request, delivered), "utf-8")
                again = run([sys.executable, str(tmp_path / "script.py")], http_proxy="http://127.0.0.1:1")
            assert "200 OK" in again
            assert len(came) > 1
            assert parts(came[-1]) == parts(came[0]), scenario.name
            came.clear()


@pytest.mark.parametrize("how", [pytest.param("curl", marks=needs_curl), "python"])
@pytest.mark.parametrize("trust", [True, False])
def test_a_certificate_is_trusted_as_it_was(how: str, trust: bool, deliveries: Deliveries, tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    with answering(lambda connection: connection.sendall(OK), tls=tls) as port:
        request = request_to(f"https://127.0.0.1:{port}/", DeliveryForm.SOAP, trust_untrusted=trust)
        (delivered,) = deliveries.run(None, request, stop=threading.Event())
        script = tmp_path / "script.py"
        script.write_text(delivery_as_python(None, request, delivered), "utf-8")
        words = {
            "curl": ["sh", "-c", delivery_as_curl(request, delivered)],
            "python": [sys.executable, str(script)],
        }
        done = subprocess.run(words[how], capture_output=True, text=True, timeout=60, check=False)
    assert ("200 OK" in done.stdout) is trust
    assert (done.returncode == 0) is trust


@pytest.mark.parametrize("form", [DeliveryForm.SQS, DeliveryForm.SNS])
def test_a_queue_and_a_topic_get_the_same_with_boto3(form: DeliveryForm, desk: Desk, tmp_path: Path) -> None:
    details = desk.cloud.details
    address = details.queue_url if form is DeliveryForm.SQS else details.topic_arn
    made = Deliveries(history=None, leftovers=None, vault=Vault(MemoryKeyring()))
    request = request_to(address, form, wait_seconds=0)
    (delivered,) = made.run(desk.opened, request, stop=threading.Event())
    made.close()
    assert delivery_as_curl(request, delivered) == ""
    (tmp_path / "script.py").write_text(delivery_as_python(desk.opened, request, delivered), "utf-8")
    assert len(run([sys.executable, str(tmp_path / "script.py")]).strip()) == 36
    assert delivery_as_python(None, request, delivered) == ""
    if form is DeliveryForm.SQS:
        assert sum(delivered.draft.doc_id in body for body in desk.outside.bodies(details.queue_url)) == 2


def sent_nowhere(deliveries: Deliveries, form: DeliveryForm) -> Delivered:
    """A message that went to a closed port."""
    (delivered,) = deliveries.run(None, request_to("http://127.0.0.1:1/", form), stop=threading.Event())
    return delivered


def test_a_persons_profile_and_the_order_of_a_queue_are_in_its_script(
    opened: OpenAccount, deliveries: Deliveries
) -> None:
    delivered = sent_nowhere(deliveries, DeliveryForm.SOAP)
    with_profile = replace(opened, clients=Clients(Connection(profile="it's mine")), practice=None)
    for name, is_fifo in (("lab", False), ("lab.fifo", True)):
        request = request_to(f"https://sqs.eu-west-1.amazonaws.com/123456789012/{name}", DeliveryForm.SQS)
        script = delivery_as_python(with_profile, request, delivered)
        compile(script, "script.py", "exec")
        assert 'profile_name="it\'s mine"' in script
        assert "region_name='eu-west-1')" in script
        assert ("aws_access_key_id" in script, "endpoint_url" in script) == (False, False)
        assert ("MessageGroupId" in script) is ("import uuid" in script) is is_fifo
    with_profile.clients.close()


@pytest.mark.parametrize("security", list(SmtpSecurity))
@pytest.mark.parametrize("user", ["me@example.org", ""])
def test_a_mail_server_is_spoken_to_as_it_was(security: SmtpSecurity, user: str, deliveries: Deliveries) -> None:
    server = SmtpSettings(host="127.0.0.1", port=25, security=security, user=user)
    request = request_to("you@example.org", DeliveryForm.EMAIL, smtp=server)
    script = delivery_as_python(None, request, sent_nowhere(deliveries, DeliveryForm.SOAP))
    compile(script, "script.py", "exec")
    assert ("SMTP_SSL(" in script) is (security is SmtpSecurity.TLS)
    assert ("server.starttls(context=ssl." in script) is (security is SmtpSecurity.STARTTLS)
    assert script.count("create_default_context()") == (security is not SmtpSecurity.NONE)
    assert (f"server.login({user!r}, getpass" in script) is ("server.login" in script) is bool(user)
    assert f"sendmail({user or 'you@example.org'!r}, ['you@example.org'], message)" in script
    assert delivery_as_python(None, replace(request, smtp=None), sent_nowhere(deliveries, DeliveryForm.SOAP)) == ""


def test_a_command_for_windows_is_quoted_for_its_shell_or_there_is_none(
    deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered = sent_nowhere(deliveries, DeliveryForm.REST)

    def command(url: str, query: str) -> str:
        draft = replace(delivered.draft, query=query)
        with monkeypatch.context() as there:
            there.setattr(sys, "platform", "win32")
            return delivery_as_curl(request_to(url, DeliveryForm.REST), replace(delivered, draft=draft))

    assert command("http://127.0.0.1:1/", "a=b").startswith("curl --silent --show-error --include --globoff")
    assert '--header "User-Agent: MTurk-Notification-Tester"' in command("http://127.0.0.1:1/", "a=b")
    assert command("http://127.0.0.1:1/", "a=b").endswith(" http://127.0.0.1:1/?a=b")
    assert command("http://127.0.0.1:1/", "a=%41") == ""  # that would be a variable there
    assert command("http://127.0.0.1:1/", f"a={'b' * 8_000}") == ""
    longest = 8_000 - len(command("http://127.0.0.1:1/", "a="))
    assert command("http://127.0.0.1:1/", f"a={'b' * longest}")
    assert command("http://127.0.0.1:1/", f"a={'b' * (longest + 1)}") == ""


def test_an_e_mail_has_no_password_in_its_script(deliveries: Deliveries) -> None:
    smtp = parse_smtp("127.0.0.1:1", user="me@example.org", password="grey-mare")
    request = request_to("me@example.org", DeliveryForm.EMAIL, smtp=smtp)
    (delivered,) = deliveries.run(None, request, stop=threading.Event())
    script = delivery_as_python(None, request, delivered)
    compile(script, "script.py", "exec")
    assert "grey-mare" not in script
    assert "getpass.getpass" in script
    assert delivery_as_curl(request, delivered) == ""


def test_what_a_shell_cannot_take_is_no_command(deliveries: Deliveries) -> None:
    with answering(lambda connection: connection.sendall(OK)) as port:
        request = request_to(f"http://127.0.0.1:{port}/", DeliveryForm.SOAP, scenarios=(parse_scenario("largest"),))
        (delivered,) = deliveries.run(None, request, stop=threading.Event())
    assert delivery_as_curl(request, delivered) == ""
    assert delivery_as_python(None, request, delivered)
