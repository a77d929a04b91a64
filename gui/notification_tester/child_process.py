# SPDX-License-Identifier: MIT
"""How a program is started by this one: apart from it, and not to outlive it.

It gets no terminal to ask on, no Ctrl-C that was meant for us, and no window of its own. On Windows it is put into a
job object: all that it starts is in that, too, and the system ends all of it when the last handle is closed, which is
ours and is closed however this process ends. On POSIX systems it is the first of a session of its own, which is ended
with it; should this process be killed, practice notices the end of its input.

Sources: "Job Objects" and ``JOBOBJECT_EXTENDED_LIMIT_INFORMATION`` in Microsoft's Win32 reference; setsid(2) and
killpg(3). The library pywin32 has job objects, and much more that is large; pywin32-ctypes and psutil have none.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import Any

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _KILL_ON_JOB_CLOSE = 0x2000
    _EXTENDED_LIMIT_INFORMATION = 9
    _SET_QUOTA_AND_TERMINATE = 0x0101
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateJobObjectW.restype = wintypes.HANDLE
    _kernel.CreateJobObjectW.argtypes = [wintypes.LPVOID, wintypes.LPCWSTR]
    _kernel.SetInformationJobObject.argtypes = [wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD]
    _kernel.OpenProcess.restype = wintypes.HANDLE
    _kernel.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
    _kernel.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
    _kernel.TerminateJobObject.argtypes = [wintypes.HANDLE, wintypes.UINT]
    _kernel.CloseHandle.argtypes = [wintypes.HANDLE]

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
            ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", _BasicLimits),
            ("IoInfo", ctypes.c_ulonglong * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    def _job_of(process: subprocess.Popen[Any]) -> int | None:
        """Put it into a job of its own; None where the system does not let us: then it is ended alone, if at all."""
        job = _kernel.CreateJobObjectW(None, None)
        if not job:
            return None
        member = _kernel.OpenProcess(_SET_QUOTA_AND_TERMINATE, False, process.pid)
        is_in = member and _limit(job, _KILL_ON_JOB_CLOSE) and _kernel.AssignProcessToJobObject(job, member)
        if member:
            _kernel.CloseHandle(member)
        if is_in:
            return int(job)
        _kernel.CloseHandle(job)
        return None

    def _limit(job: int, flags: int) -> bool:
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = flags
        size = ctypes.sizeof(limits)
        return bool(_kernel.SetInformationJobObject(job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), size))


def apart() -> dict[str, Any]:
    """What :class:`subprocess.Popen` is told beside the words: a session, or a group without a console, of its own."""
    if sys.platform != "win32":
        return {"start_new_session": True}
    else:  # noqa: RET505 - for mypy, which looks at one system at a time
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}


class Kin:
    """A process that was started :func:`apart`, with all that it starts, to be ended together, or with this process."""

    def __init__(self, process: subprocess.Popen[Any]) -> None:
        self._process = process
        if sys.platform == "win32":
            self._job = _job_of(process)

    def kill(self) -> None:
        """End them at once. Those that have ended are left alone."""
        with contextlib.suppress(OSError):
            if sys.platform != "win32":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
                if self._job is not None:
                    _kernel.TerminateJobObject(self._job, 1)

    def close(self) -> None:
        """It has ended. What it left running goes on, such as an agent that a program of credentials starts."""
        if sys.platform == "win32" and self._job is not None:
            _limit(self._job, 0)
            _kernel.CloseHandle(self._job)
            self._job = None
