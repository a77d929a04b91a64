# SPDX-License-Identifier: MIT
"""Where the program keeps its files on this computer: in the system's folders for them, or in one that was named.

``--home DIR``, or the variable ``MTURK_NOTIFICATION_TESTER_HOME``, names one folder for everything that outlives the
program: a profile to carry about, or to throw away. The word becomes the variable, so that every process that this one
starts is in the same place.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

from notification_tester.storage.disk import reachable, real

APP_NAME = "mturk-notification-tester"
HOME_VARIABLE = "MTURK_NOTIFICATION_TESTER_HOME"
PORTABLE = "portable.txt"


@dataclass(frozen=True, kw_only=True)
class Places:
    """The folders for settings, for data and for the log. Naming them creates nothing.

    Whoever writes into one makes it first, with :func:`notification_tester.storage.disk.private_folder`.
    """

    config: Path
    data: Path
    log: Path
    home: Path | None = None
    """The one folder that all of them are in; None where they are the system's."""

    @classmethod
    def under(cls, folder: Path) -> Places:
        """All three beneath one folder: for tests, and for a program carried on a stick."""
        return cls(config=folder / "config", data=folder / "data", log=folder / "log", home=folder)

    @property
    def preferences(self) -> Path:
        """The file of settings."""
        return self.config / "preferences.json"

    @property
    def accounts(self) -> Path:
        """The file of accounts, without their secrets."""
        return self.config / "accounts.json"

    @property
    def database(self) -> Path:
        """The file of the history and of what tests left behind."""
        return self.data / "history.sqlite3"

    @property
    def keyring_service(self) -> str:
        """Under which name the keyring has the secrets of this profile, so that no other finds or replaces them.

        A folder goes by its real name: whichever link or spelling leads to it, the secrets are the same.
        """
        if self.home is None:
            return APP_NAME
        name = os.path.normcase(real(self.home))
        return f"{APP_NAME} in {name.encode('utf-8', 'backslashreplace').decode('utf-8')}"


def use_home(folder: str) -> None:
    """Have this process, and every one that it starts, keep its files in ``folder``, which need not be there yet."""
    os.environ[HOME_VARIABLE] = str(Path(folder).absolute())


def system_places() -> Places:
    """The folders that this system keeps for programs of this user; where a home is named, those in it.

    A packaged program with a file ``portable.txt`` beside it has its home there.
    """
    if home := os.environ.get(HOME_VARIABLE):
        return Places.under(reachable(Path(home).absolute()))
    beside = Path(sys.executable).parent
    if getattr(sys, "frozen", False) and (beside / PORTABLE).is_file():
        return Places.under(reachable(beside / "home"))
    folders = PlatformDirs(appname=APP_NAME, appauthor=False)
    return Places(config=folders.user_config_path, data=folders.user_data_path, log=folders.user_log_path)
