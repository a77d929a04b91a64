# SPDX-License-Identifier: MIT
"""The drawings of the way of a message that chapters show: made by the view of the page Test, in the colours of now.

A chapter names one as a picture, ``way-arrived.png``; no such file exists. The manual for the web has them drawn, too.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPalette, QRegion
from PySide6.QtWidgets import QWidget

from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import Transport
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.problem import Cause, Code, Problem
from notification_tester.domain.way import (
    Place,
    Way,
    own_stations,
    travelled,
    turk_stations,
    way_of_findings,
)
from notification_tester.qt.notification.way_view import WayView

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

WIDEST = 600
"""Points: what a chapter has room for. Where the stations need more, they stand below one another."""


class _Test(NamedTuple):
    accepted: Lamp
    arrived: Lamp
    as_expected: Lamp
    problem: Problem | None = None

    @property
    def is_good(self) -> bool:
        return State.YES is self.accepted.state is self.arrived.state is self.as_expected.state


_TOOK = Lamp(state=State.YES, detail="", seconds=0.2)
_SEEN = Lamp(state=State.YES, detail="", seconds=0.8)
_GOOD = Lamp(state=State.YES, detail="")
_NOT_KNOWN = Lamp(state=State.UNKNOWN, detail="")
_CLOSED = Problem(
    title="The queue does not let Mechanical Turk in.", detail="", remedy="", code=Code.CLOSED, cause=Cause.DESTINATION
)
_QUEUE, _TOPIC = "lab-queue", "lab-topic"

DRAWINGS = MappingProxyType(
    {
        "way-arrived.png": travelled(turk_stations(Transport.SQS, _QUEUE), _Test(_TOOK, _SEEN, _GOOD)),
        "way-blocked.png": travelled(
            turk_stations(Transport.SQS, _QUEUE), _Test(_NOT_KNOWN, _NOT_KNOWN, _NOT_KNOWN, _CLOSED)
        ),
        "way-topic.png": travelled(turk_stations(Transport.SNS, _TOPIC), _Test(_TOOK, _SEEN, _GOOD)),
        "way-checkup.png": way_of_findings(
            Transport.SQS,
            _QUEUE,
            (
                Finding(id="account.link", level=Level.GOOD, title=""),
                Finding(id="queue.exists", level=Level.GOOD, title=""),
                Finding(id="queue.policy", level=Level.BROKEN, title=_CLOSED.title),
            ),
        ),
        "way-from-here.png": travelled(own_stations(Place.RECEIVER, "lab.example"), _Test(_TOOK, _SEEN, _GOOD)),
    }
)
"""By the name that a chapter gives a drawing."""


def drawn(way: Way, palette: QPalette, font: QFont, *, ratio: float = 1.0, on_ground: bool = False) -> QImage:
    """A way as a picture of ``ratio`` pixels a point; transparent, or on the ground of the palette's texts."""
    frame = QWidget()  # never shown
    frame.setPalette(palette)
    view = WayView(frame)
    view.setFont(font)
    view.show_way(way)
    width = min(WIDEST, view.sizeHint().width() * 5 // 4)
    layout = view.layout()
    height = view.sizeHint().height() if layout is None else layout.heightForWidth(width)
    view.resize(width, height)
    if layout is not None:
        layout.activate()
    image = QImage(view.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(palette.base().color() if on_ground else Qt.GlobalColor.transparent)
    view.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    frame.deleteLater()
    return image
