# SPDX-License-Identifier: MIT
"""Answers that break on their way, under every word of the command line: what is told must be so all the same.

The gateway knows what the service really carried out. "Accepted", "arrived", "applied" may only be said of what was;
"no" and "failed" only of what was not; all else is not known, and says so.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from breaking_proxy import FOREVER
from torture.breaks import BREAKS, SLOW, TRUE
from torture.scene import LIST, RECEIVE, SEND, SET, Scene, is_test, members, must, scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from random import Random

    from torture.nursery import Home, Ran
    from torture.trial import Try

FULL, SHORT = 1_000, len(BREAKS)
IMPATIENT = """
from notification_tester.aws import clients
from notification_tester.services import holding as inbox_holding
from notification_tester.services import polls
clients.CALL_SECONDS, clients.READ_SECONDS = 1.2, 0.6
polls.FIRST_PAUSE = 0.2
inbox_holding.GIVE_BACK_SECONDS = 2.0
"""
PASSING = (1, 2, 4)
"""How many times an answer breaks where the program asks again without end, says so, and waits for Ctrl-C."""
LYING = """
from notification_tester.cli import check, hit_types, listen, send
def lie(told):
    if isinstance(told, dict):
        return {name: lie(value) for name, value in told.items()}
    if isinstance(told, list):
        return [lie(one) for one in told]
    return {"unknown": "yes", "no": "yes", "failed": "applied", "not-sent": "applied"}.get(told, told)
def lying(honest):
    return lambda value, **more: honest(lie(value), **more)
for module in (check, hit_types, listen, send):
    module.print_json = lying(module.print_json)
"""


@dataclass
class Case:
    """One command, whose answers break."""

    scene: Scene
    number: int
    chance: Random
    home: Home
    before: str
    is_for_good: bool = False

    def run(self, *words: str) -> Ran:
        """The command, with ``--json``."""
        return self.scene.nursery.run(self.home, *words, "--account", "environment", "--json", before=self.before)

    def breaks(self, *operations: str, times: Sequence[int] = (1, 2, FOREVER, FOREVER)) -> str:
        """Break one of these, or all that comes, so many times; the name of the break."""
        name = list(BREAKS)[self.number % len(BREAKS)]
        operation = self.chance.choice([*operations, *operations, "*"])
        count = self.chance.choice(times)
        self.is_for_good = count == FOREVER
        self.scene.gateway.breaks(operation, BREAKS[name], times=count)
        return name


def send(case: Case) -> None:
    """A test of a queue or a topic."""
    chance, scene = case.chance, case.scene
    strangers = [f"theirs {n}" for n in range(chance.randint(0, 3))]
    queue = scene.queue(strangers=strangers)
    through_topic = chance.random() < 0.4
    where = ("SNS", scene.topic()) if through_topic else ("SQS", queue)
    keep = chance.random() < 0.2
    words = ["send", "--transport", where[0], "--destination", where[1], "--event", "AssignmentSubmitted"]
    words += ["--wait", "0.8", *(["--keep"] if keep else [])]
    of_topic = ("CreateQueue", "SetQueueAttributes", "Subscribe", "Unsubscribe", "DeleteQueue", "GetTopicAttributes")
    name = case.breaks(SEND, SEND, RECEIVE, "GetQueueAttributes", "DeleteMessageBatch", *(of_topic * through_topic))
    ran = case.run(*words)
    carried = case.scene.carried()
    sent = [one for one in carried if one.operation == SEND and one.answer.status == 200]
    seen = [one for one in carried if one.operation == RECEIVE and is_test(one.answer.body.decode())]
    bodies = scene.contents(queue, carried)
    records = scene.look_after(case.home, ran)
    told = ran.json()
    if "accepted" in told:
        lamps = [told[lamp]["state"] for lamp in ("accepted", "arrived", "as_expected")]
        _lamps_are_so(lamps, sent=bool(sent), seen=bool(seen))
        must(not ("taken out again." in ran.output and any(map(is_test, bodies))), "said to be taken out, and there")
        rows = records["history"]
        must(len(rows) == 1, f"{len(rows)} tests in the history")
        written = [rows[0][lamp]["state"] for lamp in ("accepted", "arrived", "as_expected")]
        _lamps_are_so(written, sent=bool(sent), seen=bool(seen))
    else:
        must(not sent, "sent, and no lamp tells of it")
    must(len(sent) <= 1, f"sent {len(sent)} times after {name}")
    theirs = [body for body in bodies if not is_test(body)]
    must(sorted(theirs) == strangers, f"other people's messages: {sorted(theirs)} of {strangers} after {name}")
    must(not (keep and sent and not through_topic and not any(map(is_test, bodies))), "taken out although --keep")


def _lamps_are_so(lamps: Sequence[str], *, sent: bool, seen: bool) -> None:
    accepted, arrived, expected = lamps
    must(accepted != "yes" or sent, "accepted: yes, and it was not carried out")
    must(accepted != "no" or not sent, "accepted: no, and it was carried out")
    must(arrived != "yes" or seen, "arrived: yes, and no queue gave it out")
    must(arrived != "no" or not sent, "arrived: no, and it is there")
    must(expected != "yes" or seen, "as expected: yes, and nothing was seen")


def follow(case: Case) -> None:
    """Listening to a queue or a topic."""
    chance, scene = case.chance, case.scene
    strangers = [f"theirs {n}" for n in range(chance.randint(1, 4))]
    queue = scene.queue(strangers=strangers)
    through_topic = chance.random() < 0.3
    where = ("SNS", scene.topic()) if through_topic else ("SQS", queue)
    of_topic = ("CreateQueue", "SetQueueAttributes", "Subscribe", "Unsubscribe", "DeleteQueue")
    of_queue = (RECEIVE, RECEIVE, "GetQueueAttributes", "ChangeMessageVisibilityBatch")
    name = case.breaks(*(of_topic if through_topic else of_queue))
    ran = case.run("listen", "--transport", where[0], "--destination", where[1], "--seconds", "0.8")
    carried = case.scene.carried()
    bodies = scene.contents(queue, carried)
    scene.look_after(case.home, ran)
    lines = [json.loads(line) for line in ran.output.splitlines()]
    printed = [one["raw"] for one in lines if one.get("raw") is not None]
    must(sorted(bodies) == strangers, f"other people's messages: {sorted(bodies)} of {strangers} after {name}")
    must(len(printed) == len(set(printed)) and set(printed) <= set(strangers), f"printed: {printed}")
    is_quiet = ran.code == 0 and not any("problem" in one and "raw" not in one for one in lines)
    if is_quiet and not through_topic and name not in (*SLOW, *TRUE):
        must(sorted(printed) == strangers, f"it ended well, and printed only {printed}, after {name}")


def look(case: Case) -> None:
    """The checkup of a queue or topic, which changes nothing."""
    chance, scene = case.chance, case.scene
    is_open = chance.random() < 0.5
    strangers = ["theirs"]
    queue = scene.queue(is_open=is_open, strangers=strangers)
    case.breaks(
        "GetCallerIdentity", "GetQueueAttributes", "GetQueueAttributes", "GetAccountBalance", "GetTopicAttributes"
    )
    ran = case.run("check", "--transport", "SQS", "--destination", queue)
    carried = case.scene.carried()
    names: Any = ["All"]
    policy = scene.outside.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names).get("Attributes", {})
    must(is_open is bool(policy.get("Policy")), "the policy was changed")
    must(scene.contents(queue, carried) == strangers, "other people's messages are gone")
    scene.look_after(case.home, ran)
    must(is_open or ran.code == 1, "said to be well, and nothing lets it in")


def collect(case: Case) -> None:
    """The list of HIT types, collected from HITs."""
    name = case.breaks(LIST, times=PASSING)
    ran = case.run("hit-types", "list", "--refresh")
    case.scene.carried()
    case.scene.look_after(case.home, ran)
    if ran.code == 0:
        found = {one["hit_type_id"] for one in ran.json()["results"]}
        must(
            set(case.scene.ids) <= found, f"{len(found)} of {len(case.scene.ids)} HIT types, and no word, after {name}"
        )


def change(case: Case) -> None:
    """A specification applied, switched, undone or set again."""
    chance, scene = case.chance, case.scene
    ids = chance.sample(scene.ids, chance.randint(1, 4))
    queue = scene.queue()
    apply = ["hit-types", "apply", "--transport", "SQS", "--destination", queue, "--events"]
    action = chance.choice(["apply", "apply", "on", "off", "undo", "reapply"])
    if action != "apply":
        must(case.run(*apply, "HITExpired", *ids).code == 0, "it could not be set to begin with")
        if action == "undo":
            must(case.run(*apply, "HITReviewable", *ids).code == 0, "it could not be set to begin with")
        case.scene.carried()
    before = scene.settings(ids)
    name = case.breaks(SET, times=PASSING)
    ran = case.run(*([*apply, "AssignmentReturned"] if action == "apply" else ["hit-types", action]), *ids)
    carried = case.scene.carried()
    after = scene.settings(ids)
    records = scene.look_after(case.home, ran)
    told = ran.json()
    done = {members(one)["HITTypeId"] for one in carried if one.operation == SET and one.answer.status == 200}
    for one in told.get("results", ()):
        state, its = one["state"], one["hit_type_id"]
        must(state != "applied" or its in done, f"{action} told as applied, and it was not carried out, after {name}")
        must(state not in {"failed", "not-sent"} or its not in done, f"{action} {state}, and carried out, after {name}")
    must(done <= {row["hit_type_id"] for row in records["hit_types"]}, f"carried out, and not recorded, after {name}")
    must("results" in told or not done, f"{action} carried out, and nothing is told, after {name}")
    for row in records["hit_types"]:
        its = row["hit_type_id"]
        if its not in ids:
            continue
        wanted = None if row["setting"] is None else (row["setting"], row["active"])
        if row["state"] == "applied":
            must(wanted == after[its], f"{action}: recorded {wanted}, really {after[its]}, after {name}")
        if row["state"] == "failed":
            must(after[its] == before[its], f"{action}: recorded as failed, and it was changed, after {name}")
    scene.outside.sqs.delete_queue(QueueUrl=queue)


WORDS: tuple[Callable[[Case], None], ...] = (send, send, send, follow, follow, look, collect, change, change)


@contextmanager
def trying(folder: Path, *, planted: bool = False) -> Iterator[Try]:
    """One command a case; each break comes in its turn, and chance says where."""
    with scene(folder) as found:

        def attempt(number: int, chance: Random) -> None:
            found.carried()
            found.gateway.seen.clear()
            case = Case(found, number, chance, found.home(), IMPATIENT + (LYING if planted else ""))
            chance.choice(WORDS)(case)

        yield attempt
