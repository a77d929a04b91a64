# SPDX-License-Identifier: MIT
"""Widgets that know nothing of Mechanical Turk; each opens alone."""
