# SPDX-License-Identifier: MIT
"""Starts the window, puts its rooms together, and ends it."""
