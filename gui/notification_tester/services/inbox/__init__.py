# SPDX-License-Identifier: MIT
"""Following a queue, a topic, or a receiver on this computer."""
