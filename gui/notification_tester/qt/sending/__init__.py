# SPDX-License-Identifier: MIT
"""The page Test: what is asked on the left, what happened on the right."""
