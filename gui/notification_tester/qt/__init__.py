# SPDX-License-Identifier: MIT
"""What people see; the only place with PySide6."""
