"""`python -m paramcount` is `paramcount`."""

import sys

from paramcount.cli import main

if __name__ == "__main__":
    sys.exit(main())
