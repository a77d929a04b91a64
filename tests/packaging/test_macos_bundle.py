# SPDX-License-Identifier: MIT
"""What ``make macos`` finds in a bundle, and the steps of the disk image; the spec itself is run by ``make macos``."""

from __future__ import annotations

import plistlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import macos_bundle
import other_systems
import signing
from product import BUNDLE_ID, NAME, TITLE, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

GOOD: dict[str, Any] = {
    "CFBundleDisplayName": TITLE,
    "CFBundleExecutable": NAME,
    "CFBundleIconFile": "app.icns",
    "CFBundleIdentifier": BUNDLE_ID,
    "CFBundleName": TITLE,
    "CFBundlePackageType": "APPL",
    "CFBundleShortVersionString": VERSION,
    "LSBackgroundOnly": False,
    "LSMinimumSystemVersion": "13.0",
    "NSHighResolutionCapable": True,
    "NSRequiresAquaSystemAppearance": False,
}


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(macos_bundle, "PACKAGES", tmp_path / "packages")
    for name, tag in (("qt", "cp310-abi3-macosx_13_0_universal2"), ("yaml", "cp311-cp311-macosx_11_0_arm64")):
        write(tmp_path / "packages" / f"{name}.dist-info" / "WHEEL", f"Tag: {tag}\n".encode())
    contents = tmp_path / "dist" / f"{TITLE}.app" / "Contents"
    write(contents / "MacOS" / NAME, macos_bundle.MAGIC[1])
    write(contents / "Resources" / "app.icns", b"icns")
    for name in ("LICENSE.txt", "THIRD-PARTY.txt"):
        write(contents / "Resources" / "notification_tester" / "resources" / "licences" / name, b"")
    for name in macos_bundle.PLUGINS:
        write(contents / "Frameworks" / "PySide6" / "Qt" / "plugins" / name, b"")
    write(contents / "Info.plist", plistlib.dumps(GOOD))
    return contents.parent


def lines(found: Iterable[str]) -> str:
    return "\n".join(found)


def test_a_whole_bundle_is_found_whole(bundle: Path) -> None:
    called = [["codesign", "-s", "-", "--entitlements", str(macos_bundle.ENTITLEMENTS), str(bundle)]]
    assert lines(macos_bundle.of_the_description(bundle)) == ""
    assert lines(macos_bundle.of_the_parts(bundle)) == ""
    assert lines(macos_bundle.of_the_signatures(bundle, called)) == ""


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CFBundleIdentifier", "some.other", "CFBundleIdentifier is 'some.other'"),
        ("LSBackgroundOnly", True, "LSBackgroundOnly hides it"),
        ("LSMinimumSystemVersion", "12.0", "macOS 12.0 is enough, and its parts want (13, 0)"),
    ],
)
def test_what_it_says_wrongly_of_itself_is_told(bundle: Path, name: str, value: object, words: str) -> None:
    write(bundle / "Contents" / "Info.plist", plistlib.dumps(GOOD | {name: value}))
    assert words in lines(macos_bundle.of_the_description(bundle))


def test_what_is_missing_or_signed_otherwise_is_told(bundle: Path) -> None:
    shutil.rmtree(bundle / "Contents" / "Frameworks")
    shutil.rmtree(bundle / "Contents" / "Resources" / "notification_tester")
    told = lines(macos_bundle.of_the_parts(bundle))
    assert "Qt's platforms/libqcocoa.dylib is missing" in told
    assert "THIRD-PARTY.txt is missing" in told
    told = lines(macos_bundle.of_the_signatures(bundle, [["codesign", "-s", "-", "a.dylib"]]))
    assert told.splitlines() == ["a.dylib is signed without its rights", "the bundle is not signed"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh")
def test_the_disk_image_has_the_program_and_the_way_to_the_applications(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "tools"
    write(tools / "hdiutil", f'#!/bin/sh\nfor last; do :; done\n: > "$last"\necho "$@" > "{tmp_path}/said"\n'.encode())
    (tools / "hdiutil").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=":")
    monkeypatch.setattr(other_systems, "BUILD", tmp_path)
    for name in signing.APPLE:
        monkeypatch.delenv(name, raising=False)
    other_systems.for_macos(bundle.parent / NAME, tmp_path, "some")
    assert (tmp_path / "some.dmg").exists()
    words = (tmp_path / "said").read_text(encoding="utf-8")
    assert words.startswith(f"create -volname {TITLE} -srcfolder {tmp_path / 'disk-image'} ")
    content = tmp_path / "disk-image"
    assert {path.name for path in content.iterdir()} == {f"{TITLE}.app", "Applications"}
    assert (content / "Applications").readlink() == Path("/Applications")
    assert plistlib.loads((content / f"{TITLE}.app" / "Contents" / "Info.plist").read_bytes()) == GOOD
