# SPDX-License-Identifier: MIT
"""Handing an e-mail to a server that hands it on, over SMTP (RFC 5321, 3207, 4954), with the library smtplib.

smtplib waits for each line as long as its socket may, and takes as many lines as come. So the whole is done on a thread
of its own that is left behind when its time is over or a person stops: the connection is cut then, which ends it.
What a server says is somebody else's text; it is quoted, and what is secret is taken out of it first.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
import time
from concurrent.futures import Future, wait
from contextlib import suppress
from email import message_from_bytes, policy
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from notification_tester.domain.known_secrets import KnownSecrets
from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer
from notification_tester.domain.smtp import STARTTLS_PORT, TLS_PORT, SmtpSecurity

if TYPE_CHECKING:
    from notification_tester.domain.smtp import SmtpSettings

MAIL_SECONDS = 30.0
"""For one e-mail, from the connection to the server's last word."""

LOOK_SECONDS = 0.05
"""How soon Cancel is noticed."""

MOST_SAID = 64 * 1024
"""Bytes that a server may say in one session; a usual one says less than two thousand."""

MOST_QUOTED = 300
"""Characters of a server's words that stand in a sentence."""

_OURSELVES = "[127.0.0.1]"  # as smtplib says where a computer has no name; our own would be nobody's business


class _Step(StrEnum):
    """How far it came, which decides what a failure means."""

    CONNECT = "connect"
    TLS = "TLS"
    SIGN_IN = "sign in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


class MailStoppedError(Exception):
    """A person stopped; ``perhaps_done`` where the message was on its way already."""

    def __init__(self, *, perhaps_done: bool) -> None:
        self.perhaps_done = perhaps_done


def send_mail(
    settings: SmtpSettings,
    message: bytes,
    recipient: str,
    *,
    password: str,
    stop: threading.Event,
    seconds: float = MAIL_SECONDS,
) -> str:
    """Hand ``message`` over for ``recipient``; returns what the server said when it took it.

    Raises ProblemError, and MailStoppedError once ``stop`` is set.
    """
    if settings.user and not f"{settings.user}{password}".isascii():
        raise ProblemError(_NOT_ASCII)
    session = _Session(settings, password, seconds)
    answer: Future[str] = Future()

    def work() -> None:
        try:
            answer.set_result(session.send(message, recipient))
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it
            answer.set_exception(error)

    threading.Thread(target=work, name="smtp", daemon=True).start()
    deadline = time.monotonic() + seconds
    while not answer.done() and not stop.is_set() and time.monotonic() < deadline:
        wait([answer], timeout=LOOK_SECONDS)
    is_over = not answer.done()
    session.cut()
    perhaps_done = session.step is _Step.MESSAGE
    if is_over and stop.is_set():
        raise MailStoppedError(perhaps_done=perhaps_done)
    if is_over:
        raise ProblemError(session.problem(TimeoutError()), perhaps_done=perhaps_done)
    error = answer.exception()
    if error is None:
        return answer.result()
    if isinstance(error, OSError | smtplib.SMTPException | _TooMuchSaidError | ValueError):
        has_refused = isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
        raise ProblemError(session.problem(error), perhaps_done=perhaps_done and not has_refused) from error
    raise error


class _Session:
    """One session with a server, and what its failures mean."""

    def __init__(self, settings: SmtpSettings, password: str, seconds: float) -> None:
        self.step = _Step.CONNECT
        self._settings = settings
        self._password = password
        self._seconds = seconds
        self._client: _Client | None = None
        self._is_cut = False
        self._secrets = KnownSecrets((password,))

    @property
    def host(self) -> str:
        """Whom a certificate must be for."""
        return self._settings.host

    def send(self, message: bytes, recipient: str) -> str:
        is_private = self._settings.security is SmtpSecurity.TLS
        client = self._client = _Client(self, self._seconds, is_private=is_private)
        try:
            return self._talk(client, message, recipient)
        finally:
            client.cut()  # whoever cut it before may have been too early for a connection to be there

    def _talk(self, client: _Client, message: bytes, recipient: str) -> str:
        settings = self._settings
        code, said = client.connect(settings.host, settings.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        client.ehlo_or_helo_if_needed()
        if settings.security is SmtpSecurity.STARTTLS:
            self.step = _Step.TLS
            client.starttls(context=client.privacy)
            client.ehlo()
        if settings.user:
            self.step = _Step.SIGN_IN
            client.login(settings.user, self._password)
        self.step = _Step.SENDER
        mail: Any = message_from_bytes(message, policy=policy.SMTP)
        client.send_message(mail, from_addr=settings.mailbox or recipient, to_addrs=[recipient])
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
        return self._clean(client.last_word)[:MOST_QUOTED]

    def cut(self) -> None:
        """End the connection, whatever is being waited for."""
        self._is_cut = True
        if self._client is not None:
            self._client.cut()

    def cut_if_asked(self) -> None:
        """A connection that came about after the end is not used."""
        if self._is_cut:
            raise OSError("it is over")

    def problem(self, error: Exception) -> Problem:
        """What a failure means at the step that had been reached."""
        code, said = _said(error)
        title, detail, remedy, word = self._words(error, code, said.casefold())
        cause = Cause.REFUSED
        if word in {"sign-in", "other-sign-in", "no-sign-in"}:
            cause = Cause.KEYS
        elif word in {"recipient"}:
            cause = Cause.DESTINATION
        elif not code and self.step in {_Step.CONNECT, _Step.TLS}:
            cause = Cause.UNREACHABLE
        quoted = self._clean(said)
        return Problem(
            title=title,
            detail=f"{detail} It said: “{quoted[:MOST_QUOTED]}”." if quoted and code else detail,
            remedy=remedy,
            code=f"smtp.{word}",
            cause=cause,
            answer=ServiceAnswer(code=str(code or ""), message=quoted[:2000]),
        )

    def _words(self, error: Exception, code: int, said: str) -> tuple[str, str, str, str]:
        server = self._settings.text
        if isinstance(error, _TooMuchSaidError):
            return (
                "The mail server talks without an end.",
                f"{server} said more than {MOST_SAID // 1024} KB where a few lines are usual.",
                "Check the server's name and port.",
                "endless",
            )
        if isinstance(error, ValueError) and not isinstance(error, OSError):  # smtplib's, of words that it cannot read
            return (
                "What the mail server says cannot be understood.",
                f"{server} broke the rules by which mail servers speak.",
                "Check the server's name and port, or use another server.",
                "not-understood",
            )
        if self.step is _Step.MESSAGE and not code and not isinstance(error, smtplib.SMTPResponseException):
            return (
                "Whether the mail server took the e-mail is not known.",
                f"The whole message went to {server}, and no answer came to it.",
                "Look into the mailbox before you send it once more.",
                "no-answer-to-message",
            )
        if isinstance(error, socket.gaierror):
            return (
                "There is no mail server of this name.",
                f"This computer's name service does not know “{self._settings.host}”.",
                "Compare its name with what your mail provider says, and check that there is a network.",
                "host-unknown",
            )
        if isinstance(error, ConnectionRefusedError):
            return (
                "The mail server does not listen there.",
                f"Nothing listens at {server}: the computer answered, and turned the connection away.",
                f"Check the port: {STARTTLS_PORT} with STARTTLS and {TLS_PORT} with TLS are the usual ones.",
                "port-closed",
            )
        if isinstance(error, ssl.SSLCertVerificationError):
            return (
                "The mail server's certificate is not trusted.",
                (
                    f"{server} showed one that this computer does not trust: {error.verify_message}. Neither the name "
                    "nor the password was sent."
                ),
                (
                    "Check the server's name. A network that looks into what is sent may be in between; ask its "
                    "administrator for its certificate, and have the system trust it."
                ),
                "certificate",
            )
        if isinstance(error, ssl.SSLError):
            return (
                "The mail server speaks no TLS there.",
                f"What {server} answered is not TLS ({error.reason or 'no reason is told'}).",
                f"TLS from the first byte is usual at port {TLS_PORT}, STARTTLS at {STARTTLS_PORT}.",
                "no-tls",
            )
        if self.step is _Step.TLS and isinstance(error, smtplib.SMTPNotSupportedError | smtplib.SMTPResponseException):
            return (
                "The mail server offers no STARTTLS.",
                (
                    f"{server} does not make a connection private once it is open, and without that nothing is sent: "
                    "neither the message nor the password."
                ),
                (
                    "A server on this computer may do without: choose None."
                    if self._settings.is_loopback
                    else f"Try TLS, usually at port {TLS_PORT}, or another server."
                ),
                "no-starttls",
            )
        if self.step is _Step.SIGN_IN:
            return self._sign_in_words(error, code, said)
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            return (
                "The mail server does not answer.",
                (
                    f"{server} did not say what it had to within {self._seconds:.0f} s. A port for TLS is silent "
                    "to STARTTLS, and a network may let no mail through."
                ),
                f"Check the port: {STARTTLS_PORT} with STARTTLS and {TLS_PORT} with TLS are the usual ones.",
                "silent",
            )
        if isinstance(error, smtplib.SMTPServerDisconnected | ConnectionError):
            return (
                "The mail server hung up.",
                f"{server} ended the connection in the middle of the talk.",
                "Try again; if it stays so, check the port and whether this computer may send mail there.",
                "hung-up",
            )
        return self._refusal_words(error, code)

    def _sign_in_words(self, error: Exception, code: int, said: str) -> tuple[str, str, str, str]:
        server = self._settings.text
        wants_another = (
            isinstance(error, smtplib.SMTPNotSupportedError)
            or (isinstance(error, smtplib.SMTPException) and not code and "authentication method" in said)
            or any(word in said for word in _OTHER_WAYS)
        )
        if wants_another:
            return (
                "The mail server wants another way to sign in.",
                (
                    f"{server} does not take a name and a password, or none that this program can give: it wants a "
                    "sign-in in a browser (OAuth), a password of its own for programs, or none at all."
                ),
                (
                    "Make an app password where your provider has them, leave the name empty where nobody signs in, or "
                    "use another server."
                ),
                "other-sign-in",
            )
        if code:
            return (
                "The mail server does not accept the name or the password.",
                f"{server} refused to sign “{self._settings.user[:100]}” in.",
                "Type both again. Many providers take an app password here, and not that of their web page.",
                "sign-in",
            )
        return (
            "The mail server hung up while signing in.",
            f"{server} ended the connection, or said nothing more, when it was given the name and the password.",
            "Try again in some minutes: servers do that after several wrong passwords.",
            "sign-in-broke-off",
        )

    def _refusal_words(self, error: Exception, code: int) -> tuple[str, str, str, str]:
        server = self._settings.text
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            return (
                "The mail server refused the recipient.",
                f"{server} does not hand mail on to this address.",
                (
                    "Check the address. A server mostly hands on mail of those who have signed in there, and only to "
                    "addresses that exist."
                ),
                "recipient",
            )
        if code in {530, 550} and not self._settings.user and self.step is _Step.SENDER:
            return (
                "The mail server wants you to sign in.",
                f"{server} takes no mail from somebody that it does not know.",
                "Give the name and the password with which you sign in there.",
                "no-sign-in",
            )
        if code == 552:
            return (
                "The message is too large for the mail server.",
                f"{server} does not take a message of this size.",
                "Send fewer events in one message.",
                "too-large",
            )
        if isinstance(error, smtplib.SMTPSenderRefused):
            return (
                "The mail server refused the sender.",
                f"{server} does not hand on mail of “{self._settings.mailbox[:100] or 'Mechanical Turk'}”.",
                "Use the address that belongs to the name with which you sign in.",
                "sender",
            )
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return (
                "The mail server does not take this address.",
                f"There are letters in the address that {server} cannot write (it has no SMTPUTF8).",
                "Use an address of plain letters, or another server.",
                "not-ascii",
            )
        if self.step is _Step.CONNECT and isinstance(error, smtplib.SMTPResponseException):
            is_none = code < 400  # one that takes no mail now says 421 or 554; news greet with 200
            return (
                "There is no mail server there." if is_none else "The mail server takes no mail now.",
                f"What {server} says is not what a mail server says." if is_none else f"{server} turned us away.",
                "Check the server's name and port." if is_none else "Try again later, or ask its administrator.",
                "no-mail-server" if is_none else "turned-away",
            )
        if isinstance(error, smtplib.SMTPResponseException):
            return (
                "The mail server refused the message.",
                f"{server} said no ({code}).",
                "What it said is what the server's administrator will want to see.",
                "refused",
            )
        return (
            "The mail server cannot be reached.",
            f"No connection to {server} came about: {self._clean(str(error))[:200]}.",
            "Check the name, the port and the network.",
            "unreachable",
        )

    def _clean(self, text: str) -> str:
        return " ".join(self._secrets.clean(text).split())


_NOT_ASCII = Problem(
    title="There are letters in the name or the password that cannot be sent.",
    detail="A mail server is signed in to with the letters from A to Z, digits and punctuation; it has others.",
    remedy="Make an app password where your provider has them: it has plain letters alone.",
    code="smtp.not-ascii-password",
    cause=Cause.INPUT,
)

_OTHER_WAYS = (
    "application-specific password",  # Google, 534 5.7.9
    "basic authentication is disabled",  # Microsoft, 535 5.7.139
    "smtpclientauthentication is disabled",  # Microsoft, 535 5.7.139
    "web browser",  # Google, 534 5.7.14
    "mechanism",  # RFC 4954: 504 and 534, an authentication mechanism that is not taken or too weak
    "5.7.9",  # RFC 4954: the mechanism is too weak
)


def _said(error: Exception) -> tuple[int, str]:
    """What the server said: its code, 0 where it said nothing, and its words, of an error without them its own."""
    code: int = getattr(error, "smtp_code", 0)
    said: object = getattr(error, "smtp_error", str(error))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
    return code, said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


class _TooMuchSaidError(Exception):
    """More came than any server has to say."""


class _Client(smtplib.SMTP):
    """smtplib's own, with TLS from the first byte where it ``is_private``, and a bound on what is read."""

    def __init__(self, session: _Session, seconds: float, *, is_private: bool) -> None:
        self._session = session
        self._is_private = is_private
        self.privacy: Any = _Privacy(self)  # smtplib asks a context for no more than to wrap its connection
        self.last_word = ""
        super().__init__(local_hostname=_OURSELVES, timeout=seconds)
        self._host = session.host  # smtplib asks a certificate for it, and sets it only where it connects by itself

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """As smtplib's, which opens no TLS; SMTP_SSL of the same library does it so."""
        connected = socket.create_connection((host, port), timeout)
        self.can_be_cut(connected)
        if not self._is_private:
            return connected
        self._session.step = _Step.TLS
        private: socket.socket = self.privacy.wrap_socket(connected, server_hostname=host)
        self._session.step = _Step.CONNECT
        return private

    def can_be_cut(self, connection: socket.socket) -> None:
        """From now on this is the connection. Raises OSError where the end came before it."""
        self.sock = connection
        self._session.cut_if_asked()

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer, within the bound."""
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        return super().getreply()

    def rcpt(self, recip: str, options: Any = ()) -> tuple[int, bytes]:
        """Name a recipient: the sender is taken."""
        self._session.step = _Step.RECIPIENT
        return super().rcpt(recip, options)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the message itself: from here on it may have been taken."""
        self._session.step = _Step.MESSAGE
        code, said = super().data(msg)
        self.last_word = f"{code} {said.decode('utf-8', 'replace')}"
        return code, said

    def cut(self) -> None:
        """Let whoever waits for this connection hear that it is over."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
        with suppress(OSError, AttributeError):
            self.close()


class _Privacy:
    """Encrypts the connection of a client so that it can be cut meanwhile: by the new socket, the old one is empty."""

    def __init__(self, client: _Client) -> None:
        self._client = client
        self._context = ssl.create_default_context()

    def wrap_socket(self, connected: socket.socket, *, server_hostname: str) -> ssl.SSLSocket:
        """As that of ``SSLContext``."""
        private = self._context.wrap_socket(connected, server_hostname=server_hostname, do_handshake_on_connect=False)
        self._client.can_be_cut(private)
        private.do_handshake()
        return private


class _Bounded:
    """A file of which so much is read and no more."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._left = MOST_SAID

    def readline(self, size: int) -> bytes:
        line: bytes = self._file.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise _TooMuchSaidError
        return line

    def close(self) -> None:
        self._file.close()
