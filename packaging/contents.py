# SPDX-License-Identifier: MIT
"""What goes into the packaged program, and what is left out of what PyInstaller finds."""

from __future__ import annotations

import re

BOTOCORE_SERVICES = ("mturk", "sqs", "sns", "sts", "sso", "sso-oidc", "signin")
"""The services that are called, and those that signing in with a profile needs."""

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

_LEFT_OUT = re.compile(
    rf"""
      ^boto3/(data|examples)/
    | ^botocore/data/(?!({"|".join(BOTOCORE_SERVICES)})/)[^/]+/
    | /translations/
    | /qml/
    | Qt6(Qml|Quick|Pdf|VirtualKeyboard|WebSockets|OpenGLWidgets|Designer|Help|Sql|Test|PrintSupport)
    | Qt(Qml|Quick|Pdf|Sql|Test|PrintSupport|Designer|Help|OpenGLWidgets)\.(abi3|pyd)
    | libgtk|libgdk|libpango|libcairo-gobject
    | \.(pyi|pxd|h|cpp|lib)$
    | /tests?/
    | ^cryptography.*\.dist-info/
    """,
    re.VERBOSE,
)
_PLUGIN = re.compile(r"PySide6/(?:Qt/)?plugins/(.+)")


def is_wanted(destination: str) -> bool:
    """Whether a file belongs into the program, by its place inside it."""
    place = destination.replace("\\", "/")
    plugin = _PLUGIN.search(place)
    if plugin is not None:
        return plugin[1].startswith(QT_PLUGINS)
    return _LEFT_OUT.search(place) is None
