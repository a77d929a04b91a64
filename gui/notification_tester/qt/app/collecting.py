# SPDX-License-Identifier: MIT
"""When Python looks for objects that nobody uses: no thread goes on meanwhile, not even the one of the window.

A start makes many objects, and nearly all of them stay, so looking for unused ones during it finds few; afterwards
those that stay are left aside. Later it looks rarely, because lists of many thousand rows would be looked through each
time.

Only what a start made is left aside, and only once, after a look: what is left aside is never looked at again, and what
an account brings would stay for ever, garbage and all. Seen on two cores: that look takes 7 to 10 ms and finds some
hundred of 28,000 objects; leaving them aside spares as much of every later look.
"""

from __future__ import annotations

import gc

OBJECTS_OF_A_START = 200_000
RARELY = (5_000, 80, 100)


def hold_back() -> None:
    """Do not look while the program starts."""
    gc.set_threshold(OBJECTS_OF_A_START)


def settle() -> None:
    """Look once, leave aside what stays, and look rarely from now on; called when the window is there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)
