# SPDX-License-Identifier: MIT
"""The drawings in the chapters: named with words, made in the colours of now, and no files of anybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QFont, QImage, QPalette, QTextDocument, QTextFormat

from notification_tester.domain.way import Passage
from notification_tester.qt.help.chapters import read_chapters
from notification_tester.qt.help.drawings import DRAWINGS, WIDEST, drawn
from notification_tester.qt.help.help_dialog import ChapterText

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

IMAGE = QTextDocument.ResourceType.ImageResource.value


def test_every_drawing_is_in_a_chapter_with_words_for_who_does_not_see_it() -> None:
    text = "".join(chapter.markdown for chapter in read_chapters().values())
    named = {name: words for words, name in re.findall(r"!\[(.*)\]\((way-.*)\)", text)}
    assert named.keys() == DRAWINGS.keys()
    assert all(len(words.split()) > 3 for words in named.values())


def test_a_drawing_follows_light_and_dark_and_keeps_its_words(qtbot: QtBot) -> None:
    page = ChapterText()
    qtbot.addWidget(page)
    page.show_markdown("![Where it stopped](way-blocked.png)")
    images = []
    for ground in (Qt.GlobalColor.white, Qt.GlobalColor.black):
        page.setPalette(QPalette(ground))
        image = page.document().resource(IMAGE, QUrl("way-blocked.png"))
        assert isinstance(image, QImage)
        images.append(image)
    assert images[0].size() == images[1].size()
    assert images[0] != images[1]
    part = page.document().begin().begin().fragment().charFormat()
    assert part.property(QTextFormat.Property.ImageAltText) == "Where it stopped"
    assert page.loadResource(IMAGE, QUrl("way-of-others.png")) is None
    assert page.loadResource(IMAGE, QUrl("https://elsewhere.example/way-blocked.png")) is None


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_has_room_in_a_chapter_at_each_size_of_text(qtbot: QtBot, name: str) -> None:
    del qtbot
    for points in (9, 18):
        font = QFont()
        font.setPointSize(points)
        image = drawn(DRAWINGS[name], QPalette(Qt.GlobalColor.white), font, ratio=2.0)
        assert 200 < image.width() / image.devicePixelRatio() <= WIDEST
        assert image.height() > 100


def test_what_is_drawn_of_a_checkup_claims_no_message() -> None:
    passages = {part.passage for part in DRAWINGS["way-checkup.png"].parts}
    assert passages == {Passage.OPEN, Passage.BROKEN, Passage.NOT_YET}
