# SPDX-License-Identifier: MIT
"""Long lists, and the tables that show them: they know nothing of what is in them."""
