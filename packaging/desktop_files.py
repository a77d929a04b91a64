# SPDX-License-Identifier: MIT
"""What a Linux desktop wants beside the program: menu entry, AppStream metainfo, icons, manual page."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import icon_files
from product import BUNDLE_ID, NAME, RELEASE_PAGE, SUMMARY, TITLE, VERSION, source_time
from proving import not_here

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES = Path(__file__).resolve().parent / "linux"
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
DESKTOP = f"share/applications/{NAME}.desktop"
METAINFO = f"share/metainfo/{BUNDLE_ID}.metainfo.xml"


def files(folder: Path) -> Path:
    """Write all of it anew below ``folder``, as it goes below ``/usr``; returns the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    words = {"NAME": NAME, "VERSION": VERSION, "SUMMARY": SUMMARY, "TITLE": TITLE, "BUNDLE_ID": BUNDLE_ID}
    words["DATE"] = released()
    words["HOMEPAGE"] = f'<url type="homepage">{escape(RELEASE_PAGE)}</url>' if RELEASE_PAGE else ""
    _write(folder / DESKTOP, filled("program.desktop", words))
    _write(folder / METAINFO, filled("metainfo.xml", words))
    manual = folder / f"share/man/man1/{NAME}.1.gz"
    manual.parent.mkdir(parents=True)
    manual.write_bytes(gzip.compress(filled("manual.1", words).encode(), mtime=0))
    _icons(folder / "share/icons/hicolor")
    return folder


def filled(template: str, words: Mapping[str, str]) -> str:
    """The text of a template with every ``@WORD@`` replaced."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text


def released() -> str:
    """The day of the last commit, which is the day of this release."""
    return f"{datetime.fromtimestamp(source_time(), UTC):%Y-%m-%d}"


def problems(folder: Path) -> list[str]:
    """What the desktop's own tools, where they are installed, find wrong with these files."""
    checks = {
        "desktop-file-validate": [str(folder / DESKTOP)],
        "appstreamcli": ["validate", "--no-net", "--explain", str(folder / METAINFO)],
    }
    found = []
    for tool, words in checks.items():
        if shutil.which(tool) is None:
            found += [] if not_here(tool) else [f"{tool} is not here"]
            continue
        done = subprocess.run([tool, *words], capture_output=True, text=True, check=False)
        told = re.findall(r"^[EW]: .*: (\S+)$", done.stdout, re.MULTILINE)
        if not RELEASE_PAGE and told == ["url-homepage-missing"]:
            continue  # only what publishes the program knows where that is
        if done.returncode != 0 or (tool == "desktop-file-validate" and done.stdout):
            found.append(f"{tool}:\n{done.stdout}{done.stderr}")
    return found


def _icons(folder: Path) -> None:
    for size, picture in icon_files.pictures(ICON_SIZES).items():
        place = folder / f"{size}x{size}" / "apps" / f"{NAME}.png"
        place.parent.mkdir(parents=True)
        place.write_bytes(picture)
    _write(folder / "scalable" / "apps" / f"{NAME}.svg", icon_files.DRAWING.read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
