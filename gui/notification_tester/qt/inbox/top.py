# SPDX-License-Identifier: MIT
"""The upper part of the page Inbox: what to follow, or, while something is followed, how that goes."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from notification_tester.qt.inbox.bar import InboxBar
from notification_tester.qt.inbox.setup import InboxSetup
from notification_tester.qt.widgets.scroll_page import ScrollContent, ScrollPage


class InboxTop(QWidget):
    """One of the two at a time, and as high as that one; a stack would be as high as the higher."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        content = ScrollContent()
        self._setup_page = ScrollPage(content, self)  # before it is filled: Qt lays out what it is given
        self.setup = InboxSetup(content)
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.setup)
        self.bar = InboxBar(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._setup_page)
        rows.addWidget(self.bar)
        self.set_in_setup(True)

    @property
    def is_in_setup(self) -> bool:
        """Whether it is asked what to follow."""
        return self._is_in_setup

    def set_in_setup(self, in_setup: bool) -> None:
        """Ask what to follow, which may take all the room, or show how following goes."""
        self._is_in_setup = in_setup
        for part, wanted in ((self._setup_page, in_setup), (self.bar, not in_setup)):
            if part.isHidden() is wanted:  # showing what is not hidden has Qt lay out everything
                part.setVisible(wanted)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Expanding if in_setup else QSizePolicy.Policy.Maximum)
        self.setSizePolicy(policy)
