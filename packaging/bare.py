# SPDX-License-Identifier: MIT
"""The reference: an empty window, packaged with the same libraries and without our cuts. It ends with its first paint.

boto3 and keyring are packaged with it and not loaded: ours does not load them before its first paint either.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class Bare(QMainWindow):
    """Nothing but a frame."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw nothing, and end."""
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: os._exit(0))


if "--load" in sys.argv:
    import boto3
    import keyring

    print(boto3.__name__, keyring.__name__)

application = QApplication(sys.argv[:1])
window = Bare()
window.show()
sys.exit(application.exec())
