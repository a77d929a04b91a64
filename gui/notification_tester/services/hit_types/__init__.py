# SPDX-License-Identifier: MIT
"""HIT types and their notification settings."""
