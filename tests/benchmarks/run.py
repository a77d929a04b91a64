# SPDX-License-Identifier: MIT
"""``make bench``: every row of the table of speeds, in plain text. The exit code is 1 when a goal is missed."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure import Row

SUBJECTS = ("start", "send", "sweep", "delivery", "pause", "decoding", "hit_types", "history")


def main(words: Sequence[str]) -> int:
    """Measure everything, or only the subjects named."""
    unknown = set(words) - set(SUBJECTS)
    if unknown:
        print(f"Unknown: {', '.join(sorted(unknown))}. There are {', '.join(SUBJECTS)}.")
        return 2
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # nothing of the developer's own is called
    rows: list[Row] = []
    for subject in [one for one in SUBJECTS if not words or one in words]:
        print(f"measuring {subject} …", file=sys.stderr, flush=True)
        rows += import_module(f"benchmarks.bench_{subject}").rows()
    print(table(rows))
    return 0 if all(row.holds for row in rows) else 1


def table(rows: Sequence[Row]) -> str:
    """One line for each row, in columns, and the notes below."""
    lines = [("what", "ours", "reference", "ratio", "goal", "")]
    lines += [
        (
            row.what,
            duration(row.ours),
            duration(row.reference),
            times(row.ratio),
            times(row.goal),
            "holds" if row.holds else "MISSED",
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = [
        "  ".join(
            cell.ljust(width) if column in {0, 5} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    text.insert(1, "-" * max(len(line) for line in text))
    notes = [f"{row.what}: {row.note}." for row in rows if row.note]
    return "\n".join([*text, "", *notes])


def duration(seconds: float) -> str:
    """Seconds in the unit that suits them."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def times(ratio: float) -> str:
    """How many times as long; well below one it is easier to read as a part."""
    return f"1/{1 / ratio:.0f}" if 0 < ratio < 0.1 else f"{ratio:.2f} ×"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
