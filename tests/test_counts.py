# SPDX-License-Identifier: MIT
"""Nothing says “1 messages”: every sentence that counts goes through one function, in the window and elsewhere."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import notification_tester
from notification_tester.domain.counts import counted
from notification_tester.qt.looks.formatting import count_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

ROOT = Path(str(notification_tester.__file__)).parent
THINGS = (
    "HITs|HIT types|messages|tests|changes|ids|lines|characters|seconds|minutes|hours|days|notifications|subscriptions|"
    "subscribers|bytes|mistakes|ones|events|queues|topics|policies|statements|cells|parts|files|rows|times|megabytes"
)
AFTER = re.compile(rf"^ (?:[a-z]+ )?(?:{THINGS})\b")
INSIDE = re.compile(rf"\{{\w+\}} (?:[A-Za-z]+ )?(?:{THINGS})\b")
COUNTING = {"count_text", "counted"}
MORE_THAN_ONE = {
    # Never one, or not a count; why.
    "after {seconds} seconds": "a measured time with two places",
    "{amount} US dollars": "money",
    "This is the beginning of {all} characters; Copy all takes every one.": "above a hundred thousand",
    "{host} did not take the connection within {connect} seconds.": "a limit of several seconds",
    "{host} took the call and did not answer within {read} seconds.": "a limit of several seconds",
}
CONSTANT = re.compile(r"[A-Z_]+(?: /+ \d+)?(?::.*)?")
PLURAL_FOR_CERTAIN = {
    # The last words of the expression before the plural, and why it is never one.
    "len(COLUMNS)": "a constant",
    "patience:.0f": "a limit of several seconds",
    "timeout:g": "a limit of several seconds",
    "moment:.0f": "seconds since 1970",
    "length:,": "above the limit of a keyring",
    "size:,": "above the limit of a message",
    "len(different)": "at least two",
    "len(self.events)": "at least two",
    "len(events)": "at least two: some are of the test and some are not",
    "tests": "at least two",
    "len(name)": "above the longest name",
    "there": "one is said in words",
    "of_others": "one is said in words",
    "number": "once and twice are said in words",
    "len(self._read)": "not shown to anybody",
    "shown": "not a number",
}


def sources() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def inside_counting(tree: ast.AST) -> set[int]:
    """What is handed to one of the functions, and so has a word for one."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in COUNTING:
            found.update(id(one) for argument in node.args for one in ast.walk(argument))
    return found


def pairs(tree: ast.AST) -> set[int]:
    """Texts that are the second of two, as in a table of words for one and for many."""
    return {
        id(one)
        for node in ast.walk(tree)
        if isinstance(node, ast.Tuple) and len(node.elts) == 2
        for one in ast.walk(node.elts[1])
    }


def counts_by_hand() -> Iterator[str]:
    for name, tree in sources():
        known = inside_counting(tree) | pairs(tree) | {id(one) for one in assigned_to_many(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                for before, after in zip(node.values, node.values[1:], strict=False):
                    if isinstance(before, ast.FormattedValue) and AFTER.match(str(getattr(after, "value", ""))):
                        what = re.sub(r"^f?['\"]*\{|\}['\"]*$", "", ast.unparse(before))  # without quotes and braces
                        if not (what in PLURAL_FOR_CERTAIN or what.startswith("counted(") or CONSTANT.fullmatch(what)):
                            yield f"{name}: {what}{getattr(after, 'value', '')}"
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in known:
                text = node.value
                if INSIDE.search(text) and not any(one in text for one in MORE_THAN_ONE):
                    yield f"{name}: {text}"


def assigned_to_many(tree: ast.AST) -> Iterator[ast.AST]:
    """Texts that are called ``many``, which is what the function calls them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(getattr(one, "id", "") in {"many", "more"} for one in node.targets):
            yield from ast.walk(node.value)


def test_no_sentence_counts_by_hand() -> None:
    assert list(counts_by_hand()) == []


def test_the_search_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = ast.parse("f'{len(found)} messages'\nself.tr('{count} tests are in it')\ncounted(n, 'message')")
    monkeypatch.setitem(globals(), "sources", lambda: [("x.py", wrong)])
    assert len(list(counts_by_hand())) == 2


def test_whole_numbers_of_the_window_are_written_in_one_place() -> None:
    """A locale itself would leave out the groups where the system says nothing of them."""
    found = [
        f"{name}: {ast.unparse(node)}"
        for name, tree in sources()
        if name != str(Path("qt/looks/formatting.py"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and "ocale" in ast.unparse(node.func) and len(node.args) == 1
        if ast.unparse(node.func).endswith("toString")
    ]
    assert found == []


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (counted(0, "message"), "0 messages"),
        (counted(1, "message"), "1 message"),
        (counted(2, "message"), "2 messages"),
        (counted(1, "message was", "messages were"), "1 message was"),
        (counted(1_048_576, "byte"), "1,048,576 bytes"),
        (counted(3, "message was", "messages were"), "3 messages were"),
        (count_text(1, "1 test", "{count} tests"), "1 test"),
        (count_text(0, "1 test", "{count} tests"), "0 tests"),
    ],
)
def test_the_word_belongs_to_the_number(said: str, wanted: str) -> None:
    assert said == wanted


def said_by_widgets(number: int) -> Iterator[str]:
    """What the window says of so many."""
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.messages.message import decode
    from notification_tester.domain.setting import LineState
    from notification_tester.qt.history.table import HistoryFiles
    from notification_tester.qt.hit_types.bulk_run import BulkPanel
    from notification_tester.qt.hit_types.texts import CollectionStatus
    from notification_tester.qt.hit_types.view import HitTypesButtons, Selection
    from notification_tester.qt.inbox.controller import Arrived
    from notification_tester.qt.inbox.form import InboxBar
    from notification_tester.qt.inbox.notifications import texts
    from notification_tester.qt.inbox.table import InboxFiles
    from notification_tester.services.hit_types.bulk_types import BulkOutcome, BulkProgress, BulkResult, Listing
    from notification_tester.services.inbox.reading import Followed, FollowNews
    from notification_tester.storage.inbox_rows import InboxMessage

    panel = BulkPanel()
    panel.begin(number, account="Lab")
    yield panel.title.text()
    panel.show_progress(BulkProgress(done=number, failed=number, total=number, rate=0, newest=()))
    yield panel.failures.text()
    applied = BulkResult(hit_type_id=HitTypeId("3EXAMPLE"), state=LineState.APPLIED)
    panel.show_outcome(BulkOutcome(results=(applied,) * number, not_begun=(), seconds=number))
    yield panel.title.text()
    yield panel.status.text()
    bar = InboxBar()
    bar.show_news(FollowNews(held=number), is_queue=True)
    yield bar.state.text()
    bar.show_ended(Followed(shown=number, late=number), is_queue=True, was_left=False)
    yield bar.state.text()
    status = CollectionStatus()
    listing: Any = Listing(changed=(), hits=number, hit_types=number, pages=1, seconds=0, is_finished=True)
    status.goes_on(listing)
    yield status.text(is_listing=True, total=number, shown=number, is_narrow=False)
    status.ended(listing)
    yield status.text(is_listing=False, total=number, shown=number, is_narrow=False)
    yield status.text(is_listing=False, total=number, shown=number, is_narrow=True)
    actions = HitTypesButtons()
    actions.show_selection(Selection(chosen=number), shown=number)
    yield actions.accessibleName()
    for files in (HistoryFiles(Any, panel), InboxFiles(Any, panel)):  # type: ignore[arg-type] # nothing is run
        yield files.said(number)[1]
    now = datetime(2026, 1, 31, tzinfo=UTC)
    newest = InboxMessage(message_id="m", seen_at=now, sent_at=now, decoded=decode(""), raw="")
    yield texts(Arrived(count=number, newest=newest))[0]


def test_one_is_never_many(qapp: QApplication) -> None:
    many = re.compile(rf"\b1 (?:[a-z]+ )?(?:{THINGS})\b")
    said = list(said_by_widgets(1))
    assert len(said) > 8
    assert [text for text in said if many.search(text)] == []
    one = re.compile(r"\b2 (HIT type|message|test|change|notification)\b")
    assert [text for text in said_by_widgets(2) if one.search(text)] == []
