# SPDX-License-Identifier: MIT
"""Everything that a checkup found, in order, as JSON, plain text and a page: to read, and to send to somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from notification_tester.domain.finding import Level
from notification_tester.domain.joined_signs import belongs_to_a_sign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from notification_tester.domain.finding import Finding
    from notification_tester.domain.way import Way

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
class CheckupReport:
    """Everything that a checkup found, the worst first; the first is the reason why nothing arrives, if nothing does.

    ``about`` says of which account and destination; ``way`` where a message to that would stop.
    """

    findings: tuple[Finding, ...]
    about: str = ""
    way: Way | None = None

    @classmethod
    def of(cls, findings: Iterable[Finding], *, about: str = "", way: Way | None = None) -> Self:
        """Put findings in order: worst first, and among equals causes before consequences."""
        return cls(findings=tuple(sorted(findings, key=_rank)), about=about, way=way)

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
            blocks.append(printable_line(self.about))
        for one in self.findings:
            rows = [f"[{one.level.words}] {one.title}", one.detail]
            rows += [f"{name}: {text}" for name, text in _labelled(one)]
            blocks.append("\n  ".join(printable_line(row) for row in rows if row))
        if self.way is not None:
            blocks.append("\n  ".join(map(printable_line, (f"{self.way.headline}.", *self.way.lines()))))
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
            f"<p>{escape(printable_line(self.about))}</p>\n{rows}\n{self._way_as_html(escape)}</body>\n</html>\n"
        )

    def _way_as_html(self, escape: Callable[[str], str]) -> str:
        if self.way is None:
            return ""
        lines = "".join(f"<li>{escape(printable_line(line))}</li>" for line in self.way.lines())
        return f"<p>{escape(printable_line(self.way.headline))}.</p>\n<ul>{lines}</ul>\n"


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
    parts = [f"<h2>{escape(printable_line(finding.title))} ({finding.level.words})</h2>"]
    if finding.detail:
        parts.append(f"<p>{escape(printable_line(finding.detail))}</p>")
    parts += [f"<p><b>{name}:</b> {escape(printable_line(text))}</p>" for name, text in _labelled(finding)]
    return f'<section class="{finding.level.value}">{"".join(parts)}</section>'


def printable_line(text: str) -> str:
    """Foreign text on one line, of what can be seen and nothing that turns the direction of reading."""
    # Foreign text may hold line breaks, characters that turn the reading direction, or half a surrogate pair.
    return "".join(
        one if one.isprintable() or belongs_to_a_sign(text, place) else " " if one.isspace() else "�"
        for place, one in enumerate(text)
    )
