# SPDX-License-Identifier: MIT
"""Every format in which a notification is read or written."""
