# SPDX-License-Identifier: MIT
"""Without words: the window. With words: the command line."""

import os
import sys


def _end_quietly() -> None:
    """Have Ctrl-C end the process as the system does, until whoever has something to tidy up says otherwise.

    Python would raise KeyboardInterrupt wherever it is, with a page of its insides for a person to read.
    """
    import signal  # not before the folder where somebody stands is off the path

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__" and not sys.flags.safe_path and not getattr(sys, "frozen", False):
    # “python -m” puts the folder where somebody stands before Python's own modules, and a json.py there is no part of
    # this program. (What Python itself imports before this line is beyond us; “python -P -m” is without that.)
    del sys.path[0]

if __name__ == "__main__":
    _end_quietly()


def main(arguments: list[str] | None = None) -> int:
    """Run the program; returns the exit code."""
    _end_quietly()
    _without_core_dumps()
    words = sys.argv[1:] if arguments is None else arguments
    _open_what_is_closed()
    self_check = _self_check
    if home := _only_home(words):
        from notification_tester.storage.places import use_home

        use_home(home)
        words = []
    if not words:
        from notification_tester.qt.app import display

        if display.is_there():
            return _window()
        words, self_check = ["self-check"], _self_check_instead
    from notification_tester import cli

    return cli.main(words, self_check=self_check, as_pdf=_as_pdf)


def _only_home(words: list[str]) -> str:
    """The folder of ``--home`` where nothing else is asked for; empty where there is something for the command line."""
    match words:
        case ["--home", folder] if not folder.startswith("-"):
            return folder
        case [word] if word.startswith("--home="):
            return word.removeprefix("--home=")
    return ""


def _open_what_is_closed() -> None:
    """Have nothing else take the number of a standard stream that is closed: libraries write there what they like.

    What takes it cannot be read or written the way the stream would be, so it is still noticed that there is none.
    """
    for number, wrong_way in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_RDONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, wrong_way)  # takes the lowest number that is free


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
    from notification_tester.qt.app import collecting, read_ahead

    collecting.hold_back()
    read_ahead.read_once()
    from notification_tester.qt.app.application import run

    return run()


def _self_check_instead(screenshot: str) -> int:
    sys.stdout.write("There is no display here, so the program proves itself without one (self-check).\n\n")
    return _self_check(screenshot)


def _self_check(screenshot: str) -> int:
    from notification_tester.qt.app.self_check import self_check

    return self_check(screenshot)


def _as_pdf(page: str) -> bytes:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # a page is drawn without a window
    from notification_tester.qt.app.application import make_application
    from notification_tester.qt.widgets.local_page import as_pdf

    application = make_application(["mturk-notification-tester"])
    written = as_pdf(page)
    del application
    return written


if __name__ == "__main__":
    sys.exit(main())
