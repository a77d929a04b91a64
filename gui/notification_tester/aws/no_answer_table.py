# SPDX-License-Identifier: MIT
"""The tables for calls that got no answer of their service; :mod:`notification_tester.aws.errors` applies them.

``LOCAL_FAILURES`` is what was wrong on this computer before anything was sent, ``NO_ANSWER`` what happened on the way,
both under the names of botocore's exceptions; what no name tells has a constant of its own. In the texts, names in
braces are filled from the call.
"""

from __future__ import annotations

from typing import NamedTuple

from notification_tester.aws.error_table import Rule
from notification_tester.domain.problem import Cause, Remedy

CLOSED = Rule(
    codes=(),
    cause=Cause.UNREACHABLE,
    title="{who} is closed or cannot be reached.",
    detail="{why} Amazon has announced the end of Mechanical Turk for 30 September 2026; whether that is the reason "
    "cannot be seen from here.",
    remedy="Try again later. Practice goes on without it, and can play its part toward your own receiver.",
    remedies=(Remedy.TRY_AGAIN, Remedy.PRACTICE),
)

UNREACHABLE = Rule(
    codes=(),
    cause=Cause.UNREACHABLE,
    title="{who} cannot be reached.",
    detail="{why}",
    remedy="Try again in a minute; check the endpoint of this account and whether a firewall or proxy is in the way.",
    remedies=(Remedy.TRY_AGAIN, Remedy.CHANGE_ACCOUNT),
)

NOBODY_THERE = Rule(
    codes=(),
    cause=Cause.UNREACHABLE,
    title="{who} cannot be reached.",
    detail="{why}",
    remedy="Start what is to answer there, or mend {leads}.",
    remedies=(Remedy.TRY_AGAIN, Remedy.CHANGE_ACCOUNT),
)

NO_NETWORK = Rule(
    codes=(),
    cause=Cause.NO_NETWORK,
    title="There is no network.",
    detail="{why} Other services of Amazon do not answer either.",
    remedy="Check this computer's connection, and try again. Practice works without a network.",
    remedies=(Remedy.TRY_AGAIN, Remedy.PRACTICE),
)


PRACTICE_ENDED = Rule(
    codes=(),
    cause=Cause.UNREACHABLE,
    title="The practice cloud was ended from outside.",
    detail="Its process is gone, and with it the practice queues, what was in them, and what was set at HIT types.",
    remedy="Do it once more: practice starts again by itself, as it was at the beginning.",
    remedies=(Remedy.TRY_AGAIN,),
)


class LocalFailure(NamedTuple):
    """What botocore found wrong on this computer, and what a person should read."""

    exception: str
    code: str
    cause: Cause
    title: str
    detail: str
    remedy: str
    remedies: tuple[Remedy, ...] = ()


UNREADABLE_FILE = LocalFailure(
    "ConfigParseError",
    "profile.unreadable",
    Cause.KEYS,
    "The AWS configuration of this computer cannot be read.",
    "{error}.",
    "Mend the file, or enter the keys themselves.",
    (Remedy.CHANGE_KEYS,),
)

UNUSABLE_SETTINGS = LocalFailure(
    "",
    "settings.unusable",
    Cause.KEYS,
    "The AWS settings of this computer cannot be used.",
    "{error}.",
    "Look at the variables of the environment that begin with AWS_, and at the AWS configuration of this computer.",
    (Remedy.CHANGE_KEYS,),
)

NO_KEYS = LocalFailure(
    "",
    "keys.unavailable",
    Cause.KEYS,
    "The keys of this account could not be got.",
    "{error}.",
    "Look at the profile in the AWS configuration of this computer, or enter the keys in the program.",
    (Remedy.CHANGE_KEYS,),
)

DAMAGED_SIGN_IN = LocalFailure(
    "",
    "profile.sso-damaged",
    Cause.KEYS,
    "The sign-in of this AWS profile is damaged.",
    "What was stored of it on this computer (in .aws/sso/cache) cannot be read.",
    "Run “{sso_login}” in a terminal, then try again.",
    (Remedy.TRY_AGAIN,),
)

NO_CONTAINER_KEYS = LocalFailure(
    "",
    "keys.unavailable",
    Cause.KEYS,
    "The keys of this computer could not be fetched.",
    "{error}.",
    "Look at AWS_CONTAINER_CREDENTIALS_FULL_URI and the variables beside it, or enter keys in the program.",
    (Remedy.CHANGE_KEYS,),
)

NO_METADATA_KEYS = LocalFailure(
    "",
    "keys.unavailable",
    Cause.KEYS,
    "The keys of this computer could not be fetched.",
    "{error}.",
    "Look at the variables that begin with AWS_EC2_METADATA or AWS_METADATA, and at what the AWS configuration says of "
    "the metadata service; or enter keys in the program.",
    (Remedy.CHANGE_KEYS,),
)

NO_TOKEN_FILE = LocalFailure(
    "",
    "keys.token-file",
    Cause.KEYS,
    "The token of this account cannot be read.",
    "{error}.",
    "Check the name of the file, and whether what writes the token there is running.",
    (Remedy.TRY_AGAIN,),
)

STRAY_SIGN = LocalFailure(
    "",
    "keys.malformed",
    Cause.KEYS,
    "The keys were not copied cleanly.",
    "In a key or token of this account there is a line break or a sign that cannot be sent. Nothing was sent.",
    "Copy the keys again, whole and alone, where this account has them.",
    (Remedy.CHANGE_KEYS,),
)

SILENT_PROXY = LocalFailure(
    "ProxyConnectionError",
    "network.proxy",
    Cause.UNREACHABLE,
    "The proxy does not answer.",
    "This computer is set to reach the network through a proxy, and that does not answer: {proxy}.",
    "Mend {proxy_name}, or try from a network that needs no proxy.",
    (Remedy.TRY_AGAIN,),
)

REFUSING_PROXY = LocalFailure(
    "",
    "network.proxy-refusal",
    Cause.UNREACHABLE,
    "The proxy did not let the call through.",
    "For {host} {proxy} answered {status}. The call did not come to the service.",
    "Ask whoever looks after the proxy to let calls to {host} through, or try from another network.",
    (Remedy.TRY_AGAIN,),
)

PROXY_PASSWORD = LocalFailure(
    "",
    "network.proxy-password",
    Cause.UNREACHABLE,
    "The proxy asks for a name and a password.",
    "For {host} {proxy} answered {status}: it lets nobody through without a name and the right password.",
    "Write both into the address of the proxy, as in http://name:password@proxy.example:3128, with %40 for an @.",
)

PROXY_ADDRESS = LocalFailure(
    "",
    "network.proxy-address",
    Cause.INPUT,
    "The address of the proxy is not usable.",
    "What stands in {proxy_name} is not an address that can be called.",
    "Write it as http://proxy.example:3128, or unset it.",
)

PROXY_WITHOUT_TLS = LocalFailure(
    "",
    "network.proxy-address",
    Cause.INPUT,
    "The address of the proxy is not usable.",
    "What stands in {proxy_name} begins with https://, and the proxy does not speak TLS.",
    "Write its address with http://; what is sent through it to Amazon is encrypted all the same.",
)

SOCKS_PROXY = LocalFailure(
    "",
    "network.proxy-socks",
    Cause.UNREACHABLE,
    "A SOCKS proxy is set, and this program cannot use one.",
    "Calls would have to go through {proxy}, which is of the kind SOCKS.",
    "Set the address of an HTTP proxy (http://…) in its place, or unset it where the network can be reached directly.",
)

NOT_TRUSTED = LocalFailure(
    "SSLError",
    "network.certificate",
    Cause.UNREACHABLE,
    "The connection is not trusted.",
    "The other side did not prove who it is: {error}.",
    "Try from another network. In a company, or with a service of your own, ask for its certificate and name the file "
    "in AWS_CA_BUNDLE.",
    (Remedy.TRY_AGAIN,),
)

NO_BUNDLE = LocalFailure(
    "",
    "network.ca-bundle",
    Cause.INPUT,
    "The file of trusted certificates cannot be used.",
    "{error}. So no connection can be trusted, and nothing was sent.",
    "Mend {bundle}, or unset it: then the usual certificates are trusted.",
)

NO_SCHEME = LocalFailure(
    "",
    "endpoint.malformed",
    Cause.INPUT,
    "The endpoint of this account is not usable.",
    "{leads} has to begin with http:// or https://, and is “{given}”.",
    "Write it whole, for example http://localhost:4566, or unset it.",
    (Remedy.CHANGE_ACCOUNT,),
)

NO_ADDRESS = LocalFailure(
    "",
    "endpoint.malformed",
    Cause.INPUT,
    "The endpoint of this account is not usable.",
    "What stands in {leads} is not an address that can be called: “{given}”.",
    "Write it whole, for example http://localhost:4566, or unset it.",
    (Remedy.CHANGE_ACCOUNT,),
)

LOCAL_FAILURES = (
    LocalFailure(
        "ProfileNotFound",
        "profile.unknown",
        Cause.KEYS,
        "There is no such AWS profile on this computer.",
        "{error}.",
        "Choose one of the profiles of this computer, or enter the keys themselves.",
        (Remedy.CHANGE_KEYS,),
    ),
    UNREADABLE_FILE,
    LocalFailure(
        "InvalidConfigError",
        "profile.incomplete",
        Cause.KEYS,
        "This AWS profile cannot be used as it is.",
        "{error}.",
        "Mend the profile in the AWS configuration, or enter the keys themselves.",
        (Remedy.CHANGE_KEYS,),
    ),
    LocalFailure(
        "UnauthorizedSSOTokenError",
        "profile.sso-expired",
        Cause.KEYS,
        "The sign-in of this AWS profile has run out.",
        "The profile signs in through a web page (SSO), and that sign-in is over.",
        "Run “{sso_login}” in a terminal, then try again.",
        (Remedy.TRY_AGAIN, Remedy.CHANGE_KEYS),
    ),
    LocalFailure(
        "SSOTokenLoadError",
        "profile.sso-missing",
        Cause.KEYS,
        "This AWS profile is not signed in.",
        "The profile signs in through a web page (SSO), and that has not been done on this computer.",
        "Run “{sso_login}” in a terminal, then try again.",
        (Remedy.TRY_AGAIN, Remedy.CHANGE_KEYS),
    ),
    LocalFailure(
        "TokenRetrievalError",
        "profile.sso-expired",
        Cause.KEYS,
        "The sign-in of this AWS profile has run out.",
        "The profile signs in through a web page (SSO), and that sign-in could not be renewed.",
        "Run “{sso_login}” in a terminal, then try again.",
        (Remedy.TRY_AGAIN, Remedy.CHANGE_KEYS),
    ),
    LocalFailure(
        "LoginError",
        "profile.sign-in",
        Cause.KEYS,
        "The sign-in of this AWS profile has run out.",
        "{error}",
        "Run “{login}” in a terminal, then try again.",
        (Remedy.TRY_AGAIN, Remedy.CHANGE_KEYS),
    ),
    LocalFailure(
        "SSOError",
        "profile.sso",
        Cause.KEYS,
        "The sign-in of this AWS profile did not work.",
        "{error}",
        "Run “{sso_login}” in a terminal, then try again.",
        (Remedy.TRY_AGAIN, Remedy.CHANGE_KEYS),
    ),
    LocalFailure(
        "NoCredentialsError",
        "keys.none",
        Cause.KEYS,
        "No keys were found.",
        "This account takes its keys from the computer's AWS configuration, and there are none.",
        "Enter keys in the program, or set up a profile.",
        (Remedy.CHANGE_KEYS,),
    ),
    LocalFailure(
        "PartialCredentialsError",
        "keys.partial",
        Cause.KEYS,
        "Half of the keys is missing.",
        "{error}",
        "Complete the profile, or enter the keys in the program.",
        (Remedy.CHANGE_KEYS,),
    ),
    LocalFailure(
        "MissingDependencyException",
        "profile.login-session",
        Cause.KEYS,
        "This program cannot use profiles of “aws login”.",
        "The profile signs in by “aws login” (login_session), and this program comes without the library for that.",
        "Use a profile with SSO or with keys. Or write a profile of another name into the AWS configuration, with the "
        "line “credential_process = {login_export}”, and choose that one.",
        (Remedy.CHANGE_KEYS,),
    ),
    LocalFailure(
        "MetadataRetrievalError",
        "keys.unavailable",
        Cause.KEYS,
        "The keys of this computer could not be fetched.",
        "{error}.",
        "Look at the variables that begin with AWS_EC2_METADATA and AWS_CONTAINER, or enter keys in the program.",
        (Remedy.CHANGE_KEYS,),
    ),
    LocalFailure(
        "InvalidIMDSEndpointError",
        "keys.unavailable",
        Cause.KEYS,
        "The keys of this computer could not be fetched.",
        "{error}.",
        "Mend or unset AWS_EC2_METADATA_SERVICE_ENDPOINT, or enter keys in the program.",
        (Remedy.CHANGE_KEYS,),
    ),
    LocalFailure(
        "CredentialRetrievalError",
        "keys.unavailable",
        Cause.KEYS,
        "The keys of this profile could not be fetched.",
        "{error}",
        "Try the profile with another AWS program, or enter the keys in this one.",
        (Remedy.CHANGE_KEYS,),
    ),
    LocalFailure(
        "NoAuthTokenError",
        "keys.none",
        Cause.KEYS,
        "No keys were found.",
        "{error}",
        "Enter keys in the program, or set up a profile.",
        (Remedy.CHANGE_KEYS,),
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
    SILENT_PROXY,
    NOT_TRUSTED,
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
        (Remedy.CHANGE_ACCOUNT,),
    ),
)

COULD_NOT_BE_CALLED = Rule(
    codes=(),
    cause=Cause.REFUSED,
    title="{who} could not be called.",
    detail="{error}.",
    remedy="The exact words are what a person who helps you will want to see.",
)

NO_ANSWER = {
    # botocore exception, or one of aws.calling (those first): what happened, in words
    "TooLongError": "{error}.",
    "TooLargeError": "{error}.",
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

ON_THE_WAY = frozenset(NO_ANSWER) - {
    "TooLargeError",
    "ResponseParserError",
    "IncompleteReadError",
    "ResponseStreamingError",
}
"""Those of them that a proxy on the way may be the reason of, as well."""
