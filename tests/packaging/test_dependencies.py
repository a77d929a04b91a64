# SPDX-License-Identifier: MIT
"""What pyproject.toml asks for and what constraints.txt pins go together, and neither lets a known hole in.

Nothing is installed or asked for. The holes are those of the Python Packaging Advisory Database, of GitHub's, and of
Qt's list of security advisories, looked up in November 2026: whoever raises a bound looks again.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

HOLES = {
    "certifi": ("2024.7.4", "CVE-2024-39689: certificates of a certifier that is trusted no more"),
    "cryptography": ("50.0.0", "CVE-2026-69247, CVE-2026-39892, CVE-2026-34073, CVE-2026-26007, CVE-2024-12797"),
    "dnspython": ("2.9.2", "CVE-2026-128089, CVE-2023-29483"),
    "flask": ("3.1.3", "CVE-2026-27205, CVE-2025-47278"),
    "flask-cors": ("6.0.0", "CVE-2024-6839, CVE-2024-6844, CVE-2024-6866, CVE-2024-6221, CVE-2024-1681"),
    "h11": ("0.16.0", "CVE-2025-43859"),
    "idna": ("3.15", "CVE-2026-45409, CVE-2024-3651"),
    "jaraco-context": ("6.1.0", "CVE-2026-23949"),
    "jinja2": ("3.1.6", "CVE-2025-27516, CVE-2024-56326, CVE-2024-56201"),
    "pyinstaller": ("6.0.0", "CVE-2025-59042, CVE-2023-49797"),
    "pyside6-essentials": ("6.11.3", "CVE-2026-95620, CVE-2026-105923, CVE-2026-6210, CVE-2025-10729"),
    "pytest": ("9.0.3", "CVE-2025-71176"),
    "pyyaml": ("5.4", "CVE-2020-14343"),
    "requests": ("2.33.0", "CVE-2026-25645, CVE-2024-47081, CVE-2024-35195"),
    "urllib3": ("2.8.0", "CVE-2026-97687, CVE-2026-97688, CVE-2026-97689, CVE-2026-44431, CVE-2026-21441"),
    "werkzeug": ("3.1.6", "CVE-2026-27199, CVE-2026-21860, CVE-2025-66221, CVE-2024-49766, CVE-2024-34069"),
    "xmltodict": ("0.15.1", "CVE-2025-9375"),
    "zipp": ("3.19.1", "CVE-2024-5569"),
}
"""The first version of each without a hole that is known, and why not an earlier one."""


def asked_for() -> list[Requirement]:
    """Everything that pyproject.toml asks for, with the extras that make installs; not the project itself."""
    extras = sorted(set(re.findall(r"\.\[(\w+)\]", (ROOT / "Makefile").read_text(encoding="utf-8"))))
    assert {"dev", "package"} <= set(extras)
    groups = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    found = [Requirement(text) for group in groups for text in group]
    return [one for one in found if canonicalize_name(one.name) != canonicalize_name(PROJECT["name"])]


def pinned() -> dict[str, Version]:
    """What constraints.txt pins."""
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def lowest(requirement: Requirement) -> Version:
    """The lowest version that a requirement takes."""
    (bound,) = [Version(one.version) for one in requirement.specifier if one.operator == ">="]
    return bound


@pytest.mark.parametrize("requirement", asked_for(), ids=lambda one: one.name)
def test_what_is_pinned_is_what_is_asked_for(requirement: Requirement) -> None:
    version = pinned()[canonicalize_name(requirement.name)]
    assert version in requirement.specifier
    assert version >= lowest(requirement)


def test_nothing_is_pinned_twice() -> None:
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert len(pinned()) == len([line for line in lines if line and not line.startswith("#")])


@pytest.mark.parametrize("name", HOLES)
def test_no_version_with_a_known_hole_is_taken(name: str) -> None:
    first, why = HOLES[name]
    assert pinned()[name] >= Version(first), why
    requirements = [one for one in asked_for() if canonicalize_name(one.name) == name]
    assert requirements, f"{name} comes with others: only a bound of our own keeps {why} out"
    assert all(lowest(one) >= Version(first) for one in requirements), why


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_bounds_hold_on_every_python(python: str) -> None:
    environment = {**default_environment(), "python_version": python}
    for one in asked_for():
        if one.marker is None or one.marker.evaluate({key: str(value) for key, value in environment.items()}):
            continue
        assert canonicalize_name(one.name) == "zipp", "which Python brings itself from 3.12 on"
