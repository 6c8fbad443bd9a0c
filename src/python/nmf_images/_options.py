"""Options of the command as keywords."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any


def words(options: Mapping[str, Any]) -> list[str]:
    """Return options as words of the command line.

    ``row_size="8x8"`` becomes ``--row-size=8x8``, ``invert=True`` becomes ``--invert``, a list gives one word per value,
    and ``None`` and ``False`` give none.
    """
    found = []
    for name, value in options.items():
        option = "--" + name.strip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            found.append(option)
            continue
        values = value if isinstance(value, (list, tuple)) else [value]
        found.extend(f"{option}={os.fspath(one) if isinstance(one, os.PathLike) else one}" for one in values)
    return found
