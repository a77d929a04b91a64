# SPDX-License-Identifier: MIT
"""Is an envelope really from SNS? The cryptography is the library's; here is only what to check with what.

A certificate is fetched once, from SNS's own address alone, and no more than a few of them: envelopes are foreign
text, and each could name another one.

That a signature fits says only that SNS passed a message on for *a* topic: anybody can have one. So whose it is is
always said, and the envelope of another topic than the followed one, or of another account than the followed queue's,
is not called genuine; nor is one whose certificate has expired.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.domain.destination import Destination, QueueAddress, TopicAddress, grouped_account
from notification_tester.domain.messages.sender import SignatureState, SignatureVerdict, SignedEnvelope, read_envelope
from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

MOST_CERTIFICATES = 8

IN_PRACTICE = SignatureVerdict(
    state=SignatureState.NOT_CHECKED,
    because="Not checked: the practice topic makes its signatures up, because only Amazon can sign.",
)


class _Certificate(NamedTuple):
    key: RSAPublicKey
    expires: datetime  # with a zone


class SignatureCheck:
    """Checks envelopes, with certificates that ``fetch`` gets by their address; without it nothing is checked.

    ``followed`` is the place where they were found. For one thread. ``fetch`` raises ProblemError.
    """

    def __init__(self, fetch: Callable[[str], bytes] | None, followed: Destination | None = None) -> None:
        self._fetch = fetch
        self._followed = followed
        self._certificates: dict[str, _Certificate | SignatureVerdict] = {}

    def check(self, body: str) -> SignatureVerdict:
        """Judge a message; one that is no envelope has nothing to check. Takes seconds when a certificate is new."""
        found = read_envelope(body)
        if isinstance(found, SignatureVerdict):
            return found
        if self._fetch is None:
            return IN_PRACTICE
        certificate = self._certificate(found.certificate_url, self._fetch)
        if isinstance(certificate, SignatureVerdict):
            return certificate
        if not _fits(certificate.key, found):
            return SignatureVerdict(
                state=SignatureState.FALSE,
                because="The signature does not fit: this envelope was not made by Amazon SNS, or was changed since.",
            )
        return self._judged(certificate, found)

    def _judged(self, certificate: _Certificate, envelope: SignedEnvelope) -> SignatureVerdict:
        """Say what a signature that fits proves."""
        topic = _topic(envelope.topic_arn)
        if certificate.expires < datetime.now(tz=UTC):
            return SignatureVerdict(
                state=SignatureState.EXPIRED,
                because=f"The signature fits, for {topic}, but the certificate expired on "
                f"{certificate.expires:%Y-%m-%d}, so it no longer proves that Amazon SNS made it. The message "
                f"says that it was sent at {envelope.timestamp[:40]}.",
            )
        if other := self._whose_else(envelope.topic_arn):
            return SignatureVerdict(
                state=SignatureState.OTHER_TOPIC,
                because=f"The signature fits: Amazon SNS passed this on for {topic}. {other}",
            )
        return SignatureVerdict(
            state=SignatureState.GENUINE,
            because=f"The signature fits: Amazon SNS passed this on for {topic}, and it was not changed "
            "since. Who published it there is told to nobody.",
        )

    def _whose_else(self, topic_arn: str) -> str:
        """Why the topic is not the one that is meant; empty where it is, or where that cannot be known."""
        match self._followed:
            case TopicAddress() as topic if topic.text != topic_arn:
                return f"That is not the topic that is followed, {topic.name}."
            case QueueAddress(account_id=account_id) if topic_arn.split(":")[4] != account_id:
                return (
                    f"That is not the account of this queue, {grouped_account(account_id)}: unless you set it up so, "
                    "somebody else's topic sends here."
                )
            case _:
                return ""

    def _certificate(self, url: str, fetch: Callable[[str], bytes]) -> _Certificate | SignatureVerdict:
        if url not in self._certificates:
            if len(self._certificates) >= MOST_CERTIFICATES:
                return _not_checked("The messages name more certificates than one service would use.")
            self._certificates[url] = _read_certificate(url, fetch)
        return self._certificates[url]


def _read_certificate(url: str, fetch: Callable[[str], bytes]) -> _Certificate | SignatureVerdict:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    try:
        certificate = x509.load_pem_x509_certificate(fetch(url))
        key = certificate.public_key()
    except ProblemError as error:
        return _not_checked(f"The certificate could not be fetched: {error.problem.title}")
    except ValueError:
        return _not_checked("What was found at the certificate's address is no certificate.")
    if not isinstance(key, RSAPublicKey):
        return _not_checked("The certificate has a key of a kind that SNS does not use.")
    return _Certificate(key, certificate.not_valid_after_utc)


def _fits(key: RSAPublicKey, envelope: SignedEnvelope) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256

    # SHA-1 is what SNS's first signature version is made of; a topic may be set to the second.
    digest = SHA1() if envelope.hash_name == "sha1" else SHA256()  # noqa: S303 - the service's format
    try:
        key.verify(envelope.signature, envelope.signed_text, padding.PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True


def _topic(arn: str) -> str:
    """In words; the certificate's address was judged by it, so it has six parts."""
    region, account_id, name = arn.split(":")[3:]
    return f"the topic “{name[:256]}” of the account {grouped_account(account_id[:20])} in {region}"


def _not_checked(because: str) -> SignatureVerdict:
    return SignatureVerdict(state=SignatureState.NOT_CHECKED, because=because)
