# SPDX-License-Identifier: MIT
"""The ledger as a file: exact in both formats, refused whole where anything is wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer
from notification_tester.domain.setting import Action, Change, LineState, Setting, apply, send_again, switch
from notification_tester.domain.specifications.reading import read_specification
from notification_tester.storage.database import Database
from notification_tester.storage.ledger import Ledger
from notification_tester.storage.ledger import file as ledger_file
from notification_tester.storage.ledger.file import ImportSummary, export_csv, export_json, import_lines, read_file
from storage.conftest import NOW
from storage.ledger.test_ledger import FAILED, HERE, ONE, TWO, A, B, send
from storage.test_export import cells_for_every_reader, is_a_formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TextIO

    Export = Callable[[Ledger, str, str, TextIO], int]

EXPORTS = [pytest.param(export_json, id="json"), pytest.param(export_csv, id="csv")]


def written(export: Export, ledger: Ledger, account: str = HERE[0]) -> str:
    file = io.StringIO(newline="")
    export(ledger, account, HERE[1], file)
    return file.getvalue()


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Ledger]:
    with Database(tmp_path / "elsewhere" / "h.sqlite3") as database:
        yield Ledger(database)


def fill(ledger: Ledger) -> None:
    send(ledger, apply(ONE, A))
    send(ledger, switch(ONE, None, on=False), LineState.FAILED, minutes=1)
    send(ledger, apply(TWO, B), None, minutes=2)
    send(ledger, apply(TWO, A), LineState.UNKNOWN, minutes=-60)  # the clock was set back


def test_the_newest_setting_of_a_record_is_opened_as_a_specification(ledger: Ledger) -> None:
    send(ledger, apply(TWO, B))
    send(ledger, apply(ONE, A), minutes=1)
    send(ledger, switch(ONE, None, on=False), minutes=2)
    send(ledger, apply(ONE, B, active=False), minutes=3)
    found = read_specification(written(export_json, ledger))
    assert (found.hit_type_id, found.active, found.specification()) == (ONE, False, B)


@pytest.mark.parametrize("export", EXPORTS)
def test_a_record_comes_back_exactly(export: Export, ledger: Ledger, elsewhere: Ledger, tmp_path: Path) -> None:
    fill(ledger)
    text = written(export, ledger)
    path = tmp_path / "record"
    path.write_bytes(text.encode("utf-8-sig"))
    lines = read_file(path)
    assert lines == read_file(text)
    assert import_lines(elsewhere, *HERE, lines, now=NOW) == ImportSummary(
        added=4, already_there=0, answered=0, hit_types=2
    )
    assert written(export, elsewhere) == text
    mine, theirs = ledger.lines(*HERE, ONE), elsewhere.lines(*HERE, ONE)
    assert [(line.at, line.change, line.state, line.answered, line.problem) for line in mine] == [
        (line.at, line.change, line.state, line.answered, line.problem) for line in theirs
    ]
    assert all(line.imported for line in theirs)
    assert {line.state for line in elsewhere.lines(*HERE, TWO)} == {LineState.UNKNOWN}
    assert import_lines(elsewhere, *HERE, lines, now=NOW).already_there == 4
    assert import_lines(ledger, *HERE, lines, now=NOW).added == 0  # back where it came from
    assert written(export, elsewhere) == written(export, ledger) == text


@pytest.mark.parametrize("export", EXPORTS)
def test_an_empty_record_is_a_record(export: Export, ledger: Ledger) -> None:
    assert read_file(written(export, ledger)) == []


TEXT = st.text(max_size=20) | st.sampled_from(
    ["=1+1", "'", "''=1", " -2", "\t@x", "\\u003d", "\\", "\ud800", "\ufeff", "a\r\nb", "\0", "\u2028", '",', "＝1"]
)
PROBLEM = st.builds(
    Problem,
    title=TEXT,
    detail=TEXT,
    remedy=TEXT,
    code=TEXT,
    cause=st.sampled_from(Cause),
    answer=st.builds(
        ServiceAnswer,
        code=TEXT,
        turk_error_code=TEXT,
        message=TEXT,
        request_id=TEXT,
        http_status=st.integers(0, 999),
    ),
)
SPEC = st.sampled_from([A, B])
ACTIVE = st.booleans()
HIT_TYPE = st.from_regex(r"3[A-Z0-9]{1,2}", fullmatch=True).map(HitTypeId)
CHANGE = st.builds(
    Change,
    hit_type_id=HIT_TYPE,
    action=st.sampled_from(Action),
    spec=SPEC,
    active=ACTIVE,
    after=st.builds(Setting, spec=SPEC, active=st.none() | ACTIVE),
) | st.builds(switch, HIT_TYPE, st.none(), on=ACTIVE)
ANSWER = st.sampled_from([LineState.APPLIED, LineState.FAILED, LineState.UNKNOWN])
WHEN = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - see timezones
BATCH = st.tuples(WHEN, st.lists(st.tuples(CHANGE, st.none() | st.tuples(ANSWER, st.none() | PROBLEM)), max_size=4))


@settings(max_examples=30)
@given(account=TEXT, batches=st.lists(BATCH, max_size=4))
def test_any_record_comes_back_byte_for_byte(
    account: str,
    batches: Sequence[tuple[datetime, Sequence[tuple[Change, tuple[LineState, Problem | None] | None]]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, Database(Path(folder) / "a" / "h") as database:
        ledger = Ledger(database)
        for now, batch in batches:
            ids = ledger.plan(account, HERE[1], [change for change, _ in batch], now=now)
            answers = [(line, *answer) for line, (_, answer) in zip(ids, batch, strict=True) if answer is not None]
            ledger.answer(answers, now=now + timedelta(seconds=1))
        for number, export in enumerate((export_json, export_csv)):
            text = written(export, ledger, account)
            with Database(Path(folder) / str(number) / "h") as other:
                import_lines(Ledger(other), account, HERE[1], read_file(text), now=NOW)
                assert written(export, Ledger(other), account) == text
                assert text.encode("utf-8") if export is export_csv else text.isascii()


def test_no_cell_is_a_formula(ledger: Ledger) -> None:
    for title in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "'=1"):
        (line,) = ledger.plan(*HERE, [apply(ONE, A)], now=NOW)
        problem = Problem(title=title, detail="", remedy="", code="", cause=Cause.REFUSED)
        ledger.answer([(line, LineState.FAILED, problem)], now=NOW)
    text = written(export_csv, ledger)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == text.count("\r\n") == 12
    for cell in (cell for row in rows for cell in row):
        assert cell.strip()[:1] not in {"=", "+", "-", "@", "＝"}
        assert cell == "" or cell.isprintable()
    assert [line.problem.title for line in read_file(text) if line.problem][:2] == ["=1+1", "+1"]


@pytest.mark.parametrize("before", ["", ";", "a;", "a;;", "a\t", "a\n", '"', 'a;"', "a; ", "'", "a;\u200b"])
def test_no_cell_is_a_formula_for_any_reader_and_all_come_back(ledger: Ledger, before: str) -> None:
    unseen = ("", " ", "\u200b", "\xa0", "\ufeff", "\xad", "\t", "\x00", "\u202e", "\u3000")
    titles = [f"{before}{one}{sign}1+1" for one in unseen for sign in "=+-@＝＋－＠"]
    for title in titles:
        (line,) = ledger.plan(*HERE, [apply(ONE, A)], now=NOW)
        problem = Problem(title=title, detail=title, remedy=title, code=title, cause=Cause.REFUSED)
        ledger.answer([(line, LineState.FAILED, problem)], now=NOW)
    text = written(export_csv, ledger)
    assert [cell for cell in cells_for_every_reader(text) if is_a_formula(cell)] == []
    assert [line.problem.title for line in read_file(text) if line.problem] == titles


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices are those of POSIX systems")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe, device = tmp_path / "pipe", tmp_path / "device"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    for path in (pipe, device, tmp_path):
        with pytest.raises(ProblemError) as caught:
            read_file(path)
        assert caught.value.problem.code == "ledger-file.no-file"
    monkeypatch.setattr(ledger_file, "LONGEST", 100)
    (tmp_path / "long.csv").write_text("x" * 101)
    with pytest.raises(ProblemError) as caught:
        read_file(tmp_path / "long.csv")
    assert caught.value.problem.code == "ledger-file.too-long"
    (tmp_path / "long.csv").write_text("x" * 100)
    with pytest.raises(ProblemError) as caught:
        read_file(tmp_path / "long.csv")
    assert caught.value.problem.code == "ledger-file.foreign", "so long it may be"
    with pytest.raises(ProblemError) as caught:
        read_file(tmp_path / "long.csv" / "record.csv")
    assert caught.value.problem.code == "storage.in-the-way"


def test_imported_lines_take_their_place_by_time(ledger: Ledger, elsewhere: Ledger) -> None:
    send(elsewhere, apply(ONE, A), minutes=0)
    send(elsewhere, apply(TWO, A), minutes=10)
    for hit_type_id in (ONE, TWO):
        send(ledger, apply(hit_type_id, B), minutes=5)
    import_lines(ledger, *HERE, read_file(written(export_json, elsewhere)), now=NOW)
    known = ledger.known(*HERE)
    assert known[ONE].setting.spec == B
    assert known[ONE].before == Setting(spec=A, active=True)
    assert known[TWO].setting.spec == A
    set_by = known[TWO].set_by
    assert set_by is not None
    assert set_by.imported
    send(ledger, switch(TWO, None, on=False), minutes=6)  # our clock is behind, and still ours came later
    assert ledger.known(*HERE)[TWO].setting == Setting(spec=A, active=False)


def test_of_what_is_not_known_since_one_moment_our_own_line_is_the_newest(ledger: Ledger, elsewhere: Ledger) -> None:
    mine = send(ledger, apply(ONE, B), LineState.UNKNOWN)
    send(elsewhere, apply(ONE, A), LineState.UNKNOWN)
    import_lines(ledger, *HERE, read_file(written(export_csv, elsewhere)), now=NOW)
    lines = ledger.unknown_lines(*HERE)
    assert [line.id for line in lines] == [mine, mine + 1]
    assert [change.spec for change in send_again(lines, ledger.known(*HERE))] == [B]


def test_of_one_moment_our_own_line_counts(ledger: Ledger, elsewhere: Ledger) -> None:
    send(ledger, apply(ONE, B))
    send(elsewhere, apply(ONE, A))
    import_lines(ledger, *HERE, read_file(written(export_csv, elsewhere)), now=NOW)
    assert ledger.known(*HERE)[ONE].setting.spec == B


def test_a_later_file_brings_the_answer(ledger: Ledger, elsewhere: Ledger) -> None:
    line = send(elsewhere, apply(ONE, A), None)
    import_lines(ledger, *HERE, read_file(written(export_csv, elsewhere)), now=NOW)
    assert [one.state for one in ledger.unknown_lines(*HERE)] == [LineState.UNKNOWN]
    elsewhere.answer([(line, LineState.FAILED, FAILED)], now=NOW)
    summary = import_lines(ledger, *HERE, read_file(written(export_csv, elsewhere)), now=NOW)
    assert summary == ImportSummary(added=0, already_there=1, answered=1, hit_types=1)
    assert ledger.lines(*HERE, ONE)[0].problem == FAILED
    assert ledger.unknown_lines(*HERE) == []


def test_another_environment_is_refused(ledger: Ledger) -> None:
    fill(ledger)
    lines = read_file(written(export_csv, ledger))
    with pytest.raises(ProblemError, match="another environment") as caught:
        import_lines(ledger, "Lab", "production", lines, now=NOW)
    assert caught.value.problem.detail.startswith("Line 3: ")
    assert ledger.known("Lab", "production") == {}


JSON_DAMAGE = [
    pytest.param("", "ledger-file.foreign", 1, id="empty"),
    pytest.param("{}", "ledger-file.foreign", 1, id="no header"),
    pytest.param("{\n\n}", "ledger-file.foreign", 1, id="no header on three lines"),
    pytest.param("[1]", "ledger-file.foreign", 1, id="a list"),
    pytest.param("{" * 100_000, "ledger-file.damaged", 1, id="deep"),
    pytest.param("[" * 100_000, "ledger-file.damaged", 1, id="deeper"),
    pytest.param('"version": 2,->"version": 3,', "ledger-file.newer", 3, id="newer"),
    pytest.param('"version": 2,->"version": true,', "ledger-file.damaged", 3, id="version of another kind"),
    pytest.param('"version": 2,->"version": 0,', "ledger-file.damaged", 3, id="no such version"),
    pytest.param('"version": 2,->"version": "2",', "ledger-file.damaged", 3, id="version as a text"),
    pytest.param('"version": 2,->"version": 2, "version": 2,', "ledger-file.damaged", 1, id="twice"),
    pytest.param('"account": "Lab"->"account": 7', "ledger-file.damaged", 4, id="account"),
    pytest.param('"environment": "sandbox"->"environment": ""', "ledger-file.damaged", 5, id="no environment"),
    pytest.param('"environment": "sandbox"->"environment": 7', "ledger-file.damaged", 5, id="environment"),
    pytest.param('"count": 4->"count": true', "ledger-file.damaged", 6, id="count of another kind"),
    pytest.param('"count": 4->"count": 5', "ledger-file.damaged", 13, id="a line is missing"),
    pytest.param('"count": 4,->"count": 4, "more": 1,', "ledger-file.damaged", 1, id="a part too many"),
    pytest.param('"lines": [->"rows": [', "ledger-file.damaged", 1, id="no lines"),
    pytest.param('"lines": [->"lines": {"0": 1}}', "ledger-file.damaged", 8, id="more after the record"),
    pytest.param('"at": "2026-01-31T23:59:59.123Z"->"at": "2026-02-31T23:59:59.123Z"', None, 8, id="no such day"),
    pytest.param('"at": "2026-01-31T23:59:59.123Z"->"at": "2026-01-31 23:59"', None, 8, id="another time"),
    pytest.param('"order": "2026-01-31T23:59:59.123Z"->"order": "2026-01-30T23:59:59.123Z"', None, 8, id="order"),
    pytest.param('"state": "failed"->"state": "pending"', None, 9, id="pending"),
    pytest.param('"state": "failed"->"state": "gone"', None, 9, id="no such state"),
    pytest.param('"action": "off"->"action": "of"', None, 9, id="no such action"),
    pytest.param('"3ONE"->"3one"', None, 8, id="bad id"),
    pytest.param('"3ONE"->" 3ONE"', None, 8, id="blank before an id"),
    pytest.param('"sent": null->"sent": 3', None, 9, id="spec of another kind"),
    pytest.param('"active": false->"active": null', None, 9, id="neither on nor off"),
    pytest.param('["AssignmentReturned", "HITExpired"]->["Ping"]', None, 10, id="Ping"),
    pytest.param('["AssignmentReturned", "HITExpired"]->["HITExpired", "HITExpired"]', None, 10, id="event twice"),
    pytest.param('["AssignmentReturned", "HITExpired"]->[]', None, 10, id="no event"),
    pytest.param('["AssignmentReturned", "HITExpired"]->"HITExpired"', None, 10, id="events of another kind"),
    pytest.param('"Transport": "SQS"->"Transport": "SNS"', None, 8, id="transport and destination"),
    pytest.param('"Version": "2006-05-05"->"Version": "2006"', None, 8, id="no such version"),
    pytest.param('"cause": "refused"->"cause": "x"', None, 9, id="no such cause"),
    pytest.param('"http_status": 400->"http_status": "400"', None, 9, id="status of another kind"),
    pytest.param('"http_status": 400->"http_status": true', None, 9, id="status that is no number"),
    pytest.param('"http_status": 400->"http_status": -1', None, 9, id="status below nothing"),
    pytest.param('"http_status": 400->"http_status": 1000000000', None, 9, id="status beyond all bounds"),
    pytest.param('"answered": "2026-02-01T00:00:00.123Z"->"answered": null', None, 8, id="applied and not answered"),
    pytest.param('"problem": {->"problam": {', None, 9, id="another name"),
    pytest.param('"state": "unknown"->"state" "unknown"', None, 10, id="not JSON"),
]


@pytest.mark.parametrize(("damage", "code", "line"), JSON_DAMAGE)
def test_damaged_json_is_refused_with_its_line(ledger: Ledger, damage: str, code: str | None, line: int) -> None:
    fill(ledger)
    text = written(export_json, ledger)
    before, arrow, after = damage.partition("->")
    assert before in text or not arrow
    changed = text.replace(before, after, 1) if arrow else damage
    with pytest.raises(ProblemError) as caught:
        read_file(changed)
    assert caught.value.problem.code == (code or "ledger-file.damaged")
    assert caught.value.problem.detail.startswith(f"Line {line}: "), caught.value.problem
    assert "Nothing was imported." in caught.value.problem.detail
    assert ".." not in caught.value.problem.detail


@pytest.mark.parametrize("lines", [0, {}, "", None])
def test_lines_that_are_no_list_are_refused(lines: object) -> None:
    header = {"format": ledger_file.FORMAT, "version": 2, "account": "Lab", "environment": "sandbox", "count": 0}
    assert read_file(json.dumps({**header, "lines": []})) == []
    with pytest.raises(ProblemError, match="damaged") as caught:
        read_file(json.dumps({**header, "lines": lines}))
    assert caught.value.problem.detail == "Line 1: it does not have the parts of a record. Nothing was imported."


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        pytest.param("record,2,", "record,3,", "newer", 1, id="newer"),
        pytest.param("record,2,", "record,x,", "damaged", 1, id="no version"),
        pytest.param("mturk-notification", "other", "foreign", 1, id="foreign"),
        pytest.param(",sandbox,4", ",sandbox,5", "damaged", 6, id="a line is missing"),
        pytest.param(",sandbox,4", ",sandbox", "damaged", 1, id="no number of lines"),
        pytest.param(",Lab,sandbox", ",La\\x,sandbox", "damaged", 1, id="a backslash in the account"),
        pytest.param("set at (UTC)", "set at", "damaged", 2, id="another column"),
        pytest.param("2006-05-05,AssignmentSubmitted,on", "2006-05-05,AssignmentSubmitted,yes", "damaged", 3, id="on"),
        pytest.param(",failed,", ",failed,,", "damaged", 4, id="a cell too many"),
        pytest.param(",failed,", ',"failed,', "damaged", 4, id="a quote"),
        pytest.param("'=1+1", "\\x=1+1", "damaged", 4, id="a backslash"),
        pytest.param("'=1+1", "\u202e\x01", "damaged", 4, id="a control character"),
        pytest.param("AssignmentReturned HITExpired", "AssignmentReturned  HITExpired", "damaged", 5, id="blanks"),
        pytest.param("\r\n3TWO", "\r\n\r\n3TWO", "damaged", 7, id="an empty line"),
        pytest.param("400\r\n", "4e2\r\n", "damaged", 4, id="status"),
    ],
)
def test_damaged_csv_is_refused_with_its_line(ledger: Ledger, before: str, after: str, code: str, line: int) -> None:
    fill(ledger)
    text = written(export_csv, ledger)
    assert before in text
    with pytest.raises(ProblemError) as caught:
        read_file(text.replace(before, after, 1))
    assert caught.value.problem.code == f"ledger-file.{code}"
    assert caught.value.problem.detail.startswith(f"Line {line}: "), caught.value.problem


@pytest.mark.parametrize("export", EXPORTS)
def test_a_file_that_was_cut_off_is_refused_wherever(export: Export, ledger: Ledger) -> None:
    fill(ledger)
    text = written(export, ledger)
    whole = read_file(text)
    for end in range(len(text)):
        with suppress(ProblemError):
            assert read_file(text[:end]) == whole  # only what says nothing may be missing: the last line break
            assert end >= len(text) - 1


def test_lines_are_numbered_however_json_is_laid_out(ledger: Ledger) -> None:
    fill(ledger)
    value = json.loads(written(export_json, ledger))
    text = json.dumps(value, indent=1)
    numbers = [line.number for line in read_file(text)]
    assert [text.splitlines()[number - 1].strip() for number in numbers] == ["{"] * 4
    assert len(set(numbers)) == 4


def test_what_is_no_text_and_what_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "record.csv"
    path.write_bytes(b"a\nb\n\xff\n")
    with pytest.raises(ProblemError, match="Line 3: ") as caught:
        read_file(path)
    assert caught.value.problem.code == "ledger-file.damaged"
    with pytest.raises(ProblemError) as caught:
        read_file(tmp_path / "gone")
    assert caught.value.problem.code == "ledger-file.missing"
    with pytest.raises(ProblemError) as caught:
        read_file(tmp_path)
    assert caught.value.problem.cause is Cause.STORAGE


@given(st.text() | st.text().map(lambda text: "mturk-notification-tester record,1," + text))
def test_any_other_text_is_a_problem(text: str) -> None:
    with pytest.raises(ProblemError):
        read_file(text)
