# SPDX-License-Identifier: MIT
"""Settings, each declared once, kept in a small file of JSON."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy, ServiceAnswer
from notification_tester.storage.disk import rename
from notification_tester.storage.json_file import DamagedFileError, is_text, read_json_object, write_json_object

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

MOST_DEPTH = 20
"""How deep values may be nested; those of the program are four deep."""

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
TEXT_SIZE = Setting(
    key="text_size",
    default="100",
    label="Size of the text",
    hint="Per cent of what the system has.",
    choices=("90", "100", "115", "130", "150", "200"),
)
KEEP = Setting(
    key="keep",
    default="always",
    label="Keep the history",
    hint="What is older than a chosen time is removed when the program starts. The record of HIT types always stays.",
    choices=("always", "365", "90", "30"),
)
"""Days, or always."""
KEEP_LISTS = Setting(
    key="keep_lists",
    default="always",
    label="Keep the lists of the Inbox",
    hint="What is older than a chosen time is removed when the program starts. Queues and topics stay as they are.",
    choices=KEEP.choices,
)
"""Days, or always."""
TOUR_SEEN = Setting(key="tour_seen", default=False)
LAST_ACCOUNT = Setting(key="last_account", default="")
LAST_FORM: Setting[dict[str, Any]] = Setting(key="last_form", default={})
WINDOW_GEOMETRY = Setting(key="window_geometry", default="")
HIT_TYPE_COLUMNS = Setting(key="hit_type_columns", default="")
HISTORY_LAYOUT = Setting(key="history_layout", default="")
INBOX_ADDRESSES: Setting[dict[str, Any]] = Setting(key="inbox_places", default={})
INBOX_NOTIFICATIONS = Setting(
    key="inbox_notices",
    default=False,
    label="Tell me of new messages while I look elsewhere",
    hint="A notification of the system, as long as something is followed in the Inbox.",
)

SETTINGS: tuple[Setting[Any], ...] = (
    WAIT_SECONDS,
    REMOVE_TEST_MESSAGE,
    COLOUR_SCHEME,
    TEXT_SIZE,
    INBOX_NOTIFICATIONS,
    KEEP,
    KEEP_LISTS,
    TOUR_SEEN,
    LAST_ACCOUNT,
    LAST_FORM,
    WINDOW_GEOMETRY,
    HIT_TYPE_COLUMNS,
    HISTORY_LAYOUT,
    INBOX_ADDRESSES,
)


class Preferences:
    """The settings of this user. Reading them never fails: what cannot be read is as if nobody had set it.

    ``problem`` says what was wrong with the file at the start, if anything. A damaged value is ignored, and the others
    hold. Keys that this version does not know are kept, for the version that does.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._newest: dict[str, int] = {}  # how often each was set, or was to be
        self._counting = threading.Lock()  # never held while the disk is waited for
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
        self.keeping(setting, value)()

    def keeping(self, setting: Setting[Value], value: Value) -> Callable[[], None]:
        """What sets and keeps it as :meth:`set` does, for a worker to call: workers overtake each other.

        It does nothing where the setting was set, or was to be, once more since.
        """
        if not setting.accepts(value):
            raise ValueError(f"{value!r} is no value for {setting.key}")
        with self._counting:
            self._newest[setting.key] = number = self._newest.get(setting.key, 0) + 1
        return partial(self._keep, setting.key, value, number)

    def _keep(self, key: str, value: object, number: int) -> None:
        with self._lock:
            if self._newest[key] != number or self._values.get(key) == value:
                return
            self._values = {**self._values, key: json.loads(json.dumps(value))}
            if self._unreadable is not None:  # there is a file, and writing would put a nearly empty one in its place
                raise ProblemError(self._unreadable)
            write_json_object(self._path, self._values, what=_WHAT)

    def _read(self) -> dict[str, Any]:
        try:
            return _sound_ones(read_json_object(self._path, what=_WHAT) or {})
        except ProblemError as error:
            self.problem = self._unreadable = error.problem
        except DamagedFileError as error:
            self.problem = self._set_aside(error)
        return {}

    def _set_aside(self, error: DamagedFileError) -> Problem:
        try:
            path = self._path.resolve()  # a link to the settings stays, and leads to the new ones
            names = (f"{path.name}.damaged{number}" for number in ("", *(f"-{more}" for more in range(2, 1000))))
            kept = next(place for name in names if not (place := path.with_name(name)).exists())
            rename(path, kept)
            where = f"It is kept as {kept}."
        except (OSError, StopIteration):
            where = f"It is still at {self._path}."
        return Problem(
            title="Your settings could not be read.",
            detail=f"Their file is damaged, so the program starts with the usual ones. {where}",
            remedy="Set again what you had changed, under Preferences.",
            code="storage.preferences-damaged",
            cause=Cause.STORAGE,
            answer=ServiceAnswer(message=str(error)),
            remedies=(Remedy.PREFERENCES,),
        )


def _sound_ones(values: dict[str, Any]) -> dict[str, Any]:
    """What of a file can be used and written again."""
    sound = {}
    for key, value in values.items():
        with suppress(_DamagedValueError):
            sound[key] = _sound(value, MOST_DEPTH)
    return sound


def _sound(value: Any, depth: int) -> Any:
    if depth == 0:
        raise _DamagedValueError
    match value:
        case str() if not is_text(value):
            raise _DamagedValueError
        case dict():
            return {_sound(key, depth): _sound(one, depth - 1) for key, one in value.items()}
        case list():
            return [_sound(one, depth - 1) for one in value]
        case _:
            return value


class _DamagedValueError(ValueError):
    """A value that no version of the program wrote."""
