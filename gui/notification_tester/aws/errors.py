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
import re
import socket
import ssl
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notification_tester.aws.error_table import ACTIONS, ANSWERS, UNKNOWN, Call, Rule
from notification_tester.aws.no_answer_table import (
    CLOSED,
    COULD_NOT_BE_CALLED,
    DAMAGED_SIGN_IN,
    LOCAL_FAILURES,
    NO_ADDRESS,
    NO_ANSWER,
    NO_BUNDLE,
    NO_KEYS,
    NO_NETWORK,
    NO_SCHEME,
    NO_TOKEN_FILE,
    NOBODY_THERE,
    NOT_TRUSTED,
    PROXY_ADDRESS,
    PROXY_PASSWORD,
    REFUSING_PROXY,
    SILENT_PROXY,
    SOCKS_PROXY,
    STRAY_SIGN,
    UNREACHABLE,
    UNREADABLE_FILE,
    UNUSABLE_SETTINGS,
    LocalFailure,
)
from notification_tester.aws.settings import Named, Settings, is_amazons, what_is_wrong_in
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
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")
_EXPIRED, _NOT_YET_VALID = 10, 9  # X509_V_ERR_… of OpenSSL
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3}) ?([^'\"\r\n)]{0,80})")


@contextmanager
def translated(call: Call, settings: Settings | None = None) -> Iterator[None]:
    """Turn whatever is raised by a library inside into a ProblemError; our own bugs pass unchanged."""
    # Where botocore was not imported, nothing of it can be raised; the import is not paid for here.
    from botocore.exceptions import ClientError

    try:
        yield
    except ProblemError:
        raise
    except ClientError as error:
        asked = _asked(call, error)
        problem = _answered(asked, error.response, settings or Settings())
        raise ProblemError(_of_sign_in(problem, asked, call)) from error
    except Exception as error:
        if not _is_foreign(error):
            raise
        asked = _asked(call, error)
        problem = _unanswered(asked, error, settings or Settings())
        raise ProblemError(_of_sign_in(problem, asked, call)) from error


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
    if operation not in _SIGN_IN_OPERATIONS:
        return call
    return Call(service=_SIGN_IN_OPERATIONS[operation], operation=operation, endpoint=endpoint)


def _of_sign_in(problem: Problem, asked: Call, call: Call) -> Problem:
    if asked.operation not in _SIGN_IN_OPERATIONS or asked.operation == call.operation:
        return problem
    return Problem(
        title=problem.title,
        detail=problem.detail,
        remedy=problem.remedy,
        code=f"{SIGN_IN}{problem.code}",
        cause=problem.cause,
        answer=problem.answer,
    )


def _answered(call: Call, response: Any, settings: Settings) -> Problem:
    answer = _answer(response, settings)
    values = _values(call, answer, settings)
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
    return _fill(UNKNOWN, values, code=answer.code or "unknown", answer=answer)


def _answer(response: Any, settings: Settings) -> ServiceAnswer:
    error = response.get("Error", {})
    about = response.get("ResponseMetadata", {})
    clean = settings.secrets.clean
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
    said = settings.secrets.clean(str(error))
    if (url := str(getattr(error, "kwargs", {}).get("endpoint_url") or "")).startswith(("http:", "https:")):
        call = Call(service=call.service, operation=call.operation, endpoint=url)
    words = ServiceAnswer(message=said[:QUOTED])
    values = _values(call, ServiceAnswer(), settings)
    values["error"] = said.rstrip(".")[:600]
    names = [kind.__name__ for kind in type(error).__mro__]
    if (problem := _known(call, error, values, words, settings)) is not None:
        return problem
    for failure in LOCAL_FAILURES:
        if failure.exception in names:
            return _local(failure, values, words)
    modules = _modules(error)
    if "botocore.parsers" in modules:
        names.append("ResponseParserError")
    for name, why in NO_ANSWER.items():
        if name in names:
            values["why"] = why.format_map(values)
            rule = CLOSED if call.service == "mturk" and is_amazons(call.endpoint) else UNREACHABLE
            return _fill(rule, values, code=f"unreachable.{_reason(error)}", answer=words)
    values["error"] = f"{type(error).__name__}: {values['error']}" if values["error"] else type(error).__name__
    if _KEYS.intersection(modules):
        return _local(_no_keys(error), values, words)
    if not call.operation:
        return _local(UNUSABLE_SETTINGS, values, words)
    return _fill(COULD_NOT_BE_CALLED, values, code=type(error).__name__, answer=words)


def _known(
    call: Call, error: Exception, values: dict[str, str], words: ServiceAnswer, settings: Settings
) -> Problem | None:
    """What has to be looked at more closely than by the name of the exception."""
    names = {kind.__name__ for kind in type(error).__mro__}
    chain = list(_chain(error))
    about: dict[str, Any] = getattr(error, "kwargs", {})
    if "ConfigParseError" in names:
        inner = about.get("error")
        # Its own words quote the line, in which a secret may stand.
        why = what_is_wrong_in(str(about.get("path", "")), inner if isinstance(inner, Exception) else error)
        values["error"] = why.rstrip(".")
        return _local(UNREADABLE_FILE, values, ServiceAnswer(message=why))
    if names & {"NoCredentialsError", "ProfileNotFound"} and (why := settings.what_is_wrong_with_files()):
        values["error"] = why.rstrip(".")
        return _local(UNREADABLE_FILE, values, words)
    if isinstance(error, OSError) and error.filename and _KEYS.intersection(_modules(error)):
        named = settings.token_file(str(error.filename))
        values["error"] = f"{named.value}, named in {named.name}, {_why_no_file(error)}"
        return _local(NO_TOKEN_FILE, values, words)
    if "SSLError" in names:
        return _certificate_problem(chain, values, words, settings.ca_bundle())
    if (proxy := settings.proxy(call.endpoint)) is not None and proxy.value.lower().startswith("socks"):
        return _local(SOCKS_PROXY, values, words)
    if "ProxyConnectionError" in names:
        return _proxy_problem(" ".join(str(one) for one in chain), values, words)
    if any(isinstance(one, ValueError) and "Invalid header" in str(one) for one in chain):
        return _local(STRAY_SIGN, values, ServiceAnswer())
    if str(error).startswith("Invalid endpoint: ") or _is_unusable_address(chain):
        return _endpoint_problem(call, str(error), values, words, settings)
    if "EndpointConnectionError" in names and call.endpoint and not is_amazons(call.endpoint):
        reason = _reason(error)
        there = "No host of that name is known" if reason == "name-not-found" else "Nothing answers"
        values["why"] = f"{there} at {values['host']}{values['where']}."
        return _fill(NOBODY_THERE, values, code=f"unreachable.{reason}", answer=words)
    return None


def _no_keys(error: Exception) -> LocalFailure:
    frames = [frame.f_code.co_qualname for frame, _ in traceback.walk_tb(error.__traceback__)]
    is_sso = any(name.startswith(("SSOTokenLoader.", "SSOTokenProvider.", "SSOCredentialFetcher.")) for name in frames)
    return DAMAGED_SIGN_IN if is_sso else NO_KEYS


def _why_no_file(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "is not there"
        case PermissionError():
            return "may not be read"
        case IsADirectoryError():
            return "is a folder"
    return f"cannot be read ({error.strerror or type(error).__name__})"


def _certificate_problem(
    chain: list[BaseException], values: dict[str, str], words: ServiceAnswer, bundle: Named | None
) -> Problem:
    text = " ".join(str(one) for one in chain)
    no_file = next((one for one in chain if isinstance(one, OSError) and not isinstance(one, ssl.SSLError)), None)
    if bundle is not None and (isinstance(no_file, _FILE_ERRORS) or any(sign in text for sign in _NO_CERTIFICATES)):
        why = _why_no_file(no_file) if isinstance(no_file, _FILE_ERRORS) else "holds no certificates"
        values["error"] = f"{bundle.value}, named in {bundle.name}, {why}"
        values["bundle"] = bundle.name
        return _local(NO_BUNDLE, values, words)
    if any(sign in text for sign in _NO_TLS):
        values["why"] = f"{values['host']}{values['where']} does not speak TLS, and its address begins with https://."
        values["leads"] = values["leads"] or "the endpoint"
        return _fill(NOBODY_THERE, values, code="network.no-tls", answer=words)
    if {getattr(one, "verify_code", 0) for one in chain} & {_EXPIRED, _NOT_YET_VALID}:
        values["error"] += ". Or this computer's clock is wrong"
    if bundle is not None:
        values["error"] += f". Trusted is what is in {bundle.value}, named in {bundle.name}"
    return _local(NOT_TRUSTED, values, words)


def _proxy_problem(text: str, values: dict[str, str], words: ServiceAnswer) -> Problem:
    match = _TUNNEL.search(text)
    if match is None:
        return _local(SILENT_PROXY, values, words)
    values["status"] = f"“{' '.join(match.groups()).strip()}”"
    return _local(PROXY_PASSWORD if match.group(1) == "407" else REFUSING_PROXY, values, words)


def _endpoint_problem(
    call: Call, said: str, values: dict[str, str], words: ServiceAnswer, settings: Settings
) -> Problem:
    given = said.partition("Invalid endpoint: ")[2]
    if not given and settings.proxy(call.endpoint) is not None:
        return _local(PROXY_ADDRESS, values, words)
    named = settings.endpoint(call.service, given or call.endpoint)
    values["given"] = settings.secrets.clean(given or call.endpoint)
    values["leads"] = named.name if named is not None else "the endpoint of this account"
    has_scheme = (given or call.endpoint).lower().startswith(("http://", "https://"))
    return _local(NO_ADDRESS if has_scheme else NO_SCHEME, values, words)


def _local(failure: LocalFailure, values: dict[str, str], answer: ServiceAnswer) -> Problem:
    rule = Rule(codes=(), cause=failure.cause, title=failure.title, detail=failure.detail, remedy=failure.remedy)
    return _fill(rule, values, code=failure.code, answer=answer)


def _is_unusable_address(chain: list[BaseException]) -> bool:
    kinds = {kind.__name__ for one in chain for kind in type(one).__mro__}
    return bool(kinds & {"LocationParseError", "LocationValueError", "InvalidURL", "UnicodeError"})


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


def _reason(error: Exception) -> str:
    chain = list(_chain(error))
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
    link = (
        "https://requestersandbox.mturk.com/developer" if call.is_sandbox else "https://requester.mturk.com/developer"
    )
    named = settings.endpoint(call.service, call.endpoint)
    proxy = settings.proxy(call.endpoint)
    return {
        "who": call.who,
        "operation": call.operation,
        "action": f"{ACTIONS.get(call.service, call.service)}:{call.operation}",
        "environment": "the sandbox" if call.is_sandbox else "this environment",
        "link": link,
        "host": _host(call.endpoint) or call.who,
        "leads": "" if named is None else named.name,
        "where": "" if named is None else f", where {named.name} leads",
        "proxy": "no proxy" if proxy is None else f"the proxy {_host(proxy.value) or 'of'} ({proxy.name})",
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
        answer=answer,
    )
