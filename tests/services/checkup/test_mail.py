# SPDX-License-Identifier: MIT
"""Whether a mailbox can receive: asked of a small name server on this computer, never of the network."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from notification_tester.domain.destination import EmailAddress
from notification_tester.domain.finding import Level
from notification_tester.practice.faults import Faults
from notification_tester.services.checkup.checkup import Checkup
from notification_tester.services.checkup.mail import look_up_domain
from services.places_to_check import strange_account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from services.parts import Desk

RECORDS = {
    ("works.example.org.", "MX"): "10 mail.works.example.org.",
    ("refuses.example.org.", "MX"): "0 .",
    ("bare.example.org.", "A"): "93.184.215.14",
    ("silent.example.org.", "TXT"): "x",
}
GONE = "gone.example.org."
MUTE = "mute.example.org."


@pytest.fixture
def resolver() -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks nobody but a server of ours."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            wire, sender = server.recvfrom(4096)
            if not wire:
                return
            query = dns.message.from_wire(wire)
            question = query.question[0]
            name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
            if name == MUTE:
                continue
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            if name == GONE:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            elif (name, kind) in RECORDS:
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, RECORDS[name, kind]))
            server.sendto(answer.to_wire(), sender)

    thread = threading.Thread(target=serve, name="name-server")
    thread.start()
    made = dns.resolver.Resolver(configure=False)
    made.nameservers = ["127.0.0.1"]
    made.port = server.getsockname()[1]
    made.lifetime = 10.0
    yield made
    server.sendto(b"", server.getsockname())
    thread.join()
    server.close()


@pytest.mark.parametrize(
    ("domain", "level"),
    [
        ("works.example.org", Level.GOOD),
        ("refuses.example.org", Level.BROKEN),
        ("gone.example.org", Level.BROKEN),
        ("bare.example.org", Level.BEWARE),
        ("silent.example.org", Level.BROKEN),
        ("mute.example.org", Level.UNKNOWN),
    ],
)
def test_whether_a_domain_takes_mail(resolver: dns.resolver.Resolver, domain: str, level: Level) -> None:
    if level is Level.UNKNOWN:
        resolver.lifetime = 0.3  # nobody answers
    finding = look_up_domain(EmailAddress(address=f"ada@{domain}"), resolver=resolver)
    assert (finding.id, finding.level) == ("email.domain", level), finding
    assert domain in finding.title
    assert finding.detail or finding.level is Level.GOOD
    assert finding.level is Level.GOOD or finding.remedy


def test_without_any_resolver_it_cannot_be_told() -> None:
    nobody = dns.resolver.Resolver(configure=False)
    finding = look_up_domain(EmailAddress(address="ada@works.example.org"), resolver=nobody)
    assert finding.level is Level.UNKNOWN


@pytest.mark.parametrize("settings", ["nameserver somewhere\n", "nameserver\n", "\x00\n", "nameserver ::1%x%y\n"])
def test_settings_of_the_system_that_name_no_server_are_no_fault_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str
) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text(settings, "utf-8")
    monkeypatch.setattr("email_validator.caching_resolver", lambda **_: dns.resolver.Resolver(filename=str(file)))
    assert look_up_domain(EmailAddress(address="ada@works.example.org")).level is Level.UNKNOWN


def test_a_mailbox_is_never_called_good_altogether(desk: Desk, resolver: dns.resolver.Resolver) -> None:
    desk.cloud.set_faults(Faults())
    opened = strange_account(desk.cloud.details)
    address = EmailAddress(address="ada@works.example.org")
    report = Checkup(resolver=resolver).run(opened, address, stop=threading.Event())
    opened.clients.close()
    assert report.verdict is Level.BEWARE
    assert report.findings[0].id == "email.listed"


def test_practice_has_a_mailbox_for_every_address_and_asks_nobody(desk: Desk) -> None:
    address = EmailAddress(address="ada@gone.example.org")
    report = Checkup(resolver=dns.resolver.Resolver(configure=False)).run(desk.opened, address, stop=threading.Event())
    found = report.finding("email.domain")
    assert found is not None
    assert (found.level, found.title) == (Level.GOOD, "The practice mailbox takes every address.")
    assert "ada@gone.example.org" in found.detail
