# SPDX-License-Identifier: MIT
"""A program of the time when boto 2 was the client of Mechanical Turk; run by a Python that has boto 2.49.

It reads one JSON object from standard input (``do`` and what that needs) and prints one. boto 2 is as it was published;
what today's Python has no more is put beside it here, before it is read.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import json
import sys
import types
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Sequence


class SixMoves(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what boto's own copy of six moves about, which it does in a way that ended with Python 3.12."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:
        del path, target
        return importlib.util.spec_from_loader(name, self) if self._six(name) else None

    def create_module(self, spec: Any) -> Any:
        return self._six(spec.name).load_module(spec.name)

    def exec_module(self, module: Any) -> None:
        """It is whole."""

    @staticmethod
    def _six(name: str) -> Any:
        return next((one for one in sys.meta_path if name in getattr(one, "known_modules", ())), None)


class Digest:
    """An HMAC of text, as Python 2 made it."""

    def __init__(self, key: str, digestmod: Any) -> None:
        self._digest = importlib.import_module("hmac").new(key.encode(), digestmod=digestmod)

    def update(self, text: str) -> None:
        self._digest.update(text.encode())

    def digest(self) -> Any:
        return self._digest.digest()


def read_boto() -> Any:
    """Make boto 2 loadable, and its check of a notification, which took texts for bytes."""
    sys.meta_path.insert(0, SixMoves())
    sys.modules.setdefault("imp", types.ModuleType("imp"))  # for plug-ins, of which there are none
    notification: Any = importlib.import_module("boto.mturk.notification")
    base64 = importlib.import_module("base64")
    notification.hmac = types.SimpleNamespace(new=Digest)
    notification.base64 = types.SimpleNamespace(b64encode=lambda digest: base64.b64encode(digest).decode())
    return importlib.import_module("boto.mturk.connection"), notification


def verify(asked: dict[str, Any], notification: Any) -> list[dict[str, Any]]:
    """Read the queries of notifications as a receiver did that was made with boto 2."""
    found = []
    for query in asked["queries"]:
        message = notification.NotificationMessage(dict(parse_qsl(query, keep_blank_values=True)))
        events = [
            [one.event_type, one.event_time_str, one.hit_type, one.hit_id, getattr(one, "assignment_id", None)]
            for one in message.events
        ]
        verdicts = [message.verify(secret) for secret in asked["secrets"]]
        found.append({"version": message.version, "events": events, "verdicts": verdicts})
    return found


def call(asked: dict[str, Any], connection: Any) -> list[dict[str, Any]]:
    """Make calls one after the other; each is a method's name and its arguments."""
    mturk = connection.MTurkConnection(
        asked["key"], asked["secret"], is_secure=False, host=asked["host"], port=asked["port"]
    )
    answers: list[dict[str, Any]] = []
    for name, arguments in asked["calls"]:
        try:
            result = getattr(mturk, name)(**arguments)
            answers.append({"is_valid": result.status, "status": getattr(result, "Status", None)})
        except connection.MTurkRequestError as error:
            answers.append({"error": error.error_code, "message": error.error_message})
    return answers


def main() -> None:
    asked = json.load(sys.stdin)
    connection, notification = read_boto()
    done = verify(asked, notification) if asked["do"] == "verify" else call(asked, connection)
    json.dump(done, sys.stdout)


if __name__ == "__main__":
    main()
