# SPDX-License-Identifier: MIT
"""A small cloud on 127.0.0.1 with Mechanical Turk in it; the only place with moto."""
