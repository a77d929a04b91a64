# SPDX-License-Identifier: MIT
"""Names, menu entry, notices: what surrounds the packaged program."""

from __future__ import annotations

import shutil
import sys
from importlib import metadata
from pathlib import Path

import pytest
from PySide6.QtGui import QImageReader

import desktop_files
import elf
import icon_files
import notices
import product
from notification_tester import __version__


def test_the_names_are_those_of_the_project() -> None:
    assert product.NAME == "mturk-notification-tester"
    assert __version__ == product.VERSION
    assert product.DIST.is_relative_to(product.ROOT / "build")


def test_what_a_desktop_wants_is_whole_and_valid(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = desktop_files.files(tmp_path / "usr")
    icons = {path.parent.parent.name for path in folder.glob("share/icons/hicolor/*/apps/*")}
    assert icons == {f"{size}x{size}" for size in desktop_files.ICON_SIZES} | {"scalable"}
    texts = [path for path in folder.rglob("*") if path.suffix in {".desktop", ".xml"}]
    assert len(texts) == 2
    assert not [path for path in texts if "@" in path.read_text(encoding="utf-8")]
    assert desktop_files.problems(folder) == []
    capfd.readouterr()


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-validate is not installed")
def test_a_wrong_menu_entry_is_noticed(tmp_path: Path) -> None:
    folder = desktop_files.files(tmp_path / "usr")
    entry = folder / desktop_files.DESKTOP
    entry.write_text(entry.read_text(encoding="utf-8").replace("Type=Application", "Type=Nonsense"), encoding="utf-8")
    (problem,) = desktop_files.problems(folder)
    assert "Nonsense" in problem


def test_every_part_is_named_in_the_notice_with_its_licence(tmp_path: Path) -> None:
    found = {one.name.lower(): one for one in notices.distributions()}
    assert {"pyside6_essentials", "shiboken6", "boto3", "botocore", "keyring", "moto", "flask"} <= found.keys()
    assert "pytest" not in found
    text = notices.text(tmp_path)
    for one in found.values():
        assert f"\n{one.name} {one.version}\nLicence: " in text
    assert "GNU Lesser General Public License" in text


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        ("License-Expression: MIT", "MIT"),
        ("Classifier: License :: OSI Approved :: BSD License", "BSD License"),
        ("License: Apache-2.0", "Apache-2.0"),
        ("Summary: nothing said", "see below"),
    ],
)
def test_a_licence_is_read_wherever_it_is_written(tmp_path: Path, headers: str, licence: str) -> None:
    folder = tmp_path / "one-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: one\nVersion: 1\n{headers}\n", encoding="utf-8")
    assert notices.licence(metadata.PathDistribution(folder)) == licence


@pytest.mark.parametrize(
    ("line", "name"),
    [("boto3>=1.34", "boto3"), ("jaraco.classes", "jaraco.classes"), ('PyYAML; python_version>"3"', "PyYAML")],
)
def test_a_requirement_begins_with_its_name(line: str, name: str) -> None:
    assert notices.required(line) == name


def test_the_icon_of_windows_has_every_size(tmp_path: Path) -> None:
    path = icon_files.write(tmp_path / "app.ico")
    reader = QImageReader(str(path))
    sizes = set()
    for index in range(reader.imageCount()):
        reader.jumpToImage(index)
        image = reader.read()
        assert image.pixelColor(image.width() // 2, image.height() // 2).alpha() > 0
        sizes.add(image.width())
    assert sizes == set(icon_files.WINDOWS_SIZES)


def test_the_icon_of_macos_is_as_long_as_it_says(tmp_path: Path) -> None:
    data = icon_files.write(tmp_path / "app.icns").read_bytes()
    found, place = {}, 8
    while place < len(data):
        kind, length = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8])
        found[kind] = data[place + 8 : place + length]
        place += length
    assert data[:4] == b"icns"
    assert int.from_bytes(data[4:8]) == len(data) == place
    widths = {kind: int.from_bytes(picture[16:20]) for kind, picture in found.items()}
    assert widths == icon_files.MACOS_TYPES


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("objdump") is None, reason="reads Linux programs")
def test_a_program_names_its_libraries(tmp_path: Path) -> None:
    path = Path(sys.executable).resolve()
    assert elf.is_one(path)
    assert "libc.so.6" in elf.names(path)
    other = tmp_path / "text"
    other.write_text("#!/bin/sh\n", encoding="utf-8")
    assert not elf.is_one(other)
