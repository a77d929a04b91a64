# SPDX-License-Identifier: MIT
"""What a start reads before something is seen; ``make bench`` measures how long it takes, this says why it grew."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import gc, os, sys
from pathlib import Path
from notification_tester.qt.app import application, collecting
from notification_tester.storage.places import Places

def tell(*_):
    print(*sys.modules, *(f"PySide6.QtCore.{name}" for name in vars(sys.modules["PySide6.QtCore"])), flush=True)

def end(_):
    tell()
    os._exit(0)

gc.freeze = tell  # when the window is painted
application.Desktop._completed = end  # when the first page is
collecting.hold_back()
raise SystemExit(application.run(Places.under(Path(sys.argv[1]))))
"""

COSTLY = {
    "PySide6.QtCore.Qt",  # some 20 ms: every enum of it is made
    "html",
    "notification_tester.domain.known_secrets",
    "notification_tester.domain.destination",
    "boto3",
    "botocore",
    "keyring",
}
OF_A_RESULT = {
    "notification_tester.qt.notification.message_table",
    "notification_tester.domain.messages.message",
    "notification_tester.domain.messages.decoded",
    "notification_tester.qt.widgets.problem_card",
    "notification_tester.qt.sending.sweep_list",
}
OF_OTHERS = {
    "boto3",
    "botocore",
    "keyring",
    "_hashlib",
    "notification_tester.domain.policy",
    "notification_tester.qt.inbox.controller",
    "notification_tester.qt.accounts.controller",
    "notification_tester.qt.lists.cell_menu",
}


def test_nothing_costly_is_read_before_the_window_is_painted_nor_of_a_result_before_the_first_page(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "program")],
        capture_output=True, text=True, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, timeout=100, check=True,
    )  # fmt: skip
    painted, page = (set(line.split()) for line in done.stdout.splitlines())
    # Windows is told the program's name by ctypes, and asked for its colours before anything is painted in wrong ones.
    costly = COSTLY - {"PySide6.QtCore.Qt"} if sys.platform == "win32" else COSTLY | {"ctypes"}
    assert "notification_tester.qt.app.main_window" in painted
    assert painted & costly == set()
    assert "notification_tester.qt.sending.page" in page
    assert page & (OF_A_RESULT | OF_OTHERS) == set()


STARTED = """
import gc, linecache, os, sys
from notification_tester.__main__ import main

def tell():
    print(len(sys.modules), *(name for name in linecache.cache if "notification_tester" in name), flush=True)
    os._exit(0)

gc.freeze = tell  # when the window is painted
raise SystemExit(main(["--home", sys.argv[1]]))
"""


def test_no_module_is_read_once_more_as_source(tmp_path: Path) -> None:
    """Qt for Python does so after each import, and keeps all lines."""
    done = subprocess.run(
        [sys.executable, "-c", STARTED, str(tmp_path / "program")],
        capture_output=True, text=True, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, timeout=100, check=True,
    )  # fmt: skip
    modules, *sources = done.stdout.split()
    assert int(modules) > 100
    assert sources == []
