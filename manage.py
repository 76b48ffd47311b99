#!/usr/bin/env python3
"""The one way in: `python3 manage.py up`, `python3 manage.py test`, and every Django command."""

import sys

from devstack import bootstrap

if __name__ == "__main__":
    bootstrap.enter_environment()
    from devstack.commands import main

    sys.exit(main(sys.argv))
