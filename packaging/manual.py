# SPDX-License-Identifier: MIT
"""The manual for the web: the chapters of Help, with pictures of the real window. Run by ``make manual``.

It is written into build/manual, can be put on any web server or read from the disk (without its search), and loads
nothing from elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from notification_tester import resources
from notification_tester.qt.help.chapters import FIRST, groups, read_chapters
from notification_tester.qt.help.drawings import DRAWINGS, drawn
from product import BUILD, TITLE, VERSION

SOURCES, MANUAL = BUILD / "manual-sources", BUILD / "manual"
TAKEN = Path(__file__).parent / "pictures"
PICTURES = {
    "index": ("test", "A test that arrived: the way of the message, with seconds"),
    "checkup": (
        "blocked-queue",
        "A queue whose policy does not let Mechanical Turk in, explained, with a button that mends it",
    ),
    "hit-types": ("hit-types", "The HIT types of an account, with what this program set for them"),
    "inbox": ("inbox", "Notifications as they come in"),
    "history": ("history", "Every test, and what was seen of it"),
    "preferences": ("test-dark", "The page Test in dark colours"),
}
"""The chapter, and what is shown below its title: the name of a picture, and its words for those who do not see it."""

FROM_DISK = "from-disk.js"
_NO_SEARCH = """\
if (location.protocol === "file:") {
  const hidden = "<style>.md-search, [for=__search] { display: none !important }</style>";
  document.documentElement.insertAdjacentHTML("beforeend", hidden);
}
"""
"""Browsers let only pages of a server read the index of the search; its button would do nothing."""


def write(folder: Path) -> None:
    """Write the sources: each chapter as Help has it, with its picture below the title. Qt's application is there."""
    folder.mkdir(parents=True)
    (folder / FROM_DISK).write_text(_NO_SEARCH, encoding="utf-8")
    for path in (resources.folder() / "help").glob("*.svg"):
        # On the web a picture of its own has no colour of the text around it.
        (folder / path.name).write_text(path.read_text(encoding="utf-8").replace("currentColor", "#6b7280"), "utf-8")
    for name, way in DRAWINGS.items():
        light = QPalette(Qt.GlobalColor.white)
        image = drawn(way, light, QFont(), ratio=QGuiApplication.primaryScreen().devicePixelRatio(), on_ground=True)
        image.save(str(folder / name))
    for name, chapter in read_chapters().items():
        text = _items_indented(chapter.markdown)
        if name in PICTURES:
            picture, words = PICTURES[name]
            shutil.copyfile(TAKEN / f"{picture}.png", folder / f"{picture}.png")
            title, _, rest = text.partition("\n")
            text = f"{title}\n\n![{words}]({picture}.png)\n{rest}"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def settings(sources: Path, manual: Path) -> dict[str, object]:
    """What the generator is told, in a file beside both folders: no fonts, scripts or searches of anybody else's."""
    contents = read_chapters()[FIRST]
    return {
        "site_name": TITLE,
        "copyright": f"Version {VERSION}. MIT licence. Not made by Amazon.",
        "docs_dir": sources.name,
        "site_dir": manual.name,
        "use_directory_urls": False,
        "theme": {
            "font": False,
            "palette": [
                {"media": "(prefers-color-scheme: light)", "scheme": "default"},
                {"media": "(prefers-color-scheme: dark)", "scheme": "slate"},
            ],
        },
        "plugins": ["search"],
        "extra_javascript": [FROM_DISK],
        "nav": [f"{FIRST}.md", *({title: [f"{name}.md" for name in names]} for title, names in groups(contents))],
    }


def main() -> int:
    """Make the manual anew; returns the exit code."""
    for folder in (SOURCES, MANUAL):
        shutil.rmtree(folder, ignore_errors=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = "2"  # pictures that are sharp on sharp screens
    application = QApplication([])
    write(SOURCES)
    application.quit()
    told = SOURCES.with_suffix(".yml")
    told.write_text(json.dumps(settings(SOURCES, MANUAL)), encoding="utf-8")  # JSON is YAML
    program = str(Path(sys.executable).with_name("zensical"))
    words = [program, "build", "--strict", "--clean", "--config-file", str(told)]
    done = subprocess.run(words, check=False)
    if done.returncode == 0:
        print(MANUAL / "index.html")
    return done.returncode


def _items_indented(markdown: str) -> str:
    """Put four blanks where an item of a list goes on: with fewer, the web's reader of Markdown ends the list."""
    return re.sub(r"^ {2,3}(?=\S)", "    ", markdown, flags=re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main())
