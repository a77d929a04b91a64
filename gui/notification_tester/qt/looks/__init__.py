# SPDX-License-Identifier: MIT
"""What everything looks like: colours, tones, icons, frames, and how texts, counts and times are written."""
