# SPDX-License-Identifier: MIT
"""The question "Where are the keys?": typed in and kept, a profile of this computer, or for this session only.

:class:`TypedKeys` are the three fields into which keys are typed, for whoever wants nothing else.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.account import KeySource, parse_credentials
from notification_tester.domain.key_file import keys_in
from notification_tester.domain.known_secrets import without_shapes
from notification_tester.domain.problem import Code, ProblemError
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import QuietLabel, Tone
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed, buddy_label, hint
from notification_tester.qt.widgets.fields import ChoiceField
from notification_tester.qt.widgets.link_button import LinkButton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.account import Account, Credentials
    from notification_tester.domain.problem import Problem

INDENT = 26
_GOOD_KEY = "AKIA" + "A" * 16
_GOOD_SECRET = "a" * 40
"""Well-formed stand-ins: with two of them in place, a problem can only be the third field's."""


@dataclass(frozen=True, kw_only=True)
class ChosenKeys:
    """The answer: typed-in keys, or the name of a profile."""

    source: KeySource
    profile: str = ""
    credentials: Credentials | None = None


class TypedKeys(QWidget):
    """Access key, secret and token, each with what is wrong with it below it.

    A whole key that is pasted into any of them, as a line of the file that AWS hands out, goes to all three. Files and
    what is dropped are for whoever shows this, who hands on what was found with :meth:`fill`.
    """

    changed = Signal()
    file_wanted = Signal()
    help_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = QPushButton(self.tr("Open the key file…"), self)
        self.file.setIcon(icons.icon("key"))
        self.file.setAutoDefault(False)
        self.file.clicked.connect(self.file_wanted)
        self.help = LinkButton(self.tr("Where do I get keys?"), self)
        self.help.setToolTip(self.tr("Help tells it step by step, from a requester's sign-in to the key file."))
        self.help.setAccessibleDescription(self.help.toolTip())
        self.help.clicked.connect(self.help_wanted)
        self.taken_note = FieldNote(self, tone=Tone.GOOD)
        self.access_key = QLineEdit(self)
        self.secret = QLineEdit(self)
        self.token = QLineEdit(self)
        self.show_secret = QPushButton(self.tr("S&how"), self)
        self.access_key_note = FieldNote(self)
        self.secret_note = FieldNote(self)
        self.token_note = FieldNote(self)
        self.notes: tuple[tuple[QLineEdit, FieldNote], ...] = (
            (self.access_key, self.access_key_note),
            (self.secret, self.secret_note),
            (self.token, self.token_note),
        )
        self._guard_keys()
        self._lay_out()
        self.show_secret.toggled.connect(self._echo)
        for field, note in self.notes:
            note.watch(field)
            field.setAcceptDrops(False)  # what is dropped on one of them may be a file
            field.textEdited.connect(note.clear)
            field.textEdited.connect(self._edited)

    @property
    def has_text(self) -> bool:
        """Whether a part was typed."""
        return any(field.text().strip() for field, _ in self.notes)

    def fill(self, found: Credentials, whence: str = "") -> None:
        """Put a key into the fields, as it was written where it was found; ``whence`` is said of that."""
        self.clear()
        self.access_key.setText(found.access_key_id)
        self.secret.setText(found.secret_access_key)
        self.token.setText(found.session_token)
        self.taken_note.say(
            self.tr("The key is in the fields."),
            " ".join(
                (
                    whence,
                    self.tr("Once it is kept here, its file is not needed any more: whoever has that has your key."),
                )
            ).strip(),
        )
        self.changed.emit()

    def parsed(self) -> Credentials | None:
        """The keys, or None after a sentence beside each field that will not do."""
        self.clear_notes()
        try:
            return parse_credentials(
                access_key_id=self.access_key.text(),
                secret_access_key=self.secret.text(),
                session_token=self.token.text(),
            )
        except ProblemError as error:
            self._lay_blame(error.problem)
            return None

    def guilty_field(self) -> QLineEdit | None:
        """The first field with a problem beside it."""
        return next((field for field, note in self.notes if note.text), None)

    def clear(self) -> None:
        """Wipe the keys."""
        for field, _ in self.notes:
            field.setText("")  # clear() could be undone
        self.show_secret.setChecked(False)
        self.taken_note.clear()
        self.clear_notes()

    def clear_notes(self) -> None:
        """Say nothing of the fields."""
        for _, note in self.notes:
            note.clear()

    def _edited(self, text: str) -> None:
        self.taken_note.clear()
        with suppress(ProblemError):  # several keys: they stay where they were pasted, and will not do there
            if (found := keys_in(text)) is not None:
                self.fill(found)
                return
        self.changed.emit()

    def _lay_blame(self, whole: Problem) -> None:
        """Put each problem beside its field: every field is read again with stand-ins for the other two."""
        if whole.code == Code.KEYS_SWAPPED:
            self.access_key_note.show_problem(whole)
            return
        key, secret, token = self.access_key.text(), self.secret.text(), self.token.text()
        for note, parts in (
            (self.access_key_note, (key, _GOOD_SECRET, _GOOD_SECRET)),
            (self.secret_note, (_GOOD_KEY, secret, _GOOD_SECRET)),
            (self.token_note, (key, _GOOD_SECRET, token)),
        ):
            if note is self.token_note and self.access_key_note.text:
                break
            try:
                parse_credentials(access_key_id=parts[0], secret_access_key=parts[1], session_token=parts[2])
            except ProblemError as error:
                note.show_problem(error.problem)

    def _guard_keys(self) -> None:
        hidden = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        for field in (self.access_key, self.secret, self.token):
            field.setInputMethodHints(hidden | Qt.InputMethodHint.ImhNoAutoUppercase)
        self._echo(shown=False)
        self.show_secret.setCheckable(True)
        self.show_secret.setAutoDefault(False)
        self.show_secret.setAccessibleName(self.tr("Show the secret"))
        self.access_key.setPlaceholderText("AKIA…")
        self.token.setPlaceholderText(self.tr("only for temporary keys, which begin with ASIA"))

    def _echo(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.secret.setEchoMode(mode)
        self.token.setEchoMode(mode)
        self.show_secret.setText(self.tr("&Hide") if shown else self.tr("S&how"))

    def _lay_out(self) -> None:
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 6, 0, 0)
        body.setSpacing(6)
        above = QHBoxLayout()
        above.setSpacing(12)
        above.addWidget(self.file)
        above.addWidget(
            as_high_as_needed(
                QuietLabel(
                    self.tr("AWS calls it accessKeys.csv. It can be dropped here too, or its text pasted below."), self
                )
            ),
            1,
        )
        body.addWidget(self.help)
        body.addLayout(above)
        body.addWidget(self.taken_note)
        body.addWidget(buddy_label(self.tr("Access ke&y"), self.access_key, self))
        body.addWidget(self.access_key)
        body.addWidget(self.access_key_note)
        body.addWidget(buddy_label(self.tr("S&ecret access key"), self.secret, self))
        line = QHBoxLayout()
        line.addWidget(self.secret, 1)
        line.addWidget(self.show_secret)
        body.addLayout(line)
        body.addWidget(self.secret_note)
        body.addWidget(buddy_label(self.tr("Sess&ion token (optional)"), self.token, self))
        body.addWidget(self.token)
        body.addWidget(self.token_note)


LONGEST_PROFILE = 300


class KeyFields(QWidget):
    """Three radio buttons, each with its meaning, and the fields of the one that is chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, profiles: Sequence[str] = ()) -> None:
        super().__init__(parent)
        self.keyring = QRadioButton(self.tr("&Type them in, and keep them"), self)
        self.profile_button = QRadioButton(self.tr("An AWS &profile of this computer"), self)
        self.session = QRadioButton(self.tr("Type them in, for this session &only"), self)
        self._group = QButtonGroup(self)
        self.typed = TypedKeys(self)
        self._profile_part = QWidget(self)
        self.profile = ChoiceField(self._profile_part)
        self.profile_note = FieldNote(self._profile_part)
        self.profile_note.watch(self.profile)
        self._lay_out()
        self.set_profiles(profiles)
        self.keyring.setChecked(True)
        self._show_parts()
        self._group.buttonToggled.connect(self._chosen)
        self.typed.changed.connect(self.changed)
        self.profile.editTextChanged.connect(self.profile_note.clear)
        self.profile.editTextChanged.connect(self.changed)

    @property
    def has_text(self) -> bool:
        """Whether a part of the keys was typed, or the name of a profile that is not in the list."""
        profile = self.profile.currentText().strip()
        return self.typed.has_text or bool(profile and self.profile.findText(profile) < 0)

    def source(self) -> KeySource:
        """Which one is chosen."""
        if self.profile_button.isChecked():
            return KeySource.PROFILE
        return KeySource.SESSION if self.session.isChecked() else KeySource.KEYRING

    def set_profiles(self, names: Sequence[str]) -> None:
        """Offer these; what was typed stays. Left out are names that nobody could read or type."""
        typed = self.profile.currentText()
        known = [name for name in names if name.isprintable() and len(name) <= LONGEST_PROFILE]
        self.profile.clear()
        self.profile.addItems(known)
        self.profile.setEditText(typed or (known[0] if known else ""))

    def parsed(self) -> ChosenKeys | None:
        """The answer, or None after a sentence beside each field that will not do."""
        self.typed.clear_notes()
        self.profile_note.clear()
        source = self.source()
        if source is KeySource.PROFILE:
            profile = self.profile.currentText().strip()
            if without_shapes(profile) != profile:  # a name is in a file, and in what is said of it
                self.profile_note.say(
                    self.tr("This looks like a key, not like the name of a profile."),
                    self.tr("It was not kept. Choose that the keys are typed in, and put it into its field there."),
                )
                return None
            if profile and profile.isprintable():
                return ChosenKeys(source=source, profile=profile)
            self.profile_note.say(
                self.tr("The name of the profile is missing.") if not profile else self.tr("This is not a name."),
                self.tr("Choose one from the list, or type the name as it stands in the file “config” of the AWS CLI."),
            )
            return None
        credentials = self.typed.parsed()
        return None if credentials is None else ChosenKeys(source=source, credentials=credentials)

    def guilty_field(self) -> QWidget | None:
        """The first field with a problem beside it."""
        if self.source() is KeySource.PROFILE:
            return self.profile if self.profile_note.text else None
        return self.typed.guilty_field()

    def fill(self, found: Credentials, whence: str = "") -> None:
        """Put a key into the fields, and choose that they are typed in where they were elsewhere."""
        if self.source() is KeySource.PROFILE:
            self.keyring.setChecked(True)
        self.typed.fill(found, whence)

    def show_kept(self, account: Account) -> None:
        """Of an account that is changed only the name of the profile can be, and what it has is shown."""
        is_profile = account.source is KeySource.PROFILE
        self.profile_button.setChecked(is_profile)
        self.profile.setEditText(account.profile)

    def clear(self) -> None:
        """Wipe the keys, and go back to the first choice."""
        self.typed.clear()
        self.profile.setEditText(self.profile.itemText(0))
        self.profile_note.clear()
        self.keyring.setChecked(True)

    def _chosen(self, _button: object, checked: bool) -> None:
        if checked:
            self._show_parts()
            self.changed.emit()

    def _show_parts(self) -> None:
        self._profile_part.setVisible(self.source() is KeySource.PROFILE)
        self.typed.setVisible(self.source() is not KeySource.PROFILE)

    def _lay_out(self) -> None:
        self.meanings_of_typing: list[QWidget] = []
        self.profile.setEditable(True)
        self.profile.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(4)
        for button, meaning in (
            (
                self.keyring,
                self.tr("The system's own keyring keeps them, locked with your login. They are written to no file."),
            ),
            (
                self.profile_button,
                self.tr(
                    "Only its name is remembered. Where you sign in through a company's page (SSO), "
                    "run “aws sso login” first."
                ),
            ),
            (self.session, self.tr("They are forgotten when the program ends, and never written down.")),
        ):
            self._group.addButton(button)
            button.setAccessibleDescription(meaning)
            body.addWidget(button)
            below = hint(meaning, self, indent=INDENT)
            body.addWidget(below)
            if button is not self.profile_button:
                self.meanings_of_typing.append(below)
        body.addWidget(self.typed)
        part = QVBoxLayout(self._profile_part)
        part.setContentsMargins(0, 6, 0, 0)
        part.setSpacing(6)
        part.addWidget(buddy_label(self.tr("Na&me of the profile"), self.profile, self))
        part.addWidget(self.profile)
        part.addWidget(self.profile_note)
        body.addWidget(self._profile_part)
