# SPDX-License-Identifier: MIT
"""What is followed, how it goes, and the button that pauses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.destination import Transport
from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.theme import Card, QuietLabel, Tone, heading
from notification_tester.qt.widgets.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.widgets.visible_text import one_line, paragraph

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from notification_tester.domain.destination import Destination
    from notification_tester.services.inbox.reading import Followed, FollowNews

BESIDE_FROM = 105
"""Width, in widths of an average character, from which the buttons stand beside the words."""


class InboxBar(Card):
    """One line while all goes well; more where there is trouble."""

    pause_requested = Signal()
    resume_requested = Signal()
    other_requested = Signal()
    notices_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body.setContentsMargins(14, 10, 14, 10)
        self.body.setSpacing(4)
        self._mark = ToneMark(parent=self)
        self.title = heading("", self)
        self.state = as_high_as_needed(QuietLabel("", self))
        self.trouble = as_high_as_needed(ToneLabel("", self, tone=Tone.BEWARE))
        self.trouble.hide()
        self.pause = QPushButton(self.tr("&Pause"), self)
        self.pause.setIcon(icons.icon("stop"))
        self.pause.setAutoDefault(False)
        self.resume = FilledButton(self.tr("&Follow again"), self, icon_name="repeat")
        self.other = QPushButton(self.tr("Follow &another…"), self)
        self.other.setAutoDefault(False)
        self.notices = QCheckBox(self.tr("&Notify me on the desktop"), self)
        self._lay_out()
        self.pause.clicked.connect(self.pause_requested)
        self.resume.clicked.connect(self.resume_requested)
        self.other.clicked.connect(self.other_requested)
        self.notices.toggled.connect(self.notices_wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons beside the words where there is room for both."""
        super().resizeEvent(event)
        beside = self.width() >= self.fontMetrics().averageCharWidth() * BESIDE_FROM
        wanted = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._sides.direction() is not wanted:
            self._sides.setDirection(wanted)

    def set_notices(self, *, available: bool, on: bool) -> None:
        """Whether the system can notify, and whether that is wished."""
        self.notices.setEnabled(available)
        why = "" if available else self.tr("This system has no place on the desktop where programs can notify.")
        self.notices.setToolTip(why)
        self.notices.setAccessibleDescription(why)
        blocked = self.notices.blockSignals(True)
        self.notices.setChecked(on and available)
        self.notices.blockSignals(blocked)

    def show_following(self, destination: Destination, *, ending: bool) -> None:
        """Something is followed, or has just been paused and is being given back."""
        name = one_line(destination.name, longest=80)
        self.title.setText(
            self.tr("Giving back what was held in {name}…").format(name=name)
            if ending
            else self.tr("Following {name}").format(name=name)
        )
        self._mark.set_tone(Tone.ACCENT, "queue" if destination.transport is Transport.SQS else "topic")
        if not self.pause.isVisibleTo(self) or ending:
            self.state.clear()
            self.trouble.hide()
        self.pause.setVisible(True)
        self.pause.setEnabled(not ending)
        self.resume.hide()
        self.other.hide()

    def show_paused(self, destination: Destination) -> None:
        """Nothing is followed now."""
        self.title.setText(self.tr("Paused: {name}").format(name=one_line(destination.name, longest=80)))
        self._mark.set_tone(Tone.PLAIN, "clock")
        self.state.clear()  # how it went is over; what became of the messages is said by show_ended, where it is known
        self.trouble.hide()
        self.pause.hide()
        self.resume.show()
        self.other.show()

    def show_ended(self, followed: Followed, *, is_queue: bool, was_left: bool) -> None:
        """What became of the messages when following ended; ``was_left``: because another account was opened."""
        left = followed.left_behind
        if left is not None:
            self.state.setText(f"{left.title} {left.detail} {left.remedy}")
        elif not is_queue:
            self.state.setText(self.tr("The temporary queue was removed."))
        elif not followed.late:
            self.state.setText(self.tr("Everything was given back to the queue."))
        else:
            self.state.setText(
                count_text(
                    followed.late,
                    self.tr("1 message could not be given back now; the queue does so by itself soon."),
                    self.tr("{count} messages could not be given back now; the queue does so by itself soon."),
                )
            )
        if was_left:
            why = self.tr("Following ended when another account was opened.")
            self.state.setText(f"{why} {self.state.text()}")
        if followed.trouble is not None:
            self.trouble.setText(
                paragraph(
                    self.tr("It could not be read any more when that ended: {what}").format(
                        what=f"{followed.trouble.title} {followed.trouble.detail}"
                    )
                )
            )
            self.trouble.show()

    def show_news(self, news: FollowNews, *, is_queue: bool) -> None:
        """How it goes."""
        if is_queue:
            text = count_text(
                news.held,
                self.tr("1 message is out of other readers' sight; it is given back when you pause."),
                self.tr("{count} messages are out of other readers' sight; they are given back when you pause."),
            )
            if not news.held:
                text = self.tr("No message is held.")
            if news.back_within > 60:
                text += " " + self.tr("If the program died, the queue would give them back within {minutes}.").format(
                    minutes=self.tr("two minutes") if news.back_within <= 120 else self.tr("five minutes")
                )
            self.state.setText(text)
        else:
            self.state.setText(self.tr("A temporary queue listens; it is removed when you pause."))
        if news.trouble is not None:
            self.trouble.setText(
                paragraph(
                    self.tr("{what} It is tried again by itself.").format(
                        what=f"{news.trouble.title} {news.trouble.detail}"
                    )
                )
            )
        elif news.is_full:
            self.trouble.setText(
                self.tr(
                    "No more can be held: what waits behind these messages cannot be seen. Take messages out of the "
                    "queue, or follow only from now on."
                )
            )
        self.trouble.setVisible(news.trouble is not None or news.is_full)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._mark)
        line.addWidget(self.title, 1)
        words.addLayout(line)
        words.addWidget(self.state)
        words.addWidget(self.trouble)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for part in (self.notices, self.pause, self.other, self.resume):
            buttons.addWidget(part)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(10)
        self._sides.addLayout(words, 1)
        self._sides.addLayout(buttons)
        self.body.addLayout(self._sides)
        self.setAccessibleName(self.tr("What is followed"))
        self.state.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
