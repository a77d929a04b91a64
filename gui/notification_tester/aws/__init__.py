# SPDX-License-Identifier: MIT
"""The only place, beside practice, where boto3 is called."""
