# SPDX-License-Identifier: MIT
"""What this program is, in which version, made with what."""

from __future__ import annotations

import platform

from PySide6.QtCore import QSysInfo, Qt, Signal, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import BETWEEN_CARDS, PAGE_MARGIN, QuietLabel, heading, plain_label
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.link_button import LinkButton, link_colour


class AboutDialog(FittingDialog):
    """Plain text; ``link_requested`` carries ``help``, ``licence`` or ``works-of-others``."""

    link_requested = Signal(str)

    def __init__(self, version: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About"))
        drawing = QLabel(self)
        drawing.setPixmap(icons.pixmap("app", link_colour(self.palette()), size=56, ratio=self.devicePixelRatioF()))
        self.title = heading("MTurk Notification Tester", self, scale=1.4)
        self.version = plain_label(self.tr("Version {version}").format(version=version), self)
        self.what = plain_label(
            self.tr(
                "Finds out whether the notifications of Amazon Mechanical Turk reach you, why not, and helps to mend "
                "it. It is free software under the MIT licence, and not made by Amazon."
            ),
            self,
        )
        self.made_with = QuietLabel(
            self.tr("Made with Qt {qt} and Python {python}, on {system}.").format(
                qt=qVersion(), python=platform.python_version(), system=QSysInfo.prettyProductName()
            ),
            self,
        )
        self.qt = QuietLabel(
            self.tr(
                "Qt and Qt for Python are free software under the GNU Lesser General Public License, version 3. They "
                "are separate files of this program, which you may change and replace by your own. That licence, "
                "where the source of Qt is, and the licences of all other works are under “Works of others”."
            ),
            self,
        )
        for label in (self.title, self.version, self.what, self.made_with):
            as_high_as_needed(label)
        self.help = LinkButton(self.tr("&Help"), self)
        self.licence = LinkButton(self.tr("The &licence"), self)
        self.works_of_others = LinkButton(self.tr("&Works of others"), self)
        self.copy = QPushButton(self.tr("&Copy versions"), self)
        self.copy.setAutoDefault(False)
        self.copy.setIcon(icons.icon("copy"))
        self.close_button = QPushButton(self.tr("Close"), self)
        self.close_button.setDefault(True)
        words = QVBoxLayout()
        words.setSpacing(8)
        for part in (self.title, self.version, self.what, self.made_with, self.qt):
            words.addWidget(part)
        links = QHBoxLayout()
        links.setSpacing(16)
        links.addWidget(self.help)
        links.addWidget(self.licence)
        links.addWidget(self.works_of_others)
        links.addStretch(1)
        words.addLayout(links)
        top = QHBoxLayout()
        top.setSpacing(20)
        top.addWidget(drawing, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        body = QVBoxLayout(self)
        body.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        body.setSpacing(BETWEEN_CARDS)
        body.addLayout(top)
        body.addStretch(1)
        body.addLayout(buttons)
        width = max(480, self.fontMetrics().averageCharWidth() * 78)
        # What the size hint says is for another width, at which the words take fewer lines.
        self.resize(width, max(body.totalHeightForWidth(width), self.sizeHint().height()))
        self.help.clicked.connect(lambda: self.link_requested.emit("help"))
        self.licence.clicked.connect(lambda: self.link_requested.emit("licence"))
        self.works_of_others.clicked.connect(lambda: self.link_requested.emit("works-of-others"))
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.accept)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(
            "\n".join(label.text() for label in (self.title, self.version, self.made_with))
        )
