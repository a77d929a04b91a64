# SPDX-License-Identifier: MIT
"""The icon as pictures, and as the one file of many sizes that Windows and macOS each want.

Both kinds of file are a list of PNG pictures with a head. Sources: "The format of icon resources" (Windows, since
Vista with PNG inside) and Apple's "Icon Services" types ``ic07`` … as documented for ``iconutil``.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from product import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DRAWING = ROOT / "resources" / "icons" / "app.svg"
WINDOWS_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
MACOS_TYPES = {
    b"icp4": 16,
    b"icp5": 32,
    b"ic11": 32,
    b"ic12": 64,
    b"ic07": 128,
    b"ic13": 256,
    b"ic08": 256,
    b"ic09": 512,
}

_DRAW = """
import sys
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
application = QGuiApplication(["icons"])
drawing, folder, *sizes = sys.argv[1:]
for size in map(int, sizes):
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(drawing).render(painter)
    painter.end()
    if not image.pixelColor(size // 2, size // 2).alpha() or not image.save(f"{folder}/{size}.png"):
        sys.exit(f"no icon of {size} pixels")
"""

_DRAW_SIDE = """
import sys
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
application = QGuiApplication(["side"])
drawing, path = sys.argv[1:]
image = QImage(328, 628, QImage.Format.Format_RGB32)
image.fill("#e6edfb")
painter = QPainter(image)
QSvgRenderer(drawing).render(painter, QRectF(68, 76, 192, 192))
painter.end()
if not image.save(path):
    sys.exit(f"{path} was not written")
"""


def pictures(sizes: Iterable[int]) -> dict[int, bytes]:
    """PNG pictures of the drawing, by their size in pixels."""
    with tempfile.TemporaryDirectory() as folder:
        _draw(_DRAW, folder, *map(str, sizes))
        return {int(path.stem): path.read_bytes() for path in Path(folder).iterdir()}


def write_side(path: Path) -> Path:
    """Write the picture at the side of the installer's last page, a ``.bmp`` of twice the size; returns ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _draw(_DRAW_SIDE, str(path))
    return path


def _draw(script: str, *words: str) -> None:
    # In a process of its own: Qt offers to draw only where it is the whole application.
    subprocess.run(
        [sys.executable, "-P", "-c", script, str(DRAWING), *words],
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )


def windows_icon(drawn: Mapping[int, bytes]) -> bytes:
    """One ``.ico`` with every picture given."""
    place = 6 + 16 * len(drawn)
    head, body = struct.pack("<HHH", 0, 1, len(drawn)), b""
    for size, picture in sorted(drawn.items()):
        side = size % 256  # 256 is written as 0
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), place + len(body))
        body += picture
    return head + body


def macos_icon(drawn: Mapping[int, bytes]) -> bytes:
    """One ``.icns``; ``drawn`` has every size of :data:`MACOS_TYPES`."""
    body = b"".join(kind + struct.pack(">I", 8 + len(drawn[size])) + drawn[size] for kind, size in MACOS_TYPES.items())
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def write(path: Path) -> Path:
    """Write the icon that fits the ending, ``.ico`` or ``.icns``; returns ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".icns":
        path.write_bytes(macos_icon(pictures(set(MACOS_TYPES.values()))))
    else:
        path.write_bytes(windows_icon(pictures(WINDOWS_SIZES)))
    return path
