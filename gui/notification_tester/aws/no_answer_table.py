# SPDX-License-Identifier: MIT
"""The tables for calls that got no answer of their service; :mod:`notification_tester.aws.errors` applies them.

``LOCAL_FAILURES`` is what was wrong on this computer before anything was sent, ``NO_ANSWER`` what happened on the way,
both under the names of botocore's exceptions. In the texts, names in braces are filled from the call.
"""

from __future__ import annotations

from typing import NamedTuple

from notification_tester.aws.error_table import Rule
from notification_tester.domain.problem import Cause

CLOSED = Rule(
    codes=(),
    cause=Cause.UNREACHABLE,
    title="{who} is closed or cannot be reached.",
    detail="{why} Amazon has announced the end of Mechanical Turk for 30 September 2026; whether that is the reason "
    "cannot be seen from here.",
    remedy="Try again later. Practice goes on without it, and can play its part toward your own receiver.",
)

UNREACHABLE = Rule(
    codes=(),
    cause=Cause.UNREACHABLE,
    title="{who} cannot be reached.",
    detail="{why}",
    remedy="Try again in a minute; check the endpoint of this account and whether a firewall or proxy is in the way.",
)

NO_NETWORK = Rule(
    codes=(),
    cause=Cause.NO_NETWORK,
    title="There is no network.",
    detail="{why} Other services of Amazon do not answer either.",
    remedy="Check this computer's connection, and try again. Practice works without a network.",
)


class LocalFailure(NamedTuple):
    """What botocore found wrong on this computer, and what a person should read."""

    exception: str
    code: str
    cause: Cause
    title: str
    detail: str
    remedy: str


LOCAL_FAILURES = (
    LocalFailure(
        "ProfileNotFound",
        "profile.unknown",
        Cause.KEYS,
        "There is no such AWS profile on this computer.",
        "{error}.",
        "Choose one of the profiles of this computer, or enter the keys themselves.",
    ),
    LocalFailure(
        "ConfigParseError",
        "profile.unreadable",
        Cause.KEYS,
        "The AWS configuration of this computer cannot be read.",
        "{error}.",
        "Mend the file, or enter the keys themselves.",
    ),
    LocalFailure(
        "InvalidConfigError",
        "profile.incomplete",
        Cause.KEYS,
        "This AWS profile cannot be used as it is.",
        "{error}.",
        "Mend the profile in the AWS configuration, or enter the keys themselves.",
    ),
    LocalFailure(
        "UnauthorizedSSOTokenError",
        "profile.sso-expired",
        Cause.KEYS,
        "The sign-in of this AWS profile has run out.",
        "The profile signs in through a web page (SSO), and that sign-in is over.",
        "Run “aws sso login --profile {profile}” in a terminal, then try again.",
    ),
    LocalFailure(
        "SSOTokenLoadError",
        "profile.sso-missing",
        Cause.KEYS,
        "This AWS profile is not signed in.",
        "The profile signs in through a web page (SSO), and that has not been done on this computer.",
        "Run “aws sso login --profile {profile}” in a terminal, then try again.",
    ),
    LocalFailure(
        "TokenRetrievalError",
        "profile.sso-expired",
        Cause.KEYS,
        "The sign-in of this AWS profile has run out.",
        "The profile signs in through a web page (SSO), and that sign-in could not be renewed.",
        "Run “aws sso login --profile {profile}” in a terminal, then try again.",
    ),
    LocalFailure(
        "LoginError",
        "profile.sign-in",
        Cause.KEYS,
        "The sign-in of this AWS profile has run out.",
        "{error}",
        "Run “aws login --profile {profile}” in a terminal, then try again.",
    ),
    LocalFailure(
        "SSOError",
        "profile.sso",
        Cause.KEYS,
        "The sign-in of this AWS profile did not work.",
        "{error}",
        "Run “aws sso login --profile {profile}” in a terminal, then try again.",
    ),
    LocalFailure(
        "NoCredentialsError",
        "keys.none",
        Cause.KEYS,
        "No keys were found.",
        "This account takes its keys from the computer's AWS configuration, and there are none.",
        "Enter keys in the program, or set up a profile.",
    ),
    LocalFailure(
        "PartialCredentialsError",
        "keys.partial",
        Cause.KEYS,
        "Half of the keys is missing.",
        "{error}",
        "Complete the profile, or enter the keys in the program.",
    ),
    LocalFailure(
        "CredentialRetrievalError",
        "keys.unavailable",
        Cause.KEYS,
        "The keys of this profile could not be fetched.",
        "{error}",
        "Try the profile with another AWS program, or enter the keys in this one.",
    ),
    LocalFailure(
        "NoAuthTokenError",
        "keys.none",
        Cause.KEYS,
        "No keys were found.",
        "{error}",
        "Enter keys in the program, or set up a profile.",
    ),
    LocalFailure(
        "UnknownServiceError",
        "program.no-mturk",
        Cause.PROGRAM,
        "This installation no longer knows Mechanical Turk.",
        "The AWS library (botocore) beside this program came without Mechanical Turk; a later version dropped it.",
        "Install the program again, with the versions that it names.",
    ),
    LocalFailure(
        "DataNotFoundError",
        "program.no-service-data",
        Cause.PROGRAM,
        "A part of this installation is missing.",
        "{error}",
        "Install the program again.",
    ),
    LocalFailure(
        "ProxyConnectionError",
        "network.proxy",
        Cause.UNREACHABLE,
        "The proxy does not answer.",
        "This computer is set to reach the network through a proxy, and that does not answer.",
        "Check the proxy settings of the system.",
    ),
    LocalFailure(
        "SSLError",
        "network.certificate",
        Cause.UNREACHABLE,
        "The connection is not trusted.",
        "The other side did not prove who it is: {error}",
        "Try from another network. In a company, ask whether a certificate of its own is needed (AWS_CA_BUNDLE).",
    ),
    LocalFailure(
        "ParamValidationError",
        "request.malformed",
        Cause.REFUSED,
        "The request does not have the right form.",
        "{error}",
        "Check the form; if it looks right, this is a mistake of the program.",
    ),
    LocalFailure(
        "InvalidEndpointDiscoveryConfigurationError",
        "endpoint.malformed",
        Cause.INPUT,
        "The endpoint of this account is not usable.",
        "{error}",
        "Check the endpoint of this account.",
    ),
)

NO_ANSWER = {
    # botocore exception: what happened, in words
    "EndpointConnectionError": "No connection could be made to {host}.",
    "ConnectTimeoutError": "{host} did not take the connection within {connect} seconds.",
    "ReadTimeoutError": "{host} took the call and did not answer within {read} seconds.",
    "ConnectionClosedError": "{host} ended the connection without an answer.",
    "ConnectionError": "No connection could be made to {host}.",
    "HTTPClientError": "No answer came from {host}.",
    "ResponseParserError": "{host} answered with something that is not an answer of this service.",
    "IncompleteReadError": "{host} ended the connection in the middle of its answer.",
    "ResponseStreamingError": "{host} ended the connection in the middle of its answer.",
}
