# SPDX-License-Identifier: MIT
"""The table by which a service's refusal becomes a Problem; :mod:`notification_tester.aws.errors` applies it.

``ANSWERS`` is what a service answered: its code, and where needed a piece of its words; what happened before any answer
is in :mod:`notification_tester.aws.no_answer_table`. Codes and their meaning are from AWS's "Common errors" pages,
MTurk's "Errors" appendix, and reports of people who met them; what is in no table is shown as it came, with nothing
claimed about it. In the texts, names in braces are filled from the call.
"""

from __future__ import annotations

from dataclasses import dataclass

from notification_tester.domain.account import Environment, environment_at
from notification_tester.domain.problem import Cause, ServiceAnswer

SERVICE_TITLES = {
    "mturk": "Mechanical Turk",
    "sqs": "Amazon SQS",
    "sns": "Amazon SNS",
    "sts": "AWS's sign-in service",
    "kms": "AWS KMS",
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was asked, for the sentences."""

    service: str
    operation: str
    endpoint: str

    @property
    def who(self) -> str:
        """The service in words."""
        return SERVICE_TITLES.get(self.service, "AWS")

    @property
    def is_sandbox(self) -> bool:
        """Whether the sandbox was asked."""
        return environment_at(self.endpoint) is Environment.SANDBOX


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row: which answers it is about, and what a person should read."""

    codes: tuple[str, ...]
    cause: Cause
    title: str
    detail: str
    remedy: str
    services: tuple[str, ...] = ()
    says: tuple[str, ...] = ()  # pieces of the answer in lower case, one of which must be there

    def fits(self, call: Call, answer: ServiceAnswer) -> bool:
        """Whether this row is about that answer."""
        if answer.code not in self.codes and "*" not in self.codes:
            return False
        if self.services and call.service not in self.services:
            return False
        said = f"{answer.code} {answer.turk_error_code} {answer.message}".lower()
        return not self.says or any(piece in said for piece in self.says)


ANSWERS = (
    Rule(
        codes=("*",),
        says=("accountnotlinked", "must be linked"),
        cause=Cause.NOT_LINKED,
        title="Your AWS account is not linked to Mechanical Turk here.",
        detail="The keys belong to an AWS account that is not joined with a requester account in this environment; "
        "sandbox and live are linked each on their own.",
        remedy="Sign in at {link}, choose “Link your AWS account”, wait some minutes, and try again.",
    ),
    Rule(
        codes=("RequestError",),
        says=("doesnotexist",),
        cause=Cause.REFUSED,
        title="Mechanical Turk does not know this here.",
        detail="The id does not exist in {environment}. Most often it belongs to the other environment.",
        remedy="Check the id, and whether it was made in the sandbox or live.",
    ),
    Rule(
        codes=("InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"),
        says=("valid region",),
        cause=Cause.KEYS,
        title="The call was signed for the wrong region.",
        detail="Mechanical Turk is in us-east-1 alone; something on the way asks for another region.",
        remedy="Check the endpoint of this account.",
    ),
    Rule(
        codes=("InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed"),
        says=("expired",),
        cause=Cause.CLOCK,
        title="This computer's clock is wrong.",
        detail="{who} refused the call because its time is minutes away from the real time.",
        remedy="Let the system set date, time and time zone by itself, and try again.",
    ),
    Rule(
        codes=("InvalidSignatureException", "SignatureDoesNotMatch"),
        says=("not yet current",),
        cause=Cause.CLOCK,
        title="This computer's clock is wrong.",
        detail="{who} refused the call because its time lies in the future.",
        remedy="Let the system set date, time and time zone by itself, and try again.",
    ),
    Rule(
        codes=("RequestExpired", "RequestTimeTooSkewed"),
        cause=Cause.CLOCK,
        title="This computer's clock is wrong.",
        detail="{who} refused the call because its time is minutes away from the real time.",
        remedy="Let the system set date, time and time zone by itself, and try again.",
    ),
    Rule(
        codes=("ExpiredToken", "ExpiredTokenException"),
        cause=Cause.KEYS,
        title="The temporary keys have run out.",
        detail="{who} no longer accepts the session token of this account.",
        remedy="Sign in again where you got the keys, and enter the new ones.",
    ),
    Rule(
        codes=("UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId"),
        cause=Cause.KEYS,
        title="The access key is not known.",
        detail="{who} does not know this access key: it was mistyped, deleted, made inactive, or it is temporary and "
        "came without its session token.",
        remedy="Enter access key and secret again where this account has them: under Accounts, or in the AWS "
        "configuration of this computer. Or ask whoever gave you the key.",
    ),
    Rule(
        codes=("SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature", "AuthFailure"),
        cause=Cause.KEYS,
        title="The secret does not belong to the access key.",
        detail="{who} knows the access key, and the secret that came with it is not the right one.",
        remedy="Enter access key and secret again, both from the same place, where this account has them: under "
        "Accounts, or in the AWS configuration of this computer.",
    ),
    Rule(
        codes=("MissingAuthenticationToken", "MissingAuthenticationTokenException"),
        cause=Cause.KEYS,
        title="The call went out without keys.",
        detail="{who} saw no signature. A proxy on the way may have removed it.",
        remedy="Check the account's keys, and try from another network.",
    ),
    Rule(
        codes=("OptInRequired", "SubscriptionRequiredException"),
        cause=Cause.PERMISSION,
        title="This AWS account is not signed up.",
        detail="{who} says that the account has not been activated for it.",
        remedy="Finish the sign-up of the AWS account, or use another one.",
    ),
    Rule(
        codes=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
        cause=Cause.DESTINATION,
        title="The queue does not exist.",
        detail="Amazon SQS knows no queue of this name in that account and region. It may have been deleted (then its "
        "name is free again after a minute), or a letter is wrong.",
        remedy="Compare the URL with the list of queues, or choose another queue.",
    ),
    Rule(
        codes=("NotFound", "NotFoundException", "ResourceNotFoundException"),
        services=("sns",),
        cause=Cause.DESTINATION,
        title="The topic does not exist.",
        detail="Amazon SNS knows no topic of this name in that account and region.",
        remedy="Compare the ARN with the list of topics, or choose another topic.",
    ),
    Rule(
        codes=("NotFoundException",),
        services=("kms",),
        cause=Cause.DESTINATION,
        title="The encryption key does not exist.",
        detail="AWS KMS said: {message}",
        remedy="Choose another key, or switch the encryption off, in the console of the queue or topic.",
    ),
    Rule(
        codes=("InvalidAddress",),
        services=("sqs",),
        cause=Cause.DESTINATION,
        title="The queue's address is not accepted.",
        detail="Amazon SQS says that there can be no queue at this URL.",
        remedy="Copy the URL again from the queue's page.",
    ),
    Rule(
        codes=("AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently"),
        cause=Cause.DESTINATION,
        title="A queue of this name was deleted a moment ago.",
        detail="Amazon SQS keeps a name for 60 seconds after its queue was deleted.",
        remedy="Wait a minute, and try again.",
    ),
    Rule(
        codes=("OverLimit",),
        services=("sqs",),
        cause=Cause.DESTINATION,
        title="Too many messages of this queue are in somebody's hands.",
        detail="Amazon SQS hands out no more until some are deleted or given back.",
        remedy="Wait until the other readers are done, and try again.",
    ),
    Rule(
        codes=("KMS.AccessDeniedException", "KMSAccessDenied", "KMSAccessDeniedException", "KmsAccessDenied"),
        cause=Cause.PERMISSION,
        title="The messages are encrypted, and these keys may not decrypt them.",
        detail="The destination uses an encryption key of AWS KMS that this user may not use.",
        remedy="Ask the administrator for kms:Decrypt on that key.",
    ),
    Rule(
        codes=(
            "AccessDeniedException",
            "AccessDenied",
            "AuthorizationError",
            "AuthorizationErrorException",
            "UnauthorizedOperation",
        ),
        cause=Cause.PERMISSION,
        title="These keys may not do this.",
        detail="{who} knows the keys, and its rules do not allow them “{operation}”: a policy of the user or of the "
        "organisation is in the way.",
        remedy="Ask the administrator of the AWS account to allow {action}.",
    ),
    Rule(
        codes=(
            "ThrottlingException",
            "Throttling",
            "ThrottledException",
            "TooManyRequestsException",
            "RequestThrottled",
            "RequestLimitExceeded",
            "SlowDown",
        ),
        cause=Cause.SLOW_DOWN,
        title="Too many calls in a short time.",
        detail="{who} asks to slow down; the call was tried {attempts} and was turned away each time.",
        remedy="Wait a minute, and try again.",
    ),
    Rule(
        codes=("InternalFailure",),
        services=("mturk",),
        cause=Cause.DESTINATION,
        title="Mechanical Turk could not deliver, or has trouble of its own.",
        detail="It answered “InternalFailure”, and nothing else. On a test to a queue or a topic this most likely "
        "means that the destination does not let Mechanical Turk in: its policy is missing or names something else.",
        remedy="Check that the policy of the queue or topic allows mturk-requester.amazonaws.com to send, and try "
        "again.",
    ),
    Rule(
        codes=("ServiceFault", "InternalFailure", "InternalError", "InternalServerError", "ServiceUnavailable"),
        cause=Cause.SERVICE,
        title="{who} has trouble of its own.",
        detail="It took the call and failed while working on it. Nothing on your side is known to be wrong.",
        remedy="Try again in some minutes.",
    ),
    Rule(
        codes=("UnknownOperationException", "InvalidAction", "UnknownOperation"),
        cause=Cause.REFUSED,
        title="This service does not know what was asked.",
        detail="The service behind this account does not offer “{operation}”.",
        remedy="Check the endpoint of this account.",
    ),
    Rule(
        codes=("Forbidden",),
        cause=Cause.REFUSED,
        title="This address is that of an older interface.",
        detail="It answered in the way of the interface that was shut in June 2019.",
        remedy="Check the endpoint of this account.",
    ),
    Rule(
        codes=("RequestError", "ParameterValidationError", "ValidationException", "SerializationException"),
        services=("mturk",),
        cause=Cause.REFUSED,
        title="Mechanical Turk did not accept the request.",
        detail="It said: {message}",
        remedy="Compare destination, events and environment with what it says.",
    ),
)

UNKNOWN = Rule(
    codes=("*",),
    cause=Cause.REFUSED,
    title="{who} refused, with words that are not known to this program.",
    detail="It said: {message}",
    remedy="The exact answer is what a person who helps you will want to see.",
)

ACTIONS = {"mturk": "mechanicalturk", "sqs": "sqs", "sns": "sns", "sts": "sts", "kms": "kms"}
