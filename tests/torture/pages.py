# SPDX-License-Identifier: MIT
"""Answers that break under the pages of the real window: what they show must be so, as on the command line.

One window stays open for all cases, as a person's does, so that what one case leaves in it meets the next.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from breaking_proxy import FOREVER
from services.parts import until
from torture.answers import PASSING
from torture.breaks import BREAKS
from torture.nursery import modules
from torture.scene import LIST, RECEIVE, SEND, Scene, is_test, must, scene
from torture.trial import LostError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from torture.trial import Try

FULL, SHORT = 150, 6
"""Not in the gate until a whole run of it was seen."""


class Window:
    """The window, in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], errors: Path) -> None:
        self._process = process
        self._errors = errors

    def do(self, what: str, *given: str) -> dict[str, Any]:
        """Have something done; what the window shows then."""
        self.tell({"do": what, "with": given})
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        said = self._errors.read_text("utf-8")
        if not line:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
            raise LostError(f"the window ended: {self._errors.read_text('utf-8')[-1500:]}")
        must("Traceback" not in said, f"the window: {said[-1500:]}")
        shown: dict[str, Any] = json.loads(line)
        must(not shown["bug"], f"{shown['bug']} after {what}")
        return shown

    def tell(self, value: object) -> None:
        """Write a line to it."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()


def calm(found: Scene, queue: str) -> None:
    """Wait until the window, which does not end with its test, has given back what it holds, or its hold is over."""
    found.gateway.mend()
    until(lambda: found.outside.counts(queue)[1] == 0, seconds=60)


def send(window: Window, found: Scene, chance: Random, name: str) -> None:
    """A test of a queue."""
    strangers = [f"theirs {n}" for n in range(chance.randint(0, 3))]
    queue = found.queue(strangers=strangers)
    operation = chance.choice([SEND, SEND, SEND, RECEIVE, "GetQueueAttributes", "DeleteMessageBatch", "*"])
    found.gateway.breaks(operation, BREAKS[name], times=chance.choice((1, 2, FOREVER)))
    shown = window.do("send", queue)
    calm(found, queue)
    carried = found.carried()
    sent = sum(one.operation == SEND and one.answer.status == 200 for one in carried)
    seen = any(one.operation == RECEIVE and is_test(one.answer.body.decode()) for one in carried)
    bodies = found.contents(queue, carried)
    must(sent <= 1, f"sent {sent} times after {name}")
    must(shown["lamps"] or not sent, f"sent, and nothing is shown, after {name}")
    for lamps in filter(None, (shown["lamps"], shown.get("written"))):
        accepted, arrived, expected = lamps
        must(accepted != "yes" or sent, f"accepted: yes, and it was not carried out, after {name}")
        must(accepted != "no" or not sent, f"accepted: no, and it was carried out, after {name}")
        must(arrived != "yes" or seen, f"arrived: yes, and no queue gave it out, after {name}")
        must(arrived != "no" or not sent, f"arrived: no, and it is there, after {name}")
        must(expected != "yes" or seen, f"as expected: yes, and nothing was seen, after {name}")
    must(sorted(body for body in bodies if not is_test(body)) == strangers, f"other people's messages, after {name}")
    is_said = "taken out again." in shown.get("details", "")
    must(not (is_said and any(map(is_test, bodies))), f"said to be taken out, and there, after {name}")


def collect(window: Window, found: Scene, chance: Random, name: str) -> None:
    """The HIT types, collected again."""
    found.gateway.breaks(LIST, BREAKS[name], times=chance.choice(PASSING))
    shown = window.do("collect")
    found.carried()
    must(shown["is_told"] or set(found.ids) <= set(shown["ids"]), f"{len(shown['ids'])} HIT types, after {name}")


def follow(window: Window, found: Scene, chance: Random, name: str) -> None:
    """A queue in the Inbox."""
    strangers = [f"theirs {n}" for n in range(chance.randint(1, 4))]
    queue = found.queue(strangers=strangers)
    operation = chance.choice([RECEIVE, RECEIVE, "GetQueueAttributes", "ChangeMessageVisibilityBatch", "*"])
    found.gateway.breaks(operation, BREAKS[name], times=chance.choice((1, 2, FOREVER)))
    shown = window.do("follow", queue)
    calm(found, queue)
    carried = found.carried()
    must(shown["rows"] <= len(strangers), f"{shown['rows']} messages of {len(strangers)}, after {name}")
    must(sorted(found.contents(queue, carried)) == strangers, f"other people's messages, after {name}")


PAGES = (send, collect, follow, send)


@contextmanager
def trying(folder: Path, *, planted: bool = False) -> Iterator[Try]:
    """One thing done on a page a case."""
    with scene(folder) as found, _window(found, planted=planted) as window:

        def attempt(number: int, chance: Random) -> None:
            found.carried()
            found.gateway.seen.clear()
            name = list(BREAKS)[number % len(BREAKS)]
            chance.choice(PAGES)(window, found, chance, name)

        yield attempt


@contextmanager
def _window(found: Scene, *, planted: bool) -> Iterator[Window]:
    home = found.home()
    errors = home.folder / "stderr"
    ours = {name: value for name, value in home.variables.items() if not name.startswith("AWS_")}
    environment = {**os.environ, **ours, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": modules()}
    command = [sys.executable, "-P", "-m", "torture.window_person", *(["planted"] if planted else [])]
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with (
        errors.open("wb") as said,
        subprocess.Popen(command, env=environment, stderr=said, encoding="utf-8", **pipes) as process,
    ):
        window = Window(process, errors)
        window.tell({"details": found.cloud.details.as_json(), "gateway": found.gateway.endpoint})
        try:
            yield window
        finally:
            assert process.stdin is not None
            with suppress(OSError):
                process.stdin.close()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
