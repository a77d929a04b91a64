# SPDX-License-Identifier: MIT
"""A proxy on this computer that writes down which hosts would have been called, and answers in their place.

Nothing leaves the computer: it says yes to every CONNECT, shows a certificate for that very host, made by an authority
of its own (``AWS_CA_BUNDLE``), and answers each call as a service would that has nothing to say.
"""

from __future__ import annotations

import socketserver
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import parse_headers
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from io import BufferedIOBase
    from pathlib import Path

_STS = (
    '<{0}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{0}Result>{1}</{0}Result>'
    "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{0}Response>"
)
_ANSWERS = {
    "GetCallerIdentity": "<Arn>arn:aws:iam::123456789012:user/a</Arn><UserId>A</UserId><Account>123456789012</Account>",
    "AssumeRole": "<Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>of-the-role"
    "</SecretAccessKey><SessionToken>of-the-role</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    "</Credentials>",
}


@dataclass(frozen=True)
class Called:
    """One request that came in: for which host, and what it asked (``X-Amz-Target``, where there is one)."""

    host: str
    target: str
    headers: Message = field(repr=False, compare=False)


class Recorder:
    """What was called so far, and the variables that lead boto3 through here."""

    def __init__(self, port: int, authority: Path) -> None:
        self.calls: list[Called] = []
        self.variables = {
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), f"http://127.0.0.1:{port}"),
            "NO_PROXY": "",
            "no_proxy": "",
            "AWS_CA_BUNDLE": str(authority),
        }

    @property
    def hosts(self) -> set[str]:
        """The hosts that were called."""
        return {one.host for one in self.calls}


@contextmanager
def recording(folder: Path) -> Iterator[Recorder]:
    """Record until the end of the block; ``folder`` is for the certificates."""
    authority = Authority(folder)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.authority = authority
        server.recorder = recorder = Recorder(server.server_address[1], authority.file)
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield recorder
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    authority: Authority
    recorder: Recorder


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        method, target, _ = self.rfile.readline().decode().split(" ")
        if method != "CONNECT":
            self._answer(urlsplit(target).netloc, self.rfile, self.wfile)
            return
        parse_headers(self.rfile)
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        host = target.rpartition(":")[0]
        try:
            inside = self.server.authority.context(host).wrap_socket(self.connection, server_side=True)
            with inside, inside.makefile("rb") as reading, inside.makefile("wb") as writing:
                while reading.readline():
                    self._answer(host, reading, writing)
        except OSError:  # whoever asked has hung up
            return

    def _answer(self, host: str, reading: BufferedIOBase, writing: BufferedIOBase) -> None:
        headers = parse_headers(reading)
        asked = parse_qs(reading.read(int(headers["Content-Length"] or 0)).decode())
        self.server.recorder.calls.append(Called(host, str(headers["X-Amz-Target"] or ""), headers))
        action = asked.get("Action", [""])[0]
        kind, body = b"application/x-amz-json-1.1", b"{}"
        if action:
            kind, body = b"text/xml", _STS.format(action, _ANSWERS.get(action, "")).encode()
        writing.write(b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (kind, len(body), body))
        writing.flush()


class Authority:
    """Signs a certificate for any host that is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._signed("authority", self._key.public_key(), is_authority=True))

    def context(self, host: str) -> ssl.SSLContext:
        """TLS as that host."""
        name = host.rstrip(".").lower()
        with self._lock:
            if name not in self._contexts:
                key = ec.generate_private_key(ec.SECP256R1())
                file = self._folder / f"{name}.pem"
                file.write_bytes(
                    self._signed(name, key.public_key())
                    + key.private_bytes(
                        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                    )
                )
                self._contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self._contexts[name].load_cert_chain(file)
            return self._contexts[name]

    def _signed(self, name: str, key: ec.EllipticCurvePublicKey, *, is_authority: bool = False) -> bytes:
        now = datetime.now(tz=UTC)
        issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority of a test")])
        subject = issuer if is_authority else x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a host")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM)
