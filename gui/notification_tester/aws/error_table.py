# SPDX-License-Identifier: MIT
"""The table by which a service's refusal becomes a Problem; :mod:`notification_tester.aws.errors` applies it.

``ANSWERS`` is what a service answered: who, to which operation, its code, and where needed a piece of its words; what
happened before any answer is in :mod:`notification_tester.aws.no_answer_table`. Codes and their meaning are from AWS's
"Common errors" pages, the services' own API references, MTurk's "Errors" appendix, and reports of people who met them;
what is in no table is shown as it came, with nothing claimed about it. In the texts, names in braces are filled from
the call.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from notification_tester.domain.account import Environment, environment_at
from notification_tester.domain.problem import Cause, Remedy, ServiceAnswer

SERVICE_TITLES = {
    "mturk": "Mechanical Turk",
    "sqs": "Amazon SQS",
    "sns": "Amazon SNS",
    "sts": "AWS's sign-in service",
    "kms": "AWS KMS",
    "sso": "AWS's sign-in service (IAM Identity Center)",
    "sso-oidc": "AWS's sign-in service (IAM Identity Center)",
    "signin": "AWS's sign-in service",
}
ELSEWHERE_TITLES = {
    "mturk": "Mechanical Turk",
    "sqs": "SQS",
    "sns": "SNS",
    "kms": "KMS",
}
"""The same where it is not Amazon that was asked; all others get keys or tell whose they are."""

_PREFIX = re.compile(r"^(?:aws-?error[-.:_]*|aws\.simplequeueservice\.|aws\.mechanicalturk\.|aws\.sns\.|aws\.)")
_KMS = re.compile(r"^kms[._]?")


def folded(code: str) -> str:
    """A code in the one spelling by which codes are compared.

    ``com.amazonaws.sqs#QueueDoesNotExist:http://…``, ``AWS.SimpleQueueService.NonExistentQueue``, ``KMS.…``, and
    ``…Exception`` at the end differ by protocol and age of a service, not in their meaning.
    """
    short = code.rpartition("#")[2].partition(":")[0].partition(";")[0].strip().lower()
    short = _KMS.sub("kms", _PREFIX.sub("", short))
    return short.removesuffix("exception") or short


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was asked, for the sentences."""

    service: str
    operation: str
    endpoint: str

    @property
    def is_sandbox(self) -> bool:
        """Whether the sandbox was asked."""
        return environment_at(self.endpoint) is Environment.SANDBOX


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row: which answers it is about, and what a person should read. Empty tuples are about all."""

    codes: tuple[str, ...]
    cause: Cause
    title: str
    detail: str
    remedy: str
    services: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    says: tuple[str, ...] = ()  # pieces of the answer in lower case, one of which must be there
    remedies: tuple[Remedy, ...] = ()

    def fits(self, call: Call, answer: ServiceAnswer) -> bool:
        """Whether this row is about that answer."""
        if self.codes and folded(answer.code) not in {folded(code) for code in self.codes}:
            return False
        if self.services and call.service not in self.services:
            return False
        if self.operations and call.operation not in self.operations:
            return False
        said = f"{answer.code} {answer.turk_error_code} {answer.message}".lower()
        return not self.says or any(piece in said for piece in self.says)


ANSWERS = (
    Rule(
        codes=(),
        says=("accountnotlinked", "must be linked"),
        cause=Cause.NOT_LINKED,
        title="Your AWS account is not linked to Mechanical Turk here.",
        detail="The keys belong to an AWS account that is not joined with a requester account in this environment; "
        "sandbox and live are linked each on their own.",
        remedy="Sign in at {link}, choose “Link your AWS account”, wait some minutes, and try again.",
        remedies=(Remedy.LINK_ACCOUNT, Remedy.TRY_AGAIN),
    ),
    Rule(
        codes=("AccessDenied",),
        services=("sts",),
        operations=("AssumeRole",),
        says=("multifactorauthentication failed", "invalid mfa"),
        cause=Cause.KEYS,
        title="The MFA code was not accepted.",
        detail="{who} does not take this code for this device: it was mistyped, is over, or was used already.",
        remedy="Wait for the device's next code, and try again.",
        remedies=(Remedy.TRY_AGAIN,),
    ),
    Rule(
        codes=("AccessDenied",),
        services=("sts",),
        operations=("AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"),
        cause=Cause.KEYS,
        title="{who} does not give these keys the role.",
        detail="The profile works by a role, and “{action}” was refused: either no policy of the user allows it, or "
        "the role's trust policy does not name the user. It said: {message}",
        remedy="Ask the administrator of the AWS account to allow {action} for that role, and to name you in the "
        "trust policy of the role; or check role_arn in the AWS configuration.",
        remedies=(Remedy.TRY_AGAIN,),
    ),
    Rule(
        codes=("ExpiredToken", "InvalidIdentityToken", "IDPCommunicationError", "IDPRejectedClaim"),
        services=("sts",),
        operations=("AssumeRoleWithWebIdentity",),
        cause=Cause.KEYS,
        title="The web identity token was not accepted.",
        detail="{who} said: {message}",
        remedy="Have the token written anew where web_identity_token_file or AWS_WEB_IDENTITY_TOKEN_FILE leads, and "
        "try again.",
        remedies=(Remedy.TRY_AGAIN,),
    ),
    Rule(
        codes=("ForbiddenException", "AccessDenied", "ResourceNotFound", "UnauthorizedException"),
        services=("sso", "sso-oidc"),
        cause=Cause.KEYS,
        title="The sign-in does not give these keys.",
        detail="{who} refused “{operation}”: you are signed in, and not assigned to this account and role. It said: "
        "{message}",
        remedy="Compare sso_account_id and sso_role_name in the AWS configuration with what your start page offers, or "
        "ask the administrator to assign you.",
        remedies=(Remedy.CHANGE_KEYS, Remedy.TRY_AGAIN),
    ),
    Rule(
        codes=("RequestError",),
        says=("doesnotexist",),
        cause=Cause.REFUSED,
        title="Mechanical Turk does not know this here.",
        detail="The id does not exist in {environment}. Most often it belongs to the other environment.",
        remedy="Check the id, and whether it was made in the sandbox or live.",
        remedies=(Remedy.CHOOSE_ACCOUNT,),
    ),
    Rule(
        codes=("InvalidSignature", "SignatureDoesNotMatch", "AuthFailure"),
        says=("valid region",),
        cause=Cause.KEYS,
        title="The call was signed for the wrong region.",
        detail="Mechanical Turk is in us-east-1 alone; something on the way asks for another region.",
        remedy="Check the endpoint of this account.",
        remedies=(Remedy.CHANGE_ACCOUNT,),
    ),
    Rule(
        codes=("InvalidSignature", "SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed"),
        says=("expired",),
        cause=Cause.CLOCK,
        title="This computer's clock is wrong.",
        detail="{who} refused the call because its time is minutes away from the real time.",
        remedy="Let the system set date, time and time zone by itself, and try again.",
        remedies=(Remedy.TRY_AGAIN,),
    ),
    Rule(
        codes=("InvalidSignature", "SignatureDoesNotMatch"),
        says=("not yet current",),
        cause=Cause.CLOCK,
        title="This computer's clock is wrong.",
        detail="{who} refused the call because its time lies in the future.",
        remedy="Let the system set date, time and time zone by itself, and try again.",
        remedies=(Remedy.TRY_AGAIN,),
    ),
    Rule(
        codes=("RequestExpired", "RequestTimeTooSkewed"),
        cause=Cause.CLOCK,
        title="This computer's clock is wrong.",
        detail="{who} refused the call because its time is minutes away from the real time.",
        remedy="Let the system set date, time and time zone by itself, and try again.",
        remedies=(Remedy.TRY_AGAIN,),
    ),
    Rule(
        codes=("ExpiredToken", "TokenRefreshRequired"),
        cause=Cause.KEYS,
        title="The temporary keys have run out.",
        detail="{who} no longer accepts the session token of this account.",
        remedy="Sign in again where you got the keys. Replace its keys under Accounts in the window where they were "
        "typed there.",
        remedies=(Remedy.CHANGE_KEYS, Remedy.TRY_AGAIN),
    ),
    Rule(
        codes=("UnrecognizedClient", "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidToken"),
        cause=Cause.KEYS,
        title="The access key is not known.",
        detail="{who} does not know this access key: it was mistyped, deleted, made inactive, or it is temporary and "
        "came without its session token.",
        remedy="Replace its keys under Accounts in the window; where a profile has them, put them right in the AWS "
        "configuration of this computer. Or ask whoever gave you the key.",
        remedies=(Remedy.CHANGE_KEYS,),
    ),
    Rule(
        codes=("IncompleteSignature",),
        cause=Cause.KEYS,
        title="The access key was not copied cleanly.",
        detail="{who} cannot read the signature of the call. Most often there is a blank or a sign too much in the "
        "access key, or one of its letters is not a plain one.",
        remedy="Replace its keys under Accounts in the window, each part whole and alone; where a profile has them, "
        "put them right in the AWS configuration of this computer.",
        remedies=(Remedy.CHANGE_KEYS,),
    ),
    Rule(
        codes=("SignatureDoesNotMatch", "InvalidSignature", "AuthFailure"),
        cause=Cause.KEYS,
        title="The secret does not belong to the access key.",
        detail="{who} knows the access key, and the secret that came with it is not the right one.",
        remedy="Replace its keys under Accounts in the window, both parts from the same place; where a profile has "
        "them, put them right in the AWS configuration of this computer.",
        remedies=(Remedy.CHANGE_KEYS,),
    ),
    Rule(
        codes=("MissingAuthenticationToken",),
        cause=Cause.KEYS,
        title="The call went out without keys.",
        detail="{who} saw no signature. A proxy on the way may have removed it.",
        remedy="Check the account's keys, and try from another network.",
        remedies=(Remedy.CHANGE_KEYS, Remedy.TRY_AGAIN),
    ),
    Rule(
        codes=("OptInRequired", "SubscriptionRequired"),
        cause=Cause.PERMISSION,
        title="This AWS account is not signed up.",
        detail="{who} says that the account has not been activated for it.",
        remedy="Finish the sign-up of the AWS account, or use another one.",
        remedies=(Remedy.CHOOSE_ACCOUNT,),
    ),
    Rule(
        codes=("NonExistentQueue", "QueueDoesNotExist"),
        says=("have access", "not authorized", "permission"),
        cause=Cause.PERMISSION,
        title="The queue does not exist, or these keys may not see it.",
        detail="Amazon SQS says no more than that. It may have been deleted, a letter may be wrong, or it belongs to "
        "an account that does not let these keys in.",
        remedy="Compare the URL with the list of queues; if it is right, ask whoever looks after the queue to allow "
        "{action}.",
        remedies=(Remedy.MAKE_DESTINATION, Remedy.ASK_ADMINISTRATOR),
    ),
    Rule(
        codes=("NonExistentQueue", "QueueDoesNotExist"),
        cause=Cause.DESTINATION,
        title="The queue does not exist.",
        detail="Amazon SQS knows no queue of this name in that account and region. It may have been deleted (then its "
        "name is free again after a minute), or a letter is wrong.",
        remedy="Compare the URL with the list of queues, or choose another queue.",
        remedies=(Remedy.MAKE_DESTINATION,),
    ),
    Rule(
        codes=("NotFound", "ResourceNotFound"),
        services=("sns",),
        says=("have access", "not authorized", "permission"),
        cause=Cause.PERMISSION,
        title="The topic does not exist, or these keys may not see it.",
        detail="Amazon SNS says no more than that. It may have been deleted, a letter may be wrong, or it belongs to "
        "an account that does not let these keys in.",
        remedy="Compare the ARN with the list of topics; if it is right, ask whoever looks after the topic to allow "
        "{action}.",
        remedies=(Remedy.MAKE_DESTINATION, Remedy.ASK_ADMINISTRATOR),
    ),
    Rule(
        codes=("NotFound", "ResourceNotFound"),
        services=("sns",),
        cause=Cause.DESTINATION,
        title="The topic does not exist.",
        detail="Amazon SNS knows no topic of this name in that account and region.",
        remedy="Compare the ARN with the list of topics, or choose another topic.",
        remedies=(Remedy.MAKE_DESTINATION,),
    ),
    Rule(
        codes=("NotFound",),
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
        remedies=(Remedy.MAKE_DESTINATION,),
    ),
    Rule(
        codes=("QueueDeletedRecently",),
        cause=Cause.DESTINATION,
        title="A queue of this name was deleted a moment ago.",
        detail="Amazon SQS keeps a name for 60 seconds after its queue was deleted.",
        remedy="Wait a minute, and try again.",
        remedies=(Remedy.TRY_AGAIN,),
    ),
    Rule(
        codes=("OverLimit",),
        services=("sqs",),
        operations=("SetQueueAttributes", "AddPermission", "CreateQueue"),
        cause=Cause.DESTINATION,
        title="The queue's access policy is too long.",
        detail="Amazon SQS said: {message} A queue's policy may have 20 statements, 50 principals, 10 conditions and "
        "8,192 bytes.",
        remedy="Take a statement out that nobody needs, or merge statements that differ in one place only; then try "
        "again.",
    ),
    Rule(
        codes=("OverLimit",),
        services=("sqs",),
        operations=("ReceiveMessage",),
        cause=Cause.DESTINATION,
        title="Too many messages of this queue are in somebody's hands.",
        detail="Amazon SQS hands out no more until some are deleted or given back.",
        remedy="Wait until the other readers are done, and try again.",
        remedies=(Remedy.TRY_AGAIN,),
    ),
    Rule(
        codes=("KMS.AccessDenied",),
        cause=Cause.PERMISSION,
        title="The messages are encrypted, and these keys may not decrypt them.",
        detail="The destination uses an encryption key of AWS KMS that this user may not use.",
        remedy="Ask the administrator for kms:Decrypt on that key.",
        remedies=(Remedy.ASK_ADMINISTRATOR,),
    ),
    Rule(
        codes=("KMS.Disabled", "KMS.InvalidState", "KMS.NotFound", "KMS.InvalidKeyUsage", "KMS.OptInRequired"),
        cause=Cause.DESTINATION,
        title="The encryption key of this destination cannot be used.",
        detail="{who} said: {message}",
        remedy="Look at the key in the console of AWS KMS: switch it on again, or choose another key.",
    ),
    Rule(
        codes=("AccessDenied", "AuthorizationError", "UnauthorizedOperation", "NotAuthorized"),
        cause=Cause.PERMISSION,
        title="These keys may not do this.",
        detail="{who} knows the keys, and its rules do not allow them “{operation}”: a policy of the user or of the "
        "organisation is in the way.",
        remedy="Ask the administrator of the AWS account to allow {action}.",
        remedies=(Remedy.ASK_ADMINISTRATOR, Remedy.CHOOSE_ACCOUNT),
    ),
    Rule(
        codes=(
            "Throttling",
            "Throttled",
            "TooManyRequests",
            "RequestThrottled",
            "RequestLimitExceeded",
            "SlowDown",
            "KMS.Throttling",
            "KMS.Throttled",
        ),
        cause=Cause.SLOW_DOWN,
        title="Too many calls in a short time.",
        detail="{who} asks to slow down; the call was tried {attempts} and was turned away each time.",
        remedy="Wait a minute, and try again.",
        remedies=(Remedy.TRY_AGAIN,),
    ),
    Rule(
        codes=("InternalFailure",),
        services=("mturk",),
        operations=("SendTestEventNotification", "UpdateNotificationSettings"),
        cause=Cause.DESTINATION,
        title="Mechanical Turk could not deliver, or has trouble of its own.",
        detail="It answered “InternalFailure”, and nothing else. On a test to a queue or a topic this most likely "
        "means that the destination does not let Mechanical Turk in: its policy is missing or names something else.",
        remedy="Check that the policy of the queue or topic allows mturk-requester.amazonaws.com to send, and try "
        "again.",
        remedies=(Remedy.CHECK, Remedy.TRY_AGAIN),
    ),
    Rule(
        codes=("ServiceFault", "InternalFailure", "InternalError", "InternalServerError", "ServiceUnavailable"),
        cause=Cause.SERVICE,
        title="{who} has trouble of its own.",
        detail="It took the call and failed while working on it. Nothing on your side is known to be wrong.",
        remedy="Try again in some minutes.",
        remedies=(Remedy.TRY_AGAIN,),
    ),
    Rule(
        codes=("UnknownOperation", "InvalidAction"),
        cause=Cause.REFUSED,
        title="This service does not know what was asked.",
        detail="The service behind this account does not offer “{operation}”.",
        remedy="Check the endpoint of this account.",
        remedies=(Remedy.CHANGE_ACCOUNT,),
    ),
    Rule(
        codes=("Forbidden",),
        services=("mturk",),
        cause=Cause.REFUSED,
        title="This address is that of an older interface.",
        detail="It answered in the way of the interface that was shut in June 2019.",
        remedy="Check the endpoint of this account.",
        remedies=(Remedy.CHANGE_ACCOUNT,),
    ),
    Rule(
        codes=("InvalidAttributeValue", "InvalidAttributeName", "InvalidParameter", "InvalidParameterValue"),
        services=("sqs", "sns"),
        operations=("SetQueueAttributes", "SetTopicAttributes"),
        cause=Cause.REFUSED,
        title="{who} did not accept the access policy.",
        detail="It said: {message}",
        remedy="Compare the policy with what it says; most often the ARN in Resource or a Principal is wrong.",
    ),
    Rule(
        codes=("RequestError", "ParameterValidationError", "Validation", "Serialization"),
        services=("mturk",),
        cause=Cause.REFUSED,
        title="Mechanical Turk did not accept the request.",
        detail="It said: {message}",
        remedy="Compare destination, events and environment with what it says.",
        remedies=(Remedy.CHECK,),
    ),
)

UNKNOWN = Rule(
    codes=(),
    cause=Cause.REFUSED,
    title="{who} refused, with words that are not known to this program.",
    detail="It said: {message}",
    remedy="The exact answer is what a person who helps you will want to see.",
)

UNCLEAR = Rule(
    codes=(),
    cause=Cause.SERVICE,
    title="{who} gave no clear answer.",
    detail="It did not say that it refused, and not that it did what was asked. It said: {message}",
    remedy="Try again in a minute. The exact answer is what a person who helps you will want to see.",
    remedies=(Remedy.TRY_AGAIN,),
)

ACTIONS = {"mturk": "mechanicalturk", "sqs": "sqs", "sns": "sns", "sts": "sts", "kms": "kms"}
