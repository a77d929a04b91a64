# SPDX-License-Identifier: MIT
"""Every keyring backend that is found, a line each. Built beside the program to be asked, never shipped.

``build.py`` runs the same file unfrozen too, and compares.
"""

from __future__ import annotations

import keyring.backend

for one in keyring.backend.get_all_keyring():
    kind = type(one)
    print(f"{kind.__module__}.{kind.__qualname__}")
