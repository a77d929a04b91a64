# SPDX-License-Identifier: MIT
"""A message that was sent from this computer, as a command and as a script that send the same once more.

As in :mod:`services.snippets` no key of a person is in them, and no password; the address is the one that was typed,
with its query, since nothing else leads there. What SNS signs is in them as it was signed: its certificate is served
only while this program runs.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from notification_tester.domain.account import REGION
from notification_tester.domain.destination import EmailAddress, QueueAddress, TopicAddress
from notification_tester.domain.smtp import SmtpSecurity
from notification_tester.domain.web_address import WebAddress
from notification_tester.services.sending.web_delivery import WAIT_SECONDS, http_call
from notification_tester.services.snippets import practice_keys

if TYPE_CHECKING:
    from notification_tester.domain.smtp import SmtpSettings
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.sending.deliver import Delivered
    from notification_tester.services.sending.delivery_request import DeliveryRequest

LONGEST_WORD = 100_000
"""Characters that a shell takes as one word, on Linux 131,072 bytes; Windows takes fewer for all of them."""

LONGEST_ON_WINDOWS = 8_000


def delivery_as_curl(request: DeliveryRequest, delivered: Delivered) -> str:
    """One command, quoted for the shell of this system; empty where curl, or that shell, cannot send the same."""
    address = request.target
    if not isinstance(address, WebAddress):
        return ""
    call = http_call(address, delivered.draft)
    try:
        body = call.body.decode()
    except UnicodeDecodeError:
        return ""
    parts = urlsplit(address.url)
    words = ["curl", "--silent", "--show-error", "--include", "--globoff", "--path-as-is"]
    words += ["--max-time", f"{WAIT_SECONDS:g}"]
    words += ["--noproxy", "*"] if address.is_loopback else []
    words += ["--insecure"] if request.trust_untrusted and address.scheme == "https" else []
    # An empty value takes a header away that curl would add by itself.
    names = {name.lower() for name, _ in call.headers}
    added = [name for name in ("Content-Type", "Expect") if call.method == "POST" and name.lower() not in names]
    for name, value in call.headers:
        words += ["--header", f"{name}: {value}" if value else f"{name};"]
    for name in added:
        words += ["--header", f"{name}:"]
    if call.method == "POST":
        words += ["--data-raw", body]
    words.append(urlunsplit((parts.scheme, parts.netloc, "", "", "")) + call.target)
    if sys.platform == "win32":
        text = subprocess.list2cmdline(words)
        return text if len(text) <= LONGEST_ON_WINDOWS and text.isprintable() and "%" not in text else ""
    is_too_long = any(len(word.encode()) > LONGEST_WORD for word in words)
    return "" if is_too_long or "\0" in body else shlex.join(words)


def delivery_as_python(opened: OpenAccount | None, request: DeliveryRequest, delivered: Delivered) -> str:
    """A script for Python: with its own library, or boto3 for a queue and a topic; empty where there is none."""
    match request.target:
        case WebAddress() as address:
            return _to_the_web(address, request, delivered)
        case QueueAddress() | TopicAddress() as address:
            return "" if opened is None else _to_aws(opened, address, delivered)
        case EmailAddress() as address:
            return "" if request.smtp is None else _by_mail(request.smtp, address, delivered)


def _to_the_web(address: WebAddress, request: DeliveryRequest, delivered: Delivered) -> str:
    call = http_call(address, delivered.draft)
    kind, more, imports = "HTTPConnection", "", "import http.client\n"
    if address.scheme == "https":
        kind, imports = "HTTPSConnection", "import http.client\nimport ssl\n"
        trust = "_create_unverified_context" if request.trust_untrusted else "create_default_context"
        more = f", context=ssl.{trust}()"
    headers = "".join(f"    ({name!r}, {value!r}),\n" for name, value in call.headers)
    has_body = call.method != "GET"
    return (
        f"{imports}\n"
        f"body = {call.body!r}\n"
        f"headers = [\n{headers}]\n"
        f"connection = http.client.{kind}({address.host!r}, {address.port}, timeout={WAIT_SECONDS:g}{more})\n"
        f"connection.putrequest({call.method!r}, {call.target!r}, skip_accept_encoding=True)\n"
        "for name, value in headers:\n"
        "    connection.putheader(name, value)\n"
        + ('connection.putheader("Content-Length", str(len(body)))\n' if has_body else "")
        + "connection.endheaders(body or None)\n"
        "answer = connection.getresponse()\n"
        "print(answer.status, answer.reason)\n"
        'print(answer.read(65536).decode("utf-8", "replace"))\n'
    )


def _to_aws(opened: OpenAccount, address: QueueAddress | TopicAddress, delivered: Delivered) -> str:
    connection = opened.clients.connection
    session = [f"{name.lower()}={value!r}" for name, value in practice_keys(opened).items()]
    session += [f"profile_name={connection.profile!r}"] if connection.profile else []
    where = f", endpoint_url={connection.aws_endpoint!r}" if connection.aws_endpoint else ""
    is_queue = isinstance(address, QueueAddress)
    service, call, place, text = (
        ("sqs", "send_message", "QueueUrl", "MessageBody") if is_queue else ("sns", "publish", "TopicArn", "Message")
    )
    fifo = '    MessageGroupId="test",\n    MessageDeduplicationId=uuid.uuid4().hex,\n' if address.is_fifo else ""
    return (
        ("import uuid\n\n" if fifo else "") + "import boto3\n\n"
        f"session = boto3.Session({', '.join(session)})\n"
        f'client = session.client("{service}", region_name={address.region or REGION!r}{where})\n'
        f"answer = client.{call}(\n"
        f"    {place}={json.dumps(address.text)},\n"
        f"    {text}={delivered.draft.body.decode('utf-8', 'replace')!r},\n"
        f"{fifo})\n"
        'print(answer["MessageId"])\n'
    )


def _by_mail(server: SmtpSettings, address: EmailAddress, delivered: Delivered) -> str:
    kind = "SMTP_SSL" if server.security is SmtpSecurity.TLS else "SMTP"
    more = ", context=ssl.create_default_context()" if server.security is SmtpSecurity.TLS else ""
    steps = "    server.starttls(context=ssl.create_default_context())\n"
    steps = steps if server.security is SmtpSecurity.STARTTLS else ""
    if server.user:
        steps += f'    server.login({server.user!r}, getpass.getpass("Password of the mail server: "))\n'
    return (
        "import getpass\nimport smtplib\nimport ssl\n\n"
        f"message = {delivered.draft.body!r}\n"
        f"with smtplib.{kind}({server.host!r}, {server.port}, timeout=30{more}) as server:\n"
        f"{steps}"
        f"    server.sendmail({server.mailbox or address.address!r}, [{address.address!r}], message)\n"
        'print("accepted")\n'
    )
