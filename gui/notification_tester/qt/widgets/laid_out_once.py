# SPDX-License-Identifier: MIT
"""Many changes to what is in sight, laid out once.

Qt lays a window out anew for each widget that is shown in it (``QWidget::setVisible`` activates the layouts of all
parents), so that ten of them at once keep a person waiting ten times as long as one.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget


@contextmanager
def laid_out_once(widget: QWidget) -> Iterator[None]:
    """Lay ``widget`` out at the end of the block, and not for each of the parts that are shown or hidden in it."""
    layout = widget.layout()
    if layout is None or not layout.isEnabled():  # somebody further out does it
        yield
        return
    layout.setEnabled(False)
    try:
        yield
    finally:
        layout.setEnabled(True)
        layout.invalidate()
        if widget.isVisible():  # else Qt does it when it is shown
            layout.activate()
