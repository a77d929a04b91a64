# SPDX-License-Identifier: MIT
"""Keys that are kept are in the keyring and nowhere else: every file that a run wrote is searched for them."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from notification_tester.domain.account import Account, Credentials, Environment, KeySource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journeys.person import Person
    from notification_tester.practice.cloud import PracticeCloud

CHILD = Path(__file__).with_name("keyring_journey.py")
UNLOCK = (
    "printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;"
    'gdbus wait --session --timeout 30 org.freedesktop.secrets; exec "$@"'  # it comes to the bus only afterwards
)


def spellings(secret: str) -> Iterator[bytes]:
    """The secret as it may stand in a file."""
    yield secret.encode()
    yield secret[:20].encode()
    yield secret.encode("utf-16-le")
    yield json.dumps(secret)[1:-1].encode()
    for shift in range(3):  # wherever it begins in a longer text that was turned into base64
        coded = base64.b64encode(b"x" * shift + secret.encode())
        yield coded[4:-4]


def files_with(secret: str, folder: Path) -> list[str]:
    return [
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and any(spelling in file.read_bytes() for spelling in spellings(secret))
    ]


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="needs dbus-run-session and gnome-keyring-daemon",
)
def test_a_kept_secret_is_in_no_file(cloud: PracticeCloud, own_home: Path) -> None:
    secret = cloud.details.secret_access_key
    (own_home / "run").mkdir(mode=0o700)
    (own_home / "tmp").mkdir()
    environment = {
        "HOME": str(own_home),
        "TMPDIR": str(own_home / "tmp"),
        "PATH": os.environ["PATH"],
        "XDG_RUNTIME_DIR": str(own_home / "run"),
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPATH": str(CHILD.parent.parent),
    }
    child = subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-c", UNLOCK, "sh", sys.executable, str(CHILD)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        # Through the shell and the daemon the line must not be lost: both leave standard input alone.
        out, err = child.communicate(json.dumps(cloud.details.as_json()) + "\n", timeout=100)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        raise
    assert child.returncode == 0, err
    answer = json.loads(out)
    assert answer == {"outcomes": [True, False], "kept": True, "source_is_keyring": True, "report": True}
    assert secret not in out
    assert secret not in err
    written = {file.name for file in own_home.rglob("*") if file.is_file()}
    assert {"history.sqlite3", "accounts.json", "preferences.json", "history.json", "report.txt"} <= written
    assert files_with(secret, own_home) == []
    assert files_with("Lab", own_home), "the search does find what is there"


def test_a_report_of_the_window_knows_the_keys_of_the_session(person: Person, cloud: PracticeCloud) -> None:
    details = cloud.details
    keys = Credentials(
        access_key_id="ASIAIOSFODNN7EXAMPLE", secret_access_key="two words", session_token="correct horse battery"
    )
    account = Account(
        name="Short", environment=Environment.OTHER, source=KeySource.SESSION, endpoint=details.mturk_endpoint
    )
    person.desktop.program.add_account(account, keys, done=lambda: None, failed=lambda _: None)
    person.until_open("Short")
    person.desktop.offer_report(ValueError(f"it was {quote('correct horse battery')} and two words"))
    report = person.desktop.crashes.open_report
    assert report is not None
    shown = report.text.toPlainText()
    report.close()
    assert "ValueError: it was [removed] and [removed]" in shown


def test_a_report_of_the_program_knows_the_secrets_that_it_holds(person: Person) -> None:
    """Also one that looks like nothing: an ordinary sentence."""
    secret = "correct horse battery staple and so on"
    session = person.desktop.program.session
    assert session is not None
    session.accounts.add(
        Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.SESSION),
        Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=secret, session_token=f"{secret} again"),
    )
    person.desktop.offer_report(RuntimeError(f"it went wrong with {secret!r}"))
    report = person.desktop.crashes.open_report
    assert report is not None
    text = report.text.toPlainText()
    report.close()
    assert "it went wrong" in text
    assert "horse" not in text
