#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs, on Debian and Ubuntu, the few system libraries that Qt needs ("run"), what the tests use beside them
# ("test"), what builds, checks and proves the packages ("package"), what makes another Debian ("root"), and what makes
# an installer of Windows beside that ("windows"). Elsewhere it says what is missing.
# Usage: system-packages.sh run|test|package|root|windows PYTHON
set -eu
purpose=$1
python=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Python 3.11 or later is needed, and \"$python\" is not it. Name another: make PYTHON=python3.12 run" >&2
    exit 1
}
[ "$(uname -s)" = Linux ] || exit 0

run_packages="libegl1 libgl1 libdbus-1-3 libfontconfig1 libfreetype6 libglib2.0-0 libxkbcommon0 libxkbcommon-x11-0
 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0
 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 fonts-dejavu-core"
test_packages="appstream binutils curl dbus-daemon desktop-file-utils gcc git gnome-keyring libc6-dev libglib2.0-bin
 libsecret-1-0 mount osslsigncode shellcheck strace xdotool xvfb"
root_packages="debian-archive-keyring debootstrap mount util-linux"
package_packages="$root_packages appstream binutils desktop-file-utils lintian xvfb xauth xdotool dbus-daemon
 gnome-keyring"
# PyInstaller takes the library of Python along. A Python of the system comes without it on Debian.
missing_library='
import pathlib, sys, sysconfig
library = pathlib.Path(sysconfig.get_config_var("LIBDIR") or "/", sysconfig.get_config_var("INSTSONAME") or "")
multiarch = pathlib.Path("/usr/lib", sysconfig.get_config_var("MULTIARCH") or "", library.name)
if sys.base_prefix == "/usr" and not library.is_file() and not multiarch.is_file():
    print("libpython%d.%d" % sys.version_info[:2])
'
wanted=$run_packages
[ "$purpose" = test ] && wanted=$test_packages
[ "$purpose" = root ] && wanted=$root_packages
[ "$purpose" = windows ] && wanted="$root_packages nsis osslsigncode"
if [ "$purpose" = package ]; then
    wanted="$package_packages $("$python" -c "$missing_library")"
fi

# A Python of the system comes without venv on Debian.
"$python" -c 'import ensurepip, venv' 2>/dev/null || wanted="$wanted python3-venv"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    if ! "$python" -c 'import ctypes.util, sys; sys.exit(not all(map(ctypes.util.find_library, ("EGL", "GL", "xkbcommon"))))'; then
        echo "Qt needs a few system libraries that seem to be missing here: EGL, GL, xkbcommon and the xcb ones." >&2
        echo "On Fedora: sudo dnf install mesa-libEGL mesa-libGL libxkbcommon-x11 xcb-util-cursor xcb-util-wm xcb-util-keysyms" >&2
    fi
    exit 0
fi

# Newer releases carry some of these under a name that ends in t64, which says that it provides the old one.
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null | grep '^installed' || true)
missing=
for package in $wanted; do
    printf '%s\n' "$installed" | grep -Eq "(^installed| |,)${package}( |,|\$|\()" ||
        printf '%s\n' "$installed" | grep -q "^installed $package " || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "Please have these installed by an administrator: apt-get install$missing" >&2
        exit 1
    fi
    sudo=sudo
fi
echo "Installing what Qt needs from the system:$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086  # the names are words
$sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
