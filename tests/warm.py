# SPDX-License-Identifier: MIT
"""The program started in milliseconds: a Python that has loaded it already, and forks for each start.

What runs is the real program in a process of its own, with its own streams, variables, folder, signals and end. Passed
over is what Python does until ``main`` is called; tests of that start ``python -m`` themselves.

Where no process can fork, ``main`` is called again and again in one that has loaded the program.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import io
import json
import os
import random
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
import types
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CAN_FORK = sys.platform == "linux"
"""Where this is done; elsewhere the practice cloud is started in the ordinary way."""

_AGAIN = "again"

_LOADED = (
    *("notification_tester.cli." + name for name in ("check", "decode", "hit_types", "listen", "send")),
    *("notification_tester.practice." + name for name in ("front", "server", "workers")),
    *("notification_tester.services.session", "notification_tester.storage.keyring_problems", "keyring"),
    *("moto.moto_server.werkzeug_app", "moto.sns.responses", "moto.sqs.responses", "moto.sts.responses"),
    *("boto3", "botocore.docs.docstring", "botocore.retries.standard", "encodings.idna", "_strptime"),
)
IMPATIENT = {
    "notification_tester.services.sending.watchers.SECOND_MESSAGE_SECONDS": 0.1,
    "notification_tester.services.sending.watcher.LAST_LOOK_SECONDS": 20.0,  # over as soon as it is answered
    "notification_tester.services.sending.test_send.NO_WAY_IN_SECONDS": 0.4,
    "notification_tester.services.sending.queue_watch.POLL_SECONDS": 1,  # the end of a search waits for its last look
}
"""In the place of what a person is made to wait where nothing arrives."""

_PATIENCE = 60.0 if CAN_FORK else 200.0
"""Seconds, on a busy machine."""


class Started:
    """A process of the program, as :class:`subprocess.Popen` has one."""

    def __init__(self, connection: socket.socket, words: Sequence[str]) -> None:
        self._connection = connection
        self._reading = threading.Lock()
        self.args = words
        self.stdin: IO[Any] | None = None
        self.stdout: IO[Any] | None = None
        self.stderr: IO[Any] | None = None
        self.returncode: int | None = None
        self.pid = self._number()

    def _number(self) -> int:
        text = self._connection.recv(16, socket.MSG_WAITALL)
        if not text:
            message = "The Python that forks has ended."
            raise OSError(message)
        return int(text)

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. Raises subprocess.TimeoutExpired."""
        with self._reading:
            if self.returncode is None:
                with selectors.DefaultSelector() as selector:
                    selector.register(self._connection, selectors.EVENT_READ)
                    if not selector.select(timeout):
                        raise subprocess.TimeoutExpired(self.args, timeout or 0)
                self.returncode = self._number()
                self._connection.close()
            return self.returncode

    def communicate(self, *, timeout: float) -> tuple[bytes, bytes]:
        """Give it nothing more, read what it writes, and wait for its end. Raises subprocess.TimeoutExpired."""
        assert self.stdin is not None
        assert self.stdout is not None
        assert self.stderr is not None
        self.stdin.close()
        with ThreadPoolExecutor(2) as pool:
            output, errors = (pool.submit(stream.read) for stream in (self.stdout, self.stderr))
            try:
                self.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
            return output.result(), errors.result()

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class _Again:
    """A Python that has loaded the program and calls its ``main`` as often as it is asked to."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def run(
        self,
        words: Sequence[str],
        given: bytes,
        environment: Mapping[str, str],
        warn: str,
        constants: Mapping[str, float],
    ) -> subprocess.CompletedProcess[bytes]:
        """As :meth:`Warm.run`. Raises subprocess.TimeoutExpired."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__, _AGAIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with tempfile.TemporaryDirectory(prefix="warm", ignore_cleanup_errors=True) as folder:
            files = [Path(folder, name) for name in ("in", "out", "err")]
            files[0].write_bytes(given)
            request = {
                "words": list(words),
                "environment": dict(environment),
                "folder": str(Path.cwd()),
                "own_session": False,
                "warnings": warn,
                "constants": dict(constants),
                "hears": False,
                "files": [str(file) for file in files],
            }
            is_late = threading.Event()

            def end() -> None:
                is_late.set()
                process.kill()

            watch = threading.Timer(_PATIENCE, end)
            watch.start()
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                process.stdin.flush()
                told = process.stdout.readline()
            finally:
                watch.cancel()
                watch.join()
            if not told:  # it ended itself, as a program may
                self._process = None
                process.stdin.close()
                process.stdout.close()
                process.wait()
            if is_late.is_set():
                raise subprocess.TimeoutExpired(list(words), _PATIENCE)
            code = int(told) if told else process.returncode
            return subprocess.CompletedProcess(list(words), code, files[1].read_bytes(), files[2].read_bytes())

    def end(self) -> None:
        """End that Python."""
        if self._process is not None:
            self._process.communicate()


class Warm:
    """Starts the program in the Python that has loaded it, which is itself started when it is first needed."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._starting = threading.Lock()
        self._again: _Again | None = None

    def start(
        self,
        words: Sequence[str],
        streams: Sequence[int],
        *,
        environment: Mapping[str, str],
        own_session: bool = False,
        warnings: str = "default",
        constants: Mapping[str, float] | None = None,
        hears: bool = False,
    ) -> Started:
        """Run ``main(words)`` with these three streams in a new process, which stands where this one does.

        ``constants`` are set before, by the full name of each, so that nobody waits as long as a person would.
        With ``hears`` it hears Ctrl-C and a closed terminal, whatever those who started it do.
        """
        request = {
            "words": list(words),
            "environment": dict(environment),
            "folder": str(Path.cwd()),
            "own_session": own_session,
            "warnings": warnings,
            "constants": dict(constants or {}),
            "hears": hears,
        }
        text = json.dumps(request).encode()
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self._place()))
        socket.send_fds(connection, [struct.pack("!I", len(text))], list(streams))
        connection.sendall(text)
        return Started(connection, words)

    def run(
        self,
        words: Sequence[str],
        *,
        given: bytes | int = b"",
        environment: Mapping[str, str],
        own_session: bool = False,
        warnings: str = "default",
        constants: Mapping[str, float] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run ``main(words)`` to its end, and hand over what it wrote.

        ``given`` is its standard input, or the number of a file for it.

        Where the variables change how Python itself starts, a Python is started for it, with its constants as they are;
        so too where no process can fork and the word makes a window, of which a process has no second one.
        Raises subprocess.TimeoutExpired.
        """
        is_ordinary = _of_python(environment) == _of_python(os.environ) and (CAN_FORK or "self-check" not in words)
        if not CAN_FORK and is_ordinary and isinstance(given, bytes) and not own_session:
            with self._starting:
                self._again = self._again or _Again()
                return self._again.run(words, given, dict(environment), warnings, dict(constants or {}))
        if not CAN_FORK or not is_ordinary:
            stdin: dict[str, Any] = {"stdin": given} if isinstance(given, int) else {"input": given}
            return subprocess.run(
                [sys.executable, "-W", warnings, "-m", "notification_tester", *words],
                **stdin,
                text=False,
                capture_output=True,
                env=environment,
                start_new_session=own_session,
                timeout=_PATIENCE,
                check=False,
            )
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
            numbers = [file.fileno() for file in files]
            if isinstance(given, int):
                numbers[0] = given
            else:
                files[0].write(given)
                files[0].seek(0)
            started = self.start(
                words,
                numbers,
                environment=environment,
                own_session=own_session,
                warnings=warnings,
                constants=constants,
            )
            try:
                code = started.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                started.kill()
                raise
            for file in files[1:]:
                file.seek(0)
            return subprocess.CompletedProcess(list(words), code, files[1].read(), files[2].read())

    @contextlib.contextmanager
    def piped(
        self, words: Sequence[str], *, environment: Mapping[str, str], warnings: str = "default"
    ) -> Iterator[subprocess.Popen[bytes] | Started]:
        """Run ``main(words)`` in a process that hears Ctrl-C and whose streams are pipes; it is killed at the end."""
        if not CAN_FORK:
            command = [sys.executable, "-W", warnings, "-m", "notification_tester", *words]
            pipe = subprocess.PIPE
            with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment) as process:
                yield process
                process.kill()
            return
        (stdin, to_stdin), (from_stdout, stdout), (from_stderr, stderr) = os.pipe(), os.pipe(), os.pipe()
        with (
            os.fdopen(to_stdin, "wb") as given,
            os.fdopen(from_stdout, "rb") as said,
            os.fdopen(from_stderr, "rb") as told,
        ):
            try:
                started = self.start(
                    words, (stdin, stdout, stderr), environment=environment, warnings=warnings, hears=True
                )
            finally:
                for theirs in (stdin, stdout, stderr):
                    os.close(theirs)
            started.stdin, started.stdout, started.stderr = given, said, told
            try:
                yield started
            finally:
                started.kill()

    def _place(self) -> Path:
        with self._starting:
            if self._path is None:
                self._folder = tempfile.TemporaryDirectory(prefix="warm")
                path = Path(self._folder.name) / "socket"
                self._process = subprocess.Popen(
                    [sys.executable, "-P", __file__, str(path)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )
                assert self._process.stdout is not None
                assert self._process.stdout.readline() == b"ready\n"
                self._path = path
        return self._path

    def end(self) -> None:
        """End the Python that forks; what it started goes on."""
        if self._again is not None:
            self._again.end()
        if self._process is not None:
            self._process.communicate()
        if self._folder is not None:
            self._folder.cleanup()

    def for_the_cloud(self) -> Any:
        """What the practice cloud is to have in the place of :mod:`subprocess`."""
        return types.SimpleNamespace(**vars(subprocess) | {"Popen": self._start_practice})

    def _start_practice(self, command: list[str], *, stderr: IO[bytes], env: Mapping[str, str], **others: Any) -> Any:
        if command[:3] != [sys.executable, "-I", "-c"]:  # something else in its place
            return subprocess.Popen(command, stderr=stderr, env=env, **others)
        to_read, to_write = os.pipe(), os.pipe()
        with contextlib.ExitStack() as theirs:
            for end in (to_read[0], to_write[1]):
                theirs.callback(os.close, end)
            streams = (to_read[0], to_write[1], stderr.fileno())
            started = self.start(command[4:], streams, environment=env, own_session=True)
        started.stdin, started.stdout = os.fdopen(to_read[1], "w"), os.fdopen(to_write[0], encoding="utf-8")
        return started


WARM = Warm()
"""One for all tests of a process; the end of the run ends it."""


def read_models_once() -> None:
    """Have all sessions of botocore that look in the same places share what they read there.

    Each would read some megabytes of JSON again, and look through four hundred folders.
    """
    from botocore import loaders

    loaders.create_loader = functools.cache(loaders.create_loader)


def read_what_a_cloud_reads() -> None:
    """Have moto read the regions of AWS and the models of the services it plays, and forget what it made of them.

    That is four fifths of the time in which a practice cloud is made.
    """
    from moto.core.utils import get_service_model
    from moto.kms.models import kms_backends
    from moto.sns.models import sns_backends
    from moto.sqs.models import sqs_backends
    from moto.sts.models import sts_backends

    from notification_tester.practice.server import ACCOUNT_ID

    for name, backends in (("kms", kms_backends), ("sns", sns_backends), ("sqs", sqs_backends), ("sts", sts_backends)):
        backends[ACCOUNT_ID]  # made by being asked for
        backends.clear()
        get_service_model(name)


def _of_python(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that Python reads when it starts."""
    names = [name for name in environment if name.startswith(("PYTHON", "LC_", "LANG"))]
    theirs = {"PYTHON_KEYRING_BACKEND", "PYTHONIOENCODING"}  # which keyring reads, and what a fork is given
    return {name: environment[name] for name in names if name not in theirs}


def _load() -> None:
    for name in _LOADED:
        importlib.import_module(name)
    read_models_once()
    for service in ("mturk", "sqs", "sns", "sts"):
        importlib.import_module("boto3").client(
            service, region_name="us-east-1", aws_access_key_id="-", aws_secret_access_key="-"
        )
    read_what_a_cloud_reads()


def _serve(path: str) -> list[str]:
    """Fork for whoever asks, until standard input ends. Returns in each new process, with what it shall run."""
    _load()
    cloud = importlib.import_module("notification_tester.practice.cloud")
    cloud.subprocess = Warm(Path(path)).for_the_cloud()  # type: ignore[attr-defined]
    assert threading.active_count() == 1
    gc.collect()
    gc.freeze()
    with contextlib.ExitStack() as open_here:
        listener = open_here.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(path)
        listener.listen(64)
        selector = open_here.enter_context(selectors.DefaultSelector())
        selector.register(listener, selectors.EVENT_READ)
        selector.register(0, selectors.EVENT_READ)
        os.write(1, b"ready\n")
        while True:
            for key, _events in selector.select():
                if key.fd == 0:
                    os._exit(0)
                if key.fileobj is listener:
                    connection = listener.accept()[0]
                    request, streams = _asked(connection)
                    process_id = os.fork()
                    if process_id == 0:
                        for other in list(selector.get_map().values()):
                            if other.data is not None:
                                other.data[1].close()
                                os.close(other.fd)
                        connection.close()
                        open_here.close()
                        return _become(request, streams)
                    for stream in streams:
                        os.close(stream)
                    _tell(connection, process_id)
                    selector.register(os.pidfd_open(process_id), selectors.EVENT_READ, (process_id, connection))
                else:
                    process_id, connection = key.data
                    code = os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1])
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    _tell(connection, code)
                    connection.close()


def _asked(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    size, streams, _flags, _address = socket.recv_fds(connection, 4, 3)
    return json.loads(connection.recv(struct.unpack("!I", size)[0], socket.MSG_WAITALL)), streams


def _tell(connection: socket.socket, number: int) -> None:
    with contextlib.suppress(OSError):  # nobody waits any more
        connection.sendall(b"%16d" % number)


def _become(request: Mapping[str, Any], streams: list[int]) -> list[str]:
    """Have what a process that was just started has."""
    for number, open_file in enumerate(streams):
        os.dup2(open_file, number)
        os.close(open_file)
    os.environ.clear()
    os.environ.update(request["environment"])
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "").partition(":")
    if encoding:  # as Python does at its start
        for stream, fallback in ((sys.stdin, "strict"), (sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
            assert isinstance(stream, io.TextIOWrapper)
            stream.reconfigure(encoding=encoding, errors=fallback if stream is sys.stderr else errors or fallback)
    os.chdir(request["folder"])
    if request["own_session"]:
        os.setsid()
    from moto.moto_api._internal import mock_random

    if request["warnings"] == "error":
        warnings.simplefilter("error")
    if request["hears"]:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    for name, value in request["constants"].items():
        _constant(name, value)
    random.seed()
    mock_random.seed()
    words: list[str] = request["words"]
    sys.argv[1:] = words
    return words


def _serve_again() -> None:
    """Call ``main`` for each line of standard input, which says with what; answer each with the exit code."""
    _load()
    from notification_tester.__main__ import main

    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    at_first, folder = dict(os.environ), Path.cwd()
    kinds = [(one.encoding, one.errors) for one in (sys.stdin, sys.stdout, sys.stderr)]
    for line in requests:
        request = json.loads(line)
        before = {name: _constant(name) for name in request["constants"]}
        with warnings.catch_warnings(), _files(request["files"]) as files:
            for number, open_file in enumerate(files):
                os.dup2(open_file, number)
            sys.stdin, sys.stdout, sys.stderr = (
                open(number, mode, encoding=encoding, errors=errors, closefd=False)  # noqa: SIM115 - for as long as it runs
                for number, mode, (encoding, errors) in zip(range(3), "rww", kinds, strict=True)
            )
            try:
                code = main(_become(request, []))
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
            except BaseException:  # noqa: BLE001 - as Python does at the end of a program
                traceback.print_exc()
                code = 1
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError, ValueError):
                    stream.flush()
            for number, flag in enumerate((os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)):
                nothing = os.open(os.devnull, flag)
                os.dup2(nothing, number)
                os.close(nothing)
        for name, value in before.items():
            _constant(name, value)
        os.environ.clear()
        os.environ.update(at_first)
        os.chdir(folder)
        if (core := sys.modules.get("keyring.core")) is not None:
            core._keyring_backend = None  # type: ignore[attr-defined] # a variable may name another one next time
        answers.write(b"%d\n" % code)
        answers.flush()


@contextlib.contextmanager
def _files(paths: Sequence[str]) -> Iterator[list[int]]:
    binary = getattr(os, "O_BINARY", 0)
    flags = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)
    opened = [os.open(path, flag | binary) for path, flag in zip(paths, flags, strict=True)]
    yield opened
    for number in opened:
        os.close(number)


def _constant(name: str, value: float | None = None) -> float:
    """A constant by its full name, and what it is to be from now on."""
    module, _, constant = name.rpartition(".")
    now: float = getattr(importlib.import_module(module), constant)
    if value is not None:
        setattr(sys.modules[module], constant, value)
    return now


if __name__ == "__main__" and sys.argv[1] == _AGAIN:
    _serve_again()
elif __name__ == "__main__":
    given = _serve(sys.argv[1])
    from notification_tester.__main__ import main

    code = main(given)
    if given[0] == "practice":
        os._exit(code)  # its modules need not be taken down one by one
    sys.exit(code)
