# SPDX-License-Identifier: MIT
"""The one door for foreign faults: from whatever is raised while a service is called to a Problem.

Three kinds of exception come here:

- ``ClientError``: a service answered with a refusal (:mod:`notification_tester.aws.error_table`);
- everything else that is raised *by* botocore or what it stands on: its own exceptions, and the ``KeyError``,
  ``TypeError`` or ``OSError`` of a file or an answer that it did not expect
  (:mod:`notification_tester.aws.no_answer_table`);
- what our own code raises, which passes unchanged: it is a bug of ours.

Who was asked is read from the call that failed, which need not be the one that we made: to sign it, botocore may have
to ask AWS's sign-in service first. Such a failure has a code that begins with :data:`SIGN_IN`, and nothing was sent.

The service's own words are always kept in ``Problem.answer``, and no text leaves this module with a secret in it.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
import traceback
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notification_tester.aws.error_table import (
    ACTIONS,
    ANSWERS,
    ELSEWHERE_TITLES,
    SERVICE_TITLES,
    UNCLEAR,
    UNKNOWN,
    Call,
    Rule,
)
from notification_tester.aws.no_answer_table import (
    CLOSED,
    COULD_NOT_BE_CALLED,
    DAMAGED_SIGN_IN,
    LOCAL_FAILURES,
    NO_ADDRESS,
    NO_ANSWER,
    NO_BUNDLE,
    NO_CONTAINER_KEYS,
    NO_KEYS,
    NO_METADATA_KEYS,
    NO_NETWORK,
    NO_SCHEME,
    NO_TOKEN_FILE,
    NOBODY_THERE,
    NOT_TRUSTED,
    ON_THE_WAY,
    PRACTICE_ENDED,
    PROXY_ADDRESS,
    PROXY_PASSWORD,
    PROXY_WITHOUT_TLS,
    REFUSING_PROXY,
    SILENT_PROXY,
    SOCKS_PROXY,
    STRAY_SIGN,
    UNREACHABLE,
    UNREADABLE_FILE,
    UNUSABLE_SETTINGS,
    LocalFailure,
)
from notification_tester.aws.settings import (
    Settings,
    endpoint_variable,
    is_amazons,
    kind_at,
    variable_of,
    what_is_wrong_in,
)
from notification_tester.domain.account import LINKING_PAGES, Environment
from notification_tester.domain.problem import Problem, ProblemError, ServiceAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

QUOTED = 4000
"""Characters of a foreign message that are kept; answers are short, web pages are not."""

SIGN_IN = "sign-in."

NO_CONNECTION = frozenset({"unreachable.name-not-found", "unreachable.refused", "unreachable.no-connection"})
"""The codes of a call that never came to the other side."""

_LIBRARIES = ("botocore", "boto3", "urllib3", "s3transfer", "dateutil", "jmespath", "awscrt")
_OURS = __name__.partition(".")[0]
_SIGN_IN_OPERATIONS = {
    "AssumeRole": "sts",
    "AssumeRoleWithSAML": "sts",
    "AssumeRoleWithWebIdentity": "sts",
    "GetRoleCredentials": "sso",
    "CreateToken": "sso-oidc",
    "CreateOAuth2Token": "signin",
}
_KEYS = frozenset({"botocore.credentials", "botocore.tokens"})
"""The modules of botocore that get keys."""

_FILE_ERRORS = (FileNotFoundError, PermissionError, IsADirectoryError)
_NO_CERTIFICATES = ("no certificate or crl found", "[X509]", "PEM lib", "NO_CERTIFICATE_OR_CRL_FOUND")
_OVER = "The keys that were fetched have run out already"
_NO_KEYS_IN_IT = "What the keys are read from gave something else than keys"

_INVALID = "Invalid endpoint: "
_STRAY = ("Invalid header", "Auth token value is not")
"""How it begins where a value with a line break in it was to be sent."""

_NO_ADDRESS = ("Port out of range", "Port could not be cast", "Invalid IPv6 URL")
"""How what urllib.parse says of an address begins."""
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")
_EXPIRED, _NOT_YET_VALID = 10, 9  # X509_V_ERR_… of OpenSSL
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3}) ?([^'\"\r\n)]{0,80})")


@contextmanager
def translated(call: Call, settings: Settings | None = None) -> Iterator[None]:
    """Turn whatever is raised by a library inside into a ProblemError; our own bugs pass unchanged."""
    # Where botocore was not imported, nothing of it can be raised; the import is not paid for here.
    from botocore.exceptions import ClientError

    from notification_tester.aws.calling import was_not_done

    try:
        yield
    except ProblemError:
        raise
    except ClientError as error:
        asked = _asked(call, error)
        perhaps_done = not was_not_done(error, call.operation)
        problem = _answered(asked, error.response, settings or Settings(), perhaps_done=perhaps_done)
        raise ProblemError(problem if asked is call else _of_sign_in(problem), perhaps_done=perhaps_done) from error
    except Exception as error:
        if not _is_foreign(error):
            raise
        asked = _asked(call, error)
        problem = _unanswered(asked, error, settings or Settings())
        came_that_far = asked is not call and problem.code.startswith(("unreachable.", "network."))
        perhaps_done = not was_not_done(error, call.operation)
        raise ProblemError(_of_sign_in(problem) if came_that_far else problem, perhaps_done=perhaps_done) from error


def refuse_socks(call: Call, settings: Settings) -> None:
    """Raise ProblemError where calls would have to go through a SOCKS proxy, which botocore takes for a host's name."""
    proxy = settings.proxy(call.endpoint)
    if proxy is not None and proxy.value.lower().startswith("socks"):
        raise ProblemError(_local(SOCKS_PROXY, _values(call, ServiceAnswer(), settings), ServiceAnswer()))


def is_of_sign_in(problem: Problem) -> bool:
    """Whether it failed before the service itself was asked, while keys were got from AWS's sign-in service."""
    return problem.code.startswith(SIGN_IN)


def without_network(problem: Problem) -> Problem:
    """The same failure, once it is known that nothing else answers either."""
    why = problem.detail.split(". ")[0].rstrip(".") + "."
    return Problem(
        title=NO_NETWORK.title,
        detail=NO_NETWORK.detail.format(why=why),
        remedy=NO_NETWORK.remedy,
        code="network.none",
        cause=NO_NETWORK.cause,
        remedies=NO_NETWORK.remedies,
        answer=problem.answer,
    )


def _is_foreign(error: Exception) -> bool:
    """Whether a library raised it, or something that a library called; what our own code raises is ours."""
    from botocore.exceptions import BotoCoreError
    from botocore.parsers import ResponseParserError

    return isinstance(error, BotoCoreError | ResponseParserError) or bool(_modules(error))


def _modules(error: Exception) -> list[str]:
    """The modules of libraries that were at work, from the last frame of ours on."""
    names = [str(frame.f_globals.get("__name__", "")) for frame, _ in traceback.walk_tb(error.__traceback__)]
    ours = [place for place, name in enumerate(names) if name.partition(".")[0] == _OURS]
    return [name for name in names[ours[-1] + 1 if ours else 0 :] if name.partition(".")[0] in _LIBRARIES]


def _asked(call: Call, error: Exception) -> Call:
    """The call that failed: ours, or the one that botocore made inside it to get keys."""
    operation, endpoint = str(getattr(error, "operation_name", "")), ""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") == "botocore.client" and frame.f_code.co_name == "_make_api_call":
            operation, endpoint = str(frame.f_locals["operation_name"]), str(frame.f_locals["self"].meta.endpoint_url)
    if operation not in _SIGN_IN_OPERATIONS or operation == call.operation:
        return call
    return Call(service=_SIGN_IN_OPERATIONS[operation], operation=operation, endpoint=endpoint)


def _of_sign_in(problem: Problem) -> Problem:
    return replace(problem, code=f"{SIGN_IN}{problem.code}")


def _answered(call: Call, response: Any, settings: Settings, *, perhaps_done: bool) -> Problem:
    answer = _answer(response, settings)
    values = _values(call, answer, settings)
    if settings.practice_has_ended:  # and another one answers at its address, which has other keys
        return _fill(PRACTICE_ENDED, values, code="practice.ended", answer=answer)
    if _is_no_service_answer(answer):
        if (proxy := settings.proxy(call.endpoint)) is not None and answer.http_status == 407:
            values["status"] = "“407”"
            return _local(PROXY_PASSWORD, values, answer)
        through = f" It was asked through {values['proxy']}." if proxy is not None else ""
        values["why"] = (
            f"At {values['host']} a web page answers (HTTP {answer.http_status}) and not the service.{through}"
        )
        rule = CLOSED if call.service == "mturk" else UNREACHABLE
        return _fill(rule, values, code=f"unreachable.http-{answer.http_status}", answer=answer)
    for rule in ANSWERS:
        if rule.fits(call, answer):
            return _fill(rule, values, code=answer.code, answer=answer)
    return _fill(UNCLEAR if perhaps_done else UNKNOWN, values, code=answer.code or "unknown", answer=answer)


def _answer(response: Any, settings: Settings) -> ServiceAnswer:
    error = response.get("Error", {})
    about = response.get("ResponseMetadata", {})
    clean = settings.clean
    return ServiceAnswer(
        code=clean(str(error.get("Code", ""))),
        turk_error_code=clean(str(response.get("TurkErrorCode") or error.get("TurkErrorCode") or "")),
        message=clean(str(error.get("Message") or response.get("Message") or ""))[:QUOTED],
        request_id=clean(str(about.get("RequestId", ""))),
        http_status=int(about.get("HTTPStatusCode", 0) or 0),
    )


def _is_no_service_answer(answer: ServiceAnswer) -> bool:
    """Whether a web page or a bare status came instead of an answer: no code, or the status in the code's place."""
    is_bare = answer.code in {"", str(answer.http_status), "Unknown"}
    is_page = answer.message.lstrip()[:1] == "<"
    return is_page or (is_bare and answer.http_status in {301, 302, 403, 404, 407, 410, 421, 502, 503, 504})


def _unanswered(call: Call, error: Exception, settings: Settings) -> Problem:
    fault = _Fault(call, error, settings)
    if settings.practice_has_ended:
        return fault.by_rule(PRACTICE_ENDED, "practice.ended", why="")
    return _of_configuration(fault) or _of_keys(fault) or _of_the_way(fault) or _by_name(fault)


class _Fault:
    """An exception without an answer, and what is looked at in it. ``values`` are the words for the sentences."""

    def __init__(self, call: Call, error: Exception, settings: Settings) -> None:
        self.error = error
        self.settings = settings
        self.about: dict[str, Any] = getattr(error, "kwargs", {})
        url = str(self.about.get("endpoint_url") or "")
        is_url = url.startswith(("http:", "https:"))
        self.call = Call(service=call.service, operation=call.operation, endpoint=url) if is_url else call
        self.names = {kind.__name__ for kind in type(error).__mro__}
        self.modules = _modules(error)
        self.gets_keys = bool(_KEYS.intersection(self.modules))
        self.is_http = bool(self.names & {"HTTPClientError", "ConnectionError"})
        self.chain = tuple(_chain(error))
        said = settings.clean(str(error))
        self.words = ServiceAnswer(message=said[:QUOTED])
        self.values = _values(self.call, ServiceAnswer(), settings)
        self.values["error"] = said.rstrip(".")[:600]

    def as_problem(self, failure: LocalFailure, *, because: str = "", quoted: bool = True) -> Problem:
        """What a person reads; ``because`` says it better than the exception, whose words may not be ``quoted``."""
        if because:
            self.values["error"] = self.settings.secrets.without_known(because).rstrip(".")
        return _local(failure, self.values, self.words if quoted else ServiceAnswer())

    def by_rule(self, rule: Rule, code: str, *, why: str) -> Problem:
        """The same by a row of another table."""
        self.values["why"] = why
        return _fill(rule, self.values, code=code, answer=self.words)

    @property
    def place(self) -> str:
        """Where the call went, and because of what, as the subject of a clause."""
        where = self.values["where"]
        return f"{self.values['host']}{where}," if where else self.values["host"]


def _of_configuration(fault: _Fault) -> Problem | None:
    """What is wrong with the files and variables that profiles and keys are read from."""
    if "ConfigParseError" in fault.names:
        inner = fault.about.get("error")
        inner = inner if isinstance(inner, Exception) else fault.error
        # Its own words quote the line, in which a secret may stand.
        return fault.as_problem(
            UNREADABLE_FILE, because=what_is_wrong_in(str(fault.about.get("path", "")), inner), quoted=False
        )
    if fault.names & {"NoCredentialsError", "ProfileNotFound"} and (why := fault.settings.what_is_wrong_with_files()):
        return fault.as_problem(UNREADABLE_FILE, because=why)
    if "ProfileNotFound" in fault.names and not fault.about.get("profile", "?"):
        return fault.as_problem(NO_KEYS, because="AWS_PROFILE (or AWS_DEFAULT_PROFILE) is set, and names no profile")
    return None


def _of_keys(fault: _Fault) -> Problem | None:
    """What is wrong with what keys are got by: stored sign-ins, token files, and the keys themselves."""
    error = fault.error
    of_whom = _gives_keys(error)
    if "InvalidIMDSEndpointModeError" in fault.names:
        return fault.as_problem(NO_METADATA_KEYS)
    if "SSOTokenLoadError" in fault.names and "is invalid" in str(error):
        return fault.as_problem(DAMAGED_SIGN_IN)
    if fault.gets_keys and fault.call.operation not in _SIGN_IN_OPERATIONS and fault.is_http:
        return fault.as_problem(of_whom)  # of a metadata service, which is no service of AWS's that was called
    if "CredentialRetrievalError" in fault.names and fault.about.get("provider") == "container-role":
        return fault.as_problem(NO_CONTAINER_KEYS)
    is_stray = any(isinstance(one, ValueError) and str(one).startswith(_STRAY) for one in fault.chain)
    is_of_library = fault.names & {"BotoCoreError", "ResponseParserError"}
    if fault.gets_keys and (is_stray or "ParamValidationError" in fault.names or not is_of_library):
        if _signs_in_by_sso(error):
            return fault.as_problem(DAMAGED_SIGN_IN, quoted=False)
        if isinstance(error, OSError) and error.filename:
            variable = variable_of(error.filename)
            named = variable or "web_identity_token_file in the AWS configuration"
            is_token = "TOKEN" in named.upper()
            why = f"{error.filename}, named in {named}, {_why_no_file(error)}"
            return fault.as_problem(NO_TOKEN_FILE if is_token else UNUSABLE_SETTINGS, because=why)
        if "ParamValidationError" in fault.names:
            return fault.as_problem(NO_KEYS)
        if not is_stray:
            is_over = isinstance(error, RuntimeError) and "expired" in str(error)
            return fault.as_problem(of_whom, because=_OVER if is_over else _NO_KEYS_IN_IT)
    return fault.as_problem(STRAY_SIGN, quoted=False) if is_stray else None


def _of_the_way(fault: _Fault) -> Problem | None:
    """What is wrong with the way to the service: certificates, proxies, addresses."""
    text = " ".join(str(one) for one in fault.chain)
    if "SSLError" in fault.names:
        return _certificate_problem(fault, text)
    proxy = fault.settings.proxy(fault.call.endpoint)
    if fault.is_http and proxy is not None and proxy.value.lower().startswith("socks"):
        return fault.as_problem(SOCKS_PROXY)
    if "ProxyConnectionError" in fault.names:
        return _proxy_problem(fault, text)
    said = str(fault.error)
    kinds = {kind.__name__ for one in fault.chain for kind in type(one).__mro__}
    is_unusable = any(isinstance(one, ValueError) and str(one).startswith(_NO_ADDRESS) for one in fault.chain)
    if said.startswith(_INVALID) or is_unusable or kinds & {"LocationParseError", "LocationValueError", "UnicodeError"}:
        if proxy is not None and not said.startswith(_INVALID):
            return fault.as_problem(PROXY_ADDRESS)
        given, service = said.partition(_INVALID)[2] or fault.call.endpoint, fault.call.service
        named = fault.settings.endpoint(service, given) if given else endpoint_variable(service)
        given = given or (named.value if named is not None else "")
        fault.values |= {
            "given": fault.settings.clean(given),
            "leads": named.name if named is not None else "the endpoint of this account",
        }
        return fault.as_problem(NO_ADDRESS if given.lower().startswith(("http://", "https://")) else NO_SCHEME)
    if "EndpointConnectionError" in fault.names and fault.call.endpoint and not is_amazons(fault.call.endpoint):
        reason, host, where = _reason(fault), fault.values["host"], fault.values["where"]
        nobody = f"No host of the name {host} is known{where}." if reason == "name-not-found" else ""
        return fault.by_rule(NOBODY_THERE, f"unreachable.{reason}", why=nobody or f"Nothing answers at {host}{where}.")
    return None


def _certificate_problem(fault: _Fault, text: str) -> Problem:
    bundle = fault.settings.ca_bundle()
    no_file = next((one for one in fault.chain if isinstance(one, _FILE_ERRORS)), None)
    if bundle is not None and (no_file is not None or any(sign in text for sign in _NO_CERTIFICATES)):
        why = "holds no certificates" if no_file is None else _why_no_file(no_file)
        fault.values["bundle"] = bundle.name
        return fault.as_problem(NO_BUNDLE, because=f"{bundle.value}, named in {bundle.name}, {why}")
    if any(sign in text for sign in _NO_TLS):
        fault.values["leads"] = fault.values["leads"] or "the endpoint of this account"
        why = f"{fault.place} does not speak TLS, and its address begins with https://."
        return fault.by_rule(NOBODY_THERE, "network.no-tls", why=why)
    why = fault.values["error"]
    if {getattr(one, "verify_code", 0) for one in fault.chain} & {_EXPIRED, _NOT_YET_VALID}:
        why += ". Or this computer's clock is wrong"
    if bundle is not None:
        why += f". Trusted is what is in {bundle.value}, named in {bundle.name}"
    return fault.as_problem(NOT_TRUSTED, because=why)


def _proxy_problem(fault: _Fault, text: str) -> Problem:
    match = _TUNNEL.search(text)
    if match is None:
        return fault.as_problem(PROXY_WITHOUT_TLS if any(sign in text for sign in _NO_TLS) else SILENT_PROXY)
    fault.values["status"] = f"“{' '.join(match.groups()).strip()}”"
    return fault.as_problem(PROXY_PASSWORD if match.group(1) == "407" else REFUSING_PROXY)


def _by_name(fault: _Fault) -> Problem:
    """What the name of the exception tells, and at last where it was raised."""
    for failure in LOCAL_FAILURES:
        if failure.exception in fault.names:
            return fault.as_problem(failure)
    names = fault.names | ({"ResponseParserError"} if "botocore.parsers" in fault.modules else set())
    for name, told in NO_ANSWER.items():
        if name in names:
            why = told.format_map(fault.values)
            if name in ON_THE_WAY and fault.settings.proxy(fault.call.endpoint) is not None:
                why = f"No answer of {fault.values['host']} came through {fault.values['proxy']}."
            rule = CLOSED if fault.call.service == "mturk" and is_amazons(fault.call.endpoint) else UNREACHABLE
            return fault.by_rule(rule, f"unreachable.{_reason(fault)}", why=why)
    kind = type(fault.error).__name__
    because = f"{kind}: {fault.values['error']}".rstrip(": ")
    if isinstance(fault.error, OSError) and (variable := variable_of(fault.error.filename)):
        because = f"{fault.error.filename}, named in {variable}, {_why_no_file(fault.error)}"
    if fault.gets_keys:
        return fault.as_problem(NO_KEYS, because=because)
    if not fault.call.operation:
        return fault.as_problem(UNUSABLE_SETTINGS, because=because)
    fault.values["error"] = because
    return _fill(COULD_NOT_BE_CALLED, fault.values, code=kind, answer=fault.words)


def _signs_in_by_sso(error: Exception) -> bool:
    return _comes_through(error, "SSOTokenLoader.", "SSOTokenProvider.", "SSOCredentialFetcher.")


def _gives_keys(error: Exception) -> LocalFailure:
    """Whose fault it is that there are no keys: of a container, of the machine, or of a profile."""
    if _comes_through(error, "ContainerProvider.", "ContainerMetadataFetcher."):
        return NO_CONTAINER_KEYS
    return NO_METADATA_KEYS if _comes_through(error, "InstanceMetadata", "IMDSFetcher.") else NO_KEYS


def _comes_through(error: Exception, *names: str) -> bool:
    """Whether functions whose qualified names begin like this were at work."""
    frames = [frame.f_code.co_qualname for frame, _ in traceback.walk_tb(error.__traceback__)]
    return any(name.startswith(names) for name in frames)


def _why_no_file(error: OSError) -> str:
    if isinstance(error.filename, str | bytes) and kind_at(os.fsdecode(error.filename)) == stat.S_IFDIR:
        return "is a folder"  # of which Windows says that it may not be read
    match error:
        case FileNotFoundError():
            return "is not there"
        case PermissionError():
            return "may not be read"
    return f"cannot be read ({error.strerror or type(error).__name__})"


def _local(failure: LocalFailure, values: dict[str, str], answer: ServiceAnswer) -> Problem:
    rule = Rule(
        codes=(),
        cause=failure.cause,
        title=failure.title,
        detail=failure.detail,
        remedy=failure.remedy,
        remedies=failure.remedies,
    )
    return _fill(rule, values, code=failure.code, answer=answer)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it came of; botocore and urllib3 hand that on in several ways."""
    seen: list[BaseException] = []
    to_see: list[Any] = [error]
    while to_see:
        one = to_see.pop(0)
        if not isinstance(one, BaseException) or one in seen:
            continue
        seen.append(one)
        yield one
        to_see += [getattr(one, "kwargs", {}).get("error") if isinstance(getattr(one, "kwargs", {}), dict) else None]
        to_see += [getattr(one, "reason", None), getattr(one, "original_error", None), one.__cause__, one.__context__]
        to_see += list(one.args)


def _reason(fault: _Fault) -> str:
    chain = fault.chain
    if any(isinstance(one, socket.gaierror) for one in chain):
        return "name-not-found"
    if any(isinstance(one, ConnectionRefusedError) for one in chain):
        return "refused"
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    unreachable = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL}
    if "ConnectTimeoutError" in names or any(getattr(one, "errno", None) in unreachable for one in chain):
        return "no-connection"
    text = " ".join(str(one) for one in chain).lower()
    return "timeout" if "timeout" in text or "timed out" in text else "no-answer"


def _values(call: Call, answer: ServiceAnswer, settings: Settings) -> dict[str, str]:
    named = settings.endpoint(call.service, call.endpoint)
    proxy = settings.proxy(call.endpoint)
    return {
        "who": _who(call),
        "operation": call.operation,
        "action": f"{ACTIONS.get(call.service, call.service)}:{call.operation}",
        "environment": "the sandbox" if call.is_sandbox else "this environment",
        "link": LINKING_PAGES[Environment.SANDBOX if call.is_sandbox else Environment.PRODUCTION],
        "host": _host(call.endpoint) or _who(call),
        "leads": "" if named is None else named.name,
        "where": "" if named is None else f", where {named.name} leads",
        "proxy": "no proxy" if proxy is None else f"the proxy {_host(proxy.value) or 'of'} ({proxy.name})",
        "proxy_name": "the system's settings" if proxy is None else proxy.name,
        "message": answer.message or answer.code or "nothing",
        "attempts": "several times",
        "connect": "5",
        "read": "10",
        "why": "",
        "error": "",
        "status": "",
        "given": "",
        "bundle": "",
        "sso_login": settings.sign_in("aws sso login", "sso_account_id"),
        "login": settings.sign_in("aws login", "login_session"),
        "login_export": settings.export_for_process("login_session"),
    }


def _who(call: Call) -> str:
    """The service in words, which begin a sentence; by its host where it is not Amazon's."""
    host = _host(call.endpoint)
    if not host or is_amazons(call.endpoint) or host.endswith(".aws.amazon.com"):
        return SERVICE_TITLES.get(call.service, "AWS")
    return f"{ELSEWHERE_TITLES.get(call.service, 'The sign-in service')} at {host}"


def _host(url: str) -> str:
    """Host and port of an address, without a name or password."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if port else host


def _fill(rule: Rule, values: dict[str, str], *, code: str, answer: ServiceAnswer) -> Problem:
    return Problem(
        title=rule.title.format_map(values),
        detail=rule.detail.format_map(values),
        remedy=rule.remedy.format_map(values),
        code=code,
        cause=rule.cause,
        remedies=rule.remedies,
        answer=answer,
    )
