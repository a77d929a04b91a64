# SPDX-License-Identifier: MIT
"""When Python looks for objects that nobody uses: no thread goes on meanwhile, not even the one of the window.

A start makes many objects, and nearly all of them stay, so looking for unused ones during it finds none; afterwards
they are left aside. Later it looks rarely, because lists of many thousand rows would be looked through each time.
"""

from __future__ import annotations

import gc

OBJECTS_OF_A_START = 200_000
RARELY = (5_000, 80, 100)


def hold_back() -> None:
    """Do not look while the program starts."""
    gc.set_threshold(OBJECTS_OF_A_START)


def settle() -> None:
    """Leave aside what there is now, and look rarely from now on; called when the window, or an account, is there."""
    gc.freeze()
    gc.set_threshold(*RARELY)
