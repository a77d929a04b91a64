# SPDX-License-Identifier: MIT
"""The checkup in the window: findings, what mends them, and destinations that are made."""
