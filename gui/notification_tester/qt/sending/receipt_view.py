# SPDX-License-Identifier: MIT
"""What a web receiver answered: status and times at a glance; headers, body and connection folded away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel

from notification_tester.qt.looks.theme import Card, QuietLabel, heading, plain_label
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.link_button import FoldButton
from notification_tester.qt.widgets.raw_text import RawText

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.receipt import Receipt, TlsFacts


class ReceiptView(Card):
    """Shows one answer. All of it is somebody else's text, shown as plain text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.status = plain_label()
        font = self.status.font()
        font.setBold(True)
        self.status.setFont(font)
        self.times = QuietLabel()
        self.redirect = plain_label()
        self.trust = QuietLabel()
        self.headers = RawText(accessible_name=self.tr("Headers of the answer"), lines=10)
        self.text = RawText(accessible_name=self.tr("Body of the answer"), lines=12)
        self.connection = _Facts()
        self.headers_link = FoldButton(self.tr("Headers"), self.headers, self)
        self.body_link = FoldButton(self.tr("Body"), self.text, self)
        self.tls_link = FoldButton(self.tr("TLS"), self.connection, self)
        self.title = heading("")
        self.body.addWidget(self.title)
        for part in (self.status, self.times, self.redirect, self.trust):
            self.body.addWidget(part)
        folds = FlowLayout(spacing=14)
        for link in (self.headers_link, self.body_link, self.tls_link):
            folds.addWidget(link)
        self.body.addLayout(folds)
        for folded in (self.headers, self.text, self.connection):
            self.body.addWidget(folded)

    def show_receipt(self, receipt: Receipt) -> None:
        """Show an answer, or as much of it as came."""
        self.title.setText(
            self.tr("What the receiver answered") if receipt.status else self.tr("As far as the connection came")
        )
        self.status.setText(answer_in_words(receipt))
        self.status.setVisible(bool(receipt.status))  # why there is none stands above
        self.times.setText(self._times(receipt))
        self.redirect.setVisible(bool(receipt.redirect))
        self.redirect.setText(
            self.tr(
                "It wants the message at {address} instead. That was not followed: send to that address yourself."
            ).format(address=receipt.redirect)
        )
        tls = receipt.tls
        self.trust.setVisible(tls is not None)
        if tls is not None:
            self.trust.setText(
                self.tr("{version}; its certificate is not trusted: {why}").format(
                    version=tls.version, why=tls.why_not_trusted
                )
                if tls.why_not_trusted
                else self.tr("{version}, with a certificate that this computer trusts.").format(version=tls.version)
            )
            self.connection.show_tls(tls)
        self.headers.set_text("\n".join(f"{name}: {value}" for name, value in receipt.shown_headers))
        self.text.set_text(receipt.text)
        size = self.locale().formattedDataSize(len(receipt.body))
        self.body_link.setText(
            self.tr("Body, the first {size}").format(size=size)
            if receipt.is_cut
            else self.tr("Body, {size}").format(size=size)
        )
        self.headers_link.setVisible(bool(receipt.headers))
        self.body_link.setVisible(bool(receipt.body))
        self.tls_link.setVisible(tls is not None)
        for link in (self.headers_link, self.body_link, self.tls_link):
            if link.isHidden():
                link.setChecked(False)
        self.setAccessibleName(f"{self.status.text()}. {self.times.text()}")

    def clear(self) -> None:
        """Keep nothing of an answer."""
        for text in (self.headers, self.text):
            text.set_text("")
        for label in (self.status, self.times, self.redirect, self.trust, self.connection):
            label.clear()

    def _times(self, receipt: Receipt) -> str:
        parts = []
        if receipt.seconds_to_connect is not None:
            parts.append(self.tr("Connected after {time}").format(time=self._time(receipt.seconds_to_connect)))
        if receipt.seconds_to_first_byte is not None:
            parts.append(self.tr("first byte after {time}").format(time=self._time(receipt.seconds_to_first_byte)))
        parts.append(self.tr("over after {time}").format(time=self._time(receipt.seconds)))
        text = ", ".join(parts)
        return f"{text[:1].upper()}{text[1:]}."

    def _time(self, seconds: float) -> str:
        if seconds < 1:
            number = self.locale().toString(seconds * 1000, "f", 0 if seconds >= 0.01 else 1)
            return self.tr("{number} ms").format(number=number)
        return self.tr("{number} s").format(number=self.locale().toString(seconds, "f", 1))


class _Facts(QLabel):
    """TLS version and certificate, a line each."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def show_tls(self, tls: TlsFacts) -> None:
        """Show what was agreed upon, and the receiver's certificate."""
        lines = [
            (self.tr("Version"), f"{tls.version}, {tls.cipher}"),
            (self.tr("Certificate"), tls.subject),
            (self.tr("For"), ", ".join(tls.names)),
            (self.tr("Issued by"), tls.issuer),
            (self.tr("Valid until"), "" if tls.valid_until is None else tls.valid_until.strftime("%Y-%m-%d %H:%M UTC")),
        ]
        self.setText(
            "\n".join(
                self.tr("{what}: {value}").format(what=what, value=one_line(value)) for what, value in lines if value
            )
        )


def answer_in_words(receipt: Receipt) -> str:
    """The answer in a few words: its status, or why there is none."""
    if receipt.status:
        return f"{receipt.status} {one_line(receipt.reason)}".strip()
    if receipt.problem is not None:
        return receipt.problem.title
    return QCoreApplication.translate("ReceiptView", "No answer")
