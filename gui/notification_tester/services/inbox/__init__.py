# SPDX-License-Identifier: MIT
"""Following a queue or a topic."""
