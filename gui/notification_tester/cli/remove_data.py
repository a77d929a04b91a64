# SPDX-License-Identifier: MIT
"""``remove-data``: what the program keeps of a person on this computer, listed; with ``--yes`` removed.

With ``--json`` it prints one object: ``removed``, and of what there is ``files``, ``keys_of``, ``mail_passwords``,
``at_amazon`` (what tests left in AWS accounts, which nobody knows of afterwards) and ``not_ours``, which stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.cli.output import NO, YES, print_json, print_line

if TYPE_CHECKING:
    import argparse

    from notification_tester.services.data_removal import KeptData


def add_words(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say which words the command takes."""
    remove = commands.add_parser(
        "remove-data", help="list what is kept of you on this computer: settings, history, keys; --yes removes it"
    )
    remove.add_argument("--yes", action="store_true", help="remove it; there is no way back")
    remove.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code. Raises ProblemError."""
    from notification_tester.services.data_removal import DataRemoval
    from notification_tester.storage.places import system_places

    removal = DataRemoval(system_places())
    kept = removal.remove() if arguments.yes else removal.look()
    if arguments.json:
        print_json({"removed": arguments.yes, **_as_json(kept)})
    else:
        _say(kept, is_removed=arguments.yes)
    return YES if arguments.yes or kept.is_nothing else NO


def _as_json(kept: KeptData) -> dict[str, object]:
    return {
        "files": [str(path) for path in kept.files],
        "keys_of": list(kept.accounts),
        "mail_passwords": [{"server": server, "user": user} for server, user in kept.mailboxes],
        "at_amazon": [left.address or left.name for left in kept.at_amazon],
        "not_ours": [str(path) for path in kept.strangers],
    }


def _say(kept: KeptData, *, is_removed: bool) -> None:
    if kept.is_nothing:
        print_line("Nothing is kept of you here.")
    lines = [
        *(f"keys of the account {name}, in the keyring" for name in kept.accounts),
        *(f"password of {user} at {server}, in the keyring" for server, user in kept.mailboxes),
        *map(str, kept.files),
    ]
    for line in lines:
        print_line(f"{'removed' if is_removed else 'kept':8}  {line}")
    for path in kept.strangers:
        print_line(f"stays     {path}: no file of this program")
    for left in kept.at_amazon:
        print_line(f"at Amazon {left.address or left.name}: made by a test, which could not remove it")
    if lines and not is_removed:
        print_line("Nothing was removed. --yes removes all that is kept; there is no way back.")
