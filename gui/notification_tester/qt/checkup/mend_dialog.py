# SPDX-License-Identifier: MIT
"""One change of one access policy: shown first, written after a yes, and checked; the way back is such a change.

Escape and Return both leave everything as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Signal
from PySide6.QtGui import QFontDatabase, QTextCursor, QTextFormat
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QWidget,
)

from notification_tester.domain.account import Environment
from notification_tester.domain.problem import Code, Remedy
from notification_tester.qt.checkup.verdict import went_silent, would_go_silent
from notification_tester.qt.checkup.writing_dialog import WritingDialog
from notification_tester.qt.looks.theme import Tone, heading, plain_label, tone_colours
from notification_tester.qt.looks.visible_text import LONGEST_TEXT, one_line, paragraph, visible
from notification_tester.qt.notification.remedies import remedy_buttons, remedy_text
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.problem_card import ProblemCard

if TYPE_CHECKING:
    from notification_tester.domain.account import Account
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.problem import Problem
    from notification_tester.services.checkup.mend import Mended, Proposal


_LINE_TONES = {"+": Tone.GOOD, "-": Tone.BAD}


class PolicyDifference(QPlainTextEdit):
    """A change of a policy as a unified diff: plain text, its signs kept, its added and taken lines coloured as well.

    Read-only; lines do not wrap, so that indents can be compared.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setAccessibleName(self.tr("The change, line by line: plus is added, minus is taken away"))

    def set_difference(self, difference: str) -> None:
        """Show it, or its beginning where it is endless."""
        lines = difference.split("\n")
        if lines[:2] == ["--- before", "+++ after"]:
            lines = lines[3:]  # the heading above says so, and line numbers tell nothing here
        shown = ["…" if line.startswith("@@ ") else visible(line) for line in lines]
        self.setPlainText("\n".join(shown)[:LONGEST_TEXT])
        self._colour()

    def minimumSizeHint(self) -> QSize:
        """A few lines."""
        return QSize(200, self.fontMetrics().lineSpacing() * 6)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _colour(self) -> None:
        marks = []
        block = self.document().begin()
        while block.isValid():
            tone = _LINE_TONES.get(block.text()[:1])
            if tone is not None:
                colours = tone_colours(QApplication.palette(), tone)
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(block)
                mark.format.setBackground(colours.fill)
                mark.format.setForeground(colours.text)
                mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                marks.append(mark)
            block = block.next()
        self.setExtraSelections(marks)


class MendDialog(WritingDialog):
    """Emits ``proposal_requested`` when the change is to be worked out, ``change_requested(Proposal)`` after a yes,
    and ``undo_requested(Mended)`` when it is to be shown how it would be taken back.
    """

    proposal_requested = Signal()
    change_requested = Signal(object)
    undo_requested = Signal(object)

    def __init__(
        self,
        account: Account,
        destination: Destination,
        parent: QWidget | None = None,
        *,
        is_way_back: bool = False,
    ) -> None:
        """``is_way_back``: an earlier change is to be taken back."""
        translate, name = QCoreApplication.translate, one_line(destination.name, longest=80)
        super().__init__(
            account,
            title=(
                translate("MendDialog", "Take back the change at {name}")
                if is_way_back
                else translate("MendDialog", "Let Mechanical Turk into {name}")
            ).format(name=name),
            about=translate("MendDialog", "Account: {account}. {address}").format(
                account=one_line(account.name), address=one_line(destination.text, longest=600)
            ),
            parent=parent,
        )
        self.destination = destination
        self._is_practice = account.environment is Environment.PRACTICE
        self._proposal: Proposal | None = None
        self._mended: Mended | None = None
        self.sentence = as_high_as_needed(plain_label("", self))
        self.above = as_high_as_needed(heading("", self))
        self.difference = PolicyDifference(self)
        self.problem = ProblemCard(self)
        self.problem.action.connect(self._act)
        self.undo = QPushButton(self.tr("&Undo this change…"), self)
        self.undo.setAutoDefault(False)
        self.undo.clicked.connect(self._undo)
        self.cancel = QPushButton(self.tr("&Cancel"), self)
        self.cancel.clicked.connect(self.reject)
        self.change = FilledButton(self.tr("&Take it back") if is_way_back else self.tr("C&hange it"), self)
        self.change.clicked.connect(self._change)
        self.test = FilledButton(self.tr("&Send the test again"), self, icon_name="send")
        self.test.clicked.connect(self._test)
        buttons = QHBoxLayout()
        buttons.addWidget(self.undo)
        buttons.addStretch(1)
        for button in (self.cancel, self.change, self.test):
            buttons.addWidget(button)
        rows = self._lay_out((self.sentence, self.above, self.difference), self.problem, buttons)
        rows.setStretchFactor(self.difference, 1)
        self.resize(self.sizeHint())
        self.show_waiting()

    def sizeHint(self) -> QSize:
        """Wide enough for a line of a policy."""
        return QSize(min(110 * self.fontMetrics().averageCharWidth(), 900), 560)

    def show_waiting(self) -> None:
        """The change is being worked out."""
        self._proposal = self._mended = None
        self.problem.clear()
        self.sentence.setText(self.tr("Reading the access policy…"))
        self._show_difference("", "")
        self._say(None, "")
        self._offer()

    def show_proposal(self, proposal: Proposal | None) -> None:
        """Show what would change; nothing has to where there is no proposal."""
        self._proposal, self._mended, self._is_writing = proposal, None, False
        self.problem.clear()
        if proposal is None:
            self.sentence.setText(self.tr("Nothing has to be changed."))
            self._say(Tone.GOOD, self.tr("As far as the access policy tells, Mechanical Turk is let in already."))
        else:
            self.sentence.setText(proposal.sentence)
            self._show_difference(
                self.tr("Access policy before and after: + is added, - is taken away"), proposal.difference
            )
            silent = would_go_silent(proposal)
            self._say(Tone.BEWARE if silent else None, silent)
        self._offer()

    def show_problem(self, problem: Problem) -> None:
        """What was asked for did not work: nothing was found out, written, or taken back."""
        was_writing, self._is_writing = self._is_writing, False
        actions = [(self.tr("&Look again"), "look")] if problem.code == Code.CHANGED_MEANWHILE else []
        if problem.code == Code.CHANGED_MEANWHILE:
            self._proposal = None
        if not was_writing:
            self.sentence.setText(self.tr("Nothing was changed."))
        self._say(None, "")
        is_read = self._proposal is not None or self._mended is not None  # then a button below tries again
        if Remedy.TRY_AGAIN in problem.remedies and not is_read and not actions:
            actions = [(remedy_text(Remedy.TRY_AGAIN), "look")]
        self.problem.show_problem(problem, [*actions, *remedy_buttons(problem)], fill_first=bool(actions))
        self._offer()

    def show_mended(self, mended: Mended) -> None:
        """It was written: say what the service shows now."""
        self._proposal, self._mended, self._is_writing = None, mended, False
        self.problem.clear()
        self.sentence.setText(mended.sentence)
        self._show_difference(self.tr("This was changed"), mended.proposal.difference)
        if mended.lets_in:
            done = self.tr("Changed, read back and checked: Mechanical Turk is let in.")
            if not self._is_practice:
                done += " " + self.tr("AWS may take up to a minute until it counts everywhere.")
            self._say(Tone.GOOD, done)
        elif not mended.is_known:
            self._say(
                Tone.UNKNOWN,
                self.tr(
                    "Whether it was changed is not known: no answer came, and the service does not show it. Check "
                    "again in a minute."
                ),
            )
            if mended.lost is not None:
                self.problem.show_problem(mended.lost, remedy_buttons(mended.lost))
        elif not mended.is_seen:
            self._say(
                Tone.UNKNOWN,
                self.tr(
                    "The change was taken, but the service does not show it yet. That can take up to a minute; then "
                    "check again."
                ),
            )
        else:
            self._say(Tone.BEWARE, paragraph(f"{self.tr('It was changed, but:')} {mended.judgement.because}"))
        self._offer()

    def show_undone(self, back: Mended) -> None:
        """The way back was written: say whether the service shows the policy as it was, and who is silent now."""
        self._proposal, self._mended, self._is_writing = None, None, False
        self.problem.clear()
        self.sentence.setText(self.tr("The change was taken back."))
        self._show_difference("", "")
        if back.is_seen:
            silent = went_silent(back)
            done = self.tr("Taken back and read back: the access policy is what it was before.")
            self._say(Tone.BEWARE if silent else Tone.GOOD, f"{done} {silent}".rstrip())
        else:
            self._say(
                Tone.UNKNOWN,
                self.tr(
                    "It was taken back, but the service does not show it yet. That can take up to a minute; then check "
                    "again."
                ),
            )
        self._offer()

    def _show_difference(self, above: str, difference: str) -> None:
        self.above.setText(above)
        self.above.setVisible(bool(above))
        self.difference.set_difference(difference)
        self.difference.setVisible(bool(difference))

    def _offer(self) -> None:
        """Show the buttons that make sense now. What does no harm is what Return does."""
        self.change.setVisible(self._proposal is not None)
        self.undo.setVisible(self._mended is not None and not self._mended.proposal.is_way_back)
        self.test.setVisible(self._mended is not None and self._mended.lets_in)
        for button in (self.change, self.undo, self.test, self.cancel):
            button.setEnabled(not self._is_writing)
        asks = self._proposal is not None or (self._mended is None and not self.outcome.text())
        self.cancel.setText(self.tr("&Cancel") if asks else self.tr("&Close"))
        for button in (self.change, self.test):
            button.setDefault(False)
        self.cancel.setDefault(True)
        if not self._is_writing:
            self.cancel.setFocus()

    def _begin_writing(self, text: str) -> None:
        self._is_writing = True
        self.problem.clear()
        self._say(Tone.PLAIN, text)
        self._offer()

    def _change(self) -> None:
        if self._proposal is not None:
            self._begin_writing(self.tr("Writing the change, and reading it back…"))
            self.change_requested.emit(self._proposal)

    def _undo(self) -> None:
        if self._mended is not None:
            self.undo_requested.emit(self._mended)

    def _act(self, key: str) -> None:
        if key == "look":
            self.show_waiting()
            self.proposal_requested.emit()
