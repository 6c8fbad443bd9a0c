"""Reading of images in every format of the command."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional, Union

from numpy.typing import NDArray

from . import _native
from ._options import words

Path = Union[str, "os.PathLike[str]"]


@dataclass(frozen=True, repr=False)
class Images:
    """Images of one size.

    Attributes
    ----------
    pixels : ndarray of shape (n, height, width)
        uint8 from 0 to 255 for 8-bit files; otherwise float32, as in the files. If any pixel is unknown: float32, from 0
        to 1 for 8-bit files, with NaN for unknown pixels.
    names : list of n str
        The path of each image below the folder, or its index in an array.
    labels : list of n str, or None
        The sub-folder of each image, or its label in a file.
    notes : list of str
        Properties of the images that affect what is learned.
    skipped : list of (path, reason)
        Files that look like images and cannot be used.
    """

    pixels: NDArray[Any]
    names: list[str]
    labels: Optional[list[str]]
    notes: list[str]
    skipped: list[tuple[str, str]]

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.pixels.shape[1], self.pixels.shape[2]

    @property
    def table(self) -> NDArray[Any]:
        """The pixels as X of an estimator, (n, height * width), without a copy."""
        return self.pixels.reshape(len(self), -1)

    def __len__(self) -> int:
        return len(self.pixels)

    def __repr__(self) -> str:
        height, width = self.shape
        return f"<{len(self)} images of {width}x{height}, {self.pixels.dtype}>"


def load(
    path: Path,
    *,
    size: Optional[str] = None,
    fit: Optional[str] = None,
    invert: bool = False,
    background: Optional[int] = None,
    limit: Optional[int] = None,
    strict: bool = False,
    mask: Optional[Path] = None,
    missing: Union[str, float, None] = None,
    key: Optional[str] = None,
    channel: Union[str, int, None] = None,
    from_: Optional[str] = None,
    row_size: Optional[str] = None,
    order: Optional[str] = None,
    transpose: bool = False,
    label: Union[str, int, None] = None,
    labels: Optional[Path] = None,
    ignore: Union[str, Sequence[str], None] = None,
) -> Images:
    """Read images as the command does: a folder, an array, a table, an archive or a TIFF file of several pages.

    Each keyword is the option of the command of that name; ``from_`` is ``--from``.

    Parameters
    ----------
    path : str or path
        The folder or file.
    size, row_size : str
        Width x height in pixels, such as ``"48x64"``: what images are resized to, and what the rows of a table are.
    fit : "crop" or "stretch"
        How ``size`` treats other proportions.
    invert : bool
        Invert intensities, for dark ink on paper.
    background : int
        Grey level behind transparent pixels, 0 to 255.
    limit : int
        Read only this many images, evenly spaced.
    strict : bool
        Raise an error if a file cannot be read, instead of skipping it.
    mask : path
        Which pixels are known: an image, a folder of images or a .npy array, white where known.
    missing : "alpha", "nan" or a number
        The value of unknown pixels.
    key, channel, from_, order, transpose, label, labels, ignore
        As the options of the command, for archives, microscopes and tables.

    Returns
    -------
    Images

    Raises
    ------
    FileNotFoundError
        If there is nothing at ``path``.
    ValueError
        If there are no two images, if sizes differ and ``size`` is not given, or if values cannot be factorised.
    """
    options = dict(locals())
    found = _native.read_images(options.pop("path"), words(options))
    height, width = found["shape"]
    pixels = found["pixels"].reshape(-1, height, width)
    return Images(pixels, found["names"], found["labels"], found["notes"], found["skipped"])
