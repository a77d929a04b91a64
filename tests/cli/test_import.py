# SPDX-License-Identifier: MIT
"""``import`` as a script meets it: an older specification in today's words, and no key of it anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.test_cli import run
from domain.specifications import older
from domain.specifications.older import ACCESS_KEY, SECRET_KEY, SIGNATURE
from notification_tester.storage.places import system_places

if TYPE_CHECKING:
    from pathlib import Path


def test_an_older_request_is_opened_from_a_file_and_from_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "request.txt"
    file.write_text(older.PAGE, "utf-8")
    for ran in (run("import", str(file), "--json"), run("import", "-", "--json", given=older.PAGE)):
        answer = ran.json()
        assert (ran.code, ran.errors) == (0, "")
        assert answer["specification"] == {
            "Destination": "janedoe@example.com",
            "Transport": "Email",
            "Version": "2006-05-05",
            "EventTypes": ["AssignmentSubmitted", "HITReviewable"],
        }
        assert (answer["hit_type_id"], answer["active"]) == ("T100CN9P324W00EXAMPLE", None)
        assert {"carried_over", "changed", "dropped", "became"} <= set(answer)


def test_in_words() -> None:
    ran = run("import", given=older.CURL)
    assert ran.code == 0
    lines = ran.output.splitlines()
    assert lines[0] == "This is a command of curl."
    assert [line for line in lines if not line.startswith(" ")][1:] == [
        "Carried over:",
        "Changed:",
        "Dropped:",
        "What became of it:",
    ]
    assert any("REST has no successor at Mechanical Turk" in line for line in lines)


def test_what_is_no_specification_is_a_no() -> None:
    ran = run("import", "--json", given="Dear all, see you on Monday.")
    assert ran.code == 1
    assert ran.json()["problem"]["code"] == "specification.unknown"
    ran = run("import", given='{"EventDocId": "1"}')
    assert (ran.code, ran.output) == (1, "")
    assert "This is a message, and not a specification." in ran.errors


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "words"])
@pytest.mark.parametrize("name", ["url", "form", "curl", "soap", "boto3", "cli", "javascript-2"])
def test_no_key_is_printed_or_kept(name: str, as_json: bool) -> None:
    ran = run("import", *["--json"] * as_json, given=older.EVERY[name])
    assert ran.code == 0
    folder = system_places().data
    kept = "".join(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file())
    for secret in (ACCESS_KEY, SECRET_KEY, SIGNATURE, "hunter2"):
        assert secret not in ran.output + ran.errors + kept
