# SPDX-License-Identifier: MIT
"""``deliver``: what Mechanical Turk would send, sent from this computer to the address that is typed, and no other.

With ``--json`` the value has ``deliveries``, a row for each scenario: its name (``scenario``, null for the message
alone), the three lamps over all of its messages, and ``messages``, each with what was ``sent``, its own lamps, what a
web receiver answered (``answer``), and its ``problem``; the row's own ``sent``, ``answer`` and ``problem`` are those of
the message that decided. Beside the rows stand the first ``problem`` of all, or null, and ``notes``. The exit code is 0
where every message went as it should: a wrong signature that was refused did.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notification_tester.cli.given import secret_in_variable
from notification_tester.cli.output import NO, YES, print_json, print_line, say_problem
from notification_tester.cli.own_words import for_a_command
from notification_tester.cli.send import beside, lamp_line, practice_destination, seconds
from notification_tester.cli.stoppable import session_for, until_stopped
from notification_tester.domain.counts import counted
from notification_tester.domain.events import parse_event
from notification_tester.domain.messages.scenarios import SCENARIOS, parse_scenario
from notification_tester.domain.notification import VERSIONS
from notification_tester.domain.outgoing import (
    DEPRECATED,
    DeliveryForm,
    LegacySignature,
    SignatureKind,
    parse_target,
    real_looking,
    service_test,
)
from notification_tester.domain.problem import ProblemError, input_problem
from notification_tester.domain.smtp import SmtpSecurity, parse_smtp
from notification_tester.domain.web_address import WebAddress
from notification_tester.storage.rows import Outcome

if TYPE_CHECKING:
    import argparse
    import threading
    from collections.abc import Sequence

    from notification_tester.domain.messages.scenarios import Scenario
    from notification_tester.domain.outgoing import MadeNotification, Target
    from notification_tester.domain.smtp import SmtpSettings
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.sending.deliver import Delivered, DeliveredScenario
    from notification_tester.services.sending.delivery_request import DeliveryRequest
    from notification_tester.services.session import Session

_IN_PRACTICE = (DeliveryForm.SQS, DeliveryForm.SNS)
"""Those for which practice has a place of its own."""

_IDS = ("hit_type", "hit", "assignment", "worker")


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    deliver = commands.add_parser("deliver", help="send from this computer what Mechanical Turk would send")
    deliver.add_argument(
        "--to", metavar="ADDRESS", help="queue URL, topic ARN, web or e-mail address (not in practice)"
    )
    deliver.add_argument(
        "--as",
        dest="form",
        required=True,
        choices=[one.value for one in DeliveryForm],
        help="sqs: into a queue; sns: to a topic, or to the web as SNS delivers; rest, soap: to the web, as the older "
        "API did; email: through a mail server",
    )
    deliver.add_argument("--event", action="append", default=[], metavar="E", help="an event; several in one message")
    deliver.add_argument("--version", default=VERSIONS[0], choices=VERSIONS, help=f"default: {VERSIONS[0]}")
    deliver.add_argument("--looks-real", action="store_true", help="made-up ids that are not those of a known test")
    for name in _IDS:
        words = f"--{name.replace('_', '-')}"
        deliver.add_argument(words, action="append", default=[], metavar="ID", help="look real, with this id")
    deliver.add_argument(
        "--scenario",
        action="append",
        default=[],
        metavar="NAME",
        help=f"a way to break receivers, or “all” that the place takes: {', '.join(one.name for one in SCENARIOS)}",
    )
    kinds = [SignatureKind.RIGHT.value, SignatureKind.WRONG.value, SignatureKind.DEPRECATED.value]
    deliver.add_argument("--secret-env", metavar="VAR", help="rest, soap: sign with the secret in this variable")
    deliver.add_argument(
        "--signature", choices=kinds, help="rest, soap (default: right with a secret, else deprecated)"
    )
    deliver.add_argument("--sns-signature", choices=["1", "2"], default="1", help="sns to the web: SignatureVersion")
    deliver.add_argument("--confirm", action="store_true", help="sns to the web: ask first whether it subscribes")
    deliver.add_argument("--trust", action="store_true", help="send also where the certificate is not trusted")
    deliver.add_argument("--smtp", default="", metavar="HOST[:PORT]", help="email: the mail server")
    deliver.add_argument("--smtp-security", choices=[one.value for one in SmtpSecurity], help="default: by the port")
    deliver.add_argument("--smtp-user", default="", metavar="NAME", help="who signs in there")
    deliver.add_argument("--smtp-password-env", metavar="VAR", help="the password (default: the keyring's)")
    deliver.add_argument("--from", dest="sender", default="", metavar="ADDRESS", help="whose mail it is")
    deliver.add_argument("--wait", type=seconds, default=60.0, metavar="S", help="seconds to look in a queue or topic")
    deliver.add_argument("--keep", action="store_true", help="leave the message in the queue")
    deliver.add_argument("--read-anyway", action="store_true", help="look also where reading may move messages away")
    deliver.add_argument("--account", default="practice", help="whose keys fill a queue or a topic, as in “send”")
    deliver.add_argument("--sandbox", action="store_true", help="with --account environment: the sandbox")
    deliver.add_argument("--yes", action="store_true", help="send what could make a receiver elsewhere pay or break")
    deliver.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError."""
    from notification_tester.services.sending.delivery_request import DeliveryRequest, asks_first

    form = DeliveryForm(arguments.form)
    in_practice = arguments.account.strip().casefold() == "practice"
    target = (
        None
        if arguments.to is None and in_practice and form in _IN_PRACTICE
        else parse_target(arguments.to or "", form)
    )
    if isinstance(target, WebAddress):
        arguments.secrets.add(*target.secrets)
    notification, signature = _notification(arguments, form), _signature(arguments)
    smtp = _smtp(arguments) if form is DeliveryForm.EMAIL else None
    with session_for(arguments.secrets) as session:
        opened = None
        if target is None or not (isinstance(target, WebAddress) or form is DeliveryForm.EMAIL):
            opened = session.open_named(arguments.account, sandbox=arguments.sandbox)
        place = target or _in_practice(opened, form)
        request = DeliveryRequest(
            target=place,
            form=form,
            notification=notification,
            scenarios=_scenarios(arguments.scenario, form, place),
            signature=signature,
            sns_signature_version=arguments.sns_signature,
            confirm_subscription=arguments.confirm,
            smtp=smtp,
            wait_seconds=arguments.wait,
            remove_afterwards=not arguments.keep,
            read_anyway=arguments.read_anyway,
            trust_untrusted=arguments.trust,
        )
        if not arguments.yes and (question := asks_first(opened, request)) is not None:
            raise ProblemError(question)
        delivered, is_stopped = _deliver(session, opened, request)
        _report(delivered, beside(session), as_json=arguments.json)
    return YES if not is_stopped and all(_is_well(one) for one in delivered) else NO


def _deliver(
    session: Session, opened: OpenAccount | None, request: DeliveryRequest
) -> tuple[tuple[Delivered, ...], bool]:
    def work(stop: threading.Event) -> tuple[tuple[Delivered, ...], bool]:
        return session.deliveries.run(opened, request, stop=stop), stop.is_set()

    done = until_stopped(work)
    session.deliveries.close()  # what was borrowed is given back before anything is told
    return done


def _is_well(delivered: Delivered) -> bool:
    return delivered.is_good or (delivered.outcome is Outcome.UNKNOWN and delivered.problem is None)


def _notification(arguments: argparse.Namespace, form: DeliveryForm) -> MadeNotification:
    """The service's own test, unless it shall look real, or has more than one event."""
    events = [parse_event(one) for one in arguments.event]
    ids: dict[str, list[str]] = {name: getattr(arguments, name) for name in _IDS}
    now = datetime.now(tz=UTC)
    if not (arguments.looks_real or any(ids.values()) or len(events) > 1):
        return service_test(events[0] if events else None, arguments.version, now, form=form)
    if not events:
        raise input_problem(
            "words.wrong",
            title="No event is named.",
            detail="What is to look real is about an event.",
            remedy="Name one: --event AssignmentSubmitted.",
        )
    return real_looking(
        events,
        arguments.version,
        hit_types=ids["hit_type"],
        hits=ids["hit"],
        assignments=ids["assignment"],
        workers=ids["worker"],
        now=now,
        chance=random.SystemRandom(),
    )


def _signature(arguments: argparse.Namespace) -> LegacySignature:
    secret = secret_in_variable(arguments.secret_env, arguments.secrets)
    if arguments.signature is None and not secret:
        return DEPRECATED
    kind = SignatureKind.RIGHT if arguments.signature is None else SignatureKind(arguments.signature)
    if kind is SignatureKind.RIGHT and not secret:
        raise input_problem(
            "delivery.no-secret",
            title="There is no secret to sign with.",
            detail="The older API signed with the requester's secret key, which the receiver knows as well.",
            remedy="Put it into a variable, and name that: --secret-env VAR.",
        )
    return LegacySignature(kind=kind, secret=secret)


def _smtp(arguments: argparse.Namespace) -> SmtpSettings:
    return parse_smtp(
        arguments.smtp,
        security=None if arguments.smtp_security is None else SmtpSecurity(arguments.smtp_security),
        user=arguments.smtp_user,
        sender=arguments.sender,
        password=secret_in_variable(arguments.smtp_password_env, arguments.secrets),
    )


def _scenarios(names: Sequence[str], form: DeliveryForm, place: Target) -> tuple[Scenario, ...]:
    if "all" in [name.strip().casefold() for name in names]:
        return tuple(one for one in SCENARIOS if one.fits(form, place))
    return tuple(dict.fromkeys(parse_scenario(name) for name in names))


def _in_practice(opened: OpenAccount | None, form: DeliveryForm) -> Target:
    text = "" if opened is None or form.transport is None else practice_destination(opened, form.transport)
    return parse_target(text, form)


def _report(delivered: Sequence[Delivered], beside_it: Sequence[str], *, as_json: bool) -> None:
    from notification_tester.services.sending.deliver import by_scenario

    problems = [one.problem for one in delivered if one.problem is not None]
    notes = [*dict.fromkeys(note for one in delivered for note in one.notes), *beside_it]
    if as_json:
        rows = by_scenario(
            one if one.problem is None else replace(one, problem=for_a_command(one.problem)) for one in delivered
        )
        first = for_a_command(problems[0]).as_json() if problems else None
        print_json({"deliveries": [row.as_json() for row in rows], "problem": first, "notes": notes})
        return
    for row in by_scenario(delivered):
        _print_row(row)
    for note in notes:
        print_line(f"Note: {note}")
    for problem in dict.fromkeys(problems):
        say_problem(problem, as_json=False)


def _print_row(row: DeliveredScenario) -> None:
    is_one = len(row.messages) == 1
    what = row.messages[0].what if is_one else f"{counted(len(row.messages), 'message')}."
    print_line(what if row.scenario is None else f"{row.scenario.title}: {what}")
    for name, lamp in (("Accepted", row.accepted), ("Arrived", row.arrived), ("As expected", row.as_expected)):
        print_line(f"  {lamp_line(name, lamp)}")
    if not is_one:
        for number, one in enumerate(row.messages, start=1):
            print_line(f"    {number}. {one.what} {one.arrived.detail}")
