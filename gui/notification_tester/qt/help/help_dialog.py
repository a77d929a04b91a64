# SPDX-License-Identifier: MIT
"""Help in a window of its own: the chapters at the left, one at the right, and a field that finds over all of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QObject, QRectF, QRegularExpression, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
    QShortcut,
    QShowEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
    QTextLength,
    QTextTable,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from notification_tester import resources
from notification_tester.qt.help.chapters import FIRST, Found, groups, pattern_of, read_chapters, search
from notification_tester.qt.help.drawings import DRAWINGS, drawn
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.colours import mixed, secondary, seen
from notification_tester.qt.looks.theme import INSIDE_CARD, QuietLabel, Tone, set_tooltip, tone_colours
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.link_button import link_colour
from notification_tester.qt.widgets.local_page import LocalPage

_LEADS_TO = Qt.ItemDataRole.UserRole
"""Of an entry at the left: the link that it stands for, ``test`` or ``words#policy``; headings have none."""
LINE_HEIGHT = 130
"""Per cent of the font's own."""
FIRST_COLUMN = 38
"""Per cent of a table's width; each has two columns."""


class ChapterText(LocalPage):
    """Shows one chapter's Markdown with the files beside it, and asks nobody else for anything.

    Links are told of by ``anchorClicked`` and followed by whoever listens.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Chapter"))
        self.document().setDocumentMargin(INSIDE_CARD)
        self._markdown = ""
        self._words: list[str] = []

    def show_markdown(self, markdown: str) -> None:
        """Show another text from its top."""
        self._markdown = markdown
        self.document().setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        self._space_out()

    def changeEvent(self, event: QEvent) -> None:
        """Links, lines and drawings follow light and dark; the rest does so by itself."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._markdown:
            place = self.verticalScrollBar().value()
            self.show_markdown(self._markdown)
            self.mark(self._words)
            self.verticalScrollBar().setValue(place)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """A picture that lies beside the chapters, or is drawn for them, in the colours of now; nobody else's."""
        address = name if isinstance(name, QUrl) else QUrl(name)
        is_picture = kind == QTextDocument.ResourceType.ImageResource.value
        if is_picture and (way := DRAWINGS.get(address.toString())) is not None:
            return drawn(way, self.palette(), self.font(), ratio=self.devicePixelRatioF())
        path = resources.folder() / "help" / address.fileName()
        if not is_picture or path.suffix != ".svg" or not path.is_file():
            return None
        source = path.read_bytes().replace(
            b"currentColor", seen(self.palette(), QPalette.ColorRole.Text).name().encode()
        )
        drawing = QSvgRenderer(QByteArray(source))
        ratio = self.devicePixelRatioF()
        image = QImage(drawing.defaultSize() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing.render(painter, QRectF(image.rect()))
        painter.end()
        image.setDevicePixelRatio(ratio)
        return image

    def scroll_to(self, heading: str) -> None:
        """Put a heading on top; the keyboard goes on from there."""
        block = self.document().begin()
        while block.isValid() and not (block.blockFormat().headingLevel() and block.text() == heading):
            block = block.next()
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            top = self.document().documentLayout().blockBoundingRect(block).top()
            self.verticalScrollBar().setValue(round(top) - INSIDE_CARD // 2)

    def mark(self, words: list[str]) -> None:
        """Lay a ground under each of the words, wherever they stand, as they are looked for."""
        self._words = words
        colours = tone_colours(self.palette(), Tone.BEWARE)
        marks = []
        for word in words:
            wanted = QRegularExpression(pattern_of(word), QRegularExpression.PatternOption.CaseInsensitiveOption)
            found = self.document().find(wanted)
            while not found.isNull():
                mark = QTextEdit.ExtraSelection()
                mark.cursor = found
                mark.format.setBackground(colours.fill)
                mark.format.setForeground(colours.text)
                marks.append(mark)
                found = self.document().find(wanted, found)
        self.setExtraSelections(marks)

    def _space_out(self) -> None:
        """Markdown says nothing of distances, and what Qt uses by itself is a wall of text."""
        line = mixed(seen(self.palette(), QPalette.ColorRole.Base), seen(self.palette(), QPalette.ColorRole.Text), 0.25)
        block = self.document().begin()
        while block.isValid():
            cursor = QTextCursor(block)
            looks = block.blockFormat()
            looks.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            level = looks.headingLevel()
            if level:
                looks.setTopMargin(4 if level == 1 else 20)
                looks.setBottomMargin(8)
            elif cursor.currentTable() is not None:
                looks.setTopMargin(0)
                looks.setBottomMargin(0)
            elif cursor.currentList() is not None:
                looks.setTopMargin(0)
                looks.setBottomMargin(5)
            elif not looks.hasProperty(QTextFormat.Property.BlockCodeFence.value):
                looks.setBottomMargin(10)
            cursor.setBlockFormat(looks)
            if (table := cursor.currentTable()) is not None:
                _rule(table, line)
            part = block.begin()
            while not part.atEnd():
                _colour_link(block, part.fragment(), link_colour(self.palette()))
                part += 1
            block = block.next()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(0)


def _colour_link(block: QTextBlock, part: QTextFragment, colour: QColor) -> None:
    """Qt's reader of Markdown gives links the colour of its own palette, whatever theirs is."""
    if not part.charFormat().isAnchor():
        return
    cursor = QTextCursor(block)
    cursor.setPosition(part.position())
    cursor.setPosition(part.position() + part.length(), QTextCursor.MoveMode.KeepAnchor)
    looks = QTextCharFormat()
    looks.setForeground(colour)
    cursor.mergeCharFormat(looks)


def _rule(table: QTextTable, line: QColor) -> None:
    looks = table.format()
    looks.setBorder(1)
    looks.setBorderBrush(line)
    looks.setBorderCollapse(True)
    looks.setCellPadding(6)
    looks.setCellSpacing(0)
    looks.setBottomMargin(12)
    looks.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    looks.setColumnWidthConstraints(
        [QTextLength(QTextLength.Type.PercentageLength, share) for share in (FIRST_COLUMN, 100 - FIRST_COLUMN)]
    )
    table.setFormat(looks)


class HelpDialog(FittingDialog):
    """Opens beside the window, which can be used meanwhile, with ``chapter`` in sight (its name, or ``words#policy``).

    Raises OSError where the chapters are missing: a broken installation.
    """

    tour_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, chapter: str = FIRST) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Help"))
        self.chapters = read_chapters()
        self._groups = groups(self.chapters[FIRST])
        self._in_sight = ""
        self._read: list[str] = []
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Search in all chapters"))
        self.field.setAccessibleName(self.tr("Search in all chapters"))
        self.field.setClearButtonEnabled(True)
        self.field.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.field.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Chapters"))
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.count = QuietLabel("", self)
        self.text = ChapterText(self)
        self.back = QPushButton(self.tr("&Back"), self)
        set_tooltip(self.back, self.tr("Back to what was read before: Alt+Left"))
        self.back.setAutoDefault(False)
        self.tour = QPushButton(self.tr("Show me &around the window"), self)
        self.tour.setAutoDefault(False)
        self.close_button = QPushButton(self.tr("&Close"), self)
        self.close_button.setAutoDefault(False)
        self._lay_out()
        self.field.textChanged.connect(self._look)
        self.field.returnPressed.connect(self.text.setFocus)
        self.list.currentItemChanged.connect(self._chosen)
        self.text.anchorClicked.connect(self._follow)
        self.back.clicked.connect(self.go_back)
        self.tour.clicked.connect(self._show_around)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self._to_field)
        QShortcut(QKeySequence("Alt+Left"), self).activated.connect(self.go_back)
        self._list_chapters()
        self.show_chapter(chapter)
        self.field.setFocus()
        self.resize(QSize(980, 680))

    def show_chapter(self, link: str) -> None:
        """Show a chapter, or a section of it; the list at the left follows where it has that chapter."""
        chapter = self.chapters[link.partition("#")[0]]
        if self._in_sight and self._in_sight != link:
            self._read.append(self._in_sight)
        self._in_sight = link
        self.back.setEnabled(bool(self._read))
        self.text.show_markdown(chapter.markdown)
        self.text.mark(self.field.text().split())
        self._scroll()
        self._choose_in_sight()

    def go_back(self) -> None:
        """Show what was read before."""
        if self._read:
            before = self._read.pop()
            self._in_sight = ""
            self.show_chapter(before)

    def showEvent(self, event: QShowEvent) -> None:
        """Only now is it known how wide the lines are."""
        super().showEvent(event)
        self._scroll()

    def changeEvent(self, event: QEvent) -> None:
        """The headings of the list have a colour of their own."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._in_sight and not self.field.text().strip():
            self._look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down in the field go through what was found."""
        if (
            watched is self.field
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}
        ):
            QApplication.sendEvent(self.list, event)
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        side = QWidget(self)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.field)
        left.addWidget(self.list, 1)
        left.addWidget(self.count)
        parts = QSplitter(Qt.Orientation.Horizontal, self)
        parts.setChildrenCollapsible(False)
        parts.addWidget(side)
        parts.addWidget(self.text)
        parts.setStretchFactor(1, 1)
        parts.setSizes([270, 710])
        foot = QHBoxLayout()
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self.tour)
        foot.addWidget(self.close_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(INSIDE_CARD, INSIDE_CARD, INSIDE_CARD, 12)
        rows.addWidget(parts, 1)
        rows.addLayout(foot)

    def _list_chapters(self) -> None:
        self.list.clear()
        self._add(self.chapters[FIRST].title, FIRST)
        for title, names in self._groups:
            self._add_heading(title)
            for name in names:
                self._add(self.chapters[name].title, name)
        self.count.setText("")
        self.count.hide()

    def _list_found(self, found: list[Found]) -> None:
        self.list.clear()
        for one in found:
            chapter, heading = one.chapter.title, one.section.heading
            words = heading if heading == chapter else self.tr("{heading} ({chapter})")
            words = words.format(heading=heading, chapter=chapter)
            self._add(f"{words}\n{one.line}" if one.line else words, f"{one.chapter.name}#{one.section.anchor}")
        self.count.show()
        if not found:
            self.count.setText(self.tr("No chapter has all of these words."))
        elif len(found) == 1:
            self.count.setText(self.tr("Found in 1 place"))
        else:
            self.count.setText(self.tr("Found in {number} places").format(number=len(found)))

    def _add(self, words: str, leads_to: str) -> None:
        entry = QListWidgetItem(words, self.list)
        entry.setData(_LEADS_TO, leads_to)

    def _add_heading(self, words: str) -> None:
        entry = QListWidgetItem(words, self.list)
        entry.setFlags(Qt.ItemFlag.NoItemFlags)
        font = entry.font()
        font.setBold(True)
        entry.setFont(font)
        entry.setForeground(secondary(QApplication.palette()))

    def _look(self) -> None:
        words = self.field.text()
        blocked = self.list.blockSignals(True)
        if words.strip():
            self._list_found(search(self.chapters, words))
        else:
            self._list_chapters()
            self._choose_in_sight()
        self.list.blockSignals(blocked)
        self.text.mark(words.split())
        if words.strip() and self.list.count():
            self.list.setCurrentRow(0)

    def _chosen(self, entry: QListWidgetItem | None) -> None:
        if entry is not None and entry.data(_LEADS_TO) and entry.data(_LEADS_TO) != self._in_sight:
            self.show_chapter(entry.data(_LEADS_TO))

    def _scroll(self) -> None:
        name, _, anchor = self._in_sight.partition("#")
        for section in self.chapters[name].sections():
            if section.anchor == anchor:
                self.text.scroll_to(section.heading)

    def _choose_in_sight(self) -> None:
        wanted = self._in_sight if self.field.text().strip() else self._in_sight.partition("#")[0]
        for row in range(self.list.count()):
            if self.list.item(row).data(_LEADS_TO) == wanted:
                blocked = self.list.blockSignals(True)
                self.list.setCurrentRow(row)
                self.list.blockSignals(blocked)

    def _follow(self, url: QUrl) -> None:
        if url.isRelative():
            name = url.path().removesuffix(".md")
            self.show_chapter(f"{name}#{url.fragment()}" if url.hasFragment() else name)
        else:
            QDesktopServices.openUrl(url)

    def _show_around(self) -> None:
        self.reject()
        self.tour_requested.emit()

    def _to_field(self) -> None:
        self.field.setFocus()
        self.field.selectAll()
