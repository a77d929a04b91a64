# SPDX-License-Identifier: MIT
"""The manual for the web is made of what Help says, with pictures that are there, and asks nobody for anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import manual
from notification_tester.qt.help.chapters import read_chapters

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Path:
    folder = tmp_path_factory.mktemp("manual") / "sources"
    manual.write(folder)
    return folder


def test_every_chapter_is_in_it_once_and_begins_with_its_title(sources: Path) -> None:
    told: Any = manual.settings(sources, sources.parent / "site")
    first, *rest = told["nav"]
    listed = [first, *(name for group in rest for names in group.values() for name in names)]
    assert sorted(listed) == sorted(path.name for path in sources.glob("*.md"))
    for name, chapter in read_chapters().items():
        text = (sources / f"{name}.md").read_text(encoding="utf-8")
        assert text.startswith(f"# {chapter.title}\n")
        assert all(section.heading in text for section in chapter.sections())


def test_every_picture_is_beside_the_chapters_and_says_what_it_shows(sources: Path) -> None:
    shown = [
        found for path in sources.glob("*.md") for found in re.findall(r"!\[(.*)\]\((.+)\)", path.read_text("utf-8"))
    ]
    assert len(shown) >= len(manual.PICTURES)
    for words, name in shown:
        assert len(words.split()) > 3
        assert (sources / name).stat().st_size > 100
    assert "currentColor" not in (sources / "way.svg").read_text(encoding="utf-8")


def test_it_asks_for_no_fonts_of_others(sources: Path) -> None:
    told: Any = manual.settings(sources, sources.parent / "site")
    assert told["theme"]["font"] is False
    assert told["docs_dir"] == "sources"


def test_pages_read_from_the_disk_offer_no_search_as_no_browser_would_find_anything(sources: Path) -> None:
    told: Any = manual.settings(sources, sources.parent / "site")
    assert told["extra_javascript"] == ["from-disk.js"]
    script = (sources / "from-disk.js").read_text(encoding="utf-8")
    assert '"file:"' in script
    assert ".md-search" in script
