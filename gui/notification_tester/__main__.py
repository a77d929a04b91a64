# SPDX-License-Identifier: MIT
"""Without words: the window. With words: the command line."""

from __future__ import annotations

import sys


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
    from notification_tester.qt import collecting

    collecting.hold_back()
    from notification_tester.qt.app import run

    return run()


def _self_check(screenshot: str) -> int:
    from notification_tester.qt.self_check import self_check

    return self_check(screenshot)


if __name__ == "__main__":
    sys.exit(main())
