# SPDX-License-Identifier: MIT
"""Whatever the program writes under a name: whole or not at all, and what a person made of that name stays."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import notification_tester
from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.problem import Cause, ProblemError
from notification_tester.services.history_export import export_history
from notification_tester.services.hit_types.record import SettingRecord
from notification_tester.services.inbox.export import export_inbox, save_message
from notification_tester.services.session import Session
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.inbox import Inbox
from notification_tester.storage.inbox_rows import InboxQuery
from notification_tester.storage.ownership import Ownership, part_name, remove_abandoned_in
from notification_tester.storage.places import Places
from notification_tester.storage.preferences import WAIT_SECONDS, Preferences
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.whole_file import replacing, save_bytes, secret_file, whole_file
from storage.conftest import NOW, beginning, ending, needs_strace, system_calls
from storage.test_inbox import body, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, modes and devices are those of POSIX systems")

LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)
BEFORE = '{"version": 1, "accounts": []}'
"""What every writer takes for a file that it may replace."""


class Writers:
    """Everything of the program that writes a file under a name that a person may have chosen or changed."""

    NAMES = ("history as JSON", "history as a table", "record", "inbox", "message", "report", "settings", "accounts")

    def __init__(self, session: Session) -> None:
        self._session = session
        assert session.history is not None
        session.history.complete(session.history.begin(beginning(), now=NOW), ending())
        self._inbox = Inbox(session.owner)
        (self._message,) = self._inbox.keep([message("m1", body("HITCreated"))])

    def write(self, name: str, path: Path) -> None:
        """Write as the program does."""
        history, record = self._session.history, SettingRecord(self._session.ledger, "Lab", "sandbox")
        assert history is not None
        match name:
            case "history as JSON" | "history as a table":
                export_history(history, HistoryQuery(), path)
            case "record":
                record.export_to(path)
            case "inbox":
                export_inbox(self._inbox, InboxQuery(), path)
            case "message":
                save_message(self._message, path)
            case "report":
                save_bytes(path, b"<p>Good</p>", what="the report", owner=self._session.owner)
            case "settings":
                Preferences(path).set(WAIT_SECONDS, 33)
            case _:
                AccountList(path).add(LAB)

    def close(self) -> None:
        self._inbox.close()

    @staticmethod
    def file_of(name: str, folder: Path) -> Path:
        return folder / ("file.csv" if name == "history as a table" else "file.json")


@pytest.fixture
def writers(session: Session) -> Iterator[Writers]:
    with closing(Writers(session)) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "chosen"
    made.mkdir()
    return made


@pytest.fixture(params=Writers.NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def refusal(call: Callable[[], object]) -> str:
    """The sentence of a refusal."""
    with pytest.raises(ProblemError) as caught:
        call()
    problem = caught.value.problem
    assert problem.title.endswith(".")
    assert problem.remedy
    return problem.detail


def test_a_symbolic_link_stays_one_and_what_it_leads_to_is_replaced(
    writers: Writers, name: str, folder: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    real, link, link_to_link = elsewhere / "real", writers.file_of(name, folder), folder / "second"
    real.write_text(BEFORE)
    real.chmod(0o640)
    link_to_link.symlink_to(real)
    link.symlink_to("second")
    writers.write(name, link)
    assert link.is_symlink()
    assert link_to_link.is_symlink()
    assert real.read_text(encoding="utf-8-sig") != BEFORE
    assert real.stat().st_mode & 0o777 == 0o640
    assert set(folder.iterdir()) == {link, link_to_link}
    assert list(elsewhere.iterdir()) == [real]


def test_a_link_that_leads_to_nothing_yet_makes_the_file_there(writers: Writers, name: str, folder: Path) -> None:
    link = writers.file_of(name, folder)
    link.symlink_to(folder / "later")
    writers.write(name, link)
    assert link.is_symlink()
    assert (folder / "later").stat().st_size > 0


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o664, 0o755])
def test_the_mode_of_what_stood_there_is_kept(writers: Writers, name: str, folder: Path, mode: int) -> None:
    path = writers.file_of(name, folder)
    path.write_text(BEFORE)
    path.chmod(mode)
    writers.write(name, path)
    assert path.read_text(encoding="utf-8-sig") != BEFORE
    assert path.stat().st_mode & 0o777 == mode


CHOSEN = tuple(name for name in Writers.NAMES if name not in {"settings", "accounts"})


@pytest.mark.parametrize("mode", [0o444, 0o400, 0o000, 0o555, 0o466])
@pytest.mark.parametrize("name", CHOSEN)
@pytest.mark.parametrize("link", ["", "symbolic"])
def test_what_a_person_marked_as_read_only_is_left_as_it_is(
    writers: Writers, name: str, folder: Path, mode: int, link: str
) -> None:
    path = writers.file_of(name, folder)
    target = folder / "kept" if link else path
    target.write_text(BEFORE)
    target.chmod(mode)
    if link:
        path.symlink_to(target)
    assert "it is marked as read-only. It was left as it is." in refusal(lambda: writers.write(name, path))
    assert target.stat().st_mode & 0o777 == mode
    target.chmod(0o600)
    assert target.read_text() == BEFORE
    assert {one.name for one in folder.iterdir()} == {path.name, target.name}
    writers.write(name, path)
    assert target.read_text(encoding="utf-8-sig") != BEFORE


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="a user cannot write to it, whatever the program does"
)
@pytest.mark.parametrize("name", ["settings", "accounts"])
def test_the_own_files_of_the_program_are_written_as_before(writers: Writers, name: str, folder: Path) -> None:
    path = writers.file_of(name, folder)
    path.write_text(BEFORE)
    path.chmod(0o444)
    writers.write(name, path)
    assert path.read_text() != BEFORE


def test_a_new_file_has_the_mode_of_the_umask_and_what_is_ours_is_private(
    writers: Writers, name: str, folder: Path
) -> None:
    path = writers.file_of(name, folder)
    before = os.umask(0o027)
    try:
        writers.write(name, path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == (0o600 if name in {"settings", "accounts"} else 0o640)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(pipe, "a pipe", id="pipe"),
        pytest.param(lambda path: path.symlink_to("/dev/full"), "a device", id="link to /dev/full"),
        pytest.param(lambda path: path.symlink_to("/dev/null"), "a device", id="link to /dev/null"),
        pytest.param(lambda path: path.mkdir(), "a folder", id="folder"),
        pytest.param(listening, "a socket", id="socket"),
        pytest.param(lambda path: path.symlink_to(path), "symbolic links", id="link to itself"),
    ],
)
def test_what_is_no_ordinary_file_is_left_as_it_is(
    writers: Writers, name: str, folder: Path, make: Callable[[Path], None], said: str
) -> None:
    path = writers.file_of(name, folder)
    make(path)
    before = path.lstat()
    detail = refusal(lambda: writers.write(name, path))
    if name not in {"settings", "accounts"}:  # which are read first, and speak of the program's own place
        assert said in detail
        assert detail.startswith(f"“{path.name}” is ") or said == "symbolic links"
    assert os.path.samestat(path.lstat(), before)
    assert path.lstat().st_mode == before.st_mode
    assert list(folder.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "mknod") or os.geteuid() != 0, reason="devices are those of POSIX systems")
def test_a_device_stays_one(writers: Writers, name: str, folder: Path) -> None:
    path = writers.file_of(name, folder)
    os.mknod(path, 0o20666, os.makedev(1, 7))  # as /dev/full is
    before = path.stat()
    refusal(lambda: writers.write(name, path))
    assert (path.stat().st_mode, path.stat().st_rdev) == (before.st_mode, before.st_rdev)


def test_another_name_of_the_file_keeps_what_it_had(writers: Writers, name: str, folder: Path) -> None:
    path, other = writers.file_of(name, folder), folder / "copy"
    path.write_text(BEFORE)
    os.link(path, other)
    writers.write(name, path)
    assert other.read_text() == BEFORE
    assert path.read_text(encoding="utf-8-sig") != BEFORE


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Linux alone has such attributes")
def test_owner_and_extended_attributes_are_kept(writers: Writers, name: str, folder: Path) -> None:
    path = writers.file_of(name, folder)
    path.write_text(BEFORE)
    try:
        os.setxattr(path, "user.where-from", b"the lab")
    except OSError:
        pytest.skip("this disk keeps no attributes")
    if os.geteuid() == 0:
        os.chown(path, 65534, 65534)
    before = path.stat()
    writers.write(name, path)
    assert os.getxattr(path, "user.where-from") == b"the lab"
    assert (path.stat().st_uid, path.stat().st_gid) == (before.st_uid, before.st_gid)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Linux alone has such attributes")
def test_rights_that_a_file_did_not_have_are_not_given_to_it(folder: Path) -> None:
    path = folder / "file.json"
    path.write_text(BEFORE)
    path.chmod(0o600)
    nobody, everyone = 65534, 0xFFFFFFFF
    rights = ((1, 7, everyone), (2, 7, nobody), (4, 5, everyone), (16, 7, everyone), (32, 5, everyone))
    try:  # each new file in the folder is for this other user, too
        os.setxattr(
            folder,
            "system.posix_acl_default",
            struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *one) for one in rights),
        )
    except OSError:
        pytest.skip("this disk keeps no attributes")
    save_bytes(path, b"new", what="it")
    assert path.read_bytes() == b"new"
    assert os.listxattr(path) == []
    assert path.stat().st_mode & 0o777 == 0o600
    save_bytes(folder / "another.json", b"new", what="it")
    assert os.listxattr(folder / "another.json") == ["system.posix_acl_access"], "a new one is the folder's"


def test_what_takes_the_place_of_a_private_file_is_private_from_the_first_byte_on(folder: Path) -> None:
    for path, is_private in ((folder / "old.json", False), (folder / "new.json", True)):
        if not is_private:
            path.write_text(BEFORE)
            path.chmod(0o600)
        with replacing(path, is_private=is_private):
            (part,) = parts_below(folder)
            assert part.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives a file to another group")
def test_the_rights_of_a_group_that_cannot_be_kept_are_given_to_no_other(folder: Path) -> None:
    path = folder / "file.json"
    path.write_text(BEFORE)
    path.chmod(0o664)
    os.chown(path, -1, 65534)
    command = [*without("chown"), "--clear-groups", sys.executable, "-c", WRITE, str(path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout == ""
    assert path.read_text() == "new"
    assert (path.stat().st_gid, path.stat().st_mode & 0o777) == (os.getegid(), 0o604)


def test_a_name_of_every_length_and_letter_will_do(writers: Writers, name: str, folder: Path) -> None:
    for chosen in ("x" * 255, "ä b\n'\"$", os.fsdecode(b"\xff\xfe")):
        writers.write(name, folder / chosen)
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("there", [True, False], ids=["over a file", "new"])
def test_a_full_disk_leaves_what_was_there(small_disk: Path, there: bool) -> None:
    path = small_disk / "file.json"
    if there:
        path.write_text(BEFORE)

    def write() -> None:
        with whole_file(path, what="the history") as file:
            file.write("x" * 2_000_000)

    assert "no room" in refusal(write)
    assert [one.read_text() for one in small_disk.iterdir()] == ([BEFORE] if there else [])


@contextmanager
def file_size_limit(most: int) -> Iterator[None]:
    """No file of this process may have more bytes."""
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("there", [True, False], ids=["over a file", "new"])
def test_a_limit_of_size_leaves_what_was_there(folder: Path, there: bool) -> None:
    path = folder / "file.json"
    if there:
        path.write_text(BEFORE)
    with file_size_limit(10_000):
        assert "no room" in refusal(lambda: save_bytes(path, b"x" * 20_000, what="the report"))
    assert [one.read_text() for one in folder.iterdir()] == ([BEFORE] if there else [])


def test_what_fails_on_the_way_leaves_what_was_there(folder: Path) -> None:
    path = folder / "file.json"
    path.write_text(BEFORE)

    def write() -> None:
        with whole_file(path, what="the history") as file:
            file.write("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert [one.read_text() for one in folder.iterdir()] == [BEFORE]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, for this test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


WATCHED = """
import sys
from pathlib import Path

from notification_tester.storage.whole_file import save_bytes

save_bytes(Path(sys.argv[1]), b"new" * 1_000_000, what="it")
"""


@needs_strace
def test_a_file_is_on_the_disk_before_it_takes_the_place_of_another(folder: Path, tmp_path: Path) -> None:
    file = folder / "file.bin"
    file.write_bytes(b"old")
    traced = system_calls("write,pwrite64,fsync,fdatasync,rename,renameat,renameat2", WATCHED, file, folder=tmp_path)
    assert file.read_bytes() == b"new" * 1_000_000
    made = [line.split(maxsplit=1)[1] for line in traced.splitlines() if str(folder) in line]
    steps = [step for one in made for step in ("write", "sync", "rename") if step in one.partition("(")[0]]
    assert [step for step, _ in groupby(steps)] == ["write", "sync", "rename", "sync"], made


def test_a_secret_file_is_for_this_user_alone_and_gone_with_its_block(temporary: Path) -> None:
    with secret_file(b"a key", what="the key") as file:
        assert (file.parent, file.read_bytes()) == (temporary, b"a key")
        if sys.platform != "win32":
            assert file.stat().st_mode & 0o777 == 0o600
    assert list(temporary.iterdir()) == []


def test_a_secret_file_is_held_as_long_as_its_block_and_no_longer(temporary: Path) -> None:
    kept = temporary / part_name()
    with secret_file(b"a key", what="the key") as file:
        os.link(file, kept)
        remove_abandoned_in(temporary)
        assert {file, kept} == set(temporary.iterdir())
    remove_abandoned_in(temporary)
    assert list(temporary.iterdir()) == []


def test_a_secret_file_is_gone_also_where_its_reader_fails(temporary: Path) -> None:
    with pytest.raises(ValueError, match="no key"), secret_file(b"a key", what="the key"):
        raise ValueError("no key")
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there a file that is read may not be locked")
def test_a_secret_file_that_a_killed_program_left_is_removed_and_that_of_a_running_one_stays(temporary: Path) -> None:
    left = temporary / part_name()
    left.write_bytes(b"an older key")
    with secret_file(b"a key", what="the key") as file:
        assert list(temporary.iterdir()) == [file]
        with secret_file(b"another key", what="the key") as other:
            assert set(temporary.iterdir()) == {file, other}


def test_where_no_secret_file_can_be_made_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(ProblemError) as caught, secret_file(b"a key", what="the key"):
        pass
    assert caught.value.problem.cause is Cause.STORAGE
    assert "the key" in caught.value.problem.detail


def test_a_secret_file_that_could_not_be_written_is_gone(temporary: Path) -> None:
    with (
        file_size_limit(1024),
        pytest.raises(ProblemError) as caught,
        secret_file(b"k" * 4096, what="the key"),
    ):
        pass
    assert caught.value.problem.cause is Cause.STORAGE
    assert list(temporary.iterdir()) == []


def test_a_folder_that_is_not_there(folder: Path) -> None:
    path = folder / "missing" / "file.json"
    assert f"There is no folder “{path.parent}”." in refusal(lambda: save_bytes(path, b"x", what="the report"))


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has such a folder")
def test_a_folder_that_takes_no_files_is_not_called_missing() -> None:
    said = refusal(lambda: save_bytes(Path("/proc/file.json"), b"x", what="the report"))
    assert "No new file can be made in the folder “/proc”" in said


def test_a_name_that_is_too_long_is_no_file_that_was_left(folder: Path) -> None:
    for path in (folder / ("n" * 300 + ".csv"), folder / ("n" * 300) / "file.csv"):
        said = refusal(partial(save_bytes, path, b"x", what="the report"))
        assert "longer than this disk takes" in said
        assert "left as it is" not in said
    assert not list(folder.iterdir())


@pytest.fixture
def ordinary_user() -> list[str]:
    """Words before a command that is to be refused what its user has no right to."""
    if os.geteuid() != 0:
        return []
    return without("dac_override", "dac_read_search", "fowner")


def without(*rights: str) -> list[str]:
    """Words before a command that root runs without these rights, which else let it do everything."""
    if not shutil.which("setpriv"):
        pytest.skip("root is refused nothing, and setpriv is not there")
    return ["setpriv", f"--bounding-set={','.join(f'-{one}' for one in rights)}"]


WRITE = """
import sys
from pathlib import Path
from notification_tester.domain.problem import ProblemError
from notification_tester.storage.whole_file import save_bytes
try:
    save_bytes(Path(sys.argv[1]), b"new", what="the report")
except ProblemError as error:
    print(error.problem.detail)
"""


def test_a_folder_or_file_that_may_not_be_written_to_is_said(folder: Path, ordinary_user: list[str]) -> None:
    path = folder / "file.json"
    path.write_text(BEFORE)

    def said() -> str:
        command = [*ordinary_user, sys.executable, "-c", WRITE, str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    folder.chmod(0o555)
    try:
        assert f"No new file can be made in the folder “{folder}”" in said()
    finally:
        folder.chmod(0o755)
    path.chmod(0o444)
    assert "“file.json” may not be replaced" in said()
    assert path.read_text() == BEFORE
    path.chmod(0o644)
    assert said() == ""
    assert path.read_text() == "new"


def test_a_read_only_disk_is_said(folder: Path, make_read_only: Callable[[Path], str]) -> None:
    (folder / "file.json").write_text(BEFORE)
    make_read_only(folder)
    assert "file.json" in refusal(lambda: save_bytes(folder / "file.json", b"x", what="the report"))
    assert str(folder) in refusal(lambda: save_bytes(folder / "new.json", b"x", what="the report"))


KILLED = """
import sys
from pathlib import Path
from notification_tester.services.session import Session
from notification_tester.storage.places import Places
from notification_tester.storage.whole_file import replacing, whole_file

session = Session(Places.under(Path(sys.argv[1])))
with (
    replacing(session.places.preferences),
    whole_file(Path(sys.argv[2]), what="the history", owner=session.owner) as file,
    whole_file(Path(sys.argv[2] + " second"), what="the history", owner=session.owner),
):
    file.write("half of it")
    file.flush()
    print("writing", flush=True)
    sys.stdin.readline()
session.close()
"""


class Writing:
    """Another program in the middle of writing."""

    def __init__(self, program: Path, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(program), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "writing\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)

    def finish(self) -> None:
        self.process.communicate("\n", timeout=60)
        assert self.process.returncode == 0


@pytest.fixture
def program(tmp_path: Path) -> Path:
    made = tmp_path / "program"
    (made / "config").mkdir(parents=True)
    (made / "config" / "preferences.json").write_text("{}")
    return made


def parts_below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.part"))


def test_what_a_killed_program_left_is_removed_by_the_next_start_alone(
    tmp_path: Path, program: Path, folder: Path
) -> None:
    path = folder / "file.json"
    path.write_text(BEFORE)
    strangers = folder / ".file.json.stranger.part", folder / f".mturk-notification-tester-{'0' * 16}.part.txt"
    for one in strangers:
        one.write_text("somebody else's")
    killed, running = Writing(program, path), Writing(program, folder / "other.json")
    killed.kill()
    left = parts_below(tmp_path)
    assert len(left) == 6 + 1, "three of each program, and a stranger's"
    with Session(Places.under(program)):
        pass
    assert len(parts_below(tmp_path)) == 3 + 1, "those of the running program stay"
    assert path.read_text() == BEFORE
    running.finish()
    assert (folder / "other.json").read_text() == "half of it"
    assert parts_below(tmp_path) == [strangers[0]]
    assert strangers[1].exists()
    assert list((program / "data" / "running").iterdir()) == []


def test_a_mark_that_names_other_files_removes_none(tmp_path: Path, folder: Path) -> None:
    precious = folder / "precious.part"
    precious.write_text("mine")
    link = folder / f".mturk-notification-tester-{'1' * 16}.part"
    link.symlink_to(precious)
    running = tmp_path / "running"
    running.mkdir()
    mark = running / "1234-0123456789abcdef.lock"
    names = [os.fsencode(one) for one in (precious, link, folder, "relative.part", "", "x" * 9000)]
    mark.write_bytes(b" " + b"\0".join([*names, b"\xff\xfe", b"/\n"]))
    owner = Ownership(running)
    owner.tidy_up()
    owner.close()
    assert not mark.exists()
    assert precious.read_text() == "mine"
    assert link.is_symlink()


def test_many_starts_at_once_take_nobody_for_dead(program: Path, folder: Path) -> None:
    children = [Writing(program, folder / f"{number}.json") for number in range(4)]
    for child in children:
        child.finish()
    assert json.loads((program / "config" / "preferences.json").read_text() or "{}") == {}
    assert {one.name for one in folder.iterdir()} == {
        name for number in range(4) for name in (f"{number}.json", f"{number}.json second")
    }


OTHER_WRITERS = {
    "storage/whole_file.py": "the one writer",
    "storage/ownership.py": "marks of what is under way, which are gone with the program",
    "storage/database.py": "makes the database private before SQLite opens it",
    "storage/inbox.py": "makes a list private before SQLite opens it",
    "practice/server.py": "its standard output",
    "cli/output.py": "the place where what nobody reads goes",
    "qt/widgets/local_page.py": "a buffer in memory",
    "__main__.py": "standard streams that were closed",
}
WRITING = re.compile(
    r"\.write_(?:text|bytes)\(|open\([^)]*[\"'][wax]b?\+?[\"']|O_(?:WRONLY|RDWR|CREAT)|QSaveFile|QIODevice.*WriteOnly"
    r"|mkstemp|NamedTemporaryFile|os\.(?:replace|rename)\(|shutil\.(?:copy|move)"
)


def test_nothing_writes_a_file_in_another_way() -> None:
    root = Path(notification_tester.__file__).parent
    sources = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    found = {name for name, source in sources.items() if WRITING.search(source)}
    assert found == OTHER_WRITERS.keys()
