# SPDX-License-Identifier: MIT
"""What is said of problems is true at a terminal too: below the window nobody speaks of its buttons and places."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import notification_tester
from notification_tester.cli.own_words import for_a_command
from notification_tester.domain.problem import Cause, Problem
from notification_tester.storage.keyring_problems import SESSION_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(notification_tester.__file__).parent
LAYERS = ("cli", "services", "practice", "aws", "storage", "domain")
OF_THE_WINDOW = re.compile(r"\b(?:buttons?|press(?:ed)?|click|below|(?:list|form|field|”) above)\b", re.IGNORECASE)


def texts(path: Path) -> Iterator[str]:
    """Every text of a module, without its docstrings; a text of several parts is read as one."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("layer", LAYERS)
def test_nobody_below_the_window_speaks_of_it(layer: str) -> None:
    found = [
        f"{path.name}: {text}"
        for path in sorted((PACKAGE / layer).rglob("*.py"))
        for text in texts(path)
        if OF_THE_WINDOW.search(text)
    ]
    assert found == []


def problem(code: str, remedy: str) -> Problem:
    return Problem(title="It is so.", detail="Because.", remedy=remedy, code=code, cause=Cause.DESTINATION)


@pytest.mark.parametrize(
    ("code", "remedy", "expected"),
    [
        pytest.param("destination.closed", "Add it.", "Add it. “check”", id="more"),
        pytest.param("keyring.locked", f"Unlock it. {SESSION_ONLY}", "Unlock it. Or give the keys", id="keyring"),
        pytest.param("anything.else", "Wait.", "Wait.", id="as-it-is"),
    ],
)
def test_a_command_has_words_of_its_own(code: str, remedy: str, expected: str) -> None:
    said = for_a_command(problem(code, remedy))
    assert said.remedy.startswith(expected)
    assert SESSION_ONLY not in said.remedy
    assert (said.title, said.detail, said.code) == ("It is so.", "Because.", code)


def test_every_code_with_words_of_its_own_is_one_that_is_used() -> None:
    from notification_tester.cli import own_words

    everything = "\n".join(
        path.read_text("utf-8") for layer in LAYERS if layer != "cli" for path in (PACKAGE / layer).rglob("*.py")
    )
    assert [code for code in own_words.MORE if f'"{code}"' not in everything] == []
