# SPDX-License-Identifier: MIT
"""An access key, found in the file with which AWS hands it out, or in what somebody pasted from elsewhere.

Shapes: the console's ``accessKeys.csv``, ``rootkey.csv`` and ``credentials.csv`` (a table; the order of columns and
what else is in it changed over the years, and a spreadsheet saves it with semicolons or tabs); the older
``rootkey.csv`` (``AWSAccessKeyId=…``); the shared ``credentials`` file of the AWS CLI; the lines for a terminal that
IAM Identity Center shows; the JSON of ``aws iam create-access-key`` and of STS; and the bare values, side by side.

What is found is handed on as it was written; :func:`~notification_tester.domain.account.parse_credentials` judges it.
No problem quotes a word of the text.
"""

from __future__ import annotations

import csv
import re

from notification_tester.domain.account import Credentials
from notification_tester.domain.counts import counted
from notification_tester.domain.problem import ProblemError, input_problem

MAX_SIZE = 64 * 1024
"""Bytes; AWS's files have some hundred."""

_KEY_ID, _SECRET, _TOKEN = "access_key_id", "secret_access_key", "session_token"
_NAMES = {
    "accesskeyid": _KEY_ID,
    "awsaccesskeyid": _KEY_ID,
    "secretaccesskey": _SECRET,
    "awssecretaccesskey": _SECRET,
    "awssecretkey": _SECRET,
    "sessiontoken": _TOKEN,
    "awssessiontoken": _TOKEN,
    "awssecuritytoken": _TOKEN,
}
_ASSIGNED = re.compile(
    r"(?<![A-Za-z0-9])((?:aws[_ ]?)?"
    r"(?:access[_ ]?key[_ ]?id|secret(?:[_ ]?access)?[_ ]?key|s(?:ession|ecurity)[_ ]?token))"
    r"[\"']?[ \t]*[=:][ \t]*[\"']?([^\s\"',;]+)",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![A-Za-z0-9/+=])(?:((?:AKIA|ASIA)[A-Z0-9]{16})|([A-Za-z0-9/+]{40}))(?![A-Za-z0-9/+=])")

Parts = dict[str, str]


def keys_in(text: str) -> Credentials | None:
    """The one access key in a text, as it is written there; None where there is none.

    Its secret is in no ``repr``. Raises ProblemError where there are several.
    """
    text = text[:MAX_SIZE].replace("\ufeff", "")
    for read in (_in_table, _assigned, _bare):
        found = [parts for parts in read(text) if parts.get(_KEY_ID) and parts.get(_SECRET)]
        different = [parts for place, parts in enumerate(found) if parts not in found[:place]]
        if len(different) > 1:
            raise input_problem(
                "keys.several",
                title=f"There are {counted(len(different), 'access key')} in it.",
                detail="Which one is meant cannot be told.",
                remedy="Copy the two parts of the one that you want, and paste them here.",
            )
        if different:
            return Credentials(**different[0])
    return None


def keys_of_file(text: str) -> Credentials:
    """As :func:`keys_in`. Raises ProblemError also where there is none, and says what the file may be."""
    found = keys_in(text)
    if found is None:
        raise _no_keys(is_of_password="password" in text[:MAX_SIZE].casefold())
    return found


def _in_table(text: str) -> list[Parts]:
    found: list[Parts] = []
    columns: dict[int, str] = {}
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    for cells in csv.reader(text.splitlines(), delimiter=delimiter):
        names = {place: _NAMES[name] for place, cell in enumerate(cells) if (name := _folded(cell)) in _NAMES}
        if len(names) > 1:
            columns = names
        elif columns:
            found.append({name: cells[place].strip() for place, name in columns.items() if place < len(cells)})
    return found


def _assigned(text: str) -> list[Parts]:
    found: list[Parts] = []
    for name, value in _ASSIGNED.findall(text):
        part = _NAMES[_folded(name)]
        if not found or part in found[-1]:  # the next one of several
            found.append({})
        found[-1][part] = value
    return found


def _bare(text: str) -> list[Parts]:
    found: list[Parts] = []
    for key_id, secret in _BARE.findall(text):
        if key_id:
            found.append({_KEY_ID: key_id})
        elif found and _SECRET not in found[-1]:
            found[-1][_SECRET] = secret
    # A temporary key has a token too, which looks like nothing in particular: it is asked for.
    return found


def _folded(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


def _no_keys(*, is_of_password: bool) -> ProblemError:
    why = (
        "It has a password for the console, which is another thing."
        if is_of_password
        else "The file that AWS hands out with a key is called accessKeys.csv, or credentials.csv."
    )
    return input_problem(
        "keys.none-in-file",
        title="There is no access key in it.",
        detail=f"{why} Nothing of it was kept.",
        remedy="In the AWS console (IAM, Users, Security credentials), create an access key and download its file.",
    )
