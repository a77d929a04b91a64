# SPDX-License-Identifier: MIT
"""The vault against a real Secret Service on a session bus of its own, and where there is none."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EMPTY_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"""
CHILD = Path(__file__).with_name("keyring_child.py")
CHOOSE = "PYTHON_KEYRING_BACKEND"
OF_ANOTHER_SYSTEM = f"keyring.backends.{'macOS.Keyring' if sys.platform == 'win32' else 'Windows.WinVaultKeyring'}"
UNLOCK = (
    "printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;"
    'gdbus wait --session --timeout 30 org.freedesktop.secrets; exec "$@"'  # it comes to the bus only afterwards
)

needs_service = pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="needs dbus-run-session and gnome-keyring-daemon",
)
needs_bus = pytest.mark.skipif(sys.platform == "win32", reason="the keyring of Windows is always there")


class Home:
    """An empty home of a user who was never here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "LANG": "C.UTF-8",
        }
        (folder / "run").mkdir(mode=0o700)
        self.settings = folder / ".config" / "python_keyring"
        if sys.platform == "win32":
            bare = {name: value for name, value in os.environ.items() if name != CHOOSE}  # its own parts ask for some
            self.environment = bare | {"LOCALAPPDATA": str(folder)}
            self.settings = folder / "Python Keyring"

    def run(self, *words: str, keyring: bool = True, bus: str = "session", **extra: str) -> dict[str, Any]:
        command = [sys.executable, str(CHILD), *words]
        if keyring:
            command = ["sh", "-c", UNLOCK, "sh", *command]
        if bus == "session":
            command = ["dbus-run-session", "--", *command]
        elif bus == "empty":
            config = self.folder / "bus.conf"
            config.write_text(EMPTY_BUS)
            command = ["dbus-run-session", f"--config-file={config}", "--", *command]
        child = subprocess.Popen(
            command,
            env={**self.environment, **extra},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that the bus and the service end with it, if it has to be ended
        )
        try:
            out, err = child.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
            raise
        assert child.returncode == 0, err
        value: dict[str, Any] = json.loads(out)
        return value


@pytest.fixture
def home(tmp_path: Path) -> Home:
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder)


@needs_service
def test_keys_are_kept_replaced_and_forgotten_entry_by_entry(home: Home) -> None:
    seen = home.run("round-trip")
    assert seen == {
        "empty": True,
        "same": True,
        "kept": ["Lab / access key id", "Lab / secret access key"],
        "replaced": True,
        "kept_with_token": ["Lab / access key id", "Lab / secret access key", "Lab / session token"],
        "token_gone": ["Lab / access key id", "Lab / secret access key"],
        "after_forget": ["Lab, sandbox / access key id", "Lab, sandbox / secret access key"],
        "forgotten": True,
        "repr": "<Vault with the keys of 0 accounts>",
    }


@needs_service
def test_the_secret_is_in_no_file_but_the_keyrings_own(home: Home) -> None:
    secret = home.run("leave")["secret"]
    files = [path for path in home.folder.rglob("*") if path.is_file()]
    assert [path for path in files if path.suffix == ".keyring"], "the service kept nothing"
    assert [path for path in files if secret.encode() in path.read_bytes()] == []


@needs_service
def test_a_locked_keyring_is_said_to_be_locked(home: Home) -> None:
    seen = home.run("locked")
    assert set(seen["answers"]) == {"load", "check", "store", "forget"}
    for answer in seen["answers"].values():
        assert answer["code"] == "keyring.locked"
        assert answer["title"] == "The keyring is locked."
        assert "for this session only" in answer["remedy"]
    assert seen["read_before"], "what was read once is asked for no more"


@pytest.mark.parametrize(
    ("bus", "extra", "code"),
    [
        pytest.param("none", {}, "keyring.none", id="no session bus", marks=needs_bus),
        pytest.param("empty", {}, "keyring.none", id="a bus without a keyring", marks=needs_service),
        pytest.param("session", {}, "keyring.refused", id="never set up, nobody to ask", marks=needs_service),
        pytest.param("none", {CHOOSE: "keyring.backends.null.Keyring"}, "keyring.none", id="disabled"),
        pytest.param("none", {CHOOSE: "not.installed.Keyring"}, "keyring.none", id="set to what is not installed"),
    ],
)
def test_without_a_keyring_the_way_out_is_named(home: Home, bus: str, extra: dict[str, str], code: str) -> None:
    seen = home.run("problem", keyring=False, bus=bus, **extra)
    assert seen["code"] == code
    assert seen["cause"] == "keyring"
    assert "for this session only" in seen["remedy"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "keyring",
        "a b",
        "keyring.backends.nosuch.Keyring",
        "keyring.backends.fail.Nope",
        OF_ANOTHER_SYSTEM,
        "keyring.backends.SecretService.Keyring",
        pytest.param("keyring.backends.chainer.ChainerBackend", marks=needs_bus),
        "keyring.backend.KeyringBackend",
        "json.JSONDecoder",
        "sys.exit",
        "antigravity_that_is_not_there.\udcff",
    ],
)
@pytest.mark.parametrize("by", ["variable", "file"])
def test_a_keyring_that_a_setting_names_and_that_does_not_work_is_said(home: Home, name: str, by: str) -> None:
    extra = {CHOOSE: name}
    if by == "file":
        home.settings.mkdir(parents=True)
        text = f"[backend]\ndefault-keyring={name}\n"
        (home.settings / "keyringrc.cfg").write_text(text, errors="surrogateescape")
        extra = {}
    seen = home.run("problem", keyring=False, bus="none", **extra)
    assert (seen["code"], seen["cause"]) == ("keyring.none", "keyring")
    assert (CHOOSE if by == "variable" else "keyringrc.cfg") in seen["detail"]
    assert "Remove that setting" in seen["remedy"]


@pytest.mark.parametrize("text", [b"[backend", b"\xff\xfe", b"[backend]\n[backend]\n", b"default-keyring=x"])
def test_a_damaged_file_of_keyrings_settings_is_said(home: Home, text: bytes) -> None:
    home.settings.mkdir(parents=True)
    (home.settings / "keyringrc.cfg").write_bytes(text)
    seen = home.run("problem", keyring=False, bus="none")
    assert seen["code"] == "keyring.none"
    assert "keyringrc.cfg" in seen["detail"]


def test_importing_storage_imports_no_keyring() -> None:
    code = (
        "import sys, notification_tester.storage.vault, notification_tester.storage.history;"
        "print([name for name in sys.modules if name.split('.')[0] in {'keyring', 'secretstorage', 'boto3'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
