# SPDX-License-Identifier: MIT
"""From a foreign error to a Problem. The service's own words are always kept in ``Problem.answer``."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notification_tester.aws.error_table import ACTIONS, ANSWERS, UNKNOWN, Call, Rule
from notification_tester.aws.no_answer_table import CLOSED, LOCAL_FAILURES, NO_ANSWER, NO_NETWORK, UNREACHABLE
from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

QUOTED = 4000
"""Characters of a foreign message that are kept; answers are short, web pages are not."""


@contextmanager
def translated(call: Call, *, profile: str = "") -> Iterator[None]:
    """Turn whatever botocore raises inside into a ProblemError; our own bugs pass unchanged."""
    # Where botocore was not imported, nothing of it can be raised; the import is not paid for here.
    import botocore.exceptions
    import botocore.parsers

    try:
        yield
    except botocore.exceptions.ClientError as error:
        raise ProblemError(_answered(call, error.response)) from error
    except (botocore.exceptions.BotoCoreError, botocore.parsers.ResponseParserError) as error:
        raise ProblemError(_unanswered(call, error, profile)) from error


def _answered(call: Call, response: Any) -> Problem:
    answer = _answer(response)
    values = _values(call, answer)
    if _is_no_service_answer(answer):
        values["why"] = f"At {values['host']} a web page answers (HTTP {answer.http_status}) and not the service."
        rule = CLOSED if call.service == "mturk" else UNREACHABLE
        return _fill(rule, values, code=f"unreachable.http-{answer.http_status}", answer=answer)
    for rule in ANSWERS:
        if rule.fits(call, answer):
            return _fill(rule, values, code=answer.code, answer=answer)
    return _fill(UNKNOWN, values, code=answer.code or "unknown", answer=answer)


def _answer(response: Any) -> ServiceAnswer:
    error = response.get("Error", {})
    about = response.get("ResponseMetadata", {})
    return ServiceAnswer(
        code=str(error.get("Code", "")),
        turk_error_code=str(response.get("TurkErrorCode") or error.get("TurkErrorCode") or ""),
        message=str(error.get("Message") or response.get("Message") or "")[:QUOTED],
        request_id=str(about.get("RequestId", "")),
        http_status=int(about.get("HTTPStatusCode", 0) or 0),
    )


def _is_no_service_answer(answer: ServiceAnswer) -> bool:
    """Whether a web page or a bare status came instead of an answer: no code, or the status in the code's place."""
    is_bare = answer.code in {"", str(answer.http_status), "Unknown"}
    is_page = answer.message.lstrip()[:1] == "<"
    return is_page or (is_bare and answer.http_status in {301, 302, 403, 404, 410, 421, 502, 503, 504})


def _unanswered(call: Call, error: Exception, profile: str) -> Problem:
    names = [kind.__name__ for kind in type(error).__mro__]
    values = _values(call, ServiceAnswer())
    values["error"] = str(error).rstrip(".")[:600]
    values["profile"] = profile or "NAME"
    words = ServiceAnswer(message=str(error)[:QUOTED])
    for failure in LOCAL_FAILURES:
        if failure.exception in names:
            rule = Rule(
                codes=(), cause=failure.cause, title=failure.title, detail=failure.detail, remedy=failure.remedy
            )
            return _fill(rule, values, code=failure.code, answer=words)
    for name, why in NO_ANSWER.items():
        if name in names:
            values["why"] = why.format_map(values)
            rule = CLOSED if call.service == "mturk" and "amazonaws.com" in values["host"] else UNREACHABLE
            return _fill(rule, values, code=f"unreachable.{_reason(error)}", answer=words)
    rule = Rule(
        codes=(),
        cause=Cause.REFUSED,
        title="{who} could not be called.",
        detail="{error}.",
        remedy="The exact words are what a person who helps you will want to see.",
    )
    return _fill(rule, values, code=type(error).__name__, answer=words)


def _reason(error: Exception) -> str:
    seen: BaseException | None = error
    text = str(error).lower()
    while seen is not None:
        if isinstance(seen, socket.gaierror):
            return "name-not-found"
        if isinstance(seen, ConnectionRefusedError):
            return "refused"
        inner = getattr(seen, "kwargs", {}).get("error") if hasattr(seen, "kwargs") else None
        reason = getattr(seen, "reason", None)
        text += str(inner or "").lower()
        if isinstance(reason, BaseException):
            seen = reason
        elif isinstance(inner, BaseException):
            seen = inner
        else:
            seen = seen.__cause__ or seen.__context__
    if "timeout" in text or "timed out" in text:
        return "timeout"
    return "no-answer"


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


def _values(call: Call, answer: ServiceAnswer) -> dict[str, str]:
    link = (
        "https://requestersandbox.mturk.com/developer" if call.is_sandbox else "https://requester.mturk.com/developer"
    )
    return {
        "who": call.who,
        "operation": call.operation,
        "action": f"{ACTIONS.get(call.service, call.service)}:{call.operation}",
        "environment": "the sandbox" if call.is_sandbox else "this environment",
        "link": link,
        "host": urlsplit(call.endpoint).hostname or call.who,
        "message": answer.message or answer.code or "nothing",
        "attempts": "several times",
        "connect": "5",
        "read": "10",
        "why": "",
        "error": "",
        "profile": "NAME",
    }


def _fill(rule: Rule, values: dict[str, str], *, code: str, answer: ServiceAnswer) -> Problem:
    return Problem(
        title=rule.title.format_map(values),
        detail=rule.detail.format_map(values),
        remedy=rule.remedy.format_map(values),
        code=code,
        cause=rule.cause,
        answer=answer,
    )
