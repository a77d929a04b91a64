# SPDX-License-Identifier: MIT
"""Signing and notarising, where what that takes is in the environment; where not, it is said and nothing is signed.

osslsigncode was seen signing; SignTool and Apple's tools not yet. Sources: "SignTool" and "Microsoft Defender
SmartScreen" (Microsoft Learn), the manual of osslsigncode, "Notarizing macOS software before distribution" and
"Customizing the notarization workflow" (Apple Developer). On macOS the parts of the
bundle are signed by PyInstaller while it builds, with the identity that ``CODESIGN_IDENTITY`` names.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from product import TITLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WINDOWS = ("WINDOWS_CERTIFICATE", "WINDOWS_CERTIFICATE_PASSWORD")
"""A certificate as a PFX file in base64, and its password."""

APPLE = ("CODESIGN_IDENTITY", "APPLE_ID", "APPLE_TEAM_ID", "APPLE_APP_PASSWORD")
"""The identity in the keychain, and what notarising wants to know."""

_TIMESTAMPS = "http://timestamp.digicert.com"
"""A signature with a time of somebody else's stays good when the certificate has run out. ``WINDOWS_TIMESTAMPS`` names
another clock, or, being empty, none."""


def given(names: Sequence[str], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The values of all ``names``, or nothing and a line that says which are missing."""
    missing = [name for name in names if not environment.get(name)]
    if missing:
        print(f"unsigned  there is no {', '.join(missing)}")
        return {}
    return {name: environment[name] for name in names}


def sign_for_windows(paths: Sequence[Path]) -> None:
    """Sign programs or an installer in place: with SignTool on Windows, elsewhere with osslsigncode.

    Raises OSError when the tool fails.
    """
    secrets = given(WINDOWS)
    if not secrets:
        return
    with tempfile.TemporaryDirectory() as folder:  # this person's alone
        certificate, password = Path(folder, "certificate.pfx"), Path(folder, "password")
        certificate.write_bytes(base64.b64decode(secrets["WINDOWS_CERTIFICATE"]))
        password.write_text(secrets["WINDOWS_CERTIFICATE_PASSWORD"], encoding="utf-8")
        timestamps = os.environ.get("WINDOWS_TIMESTAMPS", _TIMESTAMPS)
        if sys.platform == "win32":
            words = ["/f", str(certificate), "/p", secrets["WINDOWS_CERTIFICATE_PASSWORD"], "/fd", "SHA256"]
            words += ["/tr", timestamps, "/td", "SHA256"]
            _run([_signtool(), "sign", *words, *map(str, paths)])
            return
        words = ["-pkcs12", str(certificate), "-readpass", str(password), "-h", "sha256", "-n", TITLE]
        words += ["-ts", timestamps] if timestamps else []
        for path in paths:
            signed = Path(folder, path.name)
            _run(["osslsigncode", "sign", *words, "-in", str(path), "-out", str(signed)])
            shutil.copyfile(signed, path)


def _run(command: Sequence[str]) -> None:
    # A failed command would be shown with its words, and the password may be one of them.
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        raise OSError(f"{Path(command[0]).name} ended with {done.returncode}")


def _signtool() -> str:
    kits = Path(os.environ.get("PROGRAMFILES(X86)", "C:/Program Files (x86)"), "Windows Kits/10/bin")
    found = shutil.which("signtool") or max(map(str, kits.glob("*/x64/signtool.exe")), default="")
    if not found:
        raise FileNotFoundError("signtool is in no folder of the Windows Kits")
    return found


def notarise(image: Path) -> None:
    """Sign a disk image, have Apple look at it, and staple the ticket to it."""
    secrets = given(APPLE)
    if not secrets:
        return
    identity, account, team, password = (secrets[name] for name in APPLE)
    subprocess.run(["codesign", "--timestamp", "--sign", identity, str(image)], check=True)
    who = ["--apple-id", account, "--team-id", team, "--password", password]
    done = subprocess.run(["xcrun", "notarytool", "submit", str(image), *who, "--wait"], check=False)
    if done.returncode != 0:
        raise OSError(f"notarytool ended with {done.returncode}")
    subprocess.run(["xcrun", "stapler", "staple", str(image)], check=True)


if __name__ == "__main__":  # how NSIS has the uninstaller signed that it makes
    sign_for_windows([Path(word) for word in sys.argv[1:]])
