# SPDX-License-Identifier: MIT
"""Sending a test event, and finding out whether it arrives."""
