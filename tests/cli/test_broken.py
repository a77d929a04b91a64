# SPDX-License-Identifier: MIT
"""Commands whose service breaks answers, as somebody in a terminal meets them: true words, exit codes, and an end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from breaking_proxy import JSON, PAGE, Break, Gateway, answer_with, be_silent, breaking, cut, lose_answer, trickle
from services.parts import until
from warm import IMPATIENT, WARM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.practice.cloud import PracticeCloud

CALL_SECONDS, READ_SECONDS = 4, 2
"""Of the commands here, in the place of fifteen and ten."""

CONSTANTS = {
    "notification_tester.aws.clients.CALL_SECONDS": CALL_SECONDS,
    "notification_tester.aws.clients.READ_SECONDS": READ_SECONDS,
    **IMPATIENT,
}
FROM_A_TERMINAL = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from notification_tester.aws import clients; "
    f"clients.CALL_SECONDS, clients.READ_SECONDS = {CALL_SECONDS}, {READ_SECONDS}; "
    "from notification_tester.__main__ import main; sys.exit(main())"
)
"""What is started in the background inherits that SIGINT is ignored."""

START_SECONDS = 6
"""What starting Python and ending it may take on a busy machine, where a send without any trouble takes no third."""

SEND, LIST, SET = "SendTestEventNotification", "ListHITs", "UpdateNotificationSettings"


@dataclass(frozen=True)
class Ran:
    code: int
    output: str
    errors: str
    seconds: float

    def json(self) -> dict[str, Any]:
        value = json.loads(self.output)
        assert isinstance(value, dict)
        return value


@dataclass(frozen=True)
class Terminal:
    """A terminal whose variables lead through the gateway."""

    gateway: Gateway
    cloud: PracticeCloud

    @property
    def environment(self) -> dict[str, str]:
        details = self.cloud.details
        return os.environ | {
            "AWS_ACCESS_KEY_ID": details.access_key_id,
            "AWS_SECRET_ACCESS_KEY": details.secret_access_key,
            "AWS_ENDPOINT_URL": self.gateway.endpoint,
        }

    @contextmanager
    def started(self, *words: str, script: str = FROM_A_TERMINAL) -> Iterator[subprocess.Popen[bytes]]:
        arguments = [sys.executable, "-c", script, *words, "--account", "environment"]
        pipes: dict[str, Any] = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
        with subprocess.Popen(arguments, **pipes, stdin=subprocess.DEVNULL, env=self.environment) as process:
            try:
                yield process
            finally:
                process.kill()

    def __call__(self, *words: str) -> Ran:
        began = time.monotonic()
        done = WARM.run([*words, "--account", "environment"], environment=self.environment, constants=CONSTANTS)
        ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode(), time.monotonic() - began)
        assert "Traceback" not in ran.errors
        return ran

    def send(self, *words: str) -> Ran:
        where = ("--transport", "SQS", "--destination", self.cloud.details.queue_url)
        return self("send", *where, "--event", "AssignmentSubmitted", *words)

    def apply(self, *words: str) -> tuple[str, ...]:
        where = ("--transport", "SQS", "--destination", self.cloud.details.queue_url)
        return ("hit-types", "apply", *where, "--events", "AssignmentSubmitted", *words)


@pytest.fixture
def terminal(cloud: PracticeCloud) -> Iterator[Terminal]:
    with breaking(cloud.port) as gateway:
        yield Terminal(gateway, cloud)


def states(ran: Ran) -> list[str]:
    told = ran.json()
    return [told[lamp]["state"] for lamp in ("accepted", "arrived", "as_expected")]


def test_a_test_whose_answer_was_lost_is_seen_and_not_called_ours(terminal: Terminal) -> None:
    terminal.gateway.breaks(SEND, lose_answer)
    ran = terminal.send("--json")
    assert (ran.code, states(ran)) == (1, ["unknown", "unknown", "unknown"])
    told = ran.json()
    assert "whether it is yours is not known" in told["arrived"]["detail"]
    assert (told["matching_messages"], told["perhaps_not_yours"]) == (1, True)
    assert told["message"] is not None
    assert terminal.gateway.count(SEND) == 1


def test_a_test_of_which_nothing_is_known_says_so_in_words(terminal: Terminal) -> None:
    terminal.gateway.breaks(SEND, answer_with(502, "text/html", PAGE, carried_out=False))
    ran = terminal.send("--wait", "0.5")
    assert ran.code == 1
    assert ran.output.startswith("Accepted: not known. Whether it was taken is not known")
    assert "Accepted: no." not in ran.output
    assert "What to do:" in ran.errors


def start_seconds(terminal: Terminal) -> float:
    """What starting and ending may take here and now: Wine starts a Python in seconds, a busy machine in more."""
    return max(START_SECONDS, 3 * terminal.send("--wait", "1", "--json").seconds)


def test_send_ends_in_its_time_however_everything_trickles(terminal: Terminal) -> None:
    start = start_seconds(terminal)
    terminal.gateway.breaks("*", trickle(0.5, after=20))
    ran = terminal.send("--wait", "1", "--json")
    assert ran.code == 1
    assert "no" not in states(ran)
    # the look before, the call itself, and the wait
    assert ran.seconds < 2 * CALL_SECONDS + 1 + start


def test_send_ends_in_its_time_where_only_the_queue_trickles(terminal: Terminal) -> None:
    start = start_seconds(terminal)
    terminal.gateway.breaks("ReceiveMessage", trickle(0.5, after=20))
    ran = terminal.send("--wait", "1", "--json")
    assert states(ran)[0] == "yes"
    # a poll that is under way may take its own two seconds and the time of a call
    assert ran.seconds < 1 + 2 * (2 + CALL_SECONDS) + start


@pytest.mark.parametrize(
    "how",
    [cut(0.5), answer_with(200, "text/html", PAGE), answer_with(200, JSON, b"{}"), answer_with(502, "text/html", PAGE)],
    ids=["half", "page", "empty", "502"],
)
def test_apply_to_all_after_a_broken_list_is_the_services_trouble(terminal: Terminal, how: Break) -> None:
    terminal.gateway.breaks(LIST, how)
    ran = terminal(*terminal.apply("--all", "--json"))
    assert ran.code == 1
    problem = ran.json()["problem"]
    assert problem["cause"] == "unreachable"
    assert "No HIT type is chosen" not in problem["title"]
    assert terminal.gateway.count(SET) == 0


def test_a_list_that_was_refused_is_no_trouble_of_the_record(terminal: Terminal) -> None:
    """It is told at once, and not asked for once more without the record."""
    refused = answer_with(400, JSON, b'{"__type": "AccessDeniedException"}', carried_out=False)
    terminal.gateway.breaks(LIST, refused, times=1)
    ran = terminal("hit-types", "list", "--refresh", "--json")
    assert (ran.code, set(ran.json())) == (1, {"problem"})
    assert ran.json()["problem"]["cause"] == "permission"
    assert terminal.gateway.count(LIST) == 1


def test_apply_to_all_where_there_is_none_says_so(terminal: Terminal) -> None:
    terminal.gateway.breaks(LIST, answer_with(200, JSON, b'{"NumResults": 0, "HITs": []}'))
    ran = terminal(*terminal.apply("--all", "--json"))
    assert ran.code == 1
    assert ran.json()["problem"]["code"] == "hit-types.none-there"


def test_a_change_whose_answer_was_lost_is_told_as_not_known(terminal: Terminal) -> None:
    known = terminal("hit-types", "list", "--refresh", "--json").json()["results"][0]["hit_type_id"]
    terminal.gateway.breaks(SET, answer_with(500, JSON, b'{"__type": "InternalFailure"}'))
    ran = terminal(*terminal.apply(known, "--json"))
    assert ran.code == 1
    assert [one["state"] for one in ran.json()["results"]] == ["unknown"]
    assert (ran.json()["counts"]["unknown"], ran.json()["counts"]["failed"]) == (1, 0)
    listed = terminal("hit-types", "list", "--json").json()["results"]
    assert [one["state"] for one in listed] == ["unknown"]
    assert terminal.cloud.settings()[known]["active"]
    terminal.gateway.mend()
    off = terminal("hit-types", "off", "--all", "--account", "environment", "--json")
    assert (off.code, [one["hit_type_id"] for one in off.json()["results"]]) == (0, [known])
    assert not terminal.cloud.settings()[known]["active"]


@pytest.mark.skipif(os.name != "posix", reason="a signal as Ctrl-C sends it")
@pytest.mark.parametrize("what", ["list", "apply"])
def test_a_service_that_asks_to_wait_without_end_is_said_to_and_ctrl_c_ends_it(terminal: Terminal, what: str) -> None:
    turned_away = answer_with(429, JSON, b'{"__type": "TooManyRequestsException"}', carried_out=False)
    terminal.gateway.breaks("*", turned_away)
    words = ("hit-types", "list", "--refresh") if what == "list" else terminal.apply("3TYPEAAAAAAAAAAAAAAAAAAAAAAAAA")
    with terminal.started(*words, "--json") as process:
        assert process.stderr is not None
        said = process.stderr.readline().decode()
        assert "asks to wait, or does not answer" in said
        assert "Ctrl-C ends it" in said
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"Traceback" not in errors
    json.loads(output)


@pytest.mark.skipif(os.name != "posix", reason="a signal as Ctrl-C sends it")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
def test_a_checkup_that_is_ended_says_no_word_and_ends_as_a_shell_expects(
    terminal: Terminal, number: signal.Signals
) -> None:
    terminal.gateway.breaks("*", be_silent)
    where = ("--transport", "SQS", "--destination", terminal.cloud.details.queue_url)
    with terminal.started("check", *where, "--json") as process:
        assert until(lambda: terminal.gateway.count("GetQueueAttributes") > 0)
        process.send_signal(number)
        output, errors = process.communicate(timeout=180)
    assert (process.returncode, output, errors) == (128 + number, b"", b"")


@pytest.mark.skipif(os.name != "posix", reason="a signal as Ctrl-C sends it")
@pytest.mark.usefixtures("signals_are_heard")
def test_a_call_that_hangs_does_not_keep_the_command_from_ending(terminal: Terminal) -> None:
    terminal.gateway.breaks(SET, be_silent)
    patient = (
        "import sys; from notification_tester.aws import clients; clients.CALL_SECONDS = clients.READ_SECONDS = 600; "
        "from notification_tester.__main__ import main; sys.exit(main())"
    )
    words = terminal.apply("3TYPEAAAAAAAAAAAAAAAAAAAAAAAAA", "--json")
    with terminal.started(*words, script=patient) as process:
        assert until(lambda: terminal.gateway.count(SET) == 1)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=90)
    assert time.monotonic() - began < 60  # and not the ten minutes of a silent call
    assert [one["state"] for one in json.loads(output)["results"]] == ["unknown"]
