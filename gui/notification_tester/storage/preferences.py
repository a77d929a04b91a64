# SPDX-License-Identifier: MIT
"""Settings, each declared once, kept in a small file of JSON."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer
from notification_tester.storage.json_file import DamagedFileError, read_json_object, write_json_object

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

Value = TypeVar("Value", bool, int, str, dict[str, Any])

_WHAT = "the settings"


@dataclass(frozen=True, kw_only=True)
class Setting(Generic[Value]):
    """One setting: its key in the file, what it is when nobody set it, and its words for people.

    ``span`` bounds numbers, both ends included; ``choices`` are the texts that are allowed, any where it is empty.
    Settings without a label are remembered, not offered.
    """

    key: str
    default: Value
    label: str = ""
    hint: str = ""
    span: tuple[int, int] | None = None
    choices: Collection[str] = ()

    def accepts(self, value: object) -> bool:
        """Whether ``value`` is of the setting's type and within its bounds. True is no number here."""
        if type(value) is not type(self.default):
            return False
        if self.span is not None and isinstance(value, int):
            return self.span[0] <= value <= self.span[1]
        return not self.choices or value in self.choices


WAIT_SECONDS = Setting(
    key="wait_seconds",
    default=60,
    label="Wait for a message at most",
    hint="Seconds, from 5 to 600. Most messages arrive within ten.",
    span=(5, 600),
)
REMOVE_TEST_MESSAGE = Setting(
    key="remove_test_message",
    default=True,
    label="Remove the test message afterwards",
    hint="Takes this test's own message out of the queue once it was seen. Other messages always stay.",
)
COLOUR_SCHEME = Setting(
    key="colour_scheme",
    default="system",
    label="Colours",
    hint="As the system has them, light, or dark.",
    choices=("system", "light", "dark"),
)
LAST_ACCOUNT = Setting(key="last_account", default="")
LAST_FORM: Setting[dict[str, Any]] = Setting(key="last_form", default={})
WINDOW_GEOMETRY = Setting(key="window_geometry", default="")
HIT_TYPE_COLUMNS = Setting(key="hit_type_columns", default="")
HISTORY_LAYOUT = Setting(key="history_layout", default="")
INBOX_PLACES: Setting[dict[str, Any]] = Setting(key="inbox_places", default={})
INBOX_NOTICES = Setting(key="inbox_notices", default=False)

SETTINGS: tuple[Setting[Any], ...] = (
    WAIT_SECONDS,
    REMOVE_TEST_MESSAGE,
    COLOUR_SCHEME,
    LAST_ACCOUNT,
    LAST_FORM,
    WINDOW_GEOMETRY,
    HIT_TYPE_COLUMNS,
    HISTORY_LAYOUT,
    INBOX_PLACES,
    INBOX_NOTICES,
)


class Preferences:
    """The settings of this user. Reading them never fails: what cannot be read is as if nobody had set it.

    ``problem`` says what was wrong with the file at the start, if anything. Keys that this version does not know are
    kept, for the version that does.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.problem: Problem | None = None
        self._unreadable: Problem | None = None
        self._values = self._read()

    def get(self, setting: Setting[Value]) -> Value:
        """What is set, or the default. A dictionary is a copy: changing it changes nothing here."""
        with self._lock:
            value = self._values.get(setting.key, setting.default)
        if not setting.accepts(value):
            value = setting.default
        copied: Value = json.loads(json.dumps(value)) if isinstance(value, dict) else value
        return copied

    def set(self, setting: Setting[Value], value: Value) -> None:
        """Set and keep it.

        Raises ValueError for a value that the setting does not accept, and ProblemError where the disk refuses; the
        value then holds until the program ends.
        """
        if not setting.accepts(value):
            raise ValueError(f"{value!r} is no value for {setting.key}")
        with self._lock:
            if self._values.get(setting.key) == value:
                return
            self._values = {**self._values, setting.key: json.loads(json.dumps(value))}
            if self._unreadable is not None:  # there is a file, and writing would put a nearly empty one in its place
                raise ProblemError(self._unreadable)
            write_json_object(self._path, self._values, what=_WHAT)

    def _read(self) -> dict[str, Any]:
        try:
            return read_json_object(self._path, what=_WHAT) or {}
        except ProblemError as error:
            self.problem = self._unreadable = error.problem
        except DamagedFileError as error:
            self.problem = self._set_aside(error)
        return {}

    def _set_aside(self, error: DamagedFileError) -> Problem:
        kept = self._path.with_name(self._path.name + ".damaged")
        try:
            self._path.replace(kept)
            where = f"It is kept as {kept}."
        except OSError:
            where = f"It is still at {self._path}."
        return Problem(
            title="Your settings could not be read.",
            detail=f"Their file is damaged, so the program starts with the usual ones. {where}",
            remedy="Set again what you had changed, under Preferences.",
            code="storage.preferences-damaged",
            cause=Cause.STORAGE,
            answer=ServiceAnswer(message=str(error)),
        )
