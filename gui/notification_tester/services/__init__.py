# SPDX-License-Identifier: MIT
"""What the program does, as plain blocking calls: no Qt and no boto3."""
