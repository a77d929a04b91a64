# SPDX-License-Identifier: MIT
"""What outlives the program: the database and the system's keyring."""
