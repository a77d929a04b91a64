# SPDX-License-Identifier: MIT
"""The page HIT types: see and change notification settings, for one or ten thousand."""
