# SPDX-License-Identifier: MIT
"""Runs in a session bus of its own, with a real Secret Service or without one; prints one JSON object.

Arguments: what to do. Not a test by itself: test_vault_system.py starts it.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from notification_tester.domain.account import Credentials
from notification_tester.domain.problem import ProblemError
from notification_tester.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = Credentials(access_key_id="AKIAEXAMPLEEXAMPLE12", secret_access_key="s" * 20 + "EXCRET/+xyz0123456789"[:20])
TEMPORARY = Credentials(access_key_id="ASIAEXAMPLEEXAMPLE12", secret_access_key="t" * 40, session_token="T" * 3000)


def usernames() -> list[str]:
    import secretstorage

    connection = secretstorage.dbus_init()
    items = secretstorage.get_default_collection(connection).search_items({"service": "mturk-notification-tester"})
    return sorted(item.get_attributes()["username"] for item in items)


def round_trip() -> dict[str, Any]:
    Vault().check()
    empty = Vault().load("Lab")
    Vault().store("Lab", KEYS)
    same = Vault().load("Lab") == KEYS
    kept = usernames()
    Vault().store("Lab", TEMPORARY)
    replaced = Vault().load("Lab") == TEMPORARY
    kept_with_token = usernames()
    Vault().store("Lab", KEYS)
    token_gone = usernames()
    Vault().store("Lab, sandbox", KEYS)
    vault = Vault()
    vault.load("Lab")
    vault.forget("Lab")
    return {
        "empty": empty is None,
        "same": same,
        "kept": kept,
        "replaced": replaced,
        "kept_with_token": kept_with_token,
        "token_gone": token_gone,
        "after_forget": usernames(),
        "forgotten": vault.load("Lab") is None and Vault().load("Lab") is None,
        "repr": repr(vault),
    }


def leave_behind() -> dict[str, Any]:
    Vault().store("Lab", KEYS)
    return {"secret": KEYS.secret_access_key, "same": Vault().load("Lab") == KEYS}


def locked() -> dict[str, Any]:
    import secretstorage

    vault = Vault()
    vault.store("Lab", KEYS)
    connection = secretstorage.dbus_init()
    secretstorage.get_default_collection(connection).lock()
    answers = {}
    calls: dict[str, Callable[[], object]] = {
        "load": partial(Vault().load, "Lab"),
        "check": Vault().check,
        "store": partial(Vault().store, "New", KEYS),
        "forget": partial(Vault().forget, "Lab"),
    }
    for name, call in calls.items():
        try:
            call()
        except ProblemError as error:
            answers[name] = error.problem.as_json()
    return {"answers": answers, "read_before": vault.load("Lab") == KEYS}


def problem() -> dict[str, Any]:
    try:
        Vault().store("Lab", KEYS)
    except ProblemError as error:
        return error.problem.as_json()
    return {}


if __name__ == "__main__":
    deeds = {"round-trip": round_trip, "leave": leave_behind, "locked": locked, "problem": problem}
    json.dump(deeds[sys.argv[1]](), sys.stdout)
