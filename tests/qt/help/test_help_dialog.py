# SPDX-License-Identifier: MIT
"""Help as a person reads it: chapters, links, what is looked for, back; and licences word for word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtTest import QTest

from notification_tester import resources
from notification_tester.qt.help.help_dialog import LINE_HEIGHT, HelpDialog
from notification_tester.qt.help.licence_dialog import LicenceDialog
from notification_tester.qt.widgets.link_button import link_colour

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from qt.help.conftest import Browser

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def opened(qtbot: QtBot) -> Callable[[str], HelpDialog]:
    def make(chapter: str) -> HelpDialog:
        dialog = HelpDialog(chapter=chapter)
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        return dialog

    return make


def listed(dialog: HelpDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def test_it_opens_at_a_section_and_the_list_says_where_that_is(opened: Callable[[str], HelpDialog]) -> None:
    dialog = opened("words#policy")
    assert dialog.list.currentItem().text() == "Queue, topic, policy: the words"
    assert dialog.text.textCursor().block().text() == "Policy"
    assert dialog.text.verticalScrollBar().value() > 0


def part_of(block: QTextBlock) -> str:
    """What a block of a chapter is."""
    cursor, looks = QTextCursor(block), block.blockFormat()
    if looks.headingLevel():
        return "title" if looks.headingLevel() == 1 else "heading"
    if cursor.currentTable() is not None:
        return "table"
    if cursor.currentList() is not None:
        return "list"
    return "code" if looks.hasProperty(QTextFormat.Property.BlockCodeFence.value) else "paragraph"


def test_the_parts_of_a_chapter_stand_apart(opened: Callable[[str], HelpDialog]) -> None:
    """A heading is nearer to what is below it, tables have lines and the page's width, links a colour of their own."""
    dialog = opened("words")
    room: dict[str, set[tuple[float, float]]] = {}
    tables = links = 0
    for chapter in ("words", "shortcuts", "test"):
        dialog.show_chapter(chapter)
        block = dialog.text.document().begin()
        while block.isValid():
            looks = block.blockFormat()
            assert looks.lineHeight() == LINE_HEIGHT
            room.setdefault(part_of(block), set()).add((looks.topMargin(), looks.bottomMargin()))
            table = QTextCursor(block).currentTable()
            if table is not None:
                tables += 1
                assert (table.format().border(), table.format().cellPadding()) == (1, 6)
                assert table.format().borderCollapse()
                assert table.format().width().rawValue() == 100
            part = block.begin()
            while not part.atEnd():
                words = part.fragment().charFormat()
                if words.isAnchor():
                    links += 1
                    assert words.foreground().color() == link_colour(dialog.palette())
                part += 1
            block = block.next()
    assert min(tables, links) > 0
    assert room["title"] == {(4.0, 8.0)}
    assert room["heading"] == {(20.0, 8.0)}
    assert room["table"] == {(0.0, 0.0)}
    assert room["list"] == {(0.0, 5.0)}
    assert {below for _, below in room["paragraph"]} == {10.0}


def test_a_link_leads_to_its_section_and_back_goes_where_it_was_pressed(opened: Callable[[str], HelpDialog]) -> None:
    dialog = opened("test")
    assert not dialog.back.isEnabled()
    dialog.text.anchorClicked.emit(QUrl("words.md#event"))
    assert dialog.text.textCursor().block().text() == "Event"
    QTest.keyClick(dialog, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert dialog.text.toPlainText().startswith("Test\n")
    assert dialog.list.currentItem().text() == "Test"
    assert not dialog.back.isEnabled()


def test_what_is_typed_is_found_in_all_chapters_and_the_arrows_go_through_it(
    opened: Callable[[str], HelpDialog],
) -> None:
    dialog = opened("test")
    before = listed(dialog)
    QTest.keyClicks(dialog.field, "dead-letter")
    places = listed(dialog)
    assert dialog.count.text() == f"Found in {len(places)} places"
    assert places[0].startswith("Dead-letter queue (Queue, topic")
    assert dialog.text.textCursor().block().text() == "Dead-letter queue"
    marked = [one.cursor.selectedText().casefold() for one in dialog.text.extraSelections()]
    assert marked
    assert set(marked) == {"dead-letter"}
    QTest.keyClick(dialog.field, Qt.Key.Key_Down)
    assert dialog.list.currentRow() == 1
    assert dialog.text.textCursor().block().text() == places[1].partition("\n")[0].partition(" (")[0]
    dialog.field.setText("unheard of")
    assert (listed(dialog), dialog.count.text()) == ([], "No chapter has all of these words.")
    QTest.keyClick(dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(dialog.field, Qt.Key.Key_Backspace)
    assert listed(dialog) == before
    assert dialog.text.extraSelections() == []


def test_what_is_marked_is_what_is_looked_for(opened: Callable[[str], HelpDialog]) -> None:
    dialog = opened("test")
    for typed, marked in (("i do", {"i", "do"}), ("emails", {"e-mail", "email"})):
        dialog.field.setText(typed)
        found = {one.cursor.selectedText().casefold() for one in dialog.text.extraSelections()}
        assert found, typed
        assert found <= marked
        for one in dialog.text.extraSelections():
            after = dialog.text.document().characterAt(one.cursor.selectionEnd())
            assert typed != "i do" or not after.isalnum(), "a letter of a longer word is marked"


def test_a_link_to_the_web_opens_only_when_it_is_pressed(
    opened: Callable[[str], HelpDialog], browser: Browser, qtbot: QtBot
) -> None:
    dialog = opened("accounts")
    assert browser.opened == []
    dialog.text.anchorClicked.emit(QUrl("https://requester.mturk.com/developer"))
    qtbot.waitUntil(lambda: bool(browser.opened))
    assert browser.opened == ["https://requester.mturk.com/developer"]
    assert dialog.text.toPlainText().startswith("Accounts\n")


@pytest.mark.parametrize("name", ["https://elsewhere.example/way.png", "../icons/queue.svg", "/etc/passwd", "way.png"])
def test_no_picture_is_loaded_but_those_beside_the_chapters(opened: Callable[[str], HelpDialog], name: str) -> None:
    dialog = opened("index")
    kind = QTextDocument.ResourceType.ImageResource.value
    assert dialog.text.loadResource(kind, QUrl("way.svg")) is not None
    assert dialog.text.loadResource(kind, QUrl(name)) is None


def test_from_its_source_it_shows_its_own_licence_and_says_where_the_others_are(qtbot: QtBot) -> None:
    ours, others = LicenceDialog(), LicenceDialog(of_others=True)
    for dialog in (ours, others):
        qtbot.addWidget(dialog)
    assert ours.text.toPlainText().strip() == (ROOT / "LICENSE").read_text(encoding="utf-8").strip()
    assert "runs from its source" in others.text.toPlainText()


def test_packaged_it_shows_every_licence(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    texts = {"LICENSE.txt": "ours", "THIRD-PARTY.txt": "theirs", "LGPL-3.txt": "lesser", "GPL-3.txt": "general"}
    (tmp_path / "licences").mkdir()
    for name, text in texts.items():
        (tmp_path / "licences" / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(resources, "folder", lambda: tmp_path)
    ours, others = LicenceDialog(), LicenceDialog(of_others=True)
    for dialog in (ours, others):
        qtbot.addWidget(dialog)
    assert ours.text.toPlainText() == "ours"
    assert others.text.toPlainText().split() == ["theirs", "lesser", "general"]
