# SPDX-License-Identifier: MIT
"""The accounts: whose Mechanical Turk this program can ask; adding or forgetting one, and giving it other keys.

The dialog shows what it is given and emits what was meant; who listens does the work and answers with
``set_accounts``, ``show_changed``, ``show_keys_replaced``, ``show_keys``, ``show_identity``, ``show_no_identity`` or
``show_problem``. Keys typed in are wiped when it closes, however it closes; it asks first while something is being
typed in. A file with a key can be dropped anywhere on it.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.account import PRACTICE, KeySource
from notification_tester.domain.key_file import keys_of_file
from notification_tester.domain.problem import ProblemError, Remedy
from notification_tester.qt.accounts.form import AccountDraft, AccountForm
from notification_tester.qt.accounts.keys_form import AccountKeysForm
from notification_tester.qt.accounts.view import AccountView, account_in_words
from notification_tester.qt.lists.cell_menu import COPIED_ROLE, offer_menu
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.looks.theme import BETWEEN_CARDS, INSIDE_CARD, Card, Tone, plain_label
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.remedies import remedy_buttons
from notification_tester.qt.widgets.drops import Drops
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from notification_tester.domain.account import Account, Credentials, Identity
    from notification_tester.domain.hit_type import HitTypeId
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


class AccountDialog(FittingDialog):
    """Accounts at the left, Practice first; at the right the chosen one, or a form: a new account, or other keys."""

    saved = Signal(object)  # AccountDraft
    session_only_requested = Signal(object)  # AccountDraft
    who_requested = Signal(object)  # AccountDraft; without credentials for an account that is known
    forget_requested = Signal(object)  # Account
    change_requested = Signal(object, object)  # Account as it is, and as it is wanted
    help_requested = Signal()  # about where keys come from
    key_files_given = Signal(object)  # list[Path] in which a key is looked for
    reapply_requested = Signal(object, object)  # Account, and the ids of its HIT types that are to be set again
    replace_keys_requested = Signal(object)  # AccountDraft of a known account, with its new credentials

    def __init__(
        self,
        accounts: Sequence[Account],
        parent: QWidget | None = None,
        *,
        profiles: Sequence[str] = (),
        current: str = "",
        refused: dict[tuple[str, str], datetime] | None = None,
    ) -> None:
        """``refused`` is when the keys of which account (``as_it_was_given``) were refused, and is kept up here."""
        super().__init__(parent)
        self._refused = {} if refused is None else refused
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
        self._view_page = _Page(self.view, self.view.footer, self)
        self._form_page = _Page(self.form, self.form.footer, self)
        self._keys_page = _Page(self.keys_form, self.keys_form.footer, self)
        drops = Drops(self)
        drops.files_given.connect(self.key_files_given)
        drops.text_given.connect(self._look_for_keys)
        self._lay_out()
        self.set_accounts(accounts, current=current)

        self.list.currentItemChanged.connect(self._show_chosen)
        self.add.clicked.connect(self.add_account)
        self.forget.clicked.connect(self._ask_to_forget)
        self.close_button.clicked.connect(self.accept)
        self.view.who.asked.connect(self._ask_about_chosen)
        self.view.replace_keys_requested.connect(self._open_keys_form)
        self.view.change_requested.connect(self._change_chosen)
        self.form.change_requested.connect(self.change_requested)
        self._connect_typing()
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
        """Whether the form is open, for a new account or to change one."""
        return self._pages.currentWidget() is self._form_page

    @property
    def _is_adding_new(self) -> bool:
        return self.is_adding and self.form.changing is None

    @property
    def is_replacing_keys(self) -> bool:
        """Whether the form for other keys is open."""
        return self._pages.currentWidget() is self._keys_page

    def is_about(self, account: Account) -> bool:
        """Whether what a problem of ``account`` is shown beside is its own, or what is kept under its name by now."""
        shown: Account | None = None if self.is_adding or self.form.is_saving else self.chosen()
        if self.keys_form.is_replacing:
            shown = self.keys_form.account
        elif self.form.is_saving and self.form.changing is not None:
            shown = self.form.changing
        return shown is not None and shown.kept_as == account.kept_as

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
            item.setData(COPIED_ROLE, account.name)  # as the command line takes it
            self.list.addItem(item)
            if account.name.casefold() == wanted:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        if self._is_adding_new:
            self.list.clearSelection()
        self.list.blockSignals(False)
        self.form.set_taken([account.name for account in shown])
        if self.keys_form.account.kept_as not in {account.kept_as for account in shown}:
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
        if self.form.changing is not None:
            self.form.clear()
        self._open_form()
        self._form_page.to_top()
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def replace_keys(self, name: str) -> None:
        """Open the form for other keys of the account of that name.

        Where a profile has them that is what can be changed; practice has none, and a new account is offered. Of one
        that was forgotten meanwhile there is nothing to open: the list is there.
        """
        if not self._choose_named(name):
            return
        source = self.chosen().source
        if source in {KeySource.KEYRING, KeySource.SESSION}:
            self._open_keys_form()
        elif source is KeySource.PRACTICE:
            self.add_account()
        else:
            self._change_chosen()

    def change(self, name: str) -> None:
        """Open the form that changes the account of that name; practice is only shown."""
        if self._choose_named(name) and self.chosen().source is not KeySource.PRACTICE:
            self._change_chosen()

    def show_keys(self, found: Credentials, whence: str = "") -> None:
        """Put a key that was found in a file, or dropped, where keys are typed in; the form for it is opened.

        ``whence`` tells of which file it is, where several were given.
        """
        if self.is_adding and self.form.changing is None:
            self.form.keys.fill(found, whence)
        else:
            if not self.is_replacing_keys:
                self._open_form_for_keys()
            (self.keys_form.keys if self.is_replacing_keys else self.form.keys).fill(found, whence)
        (self._keys_page if self.is_replacing_keys else self._form_page).show_part(
            (self.keys_form.keys if self.is_replacing_keys else self.form.keys.typed).taken_note,
            room=self.fontMetrics().height() * 2 * LINES_OF_A_NOTE,  # the fields below it
        )

    def _look_for_keys(self, text: str) -> None:
        """Show the key that is in a text; why there is none is said where the keys belong."""
        try:
            self.show_keys(keys_of_file(text))
        except ProblemError as error:
            self.show_problem(error.problem)

    def show_identity(self, identity: Identity, asked: AccountDraft) -> None:
        """Show whose keys these are where that was asked; an answer about others than are there now is dropped."""
        self._answer(asked, lambda panel: panel.show_identity(identity))

    def show_no_identity(self, problem: Problem, asked: AccountDraft) -> None:
        """Show why it cannot be told whose keys these are, as above."""
        self._answer(asked, lambda panel: panel.show_problem(problem))

    def keep_refusal(self, at: datetime) -> None:
        """Say of the account in sight that its keys were refused then, until a check is green or they are replaced."""
        self._refused[self.chosen().as_it_was_given] = at
        self._show_chosen()

    def _answer(self, asked: AccountDraft, show: Callable[[IdentityPanel], None]) -> None:
        for panel in (self.view.who, self.form.who, self.keys_form.who):
            if panel.is_asking(asked):
                show(panel)
                if panel is self.form.who:
                    self.form.keep_answer(asked)
                if panel is self.view.who and panel.problem is not None:
                    self._offer_remedy(panel.problem)
                elif panel is self.view.who:
                    self._refused.pop(self.chosen().as_it_was_given, None)
                    self.view.refused_note.clear()
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
            self._offer_remedy(problem)
        self._reveal_answer()

    def show_keys_replaced(self, account: Account) -> None:
        """Say that the new keys of ``account`` are kept; it closes the form that took them."""
        self.view.refused_note.clear()
        if self.keys_form.account.kept_as == account.kept_as:
            self._leave_keys_form()
        if self.chosen().kept_as == account.kept_as and not self.is_adding:
            self.view.done_note.say(
                self.tr("The keys were replaced."), self.tr("Every call of this account is made with the new ones now.")
            )

    def show_to_reapply(self, account: Account, ids: Sequence[HitTypeId]) -> None:
        """Ask to set the notifications of these HIT types again, which were set with the keys of before."""
        if (count := len(ids)) and self.chosen().kept_as == account.kept_as and self.view.done_note.text:
            self.view.done_note.say(
                self.tr("The keys were replaced. Set the notifications again?"),
                count_text(
                    count,
                    self.tr("One HIT type has a notification that was set with the former keys."),
                    self.tr("{count} HIT types have a notification that was set with the former keys."),
                )
                + " "
                + self.tr(
                    "Mechanical Turk may go on signing with those, or stop. Setting the same again is safe, and you "
                    "see it before it is sent."
                ),
            )
            self.view.done_note.offer(self.tr("&Set them again…"), lambda: self._reapply(account, ids))

    def show_changed(self, account: Account) -> None:
        """Say that ``account`` is kept as it is wanted; the list has it already, and the form closes."""
        if self.is_adding and self.form.changing is not None:
            self._leave_form()
        self._choose(account)
        if self.chosen().kept_as == account.kept_as and not self.is_adding:
            self.view.done_note.say(self.tr("The account was changed."), "")

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
        if self.form.changing is not None:
            self.question.ask(
                self.tr("The account is not changed yet."),
                self.tr("What you typed is kept nowhere, and is lost when this window closes."),
            )
        elif self.form.is_saving:
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
        page.show_part(shown)

    def _open_form(self) -> None:
        self._pages.setCurrentWidget(self._form_page)
        if self._is_adding_new:
            self.list.clearSelection()  # what is typed is about none of them
        self.add.setEnabled(False)
        self.forget.setEnabled(False)

    def _change_chosen(self) -> None:
        self.form.change(self.chosen())
        self._open_form()
        self._form_page.to_top()
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.form.name.selectAll()

    def _offer_remedy(self, problem: Problem) -> None:
        """Below what is wrong with the account in sight, the button that leads to where it is put right."""
        does = {Remedy.CHANGE_KEYS: self.replace_keys, Remedy.CHANGE_ACCOUNT: self.change}
        able = () if self.chosen().source is KeySource.PRACTICE else does
        for text, key in remedy_buttons(problem, able)[:1]:
            self.view.who.note.offer(text, partial(does[Remedy(key)], self.chosen().name))

    def _accounts(self) -> list[Account]:
        return [self.list.item(row).data(_ACCOUNT) for row in range(self.list.count())]

    def _choose(self, account: Account) -> None:
        for row, one in enumerate(self._accounts()):
            if one.kept_as == account.kept_as:
                self.list.setCurrentRow(row)

    def _choose_named(self, name: str) -> bool:
        """Whether there is an account of that name; it is in sight then."""
        found = next((one for one in self._accounts() if one.name == name), None)
        if found is not None:
            self._choose(found)
        return found is not None

    def _reapply(self, account: Account, ids: Sequence[HitTypeId]) -> None:
        self.reapply_requested.emit(account, ids)
        self.close()

    def _open_form_for_keys(self) -> None:
        """Other keys for the account in sight where it has some of its own, else a new account."""
        if self.view.replace_keys.isHidden() or self.is_adding:
            self.add_account()
        else:
            self._open_keys_form()

    def _connect_typing(self) -> None:
        self.list.itemSelectionChanged.connect(self._selection_changed)
        for typed in (self.form.keys.typed, self.keys_form.keys):
            typed.file_wanted.connect(self._choose_key_file)
            typed.help_wanted.connect(self.help_requested)
        self.keys_form.replace_requested.connect(self.replace_keys_requested)
        self.keys_form.who_requested.connect(self.who_requested)

    def _choose_key_file(self) -> None:
        dialog = QFileDialog(self, self.tr("The file with your key"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Keys of AWS (*.csv *.txt *.json *.ini)"), self.tr("All files (*)")])
        dialog.setDirectory(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.key_files_given.emit([Path(name)]))
        dialog.open()

    def _open_keys_form(self) -> None:
        self.keys_form.show_account(self.chosen())
        self._show_keys_form()
        self._keys_page.to_top()
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
        page.show_part(field, room=self.fontMetrics().height() * LINES_OF_A_NOTE)

    def _leave_form(self) -> None:
        self.question.hide()
        self.form.clear()
        self._pages.setCurrentWidget(self._view_page)
        self.add.setEnabled(True)
        self._show_chosen()

    def _selection_changed(self) -> None:
        """Show the account that was chosen before a new one was begun, also when it is the one that is clicked."""
        if self._is_adding_new and self.list.selectedItems():
            self._show_chosen()

    def _show_chosen(self) -> None:
        if self.is_adding or self.is_replacing_keys:
            # A click in the list is a wish to see that account; what was typed stays in its form.
            self._pages.setCurrentWidget(self._view_page)
            self.add.setEnabled(True)
        if (item := self.list.currentItem()) is not None:
            item.setSelected(True)
        account = self.chosen()
        self.view.show_account(account, self._refused.get(account.as_it_was_given))
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
        question = Question(
            self,
            title=self.tr("Forget an account"),
            question=self.tr("Forget the account “{name}”?").format(name=one_line(account.name)),
            consequence=self.tr(
                "{removed} The account disappears from this list. Nothing is changed at Amazon, and the history of "
                "its tests stays."
            ).format(removed=removed),
            keep=self.tr("&Keep it"),
        )
        question.offer(self.tr("&Forget it"), lambda: self.forget_requested.emit(account))
        question.open()

    def _lay_out(self) -> None:
        offer_menu(self.list)
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
            plain_label(
                self.tr("Keys are kept in the system's keyring, or nowhere. They are written to no file."), self
            ),
            1,
        )
        bottom.addWidget(self.close_button)
        body = QVBoxLayout(self)
        body.setContentsMargins(INSIDE_CARD, INSIDE_CARD, INSIDE_CARD, INSIDE_CARD)
        body.setSpacing(BETWEEN_CARDS)
        body.addLayout(middle, 1)
        body.addWidget(self.question)
        body.addLayout(bottom)
        self.resize(880, 640)


class _Page(QWidget):
    """What scrolls, and below it the buttons, which are always in sight."""

    def __init__(self, content: QWidget, footer: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget(self._area)
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 6, 0)  # room between the cards and the scroll bar
        layout.addWidget(content)
        self._area.setWidget(inner)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(BETWEEN_CARDS)
        body.addWidget(self._area, 1)
        body.addWidget(footer)

    def hasHeightForWidth(self) -> bool:
        """Be as low as there is room: what is in it scrolls, and need not make the dialog scroll."""
        return False

    def to_top(self) -> None:
        """Scroll to the beginning."""
        self._area.verticalScrollBar().setValue(0)

    def show_part(self, part: QWidget, *, room: int = 50) -> None:
        """Scroll to a part, with ``room`` points below it, once the layout has taken it in."""
        QTimer.singleShot(0, self, lambda: self._area.ensureWidgetVisible(part, 0, room))
