"""The command ``nmf-images``."""

from __future__ import annotations

import signal
import sys

from ._native import run_command


def main() -> int:
    """Run the command of ``sys.argv``; return its exit code."""
    # The command handles Ctrl-C itself where it keeps what was learned; elsewhere the signal ends the process.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run_command(["nmf-images", *sys.argv[1:]])
