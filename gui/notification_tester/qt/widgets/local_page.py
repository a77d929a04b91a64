# SPDX-License-Identifier: MIT
"""A page that asks nobody for anything: shown in the window, or as PDF."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, Qt, QUrl
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

MARGIN_MILLIMETRES = 14.0
POINTS = (9.0, 8.5, 8.0, 7.5, 7.0)
"""Sizes of the text: the first in which all of it is one page, else the largest."""


class LocalPage(QTextBrowser):
    """Shows HTML or Markdown, and loads nothing beside it; links are told of by ``anchorClicked`` alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Nothing."""
        del kind, name


def as_pdf(page: str) -> bytes:
    """A page of A4, in black on white whatever the window's colours are.

    ``page`` is HTML in Qt's subset of it, and asks for no other file. What is a little too long for one page has
    smaller text, and what is far too long several pages.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    margin = MARGIN_MILLIMETRES
    writer.setPageMargins(QMarginsF(margin, margin, margin, margin), QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setHtml(page)
    writer.setTitle(document.metaInformation(QTextDocument.MetaInformation.DocumentTitle))
    writer.setCreator("MTurk Notification Tester")
    # Without a size of its own a document is printed with a number below each page.
    document.documentLayout().setPaintDevice(writer)
    document.setPageSize(writer.pageLayout().paintRectPixels(writer.resolution()).size().toSizeF())
    for points in (*POINTS, POINTS[0]):
        font = QFont("Sans Serif")
        font.setPointSizeF(points)
        document.setDefaultFont(font)
        if document.pageCount() == 1:
            break
    document.print_(writer)
    del writer  # which writes the end of the file
    return bytes(buffer.data().data())
