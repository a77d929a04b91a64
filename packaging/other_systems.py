# SPDX-License-Identifier: MIT
"""What is handed out on Windows and macOS. Not yet seen running."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import signing
from product import BUILD, NAME, ROOT, TITLE, VERSION
from proving import not_here

SCRIPT = ROOT / "packaging" / "windows" / "installer.iss"


def for_windows(program: Path, into: Path, stem: str) -> None:
    """A ``.zip`` of the folder, and the installer where Inno Setup is installed; both signed if that is possible."""
    signing.sign_for_windows(sorted(program.glob("*.exe")))
    shutil.make_archive(str(into / stem), "zip", program.parent, program.name)
    folder = Path(os.environ.get("PROGRAMFILES(X86)", "C:/Program Files (x86)"), "Inno Setup 6")
    compiler = shutil.which("iscc") or shutil.which("ISCC.exe", path=str(folder))
    if compiler is None:
        not_here("Inno Setup: there is no installer")
        return
    subprocess.run(installer_command(compiler, into, stem), check=True, cwd=ROOT)
    signing.sign_for_windows([into / f"{stem}-setup.exe"])


def installer_command(compiler: str, into: Path, stem: str) -> list[str]:
    """Inno Setup's command line; every name that the script does not have itself is handed over."""
    words = {"NAME": NAME, "VERSION": VERSION, "TITLE": TITLE, "INTO": str(into), "STEM": stem}
    return [compiler, "/Qp", *(f"/D{name}={value}" for name, value in words.items()), str(SCRIPT)]


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
