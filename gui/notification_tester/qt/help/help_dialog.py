# SPDX-License-Identifier: MIT
"""Help in the window: what the page asks, what the lamps say, and what to do when one is not green."""

from __future__ import annotations

import importlib.metadata

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from notification_tester import resources
from notification_tester.qt.help.older_api_page import OlderApiPage
from notification_tester.qt.widgets.theme import BETWEEN_CARDS, PAGE_MARGIN, Card, Tone, heading, plain_label
from notification_tester.qt.widgets.tone_mark import ToneMark

DISTRIBUTION = "mturk-notification-tester"


class HelpDialog(QDialog):
    """A few short chapters in plain words, and what became of the older API (in sight first with ``of_older_api``).

    ``pages`` is how many the window has, as each has a key.
    """

    def __init__(self, parent: QWidget | None = None, *, pages: int, of_older_api: bool = False) -> None:
        super().__init__(parent)
        self._pages = pages
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Help"))
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        rows.setSpacing(BETWEEN_CARDS)
        for title, lines in self._chapters():
            card = Card(content)
            card.body.addWidget(heading(title, card, scale=1.15))
            for tone, text in lines:
                card.body.addWidget(_line(tone, text))
            rows.addWidget(card)
        rows.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(content)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(scroll, self.tr("This &program"))
        self.tabs.addTab(OlderApiPage(self), self.tr("What became of the &older API"))
        self.tabs.setCurrentIndex(1 if of_older_api else 0)
        _with_close_button(self, self.tabs)
        self.resize(QSize(720, 640))

    def _chapters(self) -> list[tuple[str, list[tuple[Tone | None, str]]]]:
        return [
            (
                self.tr("What this is for"),
                [
                    (
                        None,
                        self.tr(
                            "Mechanical Turk can tell you when something happens to your HITs: by e-mail, through a "
                            "queue (Amazon SQS) or through a topic (Amazon SNS). This program finds out whether such "
                            "notifications reach you. It has Mechanical Turk send a test, and looks for it where it "
                            "should arrive."
                        ),
                    ),
                    (
                        None,
                        self.tr(
                            "Practice is a small cloud on this computer. It needs no account and no network, and "
                            "nothing that you do there leaves this computer."
                        ),
                    ),
                ],
            ),
            (
                self.tr("The three lamps"),
                [
                    (
                        Tone.GOOD,
                        self.tr("Accepted: Mechanical Turk took the test. This does not mean yet that it arrived."),
                    ),
                    (Tone.GOOD, self.tr("Arrived: the message was seen at its destination, after so many seconds.")),
                    (
                        Tone.GOOD,
                        self.tr(
                            "As expected: it is the event and the version that you asked for, and the event is among "
                            "those that are checked. Mechanical Turk sends a test even for an event that is not."
                        ),
                    ),
                    (Tone.BAD, self.tr("A red lamp comes with what happened, why, and what to do.")),
                    (Tone.UNKNOWN, self.tr("A grey lamp means that it cannot be known from here, and says why.")),
                ],
            ),
            (
                self.tr("Your messages are safe"),
                [
                    (
                        None,
                        self.tr(
                            "To find the test in a queue, the program has to take messages up. Those that are not the "
                            "test are out of sight for a few seconds and are given back as soon as the search ends. "
                            "Only the test's own message is removed, and only if you leave that on under Advanced."
                        ),
                    ),
                    (
                        None,
                        self.tr(
                            "To look behind a topic, the program subscribes a temporary queue of its own and removes "
                            "it afterwards, at the next start if it was interrupted."
                        ),
                    ),
                ],
            ),
            (
                self.tr("Your keys"),
                [
                    (
                        None,
                        self.tr(
                            "Keys that you type in are kept in the keyring of your system, or, if you wish, only until "
                            "the program ends. They are in no file, no history and no report of this program."
                        ),
                    ),
                    (
                        None,
                        self.tr(
                            "Where they are wrong or have changed, “Replace keys…” under Accounts takes others in "
                            "their place; the old ones stay until the new ones are kept."
                        ),
                    ),
                    (
                        None,
                        self.tr(
                            "On Linux and macOS the program tells the system to write no image of its memory to the "
                            "disk if it crashes (no core dumps), because keys are in it."
                        ),
                    ),
                ],
            ),
            (
                self.tr("Keys of the keyboard"),
                [
                    (
                        None,
                        self.tr(
                            "Ctrl+Return sends the test, and Escape ends waiting for it. Ctrl+1 to Ctrl+{last} go to "
                            "the pages. F1 opens this help."
                        ).format(last=self._pages),
                    ),
                    (None, self.tr("Ctrl+Shift+A opens the accounts. Ctrl+Q quits.")),
                ],
            ),
        ]


class LicenceDialog(QDialog):
    """The licence of this program, or those of the works that it is made with, word for word."""

    def __init__(self, parent: QWidget | None = None, *, of_others: bool = False) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Works of others") if of_others else self.tr("The licence"))
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setPlainText(self._of_others() if of_others else self._ours())
        self.text.setAccessibleName(self.windowTitle())
        _with_close_button(self, self.text)
        self.resize(QSize(820, 560) if of_others else QSize(680, 460))

    def _ours(self) -> str:
        return (
            _packaged("LICENSE.txt")
            or _installed()
            or self.tr("MIT licence. Its text came with the program, in the file LICENSE.")
        )

    def _of_others(self) -> str:
        texts = [_packaged(name) for name in ("THIRD-PARTY.txt", "LGPL-3.txt", "GPL-3.txt")]
        return "\n\n".join(filter(None, texts)) or self.tr(
            "This copy runs from its source, with libraries that were installed for it. Each of them came with its "
            "licence, in the folder where it was installed."
        )


def _packaged(name: str) -> str:
    """A text that was packaged with the program; empty where it runs from its source."""
    try:
        return (resources.folder() / "licences" / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _installed() -> str:
    try:
        return importlib.metadata.distribution(DISTRIBUTION).read_text("licenses/LICENSE") or ""
    except importlib.metadata.PackageNotFoundError:
        return ""


def _line(tone: Tone | None, text: str) -> QWidget:
    if tone is None:
        return plain_label(text)
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(10)
    line.addWidget(ToneMark(tone), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(plain_label(text), 1)
    return row


def _with_close_button(dialog: QDialog, content: QWidget) -> None:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, dialog)
    buttons.rejected.connect(dialog.reject)
    rows = QVBoxLayout(dialog)
    rows.setContentsMargins(0, 0, 0, 12)
    rows.addWidget(content, 1)
    foot = QHBoxLayout()
    foot.setContentsMargins(12, 0, 12, 0)
    foot.addWidget(buttons)
    rows.addLayout(foot)
