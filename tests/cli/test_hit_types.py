# SPDX-License-Identifier: MIT
"""``hit-types`` as a script meets it: what is said, what is recorded, and which exit codes there are."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from notification_tester import cli
from notification_tester.practice.cloud import PracticeCloud
from notification_tester.practice.faults import Faults
from notification_tester.storage.places import HOME_VARIABLE, system_places
from services.parts import until

if TYPE_CHECKING:
    from collections.abc import Iterator

STRANGER = "3STRANGER00000000000000000000"
TYPES = 30


@pytest.fixture(scope="module")
def market() -> Iterator[PracticeCloud]:
    with PracticeCloud.start() as cloud:
        cloud.set_workers(running=False)
        cloud.add_hits(hits=TYPES, hit_types=TYPES)
        yield cloud


class Shell:
    """Runs commands in this process, as somebody would whose variables lead to the market."""

    def __init__(self, cloud: PracticeCloud, capsys: pytest.CaptureFixture[str]) -> None:
        self.cloud = cloud
        self._capsys = capsys

    def __call__(self, *words: str, account: str = "environment") -> tuple[int, dict[str, Any]]:
        """The exit code and the one value that was printed."""
        code = cli.main(["hit-types", *words, "--account", account, "--json"], self_check=lambda _: 99)
        value = json.loads(self._capsys.readouterr().out)
        assert isinstance(value, dict)
        return code, value

    def words(self, *words: str) -> tuple[int, str]:
        """The same in words."""
        code = cli.main(["hit-types", *words, "--account", "environment"], self_check=lambda _: 99)
        return code, self._capsys.readouterr().out

    def apply(self, *words: str, events: str = "AssignmentSubmitted") -> tuple[int, dict[str, Any]]:
        where = ("--transport", "SQS", "--destination", self.cloud.details.queue_url, "--events", events)
        return self("apply", *where, *words)

    def ids(self) -> list[str]:
        _, listed = self("list", "--refresh")
        return [one["hit_type_id"] for one in listed["results"]]

    def is_on(self, hit_type_id: str) -> bool | None:
        setting = self.cloud.settings().get(hit_type_id)
        return None if setting is None else bool(setting["active"])


@pytest.fixture
def shell(
    market: PracticeCloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    details = market.details
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", details.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", details.secret_access_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL", details.mturk_endpoint)
    yield Shell(market, capsys)
    market.set_faults(Faults())


def test_list_tells_what_the_hits_and_the_record_know(shell: Shell) -> None:
    assert shell("list") == (0, {"results": [], "counts": {"hit_types": 0, "hits": 0}, "notes": []})
    one = shell.ids()[0]
    shell.apply(one)
    code, listed = shell("list", "--refresh")
    found = {row["hit_type_id"]: row for row in listed["results"]}
    assert code == 0
    assert listed["counts"]["hits"] == sum(row["hits"] for row in found.values()) >= TYPES
    assert found[one]["setting"]["EventTypes"] == ["AssignmentSubmitted"]
    assert (found[one]["state"], found[one]["active"], found[one]["source"]) == ("applied", True, "here")
    assert found[one]["takes_effect_by"] > found[one]["set_at"]
    assert all(row["newest"] for row in found.values())
    others = [row for row in found.values() if row["hit_type_id"] != one]
    assert {(row["setting"], row["active"], row["source"], row["state"]) for row in others} == {
        (None, None, "not-known", None)
    }


def test_apply_switch_undo_and_reapply(shell: Shell) -> None:
    one, two = shell.ids()[1:3]
    code, told = shell.apply(one, two, one)
    assert code == 0
    assert told["results"] == [{"hit_type_id": each, "state": "applied", "problem": None} for each in (one, two)]
    assert told["counts"] == {"total": 2, "applied": 2, "failed": 0, "unknown": 0, "not_sent": 0}
    assert told["problem"] is None
    applied = shell.cloud.settings()[one]["notification"]
    assert applied["Version"] == "2006-05-05", "the one of which --help says that it is the default"
    assert applied["Destination"] == shell.cloud.details.queue_url
    code, said = shell.words("list")
    assert code == 0
    assert said.count(f"  on, SQS, {shell.cloud.details.queue_url}  ") == 2
    assert "where to is not known" not in said
    assert shell("off", one)[0] == 0
    assert f"{one}  off, SQS, {shell.cloud.details.queue_url}  " in shell.words("list")[1]
    assert (shell.is_on(one), shell.is_on(two)) == (False, True)
    assert shell("on", "--all")[1]["counts"]["applied"] == 2
    assert shell.is_on(one) is True
    shell.apply(two, events="HITExpired,HITReviewable")
    assert shell.cloud.settings()[two]["notification"]["EventTypes"] == ["HITReviewable", "HITExpired"]
    assert shell("undo", two)[0] == 0
    assert shell.cloud.settings()[two]["notification"]["EventTypes"] == ["AssignmentSubmitted"]
    code, told = shell("reapply", "--all")
    assert (code, told["counts"]["applied"]) == (0, 2)


def test_apply_to_all_takes_every_hit_type_of_the_hits(shell: Shell) -> None:
    code, told = shell.apply("--all")
    assert code == 0
    assert told["counts"]["applied"] == len(shell.ids()) >= TYPES
    assert all(setting["active"] for setting in shell.cloud.settings().values())


@pytest.mark.parametrize("word", ["on", "off", "reapply"])
def test_all_without_a_specification_are_those_whose_specification_is_known(shell: Shell, word: str) -> None:
    one, other = shell.ids()[:2]
    shell.apply(one)
    shell("off", other)  # known, and with no specification
    assert f"{other}  off, where to is not known  " in shell.words("list")[1]
    code, told = shell(word, "--all")
    assert code == 0
    assert [row["hit_type_id"] for row in told["results"]] == [one]


def test_one_that_fails_is_a_no_with_its_reason(shell: Shell) -> None:
    one = shell.ids()[4]
    code, told = shell.apply(one, STRANGER)
    assert code == 1
    assert [row["state"] for row in told["results"]] == ["applied", "failed"]
    assert told["results"][1]["problem"]["title"] == "There is no such HIT type here."
    code, said = shell.words("off", STRANGER)
    assert code == 1
    assert said.startswith(f"{STRANGER}  failed  There is no such HIT type here. ")
    assert said.endswith("\ntotal: 1, applied: 0, failed: 1, unknown: 0, not sent: 0.\n")


def test_what_the_record_cannot_undo_is_not_sent(shell: Shell) -> None:
    code, told = shell("undo", shell.ids()[5])
    assert code == 1
    assert told["results"][0]["state"] == "not-sent"
    assert "nothing to undo" in told["results"][0]["problem"]["detail"]


def test_a_refused_account_ends_at_once(shell: Shell) -> None:
    ids = shell.ids()
    shell.cloud.set_faults(Faults(access_denied=True))
    code, told = shell.apply(*ids)
    assert code == 1
    assert (told["counts"]["failed"], told["counts"]["not_sent"]) == (1, len(ids) - 1)
    assert told["problem"] == told["results"][0]["problem"]
    assert told["problem"]["cause"] == "permission"
    code, said = shell.words("off", *ids)
    assert code == 1
    assert f"It ended before its time. {told['problem']['title']}" in said
    assert shell("list", "--refresh")[1]["problem"]["cause"] == "permission"


FROM_A_TERMINAL = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from notification_tester.__main__ import main; sys.exit(main(sys.argv[1:]))"
)
"""As from a terminal: what is started in the background inherits that SIGINT is ignored."""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals for one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
def test_a_signal_ends_it_and_it_tells_what_was_done(shell: Shell, number: signal.Signals) -> None:
    """As Ctrl-C in a terminal, or a service manager: one signal, and then one JSON object that says of each HIT type
    what became of it.
    """
    ids = shell.ids()
    before = shell.cloud.settings()
    shell.cloud.set_faults(Faults(slow_seconds=0.5))
    event = "HITExpired" if number is signal.SIGINT else "HITReviewable"
    words = ["hit-types", "apply", "--account", "environment", "--json", "--transport", "SQS", "--events", event]
    running = subprocess.Popen(
        [sys.executable, "-c", FROM_A_TERMINAL, *words, "--destination", shell.cloud.details.queue_url, *ids],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509 - as "nohup" and "&" do
    )
    try:
        assert until(lambda: shell.cloud.settings() != before)
        running.send_signal(number)
        out, _ = running.communicate(timeout=60)
    finally:
        running.kill()
        running.communicate(timeout=60)
    told = json.loads(out)
    assert running.returncode == 1
    assert told["problem"]["code"] == "hit-type.cancelled"
    assert told["counts"]["not_sent"] > 0
    assert told["counts"]["applied"] > 0
    assert sum(told["counts"].values()) == 2 * len(ids) == 2 * told["counts"]["total"]


@pytest.mark.parametrize("name", ["record.json", "record.csv"])
def test_the_record_goes_out_and_comes_in(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ids = shell.ids()[6:9]
    shell.apply(*ids)
    file = str(tmp_path / name)
    assert shell("export", file) == (0, {"results": [], "counts": {"lines": 3}, "notes": []})
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "elsewhere"))  # another computer
    code, told = shell("import", file)
    assert (code, told["counts"]["added"]) == (0, 3)
    assert {row["source"] for row in shell("list")[1]["results"]} == {"imported"}
    assert shell("import", file)[1]["counts"]["already_there"] == 3
    assert shell.words("import", file) == (0, "added: 0, already there: 3, answered: 0, hit types: 3.\n")
    assert shell.words("export", file) == (0, "lines: 3.\n")


@pytest.mark.parametrize("action", ["export", "import"])
def test_a_record_goes_by_no_stream(
    action: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        cli.main(["hit-types", action, "-"], self_check=lambda _: 99)
    assert ended.value.code == 2
    assert "give its name" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_record_is_not_exported_over_the_own_files_of_the_program(shell: Shell, tmp_path: Path) -> None:
    shell.apply(shell.ids()[0])
    places = system_places()
    places.config.mkdir(parents=True, exist_ok=True)
    places.accounts.write_text('{"version": 1, "accounts": []}', encoding="utf-8")
    link = tmp_path / "record.json"
    if os.name == "posix":  # Wine says that it made a link, and makes none
        link.symlink_to(places.accounts)
    else:
        link = places.config / "record.json"
    before = {own: own.read_bytes() for own in (places.database, places.accounts)}
    for chosen in (places.database, link, places.preferences):
        code, told = shell("export", str(chosen))
        assert (code, told["problem"]["code"]) == (1, "export.not-written")
        assert "it is in the folder of the program's own files. It was left as it is." in told["problem"]["detail"]
    assert {own: own.read_bytes() for own in before} == before
    assert not places.preferences.exists()
    assert len(shell("list")[1]["results"]) == 1


def test_a_foreign_file_is_refused(shell: Shell, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.csv"
    foreign.write_text("a,b\n1,2\n", encoding="utf-8")
    code, told = shell("import", str(foreign))
    assert (code, told["problem"]["code"]) == (2, "ledger-file.foreign")


def newer(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 99")


def smashed(database: Path) -> None:
    """Its beginning is that of a database, and what the record needs cannot be read."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ledger'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def pipe(database: Path) -> None:
    for one in database.parent.glob(f"{database.name}*"):
        one.unlink()
    os.mkfifo(database)


UNREADABLE = {
    "newer": (newer, "storage.newer"),
    "garbage": (lambda database: database.write_bytes(bytes(range(256)) * 64), "storage.damaged"),
    "foreign": (lambda database: database.write_text("date;what\n" * 500), "storage.damaged"),
    "cut off": (lambda database: database.write_bytes(database.read_bytes()[:60]), "storage.damaged"),
    "smashed": (smashed, "storage.damaged"),
    "a pipe": (pipe, "storage.in-the-way"),
}
CHANGES = {
    "apply": ("--transport", "Email", "--destination", "lab@example.org", "--events", "HITExpired"),
    "on": (),
    "off": (),
    "reapply": (),
    "undo": (),
}


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are those of POSIX systems")
@pytest.mark.parametrize("how", UNREADABLE)
def test_without_a_record_nothing_is_changed_and_the_list_says_so(
    shell: Shell, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    one, (spoil, code) = shell.ids()[0], UNREADABLE[how]
    if spoil is smashed:
        shell.apply(one)
    database = system_places().database
    spoil(database)
    before = shell.cloud.settings()
    for word in CHANGES if how == "garbage" else ("off",):
        exit_code, told = shell(word, *CHANGES[word], one)
        problem = told["problem"]
        assert (exit_code, problem["title"]) == (1, "Nothing was sent, because it cannot be recorded."), word
        assert problem["code"] == code, word
        assert str(database) in problem["detail"]
    if code == "storage.damaged":
        assert "give that file, with its -wal and -shm beside it, another name" in problem["remedy"]
    assert shell.cloud.settings() == before
    exit_code, listed = shell("list")
    assert (exit_code, listed["results"], listed["problem"]["code"]) == (1, [], code)
    exit_code, listed = shell("list", "--refresh")
    assert (exit_code, len(listed["results"]) >= TYPES, listed["problem"]["code"]) == (1, True, code)
    exit_code = cli.main(["hit-types", "list", "--account", "environment"], self_check=lambda _: 99)
    said = capsys.readouterr()
    assert exit_code == 1
    assert said.out.startswith("0 HIT types. The record cannot be read, so what is set is not known. With --refresh")
    assert listed["problem"]["title"] in said.err


def test_a_record_that_cannot_be_written_is_told_before_anything_is_collected(shell: Shell) -> None:
    """Collecting takes minutes where there are many HITs; here it could not even begin."""
    shell.ids()
    system_places().database.write_bytes(b"no database" * 1000)
    shell.cloud.set_faults(Faults(access_denied=True))
    exit_code, told = shell.apply("--all")
    assert (exit_code, told["problem"]["code"]) == (1, "storage.damaged")
    assert told["problem"]["title"] == "Nothing was sent, because it cannot be recorded."


def test_the_record_cannot_be_read_and_the_hits_are_listed_all_the_same(shell: Shell, tmp_path: Path) -> None:
    count = len(shell.ids())
    system_places().database.write_bytes(b"no database" * 1000)
    code, said = shell.words("list", "--refresh")
    assert code == 1
    assert {row["state"] for row in shell("list", "--refresh")[1]["results"]} == {None}
    assert said.count("not known, as the record cannot be read") == count
    assert f"{count} HIT types. This is what Mechanical Turk's HITs tell. The record cannot be read" in said
    for words in (("export", str(tmp_path / "x.json")), ("import", str(tmp_path / "x.json"))):
        assert shell(*words)[0] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="an open file keeps its name there")
def test_what_is_said_to_do_about_a_damaged_record_helps(shell: Shell) -> None:
    one = shell.ids()[0]
    database = system_places().database
    database.write_bytes(b"no database" * 1000)
    assert shell("off", one)[0] == 1
    for found in database.parent.glob(f"{database.name}*"):
        found.rename(found.with_name(f"kept-{found.name}"))
    assert shell.apply(one)[0] == 0


def test_a_record_of_a_newer_version_is_told_and_left_alone(shell: Shell) -> None:
    one = shell.ids()[0]
    shell.apply(one)
    database = system_places().database
    newer(database)
    before = database.read_bytes()
    code, said = shell.words("list")
    assert code == 1
    assert "Note: The history comes from a newer version of the program." in said
    assert shell("list")[1]["notes"] == ["The history comes from a newer version of the program."]
    assert shell("off", one)[0] == 1
    assert database.read_bytes() == before


def test_one_is_one(shell: Shell) -> None:
    shell.apply(shell.ids()[0])
    _, said = shell.words("list")
    assert "1 HIT type. " in said
    assert "0 HITs  \n" in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(("undo", "3lower"), "hit-type.id", id="malformed id"),
        pytest.param(("on",), "hit-types.none-chosen", id="no id"),
        pytest.param(("undo",), "hit-types.none-chosen", id="no id, and no all"),
        pytest.param(("import", "nowhere.csv"), "ledger-file.missing", id="no such file"),
        pytest.param(("on", "--all", "3ABC"), "hit-types.none-chosen", id="ids and all"),
        pytest.param(("reapply", "--all"), "hit-types.none-chosen", id="nothing recorded"),
        pytest.param(
            ("apply", "--transport", "SQS", "--destination", "x", "--events", "HITExpired", "3ABC"),
            "destination.queue",
            id="destination",
        ),
        pytest.param(
            ("apply", "--transport", "Email", "--destination", "a@example.org", "--events", "Ping,HITExpired", "3ABC"),
            "events.ping",
            id="Ping",
        ),
        pytest.param(
            ("apply", "--transport", "Email", "--destination", "a@example.org", "--events", ",", "3ABC"),
            "events.none",
            id="no event",
        ),
    ],
)
def test_wrong_words_are_said_and_nothing_is_sent(shell: Shell, words: tuple[str, ...], code: str) -> None:
    before = shell.cloud.settings()
    exit_code, told = shell(*words)
    assert (exit_code, set(told)) == (2, {"problem"})
    assert told["problem"]["code"] == code
    assert shell.cloud.settings() == before


def test_which_are_to_be_named_is_said(shell: Shell) -> None:
    some_or_all = "Either some HIT types are named or all of them are meant."
    named = "This is done for HIT types that are named, never for all at once."
    for words, title, detail, remedy in (
        (("on",), "No HIT type is chosen.", some_or_all, "Give ids, with blanks between them, or --all."),
        (("on", "--all", "3ABC"), "Ids and --all do not go together.", some_or_all,
         "Give ids, with blanks between them, or --all."),
        (("undo",), "No HIT type is chosen.", named, "Give ids, with blanks between them."),
    ):  # fmt: skip
        problem = shell(*words)[1]["problem"]
        assert [problem[part] for part in ("title", "detail", "remedy")] == [title, detail, remedy]


def test_live_wants_a_yes(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    for words in (("off", "3ABC"), ("undo", "3ABC"), ("import", "x.json")):
        code, told = shell(*words)
        assert (code, told["problem"]["code"]) == (2, "live.not-confirmed")


def test_ids_from_standard_input(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = shell.ids()[:3]
    given = "HITTypeId,x\n" + "".join(f"{one},1\n" for one in ids)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
    assert shell.apply("-")[1]["counts"]["applied"] == 3


def test_practice_lives_as_long_as_the_command(shell: Shell) -> None:
    code, told = shell("list", "--refresh", account="practice")
    assert code == 0
    assert told["results"]
    words = ("apply", "--transport", "SNS", "--events", "HITExpired", "--all")
    code, told = shell(*words, account="practice")
    assert (code, told["counts"]["applied"]) == (0, told["counts"]["total"])
    assert shell("list", account="practice")[1]["results"] == []


def test_no_key_is_in_any_file(shell: Shell) -> None:
    shell.apply(*shell.ids()[:3])
    shell("apply", "--transport", "SQS", "--events", "HITExpired", "--all", account="practice")
    home = Path(os.environ["HOME"])
    written = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert written
    details = shell.cloud.details
    assert not any(
        details.secret_access_key.encode() in one or details.access_key_id.encode() in one for one in written
    )
