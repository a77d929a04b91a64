# SPDX-License-Identifier: MIT
"""Every row of the tables is met by an error that boto3 itself made of an answer, or raises."""

from __future__ import annotations

import hashlib
import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import botocore.exceptions
import botocore.parsers
import pytest
from botocore.exceptions import ClientError

from aws.parts import JSON, KEYS, answering, balance_problem, connection, nobody, problem_of
from notification_tester.aws import calling, clients
from notification_tester.aws.clients import Clients
from notification_tester.aws.error_table import ANSWERS, SERVICE_TITLES, Call, folded
from notification_tester.aws.errors import translated
from notification_tester.aws.identity import caller
from notification_tester.aws.keys import Key
from notification_tester.aws.no_answer_table import LOCAL_FAILURES, NO_ANSWER
from notification_tester.aws.queues import Queue, list_queues
from notification_tester.aws.requester import Requester
from notification_tester.aws.settings import Connection, Settings, environment_secrets
from notification_tester.aws.topics import Topic
from notification_tester.domain.account import Credentials
from notification_tester.domain.destination import QueueAddress, TopicAddress, Transport, parse_destination
from notification_tester.domain.events import EventType
from notification_tester.domain.known_secrets import KnownSecrets
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

TOPIC = TopicAddress(partition="aws", region="us-east-1", account_id="123456789012", topic_name="t")
QUEUE = cast("QueueAddress", parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/q"))
SPEC = parse_spec(transport=Transport.EMAIL, destination="ann@example.org", events=["HITCreated"])
LINKED = "To use the MTurk API, your account must be linked. (1769903999000 s)"
REGION = "Credential should be scoped to a valid region, not 'eu-west-1'."


@pytest.fixture(autouse=True)
def one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "ATTEMPTS", 1)


def mturk(code: str, message: str = "Words.", turk: str = "", status: int = 400) -> Problem:
    members = {"__type": code, "Message": message} | ({"TurkErrorCode": turk} if turk else {})
    with answering(status, JSON, json.dumps(members).encode()) as endpoint:
        return balance_problem(connection(endpoint, aws_endpoint=endpoint))


def mturk_test(code: str, message: str = "Words.") -> Problem:
    body = json.dumps({"__type": code, "Message": message}).encode()
    return of_others(body, JSON, lambda made: Requester(made).send_test_event(SPEC, EventType.HIT_CREATED))


def sqs(code: str, message: str = "Words.") -> Problem:
    return of_others(in_json(code, message), JSON, list_queues)


def sqs_receive(code: str, message: str = "Words.") -> Problem:
    return of_others(
        in_json(code, message), JSON, lambda made: Queue(made, QUEUE).receive(wait_seconds=0, hold_seconds=1)
    )


def sqs_set(code: str, message: str = "Words.") -> Problem:
    return of_others(in_json(code, message), JSON, lambda made: Queue(made, QUEUE).set_policy("{}"))


def in_json(code: str, message: str) -> bytes:
    return json.dumps({"__type": f"com.amazonaws.sqs#{code}", "message": message}).encode()


def sns(code: str, message: str = "Words.") -> Problem:
    return of_others(xml(code, message), "text/xml", lambda made: Topic(made, TOPIC).policy())


def kms(code: str, message: str = "Words.") -> Problem:
    body = json.dumps({"__type": code, "message": message}).encode()
    return of_others(body, JSON, lambda made: Key(made, "alias/k", "us-east-1").description())


def sts(code: str, message: str = "Words.") -> Problem:
    return of_others(xml(code, message), "text/xml", caller)


def xml(code: str, message: str) -> bytes:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return f"<ErrorResponse>{error}<RequestId>0f0f0f0f-request-id</RequestId></ErrorResponse>".encode()


def of_others(body: bytes, kind: str, ask: Callable[[Clients], object]) -> Problem:
    with answering(400, kind, body) as endpoint:
        made = Clients(connection(endpoint, aws_endpoint=endpoint))
        try:
            return problem_of(lambda: ask(made))
        finally:
            made.close()


def role(code: str, message: str = "Words.") -> Problem:
    """What STS answers where the keys of a profile come from a role."""
    return of_sign_in(
        "role_arn=arn:aws:iam::123456789012:role/turk\nsource_profile=u\n", xml(code, message), "text/xml", "STS"
    )


def web_role(code: str, message: str = "Words.") -> Problem:
    """The same where a token is exchanged for them."""
    token = Path.home() / "token"
    token.write_text("a-token", "utf-8")
    profile = f"role_arn=arn:aws:iam::123456789012:role/turk\nweb_identity_token_file={token}\n"
    return of_sign_in(profile, xml(code, message), "text/xml", "STS")


def sso(code: str, message: str = "Words.") -> Problem:
    """What IAM Identity Center answers to somebody who is signed in."""
    url = "https://lab.awsapps.example/start"
    cache = Path.home() / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    name = hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()
    token = {"startUrl": url, "accessToken": "a-token", "expiresAt": "2099-01-01T00:00:00Z"}
    (cache / f"{name}.json").write_text(json.dumps(token), "utf-8")
    profile = f"sso_start_url={url}\nsso_region=us-east-1\nsso_account_id=123456789012\nsso_role_name=requester\n"
    body = json.dumps({"message": message}).encode()
    with pytest.MonkeyPatch.context() as patch:
        # botocore finds its folder when it is imported
        patch.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", str(cache))
        return of_sign_in(profile, body, JSON, "SSO", **{"x-amzn-errortype": code})


def of_sign_in(profile: str, body: bytes, kind: str, service: str, **headers: str) -> Problem:
    folder = Path.home() / ".aws"
    folder.mkdir(exist_ok=True)
    keys = f"[profile u]\naws_access_key_id={KEYS.access_key_id}\naws_secret_access_key={KEYS.secret_access_key}\n"
    (folder / "config").write_text(f"[default]\n{profile}{keys}", "utf-8")
    with answering(400, kind, body, **headers) as endpoint, nobody() as nowhere, pytest.MonkeyPatch.context() as patch:
        patch.setenv(f"AWS_ENDPOINT_URL_{service}", endpoint)
        patch.setenv("AWS_ENDPOINT_URL", nowhere)
        made = Clients(Connection(from_environment=True))
        try:
            return problem_of(Requester(made).balance)
        finally:
            made.close()


ROWS = [
    pytest.param(
        role,
        ("AccessDenied", "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: sts:AssumeRole"),
        Cause.KEYS,
        "The sign-in service at 127.0.0.1:",
        id="role",
    ),
    pytest.param(
        role,
        ("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code."),
        Cause.KEYS,
        "MFA code was not accepted",
        id="role-with-a-wrong-code",
    ),
    pytest.param(web_role, ("ExpiredTokenException",), Cause.KEYS, "identity token was not", id="web-identity"),
    pytest.param(web_role, ("AccessDenied",), Cause.KEYS, "does not give these keys the role", id="web-role"),
    pytest.param(role, ("ExpiredToken",), Cause.KEYS, "have run out", id="role-of-old-keys"),
    pytest.param(sso, ("ForbiddenException", "No access"), Cause.KEYS, "sign-in does not give", id="sso"),
    pytest.param(mturk, ("RequestError", LINKED, "AWS.AccountNotLinked"), Cause.NOT_LINKED, "not linked", id="linked"),
    pytest.param(mturk, ("AWS.AccountNotLinked",), Cause.NOT_LINKED, "not linked", id="linked-by-code"),
    pytest.param(
        mturk,
        ("RequestError", "Hit X does not exist. (17)", "AWS.MechanicalTurk.HITDoesNotExist"),
        Cause.REFUSED,
        "does not know this here",
        id="unknown-hit",
    ),
    pytest.param(mturk, ("InvalidSignatureException", REGION), Cause.KEYS, "wrong region", id="region"),
    pytest.param(
        mturk, ("InvalidSignatureException", "Signature expired: 2026"), Cause.CLOCK, "clock", id="signature-expired"
    ),
    pytest.param(
        sts, ("SignatureDoesNotMatch", "Signature not yet current: 2026"), Cause.CLOCK, "clock", id="in-the-future"
    ),
    pytest.param(mturk, ("RequestExpired",), Cause.CLOCK, "clock", id="request-expired"),
    pytest.param(sts, ("RequestTimeTooSkewed",), Cause.CLOCK, "clock", id="too-skewed"),
    pytest.param(mturk, ("ExpiredTokenException",), Cause.KEYS, "have run out", id="expired-token"),
    pytest.param(sns, ("ExpiredToken",), Cause.KEYS, "have run out", id="expired-token-query"),
    pytest.param(mturk, ("UnrecognizedClientException",), Cause.KEYS, "not known", id="unrecognized"),
    pytest.param(sts, ("InvalidClientTokenId",), Cause.KEYS, "not known", id="invalid-token-id"),
    pytest.param(sqs, ("InvalidAccessKeyId",), Cause.KEYS, "not known", id="invalid-key-id"),
    pytest.param(mturk, ("InvalidSignatureException",), Cause.KEYS, "secret does not belong", id="wrong-secret"),
    pytest.param(sts, ("SignatureDoesNotMatch",), Cause.KEYS, "secret does not belong", id="no-match"),
    pytest.param(sts, ("IncompleteSignature",), Cause.KEYS, "not copied cleanly", id="incomplete"),
    pytest.param(mturk, ("IncompleteSignatureException",), Cause.KEYS, "not copied cleanly", id="incomplete-exception"),
    pytest.param(mturk, ("MissingAuthenticationTokenException",), Cause.KEYS, "without keys", id="unsigned"),
    pytest.param(mturk, ("SubscriptionRequiredException",), Cause.PERMISSION, "not signed up", id="not-signed-up"),
    pytest.param(sns, ("OptInRequired",), Cause.PERMISSION, "not signed up", id="opt-in"),
    pytest.param(
        sqs, ("AWS.SimpleQueueService.NonExistentQueue",), Cause.DESTINATION, "queue does not exist", id="no-queue"
    ),
    pytest.param(sqs, ("QueueDoesNotExist",), Cause.DESTINATION, "queue does not exist", id="no-queue-json"),
    pytest.param(sns, ("NotFound",), Cause.DESTINATION, "topic does not exist", id="no-topic"),
    pytest.param(
        sns,
        ("NotFound", "Topic does not exist or you do not have access to it"),
        Cause.PERMISSION,
        "or these keys may not see it",
        id="no-topic-or-no-access",
    ),
    pytest.param(kms, ("NotFoundException",), Cause.DESTINATION, "key does not exist", id="no-key"),
    pytest.param(sqs, ("InvalidAddress",), Cause.DESTINATION, "address is not accepted", id="invalid-address"),
    pytest.param(sqs, ("QueueDeletedRecently",), Cause.DESTINATION, "deleted a moment ago", id="deleted-recently"),
    pytest.param(
        sqs,
        ("NonExistentQueue", "The specified queue does not exist or you do not have access to it."),
        Cause.PERMISSION,
        "or these keys may not see it",
        id="no-queue-or-no-access",
    ),
    pytest.param(sqs_receive, ("OverLimit",), Cause.DESTINATION, "somebody's hands", id="over-limit"),
    pytest.param(
        sqs_set,
        ("OverLimit", "21 statements were found in the submitted policy, max allowed is 20"),
        Cause.DESTINATION,
        "access policy is too long",
        id="over-limit-policy",
    ),
    pytest.param(
        sqs_set,
        ("InvalidAttributeValue", "Invalid value for the parameter Policy."),
        Cause.REFUSED,
        "policy",
        id="policy",
    ),
    pytest.param(sqs, ("KmsAccessDenied",), Cause.PERMISSION, "encrypted", id="kms"),
    pytest.param(sqs, ("KMS.AccessDeniedException",), Cause.PERMISSION, "encrypted", id="kms-old"),
    pytest.param(sqs, ("KmsDisabled",), Cause.DESTINATION, "key of this destination", id="kms-disabled"),
    pytest.param(sns, ("KMS.NotFoundException",), Cause.DESTINATION, "key of this destination", id="kms-gone"),
    pytest.param(sns, ("KMSThrottling",), Cause.SLOW_DOWN, "Too many calls", id="kms-throttled"),
    pytest.param(sns, ("KMSAccessDenied",), Cause.PERMISSION, "encrypted", id="kms-query"),
    pytest.param(mturk, ("AccessDeniedException",), Cause.PERMISSION, "may not do this", id="denied"),
    pytest.param(sns, ("AuthorizationError",), Cause.PERMISSION, "may not do this", id="denied-sns"),
    pytest.param(mturk, ("ThrottlingException", "Rate exceeded"), Cause.SLOW_DOWN, "Too many calls", id="throttled"),
    pytest.param(sqs, ("RequestThrottled",), Cause.SLOW_DOWN, "Too many calls", id="throttled-sqs"),
    pytest.param(mturk_test, ("InternalFailure", ""), Cause.DESTINATION, "could not deliver", id="internal-failure"),
    pytest.param(
        mturk, ("ServiceFault", "Trouble.", "AWS.ServiceUnavailable"), Cause.SERVICE, "trouble of its own", id="fault"
    ),
    pytest.param(sqs, ("InternalFailure",), Cause.SERVICE, "SQS at 127.0.0.1:", id="internal-failure-sqs"),
    pytest.param(
        mturk, ("InternalFailure",), Cause.SERVICE, "Mechanical Turk at 127.0.0.1:", id="internal-failure-ask"
    ),
    pytest.param(mturk, ("UnknownOperationException",), Cause.REFUSED, "does not know what", id="operation"),
    pytest.param(sns, ("InvalidAction",), Cause.REFUSED, "does not know what", id="action"),
    pytest.param(mturk, ("Forbidden",), Cause.REFUSED, "older interface", id="forbidden"),
    pytest.param(
        mturk, ("RequestError", "Odd. (1)", "AWS.MechanicalTurk.Odd"), Cause.REFUSED, "did not accept", id="odd"
    ),
    pytest.param(mturk, ("ValidationException", "1 error"), Cause.REFUSED, "did not accept", id="validation"),
]


@pytest.mark.parametrize(("service", "words", "cause", "expected"), ROWS)
def test_an_answer_becomes_a_sentence(
    service: Callable[..., Problem], words: tuple[str, ...], cause: Cause, expected: str
) -> None:
    problem = service(*words)
    assert problem.cause is cause
    assert expected in problem.title
    code, message, turk_error_code = (*words, "Words.", "")[:3] if len(words) < 3 else words
    assert problem.answer.code.endswith(code.removeprefix("AWS.SimpleQueueService."))
    assert problem.code.removeprefix("sign-in.") == problem.answer.code
    assert problem.code.startswith("sign-in.") == (service in SIGN_INS)
    assert problem.answer.message == message
    assert problem.answer.turk_error_code == (turk_error_code if len(words) == 3 else "")
    assert problem.answer.request_id == "0f0f0f0f-request-id"
    assert problem.answer.http_status == 400


SIGN_INS: dict[Any, str] = {role: "sts", web_role: "sts", sso: "sso"}
SERVICES: dict[Any, str] = SIGN_INS | {
    mturk: "mturk",
    mturk_test: "mturk",
    sqs: "sqs",
    sqs_receive: "sqs",
    sqs_set: "sqs",
    sns: "sns",
    sts: "sts",
    kms: "kms",
}


def test_every_row_is_met_above() -> None:
    met = set()
    for parameters in ROWS:
        values: Any = parameters.values
        service, expected = values[0], values[3]
        for rule in ANSWERS:
            fits_service = not rule.services or SERVICES[service] in rule.services
            if any(expected in rule.title.format(who=who) for who in SERVICE_TITLES.values()) and fits_service:
                met.add(rule)
    assert [rule.title for rule in ANSWERS if rule not in met] == []


def test_a_refused_role_names_the_sign_in_service_and_not_mechanical_turk() -> None:
    problem = role("AccessDenied", "not authorized to perform: sts:AssumeRole")
    said = f"{problem.title} {problem.detail} {problem.remedy}"
    assert "sts:AssumeRole" in said
    assert "trust policy" in said
    assert "Mechanical Turk" not in said
    assert "GetAccountBalance" not in said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("AccessDenied", "AccessDeniedException", id="exception"),
        pytest.param("NonExistentQueue", "AWS.SimpleQueueService.NonExistentQueue", id="sqs"),
        pytest.param("QueueDoesNotExist", "com.amazonaws.sqs#QueueDoesNotExist", id="shape"),
        pytest.param("AccessDenied", "com.amazon.coral.service#AccessDeniedException:http://internal/", id="coral"),
        pytest.param("KmsAccessDenied", "KMS.AccessDeniedException", id="kms"),
        pytest.param("KMSAccessDenied", "KMSAccessDeniedException", id="kms-of-sns"),
        pytest.param("HITDoesNotExist", "AWS.MechanicalTurk.HITDoesNotExist", id="mturk"),
        pytest.param("NonExistentQueue", "aws-error-NonExistentQueue", id="aws-error"),
        pytest.param("NonExistentQueue", "AWS.SimpleQueueService.NonExistentQueue;Sender", id="query-error"),
    ],
)
def test_codes_are_compared_in_one_spelling(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_a_key_of_kms_is_not_the_users_own_permission() -> None:
    assert folded("KMS.AccessDeniedException") != folded("AccessDeniedException")
    assert folded("Exception") == "exception"


def test_words_that_nobody_knows_are_kept_and_claimed_to_be_nothing() -> None:
    problem = mturk("TeapotException", "I am a <b>teapot</b>.", status=418)
    assert problem.cause is Cause.REFUSED
    assert problem.code == "TeapotException"
    assert problem.detail == "It said: I am a <b>teapot</b>."


def test_every_word_of_the_answer_can_be_copied() -> None:
    problem = mturk("RequestError", "Odd. (1769903999000 s)", "AWS.MechanicalTurk.Odd")
    assert problem.answer.as_text().splitlines() == [
        "Code: RequestError",
        "TurkErrorCode: AWS.MechanicalTurk.Odd",
        "Message: Odd. (1769903999000 s)",
        "Request id: 0f0f0f0f-request-id",
        "HTTP status: 400",
    ]
    assert problem.as_json()["exact_answer"] == problem.answer.as_text()
    assert problem.answer.as_text() in problem.as_text()


def test_braces_in_foreign_words_do_no_harm() -> None:
    problem = mturk("TeapotException", "{who} {0} {nothing} %s")
    assert problem.detail == "It said: {who} {0} {nothing} %s"


def test_a_long_answer_is_cut() -> None:
    assert len(mturk("TeapotException", "x" * 100_000).answer.message) == 4000


def test_not_allowed_names_the_action() -> None:
    assert "mechanicalturk:GetAccountBalance" in mturk("AccessDeniedException").remedy
    assert "sns:GetTopicAttributes" in sns("AuthorizationError").remedy


@pytest.mark.parametrize(
    ("endpoint", "link"),
    [
        pytest.param("https://mturk-requester.us-east-1.amazonaws.com", "//requester.mturk.com/", id="live"),
        pytest.param(
            "https://mturk-requester-sandbox.us-east-1.amazonaws.com", "//requestersandbox.mturk.com/", id="sandbox"
        ),
    ],
)
def test_linking_is_done_where_the_call_went(endpoint: str, link: str) -> None:
    error = botocore.exceptions.ClientError({"Error": {"Code": "RequestError", "Message": LINKED}}, "GetAccountBalance")
    assert link in raised(error, endpoint=endpoint).remedy


def raised(error: Exception, *, service: str = "mturk", endpoint: str = "https://mturk.example.org") -> Problem:
    def fail() -> None:
        call = Call(service=service, operation="GetAccountBalance", endpoint=endpoint)
        with translated(call, Settings(Connection(profile="lab"))):
            raise error

    return problem_of(fail)


@pytest.mark.parametrize(
    ("case", "cause", "says"),
    [
        pytest.param(
            "answer-incomplete-signature-exception",
            Cause.KEYS,
            "a blank or a sign too much in the access key",
            id="key",
        ),
        pytest.param("answer-sqs-overlimit-policy", Cause.DESTINATION, "policy may have 20 statements", id="policy"),
    ],
)
def test_what_a_service_answered_to_what_was_asked(case: str, cause: Cause, says: str) -> None:
    answer = json.loads((Path(__file__).parents[1] / "cases" / f"{case}.json").read_text("utf-8"))
    response: Any = {
        "Error": {"Code": answer["code"], "Message": answer["message"]},
        "ResponseMetadata": {"HTTPStatusCode": answer["status"]},
    }

    def fail() -> None:
        with translated(Call(service=answer["service"], operation=answer["operation"], endpoint="https://x.example")):
            raise botocore.exceptions.ClientError(response, answer["operation"])

    problem = problem_of(fail)
    assert problem.cause is cause
    assert says in problem.detail
    assert "hands" not in f"{problem.title} {problem.remedy}"


def made(name: str, word: str = "THIS") -> Exception:
    """One of botocore's own exceptions, with what its message needs."""
    values: dict[str, Any] = dict.fromkeys(
        (
            "endpoint_url",
            "proxy_url",
            "profile_name",
            "name",
            "profile",
            "path",
            "error_msg",
            "provider",
            "cred_var",
            "msg",
            "endpoint",
        ),
        word,
    )
    values |= dict.fromkeys(("service_name", "known_service_names", "data_path", "report", "config_value"), word)
    values |= {"error": OSError(word), "cred_var": word, "actual_bytes": 1, "expected_bytes": 2}
    if name == "ResponseParserError":
        return botocore.parsers.ResponseParserError(word)
    values |= {"host": word, "seconds": 15.0, "largest": 64}
    kind: Callable[..., Exception] = getattr(botocore.exceptions, name, None) or getattr(calling, name)
    return kind(**values)


@pytest.mark.parametrize("failure", LOCAL_FAILURES, ids=lambda failure: failure.exception)
def test_what_botocore_finds_wrong_here(failure: Any) -> None:
    if not hasattr(botocore.exceptions, failure.exception):
        pytest.skip("this botocore does not know it")
    problem = raised(made(failure.exception))
    assert (problem.title, problem.code, problem.cause) == (failure.title, failure.code, failure.cause)


@pytest.mark.parametrize("name", NO_ANSWER)
def test_no_answer_is_out_of_reach(name: str) -> None:
    here = raised(made(name))
    assert here.cause is Cause.UNREACHABLE
    assert here.title == "Mechanical Turk at mturk.example.org cannot be reached."
    amazon = raised(made(name), endpoint="https://mturk-requester.us-east-1.amazonaws.com")
    assert "closed or cannot be reached" in amazon.title
    other = raised(made(name), service="sqs", endpoint="https://sqs.us-east-1.amazonaws.com")
    assert other.title == "Amazon SQS cannot be reached."


@pytest.mark.parametrize(
    ("service", "endpoint", "who"),
    [
        ("sts", "https://sts.amazonaws.com", "AWS's sign-in service"),
        ("signin", "https://us-east-1.signin.aws.amazon.com", "AWS's sign-in service"),
        ("sqs", "https://sqs.us-east-1.amazonaws.com", "Amazon SQS"),
        ("sns", "", "Amazon SNS"),
        ("sts", "http://127.0.0.1:4100", "The sign-in service at 127.0.0.1:4100"),
        ("sqs", "http://127.0.0.1:4100", "SQS at 127.0.0.1:4100"),
        ("sns", "https://ann:secret@stack.lab.example", "SNS at stack.lab.example"),
        ("mturk", "https://amazonaws.com.lab.example", "Mechanical Turk at amazonaws.com.lab.example"),
    ],
)
def test_who_refused_is_named_by_its_host_where_it_is_not_amazon(service: str, endpoint: str, who: str) -> None:
    response: Any = {"Error": {"Code": "InvalidClientTokenId", "Message": "No."}}
    told = raised(ClientError(response, "GetAccountBalance"), service=service, endpoint=endpoint)
    assert told.detail.startswith(f"{who} does not know this access key: ")


@pytest.mark.parametrize("rule", ANSWERS, ids=lambda rule: rule.title)
def test_in_accounts_no_refusal_of_keys_sends_there(rule: Any) -> None:
    told = Problem(title="", detail="", remedy=rule.remedy, code="", cause=rule.cause).in_accounts().remedy
    assert "under Accounts" not in told
    assert told == rule.remedy or "Give it the right keys" in told


@pytest.mark.parametrize("write", [str, lambda secret: quote(secret, safe=""), lambda secret: repr(secret.encode())])
@pytest.mark.parametrize("name", [*(one.exception for one in LOCAL_FAILURES), *NO_ANSWER, "PaginationError"])
def test_no_exception_of_a_library_carries_a_key_out(name: str, write: Callable[[str], str]) -> None:
    secret = "two words/of a secret"
    keys = Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=secret)
    error = (
        botocore.exceptions.PaginationError(message=write(secret))
        if name == "PaginationError"
        else made(name, f"<{write(secret)}>")
    )

    def fail() -> None:
        call = Call(service="sqs", operation="ListQueues", endpoint="https://sqs.us-east-1.amazonaws.com")
        with translated(call, Settings(Connection(credentials=keys))):
            raise error

    problem = problem_of(fail)
    assert write(secret) not in str(problem.as_json())
    assert write(secret) not in problem.as_text()


def test_a_bug_of_ours_within_a_librarys_call_is_still_ours() -> None:
    with answering(200, JSON, b'{"AvailableBalance": "1.00"}') as endpoint:
        client = Clients(connection(endpoint))

        def handle(**_: object) -> None:
            KnownSecrets(["a secret"]).clean(cast("str", 5))

        client.mturk.meta.events.register("before-call", handle)
        with pytest.raises(TypeError):
            Requester(client).balance()
        client.close()


def test_passwords_of_addresses_in_the_environment_are_secrets() -> None:
    found = environment_secrets(
        {
            "HTTPS_PROXY": "http://me:p%40ss@proxy.example:3128",
            "http_proxy": "me:plain@proxy.example",
            "AWS_ENDPOINT_URL_SQS": "https://x:of-the-endpoint@localhost",
            "NO_PROXY": "localhost",
            "AWS_BEARER_TOKEN_BEDROCK": "bearer",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "PATH": "/usr/bin:me@host",
        }
    )
    assert set(found) == {"p%40ss", "p@ss", "plain", "of-the-endpoint", "bearer", "secret"}


def test_what_no_table_has_is_quoted() -> None:
    problem = raised(botocore.exceptions.PaginationError(message="odd"))
    assert problem.code == "PaginationError"
    assert "odd" in problem.detail


def test_a_bug_of_ours_passes_unchanged() -> None:
    with pytest.raises(ZeroDivisionError):
        raised(ZeroDivisionError())
    with pytest.raises(socket.gaierror):
        raised(socket.gaierror())


def test_keys_are_in_no_representation() -> None:
    assert KEYS.secret_access_key not in repr(connection("https://mturk.example.org"))
