# SPDX-License-Identifier: MIT
"""Whose a file is that goes into the program: which installed Python package brought it."""

from __future__ import annotations

import os
import re
from importlib import metadata
from typing import TYPE_CHECKING

import notices
from product import NAME

if TYPE_CHECKING:
    from pathlib import Path

BUILDER = ("pyinstaller", "pyinstaller-hooks-contrib")
"""What PyInstaller puts in of its own, to begin with."""


class Owners:
    """The files of all packages that are installed where this runs."""

    def __init__(self) -> None:
        self._by_path: dict[str, metadata.Distribution] = {}
        for one in metadata.distributions():
            if key(one.name) != NAME:  # its files are those of the checkout
                folder = os.path.realpath(str(one.locate_file("")))
                self._by_path |= {_same(f"{folder}/{file}"): one for file in one.files or []}
        self._expected = asked_for()

    def package(self, source: str | Path) -> metadata.Distribution | None:
        """The package that the file came with, if any."""
        return self._by_path.get(_same(os.path.realpath(source)))

    def is_stranger(self, source: str | Path) -> bool:
        """Whether the file came with a package that the program does not ask for.

        Libraries load much if it happens to be there; what happens to be there are the tools of whoever builds, and
        nobody looked at their licences.
        """
        found = self.package(source)
        return found is not None and key(found.name) not in self._expected


def _same(path: str) -> str:
    """One spelling of a path; Windows knows many."""
    return os.path.normcase(os.path.normpath(path))


def asked_for() -> set[str]:
    """The packages that the program is made of, by name: those that the notice of licences is about."""
    return {*BUILDER, *(key(one.name) for one in notices.distributions())}


def key(name: str) -> str:
    """The name of a Python package as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
