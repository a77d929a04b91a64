# SPDX-License-Identifier: MIT
"""The accounts: whose Mechanical Turk this program can ask; adding or forgetting one, and giving it other keys.

The dialog shows what it is given and emits what was meant; who listens does the work and answers with
``set_accounts``, ``show_keys_replaced``, ``show_identity``, ``show_no_identity`` or ``show_problem``. Keys typed in are
wiped when it closes, however it closes; it asks first while something is being typed in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.account import PRACTICE, KeySource
from notification_tester.qt.accounts.form import AccountDraft, AccountForm
from notification_tester.qt.accounts.keys_form import AccountKeysForm
from notification_tester.qt.accounts.view import AccountView, account_in_words
from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.theme import BETWEEN_CARDS, INSIDE_CARD, Card, Tone, make_plain, plain_label
from notification_tester.qt.widgets.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.widgets.visible_text import one_line, tooltip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.account import Account, Identity
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.accounts.identity_panel import IdentityPanel

_ACCOUNT = Qt.ItemDataRole.UserRole
LINES_OF_A_NOTE = 8


class DiscardQuestion(Card):
    """Asks in its place, before what was typed is dropped: keep typing, or discard it.

    Out of sight until :meth:`ask`; goes away with either answer. Escape keeps, as Enter does.
    """

    kept = Signal()
    discarded = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, tone=Tone.BEWARE)
        self._title = ToneLabel("", self, tone=Tone.BEWARE)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._text = as_high_as_needed(plain_label("", self))
        self.keep = QPushButton(self.tr("Keep t&yping"), self)
        self.discard = QPushButton(self.tr("&Discard and close"), self)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(ToneMark(Tone.BEWARE, self))
        row.addWidget(self._title, 1)
        row.addWidget(self.discard)
        row.addWidget(self.keep)
        self.body.setContentsMargins(12, 8, 12, 8)
        self.body.setSpacing(4)
        self.body.addLayout(row)
        self.body.addWidget(self._text)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.keep.click)
        for button, answered in ((self.keep, self.kept), (self.discard, self.discarded)):
            button.setAutoDefault(True)
            button.clicked.connect(self.hide)
            button.clicked.connect(answered)
        self.hide()

    def ask(self, title: str, text: str) -> None:
        """Show the question, with the keyboard on the answer that loses nothing."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(f"{title} {text}")
        self.keep.setAccessibleDescription(f"{title} {text}")
        self.show()
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)


class AccountDialog(QDialog):
    """Accounts at the left, Practice first; at the right the chosen one, or a form: a new account, or other keys."""

    saved = Signal(object)  # AccountDraft
    session_only_requested = Signal(object)  # AccountDraft
    who_requested = Signal(object)  # AccountDraft; without credentials for an account that is known
    forget_requested = Signal(str)
    replace_keys_requested = Signal(object)  # AccountDraft of a known account, with its new credentials

    def __init__(
        self,
        accounts: Sequence[Account],
        parent: QWidget | None = None,
        *,
        profiles: Sequence[str] = (),
        current: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Accounts"))
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Accounts"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setSpacing(2)
        self.add = QPushButton(self.tr("&Add…"), self)
        self.add.setIcon(icons.icon("plus"))
        self.add.setAutoDefault(False)
        self.forget = QPushButton(self.tr("&Forget…"), self)
        self.forget.setIcon(icons.icon("trash"))
        self.forget.setAutoDefault(False)
        self.close_button = QPushButton(self.tr("Close"), self)
        self.close_button.setAutoDefault(False)
        self.view = AccountView(self)
        self.form = AccountForm(self, profiles=profiles)
        self.keys_form = AccountKeysForm(self)
        self.question = DiscardQuestion(self)
        self._pages = QStackedWidget(self)
        self._view_page = _scrolled(self.view, self)
        self._form_page = _scrolled(self.form, self)
        self._keys_page = _scrolled(self.keys_form, self)
        self._lay_out()
        self.set_accounts(accounts, current=current)

        self.list.currentItemChanged.connect(self._show_chosen)
        self.add.clicked.connect(self.add_account)
        self.forget.clicked.connect(self._ask_to_forget)
        self.close_button.clicked.connect(self.accept)
        self.view.who.asked.connect(self._ask_about_chosen)
        self.view.replace_keys_requested.connect(self._open_keys_form)
        self.keys_form.replace_requested.connect(self.replace_keys_requested)
        self.keys_form.who_requested.connect(self.who_requested)
        self.keys_form.cancelled.connect(self._leave_keys_form)
        self.keys_form.edited.connect(self.question.hide)
        self.keys_form.refused.connect(self._bring_into_sight)
        self.form.save_requested.connect(self.saved)
        self.form.session_only_requested.connect(self.session_only_requested)
        self.form.who_requested.connect(self.who_requested)
        self.form.cancelled.connect(self._leave_form)
        self.form.edited.connect(self.question.hide)
        self.form.refused.connect(self._bring_into_sight)
        self.question.kept.connect(self._lead_back)
        self.question.discarded.connect(self._discard)

    @property
    def is_adding(self) -> bool:
        """Whether the form is open."""
        return self._pages.currentWidget() is self._form_page

    @property
    def is_replacing_keys(self) -> bool:
        """Whether the form for other keys is open."""
        return self._pages.currentWidget() is self._keys_page

    def is_about(self, name: str) -> bool:
        """Whether what a problem of the account of that name is shown beside is its own."""
        if self.keys_form.is_replacing:
            return self.keys_form.account.name == name
        return not (self.is_adding or self.form.is_saving) and self.chosen().name == name

    def chosen(self) -> Account:
        """The account chosen in the list."""
        account: Account | None = self.list.currentIndex().data(_ACCOUNT)
        return account or PRACTICE

    def set_accounts(self, accounts: Sequence[Account], *, current: str = "") -> None:
        """Show these, Practice first, and the one named ``current``; it closes the form that added it."""
        wanted = (current or self.chosen().name).casefold()
        shown = [PRACTICE, *(account for account in accounts if account.source is not KeySource.PRACTICE)]
        self.list.blockSignals(True)
        self.list.clear()
        for account in shown:
            name = one_line(account.name)
            item = QListWidgetItem(f"{name}\n{account_in_words(account)}")
            item.setToolTip(tooltip(name))
            item.setData(_ACCOUNT, account)
            self.list.addItem(item)
            if account.name.casefold() == wanted:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self.form.set_taken([account.name for account in shown])
        if self.keys_form.account.name not in {account.name for account in shown}:
            self._leave_keys_form()
        if current:
            self._leave_form()
        elif not self.is_adding and not self.is_replacing_keys:
            self._show_chosen()

    def set_profiles(self, names: Sequence[str]) -> None:
        """The AWS profiles of this computer."""
        self.form.set_profiles(names)

    def add_account(self) -> None:
        """Open the form."""
        self._open_form()
        self._form_page.verticalScrollBar().setValue(0)
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_identity(self, identity: Identity, asked: AccountDraft) -> None:
        """Show the answer to "Who am I?" where that was asked; one about other keys than are there now is dropped."""
        self._answer(asked, lambda panel: panel.show_identity(identity))

    def show_no_identity(self, problem: Problem, asked: AccountDraft) -> None:
        """Show why "Who am I?" has no answer, as above."""
        self._answer(asked, lambda panel: panel.show_problem(problem))

    def _answer(self, asked: AccountDraft, show: Callable[[IdentityPanel], None]) -> None:
        for panel in (self.view.who, self.form.who, self.keys_form.who):
            if panel.is_asking(asked):
                show(panel)
                if panel.isVisible():
                    self._reveal_answer()

    def show_problem(self, problem: Problem) -> None:
        """Show why it could not be done; nothing typed is lost."""
        if self.form.is_saving:
            self._open_form()
        elif self.keys_form.is_replacing:
            self._show_keys_form()
        if self.is_adding:
            self.form.show_problem(problem)
        elif self.is_replacing_keys:
            self.keys_form.show_problem(problem)
        else:
            self.view.who.show_problem(problem)
        self._reveal_answer()

    def show_keys_replaced(self, account: Account) -> None:
        """Say that the new keys of ``account`` are kept; it closes the form that took them."""
        if self.keys_form.account.name == account.name:
            self._leave_keys_form()
        if self.chosen().name == account.name and not self.is_adding:
            self.view.done_note.say(
                self.tr("The keys were replaced."), self.tr("Every call of this account is made with the new ones now.")
            )

    def done(self, result: int) -> None:
        """Close, and wipe what was typed; ask first where something was."""
        if self.form.has_text:
            self._ask_before_closing()
            return
        if self.keys_form.has_text:
            self._ask_before_dropping_keys()
            return
        self._leave_keys_form()
        self._leave_form()
        super().done(result)

    def _ask_before_dropping_keys(self) -> None:
        self._show_keys_form()  # what it is about is in sight
        if self.keys_form.is_replacing:
            self.question.ask(
                self.tr("The keys are being replaced."),
                self.tr("If that fails, the account keeps the old ones, and what you typed is lost with this window."),
            )
        else:
            self.question.ask(
                self.tr("The keys are not replaced yet."),
                self.tr("What you typed is kept nowhere, and is lost when this window closes."),
            )

    def _ask_before_closing(self) -> None:
        self._open_form()  # what it is about is in sight
        if self.form.is_saving:
            self.question.ask(
                self.tr("The account is being added."),
                self.tr("If that fails, what you typed is lost with this window."),
            )
        else:
            self.question.ask(
                self.tr("This account is not added yet."),
                self.tr("What you typed is kept nowhere, and is lost when this window closes."),
            )

    def _discard(self) -> None:
        # What is under way goes on; what comes of it is told in the window.
        if self.is_replacing_keys:
            self._leave_keys_form()
        else:
            self._leave_form()
        self.accept()

    def _lead_back(self) -> None:
        (self.keys_form if self.is_replacing_keys else self.form).lead_back()

    def _reveal_answer(self) -> None:
        page = self._view_page
        shown: QWidget = self.view.who
        form = self.form if self.is_adding else self.keys_form
        if self.is_adding or self.is_replacing_keys:
            page = self._form_page if self.is_adding else self._keys_page
            shown = form.problem_note if form.problem_note.text else form.who
        # Its height is known once the layout has taken it in.
        QTimer.singleShot(0, shown, lambda: page.ensureWidgetVisible(shown))

    def _open_form(self) -> None:
        self._pages.setCurrentWidget(self._form_page)
        self.add.setEnabled(False)
        self.forget.setEnabled(False)

    def _open_keys_form(self) -> None:
        self.keys_form.show_account(self.chosen())
        self._show_keys_form()
        self._keys_page.verticalScrollBar().setValue(0)
        self.keys_form.keys.access_key.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_keys_form(self) -> None:
        self._pages.setCurrentWidget(self._keys_page)
        self.add.setEnabled(True)
        self.forget.setEnabled(False)

    def _leave_keys_form(self) -> None:
        self.keys_form.clear()
        if self.is_replacing_keys:
            self.question.hide()
            self._pages.setCurrentWidget(self._view_page)
            self._show_chosen()

    def _bring_into_sight(self, field: QWidget) -> None:
        """Show the field and what is said below it, once that has its place."""
        page = self._form_page if self.is_adding else self._keys_page
        room = self.fontMetrics().height() * LINES_OF_A_NOTE
        QTimer.singleShot(0, self, lambda: page.ensureWidgetVisible(field, 0, room))

    def _leave_form(self) -> None:
        self.question.hide()
        self.form.clear()
        self._pages.setCurrentWidget(self._view_page)
        self.add.setEnabled(True)
        self._show_chosen()

    def _show_chosen(self) -> None:
        if self.is_adding or self.is_replacing_keys:
            # A click in the list is a wish to see that account; what was typed stays in its form.
            self._pages.setCurrentWidget(self._view_page)
            self.add.setEnabled(True)
        account = self.chosen()
        self.view.show_account(account)
        self.forget.setEnabled(account.source is not KeySource.PRACTICE)

    def _ask_about_chosen(self) -> None:
        asked = AccountDraft(account=self.chosen())
        self.view.who.wait(asked)
        self.who_requested.emit(asked)

    def _ask_to_forget(self) -> None:
        account = self.chosen()
        removed = {
            KeySource.KEYRING: self.tr("Its keys are removed from the keyring of this computer."),
            KeySource.PROFILE: self.tr("The profile “{profile}” itself stays as it is.").format(
                profile=one_line(account.profile)
            ),
        }.get(account.source, self.tr("Its keys are forgotten."))
        question = QMessageBox(self)
        question.setIcon(QMessageBox.Icon.Question)
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setWindowTitle(self.tr("Forget an account"))
        question.setText(self.tr("Forget the account “{name}”?").format(name=one_line(account.name)))
        question.setInformativeText(
            self.tr(
                "{removed} The account disappears from this list. Nothing is changed at Amazon, and the history of "
                "its tests stays."
            ).format(removed=removed)
        )
        yes = question.addButton(self.tr("&Forget it"), QMessageBox.ButtonRole.DestructiveRole)
        keep = question.addButton(self.tr("&Keep it"), QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        yes.clicked.connect(lambda: self.forget_requested.emit(account.name))
        make_plain(question)
        question.open()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addWidget(self.forget)
        left.addLayout(row)
        side = QWidget(self)
        side.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        side.setFixedWidth(max(self.fontMetrics().averageCharWidth() * 34, row.sizeHint().width()))
        self._pages.addWidget(self._view_page)
        self._pages.addWidget(self._form_page)
        self._pages.addWidget(self._keys_page)
        middle = QHBoxLayout()
        middle.setSpacing(INSIDE_CARD)
        middle.addWidget(side)
        middle.addWidget(self._pages, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(
            plain_label(self.tr("Keys are kept in the system's keyring, or nowhere. No file has them."), self), 1
        )
        bottom.addWidget(self.close_button)
        body = QVBoxLayout(self)
        body.setContentsMargins(INSIDE_CARD, INSIDE_CARD, INSIDE_CARD, INSIDE_CARD)
        body.setSpacing(BETWEEN_CARDS)
        body.addLayout(middle, 1)
        body.addWidget(self.question)
        body.addLayout(bottom)
        self.resize(880, 640)


def _scrolled(content: QWidget, parent: QWidget) -> QScrollArea:
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    inner = QWidget(area)
    layout = QVBoxLayout(inner)
    layout.setContentsMargins(0, 0, 6, 0)  # room between the cards and the scroll bar
    layout.addWidget(content)
    area.setWidget(inner)
    return area
