# SPDX-License-Identifier: MIT
"""Where newer versions are: a page that opens in the browser, on request. The program itself never asks for it.

Only what publishes a build knows where it will be found, and writes that beside the program's other files; a copy that
was made from its source has no such file.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from notification_tester import resources
from notification_tester.domain.problem import Cause, Problem

FILE = "release-page.txt"


def known_address() -> str:
    """The page of the releases that this copy is one of; empty when it is none."""
    try:
        text = (resources.folder() / FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return text if text.startswith("https://") else ""


class ReleasePage(QObject):
    """Opens the page in the browser."""

    def __init__(self, address: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = address

    def open(self) -> Problem | None:
        """Open it; returns why that was not possible."""
        if not self._address:
            return Problem(
                title=self.tr("This copy does not know where newer versions are."),
                detail=self.tr("It was made from its source, and not downloaded from a page of releases."),
                remedy=self.tr("Look where you got it from, or ask who gave it to you."),
                cause=Cause.PROGRAM,
                code="release.unknown",
            )
        if QDesktopServices.openUrl(QUrl(self._address, QUrl.ParsingMode.StrictMode)):
            return None
        return Problem(
            title=self.tr("No browser could be opened."),
            detail=self.tr("The page of the newer versions is {address}.").format(address=self._address),
            remedy=self.tr("Open a browser and type that address."),
            cause=Cause.PROGRAM,
            code="release.no-browser",
        )
