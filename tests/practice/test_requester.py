# SPDX-License-Identifier: MIT
"""Mechanical Turk's protocol: what is answered fits the service model, and what is refused has its shape."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session
from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StructureShape

from practice.clients import Clients, connect, notification, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.practice.cloud import PracticeCloud

MODEL = ServiceModel(Loader().load_service_model("mturk", "service-2"), "mturk")
QUESTION = "<ExternalQuestion/>"
HIT_TYPE: dict[str, Any] = {
    "Title": "A title",
    "Description": "A description",
    "Reward": "0.10",
    "AssignmentDurationInSeconds": 60,
}


def call(cloud: PracticeCloud, operation: str, members: object) -> tuple[int, dict[str, Any]]:
    """Send what boto3 itself would refuse to send; the status and the members of the answer."""
    body = members if isinstance(members, bytes) else json.dumps(members).encode()
    request = signed(cloud.details, "mturk-requester", f"MTurkRequesterServiceV20170117.{operation}", body)
    session = URLLib3Session(proxies={})
    try:
        answer = session.send(request)
        return answer.status_code, json.loads(answer.content)
    finally:
        session.close()


def misfits(value: object, shape: Shape, place: str = "") -> Iterator[str]:
    """Name what does not fit the model's output: unknown members, wrong types, values out of bounds."""
    if isinstance(shape, StructureShape):
        assert isinstance(value, dict)
        for name, member in value.items():
            if name not in shape.members:
                yield f"{place}.{name} is unknown"
            else:
                yield from misfits(member, shape.members[name], f"{place}.{name}")
    elif isinstance(shape, ListShape):
        assert isinstance(value, list)
        for item in value:
            yield from misfits(item, shape.member, f"{place}[]")
    else:
        kinds: dict[str, tuple[type, ...]] = {
            "string": (str,),
            "integer": (int,),
            "long": (int,),
            "boolean": (bool,),
            "timestamp": (int, float),
        }
        if not isinstance(value, kinds[shape.type_name]):
            yield f"{place} is {value!r}"
        if value not in shape.metadata.get("enum", [value]):
            yield f"{place} is {value!r}"


def checked(cloud: PracticeCloud, operation: str, members: object) -> dict[str, Any]:
    status, answer = call(cloud, operation, members)
    assert status == 200, answer
    shape = MODEL.operation_model(operation).output_shape
    assert shape is not None
    assert list(misfits(answer, shape)) == []
    return answer


def test_answers_fit_the_service_model(cloud: PracticeCloud) -> None:
    assert checked(cloud, "GetAccountBalance", {}) == {"AvailableBalance": "10000.00"}
    hit_type_id = checked(cloud, "CreateHITType", HIT_TYPE)["HITTypeId"]
    life = {"LifetimeInSeconds": 3600, "Question": QUESTION}
    hit = checked(cloud, "CreateHITWithHITType", {"HITTypeId": hit_type_id, **life})["HIT"]
    assert hit["HITTypeId"] == hit_type_id
    other = checked(cloud, "CreateHIT", {**HIT_TYPE, **life, "MaxAssignments": 3})["HIT"]
    assert other["HITTypeId"] == hit_type_id  # the same properties are the same type
    assert other["NumberOfAssignmentsAvailable"] == 3
    assert checked(cloud, "GetHIT", {"HITId": other["HITId"]})["HIT"] == other
    assert [found["HITId"] for found in checked(cloud, "ListHITs", {"MaxResults": 2})["HITs"]] == [
        other["HITId"],
        hit["HITId"],
    ]
    specification = notification(cloud.details.queue_url)
    assert checked(cloud, "UpdateNotificationSettings", {"HITTypeId": hit_type_id, "Notification": specification}) == {}
    test = {"Notification": specification, "TestEventType": "Ping"}
    assert checked(cloud, "SendTestEventNotification", test) == {}


def test_the_scenario_has_hit_types_to_work_with(other_cloud: PracticeCloud) -> None:
    hits = connect(other_cloud.details).mturk.list_hits(MaxResults=100)["HITs"]
    assert len({hit["HITTypeId"] for hit in hits}) == 5
    assert len({hit["Title"] for hit in hits}) == 5
    times = [hit["CreationTime"] for hit in hits]
    assert times == sorted(times, reverse=True)


def test_a_hit_type_has_the_approval_delay_that_the_service_puts_in(clients: Clients) -> None:
    """The default of CreateHITType is thirty days (API reference, CreateHITType)."""
    hit_type = clients.mturk.create_hit_type(**{**HIT_TYPE, "Title": "Without a delay"})["HITTypeId"]
    made = clients.mturk.create_hit_with_hit_type(
        HITTypeId=hit_type, LifetimeInSeconds=600, Question="<q/>", MaxAssignments=1
    )["HIT"]
    assert made["AutoApprovalDelayInSeconds"] == 30 * 24 * 3600
    assert made["HITStatus"] == "Assignable"


def test_boto3_reads_times_as_they_are(clients: Clients) -> None:
    hit = clients.mturk.list_hits(MaxResults=1)["HITs"][0]
    assert hit["Expiration"] > hit["CreationTime"]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_pages_show_every_hit_once_the_newest_first(cloud: PracticeCloud, clients: Clients, size: int) -> None:
    cloud.add_hits(hits=120, hit_types=3)
    everything = clients.mturk.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": size})
    pages = [[hit["HITId"] for hit in page["HITs"]] for page in everything]
    ids = [hit_id for page in pages for hit_id in page]
    assert len(ids) == len(set(ids)) >= 120
    assert all(len(page) == size for page in pages[:-1])
    assert 0 < len(pages[-1]) <= size


def test_a_hit_made_between_pages_neither_repeats_nor_hides_one(cloud: PracticeCloud, clients: Clients) -> None:
    cloud.add_hits(hits=10, hit_types=1)
    first = clients.mturk.list_hits(MaxResults=5)
    for _ in range(3):
        hit_type_id = first["HITs"][0]["HITTypeId"]
        clients.mturk.create_hit_with_hit_type(HITTypeId=hit_type_id, LifetimeInSeconds=60, Question=QUESTION)
    second = clients.mturk.list_hits(MaxResults=5, NextToken=first["NextToken"])
    assert not {hit["HITId"] for hit in first["HITs"]} & {hit["HITId"] for hit in second["HITs"]}
    newest = clients.mturk.list_hits(MaxResults=13)["HITs"]
    assert [hit["HITId"] for hit in newest[3:]] == [hit["HITId"] for hit in [*first["HITs"], *second["HITs"]]]


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "p1" + "0" * 32 + "5",
        "p1" + "0" * 32 + "-5",
        "5",
        "é" * 40,
        "p1" + "0" * 32 + "f" * 200,
        "p1" + "0" * 32 + b"9.000/1".hex(),
    ],
)
def test_a_made_up_token_is_refused(cloud: PracticeCloud, token: str) -> None:
    status, answer = call(cloud, "ListHITs", {"NextToken": token})
    assert (status, answer["__type"]) == (400, "RequestError")


def specification(**changes: Any) -> dict[str, Any]:
    return {
        "Notification": {
            "Destination": "you@practice.example",
            "Transport": "Email",
            "Version": "2006-05-05",
            "EventTypes": ["Ping"],
            **changes,
        },
        "TestEventType": "Ping",
    }


BAD_CALLS = [
    pytest.param("Nonsense", {}, "UnknownOperationException", id="no-such-operation"),
    pytest.param("ListAssignmentsForHIT", {"HITId": "A"}, "UnknownOperationException", id="not-played"),
    pytest.param("GetHIT", b"{", "SerializationException", id="half-a-body"),
    pytest.param("GetHIT", b"\xff", "SerializationException", id="not-text"),
    pytest.param("GetHIT", [], "SerializationException", id="a-list"),
    pytest.param("GetHIT", {"HITId": 5}, "SerializationException", id="number-for-text"),
    pytest.param("ListHITs", {"MaxResults": True}, "SerializationException", id="truth-for-number"),
    pytest.param("GetHIT", {}, "ValidationException", id="missing-member"),
    pytest.param("GetHIT", {"HITId": "abc"}, "ValidationException", id="pattern"),
    pytest.param("GetHIT", {"HITId": "A" * 65}, "ValidationException", id="too-long"),
    pytest.param("GetHIT", {"HITId": "3" * 30}, "RequestError", id="unknown-hit"),
    pytest.param("ListHITs", {"MaxResults": 0}, "ValidationException", id="page-of-none"),
    pytest.param("ListHITs", {"MaxResults": 101}, "ValidationException", id="page-too-large"),
    pytest.param("CreateHITType", {**HIT_TYPE, "Reward": "ten"}, "ValidationException", id="reward"),
    pytest.param("CreateHIT", {**HIT_TYPE, "LifetimeInSeconds": 60}, "RequestError", id="no-question"),
    pytest.param(
        "CreateHITWithHITType",
        {"HITTypeId": "ABC", "LifetimeInSeconds": 60, "Question": QUESTION},
        "RequestError",
        id="hit-of-unknown-type",
    ),
    pytest.param("SendTestEventNotification", {"TestEventType": "Ping"}, "ValidationException", id="no-specification"),
    pytest.param("SendTestEventNotification", specification(Transport="Pigeon"), "ValidationException", id="transport"),
    pytest.param(
        "SendTestEventNotification", specification(EventTypes=["Snow"]), "ValidationException", id="unknown-event"
    ),
    pytest.param(
        "SendTestEventNotification",
        {**specification(), "TestEventType": "Snow"},
        "ValidationException",
        id="test-event",
    ),
    pytest.param("SendTestEventNotification", specification(EventTypes=[]), "RequestError", id="no-events"),
    pytest.param("SendTestEventNotification", specification(Destination=" "), "RequestError", id="no-destination"),
    pytest.param("UpdateNotificationSettings", {"HITTypeId": "ABC", "Active": True}, "RequestError", id="no-such-type"),
]


@pytest.mark.parametrize(("operation", "members", "kind"), BAD_CALLS)
def test_bad_calls_are_refused_in_the_service_s_shape(
    cloud: PracticeCloud, operation: str, members: object, kind: str
) -> None:
    status, answer = call(cloud, operation, members)
    assert (status, answer["__type"]) == (400, kind)
    if kind == "RequestError":
        assert set(answer) == {"__type", "Message", "TurkErrorCode"}
        assert answer["TurkErrorCode"].startswith("AWS.")
        assert answer["Message"].endswith(")")
    else:
        assert set(answer) <= {"__type", "message"}


def test_unknown_members_are_overlooked_as_the_framework_does(cloud: PracticeCloud) -> None:
    status, _ = call(cloud, "GetAccountBalance", {"New": 1})
    assert status == 200


def test_boto3_reads_a_request_error(clients: Clients) -> None:
    with pytest.raises(clients.mturk.exceptions.RequestError) as caught:
        clients.mturk.update_notification_settings(HITTypeId="3" * 30, Active=True)
    response: Any = caught.value.response
    assert response["Error"]["Code"] == "RequestError"
    assert response["TurkErrorCode"] == "AWS.MechanicalTurk.HITTypeDoesNotExist"
    assert "does not exist" in response["Error"]["Message"]
    assert response["ResponseMetadata"]["RequestId"]


def test_the_same_request_token_makes_no_second_hit(clients: Clients, hit_type_id: str) -> None:
    members: Any = {"HITTypeId": hit_type_id, "LifetimeInSeconds": 60, "Question": QUESTION, "UniqueRequestToken": "t"}
    clients.mturk.create_hit_with_hit_type(**members)
    with pytest.raises(ClientError, match="already exists"):
        clients.mturk.create_hit_with_hit_type(**members)


class TestSettings:
    @pytest.fixture
    def new_type(self, clients: Clients, request: pytest.FixtureRequest) -> str:
        return clients.mturk.create_hit_type(**{**HIT_TYPE, "Title": request.node.name})["HITTypeId"]

    def test_a_new_setting_starts_inactive_and_can_be_switched(
        self, cloud: PracticeCloud, clients: Clients, new_type: str
    ) -> None:
        update: Callable[..., object] = clients.mturk.update_notification_settings
        wanted = notification("you@practice.example", "Email")
        update(HITTypeId=new_type, Notification=wanted)
        assert cloud.settings()[new_type]["active"] is False
        update(HITTypeId=new_type, Active=True)
        assert cloud.settings()[new_type]["active"] is True
        assert cloud.settings()[new_type]["notification"] == wanted

    def test_a_new_specification_replaces_the_old_and_leaves_the_switch(
        self, cloud: PracticeCloud, clients: Clients, new_type: str
    ) -> None:
        update: Callable[..., object] = clients.mturk.update_notification_settings
        update(HITTypeId=new_type, Notification=notification("a@practice.example", "Email"), Active=True)
        update(HITTypeId=new_type, Notification=notification("b@practice.example", "Email"))
        setting = cloud.settings()[new_type]
        assert setting["active"] is True
        assert setting["notification"]["Destination"] == "b@practice.example"

    def test_nothing_to_switch(self, clients: Clients, new_type: str) -> None:
        with pytest.raises(clients.mturk.exceptions.RequestError):
            clients.mturk.update_notification_settings(HITTypeId=new_type, Active=True)

    def test_neither_specification_nor_switch(self, clients: Clients, new_type: str) -> None:
        with pytest.raises(clients.mturk.exceptions.RequestError, match="must be given"):
            clients.mturk.update_notification_settings(HITTypeId=new_type)

    def test_ping_cannot_be_set(self, cloud: PracticeCloud, clients: Clients, new_type: str) -> None:
        with pytest.raises(clients.mturk.exceptions.RequestError, match="Ping"):
            clients.mturk.update_notification_settings(
                HITTypeId=new_type, Notification=notification("a@practice.example", "Email", EventTypes=["Ping"])
            )
        assert new_type not in cloud.settings()
