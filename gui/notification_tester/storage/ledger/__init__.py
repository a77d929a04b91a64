# SPDX-License-Identifier: MIT
"""The ledger of settings: its rows, and the file by which another computer takes it over."""

from notification_tester.storage.ledger.ledger import Ledger

__all__ = ["Ledger"]
