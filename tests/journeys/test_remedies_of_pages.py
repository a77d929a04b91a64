# SPDX-License-Identifier: MIT
"""Every remedy at every place that shows a problem: there is its button, or here stands why there is none.

The places are found in the code; a new one has to be named here. What a button does is pressed below.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtWidgets import QAbstractButton, QDialog

import notification_tester.qt
from journeys.test_checkup import findings, mend_dialog
from journeys.test_hit_types import HitTypesUser
from notification_tester.domain.checkup_report import CheckupReport
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.messages.draft import Draft
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.domain.setting import LineState
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.app.navigation import INBOX, TEST
from notification_tester.qt.checkup.findings_list import FindingCard
from notification_tester.qt.help.preferences_dialog import PreferencesDialog
from notification_tester.qt.history.report_dialog import ReportDialog
from notification_tester.qt.hit_types.view import Command
from notification_tester.qt.notification.preset_menu import PresetNameDialog, PresetsDialog
from notification_tester.qt.notification.remedies import EVERYWHERE, remedy_text
from notification_tester.services.hit_types.bulk_types import BulkOutcome
from notification_tester.services.sending.deliver import Delivered
from services.sending.test_deliver import request_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QWidget

    from journeys.person import Person

Dialog = TypeVar("Dialog", bound=QDialog)

AGAIN = "a button of its own tries again"
NO_FORM = "which events are asked for, only the form of Test has"
HERE = "it is what is in sight"
PAST = "the record tells of another destination than that in the form, which this would be about"
FOOT = "it stands at the foot of the dialog, whatever was found"
TRIED = "the row of the history has its own button to send again"

OF_A_FORM = {Remedy.ADD_EVENT: NO_FORM, Remedy.TICK_SUBMITTED: NO_FORM}
ALL_BUT_FORM = {**OF_A_FORM, Remedy.TRY_AGAIN: AGAIN}

WITHOUT: dict[str, dict[Remedy, str]] = {
    "sending/result_view.py": {Remedy.TRY_AGAIN: AGAIN},
    "sending/delivery_result.py": ALL_BUT_FORM,
    "app/problem_bar.py": {**OF_A_FORM, Remedy.TRY_AGAIN: "of an account that did not open alone, where it has it"},
    "checkup/view.py": {**ALL_BUT_FORM, Remedy.CHECK: HERE},
    "checkup/findings_list.py": {**ALL_BUT_FORM, Remedy.CHECK: HERE, Remedy.ASK_ADMINISTRATOR: FOOT},
    "checkup/mend_dialog.py": OF_A_FORM,
    "checkup/new_destination_dialog.py": {**ALL_BUT_FORM, Remedy.MAKE_DESTINATION: HERE},
    "checkup/throwaways_dialog.py": ALL_BUT_FORM,
    "help/preferences_dialog.py": {**ALL_BUT_FORM, Remedy.PREFERENCES: HERE},
    "history/page.py": ALL_BUT_FORM,
    "history/report_dialog.py": ALL_BUT_FORM,
    "notification/preset_menu.py": ALL_BUT_FORM,
    "history/details.py": {
        Remedy.TICK_SUBMITTED: NO_FORM,
        Remedy.ADD_EVENT: "it goes by the code of the problem: the history keeps no remedies",
        Remedy.TRY_AGAIN: TRIED,
    },
    "hit_types/view.py": OF_A_FORM,
    "hit_types/bulk_preview.py": OF_A_FORM,
    "hit_types/bulk_run.py": ALL_BUT_FORM,
    "hit_types/details.py": dict.fromkeys(set(Remedy) - {Remedy.CHANGE_KEYS, Remedy.LINK_ACCOUNT}, PAST),
    "lists/list_page.py": ALL_BUT_FORM,
    "inbox/page.py": OF_A_FORM,
}
"""By the file that makes the card; ``lists/list_page.py`` is the Inbox's other trouble, as of a list that cannot be
read, and ``inbox/page.py`` that of a place that is followed."""


def made_in_code() -> set[str]:
    """Every file that makes what shows a problem with buttons."""
    root = Path(notification_tester.qt.__path__[0])
    return {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Call) and ast.unparse(node.func) in {"ProblemCard", "remedy_buttons"})
        or (isinstance(node, ast.ClassDef) and "RemedyDialog" in map(ast.unparse, node.bases))
    }


def test_every_place_that_shows_problems_is_named_here() -> None:
    others = {
        "accounts/dialog.py",  # the dialog is where keys and addresses are changed, and offers just that
        "app/workspace.py",  # fills the problem bar
        "hit_types/page.py",  # fills the card of its view
        "notification/remedy_dialog.py",  # its heirs are
    }
    assert made_in_code() - others == set(WITHOUT) - {"app/problem_bar.py"}


def problem(*remedies: Remedy) -> Problem:
    return Problem(title="It failed.", detail="Why.", remedy="Do.", code="x", cause=Cause.SERVICE, remedies=remedies)


def texts(where: QWidget) -> set[str]:
    """What stands on the buttons in sight, and folded away below “More”."""
    return {one.text() for one in where.findChildren(QAbstractButton) if not one.isHidden()}


class Place(NamedTuple):
    """Something that shows problems: in each of these ways, with buttons in ``where``."""

    name: str
    ways: tuple[Callable[[Problem], object], ...]
    where: QWidget


def on_test(person: Person) -> Iterator[Place]:
    outcome = person.send()
    result, deliveries = person.result, person.page.deliveries
    failed = Lamp(state=State.NO, detail="It did not.")

    def show_failed(shown: Problem) -> None:
        result.begin([outcome.event])
        result.finish([replace(outcome, accepted=failed, problem=shown)])

    def show_delivered(shown: Problem) -> None:
        deliveries.begin([request_to(person.cloud.details.queue_url, DeliveryForm.SQS)])
        draft = Draft(form=DeliveryForm.SQS, what="One")
        one = Delivered(what="One", scenario=None, draft=draft, accepted=failed, problem=shown)
        deliveries.finish([(0, 0, one)])

    yield Place("sending/result_view.py", (show_failed, result.show_problem), result.problem)
    yield Place("sending/delivery_result.py", (show_delivered,), deliveries.problem)
    deliveries.clear()
    bar = person.window.workspace.problems

    def say(shown: Problem) -> None:
        bar.clear()
        person.desktop.program.notice.emit(shown)

    yield Place("app/problem_bar.py", (say,), bar)
    bar.clear()


def in_checkup(person: Person) -> Iterator[Place]:
    person.until(person.form.destination.findings_link.isVisible)
    view = findings(person)

    def show_found(shown: Problem) -> None:
        one = Finding(id="x", level=Level.BROKEN, title=shown.title, remedy=shown.remedy, remedies=shown.remedies)
        view.findings.set_report(CheckupReport.of([one]))

    yield Place("checkup/findings_list.py", (show_found,), view.findings)
    view.findings.set_report(None)
    person.until(lambda: not view.findings.findChildren(FindingCard))
    yield Place("checkup/view.py", (view.show_problem,), view)
    person.until(lambda: person.checkup.view is None)
    destination = person.form.destination.destination()
    assert destination is not None
    person.checkup.mend(destination)
    mend = mend_dialog(person)
    person.until(lambda: not person.desktop.tasks.is_busy)
    yield Place("checkup/mend_dialog.py", (mend.show_problem,), mend)
    made = person.checkup.destinations
    made.open_new(Transport.SQS)
    assert made.new_dialog is not None
    yield Place("checkup/new_destination_dialog.py", (made.new_dialog.show_problem,), made.new_dialog)
    made.open_throwaways()
    person.until(lambda: not person.desktop.tasks.is_busy)
    assert made.throwaways_dialog is not None
    yield Place("checkup/throwaways_dialog.py", (made.throwaways_dialog.show_problem,), made.throwaways_dialog)


def in_history(person: Person) -> Iterator[Place]:
    page = person.history()
    person.until(lambda: page.model.rowCount() > 0 and page.details.row is not None)
    row = page.details.row
    assert row is not None
    yield Place("history/page.py", (page.show_refusal,), page.problem)
    page.problem.clear()
    yield Place(
        "history/details.py",
        (lambda one: page.details.show_row(replace(row, problem=one), None),),
        page.details.problem,
    )


def in_hit_types(person: Person) -> Iterator[Place]:
    user = HitTypesUser(person).go().choose(1)
    page = user.page
    yield Place(
        "hit_types/view.py", (page.controller.failed.emit, page.controller.listing_failed.emit), page.view.problem
    )
    page.view.problem.clear()
    page.view.splitter.open_details()
    details = page.view.splitter.details
    assert details is not None
    row = details.row
    assert row is not None
    yield Place(
        "hit_types/details.py",
        (lambda one: details.show_row(replace(row, problem=one, line_state=LineState.FAILED)),),
        details.problem,
    )
    page.view.splitter.close_details()
    preview = user.press(Command.OFF)
    yield Place("hit_types/bulk_preview.py", (lambda one: preview.show_problem(one, preview.request),), preview)
    panel = page.view.panel

    def end_early(shown: Problem) -> None:
        panel.show_outcome(BulkOutcome(results=(), not_begun=(row.id,), seconds=1, stopped_by=shown))
        panel.show()

    yield Place("hit_types/bulk_run.py", (end_early,), panel)


def in_dialogs_of_the_menu(person: Person) -> Iterator[Place]:
    dialogs = person.window.workspace.dialogs
    dialogs.open_preferences()
    (preferences,) = shown(person, PreferencesDialog)
    yield Place("help/preferences_dialog.py", (preferences.show_problem,), preferences)
    dialogs.open_report()
    (report,) = shown(person, ReportDialog)
    person.until(lambda: not person.desktop.tasks.is_busy)
    yield Place("history/report_dialog.py", (report.show_problem,), report)
    menu = person.page.presets
    assert menu is not None
    menu.save.trigger()
    (name,) = shown(person, PresetNameDialog)
    yield Place("notification/preset_menu.py", (name.show_problem,), name)
    menu.manage.setEnabled(True)  # there are none
    menu.manage.trigger()
    (several,) = shown(person, PresetsDialog)
    yield Place("notification/preset_menu.py", (several.show_problem,), several)


def in_inbox(person: Person) -> Iterator[Place]:
    person.window.workspace.go_to(INBOX)
    page = person.seen(person.window.workspace.inbox)
    yield Place("lists/list_page.py", (page.files.failed.emit,), page.problem)
    yield Place("inbox/page.py", (page.controller.failed.emit,), page.problem)


def test_each_remedy_has_its_button_or_a_reason_wherever_a_problem_is_shown(person: Person) -> None:
    offered: dict[str, set[Remedy]] = {}
    for part in (on_test, in_checkup, in_history, in_dialogs_of_the_menu, in_hit_types, in_inbox):
        for place in part(person):
            found = offered[place.name] = set()
            for remedy in Remedy:
                for show in place.ways:
                    show(problem(remedy))
                    if remedy_text(remedy) in texts(place.where):
                        found.add(remedy)
            assert found == set(Remedy) - WITHOUT[place.name].keys(), place.name
            if isinstance(place.where, QDialog):
                place.ways[0](problem(Remedy.CHOOSE_ACCOUNT))
                press(person, place.where, Remedy.CHOOSE_ACCOUNT)
                person.until(place.where.isHidden)
                close(person, AccountDialog)
    assert offered.keys() == WITHOUT.keys()
    assert set().union(*offered.values()) == set(Remedy), "a remedy that nobody can have done is none"


def shown(person: Person, kind: type[Dialog]) -> list[Dialog]:
    """The dialogs of a kind that are in sight."""
    return [one for one in person.window.findChildren(kind) if one.isVisible()]


def press(person: Person, where: QWidget, remedy: Remedy) -> None:
    """Press the button of a remedy."""
    shown = [one for one in where.findChildren(QAbstractButton) if not one.isHidden()]
    (button,) = [one for one in shown if one.text() == remedy_text(remedy)]
    person.click(button)


def close(person: Person, kind: type[QDialog]) -> None:
    """Wait for a dialog, and close it."""
    there = person.window.findChildren
    person.until(lambda: any(one.isVisible() for one in there(kind)))
    for one in there(kind):
        one.close()
    person.until(lambda: not person.desktop.tasks.is_busy)


def test_what_a_button_of_a_remedy_says_is_done(person: Person) -> None:
    """All that the window does for every page; a new history is begun in the journeys of trouble."""
    workspace, checkup, pressed = person.window.workspace, person.checkup, {Remedy.NEW_HISTORY}

    def ask(remedy: Remedy) -> None:
        workspace.go_to(TEST)
        person.result.show_problem(problem(remedy))
        press(person, person.result.problem, remedy)
        pressed.add(remedy)

    for remedy in (Remedy.CHANGE_KEYS, Remedy.CHANGE_ACCOUNT, Remedy.CHOOSE_ACCOUNT):
        ask(remedy)
        close(person, AccountDialog)
    ask(Remedy.PREFERENCES)
    close(person, PreferencesDialog)
    ask(Remedy.MAKE_DESTINATION)
    person.until(lambda: checkup.destinations.new_dialog is not None)
    assert checkup.destinations.new_dialog is not None
    checkup.destinations.new_dialog.reject()
    ask(Remedy.ASK_ADMINISTRATOR)
    person.until(lambda: checkup.administrator_dialog is not None)
    assert checkup.administrator_dialog is not None
    checkup.administrator_dialog.reject()
    ask(Remedy.CHECK)
    person.until(lambda: checkup.view is not None and checkup.view.findings.is_complete)
    assert checkup.view is not None
    checkup.view.reject()
    ask(Remedy.LINK_ACCOUNT)
    person.until(lambda: workspace.problems.title.text() == "No page is known where this account is linked.")
    person.form.events.set_checked([])
    person.result.show_problem(problem(Remedy.TICK_SUBMITTED))
    press(person, person.result.problem, Remedy.TICK_SUBMITTED)
    assert list(person.form.events.checked()) == [EventType.ASSIGNMENT_SUBMITTED]
    history = person.history()
    history.show_refusal(problem(Remedy.OPEN_TEST))
    press(person, history.problem, Remedy.OPEN_TEST)
    person.until(person.page.isVisible)
    pressed.add(Remedy.OPEN_TEST)
    before = person.desktop.program.current
    ask(Remedy.PRACTICE)
    person.until(lambda: person.desktop.program.current is not None and person.form.send.isEnabled())
    assert person.desktop.program.current is not None
    assert before is not None
    assert person.desktop.program.current.account == before.account
    assert pressed == EVERYWHERE
