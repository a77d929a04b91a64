# SPDX-License-Identifier: MIT
"""``make macos``: as much of the bundle for macOS as can be made and looked at on Linux, below ``build/macos``.

The one spec is run by PyInstaller as on macOS, with the packages as they are published for it (``as_macos.py`` says
what stands in there). Then the bundle is read: what it says of itself, whether every library finds what it needs,
and what would be signed with which rights. Nothing of it runs here.
"""

from __future__ import annotations

import json
import os
import plistlib
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import as_macos
import other_systems
from product import BUILD, BUNDLE_ID, NAME, ROOT, TITLE, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = BUILD / "macos"
PACKAGES = FOLDER / "packages"
ENTITLEMENTS = ROOT / "packaging" / "macos" / "entitlements.plist"
PLUGINS = ("platforms/libqcocoa.dylib", "styles/libqmacstyle.dylib", "iconengines/libqsvgicon.dylib")
MAGIC = (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
"""How a program or library of macOS begins: for one processor, or for several."""


def main() -> int:
    """Bring the packages, build and look; returns the exit code."""
    _bring()
    words = [
        "--noconfirm",
        "--log-level",
        "ERROR",
        "--distpath",
        str(FOLDER / "dist"),
        "--workpath",
        str(FOLDER / "work"),
    ]
    command = [sys.executable, "-P", as_macos.__file__, str(PACKAGES), *words, str(ROOT / "packaging" / f"{NAME}.spec")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "packaging"), "PYINSTALLER_CONFIG_DIR": str(FOLDER)}
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0:
        print("The spec does not make a bundle.")
        return 1
    bundle = other_systems.bundle(FOLDER / "dist" / NAME)
    sys.path.append(str(PACKAGES))  # macholib is there
    called = json.loads((FOLDER / as_macos.CALLED).read_text(encoding="utf-8"))
    found = [*of_the_description(bundle), *of_the_parts(bundle), *of_the_signatures(bundle, called)]
    print(*(found or [f"{bundle} is whole, as far as it can be seen here."]), sep="\n")
    return 1 if found else 0


def _bring() -> None:
    """What the program asks for, as it is published for macOS, and what packages it."""
    if PACKAGES.exists():
        return
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    systems = [f"macosx_{version}" for version in ("13_0", "12_0", "11_0", "10_13", "10_9")]
    kinds = [word for one in systems for kind in ("universal2", "arm64") for word in ("--platform", f"{one}_{kind}")]
    kinds += [word for one in (f"cp3{sys.version_info.minor}", "abi3", "none") for word in ("--abi", one)]
    kinds += ["--python-version", f"3.{sys.version_info.minor}", "--implementation", "cp", "--only-binary", ":all:"]
    begun = PACKAGES.with_name("packages.part")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", *kinds, "--target", str(begun)]
    command += ["--upgrade", "--constraint", str(ROOT / "packaging" / "constraints.txt")]
    subprocess.run([*command, *project["dependencies"], "pyinstaller", "macholib", "psutil"], check=True)
    for path in begun.rglob("*-darwin.so"):  # Linux's Python finds it by the plain name
        path.rename(path.with_name(f"{path.name.partition('.')[0]}.so"))
    begun.rename(PACKAGES)


def of_the_description(bundle: Path) -> Iterator[str]:
    """What is wrong with what the bundle says of itself."""
    contents = bundle / "Contents"
    told = plistlib.loads((contents / "Info.plist").read_bytes())
    wanted = {
        "CFBundleDisplayName": TITLE,
        "CFBundleExecutable": NAME,
        "CFBundleIdentifier": BUNDLE_ID,
        "CFBundleName": TITLE,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": VERSION,
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,
    }
    yield from (
        f"{name} is {told.get(name)!r} and not {value!r}" for name, value in wanted.items() if told.get(name) != value
    )
    least = max(tuple(map(int, found)) for found in _versions_of_makers())
    if tuple(map(int, told["LSMinimumSystemVersion"].split("."))) != least:
        yield f"it says that macOS {told['LSMinimumSystemVersion']} is enough, and its parts want {least}"
    # An "agent" or one in the background has neither a place in the Dock nor a menu bar.
    yield from (f"{name} hides it" for name in ("LSBackgroundOnly", "LSUIElement") if told.get(name))
    if not (contents / "MacOS" / NAME).read_bytes().startswith(MAGIC):
        yield "its program is none of macOS"
    if not (contents / "Resources" / str(told.get("CFBundleIconFile"))).read_bytes().startswith(b"icns"):
        yield "its icon is none"


def _versions_of_makers() -> list[tuple[str, str]]:
    """The versions of macOS that the makers of the packages name; a newer one in a file of theirs keeps nobody out."""
    tags = [path.read_text(encoding="utf-8") for path in PACKAGES.glob("*.dist-info/WHEEL")]
    return re.findall(r"^Tag: .*-macosx_(\d+)_(\d+)_", "".join(tags), re.MULTILINE)


def of_the_parts(bundle: Path) -> Iterator[str]:
    """What is missing inside."""
    inside = bundle / "Contents" / "Frameworks"
    for name in PLUGINS:
        if not (inside / "PySide6" / "Qt" / "plugins" / name).is_file():
            yield f"Qt's {name} is missing"
    for name in ("LICENSE.txt", "THIRD-PARTY.txt"):
        if not [*(bundle / "Contents" / "Resources").glob(f"notification_tester/resources/licences/{name}")]:
            yield f"{name} is missing"
    for path in _of_macos(inside):
        # Each is looked for by its last name, where all of them lie side by side.
        yield from (f"{path.name} needs {one}" for one in _needs(path) if not (inside / Path(one).name).exists())


def of_the_signatures(bundle: Path, called: list[list[str]]) -> Iterator[str]:
    """What would not be signed with the rights that it needs."""
    if plistlib.loads(ENTITLEMENTS.read_bytes()) != {"com.apple.security.cs.disable-library-validation": True}:
        yield "the rights are others than those that the program needs"
    signed = {words[-1]: words for words in called if words[0].endswith("codesign") and "-s" in words}
    for words in signed.values():
        if "--entitlements" not in words or words[words.index("--entitlements") + 1] != str(ENTITLEMENTS):
            yield f"{words[-1]} is signed without its rights"
    if str(bundle) not in signed:
        yield "the bundle is not signed"


def _of_macos(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) in MAGIC:
                    yield path


def _needs(path: Path) -> set[str]:
    """The libraries that a library of macOS names, but for itself and the system's."""
    headers = import_module("macholib.MachO").MachO(str(path)).headers
    named = {name for header in headers for _, _, name in header.walkRelocatables() if name.startswith("@")}
    return {name for name in named if Path(name).name != path.name}


if __name__ == "__main__":
    sys.exit(main())
