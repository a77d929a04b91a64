# SPDX-License-Identifier: MIT
"""What is known of the condition keys when a service of AWS's calls with its own identity, and from where.

Followed: IAM User Guide, "AWS global condition context keys", the *Availability* of each key:

- always there: ``aws:CurrentTime``, ``aws:EpochTime``, ``aws:RequestedRegion``, ``aws:SecureTransport``,
  ``aws:ViaAWSService`` (false where the principal calls by itself), ``aws:ResourceAccount``, ``aws:PrincipalType``,
  ``aws:PrincipalAccount``, ``aws:userid``, ``aws:UserAgent``;
- there because a service principal calls: ``aws:PrincipalIsAWSService`` (true), ``aws:PrincipalServiceName``,
  ``aws:PrincipalServiceNamesList`` (that name among others);
- "only if the principal is a member of an organization": ``aws:PrincipalOrgID``, ``aws:PrincipalOrgPaths``. The page
  adds that a condition on them shuts out services of AWS's, and that ``aws:PrincipalIsAWSService`` lets them in again;
- for users and roles alone: ``aws:username``, ``aws:PrincipalTag/…``; "only available when a request is made by a
  principal with role session or federated user principal credentials": the properties of a role session, among them
  ``aws:MultiFactorAuthPresent`` and ``aws:TokenIssueTime``;
- "only if the requester uses a VPC endpoint": ``aws:SourceVpc``, ``aws:SourceVpce`` and those like them; the page says
  that they are taken out of calls from service to service, and that a Deny on them blocks services;
- "when a service uses the credentials of an IAM principal": ``aws:CalledVia…``; from browsers alone: ``aws:referer``;
  with operations that pass tags: ``aws:RequestTag/…``, ``aws:TagKeys``.

SNS Developer Guide, "Service-specific keys": ``sns:Endpoint`` and ``sns:Protocol`` belong to Subscribe.

Readings of our own, where the page does not say what a service has: its ``aws:PrincipalAccount`` is not the account of
the queue's owner; ``aws:PrincipalArn``, sent or not, is no user's or role's, and ``aws:userid`` is no user's or role's
id, but for those by which Mechanical Turk was once known. Whether ``aws:SourceIp`` is sent is unknown, and so is all
about the organisation of the source (``aws:SourceOrgID``) and of the resource.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from notification_tester.domain.policy.pattern import matches
from notification_tester.domain.policy.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable

IS_SERVICE = "aws:PrincipalIsAWSService"
NOT_LIMITING = frozenset({"aws:securetransport", "aws:currenttime", "aws:epochtime", "aws:requestedregion"})
"""Keys that say nothing about who calls; in small letters."""


@dataclass(frozen=True, kw_only=True)
class ContextKey:
    """What is known of one condition key in the request.

    ``value`` None: not known; ``never`` tells which patterns no possible value fits. ``has_more``: the key is a list,
    with the value among others. ``moment``: a time, in seconds since 1970. ``why``: why it is so, for a sentence;
    ``is_of_people``: a Deny on it is meant for users, accounts and networks, and hits services by accident.
    """

    sent: Truth
    value: str | None = None
    never: Callable[[str], object] | None = None
    has_more: bool = False
    moment: float | None = None
    is_number: bool = False
    why: str = ""
    is_of_people: bool = False


@dataclass(frozen=True, kw_only=True)
class Context:
    """The keys of one call to ``place``, with its region and owner; ``now`` is in seconds since 1970.

    ``source_account`` and ``source_arn`` are empty where not known. ``own_names``: by which the service may be known as
    an account, a user or an id.
    """

    service: str
    place: str
    region: str
    owner: str
    now: float
    source_account: str
    is_account_sent: Truth
    source_arn: str
    own_names: frozenset[str]

    def key(self, name: str) -> ContextKey | None:
        """What is known of a key; its name has no case. None where nothing is."""
        lowered = name.lower()
        if lowered.startswith(_MISSING_PREFIXES):
            lowered = f"{lowered.partition('/')[0]}/"
        return _MISSING.get(lowered) or self._present.get(lowered)

    @cached_property
    def _present(self) -> dict[str, ContextKey]:
        """The keys that are there, or may be."""
        sent, not_known = Truth.TRUE, Truth.UNKNOWN
        return {
            "aws:securetransport": ContextKey(sent=sent, value="true"),
            "aws:principalisawsservice": ContextKey(sent=sent, value="true", why="it is a service of AWS's that calls"),
            "aws:principalservicename": ContextKey(sent=sent, value=self.service),
            "aws:principalservicenameslist": ContextKey(
                sent=sent, value=self.service, has_more=True, never=self._is_another_service
            ),
            "aws:currenttime": ContextKey(sent=sent, moment=self.now),
            "aws:epochtime": ContextKey(sent=sent, moment=self.now, is_number=True),
            "aws:requestedregion": ContextKey(
                sent=sent, value=self.region, why=f"it is called in {self.region}, where the {self.place} is"
            ),
            "aws:viaawsservice": ContextKey(
                sent=sent, value="false", why="the service calls by itself, not with somebody's keys"
            ),
            "aws:resourceaccount": ContextKey(
                sent=sent, value=self.owner, why=f"the {self.place} belongs to the account {self.owner}"
            ),
            "aws:principalaccount": ContextKey(
                sent=sent,
                never=self._is_no_account_of_a_service,
                why="a service of AWS's is not in your account",
                is_of_people=True,
            ),
            "aws:principalarn": ContextKey(sent=not_known, never=self._is_a_person, why=_NO_USER, is_of_people=True),
            "aws:userid": ContextKey(sent=sent, never=self._is_an_id_of_a_person, why=_NO_USER, is_of_people=True),
            "aws:principaltype": ContextKey(sent=sent, is_of_people=True),
            "aws:useragent": ContextKey(sent=sent),
            "aws:sourceip": ContextKey(sent=not_known, is_of_people=True),
            "aws:sourceaccount": ContextKey(
                sent=self.is_account_sent, value=self.source_account or None, never=_NO_ACCOUNT.fullmatch
            ),
            "aws:sourcearn": ContextKey(
                sent=sent if self.source_arn else not_known,
                value=self.source_arn or None,
                never=_ANOTHER_SOURCE.fullmatch,
            ),
        }

    def _is_another_service(self, pattern: str) -> bool:
        stem = self.service.removesuffix(".amazonaws.com")
        begins = re.split(r"[*?$]", pattern, maxsplit=1)[0]
        return not begins.startswith(stem) and not stem.startswith(begins)

    def _is_no_account_of_a_service(self, pattern: str) -> bool:
        if pattern in {self.owner, self.source_account}:
            return True
        return not re.search(r"[*?$]", pattern) and _NO_ACCOUNT.fullmatch(pattern) is not None

    def _is_a_person(self, pattern: str) -> bool:
        return _PERSON.fullmatch(pattern) is not None and not self._is_its_own(pattern)

    def _is_an_id_of_a_person(self, pattern: str) -> bool:
        return _PERSONS_ID.fullmatch(pattern) is not None and not self._is_its_own(pattern)

    def _is_its_own(self, pattern: str) -> bool:
        return any(matches(pattern, name, variables=False).truth is not Truth.FALSE for name in self.own_names)


_PERSON = re.compile(
    r"arn:[^:]*:(?:iam::[^:]*:(?:root|(?:user|role)/.*)|sts::[^:]*:(?:assumed-role|federated-user)/.*)", re.DOTALL
)
_PERSONS_ID = re.compile(r"(?:AIDA|AROA).*|[0-9]{12}(?::.*)?", re.DOTALL)
_NO_ACCOUNT = re.compile(r"(?![0-9]{12}\Z)[^*?$]*", re.DOTALL)
_ANOTHER_SOURCE = re.compile(r"arn:[^:]*:(?!mturk|mechanicalturk)[^:*?$]+:.*", re.DOTALL)

_NO_ORGANISATION = "a service of AWS's is no member of any organisation, so its calls come without this key"
_NO_USER = "a service of AWS's is nobody's user or role"
_NO_SESSION = "only users and roles that signed in have this key, and a service of AWS's has not"
_NO_ENDPOINT = "a service of AWS's does not come through a VPC endpoint, so its calls come without this key"
_NO_OTHERS_KEYS = "the service calls by itself, not with somebody's keys, so this key is not there"


def _missing(why: str, *, is_of_people: bool = True) -> ContextKey:
    return ContextKey(sent=Truth.FALSE, why=why, is_of_people=is_of_people)


_MISSING = {
    name.lower(): key
    for names, key in (
        (("aws:PrincipalOrgID", "aws:PrincipalOrgPaths"), _missing(_NO_ORGANISATION)),
        (("aws:username", "aws:PrincipalTag/"), _missing(f"{_NO_USER}, so its calls come without this key")),
        (
            (
                "aws:AssumedRoot",
                "aws:FederatedProvider",
                "aws:TokenIssueTime",
                "aws:SignInSessionArn",
                "aws:MultiFactorAuthAge",
                "aws:MultiFactorAuthPresent",
                "aws:ChatbotSourceArn",
                "aws:Ec2InstanceSourceVpc",
                "aws:Ec2InstanceSourcePrivateIPv4",
                "aws:SourceIdentity",
                "ec2:RoleDelivery",
                "ec2:SourceInstanceArn",
                "glue:RoleAssumedBy",
                "glue:CredentialIssuingService",
                "codebuild:BuildArn",
                "codebuild:ProjectArn",
                "lambda:SourceFunctionArn",
                "ssm:SourceInstanceArn",
                "identitystore:UserId",
            ),
            _missing(_NO_SESSION),
        ),
        (
            (
                "aws:SourceVpc",
                "aws:SourceVpcArn",
                "aws:SourceVpce",
                "aws:VpceAccount",
                "aws:VpceOrgID",
                "aws:VpceOrgPaths",
                "aws:VpcSourceIp",
            ),
            _missing(_NO_ENDPOINT),
        ),
        (
            ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:CalledViaAWSMCP", "aws:ViaAWSMCPService"),
            _missing(_NO_OTHERS_KEYS, is_of_people=False),
        ),
        (("aws:referer",), _missing("no browser is involved, so this key is not there")),
        (
            ("aws:RequestTag/", "aws:TagKeys"),
            _missing("no tags are passed when a message is sent, so this key is not there", is_of_people=False),
        ),
        (
            ("sns:Endpoint", "sns:Protocol"),
            _missing("this key is there when somebody subscribes, and not when something is sent", is_of_people=False),
        ),
    )
    for name in names
}
_MISSING_PREFIXES = tuple(name for name in _MISSING if name.endswith("/"))
