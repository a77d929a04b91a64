# SPDX-License-Identifier: MIT
"""The licences: this program's own, and those of the works that it is made with."""

from __future__ import annotations

import importlib.metadata

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from notification_tester import resources
from notification_tester.qt.widgets.fitting_dialog import FittingDialog

DISTRIBUTION = "mturk-notification-tester"


class LicenceDialog(FittingDialog):
    """The licence of this program, or those of the works that it is made with, word for word."""

    def __init__(self, parent: QWidget | None = None, *, of_others: bool = False) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Works of others") if of_others else self.tr("The licence"))
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setPlainText(self._of_others() if of_others else self._ours())
        self.text.setAccessibleName(self.windowTitle())
        _with_close_button(self, self.text)
        self.resize(QSize(820, 560) if of_others else QSize(680, 460))

    def _ours(self) -> str:
        return (
            _packaged("LICENSE.txt")
            or _installed()
            or self.tr("MIT licence. Its text came with the program, in the file LICENSE.")
        )

    def _of_others(self) -> str:
        texts = [_packaged(name) for name in ("THIRD-PARTY.txt", "LGPL-3.txt", "GPL-3.txt")]
        return "\n\n".join(filter(None, texts)) or self.tr(
            "This copy runs from its source, with libraries that were installed for it. Each of them came with its "
            "licence, in the folder where it was installed."
        )


def _packaged(name: str) -> str:
    """A text that was packaged with the program; empty where it runs from its source."""
    try:
        return (resources.folder() / "licences" / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _installed() -> str:
    try:
        return importlib.metadata.distribution(DISTRIBUTION).read_text("licenses/LICENSE") or ""
    except importlib.metadata.PackageNotFoundError:
        return ""


def _with_close_button(dialog: QDialog, content: QWidget) -> None:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, dialog)
    buttons.rejected.connect(dialog.reject)
    rows = QVBoxLayout(dialog)
    rows.setContentsMargins(0, 0, 0, 12)
    rows.addWidget(content, 1)
    foot = QHBoxLayout()
    foot.setContentsMargins(12, 0, 12, 0)
    foot.addWidget(buttons)
    rows.addLayout(foot)
