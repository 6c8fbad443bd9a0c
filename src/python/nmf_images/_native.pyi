"""The library, in Rust: see ``src/binding``."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Optional, Union

import numpy as np
from numpy.typing import NDArray

PixelTable = Union[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float64]]

__version__: str

def run_command(words: Sequence[str]) -> int: ...
def read_images(path: Union[str, os.PathLike[str]], options: Sequence[str]) -> dict[str, Any]: ...
def fit_nmf(
    x: PixelTable, settings: Mapping[str, Any], show: Optional[Callable[[int, float], None]]
) -> dict[str, Any]: ...
def fit_pca(x: PixelTable, rank: int) -> dict[str, Any]: ...
def project(
    x: PixelTable, components: NDArray[np.float32], mean: Optional[NDArray[np.float32]]
) -> NDArray[np.float32]: ...
