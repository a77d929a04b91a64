# SPDX-License-Identifier: MIT
"""The page History: every test that was made."""
