# SPDX-License-Identifier: MIT
"""What is handed out on Windows and macOS. The disk image of macOS has not been seen being made yet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import icon_files
import signing
from notification_tester.storage.places import PORTABLE
from product import BUILD, NAME, PUBLISHER, ROOT, TITLE, VERSION, source_time
from proving import not_here

_Moment = tuple[int, int, int, int, int, int]

SCRIPT = ROOT / "packaging" / "windows" / "installer.nsi"
_PORTABLE_WORDS = f"""While this file lies here, {TITLE} keeps its settings and its history in the folder "home"
beside it, so that both travel together. Keys stay in the keyring of each computer: they are asked for once on each.
Without this file it keeps them where programs of this system do.
"""


def for_windows(program: Path, into: Path, stem: str) -> bool:
    """A ``.zip`` to run from where it is unpacked, and the installer; both signed if that is possible.

    Where NSIS is not installed there is no installer, and ``not_here`` decides.
    """
    signing.sign_for_windows(sorted(program.glob("*.exe")))
    portable(program, into / f"{stem}-portable.zip")
    folder = Path(os.environ.get("PROGRAMFILES(X86)", "C:/Program Files (x86)"), "NSIS")
    compiler = shutil.which("makensis") or shutil.which("makensis.exe", path=str(folder))
    if compiler is None:
        return not_here("NSIS: there is no installer")
    installer = into / f"{stem}-setup.exe"
    subprocess.run(installer_command(compiler, program, installer), check=True, cwd=ROOT)
    signing.sign_for_windows([installer])
    return True


def installer_command(compiler: str, program: Path, installer: Path) -> list[str]:
    """The command line of NSIS; every name that the script does not have itself is handed over."""
    size = sum(path.stat().st_size for path in program.rglob("*") if path.is_file())
    words = {
        "NAME": NAME,
        "VERSION": VERSION,
        "TITLE": TITLE,
        "PUBLISHER": PUBLISHER,
        "KILOBYTES": str(size // 1024),
        "PROGRAM": str(program),
        "ICON": str(icon_files.write(BUILD / "app.ico")),
        "SIDE": str(icon_files.write_side(BUILD / "installer-side.bmp")),
        "INTO": str(installer),
    }
    if signing.given(signing.WINDOWS):
        words["SIGN"] = f'"{sys.executable}" "{signing.__file__}" "%1"'
    return [compiler, "-V2", "-WX", *(f"-D{name}={value}" for name, value in words.items()), str(SCRIPT)]


def portable(program: Path, archive: Path) -> None:
    """Two archives of the same files are the same bytes."""
    time = datetime.fromtimestamp(source_time(), tz=UTC)
    moment = (time.year, time.month, time.day, time.hour, time.minute, time.second)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(program.rglob("*")):
            if path.is_file():
                _add(packed, path.relative_to(program).as_posix(), path.read_bytes(), moment)
        _add(packed, PORTABLE, _PORTABLE_WORDS.encode(), moment)


def _add(packed: zipfile.ZipFile, place: str, content: bytes, moment: _Moment) -> None:
    entry = zipfile.ZipInfo(f"{NAME}-{VERSION}/{place}", moment)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    packed.writestr(entry, content)


def bundle(program: Path) -> Path:
    """The bundle that PyInstaller made beside the folder."""
    return program.parent / f"{TITLE}.app"


def for_macos(program: Path, into: Path, stem: str) -> None:
    """A disk image with the bundle and a link to the place where programs go; signed and notarised if possible."""
    content = BUILD / "disk-image"
    shutil.rmtree(content, ignore_errors=True)
    shutil.copytree(bundle(program), content / bundle(program).name, symlinks=True)
    (content / "Applications").symlink_to("/Applications")
    image = into / f"{stem}.dmg"
    command = ["hdiutil", "create", "-volname", TITLE, "-srcfolder", str(content), "-ov", "-format", "UDZO", str(image)]
    subprocess.run(command, check=True)
    signing.notarise(image)
