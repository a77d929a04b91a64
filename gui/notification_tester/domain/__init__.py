# SPDX-License-Identifier: MIT
"""Pure values and rules: standard library, no input or output, no clock, no chance."""
