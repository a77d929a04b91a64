# SPDX-License-Identifier: MIT
"""F1 on each page opens its chapter, and every key that the window takes is named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from notification_tester.qt.help.about_dialog import AboutDialog
from notification_tester.qt.help.chapters import read_chapters
from notification_tester.qt.help.help_dialog import HelpDialog
from notification_tester.qt.help.licence_dialog import LicenceDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from journeys.person import Person

BY_THEMSELVES = {"Ctrl+A", "Ctrl+Shift+C", "Return", "Space"}
"""Keys that tables take while they have the keyboard."""


def in_sight(person: Person) -> HelpDialog:
    (dialog,) = [one for one in person.window.findChildren(HelpDialog) if one.isVisible()]
    return dialog


def taken(shown: QWidget) -> set[str]:
    """The keys of a window and of everything in it, as Qt writes them on every system."""
    keys = [one.key() for one in shown.findChildren(QShortcut)]
    keys += [one for action in shown.findChildren(QAction) for one in action.shortcuts()]
    return {one.toString(QKeySequence.SequenceFormat.PortableText) for one in keys if not one.isEmpty()}


def named() -> set[str]:
    cells = re.findall(r"^\| ([^|]+) \|", read_chapters()["shortcuts"].markdown, re.MULTILINE)
    keys = {key for cell in cells for key in cell.split(" or ")} - {"Keys", "---"}
    return {QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText) for key in keys}


PAGES = {"test": "Test", "hit-types": "HIT types", "inbox": "Inbox", "history": "History"}
"""The key of each page, which is its chapter's too, and its title."""


@pytest.mark.parametrize(("page", "title"), PAGES.items(), ids=PAGES)
def test_f1_opens_the_chapter_of_the_page_in_sight_and_the_window_goes_on(
    person: Person, page: str, title: str
) -> None:
    workspace = person.window.workspace
    assert workspace.navigation.buttons.keys() == PAGES.keys()
    workspace.go_to(page)
    person.window.activateWindow()
    QTest.keyClick(person.window, Qt.Key.Key_F1)
    assert in_sight(person).text.toPlainText().startswith(f"{title}\n")
    assert not in_sight(person).isModal()
    workspace.go_to("test" if page != "test" else "inbox")
    person.window.activateWindow()
    QTest.keyClick(person.window, Qt.Key.Key_F1)
    assert not in_sight(person).text.toPlainText().startswith(f"{title}\n")


def test_what_this_program_is_leads_to_help_and_to_the_licences(person: Person) -> None:
    next(one for one in person.window.workspace.bar.menu.actions() if one.text() == "A&bout").trigger()
    about = person.window.findChild(AboutDialog)
    assert isinstance(about, AboutDialog)
    titles = []
    for link in (about.licence, about.works_of_others):
        person.click(link)
        licence = next(one for one in person.window.findChildren(LicenceDialog) if one.isVisible())
        titles.append(licence.windowTitle())
        licence.close()
    assert len(set(titles)) == 2
    person.click(about.help)
    shown = next(one for one in QApplication.topLevelWidgets() if isinstance(one, HelpDialog) and one.isVisible())
    assert shown.text.toPlainText().startswith(shown.chapters["index"].title)


@pytest.mark.parametrize("name", ["Preferences", "Accounts"])
def test_f1_in_a_dialog_opens_a_help_that_can_be_used(person: Person, name: str) -> None:
    bar = person.window.workspace.bar
    next(one for one in bar.menu.actions() if one.text() == f"&{name}…").trigger()
    (asking,) = [one for one in person.window.findChildren(QDialog) if one.isVisible()]
    person.until(asking.isActiveWindow)
    QTest.keyClick(asking, Qt.Key.Key_F1)
    shown = in_sight(person)
    assert shown.text.toPlainText().startswith(f"{name}\n")
    QTest.keyClicks(shown.field, "colours")
    assert shown.list.count() > 0
    person.until(shown.isActiveWindow)
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    assert asking.isVisible()
    asking.close()


def of_report(person: Person) -> None:
    next(one for one in person.window.workspace.bar.menu.actions() if one.text() == "&Report of tests…").trigger()


def of_older(person: Person) -> None:
    person.click(person.form.open_older)


def of_checkup(person: Person) -> None:
    person.checkup.open_findings()


def of_ids(person: Person) -> None:
    workspace = person.window.workspace
    workspace.go_to("hit-types")
    person.until(lambda: workspace.hit_types.page is not None)
    assert workspace.hit_types.page is not None
    person.until(workspace.hit_types.page.view.add.isVisible)
    person.click(workspace.hit_types.page.view.add)


@pytest.mark.parametrize(
    ("open_it", "title"),
    [(of_report, "History"), (of_older, "Test"), (of_checkup, "Checkup"), (of_ids, "HIT types")],
)
def test_f1_in_every_dialog_opens_the_chapter_of_its_page(
    person: Person, open_it: Callable[[Person], None], title: str
) -> None:
    person.window.activateWindow()
    open_it(person)
    person.until(lambda: isinstance(QApplication.activeModalWidget(), QDialog))
    asking = QApplication.activeModalWidget()
    assert asking is not None
    person.until(asking.isActiveWindow)
    QTest.keyClick(asking, Qt.Key.Key_F1)
    person.until(lambda: any(one.isVisible() for one in person.window.findChildren(HelpDialog)))
    shown = in_sight(person)
    assert shown.text.toPlainText().startswith(f"{title}\n")
    person.until(shown.isActiveWindow)
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    assert asking.isVisible()
    asking.close()


def test_every_key_that_is_taken_is_named_and_every_key_that_is_named_is_taken(person: Person) -> None:
    workspace = person.window.workspace
    for page in workspace.navigation.buttons:
        workspace.go_to(page)
    person.until(lambda: all(one.page is not None for one in (workspace.hit_types, workspace.inbox, workspace.history)))
    QTest.keyClick(person.window, Qt.Key.Key_F1)
    assert in_sight(person).isVisible()
    assert taken(person.window) == named() - BY_THEMSELVES
