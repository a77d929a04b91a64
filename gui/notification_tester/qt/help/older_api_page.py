# SPDX-License-Identifier: MIT
"""What became of the older API: operation by operation and transport by transport, then and today side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from notification_tester.domain.specifications.successors import CHAPTERS, CLOSING_ANNOUNCED_FOR, SHUT_ON, in_words
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.scroll_page import ScrollContent, ScrollPage
from notification_tester.qt.widgets.theme import BETWEEN_CARDS, PAGE_MARGIN, Card, QuietLabel, heading, plain_label

if TYPE_CHECKING:
    from notification_tester.domain.specifications.successors import Successor


class OlderApiPage(ScrollPage):
    """A card for each chapter, and in it for each thing its name, what it was, and what stands for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        content = ScrollContent()
        super().__init__(content, parent)
        self.setAccessibleName(self.tr("What became of the older API"))
        rows = QVBoxLayout(content)
        rows.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addWidget(
            as_high_as_needed(
                plain_label(
                    self.tr(
                        "Mechanical Turk's older API was shut on {shut}. Old scripts, courses and archives are still "
                        "full of it: they can be opened on the page Test, under Advanced. This is what it had, and "
                        "what stands for it today; where nobody is known to have said so, it is called unknown. For "
                        "Mechanical Turk itself AWS announced the end for {end}; whether it still answers, a test "
                        "tells."
                    ).format(shut=in_words(SHUT_ON), end=in_words(CLOSING_ANNOUNCED_FOR)),
                    content,
                )
            )
        )
        for chapter in CHAPTERS:
            card = Card(content)
            card.body.addWidget(as_high_as_needed(heading(chapter.title, card, scale=1.15)))
            for row in chapter.rows:
                card.body.addWidget(self._row(row, card))
            rows.addWidget(card)
        rows.addStretch(1)

    def _row(self, successor: Successor, parent: QWidget) -> QWidget:
        row = QWidget(parent)
        rows = QVBoxLayout(row)
        rows.setContentsMargins(0, 4, 0, 4)
        rows.setSpacing(2)
        rows.addWidget(as_high_as_needed(heading(successor.name, row)))
        grid = QGridLayout()
        rows.addLayout(grid)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for line, (word, text) in enumerate(((self.tr("Then"), successor.had), (self.tr("Today"), successor.today))):
            when = QuietLabel(word, row)
            when.setWordWrap(False)
            grid.addWidget(when, line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(as_high_as_needed(plain_label(text, row)), line, 1)
        return row
