# SPDX-License-Identifier: MIT
"""Is an envelope really from SNS? The cryptography is the library's; here is only what to check with what.

A certificate is fetched once, from SNS's own address alone, and no more than a few of them: envelopes are foreign
text, and each could name another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.domain.problem import ProblemError
from notification_tester.domain.sender import SignatureState, SignatureVerdict, SignedEnvelope, read_envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

MOST_CERTIFICATES = 8

IN_PRACTICE = SignatureVerdict(
    state=SignatureState.NOT_CHECKED,
    because="Not checked: the practice topic makes its signatures up, because only Amazon can sign.",
)


class SignatureCheck:
    """Checks envelopes, with certificates that ``fetch`` gets by their address; without it nothing is checked.

    For one thread. ``fetch`` raises ProblemError.
    """

    def __init__(self, fetch: Callable[[str], bytes] | None) -> None:
        self._fetch = fetch
        self._keys: dict[str, RSAPublicKey | SignatureVerdict] = {}

    def check(self, body: str) -> SignatureVerdict:
        """Judge a message; one that is no envelope has nothing to check. Takes seconds when a certificate is new."""
        found = read_envelope(body)
        if isinstance(found, SignatureVerdict):
            return found
        if self._fetch is None:
            return IN_PRACTICE
        key = self._key(found.certificate_url, self._fetch)
        return key if isinstance(key, SignatureVerdict) else _verified(key, found)

    def _key(self, url: str, fetch: Callable[[str], bytes]) -> RSAPublicKey | SignatureVerdict:
        if url not in self._keys:
            if len(self._keys) >= MOST_CERTIFICATES:
                return _not_checked("The messages name more certificates than one service would use.")
            self._keys[url] = _read_key(url, fetch)
        return self._keys[url]


def _read_key(url: str, fetch: Callable[[str], bytes]) -> RSAPublicKey | SignatureVerdict:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    try:
        key = x509.load_pem_x509_certificate(fetch(url)).public_key()
    except ProblemError as error:
        return _not_checked(f"The certificate could not be fetched: {error.problem.title}")
    except ValueError:
        return _not_checked("What was found at the certificate's address is no certificate.")
    if not isinstance(key, RSAPublicKey):
        return _not_checked("The certificate has a key of a kind that SNS does not use.")
    return key


def _verified(key: RSAPublicKey, envelope: SignedEnvelope) -> SignatureVerdict:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256

    # SHA-1 is what SNS's first signature version is made of; a topic may be set to the second.
    digest = SHA1() if envelope.hash_name == "sha1" else SHA256()  # noqa: S303 - the service's format
    try:
        key.verify(envelope.signature, envelope.signed_text, padding.PKCS1v15(), digest)
    except InvalidSignature:
        return SignatureVerdict(
            state=SignatureState.FALSE,
            because="The signature does not fit: this envelope was not made by Amazon SNS, or was changed since.",
        )
    return SignatureVerdict(
        state=SignatureState.GENUINE, because="The signature fits: Amazon SNS passed this on, and nobody changed it."
    )


def _not_checked(because: str) -> SignatureVerdict:
    return SignatureVerdict(state=SignatureState.NOT_CHECKED, because=because)
