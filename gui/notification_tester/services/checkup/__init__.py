# SPDX-License-Identifier: MIT
"""Can notifications arrive at a destination, and what mends it."""
