# SPDX-License-Identifier: MIT
"""The settings that a person can change: one row for each that is declared with a label, made from its declaration.

A change holds at once and is written by a worker; there is nothing to confirm and nothing to lose.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.problem import Remedy
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.looks.theme import (
    BETWEEN_CARDS,
    INSIDE_CARD,
    Card,
    Tone,
    heading,
    plain_label,
)
from notification_tester.qt.notification.remedies import EVERYWHERE
from notification_tester.qt.notification.remedy_dialog import RemedyDialog
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed, buddy_label, hint
from notification_tester.qt.widgets.fields import ChoiceField, NumberField
from notification_tester.qt.widgets.flow_layout import FlowRow
from notification_tester.qt.widgets.question import Question
from notification_tester.qt.widgets.saved_file import open_folder
from notification_tester.qt.widgets.scroll_page import ScrollContent, ScrollPage
from notification_tester.storage.preferences import SETTINGS, TEXT_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from PySide6.QtCore import SignalInstance

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.storage.preferences import Preferences, Setting


MOST_HEIGHT = 700


class PreferencesDialog(RemedyDialog):
    """Shows the settings; ``changed`` carries the setting and its new value.

    ``clear_requested`` when the history is to be removed, after a yes; the answer is :meth:`show_cleared` or
    :meth:`show_problem`. ``clear_lists_requested`` and :meth:`show_lists_cleared` are the same of the Inbox's lists.
    ``folder`` is where the program keeps what it has on this computer.
    """

    changed = Signal(object, object)
    clear_requested = Signal()
    clear_lists_requested = Signal()

    def __init__(
        self,
        preferences: Preferences,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        settings: Sequence[Setting[Any]] = SETTINGS,
        folder: Path | None = None,
        impossible: Mapping[str, str] | None = None,
        tell_late: Callable[[Problem], None] = lambda _: None,
    ) -> None:
        super().__init__(parent, able=EVERYWHERE - {Remedy.PREFERENCES})
        self._is_closed = False
        self._tell_late = tell_late
        self.setWindowTitle(self.tr("Preferences"))
        self._preferences = preferences
        self._tasks = tasks
        self._settings = [setting for setting in settings if setting.label]
        self._impossible = impossible or {}
        self._to_write: dict[str, tuple[Setting[Any], object]] = {}
        self._is_writing = False
        self.fields: dict[str, QCheckBox | QSpinBox | QComboBox] = {}
        self._folder = folder
        content = ScrollContent()
        card = Card(content)
        card.body.setSpacing(4)
        for setting in self._settings:
            self._add(setting, card)
        self.done_note = FieldNote(self, tone=Tone.GOOD)
        self.clear = QPushButton(self.tr("&Remove the history now…"), self)
        self.clear.setAutoDefault(False)
        self.clear_lists = QPushButton(self.tr("Remove the &lists of the Inbox now…"), self)
        self.clear_lists.setAutoDefault(False)
        self.open_folder = QPushButton(self.tr("&Open the folder"), self)
        self.open_folder.setAutoDefault(False)
        data = self._data_card(content)
        self.usual = QPushButton(self.tr("Back to the &usual settings…"), self)
        self.usual.setAutoDefault(False)
        self.close_button = QPushButton(self.tr("Close"), self)
        self.close_button.setDefault(True)
        self._lay_out(content, (card, data))
        self.clear.clicked.connect(self._ask_to_clear)
        self.clear_lists.clicked.connect(self._ask_to_clear_lists)
        self.open_folder.clicked.connect(self._open_folder)
        self.usual.clicked.connect(self._ask_to_go_back)
        self.close_button.clicked.connect(self.accept)
        if preferences.problem is not None:
            super().show_problem(preferences.problem)

    def _lay_out(self, content: ScrollContent, cards: Sequence[Card]) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.usual)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        body = QVBoxLayout(self)
        body.setContentsMargins(INSIDE_CARD, INSIDE_CARD, INSIDE_CARD, INSIDE_CARD)
        body.setSpacing(BETWEEN_CARDS)
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 6, 0)
        rows.setSpacing(BETWEEN_CARDS)
        for card in cards:
            rows.addWidget(card)
        rows.addStretch(1)
        page = ScrollPage(content, self)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body.addWidget(page, 1)
        body.addWidget(self.note)
        body.addWidget(self.done_note)
        body.addLayout(buttons)
        width = self._wide_enough()
        self.resize(width, min(MOST_HEIGHT, rows.heightForWidth(width) + 130))

    def _wide_enough(self) -> int:
        return max(520, self.fontMetrics().averageCharWidth() * 76)

    def changeEvent(self, event: QEvent) -> None:
        """Give text of another size the width that it asks for."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.isVisible():
            self.fit(QSize(max(self.width(), self._wide_enough()), self.height()))

    def _add(self, setting: Setting[Any], card: Card) -> None:
        label = QCoreApplication.translate("Setting", setting.label)
        meaning = QCoreApplication.translate("Setting", setting.hint)
        meaning = self._impossible.get(setting.key, meaning)
        value = self._preferences.get(setting)
        field: QCheckBox | QSpinBox | QComboBox
        if isinstance(setting.default, bool):
            field = QCheckBox(label, self)
            field.setChecked(value and setting.key not in self._impossible)
            field.toggled.connect(partial(self._set, setting))
            card.body.addWidget(field)
        else:
            field = self._number(setting, value) if isinstance(setting.default, int) else self._choice(setting, value)
            card.body.addWidget(buddy_label(label, field, self))
            card.body.addWidget(field, 0, Qt.AlignmentFlag.AlignLeft)
        field.setEnabled(setting.key not in self._impossible)
        field.setAccessibleDescription(meaning)
        card.body.addWidget(hint(meaning, self))
        self.fields[setting.key] = field

    def show_problem(self, problem: Problem) -> None:
        """Say why something was not done; to ``tell_late`` where the dialog was closed over it."""
        if self._is_closed:
            self._tell_late(problem)
            return
        self.clear.setEnabled(True)
        self.clear_lists.setEnabled(True)
        self.done_note.clear()
        super().show_problem(problem)

    def show_cleared(self, count: int) -> None:
        """Say that the history was removed."""
        if self._is_closed:
            return
        self.clear.setEnabled(True)
        self.done_note.say(
            count_text(count, self.tr("1 row was removed."), self.tr("{count} rows were removed.")),
            self.tr("The record of HIT types is as it was."),
        )

    def show_lists_cleared(self, count: int) -> None:
        """Say that the lists of the Inbox were removed."""
        if self._is_closed:
            return
        self.clear_lists.setEnabled(True)
        self.done_note.say(
            count_text(count, self.tr("1 list was removed."), self.tr("{count} lists were removed.")),
            self.tr("What is in queues and topics is as it was."),
        )

    def _data_card(self, parent: QWidget) -> Card:
        card = Card(parent)
        card.body.addWidget(heading(self.tr("What is kept on this computer"), card))
        card.body.addWidget(
            hint(
                self.tr(
                    "History, lists and the record of HIT types are in this folder. Keys and passwords are not: those "
                    "are in the system's keyring."
                ),
                card,
            )
        )
        place = as_high_as_needed(plain_label("" if self._folder is None else str(self._folder), card))
        place.setAccessibleName(self.tr("Folder"))
        card.body.addWidget(place)
        card.body.addWidget(FlowRow((self.open_folder, self.clear, self.clear_lists), card))
        card.setVisible(self._folder is not None)
        return card

    def _open_folder(self) -> None:
        if self._folder is not None and not open_folder(self._folder):
            self.done_note.clear()
            self.note.say(
                self.tr("The folder could not be opened."),
                self.tr("It is {path}").format(path=self._folder),
            )

    def _ask_to_clear(self) -> None:
        self._ask(
            self.tr("Remove the history"),
            self.tr("Remove every test and every change from the history?"),
            self.tr(
                "This cannot be taken back. What was sent, set or made stays as it is, and so does the record of HIT "
                "types; a change can no longer be undone from the history."
            ),
            partial(self._clear, self.clear, self.clear_requested),
        )

    def _ask_to_clear_lists(self) -> None:
        self._ask(
            self.tr("Remove the lists of the Inbox"),
            self.tr("Remove every list of the Inbox, of every account?"),
            self.tr(
                "This cannot be taken back: every message that arrived here, was opened or pasted is removed from this "
                "computer. What is in queues and topics stays as it is; what is followed now goes on, with an empty "
                "list."
            ),
            partial(self._clear, self.clear_lists, self.clear_lists_requested),
        )

    def _ask(self, title: str, text: str, lost: str, clear: Callable[[], None]) -> None:
        """Ask whether it is to be removed; ``lost`` says what that means, and ``clear`` is done after a yes."""
        question = Question(self, title=title, question=text, consequence=lost, keep=self.tr("&Keep"))
        question.offer(self.tr("&Remove"), clear)
        question.open()

    def _clear(self, button: QPushButton, requested: SignalInstance) -> None:
        button.setEnabled(False)
        self.note.clear()
        self.done_note.clear()
        requested.emit()

    def _number(self, setting: Setting[Any], value: int) -> QSpinBox:
        field = NumberField(self)
        if setting.span is not None:
            field.setRange(*setting.span)
        field.setKeyboardTracking(False)  # "60" is typed as 6 and then 0, and 6 was never meant
        field.setValue(value)
        field.valueChanged.connect(partial(self._set, setting))
        return field

    def _choice(self, setting: Setting[Any], value: str) -> QComboBox:
        field = ChoiceField(self)
        for choice in setting.choices:
            field.addItem(self._word(setting, choice), choice)
        field.setCurrentIndex(field.findData(value))
        field.currentIndexChanged.connect(lambda: self._set(setting, field.currentData()))
        return field

    def _word(self, setting: Setting[Any], choice: str) -> str:
        if setting.key == TEXT_SIZE.key:  # of which one is the number of some days, too
            return self.tr("{percent} %").format(percent=choice)
        return {
            "system": self.tr("As the system has them"),
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
            "always": self.tr("Always"),
            "30": self.tr("For 30 days"),
            "90": self.tr("For 90 days"),
            "365": self.tr("For a year"),
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
        if self._is_closed:
            self._tell_late(problem)
        else:
            super().show_problem(problem)

    def done(self, result: int) -> None:
        """Close; a number that is being typed counts."""
        for field in self.fields.values():
            if isinstance(field, QSpinBox):
                field.interpretText()
        self._is_closed = True
        super().done(result)

    def _ask_to_go_back(self) -> None:
        question = Question(
            self,
            title=self.tr("Back to the usual settings"),
            question=self.tr("Set everything on this page as it was when the program was new?"),
            consequence=self.tr("What you chose here is not kept. The history and the lists of the Inbox stay."),
            keep=self.tr("&Keep mine"),
        )
        question.offer(self.tr("&Back to the usual"), self._back_to_usual)
        question.open()

    def _back_to_usual(self) -> None:
        for setting in self._settings:
            field = self.fields[setting.key]
            if not field.isEnabled():
                continue  # it is impossible here, and was left as it is
            if isinstance(field, QCheckBox):
                field.setChecked(setting.default)
            elif isinstance(field, QSpinBox):
                field.setValue(setting.default)
            else:
                field.setCurrentIndex(field.findData(setting.default))


def _keep(preferences: Preferences, changes: Sequence[tuple[Setting[Any], object]]) -> None:
    for setting, value in changes:
        preferences.set(setting, value)
