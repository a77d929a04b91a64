# SPDX-License-Identifier: MIT
"""The program as it starts for a person, ended by its first paint. Built beside it to be measured, never shipped."""

from __future__ import annotations

import os
import sys

from notification_tester import __main__
from notification_tester.qt import app


class Ended(app.Desktop):
    """What follows the first paint (history, practice) is no part of the start."""

    def begin(self) -> None:
        """Show the window, and end with it."""
        self.window.painted.connect(lambda: os._exit(0))
        super().begin()


setattr(app, "Desktop", Ended)  # noqa: B010 - a class is put in another's place, which the types do not foresee
sys.exit(__main__.main([]))
