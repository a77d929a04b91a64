# SPDX-License-Identifier: MIT
"""The program as it starts for a person, ended by its first paint. Built beside it to be measured, never shipped.

Nothing of ours is loaded ahead of its time for it: the first thing that the program does once it is painted is to
tell the collector of unused objects so, and that is where this one ends.
"""

from __future__ import annotations

import gc
import os
import sys

from notification_tester import __main__


def ended() -> None:
    """What follows the first paint (history, practice) is no part of the start."""
    os._exit(0)


gc.freeze = ended
sys.exit(__main__.main([]))
