# SPDX-License-Identifier: MIT
"""Names, menu entry, notices: what surrounds the packaged program."""

from __future__ import annotations

import base64
import ctypes
import hashlib
import importlib
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from PySide6.QtGui import QImageReader

import archive
import desktop_files
import elf
import icon_files
import notices
import other_systems
import product
import qt_support
import signing
import winget
from notification_tester import __version__
from notification_tester.storage.places import HOME_VARIABLE, system_places

if TYPE_CHECKING:
    from collections.abc import Sequence


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


def test_where_it_is_published_is_its_home_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for page, count in (("https://releases.example/?a&b", 1), ("", 0)):
        monkeypatch.setattr(desktop_files, "RELEASE_PAGE", page)
        folder = desktop_files.files(tmp_path / "usr")
        text = (folder / desktop_files.METAINFO).read_text(encoding="utf-8")
        assert text.count('<url type="homepage">https://releases.example/?a&amp;b</url>') == text.count("<url") == count
        assert desktop_files.problems(folder) == []


def test_without_git_the_time_is_that_of_the_source_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setattr(product, "ROOT", tmp_path)
    (tmp_path / "CHANGELOG.md").touch()
    os.utime(tmp_path / "CHANGELOG.md", (1_800_000_000, 1_800_000_000))
    for path in (os.environ["PATH"], str(tmp_path)):  # no repository, and no git
        monkeypatch.setenv("PATH", path)
        assert product.source_time() == 1_800_000_000
    assert desktop_files.released() == "2027-01-15"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert desktop_files.released() == "1970-01-02"


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-validate is not installed")
def test_a_wrong_menu_entry_is_noticed(tmp_path: Path) -> None:
    folder = desktop_files.files(tmp_path / "usr")
    entry = folder / desktop_files.DESKTOP
    entry.write_text(entry.read_text(encoding="utf-8").replace("Type=Application", "Type=Nonsense"), encoding="utf-8")
    (problem,) = desktop_files.problems(folder)
    assert "Nonsense" in problem


def test_the_licences_go_in_with_where_the_source_of_qt_is(tmp_path: Path) -> None:
    folder = notices.write(tmp_path / "licences", [])
    assert {path.name for path in folder.iterdir()} == {"LICENSE.txt", "THIRD-PARTY.txt", "LGPL-3.txt", "GPL-3.txt"}
    text = (folder / "THIRD-PARTY.txt").read_text(encoding="utf-8")
    version = metadata.version("PySide6_Essentials")
    assert f"tag v{version} of https://code.qt.io/cgit/qt/qtbase.git" in text
    assert f"PySide6-{version}-src/" in text
    assert "Its licence is unknown" not in text
    assert "{" not in text.partition("PyInstaller")[0]
    for name in ("LGPL-3.txt", "GPL-3.txt"):
        assert "Free Software Foundation" in (folder / name).read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="asks Debian")
def test_a_library_of_the_system_has_the_notice_of_its_package(tmp_path: Path) -> None:
    stranger = tmp_path / "libstranger.so.1"
    stranger.touch()
    found = notices.of_the_system([Path("/usr/bin/dpkg"), Path("/bin/cat"), stranger])
    by_name = {name: words for words, names in found.items() for name in names}
    assert "Guillem Jover" in by_name["dpkg"]
    assert by_name["libstranger.so.1"] == "Its licence is unknown."
    assert by_name["cat"] != by_name["libstranger.so.1"]


def test_every_part_is_named_in_the_notice_with_its_licence() -> None:
    found = {one.name.lower(): one for one in notices.distributions()}
    assert {"pyside6_essentials", "shiboken6", "boto3", "botocore", "keyring", "moto", "flask"} <= found.keys()
    assert "pytest" not in found
    text = notices.text([])
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


def test_the_side_of_the_installers_last_page_shows_the_program(tmp_path: Path) -> None:
    image = QImageReader(str(icon_files.write_side(tmp_path / "side.bmp"))).read()
    assert (image.width(), image.height()) == (2 * 164, 2 * 314)  # twice what NSIS has there
    assert image.pixelColor(164, 110) != image.pixelColor(5, 5) == image.pixelColor(320, 620)


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


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("gcc") is None, reason="makes a Linux library")
def test_a_library_forgets_places_of_the_machine_that_built_it(tmp_path: Path) -> None:
    for name, place, forgets in (("far", "/home/somebody/lib", True), ("near", "$ORIGIN/lib", False)):
        path = tmp_path / f"lib{name}.so"
        command = [
            "gcc",
            "-shared",
            "-x",
            "c",
            "/dev/null",
            "-o",
            str(path),
            f"-Wl,-rpath,{place}",
            "-Wl,--no-as-needed",
            "-lm",
        ]
        subprocess.run(command, check=True)
        assert elf.forget_search_path(path) is forgets
        said = subprocess.run(["objdump", "-p", str(path)], check=True, capture_output=True, text=True).stdout
        assert (place in said) is not forgets
        assert "libm.so.6" in elf.names(path)
        ctypes.CDLL(str(path))
        assert not elf.forget_search_path(path)


def test_the_python_part_of_shiboken_is_compiled(tmp_path: Path) -> None:
    files = qt_support.files(tmp_path / "qt-support")
    places = {f"{folder}/{Path(source).name}" for source, folder in files}
    assert f"{qt_support.PLACE}/shibokensupport/signature/loader.pyc" in places
    assert all(Path(source).suffix == ".pyc" for source, _ in files)
    # No place of this machine is inside, and a second time gives the same.
    first = {source: Path(source).read_bytes() for source, _ in files}
    assert not any(str(tmp_path).encode() in data for data in first.values())
    assert {source: Path(source).read_bytes() for source, _ in qt_support.files(tmp_path / "qt-support")} == first


def test_the_portable_archive_keeps_what_it_keeps_beside_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    monkeypatch.delenv(HOME_VARIABLE)
    program = tmp_path / "built"
    (program / "_internal").mkdir(parents=True)
    (program / "program.exe").write_bytes(b"MZ")
    (program / "_internal" / "part.dll").write_bytes(b"MZ")
    archives = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for path in archives:
        other_systems.portable(program, path)
    assert archives[0].read_bytes() == archives[1].read_bytes()
    shutil.unpack_archive(archives[0], tmp_path / "stick")
    (folder,) = (tmp_path / "stick").iterdir()
    assert {path.name for path in folder.iterdir()} == {"program.exe", "_internal", "portable.txt"}
    monkeypatch.setattr(sys, "executable", str(folder / "program.exe"))
    assert system_places().home is None  # from a checkout
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert system_places().home == folder / "home"
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "elsewhere"))
    assert system_places().home == tmp_path / "elsewhere"
    monkeypatch.delenv(HOME_VARIABLE)
    (folder / "portable.txt").unlink()
    assert system_places().home is None


@pytest.mark.skipif(shutil.which("osslsigncode") is None, reason="osslsigncode is not installed")
def test_a_program_of_windows_is_signed_and_the_password_is_in_no_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("signs.example")
    key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    certificate = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    secret = serialization.BestAvailableEncryption(b"a made-up word")
    packed = pkcs12.serialize_key_and_certificates(b"it", key, certificate, None, secret)
    monkeypatch.setenv("WINDOWS_CERTIFICATE", base64.b64encode(packed).decode("ascii"))
    monkeypatch.setenv("WINDOWS_CERTIFICATE_PASSWORD", "a made-up word")
    monkeypatch.setenv("WINDOWS_TIMESTAMPS", "")
    program = tmp_path / "program.exe"
    found = metadata.distribution("pip").locate_file("pip/_vendor/distlib/t64.exe")  # a program of Windows
    shutil.copy(str(found), program)
    commands = list["Sequence[str]"]()

    def run(command: Sequence[str]) -> None:
        commands.append(command)
        subprocess.run(command, check=True)

    monkeypatch.setattr(signing, "_run", run)
    signing.sign_for_windows([program])
    assert "a made-up word" not in str(commands)
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    check = ["osslsigncode", "verify", "-CAfile", str(trusted), "-in", str(program)]
    said = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (said.returncode, "Signature verification: ok" in said.stdout) == (0, True)
    with program.open("r+b") as file:
        file.seek(4096)
        file.write(b"changed")
    assert subprocess.run(check, capture_output=True, check=False).returncode != 0


def test_winget_is_told_which_file_and_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "windows").mkdir()
    (tmp_path / "windows" / "some-0.1.0-windows-x86_64-setup.exe").write_bytes(b"MZ")
    assert winget.main([str(tmp_path)]) == 1
    assert "RELEASE_DOWNLOADS" in capsys.readouterr().out
    monkeypatch.setenv("RELEASE_DOWNLOADS", "https://releases.example/v0.1.0")
    assert winget.main([str(tmp_path)]) == 0
    parts = {}
    for path in (tmp_path / "winget").iterdir():
        part = importlib.import_module("yaml").safe_load(path.read_text(encoding="utf-8"))
        parts[part["ManifestType"]] = part
        assert (part["PackageIdentifier"], part["PackageVersion"]) == (winget.IDENTIFIER, product.VERSION)
        assert path.name.startswith(f"{winget.IDENTIFIER}.")
    assert parts.keys() == {"version", "installer", "defaultLocale"}
    digest = hashlib.sha256(b"MZ").hexdigest().upper()
    for one in parts["installer"]["Installers"]:
        assert one["InstallerUrl"] == "https://releases.example/v0.1.0/some-0.1.0-windows-x86_64-setup.exe"
        assert one["InstallerSha256"] == digest
    # The installer that is named takes these words, and the name under which it is among the installed apps.
    script = other_systems.SCRIPT.read_text(encoding="utf-8")
    assert all(one["InstallerSwitches"]["Custom"] in script for one in parts["installer"]["Installers"])
    assert r"Uninstall\${NAME}" in script
    assert parts["installer"]["ProductCode"] == product.NAME


def test_checksums_are_those_of_the_archives(tmp_path: Path) -> None:
    (tmp_path / "one.tar.gz").write_bytes(b"1")
    archive.write_sums(tmp_path)
    archive.write_sums(tmp_path)
    expected = hashlib.sha256(b"1").hexdigest()
    assert (tmp_path / "SHA256SUMS").read_text(encoding="utf-8") == f"{expected}  one.tar.gz\n"


@pytest.mark.parametrize(
    ("address", "good"), [("https://releases.example/", True), ("http://x.example", False), ("", True)]
)
def test_only_a_safe_address_becomes_the_release_page(address: str, *, good: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import product; print(product.RELEASE_PAGE)"],
        cwd=product.ROOT / "packaging",
        env={**os.environ, "RELEASE_PAGE": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is good
    assert not good or done.stdout.strip() == address
