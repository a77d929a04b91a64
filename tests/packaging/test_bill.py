# SPDX-License-Identifier: MIT
"""The bill of materials names what is inside, and whose it is; and what nothing asks for stays outside."""

from __future__ import annotations

import json
import sqlite3
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import boto3
import botocore
import PySide6
import pytest

import bill
import notification_tester
import owners
import product

PARTS = [
    ("notification_tester", notification_tester.__file__),
    ("boto3", boto3.__file__),
    ("botocore/data/endpoints.json", f"{Path(botocore.__file__).parent}/data/endpoints.json"),
    ("PySide6/QtCore.abi3.so", f"{Path(PySide6.__file__).parent}/__init__.py"),
    ("sqlite3", sqlite3.__file__),
]


@pytest.fixture(autouse=True)
def the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_each_part_is_named_with_its_version_and_where_it_is(tmp_path: Path) -> None:
    found = read(bill.write(tmp_path / "one.cdx.json", PARTS))
    assert found["specVersion"] == "1.6"
    assert found["metadata"]["timestamp"] == "2027-01-15T08:00:00+00:00"
    program = found["metadata"]["component"]
    assert (program["name"], program["version"]) == (product.NAME, product.VERSION)
    parts = {part["name"]: part for part in found["components"]}
    assert parts.keys() == {"boto3", "botocore", "PySide6_Essentials", "Qt", "Python"}
    assert parts["boto3"]["purl"] == f"pkg:pypi/boto3@{metadata.version('boto3')}"
    assert parts["boto3"]["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert parts["Python"]["version"] == sys.version.split()[0]
    assert parts["Qt"]["cpe"].startswith("cpe:2.3:a:qt:qt:6.")
    places = [one["location"] for one in parts["botocore"]["evidence"]["occurrences"]]
    assert places == ["botocore/data/endpoints.json"]
    needs = {one["ref"]: one.get("dependsOn", []) for one in found["dependencies"]}
    assert needs["boto3"] == ["botocore"]
    assert set(needs[product.NAME]) == {part["bom-ref"] for part in parts.values()}


def test_the_same_parts_have_the_same_bill(tmp_path: Path) -> None:
    first, second = tmp_path / "one.cdx.json", tmp_path / "two.cdx.json"
    bill.write(first, PARTS)
    bill.write(second, reversed(PARTS))
    assert first.read_bytes() == second.read_bytes()
    bill.write(second, PARTS[:-1])
    assert read(first)["serialNumber"] != read(second)["serialNumber"]


def test_a_file_that_is_nobodys_is_named_by_what_it_holds(tmp_path: Path) -> None:
    stray = tmp_path / "vcruntime140.dll"
    stray.write_bytes(b"MZ")
    (part,) = read(bill.write(tmp_path / "one.cdx.json", [("vcruntime140.dll", str(stray))]))["components"]
    assert (part["type"], part["name"]) == ("file", "vcruntime140.dll")
    assert part["hashes"][0]["alg"] == "SHA-256"


def test_what_the_bill_does_not_name_and_what_nothing_asks_for_is_told(tmp_path: Path) -> None:
    inside = tmp_path / "program" / "_internal"
    (inside / "botocore" / "data").mkdir(parents=True)
    (inside / "botocore" / "data" / "endpoints.json").touch()
    (inside / "base_library.zip").touch()
    path = tmp_path / "one.cdx.json"
    bill.write(path, PARTS)
    assert bill.problems(path, tmp_path / "program") == []
    (inside / "stray.so").touch()
    bill.write(path, [*PARTS, ("pytest", pytest.__file__)])
    assert bill.problems(path, tmp_path / "program") == [
        "inside, and asked for by nothing: pytest",
        "not in the bill of materials: stray.so",
    ]


def test_the_tools_of_whoever_builds_are_strangers() -> None:
    found = owners.Owners()
    assert found.is_stranger(pytest.__file__)
    assert not found.is_stranger(boto3.__file__)
    assert not found.is_stranger(notification_tester.__file__)
    assert not found.is_stranger(sqlite3.__file__)
