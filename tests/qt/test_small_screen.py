# SPDX-License-Identifier: MIT
"""Dialogs on a screen of 900 by 600, with text as the system has it and twice as large."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QDialog

import notification_tester.qt
from notification_tester.qt.widgets.fitting_dialog import FittingDialog

if TYPE_CHECKING:
    from collections.abc import Iterator


CHILD = Path(__file__).with_name("small_screen.py")
THERE = f"import runpy, sys; sys.path.insert(0, {str(CHILD.parents[1])!r})"  # Python for Windows heeds no PYTHONPATH
SCREEN = {
    "name": "small",
    "x": 0,
    "y": 0,
    "width": 900,
    "height": 600,
    "logicalDpi": 96,
    "logicalBaseDpi": 96,
    "dpr": 1,
}

BUTTONS = {
    "AboutDialog": {"Copy versions", "Close"},
    "AccountDialog": {"Close"},
    "AdministratorDialog": {"Copy the policy alone", "Close", "Copy all for the administrator"},
    "BulkResultsDialog": {"Copy as a table", "Close"},
    "CheckupView": {"Copy as text", "Save as HTML…", "For the administrator…", "Close"},
    "CodeDialog": {"Cancel", "Use this code"},
    "CrashReport": {"Copy the report", "Close"},
    "DeliveryGuard": {"Cancel", "Send 3 messages"},
    "HelpDialog": {"Back", "Show me around the window", "Close"},
    "ImportDialog": {"Cancel", "Fill the form"},
    "LicenceDialog": {"Close"},
    "MendDialog": {"Undo this change…", "Close", "Send the test again"},
    "NewDestinationDialog": {"Cancel", "Create it"},
    "PasteIdsDialog": {"From a file…", "Cancel", "Add"},
    "PreferencesDialog": {"Back to the usual settings…", "Close"},
    "PresetNameDialog": {"Cancel", "Save"},
    "PresetsDialog": {"Rename", "Remove", "Close"},
    "PreviewDialog": {"Cancel", "Send 2 changes"},
    "ReportDialog": {"Close", "Save as web page…", "Save as PDF…"},
    "SaveDialog": {"Close", "Save…"},
    "ThrowawaysDialog": {"Look again", "Close", "Remove the ticked one"},
}
"""What stands in the last row of each, by its class."""


def test_every_dialog_is_one_that_fits() -> None:
    for module in pkgutil.walk_packages(notification_tester.qt.__path__, "notification_tester.qt."):
        importlib.import_module(module.name)

    def ends(kind: type[QDialog]) -> Iterator[type[QDialog]]:
        heirs = [one for one in kind.__subclasses__() if one.__module__.startswith("notification_tester.")]
        for one in heirs:
            yield from ends(one)
        if not heirs:
            yield kind

    ours = [one for one in QDialog.__subclasses__() if one.__module__.startswith("notification_tester.")]
    assert ours == [FittingDialog]
    assert {one.__name__ for one in ends(FittingDialog)} == set(BUTTONS)


@pytest.mark.parametrize("percent", [100, 200])
def test_dialogs_are_no_larger_than_the_screen_and_their_buttons_are_in_sight(tmp_path: Path, percent: int) -> None:
    (tmp_path / "screen.json").write_text(json.dumps({"screens": [SCREEN]}), encoding="utf-8")
    environment = dict(os.environ)
    environment["QT_QPA_PLATFORM"] = "offscreen:configfile=screen.json"  # no folder: that of Windows has a colon
    done = subprocess.run(
        [sys.executable, "-c", f"{THERE}; runpy.run_path({str(CHILD)!r}, run_name='__main__')", str(percent)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["room"] == [900, 600]
    outside = {
        name: (corner, size)
        for name, (corner, size) in ((name, one["frame"]) for name, one in found["dialogs"].items())
        if min(corner) < 0 or corner[0] + size[0] > 900 or corner[1] + size[1] > 600
    }
    assert outside == {}
    missing = {name: BUTTONS[one["class"]] - set(one["in sight"]) for name, one in found["dialogs"].items()}
    assert {name: buttons for name, buttons in missing.items() if buttons} == {}
    assert {one["class"] for one in found["dialogs"].values()} == set(BUTTONS)
