# SPDX-License-Identifier: MIT
"""The bill of materials of a built program (CycloneDX 1.6, JSON): what is inside, from what is really put there.

Every file is asked whose it is: of an installed Python package, of Python, of a package of Debian, or of ours. Nothing
is in the list because something asked for it. Two builds of the same parts have the same list.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import subprocess
import sys
import sysconfig
import uuid
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.backends.openssl.backend import backend
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.component_evidence import ComponentEvidence, Occurrence
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from packageurl import PackageURL

import notices
from owners import Owners, asked_for, key
from product import NAME, ROOT, VERSION, source_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cyclonedx.model.license import License


class BillError(Exception):
    """What was made is not what the specification of CycloneDX describes; the message says where."""


def write(path: Path, inside: Iterable[tuple[str, str]]) -> Path:
    """Write the bill of a program, whose parts are (place inside of it, file they were taken from); returns ``path``.

    Raises BillError.
    """
    from cyclonedx.validation.json import JsonStrictValidator  # builds grammars when it is read, for a second or more

    text = JsonV1Dot6(_bill(inside)).output_as_string(indent=1)
    if errors := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise BillError(str(errors))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def _bill(inside: Iterable[tuple[str, str]]) -> Bom:
    places: dict[str, set[str]] = {NAME: set()}
    parts = {NAME: _program()}
    owners = Owners()
    for place, source in inside:
        part = _part(owners, Path(source).resolve())
        parts.setdefault(_ref(part), part)
        places.setdefault(_ref(part), set()).add(place.replace("\\", "/"))
    for name, part in _inside_of_others(parts):
        parts[_ref(part)] = part
        places[_ref(part)] = places[name]
    program = parts.pop(NAME)
    for name, part in {NAME: program, **parts}.items():
        part.evidence = ComponentEvidence(occurrences=[Occurrence(location=place) for place in places[name]])
    bill = Bom(components=parts.values())
    bill.metadata.component = program
    moment = dt.datetime.fromtimestamp(source_time(), tz=dt.UTC)
    bill.metadata.timestamp = moment
    named = "\n".join([VERSION, sys.platform, moment.isoformat(), *sorted(parts)])
    bill.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, f"{NAME}\n{named}")
    bill.register_dependency(program, parts.values())
    for part in parts.values():
        needs = _needs(part)
        bill.register_dependency(part, [parts[name] for name in sorted(needs & parts.keys())])
    return bill


def _ref(part: Component) -> str:
    return part.bom_ref.value or part.name


def _part(owners: Owners, source: Path) -> Component:
    """The part that a file belongs to; a file that is nobody's is a part of its own."""
    if found := owners.package(source):
        return _of_python_package(found)
    if any(source.is_relative_to(folder) for folder in _of_python()):
        return _python()
    if source.is_relative_to(ROOT):  # what this build made of others' files too: it says in them whose they are
        return _program()
    return _of_the_system(source)


def _needs(part: Component) -> set[str]:
    """The names of the parts that a Python package asks for."""
    if part.purl is None or part.purl.type != "pypi":
        return set()
    lines = metadata.distribution(part.name).requires or []
    return {key(notices.required(line)) for line in lines if "extra ==" not in line}


def _under(licence: str) -> list[License]:
    return [LicenseFactory().make_from_string(licence)]


def _program() -> Component:
    return Component(name=NAME, bom_ref=NAME, type=ComponentType.APPLICATION, version=VERSION, licenses=_under("MIT"))


def _of_python_package(one: metadata.Distribution) -> Component:
    return Component(
        name=one.name,
        bom_ref=key(one.name),
        version=one.version,
        licenses=_under(notices.licence(one)),
        purl=PackageURL("pypi", name=key(one.name), version=one.version),
    )


def _of_python() -> tuple[Path, ...]:
    return tuple(Path(place).resolve() for place in (sysconfig.get_path("stdlib"), sys.base_prefix) if place != "/usr")


def _python() -> Component:
    version = "{}.{}.{}".format(*sys.version_info)
    return Component(
        name="Python",
        bom_ref="Python",
        version=version,
        licenses=_under("PSF-2.0"),
        purl=PackageURL("generic", name="python", version=version),
        cpe=f"cpe:2.3:a:python:python:{version}:*:*:*:*:*:*:*",
    )


def _of_the_system(library: Path) -> Component:
    """A package of Debian; elsewhere, or where none has it, the file itself."""
    package = notices.package_of(library)
    if not package:
        digest = HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(library.read_bytes()).hexdigest())
        return Component(name=library.name, bom_ref=library.name, type=ComponentType.FILE, hashes=[digest])
    asked = ["dpkg-query", "--show", "--showformat", "${Package} ${Version} ${Architecture}", package]
    name, version, machine = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    return Component(
        name=name,
        bom_ref=f"deb/{name}",
        version=version,
        purl=PackageURL("deb", "debian", name, version, {"arch": machine}),
    )


def _inside_of_others(names: Iterable[str]) -> Iterator[tuple[str, Component]]:
    """Works that others' packages have inside, where those say which version, each with the package's name.

    A hole in one of them is published under its own name.
    """
    found = set(names)
    if "pyside6-essentials" in found:
        version = metadata.version("PySide6_Essentials")
        yield "pyside6-essentials", _inside("Qt", version, "LGPL-3.0-only", f"qt:qt:{version}")
    if "cryptography" in found and (told := re.match(r"OpenSSL (\S+)", backend.openssl_version_text())):
        yield "cryptography", _inside("OpenSSL", told[1], "Apache-2.0", f"openssl:openssl:{told[1]}")


def _inside(name: str, version: str, licence: str, known_as: str) -> Component:
    return Component(
        name=name,
        bom_ref=name,
        version=version,
        licenses=_under(licence),
        purl=PackageURL("generic", name=name.lower(), version=version),
        cpe=f"cpe:2.3:a:{known_as}:*:*:*:*:*:*:*",
    )


def problems(path: Path, program: Path) -> list[str]:
    """What a program has inside and its bill does not name, and what nobody asked for; a line each.

    The executables and the archives of modules are PyInstaller's own doing, of what the bill names by module.
    """
    bill = json.loads(path.read_text(encoding="utf-8"))
    parts = [bill["metadata"]["component"], *bill["components"]]
    named = {one["location"] for part in parts for one in part.get("evidence", {}).get("occurrences", [])}
    inner = program / "_internal"
    there = {
        file.relative_to(inner).as_posix() for file in inner.rglob("*") if file.is_file() and not file.is_symlink()
    } - {"base_library.zip"}
    named_packages = {part["bom-ref"] for part in parts if part.get("purl", "").startswith("pkg:pypi/")}
    strangers = named_packages - asked_for()
    found = [f"inside, and asked for by nothing: {name}" for name in sorted(strangers)]
    return found + [f"not in the bill of materials: {place}" for place in sorted(there - named)]
