# SPDX-License-Identifier: MIT
"""The certificate that a receiver shows: whose it is, and why it is not trusted, in words.

OpenSSL says only the first thing that it dislikes, by a number (``X509_V_ERR_*`` of ``x509_vfy.h``); that its time is
over is seen here as well, because a certificate of one's own making, found on a server years later, is often both.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.aws.settings import Settings
from notification_tester.domain.receipt import TlsFacts

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_NOT_YET_VALID, _EXPIRED = 9, 10
_SELF_SIGNED, _SELF_SIGNED_ABOVE = 18, 19
_UNKNOWN_ISSUERS = {2, 20, 21, 27}
_OTHER_HOST = {62, 64}
_MOST_NAMES = 20
_LONGEST_NAME = 200


def trusting_context() -> ssl.SSLContext:
    """Trust what this system trusts, what Mozilla does, where a system has no list, and what Amazon is called with.

    The last is the file that a company names in AWS_CA_BUNDLE or REQUESTS_CA_BUNDLE, whose proxy signs with its own.
    One that cannot be read is told of where Amazon is called.
    """
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if (bundle := Settings().ca_bundle()) is not None:
        with suppress(OSError):
            context.load_verify_locations(bundle.value)
    return context


def untrusting_context() -> ssl.SSLContext:
    """Take any certificate, to be able to say which it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def tls_facts(
    connection: ssl.SSLSocket, *, reason: ssl.SSLCertVerificationError | None = None, host: str = ""
) -> TlsFacts:
    """What was agreed upon with the receiver; ``reason`` is why its certificate was refused for ``host``."""
    cipher = connection.cipher()
    shown = _read(connection.getpeercert(binary_form=True))
    return TlsFacts(
        version=connection.version() or "",
        cipher=cipher[0] if cipher else "",
        subject=shown.subject,
        issuer=shown.issuer,
        names=shown.names,
        valid_until=shown.until,
        why_not_trusted="" if reason is None else _why(reason, shown, host),
    )


def why_not_trusted(reason: ssl.SSLCertVerificationError, host: str) -> str:
    """Why a certificate was refused for ``host`` that could not be looked at."""
    return _why(reason, _Shown(), host)


class _Shown(NamedTuple):
    """What a certificate says, as far as it can be read."""

    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_over(self) -> bool:
        return self.until is not None and self.until < datetime.now(tz=UTC)


def _read(der: bytes | None) -> _Shown:
    from cryptography import x509

    try:
        found = x509.load_der_x509_certificate(der or b"")
        return _Shown(
            subject=_line(found.subject.rfc4514_string()),
            issuer=_line(found.issuer.rfc4514_string()),
            names=_names(found),
            since=found.not_valid_before_utc,
            until=found.not_valid_after_utc,
        )
    except Exception:  # noqa: BLE001 - it is somebody else's, read part by part, and each part may be anything
        return _Shown()


def _names(certificate: Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
    return tuple(_line(name) for name in hosts[:_MOST_NAMES])


def _why(reason: ssl.SSLCertVerificationError, shown: _Shown, host: str) -> str:
    said = [_sentence(reason, shown, host)]
    if shown.is_over and reason.verify_code != _EXPIRED:
        said.append(f"Besides, it expired on {shown.until:%Y-%m-%d}.")
    return " ".join(said)


def _sentence(reason: ssl.SSLCertVerificationError, shown: _Shown, host: str) -> str:
    code = reason.verify_code
    if code == _EXPIRED:
        if shown.is_over:
            return f"It expired on {shown.until:%Y-%m-%d}."
        return "A certificate that vouches for it has expired."
    if code == _NOT_YET_VALID:
        if shown.since is not None and shown.since > datetime.now(tz=UTC):
            return f"It is valid only from {shown.since:%Y-%m-%d} on, by the clock of this computer."
        return "A certificate that vouches for it is not valid yet, by the clock of this computer."
    if code == _SELF_SIGNED:
        return "It is self-signed: nobody but the receiver itself vouches for it."
    if code == _SELF_SIGNED_ABOVE:
        return "An authority vouches for it that this computer does not know, such as one of a company or of one's own."
    if code in _UNKNOWN_ISSUERS:
        return (
            "Nobody whom this computer knows vouches for it; perhaps the receiver leaves out the certificates between "
            "its own and the authority's."
        )
    if code in _OTHER_HOST:
        whose = ", ".join(shown.names)
        return f"It is not for {host} but for {whose}." if whose else f"It is not for {host}."
    return f"OpenSSL says of it: {reason.verify_message}."


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_NAME]
