# SPDX-License-Identifier: MIT
"""What one page asks for is done by another, or by a dialog of the window, at once and in sight.

That a button asks for it is tried where the button stands; here, that whoever is asked hears it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog

from notification_tester.domain.account import LINKING_PAGES, PRACTICE, Account, Environment, KeySource
from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.app.navigation import HISTORY, HIT_TYPES, INBOX, TEST
from notification_tester.qt.help.help_dialog import HelpDialog
from notification_tester.qt.help.preferences_dialog import PreferencesDialog
from notification_tester.qt.history.report_dialog import ReportDialog
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.preferences import INBOX_NOTIFICATIONS
from notification_tester.storage.queries import CHANGES, Place
from qt.sending.test_mailbox_link import TAKE, Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from journeys.person import Person
    from notification_tester.qt.app.page_links import PageLinks
    from notification_tester.qt.app.workspace import Workspace
    from notification_tester.qt.history.page import HistoryPage
    from notification_tester.storage.places import Places

Shown = TypeVar("Shown", bound=QDialog)


def opened(person: Person, kind: type[Shown]) -> Shown:
    """The one dialog of that kind that is in sight."""
    (dialog,) = [one for one in person.window.findChildren(kind) if one.isVisible()]
    return dialog


def test_what_the_page_test_asks_for(person: Person) -> None:
    workspace: Workspace = person.window.workspace
    page, place = person.page, person.form.spec().destination
    assert person.checkup.quiet.wanted is not None, "the address in the form is looked at"
    page.mend_requested.emit(place)
    assert person.checkup.mend_dialog is not None
    person.checkup.mend_dialog.reject()
    page.report_requested.emit()
    opened(person, ReportDialog).reject()
    page.older.help_requested.emit()
    assert "older" in opened(person, HelpDialog).text.toPlainText().partition("\n")[0].lower()
    opened(person, HelpDialog).close()
    page.remedy_requested.emit(Remedy.PREFERENCES)
    opened(person, PreferencesDialog).reject()

    page.inbox_requested.emit(place, "words")
    assert workspace.page_in_sight == INBOX
    inbox = workspace.inbox.page
    assert inbox is not None
    assert inbox.form.chosen() == place, "it has no list yet"
    page.receiver_requested.emit(8123)
    chosen = inbox.form.chosen()
    assert isinstance(chosen, ReceiverPlace)
    assert chosen.port == 8123

    page.history_requested.emit("words")
    assert workspace.page_in_sight == HISTORY
    history = workspace.history.page
    assert history is not None
    assert history.filter.search.text() == "words"
    page.changes_requested.emit(place)
    assert history.filter.search.text() == ""
    assert history.filter.query().kind == CHANGES
    assert history.filter.chosen_place == Place("SQS", place.text, PRACTICE.environment.value)

    page.hit_types_requested.emit(place)
    assert workspace.page_in_sight == HIT_TYPES
    assert workspace.hit_types.page is not None
    assert workspace.hit_types.page.view.note.text.startswith("The notification to practice-results that you tested")


def test_what_did_not_open_has_a_way_on_in_the_bar(person: Person) -> None:
    workspace: Workspace = person.window.workspace
    program, bar = person.desktop.program, workspace.problems
    lab = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)
    failed = Problem(title="It did not open.", detail="So.", remedy="Look.", code="x", cause=Cause.SERVICE)
    person.send()
    shown_row(person)
    page = workspace.history.page
    assert page is not None
    program.open_failed.emit(lab, failed)
    assert (bar.title.text(), bar.act.text(), workspace.bar.state.text()) == (
        "It did not open.",
        "Open Accounts…",
        "Not open",
    )
    person.click(bar.act)
    opened(person, AccountDialog).reject()
    assert not bar.isVisible()
    program.open_failed.emit(PRACTICE, failed)
    assert bar.act.text() == "Start practice again"
    person.click(bar.act)
    assert workspace.bar.state.text() == "Practice is starting…"
    assert not person.form.send.isEnabled()
    person.until_open()
    assert workspace.bar.state.text() == ""
    assert not bar.isVisible()

    program.notice.emit(replace(failed, remedies=(Remedy.PREFERENCES,)))
    person.click(bar.act)
    opened(person, PreferencesDialog).reject()
    row = page.details.row
    assert row is not None
    page.show_account_gone(row, None)
    assert page.problem.title.text().startswith("The account of this test")
    program.left.emit(PRACTICE)
    assert page.problem.isHidden(), "it named what was open"
    program.history_put_aside.emit(failed)
    assert page.problem.title.text() == "It did not open."
    workspace.bar.add_requested.emit()
    assert opened(person, AccountDialog).is_adding, "practice is all there is"
    opened(person, AccountDialog).reject()


def test_what_the_page_hit_types_asks_for(person: Person) -> None:
    workspace: Workspace = person.window.workspace
    workspace.go_to(HIT_TYPES)
    page = workspace.hit_types.made()
    assert page is not None
    spec = person.form.spec()
    person.type_destination("")
    page.test_requested.emit(spec)
    assert workspace.page_in_sight == TEST
    assert person.form.spec() == spec
    page.inbox_requested.emit("3HIT")
    assert workspace.page_in_sight == INBOX
    assert workspace.inbox.page is not None
    assert workspace.inbox.page.filter.search.text() == "3HIT"
    page.history_requested.emit("3TYPE")
    assert workspace.page_in_sight == HISTORY
    assert workspace.history.page is not None
    assert workspace.history.page.filter.search.text() == "3TYPE"
    page.remedy_requested.emit(Remedy.OPEN_TEST)
    assert workspace.page_in_sight == TEST
    problem = Problem(title="Stopped.", detail="So.", remedy="Look.", code="x", cause=Cause.SERVICE)
    page.controller.stopped.emit(problem)
    assert workspace.problems.title.text() == "Stopped."
    workspace.problems.clear()
    page.controller.later.emit(problem, PRACTICE)
    assert workspace.problems.title.text() == "Stopped."
    person.desktop.program.left.emit(PRACTICE)
    assert page.controller.opened is None, "while another account is opened nothing is asked with this one"


@pytest.mark.qt_log_ignore("does not support")
def test_where_an_account_is_linked_is_opened_in_the_browser_or_told(
    sit_down: Callable[[], Person], places: Places
) -> None:
    lab = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)  # there is no keyring
    AccountList(places.accounts).add(lab)
    person, browser = sit_down(), Browser()
    person.start()
    person.choose_account("Lab")
    workspace: Workspace = person.window.workspace
    bar, page = workspace.problems, LINKING_PAGES[Environment.SANDBOX]
    person.until(bar.isVisible)
    person.click(bar.dismiss)
    QDesktopServices.setUrlHandler("https", browser, TAKE)
    try:
        workspace.remedies.do(Remedy.LINK_ACCOUNT)
        assert browser.opened == [page]
        assert not bar.isVisible()
    finally:
        QDesktopServices.unsetUrlHandler("https")
    workspace.remedies.do(Remedy.LINK_ACCOUNT)
    assert (bar.title.text(), page in bar.detail.text()) == ("No browser could be opened.", True)
    workspace.remedies.do(Remedy.TRY_AGAIN)
    assert workspace.bar.state.text() == "Opening…"
    person.until(lambda: workspace.bar.state.text() == "Not open")
    workspace.remedies.do(Remedy.CHECK)
    assert workspace.page_in_sight == TEST
    assert person.checkup.view is None, "there is no address to look at"
    workspace.remedies.do(Remedy.PRACTICE)
    person.until_open()


def test_what_the_page_inbox_asks_for(person: Person) -> None:
    workspace: Workspace = person.window.workspace
    workspace.go_to(INBOX)
    page = workspace.inbox.made()
    assert page is not None
    page.go_to_test_requested.emit()
    assert workspace.page_in_sight == TEST
    page.history_requested.emit("d1")
    assert workspace.page_in_sight == HISTORY
    assert workspace.history.page is not None
    assert workspace.history.page.filter.search.text() == "d1"
    person.window.hide()
    page.come_forward_requested.emit()
    assert workspace.page_in_sight == INBOX
    assert person.window.isVisible()
    page.send_here_requested.emit("http://127.0.0.1:8123/")
    assert workspace.page_in_sight == TEST
    assert person.form.delivery.web.edit.text() == "http://127.0.0.1:8123/"
    page.remedy_requested.emit(Remedy.PREFERENCES)
    preferences = opened(person, PreferencesDialog)
    for wanted in (True, False):
        preferences.changed.emit(INBOX_NOTIFICATIONS, wanted)
        assert page.bar.notifications.isChecked() is wanted
    preferences.reject()


def shown_row(person: Person) -> HistoryPage:
    page = person.history()
    person.until(lambda: page.details.row is not None and page.details.again.isVisible())
    return page


def test_what_the_page_history_asks_for(person: Person) -> None:
    workspace: Workspace = person.window.workspace
    links: PageLinks = workspace.links
    tested = person.send().spec.destination
    page = shown_row(person)
    row = page.details.row
    assert row is not None
    person.click(page.details.again)
    assert workspace.page_in_sight == TEST
    person.until(lambda: not person.form.send.isEnabled())
    assert not page.details.again.isEnabled(), "one test at a time"
    person.until(person.form.send.isEnabled)
    assert page.details.again.isEnabled()

    person.type_destination("")
    page = shown_row(person)
    person.click(page.details.repeat)
    assert workspace.page_in_sight == TEST
    assert person.form.destination.destination() == tested
    person.type_destination("")
    page.fill_requested.emit(row)
    assert person.form.destination.destination() == tested
    page.inbox_requested.emit(row, "")
    assert workspace.page_in_sight == INBOX
    page.go_to_test_requested.emit()
    assert workspace.page_in_sight == TEST
    page.remedy_requested.emit(Remedy.PREFERENCES)
    opened(person, PreferencesDialog).reject()
    page.mend_requested.emit(row, "mend")
    assert person.checkup.mend_dialog is not None
    person.checkup.mend_dialog.reject()
    person.until(lambda: not person.desktop.tasks.is_busy)
    links.mend_row(row, "mend")
    links.give_up()
    assert person.checkup.mend_dialog is not None
    person.checkup.mend_dialog.reject()
