# SPDX-License-Identifier: MIT
"""Proves the installer on Windows, or where Wine plays it: ``python packaging/windows_package.py SETUP``.

It is installed for one person and for all, started from its shortcut, found among the installed apps, refused while the
program runs or where another program is, upgraded in place, and removed with and without the person's data. The profile
that this runs in has to be one that may be thrown away.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

import icon_files
from product import NAME, PUBLISHER, TITLE, VERSION
from proving import PATIENCE_SECONDS, ProofFailedError, until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

REGISTERED = rf"Software\Microsoft\Windows\CurrentVersion\Uninstall\{NAME}"
OTHER_PROGRAM, RUNS = 2, 3
"""The exit codes that ``windows/installer.nsi`` names."""


def main(words: Sequence[str]) -> int:
    """Make every proof; returns the exit code."""
    if len(words) != 1 or os.name != "nt":
        print("Usage, on Windows: python packaging/windows_package.py SETUP")
        return 2
    installer = Path(words[0]).resolve()
    good = [_prove(name, proof, installer) for name, proof in PROOFS.items()]
    return 0 if all(good) else 1


def _prove(name: str, proof: Callable[[Path], None], installer: Path) -> bool:
    begin = time.monotonic()
    try:
        proof(installer)
    except (ProofFailedError, subprocess.SubprocessError, OSError) as failure:
        print(f"FAILED    {name}: {type(failure).__name__}: {failure}", flush=True)
        return False
    print(f"ok        {name} ({time.monotonic() - begin:.0f} s)", flush=True)
    return True


def installs(installer: Path) -> None:
    """For one person, without asking; it is among the installed apps, and starts from its shortcut."""
    _run([installer, "/S", "/CurrentUser"])
    folder = _folder()
    _must(folder == _programs() / TITLE, f"it is in {folder}")
    _must(_says_version(folder) == f"{NAME} {VERSION}", "it does not say its version")
    told = {name: _registered(name) for name in ("DisplayName", "DisplayVersion", "Publisher")}
    _must(list(told.values()) == [TITLE, VERSION, PUBLISHER], str(told))
    kilobytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1024
    _must(abs(int(str(_registered("EstimatedSize"))) / kilobytes - 1) < 0.05, "its size is told wrongly")
    _run(["cmd", "/c", "start", "", _shortcut()])
    until(lambda: len(_running()) > 1, "it does not start from its shortcut, with its practice cloud")


def shows_its_properties(installer: Path) -> None:
    """What Explorer shows of the files: whose and which they are, and an icon in every size."""
    folder = _folder()
    described = {
        installer: f"Installs {TITLE}",
        folder / f"{NAME}.exe": TITLE,
        folder / f"{NAME}-cli.exe": f"{TITLE}, command line",
    }
    whole = {"CompanyName": PUBLISHER, "ProductName": TITLE, "FileVersion": VERSION, "ProductVersion": VERSION}
    for path, words in described.items():
        told, icons = properties(path)
        wanted = whole | {"FileDescription": words} | ({} if path == installer else {"OriginalFilename": path.name})
        _must(wanted.items() <= told.items(), f"{path.name}: {told}")
        _must(icons == len(icon_files.WINDOWS_SIZES), f"{path.name} has {icons} icons")


def properties(path: Path) -> tuple[dict[str, str], int]:
    """The words of the version of a program of Windows, and how many pictures its icon has."""
    pefile = importlib.import_module("pefile")  # which PyInstaller brings on Windows
    with pefile.PE(str(path), fast_load=True) as file:
        file.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
        words = {
            name.decode(): value.decode()
            for part in file.FileInfo[0]
            for table in getattr(part, "StringTable", ())
            for name, value in table.entries.items()
        }
        kinds = file.DIRECTORY_ENTRY_RESOURCE.entries
        kind = pefile.RESOURCE_TYPE["RT_ICON"]
        return words, sum(len(one.directory.entries) for one in kinds if one.id == kind)


def refuses_while_it_runs(installer: Path) -> None:
    """Neither installed over nor removed while its window is open; afterwards nothing has changed."""
    before = _names(_folder())
    _run([installer, "/S", "/CurrentUser"], code=RUNS)
    _run([_folder() / "uninstall.exe", "/CurrentUser", "/S", f"_?={_folder()}"], code=RUNS)
    _must(_names(_folder()) == before, "something was changed")
    _must(len(_running()) > 1, "the window did not stay")
    _close()


def upgrades(installer: Path) -> None:
    """In place: parts of the older one go, what somebody else put there stays."""
    folder = _folder()
    old, other = folder / "_internal" / "of-an-older-version.dll", folder / "notes.txt"
    for path in (old, other):
        path.write_text("x", encoding="utf-8")
    _run([installer, "/S", "/CurrentUser"])
    _must(not old.exists(), "a part of the older version is still there")
    _must(other.exists(), "what was not ours is gone")
    _must(_says_version(folder) == f"{NAME} {VERSION}", "it does not say its version")


def goes_and_leaves_the_data(installer: Path) -> None:
    """Removed silently; settings and history stay, and so does what somebody else put there."""
    del installer
    folder, shortcut = _folder(), _shortcut()
    _run([folder / f"{NAME}-cli.exe", "send", "--transport", "SQS", "--event", "Ping"])
    _must(bool(_data()), "no history was kept")
    _uninstall(folder)
    _must(_names(folder) == {"notes.txt"}, f"left: {sorted(_names(folder))}")
    _must(not shortcut.exists(), "the shortcut is still there")
    _must(bool(_data()), "the history is gone")
    (folder / "notes.txt").unlink()
    folder.rmdir()


def goes_with_the_data(installer: Path) -> None:
    """Removed with the person's data, as that was said."""
    _run([installer, "/S", "/CurrentUser"])
    folder = _folder()
    _must(bool(_data()), "an installation took the history away")
    _uninstall(folder, "/RemoveData")
    _must(not folder.exists(), "the folder is still there")
    _must(not _data(), f"left: {sorted(_data())}")


def leaves_another_program_alone(installer: Path) -> None:
    """A folder where another program is is refused, silently by an exit code, and nothing there changes."""
    folder = _programs() / "another program"
    shutil.rmtree(folder, ignore_errors=True)  # of a proof before
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "theirs.dll").write_text("x", encoding="utf-8")
    _run([installer, "/S", "/CurrentUser", f"/D={folder}"], code=OTHER_PROGRAM)
    _must(_names(folder) == {r"_internal\theirs.dll"}, "something was changed")


def installs_for_all(installer: Path) -> None:
    """For everybody, where the person is an administrator."""
    _run([installer, "/S", "/AllUsers"])
    hive = "HKEY_LOCAL_MACHINE"
    folder = Path(str(_registered("InstallLocation", hive)))
    _must(folder == Path(os.environ["PROGRAMFILES"], TITLE), f"it is in {folder}")
    _must(_says_version(folder) == f"{NAME} {VERSION}", "it does not say its version")
    _uninstall(folder, "/AllUsers", hive=hive)
    _must(not folder.exists(), "the folder is still there")


PROOFS: dict[str, Callable[[Path], None]] = {
    "installs for one person, and starts from its shortcut": installs,
    "shows whose and which it is": shows_its_properties,
    "refuses while the program runs": refuses_while_it_runs,
    "upgrades in place": upgrades,
    "is removed, and leaves the person's data": goes_and_leaves_the_data,
    "is removed with the person's data": goes_with_the_data,
    "leaves another program alone": leaves_another_program_alone,
    "installs for everybody": installs_for_all,
}


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ProofFailedError(otherwise)


def _run(command: Sequence[str | Path], *, code: int = 0) -> str:
    # NSIS takes what follows /D= or _?= as it is, to the end of the line, and wants no quotes around it.
    *words, last = map(str, command)
    end = last if last.startswith(("/D=", "_?=")) else subprocess.list2cmdline([last])
    text = f"{subprocess.list2cmdline(words)} {end}"
    done = subprocess.run(
        text, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    _must(done.returncode == code, f"{text}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def _uninstall(folder: Path, *words: str, hive: str = "HKEY_CURRENT_USER") -> None:
    """Remove it, and wait: the uninstaller copies itself elsewhere and returns at once."""
    _run([folder / "uninstall.exe", *(words or ("/CurrentUser",)), "/S"])
    until(lambda: not (folder / "uninstall.exe").exists(), "the uninstaller is still there")
    until(lambda: not _is_registered(hive), "it is still among the installed apps")


def _registered(name: str, hive: str = "HKEY_CURRENT_USER") -> object:
    registry = importlib.import_module("winreg")  # which only Windows' Python has
    with registry.OpenKey(getattr(registry, hive), REGISTERED) as key:
        found: object = registry.QueryValueEx(key, name)[0]
        return found


def _is_registered(hive: str) -> bool:
    try:
        return bool(_registered("DisplayName", hive))
    except FileNotFoundError:
        return False


def _folder() -> Path:
    return Path(str(_registered("InstallLocation")))


def _programs() -> Path:
    return Path(os.environ["LOCALAPPDATA"], "Programs")


def _shortcut() -> Path:
    return Path(os.environ["APPDATA"], "Microsoft", "Windows", "Start Menu", "Programs", f"{TITLE}.lnk")


def _data() -> set[str]:
    return _names(Path(os.environ["LOCALAPPDATA"], NAME))


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _says_version(folder: Path) -> str:
    return _run([folder / f"{NAME}-cli.exe", "--version"])


def _running() -> list[str]:
    """The program's processes by name, its practice cloud among them."""
    found = []
    for number in psutil.pids():
        with suppress(psutil.Error, OSError):  # ended meanwhile, or has only begun
            found.append(psutil.Process(number).name())
    return [name for name in found if name in {f"{NAME}.exe", f"{NAME}-cli.exe"}]


def _close() -> None:
    _run(["taskkill", "/IM", f"{NAME}.exe"])
    until(lambda: not _running(), "the window does not close")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
