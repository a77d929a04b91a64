# SPDX-License-Identifier: MIT
"""The chapters of Help: Markdown in ``resources/help``, read in the order in which ``index.md`` links to them.

The same files make the manual for the web. Of Markdown they use what both readers of it know: headings, lists, tables,
emphasis, code, links to a chapter (``test.md``), to a section of one (``words.md#policy``) or to the web, and pictures
that lie beside them or are drawn (``drawings.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from notification_tester import resources
from notification_tester.domain.specifications.successors import (
    CHAPTERS,
    CLOSING_ANNOUNCED_FOR,
    SHUT_ON,
    Successor,
    in_words,
)

FIRST = "index"
WHOLE_WORDS_BELOW = 3
"""Letters; with fewer, what is looked for is within too many other words."""
_HEADING = re.compile(r"^(#{1,3}) +(.+?) *$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)\s]+\)")
_TABLE_RULE = re.compile(r"^\|[-| :]+\|$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what stands below it up to the next one, as plain text; the first has the chapter's title."""

    heading: str
    text: str

    @property
    def anchor(self) -> str:
        """What a link calls it: small letters and hyphens, as the web's manual makes it of a heading, too."""
        return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", self.heading).strip().lower())


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One file: its name without its ending, the title on top of it, and its Markdown."""

    name: str
    title: str
    markdown: str

    def sections(self) -> tuple[Section, ...]:
        """Its sections, in their order."""
        return tuple(Section(heading=_plain(heading), text=_plain(text)) for heading, text in self.parts())

    def parts(self) -> list[tuple[str, str]]:
        """Each heading, and what stands below it up to the next one, as Markdown."""
        parts = _HEADING.split(self.markdown)[1:]
        return list(zip(parts[1::3], parts[2::3], strict=True))

    def links(self) -> tuple[str, ...]:
        """Where its links lead, as they are written."""
        return _links_in(self.markdown)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A section that has every word looked for."""

    chapter: Chapter
    section: Section
    line: str
    """The place of the first word, with some words around it; empty where it is in the heading."""


def read_chapters() -> dict[str, Chapter]:
    """Every chapter by its name, first the one that has the contents. Raises OSError: a broken installation."""
    first = _read(FIRST)
    return {first.name: first, **{name: _read(name) for name in _named_by(first.links())}}


def groups(contents: Chapter) -> list[tuple[str, tuple[str, ...]]]:
    """The headings of the contents, each with the names of the chapters below it."""
    found = [(heading, _named_by(_links_in(text))) for heading, text in contents.parts()]
    return [group for group in found if group[1]]


def _links_in(markdown: str) -> tuple[str, ...]:
    return tuple(target for _, target in _LINK.findall(markdown))


def _named_by(links: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the chapters among these."""
    return tuple(link.removesuffix(".md") for link in links if link.endswith(".md"))


def search(chapters: dict[str, Chapter], words: str) -> list[Found]:
    """Every section that has each of the words, in its heading first; nothing where no word is given."""
    wanted = [re.compile(pattern_of(word), re.IGNORECASE) for word in words.split()]
    in_heading, in_text = [], []
    for chapter in chapters.values() if wanted else ():
        if chapter.name == FIRST:  # its words are the titles of the others
            continue
        for section in chapter.sections():
            heading, text = section.heading, section.text
            if all(word.search(heading) for word in wanted):
                in_heading.append(Found(chapter=chapter, section=section, line=""))
            elif all(word.search(heading) or word.search(text) for word in wanted):
                in_text.append(Found(chapter=chapter, section=section, line=_around(section.text, wanted)))
    return in_heading + in_text


def pattern_of(word: str) -> str:
    """What finds a word that is looked for: with or without hyphens, one or several; a short one as a whole word."""
    letters = word.replace("-", "") or word
    if len(letters) < WHOLE_WORDS_BELOW:
        return rf"(?<!\w){re.escape(letters)}(?!\w)"
    if len(letters) > WHOLE_WORDS_BELOW:
        letters = re.sub(r"(?<=[^s])s$", "", re.sub(r"ies$", "y", letters, flags=re.IGNORECASE), flags=re.IGNORECASE)
    found = "-?".join(map(re.escape, letters))
    return re.sub(r"[yY]$", "(?:y|ies)", found) if len(letters) > WHOLE_WORDS_BELOW else found


def _around(text: str, words: list[re.Pattern[str]]) -> str:
    at = min((place.start() for word in words if (place := word.search(text))), default=0)
    start = text.rfind(" ", 0, max(0, at - 24)) + 1
    end = text.find(" ", at + 44)
    line = " ".join(text[start : end if end >= 0 else len(text)].split())
    return f"{'…' if start else ''}{line}{'…' if end >= 0 else ''}"


def _read(name: str) -> Chapter:
    markdown = (resources.folder() / "help" / f"{name}.md").read_text(encoding="utf-8")
    # Whatever is known of the older API stands in the program, which says it of what was opened, too.
    for word, text in {
        "{shut}": in_words(SHUT_ON),
        "{end}": in_words(CLOSING_ANNOUNCED_FOR),
        "{successors}": _successors() if "{successors}" in markdown else "",
    }.items():
        markdown = markdown.replace(word, text)
    title = _HEADING.search(markdown)
    return Chapter(name=name, title=_plain(title[2]) if title else name, markdown=markdown)


def _successors() -> str:
    parts = [f"## {chapter.title}\n\n" + "\n\n".join(map(_successor, chapter.rows)) for chapter in CHAPTERS]
    return "\n\n".join(parts)


def _successor(row: Successor) -> str:
    return f"### {row.name}\n\n- **Then:** {row.had}\n- **Today:** {row.today}"


def _plain(markdown: str) -> str:
    text = _LINK.sub(r"\1", _PICTURE.sub(r"\1", _TABLE_RULE.sub("", markdown)))
    return " ".join(re.sub(r"[*`|]|^ *(?:-|\d+\.) ", " ", text, flags=re.MULTILINE).split())
