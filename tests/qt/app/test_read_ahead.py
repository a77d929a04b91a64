# SPDX-License-Identifier: MIT
"""What is read ahead: every page and dialog, each module after those that it needs: each step is a short one."""

from __future__ import annotations

import ast
from pathlib import Path

import notification_tester
from notification_tester.qt.app.read_ahead import FIRST_PAGE, LATER, PACKAGE, RESULT, WORKSPACE

ROOT = Path(notification_tester.__file__).parent
AHEAD = (*WORKSPACE, *FIRST_PAGE, *RESULT, *LATER)
ALL = {path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in ROOT.rglob("*.py")}
WHEN_ASKED_FOR = {
    "qt.help.about_dialog": "small, and seldom opened",
    "qt.help.licence_dialog": "the same",
    "qt.widgets.code_dialog": "few accounts ask for a code",
}


def needed_by(module: str) -> set[str]:
    """What it reads of ours as it is read itself."""
    tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith(PACKAGE):
            name = node.module.removeprefix(PACKAGE).lstrip(".")
            names |= {name, *(f"{name}.{one.name}" for one in node.names)}
    return names & ALL


def test_every_page_and_dialog_is_read_ahead() -> None:
    rooms = {name for name in ALL if name.startswith("qt.") and name.endswith((".page", "dialog"))}
    assert rooms - set(AHEAD) == set(WHEN_ASKED_FOR)


def test_each_comes_once_and_after_what_it_needs() -> None:
    assert set(AHEAD) <= ALL
    assert len(set(AHEAD)) == len(AHEAD)
    too_late = [
        (module, needed)
        for place, module in enumerate(AHEAD)
        for needed in sorted(needed_by(module))
        if needed in AHEAD[place:]
    ]
    assert too_late == []
