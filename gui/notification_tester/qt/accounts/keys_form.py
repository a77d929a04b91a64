# SPDX-License-Identifier: MIT
"""The form that gives a known account other keys, in place of those it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.account import PRACTICE, KeySource
from notification_tester.qt.accounts.form import AccountDraft
from notification_tester.qt.accounts.identity_panel import IdentityPanel
from notification_tester.qt.accounts.key_fields import TypedKeys
from notification_tester.qt.looks.theme import BETWEEN_CARDS, Card, heading, plain_label
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowRow
from notification_tester.qt.widgets.pill_badge import PillBadge

if TYPE_CHECKING:
    from notification_tester.domain.account import Account
    from notification_tester.domain.problem import Problem


class AccountKeysForm(QWidget):
    """Emits drafts of the account with the keys that were typed in; what is typed belongs to that account alone.

    ``footer`` has its buttons, to be laid out where they stay in sight.
    """

    replace_requested = Signal(object)  # AccountDraft
    who_requested = Signal(object)  # AccountDraft
    cancelled = Signal()
    edited = Signal()
    refused = Signal(QWidget)  # the first field that will not do; why stands below it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account = PRACTICE
        self.title = heading("", self, scale=1.4)
        self.badge = PillBadge(PRACTICE.environment, self)
        self.meaning = as_high_as_needed(plain_label("", self))
        self.keys = TypedKeys(self)
        self.who = IdentityPanel(self)
        self.problem_note = FieldNote(self)
        self.replace = FilledButton(self.tr("&Replace the keys"), self)
        self.cancel = QPushButton(self.tr("&Cancel"), self)
        self.cancel.setAutoDefault(False)
        self._lay_out()
        self._replacing = False
        self.keys.changed.connect(self._edited)
        self.who.asked.connect(self._ask)
        self.replace.clicked.connect(self._replace)
        self.cancel.clicked.connect(self.cancelled)

    @property
    def account(self) -> Account:
        """Whose keys are replaced."""
        return self._account

    @property
    def is_replacing(self) -> bool:
        """Whether keys were handed out to be kept, and nobody has answered yet."""
        return self._replacing

    @property
    def has_text(self) -> bool:
        """Whether something was typed that would be missed."""
        return self.keys.has_text

    def show_account(self, account: Account) -> None:
        """Take keys for this account; those that were typed for another one are wiped."""
        if not account.is_renamed(self._account):
            self.clear()
        self._account = account
        self.title.setText(self.tr("Replace the keys of “{name}”").format(name=one_line(account.name)))
        self.badge.set_environment(account.environment)
        kept = (
            self.tr("The old ones are forgotten once the new ones are in the keyring; if that fails, they stay.")
            if account.source is KeySource.KEYRING
            else self.tr("The new ones too are forgotten when the program ends, and never written down.")
        )
        same = self.tr(
            "They should be of the same AWS account: history and the record of HIT types stay with this name. "
            "Notifications that were set with the old keys may have to be set again; that is asked afterwards."
        )
        self.meaning.setText(f"{kept} {same}")

    def show_problem(self, problem: Problem) -> None:
        """Show why replacing failed; nothing typed is lost."""
        self._set_replacing(replacing=False)
        self.problem_note.show_problem(problem)

    def clear(self) -> None:
        """Wipe the keys and what was said about them."""
        self.keys.clear()
        self._set_replacing(replacing=False)
        self._forget_answers()

    def lead_back(self) -> None:
        """Put the keyboard back to where it was in this form."""
        before: QWidget | None = self.focusWidget()  # the stubs forget that there may be none
        (self.keys.access_key if before is None else before).setFocus(Qt.FocusReason.OtherFocusReason)

    def _draft(self) -> AccountDraft | None:
        credentials = self.keys.parsed()
        if credentials is not None:
            return AccountDraft(account=self._account, credentials=credentials)
        if (guilty := self.keys.guilty_field()) is not None:
            guilty.setFocus(Qt.FocusReason.OtherFocusReason)
            self.refused.emit(guilty)
        return None

    def _ask(self) -> None:
        if (draft := self._draft()) is not None:
            self._forget_answers()
            self.who.wait(draft)
            self.who_requested.emit(draft)

    def _replace(self) -> None:
        if (draft := self._draft()) is not None:
            self._forget_answers()
            self._set_replacing(replacing=True)
            self.replace_requested.emit(draft)

    def _edited(self) -> None:
        if not self._replacing:
            self._forget_answers()
        self.edited.emit()

    def _forget_answers(self) -> None:
        self.who.clear()
        self.problem_note.clear()

    def _set_replacing(self, *, replacing: bool) -> None:
        self._replacing = replacing
        for part in (self.keys, self.who, self.replace):
            part.setEnabled(not replacing)
        self.replace.setText(self.tr("Replacing…") if replacing else self.tr("&Replace the keys"))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        card = Card(self)
        card.body.addWidget(self.meaning)
        card.body.addWidget(self.keys)
        self.footer = FlowRow((self.who.button, self.cancel, self.replace), self, end_from=1)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(BETWEEN_CARDS)
        body.addLayout(top)
        for part in (card, self.who, self.problem_note):
            body.addWidget(part)
        body.addStretch(1)
