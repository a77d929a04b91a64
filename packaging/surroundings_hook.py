# SPDX-License-Identifier: MIT
"""Runs first in the packaged program on Linux: what the program starts gets the surroundings that the person has.

PyInstaller's loader has the system look for libraries in the program's folder first. This process keeps that to its
end, whatever is changed here; a browser, or the program that an AWS profile names for its keys, must not inherit it,
or it would load our libraries in place of its own. A process of our own, such as practice, sets it up anew.
Source: "LD_LIBRARY_PATH / LIBPATH considerations" and ``PYINSTALLER_RESET_ENVIRONMENT`` in PyInstaller's manual.
"""

import os

_before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
os.environ.pop("LD_LIBRARY_PATH", None)
if _before is not None:
    os.environ["LD_LIBRARY_PATH"] = _before
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
