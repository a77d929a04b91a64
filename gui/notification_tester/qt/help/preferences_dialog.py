# SPDX-License-Identifier: MIT
"""The settings that a person can change: one row for each that is declared with a label, made from its declaration.

A change holds at once and is written by a worker; there is nothing to confirm and nothing to lose.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from notification_tester.qt.widgets.field_note import FieldNote, buddy_label, hint
from notification_tester.qt.widgets.theme import BETWEEN_CARDS, INSIDE_CARD, Card, Tone
from notification_tester.storage.preferences import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.storage.preferences import Preferences, Setting


class PreferencesDialog(QDialog):
    """Shows the settings; ``changed`` carries the setting and its new value."""

    changed = Signal(object, object)

    def __init__(
        self,
        preferences: Preferences,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        settings: Sequence[Setting[Any]] = SETTINGS,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Preferences"))
        self._preferences = preferences
        self._tasks = tasks
        self._settings = [setting for setting in settings if setting.label]
        self._to_write: dict[str, tuple[Setting[Any], object]] = {}
        self._is_writing = False
        self.fields: dict[str, QCheckBox | QSpinBox | QComboBox] = {}
        card = Card(self)
        card.body.setSpacing(4)
        for setting in self._settings:
            self._add(setting, card)
        self.note = FieldNote(self, tone=Tone.BAD)
        self.usual = QPushButton(self.tr("Back to the &usual settings"), self)
        self.usual.setAutoDefault(False)
        self.close_button = QPushButton(self.tr("Close"), self)
        self.close_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.usual)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        body = QVBoxLayout(self)
        body.setContentsMargins(INSIDE_CARD, INSIDE_CARD, INSIDE_CARD, INSIDE_CARD)
        body.setSpacing(BETWEEN_CARDS)
        body.addWidget(card)
        body.addWidget(self.note)
        body.addStretch(1)
        body.addLayout(buttons)
        self.resize(max(520, self.fontMetrics().averageCharWidth() * 70), self.sizeHint().height())
        self.usual.clicked.connect(self._back_to_usual)
        self.close_button.clicked.connect(self.accept)
        if preferences.problem is not None:
            self.note.show_problem(preferences.problem)

    def _add(self, setting: Setting[Any], card: Card) -> None:
        label = QCoreApplication.translate("Setting", setting.label)
        meaning = QCoreApplication.translate("Setting", setting.hint)
        value = self._preferences.get(setting)
        field: QCheckBox | QSpinBox | QComboBox
        if isinstance(setting.default, bool):
            field = QCheckBox(label, self)
            field.setChecked(value)
            field.toggled.connect(partial(self._set, setting))
            card.body.addWidget(field)
        else:
            field = self._number(setting, value) if isinstance(setting.default, int) else self._choice(setting, value)
            card.body.addWidget(buddy_label(label, field, self))
            card.body.addWidget(field, 0, Qt.AlignmentFlag.AlignLeft)
        field.setAccessibleDescription(meaning)
        card.body.addWidget(hint(meaning, self))
        self.fields[setting.key] = field

    def _number(self, setting: Setting[Any], value: int) -> QSpinBox:
        field = QSpinBox(self)
        if setting.span is not None:
            field.setRange(*setting.span)
        field.setKeyboardTracking(False)  # "60" is typed as 6 and then 0, and 6 was never meant
        field.setValue(value)
        field.valueChanged.connect(partial(self._set, setting))
        return field

    def _choice(self, setting: Setting[Any], value: str) -> QComboBox:
        field = QComboBox(self)
        for choice in setting.choices:
            field.addItem(self._word(choice), choice)
        field.setCurrentIndex(field.findData(value))
        field.currentIndexChanged.connect(lambda: self._set(setting, field.currentData()))
        return field

    def _word(self, choice: str) -> str:
        return {
            "system": self.tr("As the system has them"),
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
        }.get(choice, choice)

    def _set(self, setting: Setting[Any], value: object) -> None:
        self.note.clear()
        self._to_write[setting.key] = (setting, value)
        self._write()
        self.changed.emit(setting, value)

    def _write(self) -> None:
        """Hand the newest changes to a worker; one at a time, so that the last one wins on the disk too."""
        if self._is_writing or not self._to_write:
            return
        self._is_writing = True
        changes, self._to_write = list(self._to_write.values()), {}
        self._tasks.run(partial(_keep, self._preferences, changes), done=self._written, failed=self._not_kept)

    def _written(self, _: None) -> None:
        self._is_writing = False
        self._write()

    def _not_kept(self, problem: Problem) -> None:
        self._written(None)
        self.note.show_problem(problem)

    def done(self, result: int) -> None:
        """Close; a number that is being typed counts."""
        for field in self.fields.values():
            if isinstance(field, QSpinBox):
                field.interpretText()
        super().done(result)

    def _back_to_usual(self) -> None:
        for setting in self._settings:
            field = self.fields[setting.key]
            if isinstance(field, QCheckBox):
                field.setChecked(setting.default)
            elif isinstance(field, QSpinBox):
                field.setValue(setting.default)
            else:
                field.setCurrentIndex(field.findData(setting.default))


def _keep(preferences: Preferences, changes: Sequence[tuple[Setting[Any], object]]) -> None:
    for setting, value in changes:
        preferences.set(setting, value)
