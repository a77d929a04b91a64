# SPDX-License-Identifier: MIT
"""``hit-types``: see, apply, switch, undo and carry over notification settings, for one HIT type or thousands.

With ``--json`` it prints ``{"results": [{"hit_type_id", "state", "problem", …}], "counts": {…}, "notes": […]}``. A
state is ``applied``, ``failed``, ``unknown`` (sent, and no answer came) or ``not-sent``; in a list it is that of the
newest change in the record, ``unknown`` or ``pending`` as long as one is in doubt, or null. The exit code is 1 where
any HIT type was not applied, or the record cannot be read: then a change sends nothing, and a list has ``problem`` and
what the HITs tell. A change has ``problem`` beside ``results``, too: what ended it before its time (Ctrl-C, a
full disk, what all would have met), or null.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notification_tester.cli.given import read_given
from notification_tester.cli.output import NO, YES, print_json, print_line, say_problem
from notification_tester.cli.own_words import for_a_command
from notification_tester.cli.send import practice_destination
from notification_tester.cli.stoppable import Patience, session_for, until_stopped
from notification_tester.domain.counts import counted
from notification_tester.domain.destination import parse_transport
from notification_tester.domain.hit_type import parse_hit_type_id
from notification_tester.domain.notification import VERSIONS, NotificationSpec, parse_spec
from notification_tester.domain.pasted_ids import LARGEST_LIST, read_hit_type_ids
from notification_tester.domain.problem import Cause, Problem, ProblemError, input_problem
from notification_tester.domain.setting import Action, LineState
from notification_tester.services.hit_types.bulk_types import RowState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.setting import Setting
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import HitTypeRow
    from notification_tester.services.hit_types.settings import HitTypes
    from notification_tester.services.session import Session

_ACTIONS = {
    "apply": Action.APPLY,
    "on": Action.SWITCH_ON,
    "off": Action.SWITCH_OFF,
    "undo": Action.UNDO,
    "reapply": Action.REAPPLY,
}


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    parser = commands.add_parser("hit-types", help="see and change the notification settings of HIT types")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    listed = actions.add_parser("list", help="what the record knows, and with --refresh also what the HITs tell")
    listed.add_argument("--refresh", action="store_true", help="collect HIT types from the account's HITs first")

    applied = actions.add_parser("apply", help="set where to send and which events to tell about, and switch it on")
    applied.add_argument("--transport", required=True, help="Email, SQS or SNS")
    applied.add_argument(
        "--destination", default="", help="the e-mail address, queue URL or topic ARN (not in practice)"
    )
    applied.add_argument("--events", required=True, help="the events, with commas")
    applied.add_argument("--version", default=VERSIONS[0], help=f"the message version (default: {VERSIONS[0]})")

    every = {
        "apply": "every HIT type that the HITs or the record tell of",
        "on": "every HIT type of which the record knows a specification",
        "off": "every HIT type that the record knows to be set, or that may be, as no answer came",
        "reapply": "every HIT type of which the record knows a specification",
    }
    about = {
        "on": "switch notifications on; what is set otherwise stays",
        "off": "switch notifications off; what is set otherwise stays",
        "undo": "put back what the record says was set before the last change",
        "reapply": "set the same again, as is needed after a change of keys",
    }
    for name, action in [("apply", applied), *((name, actions.add_parser(name, help=about[name])) for name in about)]:
        action.add_argument("ids", nargs="*", metavar="ID", help="ids of HIT types; - reads them from standard input")
        if name in every:
            action.add_argument("--all", action="store_true", help=every[name])
        action.add_argument("--yes", action="store_true", help="change the live service, too")

    for name, help_text in (("export", "write the record to a file"), ("import", "read such a file into the record")):
        moved = actions.add_parser(name, help=f"{help_text}: CSV where its name ends in .csv, else JSON")
        moved.add_argument("file", metavar="FILE", type=_named_file)
        if name == "import":
            moved.add_argument("--yes", action="store_true", help="change the record of the live service, too")
    for action in actions.choices.values():
        action.add_argument("--account", default="practice", help="practice, environment, or a stored account's name")
        action.add_argument("--sandbox", action="store_true", help="with --account environment: the sandbox")
        action.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError."""
    action = _ACTIONS.get(arguments.action)
    # Before anything is started: what is wrong in the words is said at once.
    given = bool(getattr(arguments, "destination", "")) or arguments.account.strip().casefold() != "practice"
    spec = _spec(arguments, arguments.destination) if action is Action.APPLY and given else None
    ids = _ids(arguments) if action is not None else ()
    with session_for(arguments.secrets) as session:
        opened = session.open_named(arguments.account, sandbox=arguments.sandbox)
        if not getattr(arguments, "yes", True):
            _must_not_be_live(opened)
        if action is Action.APPLY and spec is None:
            spec = _spec(arguments, practice_destination(opened, parse_transport(arguments.transport)))
        if action is not None:
            return _change(session, opened, arguments, action, spec, ids)
        if arguments.action == "list":
            return _list(session, opened, arguments)
        return _move(session, opened, arguments)


def _spec(arguments: argparse.Namespace, destination: str) -> NotificationSpec:
    return parse_spec(
        transport=parse_transport(arguments.transport),
        destination=destination,
        events=arguments.events.split(","),
        version=arguments.version,
    )


def _ids(arguments: argparse.Namespace) -> tuple[HitTypeId, ...]:
    every = getattr(arguments, "all", False)
    if every == bool(arguments.ids):
        raise input_problem(
            "hit-types.none-chosen",
            title="Ids and --all do not go together." if every else "No HIT type is chosen.",
            detail="Either some HIT types are named or all of them are meant."
            if hasattr(arguments, "all")
            else "This is done for HIT types that are named, never for all at once.",
            remedy="Give ids, with blanks between them" + (", or --all." if hasattr(arguments, "all") else "."),
        )
    if arguments.ids == ["-"]:
        return read_hit_type_ids(read_given("-", most=LARGEST_LIST)).ids
    return tuple(parse_hit_type_id(one) for one in arguments.ids)


def _must_not_be_live(opened: OpenAccount) -> None:
    if opened.account.is_live:
        host = urlsplit(opened.account.mturk_endpoint).hostname
        raise input_problem(
            "live.not-confirmed",
            title="This would change the live Mechanical Turk.",
            detail=f"The account “{opened.account.name}” calls {host}, which is the live one, and --yes was not "
            "given. Nothing was sent.",
            remedy="Give --yes if you mean it, or --sandbox or another account to practise.",
        )


def _change(
    session: Session,
    opened: OpenAccount,
    arguments: argparse.Namespace,
    action: Action,
    spec: NotificationSpec | None,
    ids: Sequence[HitTypeId],
) -> int:
    from notification_tester.services.hit_types.bulk_types import BulkRequest
    from notification_tester.services.hit_types.refusals import STOPPED

    hit_types = session.hit_types
    hit_types.must_record()  # before all HIT types are collected, which may take minutes
    wanted = tuple(ids) or _every(session, opened, action)
    preview = hit_types.preview(opened, BulkRequest(action=action, hit_type_ids=wanted, spec=spec))
    patience = Patience()
    outcome = until_stopped(
        lambda stop: hit_types.run(
            opened,
            preview.changes,
            progress=lambda news: patience.hear(news.done),
            stop=stop,
        ),
        look=patience.look,
    )
    ended = {one.hit_type_id: (one.state.value, one.problem) for one in outcome.results}
    results = []
    for row in preview.rows:
        problem = STOPPED if row.change is not None else _cannot(row.why_not)
        state, why = ended.get(row.hit_type_id, (LineState.NOT_SENT.value, problem))
        results.append(_result(row.hit_type_id, state, why))
    _say(session, results, outcome.stopped_by, as_json=arguments.json)
    return YES if all(one["state"] == LineState.APPLIED.value for one in results) else NO


def _every(session: Session, opened: OpenAccount, action: Action) -> tuple[HitTypeId, ...]:
    hit_types = session.hit_types
    if action is Action.APPLY:
        _refresh(hit_types, opened)
    rows = hit_types.rows(opened)
    ids = tuple(row.id for row in rows if _is_meant(row, action))
    if not ids and action is Action.APPLY:
        raise ProblemError(_NONE_THERE)
    return ids


def _is_meant(row: HitTypeRow, action: Action) -> bool:
    """Whether ``--all`` takes it. What may be on is switched off, too: that does no harm where nothing is set."""
    match action:
        case Action.APPLY:
            return True
        case Action.SWITCH_OFF if row.setting.active or row.is_in_doubt:
            return True
        case _:
            return row.setting.spec is not None


def _refresh(hit_types: HitTypes, opened: OpenAccount) -> None:
    """Collect the HIT types, to the end. Raises ProblemError, also where a person stopped it before."""
    patience = Patience()
    last = until_stopped(
        lambda stop: hit_types.refresh(opened, progress=lambda news: patience.hear(news.pages), stop=stop),
        look=patience.look,
    )
    if last.was_stopped:
        raise ProblemError(_STOPPED_COLLECTING)


_NONE_THERE = Problem(
    title="There is no HIT type to change.",
    detail="Mechanical Turk tells of no HIT of this account, and the record knows of no HIT type. Nothing was sent.",
    remedy="Give the ids of HIT types, or check that this is the account and the environment that you mean.",
    code="hit-types.none-there",
    cause=Cause.REFUSED,
)

_STOPPED_COLLECTING = Problem(
    title="It was stopped while HIT types were collected.",
    detail="Not all of them are known yet. Nothing was sent.",
    remedy="Start it again when you like, or give the ids of HIT types.",
    code="hit-types.stopped-collecting",
    cause=Cause.REFUSED,
)


def _cannot(why: str) -> Problem:
    return Problem(
        title="There is nothing to send.",
        detail=why,
        remedy="Apply a specification instead.",
        code="hit-types.nothing-to-send",
        cause=Cause.INPUT,
    )


def _result(hit_type_id: str, state: str | None, problem: Problem | None, **more: Any) -> dict[str, Any]:
    return {
        "hit_type_id": hit_type_id,
        "state": state,
        "problem": None if problem is None else problem.as_json(),
        **more,
    }


def _list(session: Session, opened: OpenAccount, arguments: argparse.Namespace) -> int:
    rows, problem = _rows(session, opened, arguments)
    if problem is not None:
        say_problem(problem, as_json=False)
    if arguments.json:
        print_json(
            {
                "results": [_row_json(row) for row in rows],
                "counts": {"hit_types": len(rows), "hits": sum(row.hits for row in rows)},
                **({} if problem is None else {"problem": for_a_command(problem).as_json()}),
                "notes": _notes(session),
            }
        )
        return YES if problem is None else NO
    for row in rows:
        print_line(_row_line(row))
    if problem is None:
        what = "Mechanical Turk cannot be asked what is set; this is what the record says."
    elif arguments.refresh:
        what = "This is what Mechanical Turk's HITs tell. The record cannot be read, so what is set is not known."
    else:
        what = "The record cannot be read, so what is set is not known. With --refresh, what the HITs tell is listed."
    print_line(f"{counted(len(rows), 'HIT type')}. {what}")
    for note in _notes(session):
        print_line(f"Note: {note}")
    return YES if problem is None else NO


def _rows(
    session: Session, opened: OpenAccount, arguments: argparse.Namespace
) -> tuple[Sequence[HitTypeRow], Problem | None]:
    """What the record and, where that was wished, the HITs tell; and why the record cannot be read."""
    try:
        if arguments.refresh:
            _refresh(session.hit_types, opened)
        return session.hit_types.rows(opened), session.history_problem
    except ProblemError as error:
        if error.problem.cause is not Cause.STORAGE or session.history_problem is not None:
            raise
        from notification_tester.services.hit_types.settings import HitTypes

        without = HitTypes(ledger=None, tested=None, record_problem=error.problem)
        if arguments.refresh:
            _refresh(without, opened)
        return without.rows(opened), error.problem


def _row_json(row: HitTypeRow) -> dict[str, Any]:
    spec = row.setting.spec
    return _result(
        row.id,
        None if row.line_state is None else row.line_state.value,
        row.problem,
        title=row.title,
        reward=row.reward,
        hits=row.hits,
        hits_by_status=dict(row.hits_by_status),
        newest=row.newest or None,
        setting=None if spec is None else dict(spec.to_request()),
        active=row.setting.active,
        source=row.source.value,
        set_by=None if row.set_by is None else row.set_by.value,
        set_at=_moment(row.set_at),
        takes_effect_by=_moment(row.takes_effect_by),
        tested_at=None if row.last_test is None else _moment(row.last_test.at),
        test_result=None if row.last_test is None else row.last_test.result.value,
        changed_since_test=row.is_changed,
    )


def _row_line(row: HitTypeRow) -> str:
    return f"{row.id}  {_state_line(row)}  {counted(row.hits, 'HIT')}  {row.title}"


def _state_line(row: HitTypeRow) -> str:
    """What is said of the last change first, and then what is set, or was before that change."""
    held = _setting_line(row.setting)
    match row.state:
        case RowState.NO_RECORD:
            return "not known, as the record cannot be read"
        case RowState.UNKNOWN:
            return f"not known whether the last change was applied; before it: {held}"
        case RowState.PENDING:
            return f"a change is being sent just now; before it: {held}"
        case RowState.FAILED:
            return f"the last change failed; still as before: {held}"
        case RowState.NOT_SENT:
            return f"the last change was not sent; still as before: {held}"
        case _:
            return held


def _setting_line(setting: Setting) -> str:
    spec = setting.spec
    if spec is None and setting.active is None:
        return "not set from here"
    switched = {True: "on", False: "off", None: "not known whether on"}[setting.active]
    return f"{switched}, " + (
        "where to is not known" if spec is None else f"{spec.transport.value}, {spec.destination.text}"
    )


def _named_file(text: str) -> str:
    """The name of a file; a record is written whole or not at all, which no stream can be."""
    if text == "-":
        message = "the record goes to a file and comes from one: give its name (./- for one that is called so)"
        raise argparse.ArgumentTypeError(message)
    return text


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _move(session: Session, opened: OpenAccount, arguments: argparse.Namespace) -> int:
    if session.history_problem is not None:
        raise ProblemError(session.history_problem)
    path = Path(arguments.file)
    if arguments.action == "export":
        counts = {"lines": session.hit_types.export_record(opened, path)}
    else:
        done = session.hit_types.import_record(opened, path)
        counts = {
            "added": done.added,
            "already_there": done.already_there,
            "answered": done.answered,
            "hit_types": done.hit_types,
        }
    if arguments.json:
        print_json({"results": [], "counts": counts, "notes": _notes(session)})
    else:
        print_line(_counted(counts))
    return YES


def _say(session: Session, results: Sequence[dict[str, Any]], stopped_by: Problem | None, *, as_json: bool) -> None:
    states = Counter(str(one["state"]) for one in results)
    ends = (LineState.APPLIED, LineState.FAILED, LineState.UNKNOWN, LineState.NOT_SENT)
    counts = {"total": len(results), **{end.value.replace("-", "_"): states[end.value] for end in ends}}
    if as_json:
        problem = None if stopped_by is None else stopped_by.as_json()
        print_json({"results": list(results), "counts": counts, "problem": problem, "notes": _notes(session)})
        return
    for one in results:
        problem = one["problem"]
        print_line(
            f"{one['hit_type_id']}  {one['state']}" + (f"  {problem['title']} {problem['detail']}" if problem else "")
        )
    print_line(_counted(counts))
    if stopped_by is not None:
        print_line(f"It ended before its time. {stopped_by.title} {stopped_by.detail} {stopped_by.remedy}")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items()) + "."


def _notes(session: Session) -> list[str]:
    problems: Iterable[Problem | None] = (session.history_problem, *(problem for problem, _ in session.notices))
    return [one.title for one in problems if one is not None]
