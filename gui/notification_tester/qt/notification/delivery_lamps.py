# SPDX-License-Identifier: MIT
"""Three lamps: accepted, arrived, as expected; each with a shape, a word, a reason and its seconds."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from notification_tester.domain.delivery import Lamp, State
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.formatting import seconds_text
from notification_tester.qt.looks.theme import Card, QuietLabel, Tone, tone_colours
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

    from notification_tester.domain.delivery import Verdicts

SLOW_MILLISECONDS = 1000


class Stage(StrEnum):
    """One of the lamps, in the order of time."""

    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    AS_EXPECTED = "as_expected"


def state_icon(state: State | None) -> QIcon:
    """The shape of a verdict in its colour; a clock where there is none yet. Another palette wants it drawn anew."""
    name, tone = {
        State.YES: ("check", Tone.GOOD),
        State.NO: ("cross", Tone.BAD),
        State.UNKNOWN: ("question", Tone.UNKNOWN),
        None: ("clock", Tone.UNKNOWN),
    }[state]
    return icons.icon_in(name, tone_colours(QApplication.palette(), tone).text)


class DeliveryLamps(QWidget):
    """Shows how far one message got; ``cancel_requested`` while it waits.

    ``is_from_here``: this computer sends it, and not Mechanical Turk.
    """

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, is_from_here: bool = False) -> None:
        super().__init__(parent)
        self._is_from_here = is_from_here
        self.lamps = {stage: LampRow(self) for stage in Stage}
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.setAutoDefault(False)
        self.cancel.setAccessibleDescription(
            self.tr("Ends the search for the test message; what is known so far stays.")
        )
        self.cancel.setToolTip(self.tr("Escape"))
        self.cancel.clicked.connect(self.cancel_requested)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        for lamp in self.lamps.values():
            rows.addWidget(lamp)
        rows.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignLeft)
        # A call that is answered at once needs no button.
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MILLISECONDS)
        self._slow.timeout.connect(self.cancel.show)
        self.clear()

    def clear(self) -> None:
        """Show what each lamp will tell, before anything was sent."""
        self._slow.stop()
        self.cancel.hide()
        details = {
            Stage.ACCEPTED: self.tr("Whether Mechanical Turk takes the test."),
            Stage.ARRIVED: self.tr("Whether the message is seen at its destination, and after how many seconds."),
            Stage.AS_EXPECTED: self.tr(
                "Whether it tells of the event that was tested, which is ticked in your form, in the message version "
                "that you chose."
            ),
        }
        if self._is_from_here:
            details = {
                Stage.ACCEPTED: self.tr("Whether the receiver, or the service before it, takes the message."),
                Stage.ARRIVED: self.tr("Whether the message is seen at its destination, or answered by the receiver."),
                Stage.AS_EXPECTED: self.tr("Whether that is as a well-made receiver does it."),
            }
        for stage, lamp in self.lamps.items():
            lamp.show_text(
                tone=Tone.UNKNOWN,
                shape="minus",
                title=self._title(stage),
                word=self.tr("Not yet"),
                detail=details[stage],
            )

    def show_waiting(self, stage: str, seconds_left: int | None, accepted: Lamp | None = None) -> None:
        """Show that ``stage`` (one of :class:`Stage`) is under way, with the seconds until it is given up.

        What was known of earlier stages stays; ``accepted`` sets it. Later lamps go out. Raises ValueError for another
        stage.
        """
        waiting = Stage(stage)
        if accepted is not None:
            self._show(Stage.ACCEPTED, accepted)
        order = list(Stage)
        for later in order[order.index(waiting) + 1 :]:
            self.lamps[later].show_text(
                tone=Tone.UNKNOWN, shape="minus", title=self._title(later), word=self.tr("Not yet"), detail=""
            )
        detail = {
            Stage.ACCEPTED: self.tr("The message is being sent.")
            if self._is_from_here
            else self.tr("Mechanical Turk is being asked."),
            Stage.ARRIVED: self.tr("Looking for the message at its destination."),
            Stage.AS_EXPECTED: self.tr("The message is being read."),
        }[waiting]
        left = "" if seconds_left is None else self.tr("{seconds} s left").format(seconds=self._number(seconds_left, 0))
        self.lamps[waiting].show_text(
            tone=Tone.ACCENT,
            shape="clock",
            title=self._title(waiting),
            word=self.tr("Waiting"),
            detail=detail,
            seconds=left,
        )
        if waiting is Stage.ACCEPTED:
            if not self._slow.isActive():  # it is told again and again while it lasts
                self._slow.start()
        else:
            self._slow.stop()
            self.cancel.setVisible(waiting is Stage.ARRIVED)

    def show_outcome(self, outcome: Verdicts) -> None:
        """Show the three verdicts of what ended."""
        self._slow.stop()
        self.cancel.hide()
        self._show(Stage.ACCEPTED, outcome.accepted)
        self._show(Stage.ARRIVED, outcome.arrived)
        self._show(Stage.AS_EXPECTED, outcome.as_expected)

    def _show(self, stage: Stage, lamp: Lamp) -> None:
        tone = {State.YES: Tone.GOOD, State.NO: Tone.BAD, State.UNKNOWN: Tone.UNKNOWN}[lamp.state]
        word = {
            State.YES: self.tr("Yes"),
            State.NO: self.tr("No"),
            State.UNKNOWN: self.tr("Not known"),
        }[lamp.state]
        seconds = spoken = ""
        if lamp.seconds is not None:
            places = 2 if lamp.seconds < 10 else 1 if lamp.seconds < 60 else 0
            number = seconds_text(lamp.seconds, places=places, locale=self.locale())
            seconds = self.tr("{seconds} s").format(seconds=number)
            spoken = self.tr("after {seconds} seconds").format(seconds=number)
        self.lamps[stage].show_text(
            tone=tone,
            title=self._title(stage),
            word=word,
            detail=lamp.detail,
            seconds=seconds,
            spoken=spoken,
        )

    def _number(self, value: float, places: int) -> str:
        return self.locale().toString(float(value), "f", places)

    def _title(self, stage: Stage) -> str:
        return {
            Stage.ACCEPTED: self.tr("Accepted"),
            Stage.ARRIVED: self.tr("Arrived"),
            Stage.AS_EXPECTED: self.tr("As expected"),
        }[stage]


class LampRow(Card):
    """One lamp: shape, title and word, seconds at the far side, the reason below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[str, ...] = ()
        self.body.setContentsMargins(14, 10, 14, 10)
        self.mark = ToneMark(Tone.UNKNOWN, scale=1.5)
        self.title = ToneLabel()
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.word = ToneLabel()
        self.word.setFont(font)
        self.seconds = QuietLabel()
        self.detail = QuietLabel()
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for short in (self.title, self.word, self.seconds):
            short.setWordWrap(False)
            short.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        top = FlowLayout(end_from=1, spacing=10)
        for short in (self.title, self.word, self.seconds):
            top.addWidget(short)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(top)
        words.addWidget(self.detail)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.body.addLayout(row)

    def show_text(
        self,
        *,
        tone: Tone,
        title: str,
        word: str,
        detail: str,
        seconds: str = "",
        spoken: str = "",
        shape: str = "",
    ) -> None:
        """Show all of it; ``spoken`` is how a screen reader says the seconds."""
        shown = (tone, title, word, detail, seconds, spoken, shape)
        if shown == self._shown:
            return  # news of one lamp comes with the others as they were, and laying them out anew would be felt
        self._shown = shown
        # Grey ground says "switched off", and that something is not known is an answer like the others.
        self.set_tone(Tone.PLAIN if tone is Tone.UNKNOWN else tone)
        self.mark.set_tone(tone, shape)
        self.title.setText(title)
        self.word.setText(word)
        self.word.set_tone(tone)
        self.seconds.setText(seconds)
        self.seconds.setVisible(bool(seconds))
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        said = ", ".join(part for part in (word.lower(), spoken or seconds) if part)
        why = self.detail.text()
        self.setAccessibleName(self.tr("{title}: {said}. {detail}").format(title=title, said=said, detail=why))
