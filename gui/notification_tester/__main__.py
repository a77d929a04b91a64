# SPDX-License-Identifier: MIT
"""Without words: the window. With words: the command line."""

from __future__ import annotations

import gc
import sys

OBJECTS_OF_A_START = 200_000
"""More new objects than a start makes, nearly all of which stay: looking for unused ones meanwhile finds none."""

COLLECTING = (20_000, 20, 100)
"""How often Python looks for unused objects afterwards: rarely, because no thread goes on meanwhile, not even the one
of the window, and lists of many thousand rows would be looked through again and again."""


def main(arguments: list[str] | None = None) -> int:
    """Run the program; returns the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words:
        from notification_tester.qt import display

        if display.is_there():
            return _window()
        sys.stdout.write("There is no display here, so the program proves itself without one (self-check).\n\n")
        words = ["self-check"]
    from notification_tester import cli

    return cli.main(words, self_check=_self_check)


def _window() -> int:
    gc.set_threshold(OBJECTS_OF_A_START)

    def painted() -> None:
        gc.freeze()  # what a start made stays; later looks leave it aside, and are shorter for it
        gc.set_threshold(*COLLECTING)

    from notification_tester.qt.app import run

    return run(painted=painted)


def _self_check(screenshot: str) -> int:
    from notification_tester.qt.self_check import self_check

    return self_check(screenshot)


if __name__ == "__main__":
    sys.exit(main())
