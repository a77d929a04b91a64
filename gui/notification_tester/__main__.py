# SPDX-License-Identifier: MIT
"""Without words: the window. With words: the command line."""

import sys

if __name__ == "__main__" and not sys.flags.safe_path and not getattr(sys, "frozen", False):
    # “python -m” puts the folder where somebody stands before Python's own modules, and a json.py there is no part of
    # this program. (What Python itself imports before this line is beyond us; “python -P -m” is without that.)
    del sys.path[0]


def main(arguments: list[str] | None = None) -> int:
    """Run the program; returns the exit code."""
    _without_core_dumps()
    words = sys.argv[1:] if arguments is None else arguments
    if not words:
        from notification_tester.qt import display

        if display.is_there():
            return _window()
        sys.stdout.write("There is no display here, so the program proves itself without one (self-check).\n\n")
        words = ["self-check"]
    from notification_tester import cli

    return cli.main(words, self_check=_self_check)


def _without_core_dumps() -> None:
    """Let the system write no memory of this process, or of one that it starts, to a disk: keys are in it.

    The process stays readable in other ways (``PR_SET_DUMPABLE`` of Linux is left alone), because the desktop's portals
    find out in that way who asks them.
    """
    try:
        import resource
    except ImportError:  # Windows, which writes none unless somebody sets it up
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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
