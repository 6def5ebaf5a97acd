#!/usr/bin/env python
"""Management commands; they use the embedded servers unless DATABASE_URL says otherwise."""

import os
import sys

from django.core.management import execute_from_command_line

from config import servers

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    servers.export_environment()
    execute_from_command_line(sys.argv)
