"""`python -m paramcount` is `paramcount`."""

import sys

from paramcount.cli import main

sys.exit(main())
