# SPDX-License-Identifier: MIT
"""One sentence that says where things stand: who tells whom about how much, and how the last tests went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QWidget

from notification_tester.domain.coverage import Lookup
from notification_tester.domain.destination import EmailAddress
from notification_tester.qt.looks.formatting import ago_text, clock_text, count_text, now_utc, number_text, seconds_text
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.link_button import LinkButton

if TYPE_CHECKING:
    from datetime import datetime

    from notification_tester.domain.coverage import Summary
    from notification_tester.domain.destination import Destination


class StandingLine(QWidget):
    """The sentence with its mark; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Tone, str] | None = None
        self.mark = ToneMark(scale=1.3)
        self.words = ToneLabel()
        self.words.setObjectName("standing")
        font = QFont(self.words.font())
        font.setPointSizeF(font.pointSizeF() * 1.1)
        self.words.setFont(font)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        line.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.words, 1)
        self.change_keys = LinkButton(self.tr("Change the keys…"), self)
        self.change_keys.hide()
        line.addWidget(self.change_keys, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_text(self, tone: Tone, text: str, *, offers_keys: bool = False) -> None:
        """Say it; with a way to the account's keys where those are what is wrong."""
        self.change_keys.setVisible(offers_keys)
        if (tone, text) != self._shown:
            self._shown = (tone, text)
            self.mark.set_tone(tone, "minus" if tone is Tone.UNKNOWN else "")
            self.words.set_tone(Tone.PLAIN if tone is Tone.UNKNOWN else tone)
            self.words.setText(text)
        self.show()

    def clear(self) -> None:
        """Nothing can be said."""
        self._shown = None
        self.words.clear()
        self.hide()


def standing_text(
    destination: Destination | None, summary: Summary, *, is_from_here: bool, is_practice: bool = False
) -> tuple[Tone, str]:
    """What the history and the inbox say of a destination and of the events that are asked for, and its tone."""
    translate = QCoreApplication.translate
    if destination is None:
        return Tone.PLAIN, translate("Standing", "Say where the message should go: one test shows whether it arrives.")
    name = one_line(destination.name)
    is_kept = is_practice and not is_from_here and isinstance(destination, EmailAddress)
    if is_kept:
        name = translate("Standing", "practice’s mailbox for {name}").format(name=name)
    if summary.asked_for == 0:
        return Tone.PLAIN, translate("Standing", "Tick what {name} should be told about.").format(name=name)
    what = count_text(summary.asked_for, translate("Standing", "1 event"), translate("Standing", "{count} events"))
    who = translate("Standing", "This computer") if is_from_here else translate("Standing", "Mechanical Turk")
    head = translate("Standing", "{who} tells {name} about {what}").format(who=who, name=name, what=what)
    if summary.oldest is None:
        head = translate("Standing", "{who} is to tell {name} about {what}").format(who=who, name=name, what=what)
        text, live = _untested_texts(summary.lookup)
        return Tone.UNKNOWN, (live if summary.seen_live else text).format(
            head=head, count=number_text(summary.seen_live)
        )
    is_used = is_from_here or summary.is_used
    if not is_used:  # it was told in tests alone
        head = translate("Standing", "{who} is to tell {name} about {what}").format(who=who, name=name, what=what)
    ago = ago_text(summary.oldest, now_utc())
    if summary.is_changed:
        return Tone.UNKNOWN, translate("Standing", "{name} was changed after the last test: test it again.").format(
            name=name
        )
    if summary.arrived == summary.asked_for:
        text = translate("Standing", "{head}: works, tested {ago}").format(head=head, ago=ago)
        if not is_used:
            text = count_text(
                summary.asked_for,
                translate("Standing", "A test of 1 event reached {{name}} {{ago}}"),
                translate("Standing", "Tests of {count} events reached {{name}} {{ago}}"),
            ).format(name=name, ago=ago)
        if summary.seconds is not None:
            seconds = seconds_text(summary.seconds, places=1 if summary.seconds >= 0.1 else 2)
            text = translate("Standing", "{text}, {seconds} s").format(text=text, seconds=seconds)
        if is_kept:
            text = translate("Standing", "{text}; no e-mail left this computer").format(text=text)
        if not is_used:
            text = translate("Standing", "{text}; no HIT type is set from here to use it yet").format(text=text)
        return Tone.GOOD, f"{text}."
    if summary.arrived == 0 and summary.failed and not summary.seen_live:
        text = translate("Standing", "{who} does not get through to {name}, tested {ago}.")
        if summary.spoiled:
            text = translate("Standing", "{who} gets through to {name}, but not as expected, tested {ago}.")
        text = text.format(who=who, name=name, ago=ago)
        return Tone.BAD, f"{text} {summary.why}".strip()
    parts = [
        count_text(number, one, many)
        for number, one, many in (
            (summary.arrived, translate("Standing", "1 works"), translate("Standing", "{count} work")),
            (summary.failed, translate("Standing", "1 does not"), translate("Standing", "{count} do not")),
            (summary.untested, translate("Standing", "1 not tested"), translate("Standing", "{count} not tested")),
            (
                summary.seen_live,
                translate("Standing", "1 seen live"),
                translate("Standing", "{count} seen live"),
            ),
            (
                summary.asked_for - summary.arrived - summary.failed - summary.untested - summary.seen_live,
                translate("Standing", "1 not known"),
                translate("Standing", "{count} not known"),
            ),
        )
        if number
    ]
    tone = Tone.BAD if summary.failed else Tone.UNKNOWN
    if summary.arrived + summary.seen_live == summary.asked_for:
        tone = Tone.GOOD
    is_one, is_all_live = summary.tests == 1, summary.seen_live == summary.asked_for
    text = translate("Standing", "{head}: {parts}; the oldest test was {ago}.")
    if is_one and is_all_live:
        text = translate("Standing", "{head}: {parts}; the test {ago} was before that.")
    elif is_all_live:
        text = translate("Standing", "{head}: {parts}; the oldest test {ago} was before that.")
    elif is_one:
        text = translate("Standing", "{head}: {parts}; the test was {ago}.")
    return tone, text.format(head=head, parts=", ".join(parts), ago=ago)


def refused_text(refused_at: datetime) -> str:
    """What is said on top while the account's keys are known to be refused."""
    translate = QCoreApplication.translate
    text = translate(
        "Standing", "The keys of this account were refused at {time}. A test shows whether they are taken by now."
    )
    return text.format(time=clock_text(refused_at))


def _untested_texts(lookup: Lookup) -> tuple[str, str]:
    """What is said where no test is known of, and where real messages were seen besides."""
    translate = QCoreApplication.translate
    match lookup:
        case Lookup.DONE:
            return (
                translate("Standing", "{head}: not tested yet."),
                translate("Standing", "{head}: not tested yet, {count} seen live."),
            )
        case Lookup.UNDER_WAY:
            return translate("Standing", "{head}."), translate("Standing", "{head}: {count} seen live.")
        case Lookup.FAILED:
            return (
                translate("Standing", "{head}. Whether that was tested is not known: the history cannot be read."),
                translate(
                    "Standing",
                    "{head}: {count} seen live. Whether it was tested is not known: the history cannot be read.",
                ),
            )
