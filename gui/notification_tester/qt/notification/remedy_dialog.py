# SPDX-License-Identifier: MIT
"""What the dialogs of several rooms do alike: say what could not be done, and leave for what can be done about it.

Apart from ``remedies.py``, which is read before the window is painted and needs no dialog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from notification_tester.qt.notification.remedies import EVERYWHERE, remedy_buttons
from notification_tester.qt.widgets.field_note import FieldNote
from notification_tester.qt.widgets.fitting_dialog import FittingDialog

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.problem import Problem, Remedy


class RemedyDialog(FittingDialog):
    """Has a ``note`` for problems, which an heir lays out, with a button for the first remedy of those in ``able``.

    ``remedy_requested(Remedy)`` for what the window can do about a problem; it ends the dialog.
    """

    remedy_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, able: Collection[Remedy] = EVERYWHERE) -> None:
        super().__init__(parent)
        self._able = able
        self.note = FieldNote(self)
        self.note.remedy_requested.connect(self._leave_for)

    def show_problem(self, problem: Problem) -> None:
        """Say why something was not done, with the button of what can be done about it."""
        self.note.show_problem(problem, remedy_buttons(problem, self._able))

    def _leave_for(self, remedy: Remedy) -> None:
        self.reject()
        self.remedy_requested.emit(remedy)
