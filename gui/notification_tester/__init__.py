# SPDX-License-Identifier: MIT
"""Test, prove and mend the notifications that Amazon Mechanical Turk sends to requesters."""

__version__ = "0.1.0"
