# SPDX-License-Identifier: MIT
"""Signing envelopes as Amazon SNS does, with a key of this program's own.

Shapes: SNS Developer Guide, "Verifying the signatures of Amazon SNS messages" (SignatureVersion 1 is RSA with SHA-1,
2 with SHA-256, both PKCS #1 v1.5, of certain fields) and "Subscribing an HTTPS endpoint to a topic" (a visit of
``SubscribeURL`` confirms). Only Amazon can sign for Amazon: a receiver that checks signatures refuses what is signed
here, until its owner lets it through (:meth:`SnsSigner.how_to_let_through`).

The key is made when it is first needed and is gone with the program. Its certificate, and what the addresses in
an envelope lead to, is served on this computer alone: twice, because receivers ask for certificates over HTTPS only,
and most visit a ``SubscribeURL`` without trusting a certificate that is one of our own making.
"""

from __future__ import annotations

import base64
import secrets
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import parse_qs, urlencode
from xml.sax.saxutils import escape

from notification_tester.domain.messages.sender import signed_text
from notification_tester.domain.outgoing import SignatureKind
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy
from notification_tester.practice.listener import Limits, Listener, PortTakenError, Request, Response
from notification_tester.practice.loopback import LOOPBACK
from notification_tester.storage.whole_file import secret_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import KeyUsage

    from notification_tester.practice.listener import Answer

CONFIRM_SECONDS = 10.0
"""How long a receiver is waited for that has been asked to confirm a subscription."""

_KEY_BITS = 2048  # as SNS's own
_DAYS = 30
_SUBJECT = "MTurk Notification Tester on this computer"
_TOKEN_BYTES = 64
_LIMITS = Limits(body=64 * 1024, head=16 * 1024, connections=64, request_seconds=10.0, idle_seconds=10.0)
_XML = "text/xml"
_NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
_FOR_CONFIRMATION = {
    "SubscriptionConfirmation": "ConfirmSubscription",
    "UnsubscribeConfirmation": "ConfirmSubscription",
}


class SnsSigner:
    """Signs envelopes, serves the certificate, and notices who confirms a subscription. Safe to use from any thread.

    Its ports are taken when the first envelope is signed, or the first address asked for, and given back by
    :meth:`close`.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._made: _Key | None = None
        self._served: _Served | None = None
        self._waiting: dict[str, threading.Event] = {}  # by token
        self._tokens: dict[str, str] = {}  # of a message, by its id
        self._visits = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Serve nothing any more."""
        with self._lock:
            served, self._served = self._served, None
        if served is not None:
            served.stop()

    @property
    def certificate(self) -> str:
        """The certificate in PEM: what a receiver has to trust to take what is signed here."""
        return self._key.certificate

    @property
    def certificate_url(self) -> str:
        """``SigningCertURL`` of what is signed here."""
        return f"https://{LOOPBACK}:{self._serving().tls.port}{self._certificate_path}"

    def sign(self, envelope: Mapping[str, str], signature: SignatureKind) -> dict[str, str]:
        """The envelope as it goes out: signed, rightly or wrongly, in the ``SignatureVersion`` that it names, else 1.

        What SNS would do at an address that the envelope names is done here: its own would be asked in vain to confirm
        a subscription that it does not know. Raises ValueError for an envelope that is not complete.
        """
        made = dict(envelope)
        if "UnsubscribeURL" in made:
            made["UnsubscribeURL"] = self._address("Unsubscribe", SubscriptionArn=f"{made.get('TopicArn', '')}:none")
        if made.get("Type") in _FOR_CONFIRMATION:
            made["Token"] = self._token(made.get("MessageId", ""))
            made["SubscribeURL"] = self._address(
                _FOR_CONFIRMATION[made["Type"]], TopicArn=made.get("TopicArn", ""), Token=made["Token"]
            )
        if signature is SignatureKind.NONE:
            return made
        version = made.setdefault("SignatureVersion", "1")
        try:
            text = signed_text(made)
        except KeyError as error:
            raise ValueError(f"an envelope without {error}") from error
        if signature is SignatureKind.WRONG:
            text += b"\n"
        made["Signature"] = base64.b64encode(self._key.sign(text, version)).decode()
        made["SigningCertURL"] = self.certificate_url
        return made

    def wait_until_confirmed(self, message_id: str, *, seconds: float = CONFIRM_SECONDS, stop: threading.Event) -> bool:
        """Whether the receiver of this subscription confirmation visits its address within that time, or did."""
        with self._lock:
            visited = self._waiting.get(self._tokens.get(message_id, ""))
        if visited is None:
            return False
        steps = max(1, round(seconds / 0.05))
        return any(visited.wait(seconds / steps) or stop.is_set() for _ in range(steps)) and visited.is_set()

    def how_to_let_through(self) -> str:
        """Why a receiver refuses what is signed here, and what its owner can do about it, for people to read."""
        own = f"https://{LOOPBACK}:{self._serving().tls.port}/"
        plain = f"http://{LOOPBACK}:{self._serving().plain.port}{self._certificate_path}"
        asked = (
            "The certificate has been asked for, as receivers do that check signatures. "
            if self._visits
            else "Nobody has asked for the certificate: the receiver takes none from this address, or it refused for "
            "another reason. "
        )
        return (
            f"{asked}Only Amazon can sign for Amazon SNS, and a receiver that checks signatures is right to refuse "
            "this one. To try it all the same, on this computer and in the receiver's settings for tests alone: let "
            f"it take certificates from {own} beside Amazon's hosts, and trust this program's certificate, which is at "
            f"{plain} until the program ends (for Node.js in NODE_EXTRA_CA_CERTS, for Python in SSL_CERT_FILE or "
            "REQUESTS_CA_BUNDLE)."
        )

    @property
    def _key(self) -> _Key:
        with self._lock:
            if self._made is None:
                self._made = _made_key()
            return self._made

    @property
    def _certificate_path(self) -> str:
        return f"/SimpleNotificationService-{self._key.fingerprint}.pem"

    def _serving(self) -> _Served:
        with self._lock:
            if self._served is None:
                self._served = _serve(self._key, self._answer)
            return self._served

    def _token(self, message_id: str) -> str:
        token = secrets.token_hex(_TOKEN_BYTES)
        with self._lock:
            self._tokens[message_id] = token
            self._waiting[token] = threading.Event()
        return token

    def _address(self, action: str, **more: str) -> str:
        query = urlencode({"Action": action, **more}, safe=":")
        return f"http://{LOOPBACK}:{self._serving().plain.port}/?{query}"

    def _answer(self, request: Request) -> Response:
        if request.path == self._certificate_path:
            with self._lock:
                self._visits += 1
            return Response(body=self._key.certificate.encode(), content_type="binary/octet-stream")
        asked = {name: values[0] for name, values in parse_qs(request.query).items()}
        match asked.get("Action"):
            case "ConfirmSubscription":
                return self._confirm(asked)
            case "Unsubscribe":
                return _done("Unsubscribe", "")
            case _:
                return Response(status=404, body=b"Nothing is here.\n")

    def _confirm(self, asked: dict[str, str]) -> Response:
        with self._lock:
            waiting = self._waiting.get(asked.get("Token", ""))
        if waiting is None:
            body = _ERROR.format(code="InvalidParameter", message="Invalid parameter: Token").encode()
            return Response(status=400, content_type=_XML, body=body)
        waiting.set()
        arn = f"{asked.get('TopicArn', '')}:{secrets.token_hex(16)}"
        return _done("ConfirmSubscription", f"<SubscriptionArn>{escape(arn)}</SubscriptionArn>")


_ERROR = (
    f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>{{code}}</Code>'
    "<Message>{message}</Message></Error></ErrorResponse>"
)


def _done(action: str, inner: str) -> Response:
    result = f"<{action}Result>{inner}</{action}Result>" if inner else ""
    body = f'<{action}Response xmlns="{_NAMESPACE}">{result}</{action}Response>'
    return Response(content_type=_XML, body=body.encode())


class _Served(NamedTuple):
    plain: Listener
    tls: Listener

    def stop(self) -> None:
        self.plain.stop()
        self.tls.stop()


class _Key(NamedTuple):
    private: RSAPrivateKey
    certificate: str  # PEM
    fingerprint: str  # hexadecimal digits

    def sign(self, text: bytes, version: str) -> bytes:
        """Raises ValueError for a version that SNS does not have."""
        from cryptography.hazmat.primitives.asymmetric import padding
        from cryptography.hazmat.primitives.hashes import SHA1, SHA256

        if version not in {"1", "2"}:
            raise ValueError(f"SNS has no SignatureVersion {version}")
        digest = SHA1() if version == "1" else SHA256()  # noqa: S303 - the service's format
        return self.private.sign(text, padding.PKCS1v15(), digest)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.fingerprint}>"


def _made_key() -> _Key:
    """A key, and a certificate for it that is good for signing and for this computer's HTTPS alike."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    private = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _SUBJECT)])
    now = datetime.now(tz=UTC)
    hosts = [x509.IPAddress(ipaddress.ip_address(LOOPBACK)), x509.DNSName("localhost")]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, SHA256())
    )
    return _Key(private, made.public_bytes(Encoding.PEM).decode(), made.fingerprint(SHA256()).hex()[:32])


def _usage() -> KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,  # it vouches for itself
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _serve(key: _Key, answer: Answer) -> _Served:
    """Take two ports of this computer, and begin to answer there. Raises ProblemError."""
    made: list[Listener] = []
    tls = _tls_context(key)
    try:
        made.append(Listener(port=0, limits=_LIMITS, name="SnsSigner"))
        made.append(Listener(port=0, limits=_LIMITS, name="SnsSigner", tls=tls))
    except PortTakenError as error:
        for one in made:
            one.server_close()
        raise ProblemError(
            Problem(
                title="The certificate of our signatures cannot be served on this computer.",
                detail=f"The system gives out no port for it ({error}).",
                remedy="End other programs that use many connections, and try again.",
                code="delivery.no-port",
                cause=Cause.PROGRAM,
                remedies=(Remedy.TRY_AGAIN,),
            )
        ) from error
    for one in made:
        one.answer = answer
        one.start()
    return _Served(*made)


def _tls_context(key: _Key) -> ssl.SSLContext:
    """OpenSSL reads keys from files alone. Raises ProblemError."""
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    password = secrets.token_bytes(32)
    private = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with secret_file(private + key.certificate.encode(), what="the key of our signatures") as file:
        context.load_cert_chain(file, password=password)
    return context
