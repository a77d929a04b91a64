# SPDX-License-Identifier: MIT
"""The older API: what is set and tested through it, and that it sends to this computer and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import queue
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.sender import NOTIFICATION_SERVICE, legacy_signature
from notification_tester.domain.outgoing import DeliveryForm, service_test
from notification_tester.domain.receiver_place import Answer, ReceiverPlace
from notification_tester.practice import receivers
from notification_tester.practice.faults import Faults
from notification_tester.practice.listener import Listener, Request, Response
from notification_tester.practice.receivers import Receivers, UnreachableError, receiver_at
from notification_tester.services.inbox.receiver import Received, Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.practice.cloud import PracticeCloud
    from practice.clients import Clients

EVENT_FIELDS = {"EventType", "EventTime", "HITTypeId", "HITId", "AssignmentId"}


class Came:
    """A receiver of this program, and what came."""

    def __init__(self, **place: Any) -> None:
        self._messages: queue.Queue[Received] = queue.Queue()
        self.receiver = Receiver(ReceiverPlace(**place), self._messages.put)

    @property
    def url(self) -> str:
        return f"{self.receiver.url}mt/notifications.cgi?of=mine"

    def next(self) -> Received:
        return self._messages.get(timeout=60)

    @property
    def is_empty(self) -> bool:
        return self._messages.empty()


@pytest.fixture
def came() -> Iterator[Came]:
    made = Came()
    with made.receiver:
        yield made


def signed(cloud: PracticeCloud, operation: str, fields: dict[str, str], **changes: str) -> dict[str, str]:
    timestamp = changes.get("Timestamp", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    text = f"AWSMechanicalTurkRequester{operation}{timestamp}".encode()
    digest = hmac.digest(cloud.details.secret_access_key.encode(), text, hashlib.sha1)
    return {
        "Service": "AWSMechanicalTurkRequester",
        "AWSAccessKeyId": cloud.details.access_key_id,
        "Operation": operation,
        "Timestamp": timestamp,
        "Signature": base64.b64encode(digest).decode(),
        "Version": "2006-10-31",
        **fields,
        **changes,
    }


def ask(cloud: PracticeCloud, fields: dict[str, str] | str, *, method: str = "GET", path: str = "/") -> str:
    query = fields if isinstance(fields, str) else urlencode(fields)
    place = urlsplit(cloud.details.mturk_endpoint)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    try:
        if method == "GET":
            connection.request("GET", f"{path}?{query}")
        else:
            headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
            connection.request("POST", path, body=query, headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read().decode()
    finally:
        connection.close()


def tree_of(answer: str) -> ET.Element:
    return ET.fromstring(answer)  # noqa: S314 - our own


def code_in(answer: str) -> str:
    """The code of the error in an answer; empty where there is none."""
    tree = tree_of(answer)
    assert ("<Errors>" in answer) == (tree.find(".//Error/Code") is not None)
    return tree.findtext(".//Error/Code", "")


def notification(url: str, transport: str = "REST", **more: str) -> dict[str, str]:
    return {
        "Notification.1.Destination": url,
        "Notification.1.Transport": transport,
        "Notification.1.Version": "2006-05-05",
        "Notification.1.EventType": "HITReviewable",
        **more,
    }


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/onca/xml"), ("POST", "/"), ("POST", "/onca/xml")])
@pytest.mark.parametrize("transport", ["REST", "SOAP"])
def test_a_test_reaches_a_receiver_here(
    cloud: PracticeCloud, came: Came, method: str, path: str, transport: str
) -> None:
    fields = notification(came.url, transport, TestEventType="AssignmentSubmitted")
    answer = ask(cloud, signed(cloud, "SendTestEventNotification", fields), method=method, path=path)
    tree = tree_of(answer)
    assert tree.tag == "SendTestEventNotificationResult"
    assert (tree.findtext("Request/IsValid"), tree.findtext("StatusReport/Status")) == ("True", "200")
    message = came.next()
    assert (message.method, message.decoded.format.value) == (
        "GET" if transport == "REST" else "POST",
        transport.lower(),
    )
    assert message.target.startswith("/mt/notifications.cgi?")
    assert "mine" not in message.target  # the value may be a key
    assert [one.event_type for one in message.decoded.events] == ["AssignmentSubmitted"] * 2 + ["Ping"]
    assert message.decoded.is_test


def test_without_an_event_there_is_the_ping_alone(cloud: PracticeCloud, came: Came) -> None:
    fields = notification(came.url)
    del fields["Notification.1.EventType"]
    assert not code_in(ask(cloud, signed(cloud, "SendTestEventNotification", fields)))
    assert [one.event_type for one in came.next().decoded.events] == ["Ping"]


def test_the_message_is_signed_with_the_secret(cloud: PracticeCloud, came: Came) -> None:
    ask(cloud, signed(cloud, "SendTestEventNotification", notification(came.url)))
    extra = decode(came.next().text).extra
    secret, timestamp = cloud.details.secret_access_key, str(extra["Timestamp"])
    assert extra["Signature"] == legacy_signature(
        secret, service=NOTIFICATION_SERVICE, operation="Notify", timestamp=timestamp
    )


class TestWhatTheReceiverDoes:
    @pytest.mark.parametrize(
        ("answer", "status"),
        [(Answer.ERROR, "500"), (Answer.REDIRECT, "302"), (Answer.LATE, "200"), (Answer.HALF, "200")],
    )
    def test_what_it_answered_is_reported(self, cloud: PracticeCloud, answer: Answer, status: str) -> None:
        made = Came(answer=answer, late_seconds=0.2)
        with made.receiver:
            said = ask(cloud, signed(cloud, "SendTestEventNotification", notification(made.url)))
        report = tree_of(said).find("StatusReport")
        assert report is not None
        assert report.findtext("Status") == status
        assert report.findtext("IsWhole") == str(answer is not Answer.HALF)
        assert float(report.findtext("Seconds", "0")) >= (0.2 if answer is Answer.LATE else 0)

    def test_nobody_there(self, cloud: PracticeCloud) -> None:
        fields = notification("http://127.0.0.1:1/")
        answer = ask(cloud, signed(cloud, "SendTestEventNotification", fields))
        assert code_in(answer) == "AWS.MechanicalTurk.InvalidTransportEndpoint"
        assert "could not be contacted" in answer

    def test_a_redirect_leads_nowhere(self, came: Came) -> None:
        with Listener(port=0) as listener:
            listener.answer = lambda _: Response(status=302, headers=(("Location", came.receiver.url),))
            listener.start()
            report = Receivers(secret="s").ask(*asked(f"http://127.0.0.1:{listener.port}/"))
        assert report.status == 302
        assert came.is_empty

    def test_a_long_answer_is_read_so_far_and_called_whole(self) -> None:
        with Listener(port=0) as listener:
            listener.answer = lambda _: Response(body=b"x" * (receivers.MOST_READ + 1))
            listener.start()
            report = Receivers(secret="s").ask(*asked(f"http://127.0.0.1:{listener.port}/"))
        assert (report.status, report.is_whole) == (200, True)

    def test_one_that_never_ends_is_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(receivers, "SECONDS", 0.3)
        made = Came(answer=Answer.NOTHING)
        with made.receiver, pytest.raises(UnreachableError, match="did not answer within"):
            Receivers(secret="s").ask(*asked(made.url))


def asked(url: str) -> Any:
    return DeliveryForm.REST, url, service_test(None, "2006-05-05", datetime.now(UTC))


class TestNowhereElse:
    @pytest.mark.parametrize(
        "url",
        [
            "http://receiver.example/",
            "https://10.0.0.1/",
            "http://127.0.0.1.receiver.example/",
            "http://localhost.receiver.example/",
            "http://name:word@127.0.0.1/",
            "ftp://127.0.0.1/",
            "http://0.0.0.0/",
            "http://[::ffff:10.0.0.1]/",
            "file:///etc/passwd",
        ],
    )
    def test_another_place_is_refused(self, cloud: PracticeCloud, new_hit_type_id: str, url: str) -> None:
        fields = notification(url)
        answer = ask(cloud, signed(cloud, "SendTestEventNotification", fields))
        assert code_in(answer) == "AWS.MechanicalTurk.InvalidTransportEndpoint"
        answer = ask(cloud, signed(cloud, "SetHITTypeNotification", {"HITTypeId": new_hit_type_id, **fields}))
        assert code_in(answer) == "AWS.MechanicalTurk.InvalidTransportEndpoint"
        assert receiver_at(url) is None
        with pytest.raises(UnreachableError, match="this computer alone"):
            Receivers(secret="s").ask(*asked(url))


class TestSetting:
    def test_it_is_kept_beside_what_the_newer_api_sets(
        self, cloud: PracticeCloud, came: Came, new_hit_type_id: str
    ) -> None:
        fields = {
            "HITTypeId": new_hit_type_id,
            **notification(came.url),
            "Notification.1.Version": "2006-08-23",
            "Notification.1.EventType.1": "HITExpired",
            "Notification.1.EventType.2": "AssignmentReturned",
        }
        del fields["Notification.1.EventType"]
        answer = ask(cloud, signed(cloud, "SetHITTypeNotification", fields))
        tree = tree_of(answer)
        assert (tree.tag, tree.findtext("Request/IsValid")) == ("SetHITTypeNotificationResult", "True")
        kept = cloud.control("GET", "/practice/settings")[new_hit_type_id]
        assert not kept["active"]
        assert kept["notification"] == {
            "Destination": came.url,
            "Transport": "REST",
            "Version": "2006-08-23",
            "EventTypes": ["HITExpired", "AssignmentReturned"],
        }
        assert not code_in(
            ask(cloud, signed(cloud, "SetHITTypeNotification", {"HITTypeId": new_hit_type_id, "Active": "true"}))
        )
        kept_then = cloud.control("GET", "/practice/settings")[new_hit_type_id]
        assert (kept_then["active"], kept_then["notification"]) == (True, kept["notification"])
        off = signed(cloud, "SetHITTypeNotification", {"HITTypeId": new_hit_type_id, "Active": "0"})
        assert not code_in(ask(cloud, off))

    @pytest.mark.parametrize("transport", ["REST", "SOAP"])
    def test_workers_tell_a_receiver(
        self, cloud: PracticeCloud, came: Came, new_hit_type_id: str, transport: str
    ) -> None:
        fields = {
            "HITTypeId": new_hit_type_id,
            "Active": "1",
            **notification(came.url, transport),
            "Notification.1.EventType": "AssignmentSubmitted",
        }
        assert not code_in(ask(cloud, signed(cloud, "SetHITTypeNotification", fields)))
        cloud.set_workers(speed=1000.0, events=60)
        message = came.next()
        cloud.set_workers(running=False)
        off = signed(cloud, "SetHITTypeNotification", {"HITTypeId": new_hit_type_id, "Active": "false"})
        assert not code_in(ask(cloud, off))
        assert message.decoded.format.value == transport.lower()
        event = message.decoded.events[0]
        assert (event.event_type, event.hit_type_id) == ("AssignmentSubmitted", new_hit_type_id)
        assert event.assignment_id
        assert not event.extra, "the older API named no worker and no group"

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            pytest.param({"HITTypeId": ""}, "AWS.MissingParameters", id="no HIT type"),
            pytest.param({"HITTypeId": "3NOSUCHTYPE"}, "AWS.MechanicalTurk.HITTypeDoesNotExist", id="unknown"),
            pytest.param({"Notification.1.EventType": "Ping"}, "AWS.MechanicalTurk.InvalidParameterValue", id="ping"),
            pytest.param({"Notification.1.EventType": "<x>"}, "AWS.MechanicalTurk.InvalidParameterValue", id="event"),
            pytest.param({"Notification.1.Transport": "SNS"}, "AWS.MechanicalTurk.InvalidParameterValue", id="sns"),
            pytest.param({"Notification.1.Transport": ""}, "AWS.MissingParameters", id="no transport"),
            pytest.param({"Notification.1.Version": ""}, "AWS.MissingParameters", id="no version"),
            pytest.param({"Notification.1.Version": "1"}, "AWS.MechanicalTurk.InvalidParameterValue", id="version"),
            pytest.param({"Notification.1.Destination": ""}, "AWS.MissingParameters", id="no destination"),
            pytest.param({"Active": "perhaps"}, "AWS.MechanicalTurk.InvalidParameterValue", id="active"),
        ],
    )
    def test_what_is_wrong_in_it(
        self, cloud: PracticeCloud, new_hit_type_id: str, changes: dict[str, str], code: str
    ) -> None:
        fields = {"HITTypeId": new_hit_type_id, **notification("http://127.0.0.1:8080/"), **changes}
        assert code_in(ask(cloud, signed(cloud, "SetHITTypeNotification", fields))) == code

    def test_one_of_the_two_is_needed(self, cloud: PracticeCloud, new_hit_type_id: str) -> None:
        answer = ask(cloud, signed(cloud, "SetHITTypeNotification", {"HITTypeId": new_hit_type_id}))
        assert code_in(answer) == "AWS.MissingParameters"

    def test_a_queue_and_a_mailbox_are_told_too(self, cloud: PracticeCloud, clients: Clients) -> None:
        fields = notification(cloud.details.queue_url, "SQS", TestEventType="HITExpired")
        del fields["Notification.1.Version"]  # which only a web receiver needs
        assert not code_in(ask(cloud, signed(cloud, "SendTestEventNotification", fields)))
        (body,) = clients.bodies(cloud.details.queue_url)
        assert [one.event_type for one in decode(body).events] == ["HITExpired", "Ping"]
        assert decode(body).version == "2006-05-05"
        fields = notification("somebody@receiver.example", "Email")
        assert not code_in(ask(cloud, signed(cloud, "SendTestEventNotification", fields)))
        assert "Event Type: Ping" in cloud.mailbox()[-1].body
        fields = notification(cloud.details.blocked_queue_url, "SQS")
        answer = ask(cloud, signed(cloud, "SendTestEventNotification", fields))
        assert code_in(answer) == "AWS.MechanicalTurk.InvalidTransportEndpoint"


class TestWhoMayCall:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            pytest.param({"Signature": "d3Jvbmc="}, "AWS.NotAuthorized", id="signature"),
            pytest.param({"AWSAccessKeyId": "AKIAOTHER"}, "AWS.NotAuthorized", id="key"),
            pytest.param({"SignatureVersion": "2"}, "AWS.NotAuthorized", id="way of signing"),
            pytest.param({"Signature": ""}, "AWS.MissingParameters", id="none"),
            pytest.param({"Timestamp": "yesterday"}, "AWS.MechanicalTurk.InvalidParameterValue", id="no time"),
        ],
    )
    def test_others_are_refused(self, cloud: PracticeCloud, came: Came, changes: dict[str, str], code: str) -> None:
        answer = ask(cloud, signed(cloud, "SendTestEventNotification", notification(came.url)) | changes)
        assert code_in(answer) == code
        assert came.is_empty

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_an_old_call_is_refused(self, cloud: PracticeCloud, came: Came, minutes: int) -> None:
        then = f"{datetime.now(UTC) + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"
        answer = ask(cloud, signed(cloud, "SendTestEventNotification", notification(came.url), Timestamp=then))
        assert code_in(answer) == "AWS.RequestExpired"
        assert came.is_empty

    def test_a_sum_of_all_fields_is_a_signature_as_well(self, cloud: PracticeCloud, came: Came) -> None:
        fields = signed(cloud, "SendTestEventNotification", notification(came.url), SignatureVersion="1")
        del fields["Signature"], fields["Service"]
        text = "".join(name + fields[name] for name in sorted(fields, key=str.lower)).encode()
        digest = hmac.digest(cloud.details.secret_access_key.encode(), text, hashlib.sha1)
        fields["Signature"] = base64.b64encode(digest).decode()
        assert not code_in(ask(cloud, fields, method="POST"))
        came.next()
        assert code_in(ask(cloud, {**fields, "TestEventType": "HITExpired"}, method="POST")) == "AWS.NotAuthorized"

    def test_a_signature_whose_plus_was_not_escaped(self, cloud: PracticeCloud) -> None:
        begin = datetime.now(UTC)
        times = [f"{begin - timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}" for second in range(100)]
        calls = (signed(cloud, "Help", {"About": "Help"}, Timestamp=time) for time in times)
        fields = next(one for one in calls if "+" in one["Signature"])
        assert not code_in(ask(cloud, urlencode(fields, safe="+")))

    def test_a_clock_that_is_wrong(self, cloud: PracticeCloud, came: Came) -> None:
        cloud.set_faults(Faults(clock_ahead_seconds=600))
        answer = ask(cloud, signed(cloud, "SendTestEventNotification", notification(came.url)))
        assert code_in(answer) == "AWS.RequestExpired"


class TestOtherOperations:
    def test_help(self, cloud: PracticeCloud) -> None:
        answer = ask(cloud, signed(cloud, "Help", {"About": "SetHITTypeNotification", "HelpType": "Operation"}))
        tree = tree_of(answer)
        assert tree.findtext("Information/OperationInformation/Name") == "SetHITTypeNotification"
        answer = ask(cloud, signed(cloud, "Help", {"About": "CreateHIT", "HelpType": "Operation"}))
        assert code_in(answer) == "AWS.UnknownOperation"

    @pytest.mark.parametrize("operation", ["GetAccountBalance", "CreateHIT", "<b>\x01"])
    def test_one_that_it_does_not_play(self, cloud: PracticeCloud, operation: str) -> None:
        answer = ask(cloud, signed(cloud, operation, {}))
        assert code_in(answer) == "AWS.UnknownOperation"
        assert "The practice cloud does not play" in answer

    def test_too_many_fields_are_no_call_of_it(self, cloud: PracticeCloud) -> None:
        place = urlsplit(cloud.details.mturk_endpoint)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        connection.request("POST", "/", body="&".join(f"f{number}=1" for number in range(2000)) + "&Operation=Help")
        assert connection.getresponse().status == 403
        connection.close()


class TestTrouble:
    @pytest.mark.parametrize(
        ("faults", "code"),
        [
            (Faults(closed=True), "Forbidden"),
            (Faults(unlinked=True), "AWS.AccountNotLinked"),
            (Faults(service_fault_next=1), "AWS.ServiceUnavailable"),
            (Faults(denied_actions=("mechanicalturk:UpdateNotificationSettings",)), "AWS.AccessDeniedException"),
        ],
    )
    def test_faults_are_met_here_too(
        self, cloud: PracticeCloud, new_hit_type_id: str, faults: Faults, code: str
    ) -> None:
        cloud.set_faults(faults)
        fields = {"HITTypeId": new_hit_type_id, "Active": "true"}
        assert code_in(ask(cloud, signed(cloud, "SetHITTypeNotification", fields))) == code


def test_a_receiver_over_tls_that_nobody_trusts_is_not_told() -> None:
    def answer(_: Request) -> Response:
        return Response()

    with Listener(port=0) as listener:  # which does not speak TLS at all
        listener.answer = answer
        listener.start()
        with pytest.raises(UnreachableError):
            Receivers(secret="s").ask(*asked(f"https://127.0.0.1:{listener.port}/"))


NAMES = st.sampled_from(
    [
        *("HITTypeId", "Active", "TestEventType", "About", "Version", "ResponseGroup", "SignatureVersion", "Operation"),
        *("Notification.1.Destination", "Notification.1.Transport", "Notification.1.Version"),
        *("Notification.1.EventType", "Notification.1.EventType.1", "Notification.EventType", "Notification.1.Active"),
    ]
)
TEXTS = st.one_of(
    st.sampled_from(
        ["REST", "SOAP", "Email", "SQS", "True", "HITExpired", "Ping", "2006-05-05", "http://127.0.0.1:1/"]
    ),
    st.text(max_size=30),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    operation=st.sampled_from(["SetHITTypeNotification", "SendTestEventNotification", "Help"]),
    fields=st.dictionaries(NAMES, TEXTS, max_size=8),
)
def test_whatever_is_asked_is_answered_in_xml(cloud: PracticeCloud, operation: str, fields: dict[str, str]) -> None:
    fields.setdefault("Operation", operation)
    encoded = urlencode(signed(cloud, operation, {}) | fields, errors="surrogatepass")
    assert tree_of(ask(cloud, encoded, method="POST")).tag
