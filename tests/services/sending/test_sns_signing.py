# SPDX-License-Identifier: MIT
"""What is signed here as SNS signs: validators that others wrote take it once they are told to, and only then.

Version 1 is judged by ``sns-validator`` for Node.js and ``aws-sns-message-validator`` for Python, version 2 by the
first alone. Of those for Python that were looked at in November 2026, ``aws-sns-message-validator`` 0.0.5 and
``django-ses`` 4.8.2 verify with SHA-1 only; ``validatesns``, ``validate-aws-sns-message``, ``sns-message-validator``
and ``aws-sns-message-validator2`` were last released before SNS had version 2. ``aws-sns-verifier`` 0.1.14 knows it,
but takes certificates from SNS's own hosts alone, and only those that name Amazon as their issuer; neither is a
parameter. It could be given ours by putting three of its private functions out of force, after which it would prove
little.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from flask import Flask, Response, request
from sns_message_validator import SNSMessageValidator  # type: ignore[import-untyped]
from werkzeug.serving import make_server

from notification_tester.domain.events import EventType
from notification_tester.domain.messages.scenarios import drafts, parse_scenario
from notification_tester.domain.outgoing import DeliveryForm, SignatureKind, service_test
from notification_tester.domain.problem import ProblemError
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.domain.web_address import WebAddress, parse_web_address
from notification_tester.services.inbox.receiver import Receiver
from notification_tester.services.sending.sns_signing import SnsSigner
from notification_tester.services.sending.web_delivery import WebDelivery, envelope_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.domain.messages.draft import Draft
    from notification_tester.domain.receipt import Receipt

NEVER = threading.Event()
NOW = datetime.now(tz=UTC)
MODULES = Path(sys.prefix, "node", "node_modules")
OURS = r"^127\.0\.0\.1:\d+$"


@pytest.fixture(scope="module")
def signer() -> Iterator[SnsSigner]:
    with SnsSigner() as made:
        yield made


@pytest.fixture(scope="module")
def trusted(signer: SnsSigner, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate as a file, for receivers that shall trust it."""
    file = tmp_path_factory.mktemp("certificate") / "own.pem"
    file.write_text(signer.certificate)
    return file


def draft(address: WebAddress, scenario: str = "", *, version: str = "1") -> Draft:
    """The first message of a scenario, or the service's own test."""
    notification = service_test(EventType.HIT_REVIEWABLE, "2014-08-15", NOW)
    chosen = parse_scenario(scenario) if scenario else None
    made = drafts(chosen, notification, address, DeliveryForm.SNS, now=NOW)[0]
    assert made.envelope is not None
    return replace(made, envelope={**made.envelope, "SignatureVersion": version})


def deliver(address: WebAddress, message: Draft, signer: SnsSigner | None) -> Receipt:
    if signer is not None:
        assert message.envelope is not None
        message = replace(message, envelope=signer.sign(message.envelope, message.signature))
    with WebDelivery() as delivery:
        return delivery.deliver(address, message, stop=NEVER)


def fetch(url: str, context: ssl.SSLContext | None = None) -> str:
    with urllib.request.urlopen(url, context=context, timeout=60) as page:  # noqa: S310 - of this computer
        text: str = page.read().decode()
        return text


# Amazon's own validator for Node.js


@contextmanager
def node_receiver(pattern: str, certificate: Path | None) -> Iterator[WebAddress]:
    node = shutil.which("node")
    if node is None or not (MODULES / "sns-validator").is_dir():
        pytest.skip("sns-validator needs Node.js and npm")
    script = Path(__file__).with_name("sns_receiver.js")
    trust = {} if certificate is None else {"NODE_EXTRA_CA_CERTS": str(certificate)}
    with subprocess.Popen(
        [node, str(script), str(MODULES), pattern],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **trust},
    ) as process:
        assert process.stdout is not None
        yield parse_web_address(f"http://127.0.0.1:{int(process.stdout.readline())}/")
        process.communicate()


@pytest.fixture(scope="module")
def node(trusted: Path) -> Iterator[WebAddress]:
    """The receiver with our certificate, told to take certificates from this computer."""
    with node_receiver(OURS, trusted) as address:
        yield address


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("scenario", ["", "several", "subscription-confirmation"])
def test_the_validator_for_node_takes_what_is_signed_rightly(
    scenario: str, version: str, node: WebAddress, signer: SnsSigner
) -> None:
    receipt = deliver(node, draft(node, scenario, version=version), signer)
    assert (receipt.status, receipt.text) == (200, "SubscriptionConfirmation" if "sub" in scenario else "Notification")


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_validator_for_node_refuses_what_is_signed_wrongly(
    version: str, node: WebAddress, signer: SnsSigner
) -> None:
    receipt = deliver(node, draft(node, "wrong-signature", version=version), signer)
    assert (receipt.status, receipt.text) == (403, "The message signature is invalid.")


def test_the_validator_for_node_refuses_what_was_changed_after_it_was_signed(
    node: WebAddress, signer: SnsSigner
) -> None:
    message = draft(node)
    assert message.envelope is not None
    signed = signer.sign(message.envelope, SignatureKind.RIGHT)
    changed = replace(message, envelope={**signed, "Message": signed["Message"] + " "})
    assert deliver(node, changed, None).text == "The message signature is invalid."


def test_a_receiver_that_was_not_told_anything_refuses_and_the_way_through_is_told(signer: SnsSigner) -> None:
    with SnsSigner() as own, node_receiver("", None) as address:
        assert deliver(address, draft(address), own).text == "The certificate is located on an invalid domain."
        told = own.how_to_let_through()
        assert "Only Amazon can sign for Amazon SNS" in told
        assert "Nobody has asked for the certificate" in told
        assert own.certificate_url.rpartition("/")[0] in told
        assert "NODE_EXTRA_CA_CERTS" in told
        [plain] = [word for word in told.split() if word.startswith("http://127.0.0.1:")]
        assert fetch(plain) == own.certificate
        assert "The certificate has been asked for" in own.how_to_let_through()


# One of the Python Package Index, in Flask


@contextmanager
def flask_receiver(version: str) -> Iterator[WebAddress]:
    app = Flask("receiver")
    validator = SNSMessageValidator(cert_url_regex=r"^https://127\.0\.0\.1:\d+/", signature_version=version)

    @app.post("/sns")
    def take() -> Response:
        try:
            validator.validate_message(json.loads(request.data))
        except Exception as error:  # noqa: BLE001 - as its README has it
            return Response(str(error), status=403)
        return Response(status=204)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield parse_web_address(f"http://127.0.0.1:{server.server_port}/sns")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("scenario", ["", "several", "subscription-confirmation", "unsubscribe-confirmation"])
def test_the_validator_for_python_takes_what_is_signed_rightly(
    scenario: str, signer: SnsSigner, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
    with flask_receiver("1") as address:
        receipt = deliver(address, draft(address, scenario), signer)
    assert (receipt.status, receipt.text) == (204, "")


def test_the_validator_for_python_refuses_what_is_signed_wrongly(
    signer: SnsSigner, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
    with flask_receiver("1") as address:
        receipt = deliver(address, draft(address, "wrong-signature"), signer)
    assert (receipt.status, receipt.text) == (403, "Invalid signature.")


def test_the_validator_for_python_does_not_know_the_second_version(signer: SnsSigner) -> None:
    with flask_receiver("1") as address:
        receipt = deliver(address, draft(address, version="2"), signer)
    assert receipt.status == 403


# The certificate and the addresses


def test_the_certificate_is_served_on_this_computer_over_https_to_whoever_trusts_it(
    signer: SnsSigner, trusted: Path
) -> None:
    strict = ssl.create_default_context(cafile=str(trusted))
    strict.verify_flags |= ssl.VERIFY_X509_STRICT
    for url in (signer.certificate_url, signer.certificate_url.replace("127.0.0.1", "localhost")):
        assert fetch(url, strict) == signer.certificate
    with pytest.raises(URLError, match="self-signed"):
        fetch(signer.certificate_url)


def test_the_certificate_says_what_it_is_of_and_is_not_for_long() -> None:
    with SnsSigner() as one, SnsSigner() as other:
        assert one.certificate != other.certificate
        certificate = x509.load_pem_x509_certificate(one.certificate.encode())
    assert certificate.subject.rfc4514_string() == "CN=MTurk Notification Tester on this computer"
    assert (certificate.not_valid_after_utc - datetime.now(tz=UTC)).days < 31
    assert certificate.not_valid_before_utc < datetime.now(tz=UTC) - timedelta(hours=23)  # for clocks that are behind
    critical = {one.oid for one in certificate.extensions if one.critical}
    assert critical == {x509.KeyUsage.oid, x509.BasicConstraints.oid}
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    good_for = ("digital_signature", "key_encipherment", "key_cert_sign")
    others = ("content_commitment", "data_encipherment", "key_agreement", "crl_sign")
    assert [getattr(usage, name) for name in (*good_for, *others)] == [True] * 3 + [False] * 4
    vouches = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (vouches.critical, vouches.value.ca, vouches.value.path_length) == (True, True, 0)  # for itself alone


def test_every_address_in_an_envelope_leads_to_this_computer(signer: SnsSigner) -> None:
    address = parse_web_address("http://127.0.0.1:1/")
    for scenario in ("", "subscription-confirmation", "unsubscribe-confirmation", "wrong-signature"):
        message = draft(address, scenario)
        assert message.envelope is not None
        signed = signer.sign(message.envelope, message.signature)
        urls = [value for name, value in signed.items() if name.endswith("URL")]
        assert len(urls) == 2
        assert all(parse_web_address(url).is_loopback for url in urls)


def test_both_doors_are_shut_with_it() -> None:
    """What it opened on this computer, plain and TLS, is open no longer than it is wanted."""
    message = draft(parse_web_address("http://127.0.0.1:1/"))
    assert message.envelope is not None
    with SnsSigner() as signer:
        urls = [signer.sign(message.envelope, message.signature)[name] for name in ("SigningCertURL", "UnsubscribeURL")]
        doors = {(one.hostname or "", one.port or 0) for one in map(urlsplit, urls)}
        assert len(doors) == 2
        for door in doors:
            socket.create_connection(door, timeout=60).close()
    for door in doors:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(door, timeout=60)


def test_an_envelope_is_written_as_sns_writes_it() -> None:
    assert envelope_text({"Type": "Notification", "Message": "Zoë"}) == (
        '{\n  "Type" : "Notification",\n  "Message" : "Zoë"\n}'
    )


def test_an_unsigned_envelope_has_no_signature(signer: SnsSigner) -> None:
    message = draft(parse_web_address("http://127.0.0.1:1/"))
    assert message.envelope is not None
    assert "Signature" not in signer.sign(message.envelope, SignatureKind.NONE)


# The handshake


def test_a_receiver_that_confirms_is_noticed(signer: SnsSigner) -> None:
    """With the receiver of this program, which confirms when it is told to."""
    for confirms in (True, False):
        place = ReceiverPlace(confirms=confirms)
        with Receiver(place, lambda _: None) as receiver:
            address = parse_web_address(receiver.url)
            message = draft(address, "subscription-confirmation")
            assert deliver(address, message, signer).status == 200
            assert message.envelope is not None
            seconds = 5.0 if confirms else 0.1
            message_id = message.envelope["MessageId"]
            assert signer.wait_until_confirmed(message_id, seconds=seconds, stop=NEVER) is confirms


def test_a_visit_confirms_and_answers_as_sns_does(signer: SnsSigner) -> None:
    message = draft(parse_web_address("http://127.0.0.1:1/"), "subscription-confirmation")
    assert message.envelope is not None
    signed = signer.sign(message.envelope, message.signature)
    answer = fetch(signed["SubscribeURL"])
    assert f"<SubscriptionArn>{signed['TopicArn']}:" in answer
    assert signer.wait_until_confirmed(signed["MessageId"], seconds=0.01, stop=NEVER)


def test_a_visit_with_another_token_confirms_nothing(signer: SnsSigner) -> None:
    message = draft(parse_web_address("http://127.0.0.1:1/"), "subscription-confirmation")
    assert message.envelope is not None
    signed = signer.sign(message.envelope, message.signature)
    with pytest.raises(HTTPError, match="400") as refused:
        fetch(signed["SubscribeURL"][:-1])
    with refused.value:
        assert b"<Code>InvalidParameter</Code>" in refused.value.read()
    assert not signer.wait_until_confirmed(signed["MessageId"], seconds=0.01, stop=NEVER)
    assert not signer.wait_until_confirmed("of nobody", seconds=0.01, stop=NEVER)


def test_a_visit_to_unsubscribe_is_answered_and_there_is_nothing_else(signer: SnsSigner) -> None:
    message = draft(parse_web_address("http://127.0.0.1:1/"))
    assert message.envelope is not None
    url = signer.sign(message.envelope, message.signature)["UnsubscribeURL"]
    assert fetch(url) == '<UnsubscribeResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"></UnsubscribeResponse>'
    for other in (url.partition("?")[0], url.replace("Unsubscribe", "Publish")):
        with pytest.raises(HTTPError, match="404") as missing:
            fetch(other)
        missing.value.close()


def test_the_wait_for_a_confirmation_ends_with_cancel(signer: SnsSigner) -> None:
    message = draft(parse_web_address("http://127.0.0.1:1/"), "subscription-confirmation")
    assert message.envelope is not None
    signed = signer.sign(message.envelope, message.signature)
    stop = threading.Event()
    stop.set()
    assert not signer.wait_until_confirmed(signed["MessageId"], seconds=60, stop=stop)


def test_where_the_key_can_be_written_nowhere_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with SnsSigner() as fresh, pytest.raises(ProblemError, match="the key of our signatures"):
        fresh.how_to_let_through()


def test_where_no_port_is_left_it_is_said_and_none_stays_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[socket.socket] = []
    bind = socket.socket.bind

    def bind_once(self: socket.socket, address: tuple[str, int]) -> None:
        if taken:
            raise OSError(errno.EADDRINUSE, "Address already in use")
        bind(self, address)
        taken.append(self)

    with SnsSigner() as fresh:
        assert fresh.certificate
        with monkeypatch.context() as patched:
            patched.setattr(socket.socket, "bind", bind_once)
            with pytest.raises(ProblemError, match="cannot be served on this computer"):
                fresh.how_to_let_through()
        assert [one.fileno() for one in taken] == [-1]  # it is closed
        assert "Nobody has asked for the certificate" in fresh.how_to_let_through()


def test_what_sns_could_not_have_made_is_not_signed(signer: SnsSigner) -> None:
    message = draft(parse_web_address("http://127.0.0.1:1/"))
    assert message.envelope is not None
    with pytest.raises(ValueError, match="an envelope without 'Message'"):
        signer.sign({name: value for name, value in message.envelope.items() if name != "Message"}, message.signature)
    with pytest.raises(ValueError, match="SNS has no SignatureVersion 3"):
        signer.sign({**message.envelope, "SignatureVersion": "3"}, message.signature)


def test_keys_are_in_no_repr(signer: SnsSigner) -> None:
    assert "PRIVATE" not in repr(signer)
    assert "BEGIN" not in repr(vars(signer))
