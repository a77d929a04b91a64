# SPDX-License-Identifier: MIT
"""Access policies: read, judged, and changed as little as possible."""
