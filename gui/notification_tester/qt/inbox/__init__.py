# SPDX-License-Identifier: MIT
"""The page Inbox: follow a queue or a topic and see what arrives."""
