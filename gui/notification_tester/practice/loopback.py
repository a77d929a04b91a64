# SPDX-License-Identifier: MIT
"""Keeps a process on this computer: practice is a cloud in a box, and so are the tests.

The hook is Python's own (PEP 578; the events ``socket.getaddrinfo``, ``socket.connect``, ``socket.sendto`` and
``socket.sendmsg`` of the table of audit events), so that it also sees what moto and its libraries do. Whoever calls out
meets the error of a computer without a network, which every caller has to expect.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LOOPBACK = "127.0.0.1"

NOBODY = (".invalid", ".test")
"""Names that nobody has (RFC 6761): asking for one is no call."""


def is_loopback(host: str) -> bool:
    """Whether a host is this computer by its name or number; empty means every address of this computer."""
    name = host.partition("%")[0].rstrip(".").lower()
    if name in {"", "localhost"} or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def keep_here(tell: Callable[[str], None]) -> None:
    """Refuse every look-up of a name and every connection that leads elsewhere, from now until the process ends.

    ``tell`` hears the host of each, on the thread that called; it must not raise. Python cannot take a hook back.
    """

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.getaddrinfo":
            host = arguments[0].decode("ascii", "replace") if isinstance(arguments[0], bytes) else arguments[0]
            if isinstance(host, str) and not is_loopback(host):
                if not host.rstrip(".").lower().endswith(NOBODY):
                    tell(host)
                raise socket.gaierror(socket.EAI_NONAME, "nothing outside of this computer is looked up here")
        elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
            address = arguments[1]
            if isinstance(address, tuple) and isinstance(address[0], str) and not is_loopback(address[0]):
                tell(address[0])
                raise OSError(errno.ENETUNREACH, "nothing outside of this computer is called here")

    sys.addaudithook(watch)
