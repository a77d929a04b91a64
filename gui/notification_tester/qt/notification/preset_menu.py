# SPDX-License-Identifier: MIT
"""Presets: notifications that were given a name. A menu to take one, keep the one in sight, rename and remove.

They belong to no account and to no page, so menu and dialogs read and write them by themselves, off the main thread.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.problem import Code
from notification_tester.qt.looks.theme import QuietLabel, heading
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.names import spec_text
from notification_tester.qt.notification.remedy_dialog import RemedyDialog
from notification_tester.qt.widgets.field_note import buddy_label
from notification_tester.qt.widgets.filled_button import FilledButton

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtWidgets import QListWidgetItem

    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.qt.notification.form_state import FormState
    from notification_tester.storage.presets import Presets

    _Everything = tuple[Mapping[str, NotificationSpec], Sequence[str]]  # the presets, and the names of the damaged ones


def with_spec(state: FormState, spec: NotificationSpec) -> FormState:
    """The form filled with a specification; how long to wait and what is remembered for other transports stays."""
    return replace(
        state,
        transport=spec.transport,
        destinations=MappingProxyType({**state.destinations, spec.transport: spec.destination.text}),
        events=spec.events,
        version=spec.version,
        event=state.event if state.event in spec.events else spec.events[0],
    )


class PresetMenu(QPushButton):
    """``chosen(NotificationSpec)`` for a preset. ``current`` reads the form: None where it has said what is wrong.

    Where there is no ``store``, ``why_none`` tells why; that is the ``problem(Problem)`` of who wants to save a preset.
    ``remedy_requested(Remedy)`` for what the window can do about a problem in one of the dialogs, which that ends.
    """

    chosen = Signal(object)
    problem = Signal(object)
    remedy_requested = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        store: Callable[[], Presets | None],
        current: Callable[[], NotificationSpec | None],
        parent: QWidget | None = None,
        *,
        why_none: Callable[[], Problem | None] = lambda: None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._store = store
        self._current = current
        self._why_none = why_none
        self._known: Mapping[str, NotificationSpec] = {}
        self._damaged: Sequence[str] = ()
        self._reads = 0
        self.setText(self.tr("Presets"))
        self.setToolTip(self.tr("Notifications that you gave a name, to use them again here and for HIT types."))
        self.setAccessibleDescription(self.toolTip())
        self.setAutoDefault(False)
        self.list = QMenu(self)
        self.list.setToolTipsVisible(True)
        self.setMenu(self.list)
        self._fill()
        self.list.aboutToShow.connect(self.read)

    def read(self) -> None:
        """Read the presets anew: another window may have changed them."""
        store = self._store()
        if store is not None:
            self._reads += 1
            self._tasks.run(
                partial(_everything, store), done=partial(self._read, self._reads), failed=self.problem.emit
            )

    def _read(self, number: int, found: _Everything) -> None:
        known, damaged = found
        if number != self._reads:
            return  # what was saved since may not be among them
        if (dict(known), damaged) != (dict(self._known), self._damaged):
            self._known, self._damaged = known, damaged
            self._fill()

    def _fill(self) -> None:
        self.list.clear()
        for name, spec in self._known.items():
            action = QAction(one_line(name).replace("&", "&&"), self.list)
            action.setToolTip(tooltip(spec_text(spec)))
            action.triggered.connect(partial(self._choose, spec))
            self.list.addAction(action)
        for name in self._damaged:
            broken = self.list.addAction(_is_damaged(name).replace("&", "&&"))
            broken.setToolTip(tooltip(name))  # Qt would take its text for one
            broken.setEnabled(False)
        if not self._known and not self._damaged:
            none = self.list.addAction(self.tr("There are no presets yet"))
            none.setEnabled(False)
        self.list.addSeparator()
        self.save = self.list.addAction(self.tr("&Save this as a preset…"))
        self.save.triggered.connect(self._save)
        self.manage = self.list.addAction(self.tr("&Rename or remove…"))
        self.manage.setEnabled(bool(self._known or self._damaged))
        self.manage.triggered.connect(self._manage)

    def _choose(self, spec: NotificationSpec, _checked: bool = False) -> None:
        self.chosen.emit(spec)

    def _save(self) -> None:
        store, why = self._store(), self._why_none()
        if store is None and why is not None:
            self.problem.emit(why)
        spec = None if store is None else self._current()
        if spec is None or store is None:
            return
        dialog = PresetNameDialog(self._tasks, store, spec, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.saved.connect(self.read)
        dialog.remedy_requested.connect(self.remedy_requested)
        dialog.open()

    def _manage(self) -> None:
        store = self._store()
        if store is None:
            return
        dialog = PresetsDialog(self._tasks, store, self._known, self.window(), damaged=self._damaged)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self.read)
        dialog.remedy_requested.connect(self.remedy_requested)
        dialog.open()


Answer = TypeVar("Answer")


class PresetNameDialog(RemedyDialog):
    """Asks for the name of a new preset; one that is taken may be replaced, when asked for."""

    saved = Signal()

    def __init__(self, tasks: Tasks, store: Presets, spec: NotificationSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._store = store
        self._spec = spec
        self._is_saving = False
        self.setWindowTitle(self.tr("Save as a preset"))
        self.name = QLineEdit(self)
        self.name.setMaxLength(200)
        self.note.watch(self.name)
        self.replace_button = QPushButton(self.tr("&Replace the one that is there"), self)
        self.replace_button.setAutoDefault(False)
        self.replace_button.hide()
        self.cancel = QPushButton(self.tr("&Cancel"), self)
        self.cancel.setAutoDefault(False)
        self.save = FilledButton(self.tr("&Save"), self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 20)
        rows.setSpacing(8)
        rows.addWidget(heading(self.tr("Save as a preset"), self, scale=1.3))
        rows.addWidget(QuietLabel(spec_text(spec, most=12), self))
        rows.addWidget(buddy_label(self.tr("&Name"), self.name, self))
        rows.addWidget(self.name)
        rows.addWidget(self.note)
        buttons = QHBoxLayout()
        buttons.addWidget(self.replace_button)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        rows.addStretch(1)
        rows.addLayout(buttons)
        self.cancel.clicked.connect(self.reject)
        self.save.clicked.connect(partial(self._keep, replace_it=False))
        self.replace_button.clicked.connect(partial(self._keep, replace_it=True))
        self.name.textEdited.connect(self._edited)
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Room for a name and for what may be wrong with it."""
        return QSize(self.fontMetrics().averageCharWidth() * 76, 260)

    def _edited(self) -> None:
        self.note.clear()
        self.replace_button.hide()

    def done(self, result: int) -> None:
        """Close; while it is being saved that comes by itself, and who asks for it is told should it fail."""
        if not self._is_saving:
            super().done(result)

    def _keep(self, *_: object, replace_it: bool) -> None:
        self._is_saving = True
        self.save.setEnabled(False)
        self._tasks.run(
            partial(self._store.save, self.name.text(), self._spec, replace=replace_it),
            done=self._kept,
            failed=self._refused,
        )

    def _kept(self, _: str) -> None:
        self._is_saving = False
        self.saved.emit()
        self.accept()

    def _refused(self, problem: Problem) -> None:
        self._is_saving = False
        self.save.setEnabled(True)
        self.show_problem(problem)
        self.replace_button.setVisible(problem.code == Code.PRESET_NAME_TAKEN)
        self.name.setFocus()


class PresetsDialog(RemedyDialog):
    """Renames in place (F2 or a double click) and removes; ``changed`` after each."""

    changed = Signal()

    def __init__(
        self,
        tasks: Tasks,
        store: Presets,
        known: Mapping[str, NotificationSpec],
        parent: QWidget | None = None,
        *,
        damaged: Sequence[str] = (),
    ) -> None:
        # Not at the top: what makes a list takes 2 ms of a start, which makes the menu alone.
        from PySide6.QtWidgets import QListWidget

        from notification_tester.qt.lists.cell_menu import offer_menu

        super().__init__(parent)
        self._tasks = tasks
        self._store = store
        self._filling = False
        self._under_way = 0
        self._is_to_close = False
        self.setWindowTitle(self.tr("Presets"))
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Presets"))
        offer_menu(self.list)
        self.rename = QPushButton(self.tr("Re&name"), self)
        self.remove = QPushButton(self.tr("R&emove"), self)
        self.close_button = QPushButton(self.tr("&Close"), self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 20)
        rows.setSpacing(10)
        rows.addWidget(heading(self.tr("Presets"), self, scale=1.3))
        rows.addWidget(QuietLabel(self.tr("Removing one changes nothing that was set with it."), self))
        rows.addWidget(self.list, 1)
        rows.addWidget(self.note)
        buttons = QHBoxLayout()
        for button in (self.rename, self.remove):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        self.close_button.setAutoDefault(False)
        rows.addLayout(buttons)
        self.close_button.clicked.connect(self.accept)
        self.rename.clicked.connect(self._begin_rename)
        self.remove.clicked.connect(self._remove)
        self.list.itemChanged.connect(self._renamed)
        self.list.currentItemChanged.connect(self._enable)
        self._fill((known, damaged))
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Some names, whole."""
        return QSize(self.fontMetrics().averageCharWidth() * 76, 380)

    def _fill(self, found: _Everything) -> None:
        from PySide6.QtWidgets import QListWidgetItem

        known, damaged = found
        self._filling = True
        self.list.clear()
        for name, spec in known.items():
            item = QListWidgetItem(one_line(name))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setToolTip(tooltip(spec_text(spec, most=12)))
            self.list.addItem(item)
        for name in damaged:
            item = QListWidgetItem(_is_damaged(name))
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
        self._filling = False
        if self.list.count():
            self.list.setCurrentRow(0)
        self._enable()

    def _enable(self) -> None:
        there = self.list.currentRow() >= 0
        self.remove.setEnabled(there)
        self.rename.setEnabled(there and bool(self.list.currentItem().flags() & Qt.ItemFlag.ItemIsEditable))

    def _begin_rename(self) -> None:
        self.list.editItem(self.list.currentItem())

    def _renamed(self, item: QListWidgetItem) -> None:
        before = str(item.data(Qt.ItemDataRole.UserRole))
        if not self._filling and item.text() != one_line(before):
            self._do(partial(self._store.rename, before, item.text()))

    def _remove(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._do(partial(self._store.remove, str(item.data(Qt.ItemDataRole.UserRole))))

    def done(self, result: int) -> None:
        """Close, once what was asked for is done; what was refused is shown first."""
        self._is_to_close = self._under_way > 0
        if not self._is_to_close:
            super().done(result)

    def _do(self, work: Callable[[], object]) -> None:
        self.note.clear()
        self._begin(partial(_then_all, work, self._store), self._done, self._refused)

    def _begin(
        self,
        work: Callable[[], _Everything],
        done: Callable[[_Everything], None],
        failed: Callable[[Problem], None],
    ) -> None:
        def answered(show: Callable[[Answer], None], answer: Answer) -> None:
            self._under_way -= 1
            show(answer)
            if self._is_to_close:
                self.accept()

        self._under_way += 1
        self._tasks.run(work, done=partial(answered, done), failed=partial(answered, failed))

    def _done(self, found: _Everything) -> None:
        self._fill(found)
        self.changed.emit()

    def _refused(self, problem: Problem) -> None:
        self._is_to_close = False
        self.show_problem(problem)
        self._begin(partial(_everything, self._store), self._fill, self.show_problem)


def _then_all(work: Callable[[], object], store: Presets) -> _Everything:
    work()
    return _everything(store)


def _everything(store: Presets) -> _Everything:
    return store.all(), store.damaged()


def _is_damaged(name: str) -> str:
    return QCoreApplication.translate("PresetMenu", "{name} (damaged)").format(name=one_line(name))
