# SPDX-License-Identifier: MIT
"""The accounts: whose Mechanical Turk this program can ask, and with which keys."""
