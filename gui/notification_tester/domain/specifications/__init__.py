# SPDX-License-Identifier: MIT
"""Specifications in other words than ours: of the older API, of the SDKs and of the command line, read."""
