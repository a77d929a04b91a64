# SPDX-License-Identifier: MIT
"""Which tests run which line of the program, seen once for all of them, so that a mutant is tried with those alone."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
from collections import defaultdict
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from mutants.copies import OF_THE_HOUSE, likely_tests
from mutants.places import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mutants.copies import Copy

Contexts: TypeAlias = "Mapping[int, Sequence[str]]"
"""For each line of a module what ran it, as pytest-cov names it: a test and, behind "|", its phase."""

_SETTINGS = """[run]
source = {package}
data_file = {data}
parallel = true
concurrency = thread
"""


class Covering:
    """What was seen of a checkout: by test, the lines it ran in its own process."""

    def __init__(self, folder: Path, ran: Callable[[Path, str], Contexts] | None = None) -> None:
        """Read what :meth:`look` kept in ``folder``; without it nothing is known of any line."""
        self._data, self._seen = folder / "lines.sqlite", folder / "files.json"
        self._digests: dict[str, str] = json.loads(self._seen.read_text("utf-8")) if self._seen.exists() else {}
        self._contexts = cache(partial(ran or contexts, self._data))

    @property
    def is_there(self) -> bool:
        return bool(self._digests)

    def look(self, copy: Copy) -> None:
        """Run every test that may notice anything, and keep which lines it ran; raises OSError where it cannot run."""
        settings = self._data.with_name("coverage.ini")
        settings.write_text(_SETTINGS.format(package=copy.package, data=self._data), "utf-8")
        python = copy.folder / ".venv/bin/python"
        words = [
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
            "-q",
            "-m",
            "not alone",
            "-n",
            "6",
            "--dist",
            "worksteal",
        ]
        words += ["--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
        words += [f"--ignore=tests/{name}" for name in OF_THE_HOUSE]
        files = _digests(copy.folder / "tests")
        subprocess.run([python, "-m", "pytest", *words], cwd=copy.folder, stdout=subprocess.DEVNULL, check=False)
        if not self._data.exists():
            raise OSError("no test ran under coverage")
        self._seen.write_text(json.dumps(files), "utf-8")
        self._digests = files
        self._contexts.cache_clear()

    def tests(self, root: Path, path: str, line: int) -> list[str]:
        """What may notice a change of a line, the likeliest first: the tests that run it, then files of tests.

        The files are those of which nothing is known, as they are new or were changed, and, since what another
        process runs is not seen, all that :func:`mutants.copies.likely_tests` names.
        """
        files = likely_tests(root, path, line)
        ran = self._contexts(path) if self.is_there else {}
        known: dict[str, dict[str, None]] = defaultdict(dict)
        for number in _statement(root / PACKAGE / path, line):
            for name in filter(None, ran.get(number, ())):  # empty: what ran while no test was under way
                test = re.split(r"[\[|]", name)[0]  # with all its parameters: a wrong program may name them otherwise
                known[test.partition("::")[0]][test] = None
        now = _digests(root / "tests")
        changed = {file for file in now if now[file] != self._digests.get(file)}
        order = {file: place for place, file in enumerate(files)}
        first: list[str] = []
        near = (known.keys() & now.keys()) | (changed & order.keys())
        for file in sorted(near, key=lambda file: order.get(file, len(order))):
            first += [file] if file in changed else known[file]
        return [*first, *(file for file in files if file not in first)]


def contexts(data: Path, path: str) -> Contexts:
    """What Coverage.py kept in ``data`` of a module of the program."""
    kept = import_module("coverage").CoverageData(data)
    kept.read()
    file = next((one for one in kept.measured_files() if one.endswith(f"/{PACKAGE}/{path}")), "")
    found: Contexts = kept.contexts_by_lineno(file) if file else {}
    return found


def _statement(file: Path, line: int) -> range:
    """The lines of the statement in which a line is; of one that has others in it, those of its head."""
    found = range(line, line + 1)
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno
            if node.lineno <= line <= last:
                found = range(node.lineno, last + 1)  # those further in come later
    return found


def _digests(tests: Path) -> dict[str, str]:
    files = sorted(tests.rglob("test_*.py"))
    return {f"tests/{one.relative_to(tests).as_posix()}": hashlib.sha256(one.read_bytes()).hexdigest() for one in files}
