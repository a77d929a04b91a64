# SPDX-License-Identifier: MIT
"""What can be known beforehand about a mailbox: whether its domain takes mail at all, where a resolver answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.domain.finding import Finding, Level

if TYPE_CHECKING:
    from dns.resolver import Resolver

    from notification_tester.domain.destination import EmailAddress

RESOLVER_SECONDS = 5


def mail_findings(address: EmailAddress, *, domain: Finding) -> list[Finding]:
    """The findings about an e-mail address whose domain was looked up already."""
    return [
        Finding(
            id="email.address", level=Level.GOOD, title="The address is written correctly.", detail=address.address
        ),
        domain,
        Finding(
            id="email.listed",
            level=Level.BEWARE,
            title="Mechanical Turk may no longer send e-mail.",
            detail="Amazon's reference no longer lists e-mail as a way to be told; it was seen working in 2017.",
            why="Mechanical Turk may take a test toward a mailbox and send nothing.",
            remedy="Prefer a queue or a topic. A topic can pass notifications on by e-mail.",
        ),
    ]


def practice_domain(address: EmailAddress) -> Finding:
    """Every address works in practice, where Mechanical Turk's e-mails stay on this computer."""
    return Finding(
        id="email.domain",
        level=Level.GOOD,
        title="The practice mailbox takes every address.",
        detail=f"Practice's Mechanical Turk really sends nothing to {address.address}.",
    )


def look_up_domain(address: EmailAddress, *, resolver: Resolver | None = None) -> Finding:
    """Ask the network whether the domain takes mail (RFC 5321, 5.1; RFC 7505). Takes at most RESOLVER_SECONDS or so.

    Without a ``resolver`` the system's own is asked.
    """
    import email_validator

    why = "A mailbox in a domain that takes no mail receives nothing, and nobody says so."
    remedy = "Check the part after @ letter by letter."
    domain = address.address.rpartition("@")[2]
    try:
        asked = resolver or email_validator.caching_resolver(timeout=RESOLVER_SECONDS)
        found = email_validator.validate_email(address.address, check_deliverability=True, dns_resolver=asked)
    except email_validator.EmailUndeliverableError as error:
        return Finding(
            id="email.domain",
            level=Level.BROKEN,
            title=f"{domain} takes no mail.",
            detail=str(error),
            why=why,
            remedy=remedy,
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, the libraries or the system's settings raised it
        return _not_known(domain, str(error) or type(error).__name__)
    if not getattr(found, "mx", None):  # not there at all where nobody answered
        return _not_known(domain, "No resolver answered in time.")
    if found.mx_fallback_type:
        return Finding(
            id="email.domain",
            level=Level.BEWARE,
            title=f"{domain} names no mail server.",
            detail="It has an address, to which mail may be sent all the same, and many such hosts take none.",
            why=why,
            remedy=remedy,
        )
    return Finding(id="email.domain", level=Level.GOOD, title=f"{domain} takes mail.")


def _not_known(domain: str, because: str) -> Finding:
    return Finding(
        id="email.domain",
        level=Level.UNKNOWN,
        title=f"Whether {domain} takes mail cannot be told.",
        detail=because,
        remedy="Check again when the network is there.",
    )
