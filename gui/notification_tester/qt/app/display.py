# SPDX-License-Identifier: MIT
"""Whether there is a screen. Qt does not ask: where none answers, it ends the process.

A name in ``DISPLAY`` or ``WAYLAND_DISPLAY`` is only a promise (over ssh, in a container): somebody has to answer there.
Source of the names: X(7), "Display names"; the Wayland documentation of ``wl_display_connect``.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 2.0


def is_there(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether Qt would find a screen. Where a platform plugin is asked for by name, that is the person's own choice."""
    if sys.platform in {"win32", "darwin"} or environment.get("QT_QPA_PLATFORM"):
        return True
    wayland = environment.get("WAYLAND_DISPLAY", "")
    if wayland and _answers_unix(os.path.join(environment.get("XDG_RUNTIME_DIR", ""), wayland)):  # noqa: PTH118 - may be absolute
        return True
    return _x_answers(environment.get("DISPLAY", ""))


def _x_answers(name: str) -> bool:
    parts = re.fullmatch(r"(?:(?P<host>.*):)?:?(?P<number>\d+)(?:\.\d+)?", name) if name else None
    if parts is None:
        # macOS names its socket by a path; anything else that is set is left to Qt.
        return bool(name)
    host, number = (parts["host"] or "").rstrip(":"), int(parts["number"])
    if host in {"", "unix"}:
        path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
        return _answers_unix(f"\0{path}") or _answers_unix(path)
    import socket

    try:
        socket.create_connection((host, 6000 + number), timeout=SECONDS).close()
    except OSError:
        return False
    return True


def _answers_unix(address: str) -> bool:
    import socket  # here, because a system that promises its screen otherwise needs none of it at the start

    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SECONDS)
        try:
            connection.connect(address)
        except OSError:
            return False
    return True
