# SPDX-License-Identifier: MIT
"""Help, preferences, and what this program is."""
