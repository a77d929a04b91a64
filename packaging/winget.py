# SPDX-License-Identifier: MIT
"""The manifest by which winget, Windows' own installer of programs, finds a release: ``python packaging/winget.py``.

Three files of YAML, as version 1.9 of the schema wants them ("Create your package manifest", Microsoft Learn; the
schemas stand in the repository microsoft/winget-cli). They are sent to microsoft/winget-pkgs by whoever publishes the
release; what was made here has not been validated by winget itself.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from product import ARCHIVES, NAME, PUBLISHER, RELEASE_PAGE, SUMMARY, TITLE, VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IDENTIFIER = "MTurkNotificationTester.MTurkNotificationTester"
SCHEMA = "1.9.0"


def main(words: Sequence[str]) -> int:
    """Write the manifest of the installer below the folder named, or of this build; returns the exit code."""
    downloads = os.environ.get("RELEASE_DOWNLOADS", "")
    folder = Path(words[0]) if words else ARCHIVES
    installers = sorted(folder.rglob("*-setup.exe"))
    if not downloads.startswith("https://") or len(installers) != 1:
        print(
            "A manifest takes RELEASE_DOWNLOADS, the https:// address below which the files will be, and an installer."
        )
        return 1
    into = folder / "winget"
    into.mkdir(exist_ok=True)
    for kind, values in manifest(installers[0], downloads.rstrip("/")).items():
        ending = "" if kind == "version" else f".{'locale.en-US' if kind == 'defaultLocale' else kind}"
        (into / f"{IDENTIFIER}{ending}.yaml").write_text(_as_yaml(kind, values), encoding="utf-8", newline="\n")
    return 0


def manifest(installer: Path, downloads: str) -> dict[str, dict[str, object]]:
    """The three parts by their kind: of this version, of its installer, and of its words."""
    of_both = {
        "Architecture": "x64",
        "InstallerUrl": f"{downloads}/{installer.name}",
        "InstallerSha256": hashlib.sha256(installer.read_bytes()).hexdigest().upper(),
    }
    return {
        "version": {"DefaultLocale": "en-US"},
        "installer": {
            "InstallerType": "nullsoft",
            "MinimumOSVersion": "10.0.17763.0",
            "UpgradeBehavior": "install",
            "ProductCode": NAME,
            "Installers": [
                {**of_both, "Scope": "user", "InstallerSwitches": {"Custom": "/CurrentUser"}},
                {
                    **of_both,
                    "Scope": "machine",
                    "InstallerSwitches": {"Custom": "/AllUsers"},
                    "ElevationRequirement": "elevatesSelf",
                },
            ],
        },
        "defaultLocale": {
            "PackageLocale": "en-US",
            "Publisher": PUBLISHER,
            "PackageName": TITLE,
            **({"PackageUrl": RELEASE_PAGE} if RELEASE_PAGE else {}),
            "License": "MIT",
            "ShortDescription": SUMMARY,
            "Moniker": NAME,
        },
    }


def _as_yaml(kind: str, values: Mapping[str, object]) -> str:
    yaml = importlib.import_module("yaml")  # it comes with moto, and without types
    head = f"# yaml-language-server: $schema=https://aka.ms/winget-manifest.{kind}.{SCHEMA}.schema.json\n"
    whole = {
        "PackageIdentifier": IDENTIFIER,
        "PackageVersion": VERSION,
        **values,
        "ManifestType": kind,
        "ManifestVersion": SCHEMA,
    }
    return head + str(yaml.safe_dump(whole, sort_keys=False, allow_unicode=True))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
