# SPDX-License-Identifier: MIT
"""One press opens the practice mailbox in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from notification_tester.qt.widgets.link_button import LinkButton
from notification_tester.qt.widgets.theme import QuietLabel

if TYPE_CHECKING:
    from collections.abc import Callable


class MailboxLink(QWidget):
    """A link to an address of this program's own; ``address`` is asked at each press, as practice may start again."""

    def __init__(self, address: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = address
        self.link = LinkButton(self.tr("Open the practice mail&box"), self)
        self.link.setToolTip(self.tr("Shows the e-mails in your browser. The page is on this computer."))
        self.state = QuietLabel("", self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.link)
        line.addWidget(self.state, 1)
        self.link.clicked.connect(self._open)

    def offer(self, *, wanted: bool) -> None:
        """Show the link where it is wanted and there is such a mailbox."""
        self.state.clear()
        self.setVisible(wanted and bool(self._address()))

    def _open(self) -> None:
        address = self._address()
        if QDesktopServices.openUrl(QUrl(address)):
            self.state.clear()
            return
        QApplication.clipboard().setText(address)
        self.state.setText(self.tr("No browser could be opened. The address was copied: paste it into one."))
