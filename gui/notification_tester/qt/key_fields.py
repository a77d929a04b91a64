# SPDX-License-Identifier: MIT
"""The question "Where are the keys?": typed in and kept, a profile of this computer, or for this session only."""

from __future__ import annotations

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
from notification_tester.domain.problem import ProblemError
from notification_tester.qt.field_note import FieldNote, buddy_label, hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.account import Credentials
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


class KeyFields(QWidget):
    """Three radio buttons, each with its meaning, and the fields of the one that is chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, profiles: Sequence[str] = ()) -> None:
        super().__init__(parent)
        self.keyring = QRadioButton(self.tr("&Type them in, and keep them"), self)
        self.profile_button = QRadioButton(self.tr("An AWS &profile of this computer"), self)
        self.session = QRadioButton(self.tr("Type them in, for this session &only"), self)
        self._group = QButtonGroup(self)
        self._typed = QWidget(self)
        self.access_key = QLineEdit(self._typed)
        self.secret = QLineEdit(self._typed)
        self.token = QLineEdit(self._typed)
        self.show_secret = QPushButton(self.tr("S&how"), self._typed)
        self.access_key_note = FieldNote(self._typed)
        self.secret_note = FieldNote(self._typed)
        self.token_note = FieldNote(self._typed)
        self._profile_part = QWidget(self)
        self.profile = QComboBox(self._profile_part)
        self.profile_note = FieldNote(self._profile_part)
        self._notes: tuple[tuple[QWidget, FieldNote], ...] = (
            (self.access_key, self.access_key_note),
            (self.secret, self.secret_note),
            (self.token, self.token_note),
            (self.profile, self.profile_note),
        )
        for field, note in self._notes:
            note.watch(field)
        self._guard_keys()
        self._lay_out()
        self.set_profiles(profiles)
        self.keyring.setChecked(True)
        self._show_parts()
        self._group.buttonToggled.connect(self._chosen)
        self.show_secret.toggled.connect(self._echo)
        for line, note in (
            (self.access_key, self.access_key_note),
            (self.secret, self.secret_note),
            (self.token, self.token_note),
        ):
            line.textEdited.connect(note.clear)
            line.textEdited.connect(self.changed)
        self.profile.editTextChanged.connect(self.profile_note.clear)
        self.profile.editTextChanged.connect(self.changed)

    @property
    def has_text(self) -> bool:
        """Whether a part of the keys was typed, or the name of a profile that is not in the list."""
        typed = (self.access_key.text(), self.secret.text(), self.token.text())
        profile = self.profile.currentText().strip()
        return any(text.strip() for text in typed) or bool(profile and self.profile.findText(profile) < 0)

    def source(self) -> KeySource:
        """Which one is chosen."""
        if self.profile_button.isChecked():
            return KeySource.PROFILE
        return KeySource.SESSION if self.session.isChecked() else KeySource.KEYRING

    def set_profiles(self, names: Sequence[str]) -> None:
        """Offer these; what was typed stays."""
        typed = self.profile.currentText()
        self.profile.clear()
        self.profile.addItems(list(names))
        self.profile.setEditText(typed or (names[0] if names else ""))

    def parsed(self) -> ChosenKeys | None:
        """The answer, or None after a sentence beside each field that will not do."""
        for _, note in self._notes:
            note.clear()
        source = self.source()
        if source is KeySource.PROFILE:
            profile = self.profile.currentText().strip()
            if profile and profile.isprintable():
                return ChosenKeys(source=source, profile=profile)
            self.profile_note.say(
                self.tr("The name of the profile is missing.") if not profile else self.tr("This is not a name."),
                self.tr("Choose one from the list, or type the name as it stands in the file “config” of the AWS CLI."),
            )
            return None
        try:
            credentials = parse_credentials(
                access_key_id=self.access_key.text(),
                secret_access_key=self.secret.text(),
                session_token=self.token.text(),
            )
        except ProblemError as error:
            self._lay_blame(error.problem)
            return None
        return ChosenKeys(source=source, credentials=credentials)

    def guilty_field(self) -> QWidget | None:
        """The first field with a problem beside it."""
        return next((field for field, note in self._notes if note.text and field.isVisibleTo(self)), None)

    def clear(self) -> None:
        """Wipe the keys, and go back to the first choice."""
        for field in (self.access_key, self.secret, self.token):
            field.clear()
        self.profile.setEditText(self.profile.itemText(0))
        self.show_secret.setChecked(False)
        for _, note in self._notes:
            note.clear()
        self.keyring.setChecked(True)

    def _lay_blame(self, whole: Problem) -> None:
        """Put each problem beside its field: every field is read again with stand-ins for the other two."""
        if whole.code == "keys.swapped":
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

    def _chosen(self, _button: object, checked: bool) -> None:
        if checked:
            self._show_parts()
            self.changed.emit()

    def _show_parts(self) -> None:
        self._profile_part.setVisible(self.source() is KeySource.PROFILE)
        self._typed.setVisible(self.source() is not KeySource.PROFILE)

    def _lay_out(self) -> None:
        self.profile.setEditable(True)
        self.profile.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(4)
        for button, meaning in (
            (self.keyring, self.tr("The system's own keyring keeps them, locked with your login. No file has them.")),
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
            body.addWidget(hint(meaning, self, indent=INDENT))
        typed = QVBoxLayout(self._typed)
        typed.setContentsMargins(0, 6, 0, 0)
        typed.setSpacing(6)
        typed.addWidget(buddy_label(self.tr("Access &key"), self.access_key, self))
        typed.addWidget(self.access_key)
        typed.addWidget(self.access_key_note)
        typed.addWidget(buddy_label(self.tr("S&ecret access key"), self.secret, self))
        line = QHBoxLayout()
        line.addWidget(self.secret, 1)
        line.addWidget(self.show_secret)
        typed.addLayout(line)
        typed.addWidget(self.secret_note)
        typed.addWidget(buddy_label(self.tr("Sess&ion token (optional)"), self.token, self))
        typed.addWidget(self.token)
        typed.addWidget(self.token_note)
        body.addWidget(self._typed)
        part = QVBoxLayout(self._profile_part)
        part.setContentsMargins(0, 6, 0, 0)
        part.setSpacing(6)
        part.addWidget(buddy_label(self.tr("Na&me of the profile"), self.profile, self))
        part.addWidget(self.profile)
        part.addWidget(self.profile_note)
        body.addWidget(self._profile_part)
