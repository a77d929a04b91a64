# SPDX-License-Identifier: MIT
"""Where the program keeps its files on this computer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from platformdirs import PlatformDirs

if TYPE_CHECKING:
    from pathlib import Path

APP_NAME = "mturk-notification-tester"


@dataclass(frozen=True, kw_only=True)
class Places:
    """The folders for settings, for data and for the log. Naming them creates nothing.

    Whoever writes into one makes it first, with :func:`notification_tester.storage.disk.private_folder`.
    """

    config: Path
    data: Path
    log: Path

    @classmethod
    def under(cls, folder: Path) -> Places:
        """All three beneath one folder: for tests, and for a program carried on a stick."""
        return cls(config=folder / "config", data=folder / "data", log=folder / "log")

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


def system_places() -> Places:
    """The folders that this system keeps for programs of this user."""
    folders = PlatformDirs(appname=APP_NAME, appauthor=False)
    return Places(config=folders.user_config_path, data=folders.user_data_path, log=folders.user_log_path)
