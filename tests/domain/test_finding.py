# SPDX-License-Identifier: MIT
"""A report names the worst first, never calls the unknown good, and lets no foreign text become markup."""

from __future__ import annotations

import json
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.checkup_report import CheckupReport
from notification_tester.domain.destination import Transport
from notification_tester.domain.finding import Finding, Level
from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.domain.way import way_of_findings


def finding(finding_id: str, level: Level) -> Finding:
    return Finding(id=finding_id, level=level, title=f"{finding_id} is {level}")


texts = st.text(max_size=40)
findings = st.builds(
    Finding,
    id=st.sampled_from(["account.keys", "account.set", "queue.policy", "topic.filters", "email.domain", "other"]),
    level=st.sampled_from(Level),
    title=texts,
    detail=texts,
    why=texts,
    remedy=texts,
    fixable=st.booleans(),
)


@given(st.lists(findings, max_size=8))
def test_the_verdict_is_the_worst_of_all(found: list[Finding]) -> None:
    report = CheckupReport.of(found)
    levels = {one.level for one in found}
    expected = next(
        (level for level in (Level.BROKEN, Level.UNKNOWN, Level.BEWARE, Level.GOOD) if level in levels), Level.UNKNOWN
    )
    assert report.verdict is expected
    assert sorted(map(repr, report.findings)) == sorted(map(repr, found))


def test_causes_come_before_consequences() -> None:
    ids = ["queue.redrive", "queue.encryption", "queue.policy", "account.test", "account.clock", "account.network"]
    report = CheckupReport.of([finding(one, Level.BROKEN) for one in ids])
    assert [one.id for one in report.findings] == [
        "account.network",
        "account.clock",
        "account.test",
        "queue.policy",
        "queue.encryption",
        "queue.redrive",
    ]


def test_what_is_broken_comes_before_any_doubt_about_causes() -> None:
    report = CheckupReport.of([finding("account.keys", Level.UNKNOWN), finding("queue.size", Level.BROKEN)])
    assert report.findings[0].id == "queue.size"


def test_as_json() -> None:
    one = Finding(id="queue.policy", level=Level.BROKEN, title="t", detail="d", why="w", remedy="r", fixable=True)
    assert one.as_json() == {
        "id": "queue.policy",
        "level": "broken",
        "title": "t",
        "detail": "d",
        "why": "w",
        "remedy": "r",
        "fixable": True,
    }
    assert "why" not in finding("x", Level.GOOD).as_json()
    assert CheckupReport.of([one]).as_json()["verdict"] == "broken"


def test_everything_is_told_in_its_order_as_text_and_as_a_page() -> None:
    closed = Finding(
        id="queue.policy",
        level=Level.BROKEN,
        title="It is closed.",
        detail="To all.",
        why="Nothing comes.",
        remedy="Open.",
    )
    report = CheckupReport.of(
        [finding("x", Level.GOOD), closed],
        about="Lab, \u202eq",
        way=way_of_findings(Transport.SQS, "q", [closed]),
    )
    assert report.as_text() == (
        "Checkup of Mechanical Turk notifications: broken\n\n"
        "Lab, �q\n\n"
        "[broken] It is closed.\n  To all.\n  Why it matters: Nothing comes.\n  What to do: Open.\n\n"
        "[good] x is good\n\n"
        "A message would stop at the door of q.\n  Mechanical Turk to Queue q: stopped here. It is closed.\n"
        "  Queue q to You: not tried yet.\n"
    )
    assert report.as_html().partition("<body>\n")[2] == (
        "<h1>Checkup of Mechanical Turk notifications: broken</h1>\n<p>Lab, �q</p>\n"
        '<section class="broken"><h2>It is closed. (broken)</h2><p>To all.</p>'
        "<p><b>Why it matters:</b> Nothing comes.</p><p><b>What to do:</b> Open.</p></section>\n"
        '<section class="good"><h2>x is good (good)</h2></section>\n'
        "<p>A message would stop at the door of q.</p>\n<ul><li>Mechanical Turk to Queue q: stopped here. It is closed."
        "</li><li>Queue q to You: not tried yet.</li></ul>\n</body>\n</html>\n"
    )
    assert report.finding("x") == finding("x", Level.GOOD)
    assert report.finding("y") is None
    nothing = CheckupReport.of([])
    assert nothing.as_text() == "Checkup of Mechanical Turk notifications: cannot tell\n"
    assert "<ul>" not in nothing.as_html()


def test_what_has_the_name_of_a_cause_and_is_of_the_account_is_none() -> None:
    ids = ["account.policy", "other.thing", "topic.policy", "account.set"]
    assert [one.id for one in CheckupReport.of([finding(one, Level.BROKEN) for one in ids]).findings] == [
        "topic.policy",
        "account.policy",
        "other.thing",
        "account.set",
    ]


def test_a_problem_as_a_finding() -> None:
    problem = Problem(
        title="No.", detail="It says no.", remedy="Ask.", code="x", cause=Cause.REFUSED, remedies=(Remedy.TRY_AGAIN,)
    )
    found = Finding.of_problem(problem, "queue.policy", Level.UNKNOWN, why="Nothing comes.")
    assert found == Finding(
        id="queue.policy",
        level=Level.UNKNOWN,
        title="No.",
        detail="It says no.",
        why="Nothing comes.",
        remedy="Ask.",
        remedies=(Remedy.TRY_AGAIN,),
    )
    assert not found.fixable
    other = Finding.of_problem(problem, "queue.policy", Level.UNKNOWN, title="Not told.", detail="Who knows.")
    assert (other.title, other.detail) == ("Not told.", "Who knows.")


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.lists(findings, max_size=5), texts)
def test_foreign_text_never_becomes_markup(found: list[Finding], about: str) -> None:
    report = CheckupReport.of(found, about=about)
    reader = Reader()
    reader.feed(report.as_html())
    assert reader.tags <= {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "b", "section"}
    report.as_html().encode()
    report.as_text().encode()
    json.dumps(report.as_json())


def test_markup_is_shown_as_it_was_written() -> None:
    hostile = Finding(
        id="x", level=Level.BROKEN, title="<script>alert(1)</script>", detail='"><img src=x>', remedy="a\nb"
    )
    report = CheckupReport.of([hostile], about="<b>Lab</b>")
    assert "<script>" not in report.as_html()
    assert "&lt;script&gt;" in report.as_html()
    assert "&lt;b&gt;Lab" in report.as_html()
    assert "What to do: a b" in report.as_text()


def test_unknown_reads_as_cannot_tell() -> None:
    text = CheckupReport.of([finding("x", Level.UNKNOWN)]).as_text()
    assert "[cannot tell]" in text
    assert "good" not in text
