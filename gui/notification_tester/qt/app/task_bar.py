# SPDX-License-Identifier: MIT
"""How far what is under way has come, on the program's button in the task bar or dock, where the system shows that.

It says nothing that the window does not say. So where nobody shows it (no session bus, another desktop, macOS, where
neither Qt nor a plain call has it) nothing is shown, and that is said to nobody: nobody would miss it.
"""

from __future__ import annotations

import ctypes
import sys
import uuid
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    Show = Callable[[int | None], None]
    """Shows per cent, or nothing any more."""

STEPS = 100


class TaskBar(QObject):
    """One bar, which all that is under way shares."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._shares: dict[str, float] = {}
        self._shown: int | None = None
        self._show = _shown_by_the_system(window)

    def show(self, what: str, share: float) -> None:
        """``what`` has come so far, from 0 to 1."""
        self._shares[what] = share
        self._tell()

    def clear(self, what: str) -> None:
        """``what`` is over, however it ended; it need not have been shown."""
        self._shares.pop(what, None)
        self._tell()

    def _tell(self) -> None:
        """Tell what changed to be seen: others draw it, so they hear of a per cent, and not of every HIT type."""
        shares = self._shares.values()
        now = int(STEPS * sum(shares) / len(shares)) if shares else None
        if now != self._shown:
            self._shown = now
            self._show(now)


def _shown_by_the_system(window: QWidget) -> Show:
    if sys.platform == "win32":
        show = _button_of_windows(int(window.winId()))
    elif sys.platform == "linux":
        show = _entry_of_a_dock()
    else:
        show = _shown_to_nobody
    return show


def _shown_to_nobody(_: int | None) -> None:
    pass


def _entry_of_a_dock() -> Show:
    """Tell all who listen on the session bus: KDE Plasma, Ubuntu's dock, Dash to Dock, Plank, elementary's dock.

    They took over the signal ``com.canonical.Unity.LauncherEntry.Update(in s app_uri, in a{sv} properties)``:
    https://wiki.ubuntu.com/Unity/LauncherAPI, and know the program by the name of its desktop file. Nobody waits for a
    signal. Its connection is its own and ends with what was shown; a dock takes that as the end, too.
    """
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    name = "task-bar"
    address = f"application://{QGuiApplication.desktopFileName()}.desktop"

    def show(percent: int | None) -> None:
        bus = QDBusConnection(name)
        if not bus.isConnected():
            QDBusConnection.disconnectFromBus(name)  # one that broke off, for the bus was started anew
            bus = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, name)
        signal = QDBusMessage.createSignal(
            "/com/canonical/unity/launcherentry/1", "com.canonical.Unity.LauncherEntry", "Update"
        )
        # A dict with text for keys becomes a{sv}; 0 and 1 would become whole numbers, which docks do not take.
        properties = {"progress": float(percent or 0) / STEPS, "progress-visible": percent is not None}
        signal.setArguments([address, properties])
        bus.send(signal)
        if percent is None:
            QDBusConnection.disconnectFromBus(name)

    return show


if sys.platform == "win32":

    def _button_of_windows(window_id: int) -> Show:
        """Call the shell's ``ITaskbarList3`` by the places of its methods: a library for two calls would be heavier.

        https://learn.microsoft.com/windows/win32/api/shobjidl_core/nn-shobjidl_core-itaskbarlist3. Qt has begun COM on
        the main thread, which alone comes here.
        """

        def identifier(text: str) -> ctypes.Array[ctypes.c_char]:
            return ctypes.create_string_buffer(uuid.UUID(text).bytes_le, 16)

        number, pointer = ctypes.c_ulonglong, ctypes.c_void_p
        begin = ctypes.WINFUNCTYPE(ctypes.HRESULT)(3, "HrInit")
        set_value = ctypes.WINFUNCTYPE(ctypes.HRESULT, pointer, number, number)(9, "SetProgressValue")
        set_state = ctypes.WINFUNCTYPE(ctypes.HRESULT, pointer, ctypes.c_int)(10, "SetProgressState")
        nothing, in_this_process = 0, 1
        task_bar = pointer()
        try:
            ctypes.OleDLL("ole32").CoCreateInstance(
                identifier("56fdf344-fd6d-11d0-958a-006097c9a090"),
                None,
                in_this_process,
                identifier("ea1afb91-9e28-4b86-90e9-9e9f8a5eefaf"),
                ctypes.byref(task_bar),
            )
            begin(task_bar)
        except OSError:
            return _shown_to_nobody

        def show(percent: int | None) -> None:
            try:
                if percent is None:
                    set_state(task_bar, window_id, nothing)
                else:
                    set_value(task_bar, window_id, percent, STEPS)
            except OSError:
                return

        return show
