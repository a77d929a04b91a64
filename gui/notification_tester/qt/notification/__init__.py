# SPDX-License-Identifier: MIT
"""What several rooms show of a notification: events, lamps, destinations, presets."""
