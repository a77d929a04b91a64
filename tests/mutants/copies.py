# SPDX-License-Identifier: MIT
"""Copies of the checkout in which the program is made wrong, and which tests run which line of it."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from mutants.places import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NOT_COPIED = (".venv", ".git", "build", "dist", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")
_CONTEXT = re.compile(r"(?P<test>\S.*?)(?:\||\s\()(?P<phase>setup|run|call|teardown)\)?")
"""How a test is called by pytest-cov, and in a program that it starts by ``PYTEST_CURRENT_TEST``."""


class Copy:
    """A checkout with a Python of its own, which has everything that is installed here but this program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = folder / PACKAGE

    @classmethod
    def of(cls, root: Path, folder: Path) -> Copy:
        """Make one, in the place of what is in ``folder``."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(root, folder, ignore=shutil.ignore_patterns(*_NOT_COPIED, "__pycache__"))
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
        below = Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
        installed = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})"
        (folder / ".venv" / below / "copy.pth").write_text(f"{folder / 'gui'}\n{installed}\n", "utf-8")
        return cls(folder)

    def pytest(self, words: Sequence[str], *, timeout: float, **variables: str) -> dict[str, tuple[float, bool]]:
        """Run tests; each one's seconds and whether it passed. Raises subprocess.TimeoutExpired."""
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        plugins = ["-p", "mutants.reports", "-p", "no:cacheprovider"]
        process = subprocess.Popen(
            [self.folder / ".venv/bin/python", "-m", "pytest", *plugins, "-q", *words],
            cwd=self.folder,
            env={**os.environ, "MUTANTS_REPORT": str(report), **variables},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(timeout)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, 9)
                process.wait()
        if not report.exists():
            return {"(collecting the tests)": (0.0, False)}
        return {test: (seconds, passed) for test, (seconds, passed) in json.loads(report.read_text("utf-8")).items()}


class Measured:
    """Which tests run which line of the program, and how long each takes; only those that pass."""

    def __init__(self, data: Path, seconds: dict[str, float]) -> None:
        self.seconds = seconds
        self._by_file: dict[str, list[str]] = defaultdict(list)
        for test in seconds:
            self._by_file[test.partition("::")[0]].append(test)
        self._lines: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        with sqlite3.connect(data) as connection:
            rows = connection.execute(
                "SELECT path, context, numbits FROM line_bits JOIN file ON file.id = file_id"
                " JOIN context ON context.id = context_id"
            ).fetchall()
        connection.close()
        for path, context, bits in rows:
            tests = self._tests_of(context)
            for number, byte in enumerate(bits):
                for bit in range(8):
                    if byte >> bit & 1:
                        self._lines[path.rpartition(f"{PACKAGE}/")[2]][number * 8 + bit] |= tests

    def tests(self, path: str, line: int, text: str) -> list[str]:
        """Those that run this line of a module with this text, the quickest first.

        Of a statement over several lines Python does not tell each. Lines that are run while a module is imported are
        run by all tests of that module. What practice does is done for whichever test asks the cloud that several
        share, so there all tests of their files are taken.
        """
        of_file = self._lines[path]
        lines = [line] if line in of_file else _statement(line, text)
        found = set().union(*(of_file[one] for one in lines if one in of_file))
        if not found and any(one in of_file for one in lines):
            found = set().union(*of_file.values())
        if path.startswith("practice/"):
            files = {test.partition("::")[0] for test in found}
            files |= {name for name in self._by_file if found and name.startswith("tests/practice/")}
            found |= {test for name in files for test in self._by_file[name]}
        return sorted(found, key=lambda test: (self.seconds[test], test))

    def _tests_of(self, context: str) -> set[str]:
        match = _CONTEXT.fullmatch(context)
        if not match:
            return set()
        if match["phase"] == "setup" and context.endswith(")"):  # a program that the tests of a file share
            return set(self._by_file[match["test"].partition("::")[0]])
        return {match["test"]} & self.seconds.keys()


def _statement(line: int, text: str) -> Iterable[int]:
    """The lines of the smallest statement with this line in it; of one with a body, those of its head."""
    found = range(line, line + 1)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt) and node.lineno <= line:
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if body else node.end_lineno or line
            if line <= end:
                found = range(node.lineno, end + 1)  # the walk goes from the outer to the inner
    return found


def measure(copy: Copy, folder: Path) -> Measured:
    """Run the whole suite once, and remember in ``folder`` what it ran."""
    data, times = folder / "coverage", folder / "times.json"
    if not times.exists():
        settings = folder / "coverage.ini"
        settings.write_text(
            f"[run]\nsource = {copy.package}\ndata_file = {data}\nparallel = true\npatch = _exit\n"
            "context = ${PYTEST_CURRENT_TEST-}\n",
            "utf-8",
        )
        words = ["-n", "2", "--dist", "loadfile", "-m", "not alone and not slow", f"--cov-config={settings}"]
        words += ["--cov", "--cov-context=test", "--cov-report=", "--ignore=tests/packaging", "--ignore=tests/torture"]
        ran = copy.pytest(words, timeout=2 * 60 * 60, MUTANTS_COVERAGE=str(settings))
        times.write_text(json.dumps({test: seconds for test, (seconds, passed) in ran.items() if passed}), "utf-8")
    return Measured(data, json.loads(times.read_text("utf-8")))
