# SPDX-License-Identifier: MIT
"""The form that adds an account, in three questions: its name, which Mechanical Turk, where the keys are.

The same form changes an account that is there; keys that were typed in are replaced elsewhere. What is typed is parsed
at the door: what leaves the form is an :class:`AccountDraft`, or nothing and a sentence beside each guilty field.
Nothing typed is lost by a problem; keys are wiped when the form is closed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.account import Account, Environment, KeySource, parse_account_name
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.qt.accounts.environment_choice import EnvironmentChoice
from notification_tester.qt.accounts.identity_panel import IdentityPanel
from notification_tester.qt.accounts.key_fields import ChosenKeys, KeyFields
from notification_tester.qt.looks.theme import BETWEEN_CARDS, Card, Tone, heading
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.field_note import FieldNote, buddy_label
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from notification_tester.domain.account import Credentials


@dataclass(frozen=True, kw_only=True)
class AccountDraft:
    """An account that was typed in. ``credentials`` is None where the keys are elsewhere (a profile, practice, or an
    account that is known already); the secret parts are in no ``repr``.
    """

    account: Account
    credentials: Credentials | None = None


class AccountForm(QWidget):
    """Takes the names that are taken and the profiles of this computer, and emits what was meant.

    ``footer`` has its buttons, to be laid out where they stay in sight.
    """

    save_requested = Signal(object)  # AccountDraft
    change_requested = Signal(object, object)  # Account as it is, and as it is wanted
    who_requested = Signal(object)  # AccountDraft
    session_only_requested = Signal(object)  # AccountDraft whose source is SESSION
    cancelled = Signal()
    edited = Signal()
    refused = Signal(QWidget)  # the first field that will not do; why stands below it

    def __init__(
        self, parent: QWidget | None = None, *, profiles: Sequence[str] = (), taken: Collection[str] = ()
    ) -> None:
        super().__init__(parent)
        self._taken: frozenset[str] = frozenset()
        self._changing: Account | None = None
        self.set_taken(taken)
        self.title = heading("", self, scale=1.4)
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(self.tr("for example: Lab, sandbox"))
        self.name_note = FieldNote(self)
        self.name_note.watch(self.name)
        self.environment = EnvironmentChoice(self)
        self.moved_note = FieldNote(self, tone=Tone.BEWARE)
        self.keys = KeyFields(self, profiles=profiles)
        self.who = IdentityPanel(self)
        self.were_refused = False
        """Whether the keys that are being saved were checked before, and refused."""
        self._refused: AccountDraft | None = None
        """What was checked and refused last, whatever its account was to be called."""
        self.problem_note = FieldNote(self)
        self.session_only = QPushButton(self.tr("&Use for this session only"), self)
        self.session_only.setToolTip(self.tr("The keys are forgotten when the program ends, and never written down."))
        self.session_only.setAutoDefault(False)
        self.save = FilledButton("", self)
        self.cancel = QPushButton(self.tr("&Cancel"), self)
        self.cancel.setAutoDefault(False)
        self._lay_out()
        self._saving = False
        self.session_only.hide()
        self._say_what_it_does()

        self.name.textEdited.connect(self._edited)
        self.name.textEdited.connect(self.name_note.clear)
        self.environment.changed.connect(self._edited)
        self.keys.changed.connect(self._edited)
        self.who.asked.connect(self._ask)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.cancelled)
        self.session_only.clicked.connect(self._use_for_session)

    @property
    def is_saving(self) -> bool:
        """Whether an account was handed out to be kept, and nobody has answered yet."""
        return self._saving

    @property
    def has_text(self) -> bool:
        """Whether something was typed that would be missed; what is only chosen is not."""
        if self._changing is not None:
            return self.name.text().strip() != self._changing.name or self._is_moved()
        return bool(self.name.text().strip()) or self.environment.has_text or self.keys.has_text

    @property
    def changing(self) -> Account | None:
        """The account that is changed; None while one is added."""
        return self._changing

    def change(self, account: Account) -> None:
        """Show what an account has, to be changed; what was typed for another one is wiped."""
        self.clear()
        self._changing = account
        self.name.setText(account.name)
        self.environment.show_kept(account)
        self.keys.show_kept(account)
        self._say_what_it_does()

    def lead_back(self) -> None:
        """Put the keyboard back to where it was in this form."""
        before: QWidget | None = self.focusWidget()  # the stubs forget that there may be none
        (self.name if before is None else before).setFocus(Qt.FocusReason.OtherFocusReason)

    def set_taken(self, names: Collection[str]) -> None:
        """Names that another account has; case does not tell two apart."""
        self._taken = frozenset(name.casefold() for name in names)

    def set_profiles(self, names: Sequence[str]) -> None:
        """The AWS profiles of this computer."""
        self.keys.set_profiles(names)

    def draft(self) -> AccountDraft | None:
        """What the form says, or None after a sentence beside each field that will not do."""
        name = self._named()
        environment = self.environment.parsed()
        keys = self.keys.parsed() if self._asks_for_keys else ChosenKeys(source=KeySource.KEYRING)
        if name is None or environment is None or keys is None:
            self._lead_to_first_problem()
            return None
        account = Account(
            name=name,
            environment=environment.environment,
            endpoint=environment.endpoint,
            aws_endpoint=environment.aws_endpoint,
            source=keys.source,
            profile=keys.profile,
        )
        if self._changing is not None:
            account = replace(
                account, source=self._changing.source, since=self._changing.since, kept_as=self._changing.kept_as
            )
        return AccountDraft(account=account, credentials=keys.credentials)

    def show_problem(self, problem: Problem) -> None:
        """Show why saving failed; where the keyring is at fault, offer the way without it."""
        self._set_saving(saving=False)
        self.problem_note.show_problem(problem)
        self.session_only.setVisible(problem.cause is Cause.KEYRING and self.keys.source() is KeySource.KEYRING)

    def keep_answer(self, asked: AccountDraft) -> None:
        """Keep of what was checked that it was refused, or that it is refused no more, also when the form changes."""
        problem = self.who.problem
        if problem is None and self._was_refused(asked):
            self._refused = None
        elif problem is not None and problem.cause is Cause.KEYS:
            self._refused = asked

    def clear(self) -> None:
        """Wipe every field, the keys first; what is asked for then is a new account."""
        self._changing = self._refused = None
        self.keys.clear()
        self.name.clear()
        self.name_note.clear()
        self.environment.clear()
        self._set_saving(saving=False)
        self._forget_answers()
        self._say_what_it_does()

    @property
    def _asks_for_keys(self) -> bool:
        """Of an account that is changed only the name of a profile is asked for."""
        return self._changing is None or self._changing.source is KeySource.PROFILE

    def _is_moved(self) -> bool:
        """Whether the account that is changed would be another one: at another address, or with another profile."""
        before = self._changing
        if before is None:
            return False
        chosen = self.environment.environment()
        addresses = (self.environment.endpoint.text().strip(), self.environment.aws_endpoint.text().strip())
        is_elsewhere = chosen is Environment.OTHER and addresses != (before.endpoint, before.aws_endpoint)
        is_other_profile = (
            before.source is KeySource.PROFILE and self.keys.profile.currentText().strip() != before.profile
        )
        return chosen is not before.environment or is_elsewhere or is_other_profile

    def _say_what_it_does(self) -> None:
        changing = self._changing
        self.title.setText(
            self.tr("A new account")
            if changing is None
            else self.tr("Change “{name}”").format(name=one_line(changing.name))
        )
        self.where.setVisible(self._asks_for_keys)
        for choice in (self.keys.keyring, self.keys.session):
            choice.setVisible(changing is None)
        for meaning in self.keys.meanings_of_typing:
            meaning.setVisible(changing is None)
        self.save.setText(self._word_of_saving())

    def _word_of_saving(self) -> str:
        if self._changing is not None:
            return self.tr("Changing…") if self._saving else self.tr("&Save the changes")
        return self.tr("Adding…") if self._saving else self.tr("&Add account")

    def _named(self) -> str | None:
        self.name_note.clear()
        try:
            name = parse_account_name(self.name.text())
        except ProblemError as error:
            self.name_note.show_problem(error.problem)
            return None
        own = "" if self._changing is None else self._changing.name.casefold()
        if name.casefold() in self._taken - {own}:
            self.name_note.say(
                self.tr("There is an account of this name."),
                self.tr("Choose another name, or forget the other account first."),
            )
            return None
        return name

    def _lead_to_first_problem(self) -> None:
        named = self.name if not self.name_note.isHidden() else None
        guilty = named or self.environment.guilty_field() or self.keys.guilty_field()
        if guilty is not None:
            guilty.setFocus(Qt.FocusReason.OtherFocusReason)
            self.refused.emit(guilty)

    def _ask(self) -> None:
        if (draft := self.draft()) is not None:
            self._forget_answers()
            self.who.wait(draft)
            self.who_requested.emit(draft)

    def _save(self) -> None:
        if (draft := self.draft()) is not None:
            self.were_refused = self._was_refused(draft)
            self._forget_answers()
            self._set_saving(saving=True)
            if self._changing is not None:
                self.change_requested.emit(self._changing, draft.account)
            else:
                self.save_requested.emit(draft)

    def _use_for_session(self) -> None:
        if (draft := self.draft()) is not None:
            self.were_refused = self._was_refused(draft)
            self._forget_answers()
            self._set_saving(saving=True)
            self.session_only_requested.emit(
                replace(draft, account=replace(draft.account, source=KeySource.SESSION)),
            )

    def _was_refused(self, draft: AccountDraft) -> bool:
        """Whether these keys were refused at these addresses; the name, and where keys are kept, is no matter."""
        return self._refused is not None and _what_is_checked(self._refused) == _what_is_checked(draft)

    def _edited(self) -> None:
        if not self._saving:
            self._forget_answers()
        if self._is_moved():
            self.moved_note.say(
                self.tr("With this it is another account."),
                self.tr(
                    "What was tested and set until now stays in the history and in the record, as of before. What is "
                    "seen from now on begins anew."
                ),
            )
        else:
            self.moved_note.clear()
        self.edited.emit()

    def _forget_answers(self) -> None:
        self.who.clear()
        self.problem_note.clear()
        self.session_only.hide()

    def _set_saving(self, *, saving: bool) -> None:
        self._saving = saving
        for part in (self.name, self.environment, self.keys, self.who, self.save, self.session_only):
            part.setEnabled(not saving)
        self.save.setText(self._word_of_saving())

    def _lay_out(self) -> None:
        naming = Card(self)
        naming.body.addWidget(heading(self.tr("1   What shall the account be called here?"), self, scale=1.1))
        naming.body.addWidget(buddy_label(self.tr("&Name"), self.name, self))
        naming.body.addWidget(self.name)
        naming.body.addWidget(self.name_note)
        which = Card(self)
        which.body.addWidget(heading(self.tr("2   Which Mechanical Turk?"), self, scale=1.1))
        which.body.addWidget(self.environment)
        which.body.addWidget(self.moved_note)
        self.where = where = Card(self)
        where.body.addWidget(heading(self.tr("3   Where are the keys?"), self, scale=1.1))
        where.body.addWidget(self.keys)
        self.footer = FlowRow((self.who.button, self.session_only, self.cancel, self.save), self, end_from=2)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(BETWEEN_CARDS)
        for part in (self.title, naming, which, where, self.who, self.problem_note):
            body.addWidget(part)
        body.addStretch(1)


def _what_is_checked(draft: AccountDraft) -> tuple[object, ...]:
    account = draft.account
    return account.environment, account.endpoint, account.aws_endpoint, account.profile, draft.credentials
