# SPDX-License-Identifier: MIT
"""Off the main thread and back: the runner, gathered news, the next turn."""
