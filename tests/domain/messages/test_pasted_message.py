# SPDX-License-Identifier: MIT
"""Reading a message as people have it: in a mail, a log, a program's print, a capture, and changed on its way."""

from __future__ import annotations

import base64
import gzip
import html
import json
import pprint
import quopri
from collections import OrderedDict
from email.message import EmailMessage
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification_tester.domain.messages.message import MAX_SIZE, Format, decode
from notification_tester.domain.messages.pasted_message import decode_pasted

CASES = Path(__file__).parent.parent.parent / "cases"

HIT_TYPE, HIT, ASSIGNMENT = "3BBBBBBBBBBBBBBBBBBBBBBBBBBBBB", "3AAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "3C" + "C" * 28
EVENT = {
    "EventType": "AssignmentSubmitted",
    "EventTimestamp": "2026-03-04T05:06:07Z",
    "HITId": HIT,
    "HITTypeId": HIT_TYPE,
    "AssignmentId": ASSIGNMENT,
}
MESSAGE: dict[str, Any] = {
    "Events": [EVENT],
    "EventDocId": "0123456789abcdef0123456789abcdef01234567",
    "SourceAccount": "123456789012",
    "CustomerId": "A1EXAMPLE",
    "EventDocVersion": "2014-08-15",
}
BODY = json.dumps(MESSAGE, separators=(",", ":"))
SECOND = BODY.replace("0123456789abcdef", "fedcba9876543210")
ENVELOPE: dict[str, Any] = {
    "Type": "Notification",
    "MessageId": "11111111-2222-3333-4444-555555555555",
    "TopicArn": "arn:aws:sns:us-east-1:123456789012:turk-events",
    "Subject": "12345678",
    "Message": BODY,
    "Timestamp": "2026-03-04T05:06:08.000Z",
    "SignatureVersion": "1",
    "Signature": "AAAA",
    "SigningCertURL": "https://sns.us-east-1.amazonaws.com/x.pem",
    "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
}
SNS = json.dumps(ENVELOPE)
SNS_LINES = json.dumps(ENVELOPE, indent=2)
RECORD = {"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": ENVELOPE}
LAMBDA = {"Records": [RECORD]}
RECEIVED = {"Messages": [{"MessageId": "1", "ReceiptHandle": "AQEB", "Body": BODY}]}
FOOTER = """

--
If you wish to stop receiving notifications from this topic, please click or visit the link below to unsubscribe:
https://sns.us-east-1.amazonaws.com/unsubscribe.html?SubscriptionArn=arn:aws:sns:us-east-1:123456789012:t:0&Endpoint=a@b.org

Please do not reply directly to this email.
"""


def mail(text: str, *, cte: str = "7bit", charset: str = "utf-8", subtype: str = "plain", more: bool = False) -> bytes:
    made = EmailMessage()
    made["From"] = "AWS Notifications <no-reply@sns.amazonaws.com>"
    made["To"] = "ann@example.org"
    made["Subject"] = "12345678"
    made["x-amz-sns-message-id"] = "11111111-2222-3333-4444-555555555555"
    made.set_content(text, subtype=subtype, charset=charset, cte=cte)
    if more:
        made.add_alternative(f"<p>{html.escape(text)}</p>", subtype="html")
        made.add_attachment(b"picture", maintype="image", subtype="png")
    return made.as_bytes()


def forwarded() -> bytes:
    outer = EmailMessage()
    outer["From"] = "bob@example.org"
    outer["Subject"] = "Fwd: 12345678"
    outer.set_content("What is this?")
    inner = EmailMessage()
    inner["From"] = "AWS Notifications <no-reply@sns.amazonaws.com>"
    inner.set_content(BODY + FOOTER)
    outer.add_attachment(inner)
    return outer.as_bytes()


def attached() -> bytes:
    made = EmailMessage()
    made["From"] = "bob@example.org"
    made.set_content("see the file")
    made.add_attachment(SNS.encode(), maintype="application", subtype="json", filename="message.json")
    return made.as_bytes()


def lines(prefix: str, text: str, *, step: int = 1) -> str:
    """Each line of a text behind a prefix, in which ``#`` is counted up."""
    return "\n".join(prefix.replace("#", str(7 + step * number)) + line for number, line in enumerate(text.split("\n")))


def curly(text: str) -> str:
    """As a word processor sets it."""
    out, is_open = [], False
    for character in text:
        if character == '"':
            is_open = not is_open
        out.append({True: "“", False: "”"}[is_open] if character == '"' else character)
    return "".join(out)


def node(value: Any, indent: int = 0) -> str:
    """As Node's util.inspect prints it with depth null."""
    blanks = " " * (indent + 2)
    if isinstance(value, dict):
        rows = ",\n".join(
            f"{blanks}{key if key.isidentifier() else repr(key)}: {node(one, indent + 2)}" for key, one in value.items()
        )
        return "{\n" + rows + "\n" + " " * indent + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"{blanks}{node(one, indent + 2)}" for one in value) + "\n" + " " * indent + "]"
    return {None: "undefined", True: "true", False: "false"}.get(value) or repr(value)


def ruby(value: Any, arrow: str = "=>") -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}{arrow}{ruby(one, arrow)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(ruby(one, arrow) for one in value) + "]"
    return json.dumps(value)


def print_r(value: Any, indent: int = 0) -> str:
    """As PHP's print_r prints it."""
    if not isinstance(value, (dict, list)):
        return str(value)
    rows = value.items() if isinstance(value, dict) else enumerate(value)
    blanks = " " * indent
    inner = "".join(f"{blanks}    [{key}] => {print_r(one, indent + 8)}\n" for key, one in rows)
    return f"Array\n{blanks}(\n{inner}{blanks})\n"


HEAD = "POST /receiver HTTP/1.1\r\nx-amz-sns-message-type: Notification\r\nHost: example.org\r\n\r\n"
SOAP = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><Notify '
    'xmlns="http://requester.mturk.amazonaws.com/doc/2006-05-05"><Version>2014-08-15</Version><Event>'
    + "".join(f"<{name}>{value}</{name}>" for name, value in EVENT.items())
    + "</Event></Notify></soapenv:Body></soapenv:Envelope>"
)
FIELDS = {
    "method": "Notify",
    "Signature": "DEPRECATED",
    "Timestamp": "2026-03-04T05:06:08Z",
    "Version": "2014-08-15",
    **{f"Event.1.{name.replace('EventTimestamp', 'EventTime')}": value for name, value in EVENT.items()},
}
QUERY = urlencode(FIELDS)
UNDERSCORES = {name.replace(".", "_"): value for name, value in FIELDS.items()}
SQS_XML = (
    '<?xml version="1.0"?><ReceiveMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">'
    "<ReceiveMessageResult><Message><MessageId>1</MessageId><Body>{}</Body></Message></ReceiveMessageResult>"
    "</ReceiveMessageResponse>"
)
LATIN = mail("Grüße\n" + BODY, cte="8bit", charset="iso-8859-1")


def unicode_texts(fields: dict[str, str]) -> list[tuple[str, str]]:
    """The values as Python 2 printed them."""
    return [(name, f"u{value!r}") for name, value in fields.items()]


def python_2(fields: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name!r}: {value}" for name, value in unicode_texts(fields)) + "}"


def cgi_fields(fields: dict[str, str]) -> str:
    return "[" + ", ".join(f"MiniFieldStorage({name!r}, {value!r})" for name, value in fields.items()) + "]"


FORMS: dict[str, str | bytes] = {
    # something around it
    "SNS e-mail text": BODY + FOOTER,
    "chat": f"Bob [09:41]\nlook what came: {BODY} - any idea?",
    "fence": f"Here it is:\n\n```json\n{json.dumps(MESSAGE, indent=2)}\n```\nThanks (really :])!",
    "code in one line": f"see `{BODY}` there",
    "quoted lines": lines("> ", json.dumps(MESSAGE, indent=2)),
    "twice quoted": lines("> > ", SNS_LINES),
    "HTTP post": HEAD + SNS_LINES,
    "HTTP post, line feeds": (HEAD + SNS).replace("\r\n", "\n"),
    "HTTP, headers with brackets": 'POST /x HTTP/1.1\r\nUser-Agent: "x" [y] {z}\r\n\r\n' + SNS,
    "curl": f"curl -X POST -H 'x-amz-sns-topic-arn: a' -d '{SNS}' https://example.org",
    "CloudWatch": "2026-03-04T05:06:09.001Z\t1111-2222\tINFO\t" + json.dumps(LAMBDA),
    "log with brackets": "[2026-03-04 05:06:09,123] [INFO] {worker-1} it's here: " + SNS,
    "log with an inch sign": '[5" screen] ' + SNS,
    "log with an open bracket": "INFO [main: " + SNS,
    "docker logs -t": lines("2026-03-04T05:06:0#.123456789Z ", SNS_LINES),
    "docker compose": lines("receiver_1  | ", SNS_LINES),
    "docker compose, after another line": "{7} says:\n" + lines("web_1 | ", json.dumps(MESSAGE, indent=2)),
    "journal": lines("Mar 04 05:06:0# host app[1234]: ", SNS_LINES),
    "kubectl": lines("[pod/web-1/web] ", SNS_LINES),
    "numbered": lines("  #\t", json.dumps(MESSAGE, indent=2)),
    "numbered beyond ten": lines("#: ", json.dumps(MESSAGE, indent=1), step=1),
    "diff": lines("+", SNS_LINES),
    "comment": lines("# ", SNS_LINES),
    "colours": "\x1b[32mINFO\x1b[0m \x1b[1m" + SNS.replace('"Type"', '\x1b[34m"Type"\x1b[39m') + "\x1b[0m",
    "shell": "$ aws sqs receive-message --queue-url x\n" + json.dumps(RECEIVED, indent=4) + "\n$ ",
    "variable": f"const event = {SNS};\nhandler(event);",
    "Java map": "{Type=Notification, MessageId=1, Message=" + BODY + ", Timestamp=2026}",
    "Go map": "map[Message:" + BODY + " Type:Notification]",
    # in other JSON
    "log of JSON": json.dumps({"level": "INFO", "message": LAMBDA, "timestamp": "x"}),
    "log of JSON with a text": json.dumps({"time": "x", "record": json.dumps(LAMBDA)}),
    "log of JSON with a log line in it": json.dumps({"log": f"INFO event {SNS}\n", "stream": "stdout"}),
    "aws logs": json.dumps({"events": [{"timestamp": 1, "message": "START"}, {"message": f"x\tINFO\t{SNS}\n"}]}),
    "EventBridge": json.dumps({"version": "0", "detail-type": "turk", "source": "my", "detail": MESSAGE}),
    "EventBridge with an envelope": json.dumps({"detail-type": "x", "detail": ENVELOPE}),
    "Lambda destination": json.dumps({"requestContext": {}, "requestPayload": LAMBDA, "responsePayload": None}),
    "API Gateway": json.dumps({"httpMethod": "POST", "headers": {}, "body": SNS, "isBase64Encoded": False}),
    "API Gateway, base64": json.dumps({"body": base64.b64encode(SNS.encode()).decode(), "isBase64Encoded": True}),
    "pipe": json.dumps([{"messageId": "1", "body": BODY, "eventSource": "aws:sqs"}]),
    "step function": json.dumps({"Input": json.dumps({"x": LAMBDA})}),
    "HAR": json.dumps({"log": {"entries": [{"request": {"postData": {"text": SNS}}}]}}),
    "a foreign record beside it": json.dumps([{"a": 1}, {"deep": [{"er": MESSAGE}]}]),
    "body taken for a form": json.dumps({SNS: ""}),
    "queue to topic to queue": json.dumps({"Messages": [{"Body": SNS, "Attributes": {"SenderId": "AIDA"}}]}),
    # as programs print it
    "Python": repr(LAMBDA),
    "Python, in a log": f"INFO:root:Received {LAMBDA!r} at 5",
    "Python bytes": repr(SNS_LINES.encode()),
    "Python bytes of curly": repr(SNS_LINES.replace("12345678", "Tür", 1).encode()),
    "Python str": repr(SNS_LINES),
    "Python pprint": pprint.pformat(LAMBDA, width=60),
    "Python boto3": repr({**RECEIVED, "when": OrderedDict(a=1), "ResponseMetadata": {"RetryAttempts": 0}}),
    "Python, apostrophe": repr({**ENVELOPE, "Subject": "it's"}),
    "Python OrderedDict": repr(OrderedDict(ENVELOPE)),
    "Python defaultdict": f"defaultdict(<class 'dict'>, {ENVELOPE!r})",
    "Python dataclass": f"Event(kind='x', body={ENVELOPE!r})",
    "Python constants": repr({"a": None, "b": True, "c": (1,), "d": 1.5, "Records": [RECORD]}),
    "Node": node(LAMBDA),
    "Node in a log": "2026-03-04T05:06:09.001Z\tabc\tINFO\t" + node(LAMBDA),
    "Node, text broken with +": node(ENVELOPE).replace('"EventDocId"', "' +\n    '\"EventDocId\""),
    "Node class": "IncomingMessage " + node(ENVELOPE),
    "Node null prototype": "[Object: null prototype] " + node(ENVELOPE),
    "JSON5": node(MESSAGE).replace("\n}", ",\n}"),
    "Ruby": ruby(LAMBDA),
    "Ruby 3.4": ruby(LAMBDA, " => "),
    "Elixir": ruby(LAMBDA, " => ").replace("{", "%{").replace("%{\\", "{\\"),
    "Rust": f'Object {{"Records": Array [Object {{"n": Number(1), "Message": String({json.dumps(BODY)})}}]}}',
    "JSON with comments": SNS_LINES.replace("\n", " // what\n", 2).replace(",\n", ", /* a, b */\n"),
    "JSON with a comma too many": BODY.replace("}]", "},]"),
    "C#": '@"' + BODY.replace('"', '""') + '"',
    "YAML": f"Messages:\n- Body: '{BODY}'\n  MD5OfBody: x\n",
    "AWS CLI table": f"|  Body  |  {BODY}  |",
    "AWS SDK for Java": f"Message(MessageId=1, ReceiptHandle=x, Body={BODY})",
    "PHP print_r": print_r(ENVELOPE),
    # changed on its way
    "curly quotes": curly(BODY),
    "curly quotes of an envelope": curly(SNS),
    "curly quotes in a table of Windows": curly(BODY).encode("cp1252"),
    "curly quotes, UTF-8 read by a table of Windows": curly(BODY).replace("”", "“").encode().decode("cp1252"),
    "wide signs": BODY.translate(str.maketrans('{}[]:,"', "｛｝［］：，＂"))
    .replace("：0", ":0")
    .replace("05：06：07", "05:06:07"),
    "German quotes": BODY.replace('"', "„"),
    "guillemets": BODY.replace('"', "«"),
    "no-break spaces": json.dumps(MESSAGE, indent=4).replace("    ", "\N{NO-BREAK SPACE} \N{NO-BREAK SPACE} "),
    "zero-width spaces": BODY.replace(",", ",\u200b").replace("{", "{\u2060"),
    "a mark within": "\ufeff\n" + BODY.replace(":[", ":\ufeff["),
    "right-to-left marks": "\u200e" + BODY + "\u200f",
    "entities": html.escape(BODY),
    "entities in a page": f"<html><body><pre>{html.escape(SNS_LINES)}</pre></body></html>",
    "numeric entities": BODY.replace('"', "&#34;"),
    "backslashes": BODY.replace('"', '\\"'),
    "two levels of backslashes": json.dumps(BODY)[1:-1].replace("\\", "\\\\").replace('"', '\\"'),
    "backslashes and line ends": json.dumps(SNS_LINES)[1:-1],
    "escaped for Markdown": BODY.replace("{", "\\{").replace("[", "\\[").replace("}", "\\}").replace("]", "\\]"),
    "nginx": '192.0.2.1 "POST / HTTP/1.1" 200 "' + SNS.replace("\\", "\\x5C").replace('"', "\\x22") + '"',
    "percents of percents": quote(quote(BODY)),
    "CloudWatch to Lambda": json.dumps(
        {
            "awslogs": {
                "data": base64.b64encode(gzip.compress(json.dumps({"logEvents": [{"message": SNS}]}).encode())).decode()
            }
        }
    ),
    "Buffer in JSON": json.dumps({"body": {"type": "Buffer", "data": list(SNS.encode())}}),
    "Buffer": f"body <Buffer {SNS.encode().hex(' ')}> end",
    "escaped entities": html.escape(html.escape(BODY)),
    "a cell of a table": '1,"' + BODY.replace('"', '""') + '",x',
    "percents": quote(BODY),
    "percents, small": quote(SNS).replace("%2C", "%2c").replace("%7B", "%7b"),
    "form": urlencode({"payload": SNS, "x": "1"}),
    "form with plus signs": urlencode({"Message": json.dumps(MESSAGE)}),
    "base64": base64.b64encode(SNS.encode()).decode(),
    "base64 in lines": base64.encodebytes(SNS_LINES.encode()).decode(),
    "quoted-printable": quopri.encodestring(SNS.encode()).decode(),
    "missing last newline, zero at the end": SNS + "\0",
    # mails
    **{
        f"mail of {what}, {cte}": mail(text, cte=cte)
        for what, text in (("text", BODY + FOOTER), ("JSON", SNS_LINES))
        for cte in ("7bit", "8bit", "quoted-printable", "base64")
    },
    **{
        f"mail in {charset}": mail(f"Grüße\n{BODY}{FOOTER}", cte="base64", charset=charset)
        for charset in ("utf-8", "iso-8859-1", "utf-16")
    },
    "mail in latin, 8bit": LATIN,
    "mail in Japanese": mail(f"件名\n{BODY}", cte="7bit", charset="iso-2022-jp"),
    "mail of several parts": mail(BODY + FOOTER, more=True),
    "mail of HTML": mail(f"<p>{html.escape(BODY)}</p>", subtype="html", cte="quoted-printable"),
    "mail of HTML with links": mail(
        "<div>" + html.escape(SNS).replace("https://sns", '<a href="x">https://sns') + "</a></div>", subtype="html"
    ),
    "mail forwarded": forwarded(),
    "mail with it attached": attached(),
    "mail of a folder": b"From no-reply@sns.amazonaws.com Wed Mar  4 05:06:07 2026\n" + mail(BODY + FOOTER),
    "mail saved on Windows": mail(BODY + FOOTER).replace(b"\n", b"\r\n"),
    "mail saved as UTF-16": mail(BODY + FOOTER).decode().encode("utf-16"),
    "mail of Apple": b"1234      \n" + mail(BODY + FOOTER, cte="base64") + b"<?xml version='1.0'?>",
    "mail, its source within a text": b"source below\n\n" + mail(f"Hello\n{BODY}{FOOTER}", cte="base64"),
    "mail, quoted-printable, within a text": b"source below\n\n" + mail(BODY + FOOTER, cte="quoted-printable"),
    "mail with another header first": b"Thread-Topic: x\n" + mail(BODY + FOOTER, cte="base64"),
    "mail flowed": mail(BODY).replace(b'text/plain; charset="utf-8"', b"text/plain; charset=utf-8; format=flowed"),
    "mail printed by Outlook": "From:\tAWS Notifications\nSent:\tMonday\nTo:\tann\nSubject:\t1\n\n" + BODY + FOOTER,
    "mail forwarded in the text": "hi\n---------- Forwarded message ---------\nFrom: AWS <a@b.c>\n\n" + BODY + FOOTER,
    # files
    **{f"file in {name}": SNS.encode(name) for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")},
    "file in cp1252": SNS.replace("12345678", "Tür", 1).encode("cp1252"),
    "file in cp932": ("表題 " + SNS).encode("cp932"),
    # XML
    "SQS": SQS_XML.format(html.escape(BODY)),
    "SQS, CDATA": SQS_XML.format(f"<![CDATA[{SNS}]]>"),
    "SQS with HTTP before it": "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + SQS_XML.format(html.escape(BODY)),
    "SQS, cut out": f"<Message><MessageId>1</MessageId><Body>{html.escape(BODY)}</Body></Message>",
    # the legacy API
    "SOAP with HTTP before it": "POST /soap HTTP/1.1\r\nSOAPAction: x\r\n\r\n" + SOAP,
    "SOAP in a log": f"2026 INFO got {SOAP} end",
    "REST in a log": f'Started GET "/n?{QUERY}" for 192.0.2.1 at 2026-03-04 05:06:09 +0000\nProcessing by X\n',
    "REST with words after it": f"see http://example.org/n?{QUERY} or not",
    "REST, a field a line": "\n".join(f"{name}={value}" for name, value in FIELDS.items()),
    "REST over lines": "\n".join(QUERY[at : at + 70] for at in range(0, len(QUERY), 70)),
    "REST in Rails": f"  Parameters: {ruby(FIELDS)}",
    "REST in Rails 8": f"#<ActionController::Parameters {ruby(FIELDS, ' => ')} permitted: false>",
    "REST in Django": f"<QueryDict: { {name: [value] for name, value in FIELDS.items()} }>",
    "REST in TurboGears": f"2009-03-02 12:01:22,113 INFO notify called with {python_2(FIELDS)}",
    "REST in TurboGears, arguments": f"notify(self, {', '.join(f'{n}={v}' for n, v in unicode_texts(FIELDS))})",
    "REST in Flask": f"ImmutableMultiDict({list(FIELDS.items())})",
    "REST in CGI": f"FieldStorage(None, None, {cgi_fields(FIELDS)})",
    "REST in CGI, in a log": f"2009-03-02 12:01:22,113 INFO got FieldStorage(None, None, {cgi_fields(FIELDS)}) at 5",
    "REST in CGI, parts": "FieldStorage(None, None, ["
    + ", ".join(f"FieldStorage({name!r}, None, {value!r})" for name, value in FIELDS.items())
    + "])",
    "REST in CGI, a dictionary": "{"
    + ", ".join(f"{name!r}: MiniFieldStorage({name!r}, {value!r})" for name, value in FIELDS.items())
    + "}",
    "REST in PHP": print_r(UNDERSCORES),
    "REST in PHP, var_dump": "array(9) {\n"
    + "".join(f'  ["{name}"]=>\n  string({len(value)}) "{value}"\n' for name, value in UNDERSCORES.items())
    + "}",
    "REST in PHP, var_export": "array (\n" + "".join(f"  '{n}' => '{v}',\n" for n, v in UNDERSCORES.items()) + ")",
    "REST in Node": node(FIELDS),
    "REST in Java": "{" + ", ".join(f"{name}={value}" for name, value in FIELDS.items()) + "}",
    "REST in Java servlets": "{" + ", ".join(f"{name}=[{value}]" for name, value in FIELDS.items()) + "}",
    "REST in Go": "map[" + " ".join(f"{name}:[{value}]" for name, value in FIELDS.items()) + "]",
    "REST in Perl": "$VAR1 = {\n" + ",\n".join(f"  '{name}' => '{value}'" for name, value in FIELDS.items()) + "\n};",
    "REST in a page": html.escape(QUERY),
    "REST with escaped names": QUERY.replace("Event.", "Event%2E").replace("method=Notify&", ""),
    "REST in parts of a form": "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in FIELDS.items()
    ),
    "SOAP in a page": html.escape(SOAP),
    "SOAP in JSON": json.dumps({"message": SOAP}),
    "REST in JSON": json.dumps(FIELDS),
    "REST in API Gateway": json.dumps({"queryStringParameters": FIELDS, "httpMethod": "GET"}),
    "REST in API Gateway, lists": json.dumps({"multiValueQueryStringParameters": {n: [v] for n, v in FIELDS.items()}}),
}


@pytest.mark.parametrize("pasted", FORMS.values(), ids=FORMS)
def test_a_message_is_found_in_whatever_form_people_have_it(pasted: str | bytes) -> None:
    message = decode_pasted(pasted)
    assert message.problem is None
    assert [event[:5] for event in message.events] == [
        ("AssignmentSubmitted", "2026-03-04T05:06:07Z", HIT_TYPE, HIT, ASSIGNMENT)
    ]
    assert message.format is not Format.UNKNOWN
    if message.format not in {Format.REST, Format.SOAP}:
        assert message.event_doc_id == MESSAGE["EventDocId"]
    assert "is a test" not in message.assessment()
    json.dumps(message.as_json(), allow_nan=False)


@pytest.mark.parametrize(
    "pasted", [one for one in FORMS.values() if isinstance(one, str) and "\r" not in one and "\n" in one]
)
def test_line_ends_of_windows_change_nothing(pasted: str) -> None:
    message = decode_pasted(pasted.replace("\n", "\r\n"))
    assert (message.events, message.problem) == (decode_pasted(pasted).events, None)


def wrapped(text: str, *, at: int, between: str = "\n") -> str:
    return between.join(text[start : start + at] for start in range(0, len(text), at))


@pytest.mark.parametrize("between", ["\n", "\r\n", "\n> "], ids=repr)
@pytest.mark.parametrize("at", [60, 64, 72, 76, 80, 132])
@pytest.mark.parametrize("text", [BODY, SNS, repr(LAMBDA)], ids=["body", "envelope", "Python"])
def test_a_message_broken_anywhere_by_a_mail_or_a_terminal(text: str, at: int, between: str) -> None:
    message = decode_pasted(("> " if ">" in between else "") + wrapped(text, at=at, between=between))
    assert message.problem is None
    assert [event[:5] for event in message.events] == [
        ("AssignmentSubmitted", "2026-03-04T05:06:07Z", HIT_TYPE, HIT, ASSIGNMENT)
    ]


@pytest.mark.parametrize("case", sorted(CASES.glob("decode-*")), ids=lambda case: case.name)
def test_cases(case: Path) -> None:
    message = decode_pasted(case.read_bytes())
    assert message.problem is None
    if case.name == "decode-made-up-rest-two-fields.txt":
        assert message.assessment().count("no event type") == 1
        assert "no ids of HITs" in message.assessment()
        assert "no signature" in message.assessment()
        return
    (event,) = message.events
    assert (event.event_type, event.hit_type_id) == ("AssignmentSubmitted", HIT_TYPE)
    assert (message.format is Format.REST) is (case.name == "decode-rails-parameters-hash.txt")


def test_what_stands_around_is_kept_and_what_was_undone_is_said() -> None:
    message = decode_pasted(f"look: {curly(SNS)} here")
    assert message.extra["around"] == ["look:", "here"]
    (undone,) = message.reading
    assert "curly quotation marks" in undone
    assert message.extra["envelope"]["TopicArn"] == ENVELOPE["TopicArn"]
    assert "print a value" in decode_pasted(repr(LAMBDA)).reading[0]
    assert decode_pasted(BODY).reading == ()
    own = decode_pasted(f"x {json.dumps({**MESSAGE, 'around': 5, 'reading': 6})}")
    assert (own.extra["around"], own.extra["around (ours)"], own.extra["reading"]) == (5, ["x"], 6)
    assert decode_pasted(json.dumps({"a": [{"detail": MESSAGE}]})).extra["found in"] == "a[0].detail"
    assert decode_pasted(FORMS["mail of text, base64"]).extra["headers"]["To"] == "ann@example.org"


NO_BREAK, ZERO_WIDTH, SOFT, MARK = "\u00a0", "\u200b", "\u00ad", "\ufeff"
ODD_NOTE = BODY.replace("A1EXAMPLE", f"A1{NO_BREAK}EX{ZERO_WIDTH}AMPLE")
BLANKS = "Around the texts, no-break spaces were read as blanks."
BLANKS_AND_QUOTES = BLANKS.replace(".", ", curly quotation marks were read as straight ones.")
KEPT = "Those within the texts were kept."
PRINTED = "It was read as Python, Node, Ruby or JSON5 print a value, which is not strict JSON."
WESTERN = (
    "Its bytes are not UTF-8 and were read by the Western table of Windows, so letters with accents may be others."
)
CHANGED: dict[str, tuple[str | bytes, list[str]]] = {
    "no-break spaces": (
        BODY.replace(",", f",{NO_BREAK}"),
        [BLANKS],
    ),
    "narrow ones": (BODY.replace(":[", ":\u202f["), [BLANKS]),
    "zero width": (
        BODY.replace(",", f",{ZERO_WIDTH}"),
        ["Around the texts, zero-width characters were read as blanks."],
    ),
    "a mark within": (BODY.replace(",", f",{MARK}"), ["Around the texts, byte order marks were read as blanks."]),
    "soft hyphens": (BODY.replace(",", f"{SOFT},"), ["Around the texts, soft hyphens were read as blanks."]),
    "two kinds": (
        BODY.replace(",", f",{NO_BREAK}{SOFT}"),
        ["Around the texts, no-break spaces and soft hyphens were read as blanks."],
    ),
    "a vertical tab": (BODY.replace(",", ",\x0b"), ["Around the texts, control characters were read as blanks."]),
    "an ideographic space": (BODY.replace(",", ",\u3000"), ["Around the texts, unusual blanks were read as blanks."]),
    "curly quotes": (curly(BODY), ["Around the texts, curly quotation marks were read as straight ones."]),
    "curly quotes and no-break spaces": (
        curly(BODY).replace(",", f",{NO_BREAK}"),
        [BLANKS_AND_QUOTES],
    ),
    "wide signs": (BODY.replace("[", "［"), ["Around the texts, wide signs were read as plain ones."]),
    "only within a text": (ODD_NOTE, []),
    "within a text and around it": (
        ODD_NOTE.replace(",", f",{NO_BREAK}"),
        [f"{BLANKS} {KEPT}"],
    ),
    "within curly quotes and around them": (
        curly(ODD_NOTE).replace(",", f",{NO_BREAK}"),
        [f"{BLANKS_AND_QUOTES} {KEPT}"],
    ),
    "in a log": (
        f"x INFO {BODY.replace(',', f',{NO_BREAK}')}",
        [BLANKS],
    ),
    "Python": (repr(MESSAGE), [PRINTED]),
    "Python with no-break spaces": (
        repr(MESSAGE).replace(", ", f",{NO_BREAK}"),
        [
            PRINTED,
            BLANKS,
        ],
    ),
    "a table of Windows": (
        ODD_NOTE.replace(ZERO_WIDTH, "ü").encode("cp1252"),
        [WESTERN],
    ),
    "UTF-8": (ODD_NOTE.encode(), []),
    "a name that stands twice": (
        BODY.replace('"HITId"', '"HITId":"3OTHER","HITId"'),
        ["“HITId” stands twice in one object; the last was read."],
    ),
    "a name that stands twice in an envelope's message": (
        json.dumps({**ENVELOPE, "Message": BODY.replace('"Events"', '"Events":[],"Events"')}),
        ["“Events” stands twice in one object; the last was read."],
    ),
    "a name that stands twice, in a log": (
        "x INFO " + BODY.replace('"EventType"', '"EventType":"Ping","EventType"'),
        ["“EventType” stands twice in one object; the last was read."],
    ),
    "the same name in two objects": (SNS, []),
    "comments": (BODY.replace('"Events"', '/* a test */ "Events"'), [PRINTED, "Comments within it were left out."]),
    "CDATA": (f"<log><![CDATA[{BODY}]]></log>", []),
    "cut off around it": (json.dumps({"a": "", "b": [BODY]})[:-2], ["One level of backslashes was taken off."]),
    "UTF-16": (ODD_NOTE.encode("utf-16"), []),
    "a mail in a charset of its own": (LATIN, []),
}


@pytest.mark.parametrize(("pasted", "says"), CHANGED.values(), ids=CHANGED)
def test_what_the_reading_changed_is_said_and_nothing_else(pasted: str | bytes, says: list[str]) -> None:
    message = decode_pasted(pasted)
    assert message.problem is None
    assert list(message.reading) == says
    assert [event[:5] for event in message.events] == [
        ("AssignmentSubmitted", "2026-03-04T05:06:07Z", HIT_TYPE, HIT, ASSIGNMENT)
    ]


@pytest.mark.parametrize(
    "around", [lambda text: text, curly, lambda text: curly(text).replace(",", f",{NO_BREAK}")], ids=range(3)
)
@pytest.mark.parametrize("character", [NO_BREAK, ZERO_WIDTH, SOFT, MARK, "\u200e", "\u3000", "’"], ids=ascii)
def test_within_a_text_every_character_stays(around: Any, character: str) -> None:
    odd = f"A1{character}EXAMPLE{character}"
    message = decode_pasted(around(BODY.replace("A1EXAMPLE", odd)))
    assert message.customer_id == odd
    assert ("“CustomerId” holds an invisible character" in message.assessment()) is (character != "’")


SENT: dict[str, tuple[str | bytes, str]] = {
    "a mail's head": (
        mail(BODY),
        "The mail's head names “AWS Notifications <no-reply@sns.amazonaws.com>” as the sender",
    ),
    "a mail's signature": (
        b"DKIM-Signature: v=1; a=rsa\n" + mail(BODY),
        "of a mail server (DKIM), which was not checked",
    ),
    "an envelope in a mail": (mail(SNS), "It carries a signature, which was not checked."),
    "a mail of Mechanical Turk": (
        "From: mturk-noreply@amazon.com\nSubject: x\n\n  Event Type: HITExpired\n  HIT ID: 3A\n",
        "The mail's head names “mturk-noreply@amazon.com” as the sender, which anybody can write there.",
    ),
    "a field named like a mail's head": (
        f"x {json.dumps({**MESSAGE, 'headers': {'From': 'a@b.c'}})}",
        "No sender was read",
    ),
    "REST": (QUERY.replace("DEPRECATED", "abc"), "It carries a signature, which was not checked."),
    "REST, deprecated": (QUERY, "and no signature"),
}


@pytest.mark.parametrize(("pasted", "says"), SENT.values(), ids=SENT)
def test_who_is_named_as_the_sender_is_said_with_what_that_proves(pasted: str | bytes, says: str) -> None:
    assert says in decode_pasted(pasted).assessment()


def test_what_a_queue_holds_is_read_word_for_word_only() -> None:
    # a stranger's message that quotes a test must never be taken for one
    test = BODY.replace(HIT, "12345678901234567890").replace(HIT_TYPE, "09876543210987654321")
    quoting = "log: " + test.replace(f',"AssignmentId":"{ASSIGNMENT}"', "")
    assert decode_pasted(quoting).is_test
    assert not decode(quoting).is_test


SEVERAL: dict[str, str | bytes] = {
    "lines of JSON": f"{BODY}\n{SECOND}\n",
    "one after the other": BODY + SECOND,
    "with words between": f"first {BODY} then {SNS.replace('0123456789abcdef', 'fedcba9876543210')}.",
    "in lines of a log": f"2026 INFO {BODY}\n2026 INFO other {{x}}\n2026 INFO {SECOND}\n",
    "in lines of JSON logs": "\n".join(json.dumps({"log": one, "x": {}}) for one in (BODY, "started", SECOND)),
    "Python and JSON": f"{MESSAGE!r}\n{SECOND}",
    "REST": f'GET /n?{QUERY} HTTP/1.1" 200\n"GET /n?{QUERY.replace("Submitted", "Returned")} HTTP/1.1" 200\n',
    "REST, bare": f"{QUERY}\n{QUERY.replace('Submitted', 'Returned')}\n",
    "SOAP": SOAP + SOAP,
    "a folder of mails": b"".join(
        b"From a@b.org Wed Mar  4 05:06:07 2026\n" + mail(one + FOOTER) + b"\n" for one in (BODY, SECOND)
    ),
    "SQS": SQS_XML.format(html.escape(BODY) + "</Body></Message><Message><Body>" + html.escape(SECOND)),
}


@pytest.mark.parametrize("pasted", SEVERAL.values(), ids=SEVERAL)
def test_several_at_once_are_all_read(pasted: str | bytes) -> None:
    message = decode_pasted(pasted)
    assert message.problem is None
    assert len(message.events) == 2
    assert len(message.extra["records"]) == 2


@pytest.mark.parametrize(
    "pasted",
    [f"{BODY}\n{SECOND[:-40]}", f"a {SECOND[:-3]}\n\n{BODY}", f"{BODY} and {{'EventType': 'x"],
    ids=["the second cut off", "the first cut off", "another spelling"],
)
def test_what_could_not_be_read_beside_another_is_said(pasted: str) -> None:
    message = decode_pasted(pasted)
    assert message.problem is not None
    assert message.problem.code == "message.incomplete"
    assert "more in this text" in message.problem.title
    assert len(message.events) == 1


UNREAD: dict[str, tuple[str | bytes, str, str]] = {
    "Node left out": (node(LAMBDA).replace(node(ENVELOPE, 6), "[Object]"), "message.shortened", "JSON.stringify"),
    "Node left items out": ("{ Records: [ { Events: 1 }, ... 2 more items ] }", "message.shortened", "left a part"),
    "Chrome left out": ("{Records: Array(1), EventType: 'x'}", "message.shortened", "left a part"),
    "Buffer left out": ("{ body: <Buffer 7b 22 45 76 65 6e ... 300 more bytes> }", "message.shortened", "left a part"),
    "PowerShell left out": ("@{Events=System.Object[]; EventDocId=a}", "message.shortened", "ConvertTo-Json"),
    "cut off in a log": (f"x INFO {BODY[:-20]}", "message.not-json", "It begins at line 1 with {"),
    "cut off in a mail": (mail(BODY[:-20]), "message.not-json", "seems to be a notification"),
    "Excel": (b"PK\x03\x04xl/workbook", "file.not-text", "Excel"),
    "Outlook": (b"\xd0\xcf\x11\xe0\xa1\xb1", "file.not-text", "Outlook"),
    "gzip": (b"\x1f\x8b\x08", "file.not-text", "gzip"),
    "PDF": (b"%PDF-1.7", "file.not-text", "PDF"),
    "null": ("null", "message.not-a-notification", ""),
    "another log": ('2026 INFO {"level":1} {"message":"no"}', "message.not-a-notification", "neither JSON"),
    "prose about events": ("The Event was {nice} [today].", "message.not-a-notification", ""),
    "subscription": (
        HEAD + SNS.replace('"Notification"', '"SubscriptionConfirmation"'),
        "message.subscription-confirmation",
        "question from Amazon SNS",
    ),
    "too large": ("x" * (MAX_SIZE + 1), "message.too-large", "1 MiB"),
}


@pytest.mark.parametrize(("pasted", "code", "says"), UNREAD.values(), ids=UNREAD)
def test_what_is_not_there_is_explained(pasted: str | bytes, code: str, says: str) -> None:
    message = decode_pasted(pasted)
    assert message.problem is not None
    assert message.events == ()
    assert message.problem.code == code
    assert says in f"{message.problem.title} {message.problem.detail} {message.problem.remedy}"


def large(pattern: str, begin: str = "", end: str = "") -> str:
    return begin + pattern * ((LARGE - len(begin) - len(end)) // len(pattern.encode())) + end


LARGE = 400_000
HOSTILE = {
    "brackets": large("{Event"),
    "lists": large("[", end="Event"),
    "small objects": large('{"Event":1},', begin="x"),
    "small printed objects": large("{'Event':1},", begin="x"),
    "objects in objects": large('{"Event":', begin="x "),
    "closed deep": "x" + "[Event{" * 40_000 + "}]" * 40_000,
    "crossed": "x" + "[{" * 90_000 + "]}" * 90_000 + "Event",
    "quotes": large('"', begin="{Event"),
    "escaped quotes": large('\\"', begin='{Event"'),
    "escaped quotes and blanks": large('\u00a0\\"', end="Event"),
    "escaped apostrophes": large("\\'", begin="{Event:"),
    "escaped backticks": large("\\`", begin="{Event:"),
    "apostrophes": large("'", begin="{Event"),
    "three apostrophes": large("'''a\\", begin="{Event:"),
    "backticks": large("` ", begin="{Event:`"),
    "starts": large('{"Events":', begin="x"),
    "starts, escaped": large('{\\"Events\\":', begin="x"),
    "entities": large("{&quot;Event&quot;:"),
    "percents": large("%7B%22Event%22"),
    "base64": large("eyJFdmVudHMiOlt7IkV2ZW50VHlwZSI6Ik"),
    "base64 in lines": large("eyJFdmVudHMiOlt7IkV2ZW50VHlwZSI6Ik\n"),
    "base64 words": large("eyJFdmVudHMiOlt7IkV2ZW50VHlwZSI6IkEyJFdmVudHMiOlt7IkV2ZW50VHlwZSI6Ik "),
    "quoted-printable": large("=7BEvent=22=\n"),
    "curly": large("{“Event”:"),
    "invisible": large("{\u200bEvent", begin="x"),
    "escapes": large("\x1b[3", begin="{Event"),
    "titles of a terminal": large("\x1b]x", begin="{Event"),
    "backslashes": large("\\", begin='{"Event', end='"'),
    "doubled quotes": large('{""Event"":'),
    "lines": large("> {Event\n"),
    "lines of digits": large("1 2 3 4 {Event\n"),
    "elements": large("<Notify>", begin="Event"),
    "closed elements": large("<Notify></Notify>", begin="Event"),
    "envelopes": large("<a:Envelope ", begin="Event"),
    "requests": large("GET /?method=notify HTTP/1.1\n", begin="Event"),
    "queries": large("method=notify&a=b\n", begin="Event"),
    "query over lines": large("a=b\n", end="method=notify Event"),
    "query going on": large("\na=b", begin="Event method=notify"),
    "buffers": large("<Buffer 7b ", begin="Event"),
    "long buffer": large("7b ", begin="Event <Buffer "),
    "numbers in a list": large("123,", begin='{"Event":[', end="1]}"),
    "gzip": large("H4sIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ", begin="Event"),
    "gzip bomb": "Event " + base64.b64encode(gzip.compress(b"{" * 50_000_000)).decode() + "x" * 160_000,
    "fields": large("Event.1.EventType=x,"),
    "fields without end": large('Event_1_EventType]=>string(1)   "x', begin="x "),
    "same fields": large("'Event.1.HITId': 'x', ", begin="'Event.1.EventType': 'x', "),
    "mails in a folder": large("From a 2026\nSubject: Event\n\n"),
    "from lines": large("From x x 202\n", begin="Event"),
    "words": large("a(", begin="{Event:"),
    "keys": large("a:", begin="{Event:"),
    "symbols": large(":", begin="{Event:"),
    "angles": large("<a ", begin="{Event:"),
    "numbers": large("1", begin="{Event:"),
    "underscored numbers": large("1_", begin="{'Event':"),
    "texts in texts": large(json.dumps(json.dumps('{"Event":"')) + "\n", begin="x"),
    "flowed": large(" \n", begin="Subject: x\nContent-Type: text/plain; format=flowed\n\nEvent"),
    "links": large("<a ", begin="Subject: x\nContent-Type: text/html\n\nEvent"),
    "an ordinary log": large('2026-03-04 INFO {"a": [1, 2], "b": "x"} done\n', begin="Event\n"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_large_hostile_text_is_answered_in_proportion_to_its_length(text: str) -> None:
    assert LARGE // 2 < len(text.encode()) <= LARGE
    begin = process_time()
    message = decode_pasted(text)
    assert process_time() - begin < 3
    assert len(json.dumps(message.as_json(), allow_nan=False)) < 20 * MAX_SIZE


def check(raw: str | bytes) -> None:
    message = decode_pasted(raw)
    json.loads(json.dumps(message.as_json(), allow_nan=False))
    assert message.problem or message.events


PIECES = st.sampled_from(
    [
        *"{}[]()<>:=,'\"`\\+&%#\n \t“”",
        *("Event", "Events", "EventType", "EventDocId", "\\n", '\\"', "=>", "None", "<Notify>", "method=Notify&"),
        *("Event.1.EventType=", "From: a\n\n", "From a 2026\n", "%7B", "&quot;", "=22", "eyJ", "\x1b[1m"),
        *("Subject: x\n", "...", "[Object]", "b'", "1", "\u00a0", "\ud800", "\0", BODY, SNS, "OrderedDict(", "'''"),
    ]
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join))
def test_no_pieces_raise(text: str) -> None:
    check(text)
    check(text.encode("utf-8", "surrogatepass"))


BEGINNINGS = [b"", b"From: a\n\n", b"{Event", BODY.encode(), b"Content-Type: text/plain;charset="]


@given(st.binary(), st.sampled_from(BEGINNINGS))
def test_no_bytes_raise(raw: bytes, begin: bytes) -> None:
    check(begin + raw)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=12,
)


@given(VALUES, VALUES, st.sampled_from([repr, pprint.pformat]))
def test_whatever_python_prints_around_a_message_it_is_found(before: Any, after: Any, printed: Any) -> None:
    message = decode_pasted(printed({"before": before, "Sns": ENVELOPE, "after": after}))
    assert any(event.hit_id == HIT for event in message.events)


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_stands_around_a_message_it_is_found(before: str, after: str) -> None:
    message = decode_pasted(f"{before}\n{BODY}\n{after}")
    assert any(event.hit_id == HIT for event in message.events)


TWO_EVENTS = {
    **FIELDS,
    "Event.2.EventType": "HITReviewable",
    "Event.2.EventTime": "2026-03-04T05:06:09Z",
    "Event.2.HITTypeId": HIT_TYPE,
    "Event.2.HITId": "3'X\"é\t\\",
    "Event.2.New": "it's",
    "note": 'said "it\'s"',
}
WAYS = {"a storage": "FieldStorage(None, None, {})", "its fields": "{}", "in a log": "INFO got {} from 192.0.2.1"}


@pytest.mark.parametrize("at", [0, 40, 60, 72, 80])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_fields_that_the_module_cgi_prints_are_read_whole(way: str, at: int) -> None:
    printed = way.format(cgi_fields(TWO_EVENTS))
    message = decode_pasted(wrapped(printed, at=at) if at else printed)
    assert message.problem is None
    assert message.format is Format.REST
    assert [event[:5] for event in message.events] == [
        ("AssignmentSubmitted", "2026-03-04T05:06:07Z", HIT_TYPE, HIT, ASSIGNMENT),
        ("HITReviewable", "2026-03-04T05:06:09Z", HIT_TYPE, "3'X\"é\t\\", None),
    ]
    assert message.events[1].extra == {"New": "it's"}
    assert (message.version, message.extra["Signature"]) == ("2014-08-15", "DEPRECATED")
    assert message.extra["note"] == 'said "it\'s"'


def test_two_printed_forms_are_two_messages() -> None:
    second = {name.replace(".1.", ".2."): value for name, value in FIELDS.items()}
    message = decode_pasted(f"{cgi_fields(FIELDS)}\n{cgi_fields({**FIELDS, **second})}")
    assert [len(one.events) for one in message.each()] == [1, 2]
