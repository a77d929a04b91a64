# SPDX-License-Identifier: MIT
"""What a checkup found: one sentence each for what, why and what to do, and the report of all of them.

A finding that could not be made is one too: UNKNOWN says what could not be looked at and why, and is never shown as
good. Nothing in here holds a secret: findings are made of addresses, policies and what services answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Level(StrEnum):
    """How one finding, or the whole, stands."""

    GOOD = "good"
    BEWARE = "beware"
    BROKEN = "broken"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        """As a person reads it."""
        return {"good": "good", "beware": "beware", "broken": "broken", "unknown": "cannot tell"}[self.value]


_WORST_FIRST = (Level.BROKEN, Level.UNKNOWN, Level.BEWARE, Level.GOOD)

_CAUSES_FIRST = (
    # What makes all that follows fail, or impossible to know, comes before it.
    "account.network",
    "account.clock",
    "account.keys",
    "account.service",
    "account.link",
    "account.test",
    "destination.exists",
    "destination.readable",
    "destination.policy",
    "destination.encryption",
    "topic.subscribers",
    "topic.filters",
    "topic.queues",
    "topic.delivery",
    "email.domain",
    "destination.place",
    "destination.kind",
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    ``id`` is stable and for scripts, such as ``queue.policy``. ``title`` says what was found, ``detail`` what exactly,
    ``why`` why it matters, ``remedy`` what to do; the last two may be empty. ``fixable``: the program itself can.
    """

    id: str
    level: Level
    title: str
    detail: str = ""
    why: str = ""
    remedy: str = ""
    fixable: bool = False

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it; ``why`` is left out where there is none."""
        value: dict[str, Any] = {
            "id": self.id,
            "level": self.level.value,
            "title": self.title,
            "detail": self.detail,
            "remedy": self.remedy,
            "fixable": self.fixable,
        }
        if self.why:
            value["why"] = self.why
        return value


@dataclass(frozen=True, kw_only=True)
class CheckupReport:
    """Everything that a checkup found, the worst first; the first is the reason why nothing arrives, if nothing does.

    ``about`` says of which account and destination.
    """

    findings: tuple[Finding, ...]
    about: str = ""

    @classmethod
    def of(cls, findings: Iterable[Finding], *, about: str = "") -> Self:
        """Put findings in order: worst first, and among equals causes before consequences."""
        return cls(findings=tuple(sorted(findings, key=_rank)), about=about)

    @property
    def verdict(self) -> Level:
        """The worst level of all; of nothing, nothing is known."""
        return self.findings[0].level if self.findings else Level.UNKNOWN

    def finding(self, finding_id: str) -> Finding | None:
        """The first finding of this id."""
        return next((one for one in self.findings if one.id == finding_id), None)

    def as_json(self) -> dict[str, Any]:
        """The object of the command line."""
        return {"verdict": self.verdict.value, "findings": [one.as_json() for one in self.findings]}

    def as_text(self) -> str:
        """Everything as plain text, to send to somebody."""
        blocks = [f"Checkup of Mechanical Turk notifications: {self.verdict.words}"]
        if self.about:
            blocks.append(_line(self.about))
        for one in self.findings:
            rows = [f"[{one.level.words}] {one.title}", one.detail]
            rows += [f"{name}: {text}" for name, text in _labelled(one)]
            blocks.append("\n  ".join(_line(row) for row in rows if row))
        return "\n\n".join(blocks) + "\n"

    def as_html(self) -> str:
        """Everything as one HTML page that loads nothing; all foreign text is escaped."""
        from html import escape  # its tables are read for this alone, and findings are needed at every start

        rows = "\n".join(_section(one, escape) for one in self.findings)
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            "<title>Checkup of Mechanical Turk notifications</title>\n"
            f"<style>{_STYLE}</style>\n</head>\n<body>\n"
            f"<h1>Checkup of Mechanical Turk notifications: {self.verdict.words}</h1>\n"
            f"<p>{escape(_line(self.about))}</p>\n{rows}\n</body>\n</html>\n"
        )


_STYLE = (
    "body{font-family:sans-serif;max-width:48em;margin:2em auto;line-height:1.4}"
    "section{border-left:.4em solid #888;padding:.1em 1em;margin:1em 0}"
    ".good{border-color:#2a7d3b}.beware{border-color:#b7791f}.broken{border-color:#b3261e}"
    "h2{font-size:1em}"
)


def _rank(finding: Finding) -> tuple[int, int]:
    room, _, rest = finding.id.partition(".")
    known = finding.id if finding.id in _CAUSES_FIRST else f"destination.{rest}" if room != "account" else ""
    place = _CAUSES_FIRST.index(known) if known in _CAUSES_FIRST else len(_CAUSES_FIRST)
    return _WORST_FIRST.index(finding.level), place


def _labelled(finding: Finding) -> tuple[tuple[str, str], ...]:
    found = (("Why it matters", finding.why), ("What to do", finding.remedy))
    return tuple((name, text) for name, text in found if text)


def _section(finding: Finding, escape: Callable[[str], str]) -> str:
    parts = [f"<h2>{escape(_line(finding.title))} ({finding.level.words})</h2>"]
    if finding.detail:
        parts.append(f"<p>{escape(_line(finding.detail))}</p>")
    parts += [f"<p><b>{name}:</b> {escape(_line(text))}</p>" for name, text in _labelled(finding)]
    return f'<section class="{finding.level.value}">{"".join(parts)}</section>'


def _line(text: str) -> str:
    # Foreign text may hold line breaks, characters that turn the reading direction, or half a surrogate pair.
    return "".join(one if one.isprintable() else " " if one.isspace() else "�" for one in text)
