# SPDX-License-Identifier: MIT
"""What goes into the packaged program, and what is left out of what PyInstaller finds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

BOTOCORE_SERVICES = ("mturk", "sqs", "sns", "sts", "kms", "sso", "sso-oidc", "signin")
"""The services that are called, and those that signing in with a profile needs."""

MOTO_PARTS = (
    "backend_index", "backends", "cloudwatch", "core", "events", "iam", "kms", "moto_api", "moto_server", "s3",
    "settings", "sns", "sqs", "sts", "utilities",
)  # fmt: skip
"""What the practice cloud loads of moto, most of it when it starts and the rest with the first calls."""

QT_PLUGINS = (
    "platforms/libqxcb",
    "platforms/libqoffscreen",
    "platforms/libqwayland",
    "platforms/qwindows",
    "platforms/qoffscreen",
    "platforms/libqcocoa",
    "xcbglintegrations/",
    "wayland-shell-integration/libxdg-shell",
    "wayland-decoration-client/",
    "platformthemes/libqxdgdesktopportal",
    "platforminputcontexts/libcompose",
    "platforminputcontexts/libibus",
    "iconengines/",
    "imageformats/libqsvg",
    "imageformats/qsvg",
    "imageformats/qico",
    "styles/",
)
"""The plugins in use. No GTK theme: it would draw in a whole second toolkit."""

SYSTEM_LIBRARIES = (
    "X11", "X11-xcb", "com_err", "crypto", "dbus-1", "expat", "fontconfig", "freetype", "gcc_s", "glib-2.0",
    "gssapi_krb5", "gthread-2.0", "k5crypto", "keyutils", "krb5", "krb5support", "ssl", "stdc++", "uuid", "z", "zstd",
)  # fmt: skip
"""Libraries that every Linux with a desktop has, in a version that fits its settings and services better than ours.

What encrypts is among them: the system mends it within days of a hole, and we would not.
"""

_LEFT_OUT = re.compile(
    rf"""
      ^boto3/(data|examples)/
    | ^botocore/data/(?!({"|".join(BOTOCORE_SERVICES)})/)[^/]+/
    | ^botocore/cacert\.pem$                         # certifi's newer copy is the one that is read
    | ^dateutil/zoneinfo/.*\.tar\.gz$               # only for systems that know no time zones
    | ^PySide6/(.*/)?(translations|qml)/
    | Qt6(Qml|Quick|Pdf|VirtualKeyboard|WebSockets|OpenGLWidgets|Designer|Help|Sql|Test|PrintSupport)
    | ^PySide6/opengl32sw\.dll$                     # draws OpenGL without a graphics card; no widget is drawn by OpenGL
    | Qt(Qml|Quick|Pdf|Sql|Test|PrintSupport|Designer|Help|OpenGLWidgets)\.(abi3|pyd)
    | ^moto/(?!__init__|({"|".join(MOTO_PARTS)})(/|\.))
    | ^lib({"|".join(map(re.escape, SYSTEM_LIBRARIES))})\.so
    | ^yaml/_yaml\.                                 # the same reader exists in Python, and reads next to nothing here
    | \.(pyi|pxd|h|cpp|lib)$
    | /tests?/
    | \.dist-info/(?!METADATA$|entry_points\.txt$)  # the rest names places on the machine that built
    """,
    re.VERBOSE,
)
_PLUGIN = re.compile(r"PySide6/(?:Qt/)?plugins/(.+)")
_LINUX_LIBRARY = re.compile(r"(?:^|/)(lib[^/]+\.so(?:\.[\w.]+)?)$")


def is_wanted(destination: str) -> bool:
    """Whether a file belongs into the program, by its place inside it."""
    place = destination.replace("\\", "/")
    plugin = _PLUGIN.search(place)
    if plugin is not None:
        return plugin[1].startswith(QT_PLUGINS)
    return _LEFT_OUT.search(place) is None


def is_wanted_module(name: str) -> bool:
    """Whether a module of Python's belongs into the program, by its full name."""
    return is_wanted(name.replace(".", "/") + ".py")


def needed_libraries(places: Iterable[str], needs: Callable[[str], Iterable[str]]) -> set[str]:
    """Of the files at ``places``, those that something still needs: what dropped files brought along goes with them.

    ``needs`` gives the names of the libraries that the file at a place names. Every file but a library of the system's
    kind (``lib….so…``, outside of the plugins) is a beginning, and so is the interpreter's own library.
    """
    by_name: dict[str, list[str]] = {}
    reached: set[str] = set()
    waiting: list[str] = []
    for place in places:
        library = _LINUX_LIBRARY.search(place)
        if library is None or _PLUGIN.search(place) or library[1].startswith("libpython"):
            waiting.append(place)
        else:
            by_name.setdefault(library[1], []).append(place)
    while waiting:
        place = waiting.pop()
        if place not in reached:
            reached.add(place)
            waiting += [found for name in needs(place) for found in by_name.get(name, ())]
    return reached
