"""The command: ``python -m nmf_images`` is ``nmf-images``."""

import sys

from nmf_images._command import main

sys.exit(main())
