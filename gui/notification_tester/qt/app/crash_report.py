# SPDX-License-Identifier: MIT
"""A bug of ours, shown so that it can be sent to whoever mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.looks.theme import BETWEEN_CARDS, INSIDE_CARD, heading, plain_label
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.fitting_dialog import FittingDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


class CrashReport(FittingDialog):
    """The text of one report: read it, copy it, close it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("The program made a mistake"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = heading(self.tr("The program made a mistake"), self, scale=1.3)
        self.explanation = plain_label(
            self.tr(
                "Nothing of yours is lost, and you can go on. This report says where it happened. Keys and the name "
                "of your folder were taken out; please read it before you send it to someone."
            ),
            self,
        )
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("The report"))
        self.text.setPlainText(text)
        self.copy = FilledButton(self.tr("&Copy the report"), self, icon_name="copy")
        self.close_button = QPushButton(self.tr("Close"), self)
        self.close_button.setAutoDefault(False)
        self.more = plain_label("", self)
        for label in (title, self.explanation, self.more):
            as_high_as_needed(label)
        buttons = QHBoxLayout()
        buttons.addWidget(self.more, 1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.close_button)
        body = QVBoxLayout(self)
        body.setContentsMargins(INSIDE_CARD, INSIDE_CARD, INSIDE_CARD, INSIDE_CARD)
        body.setSpacing(BETWEEN_CARDS)
        body.addWidget(title)
        body.addWidget(self.explanation)
        body.addWidget(self.text, 1)
        body.addLayout(buttons)
        self.resize(760, 520)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.close_button.clicked.connect(self.close)

    def count_more(self, number: int) -> None:
        """Say that more mistakes followed this one."""
        self.more.setText(
            count_text(number, self.tr("Another mistake followed."), self.tr("{count} more mistakes followed."))
        )


class CrashReports(QObject):
    """Shows one report at a time, and never makes things worse: nothing escapes from ``offer``.

    ``secrets`` is asked at the moment of the report, because keys come and go.
    """

    def __init__(
        self, window: QWidget | None = None, *, version: str, secrets: Callable[[], Collection[str]] = tuple
    ) -> None:
        super().__init__(window)
        self._window = window
        self._version = version
        self._secrets = secrets
        self._followed = 0
        self.open_report: CrashReport | None = None

    def offer(self, error: BaseException) -> None:
        """Show a report of ``error``, or count it where one is open already."""
        try:
            self._offer(error)
        except Exception:  # noqa: BLE001 - a report that fails must not be reported: that would never end
            self.open_report = None

    def _offer(self, error: BaseException) -> None:
        if self.open_report is not None:
            self._followed += 1
            self.open_report.count_more(self._followed)
            return
        self._followed = 0
        report = CrashReport(self._text(error), self._window)
        self.open_report = report
        report.finished.connect(self._closed)
        report.open()

    def _text(self, error: BaseException) -> str:
        try:
            # Only now: what a report is made with costs more of a start than the whole form.
            from notification_tester.services.crash_text import crash_text

            return crash_text(error, version=self._version, secrets=self._secrets())
        except Exception as second:  # noqa: BLE001 - the kinds of both errors are better than no report at all
            return f"MTurk Notification Tester {self._version}\n{type(error).__name__}, then {type(second).__name__}"

    def _closed(self) -> None:
        self.open_report = None
