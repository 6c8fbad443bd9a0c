"""A whole run of the command, and its results."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from typing import Any, Optional, Union

import numpy as np
from numpy.typing import NDArray

from ._images import Images
from ._options import words

#: The exit code of a run that Ctrl-C ended.
INTERRUPTED = 130


class Run:
    """The results of a run, in its output folder.

    Attributes
    ----------
    folder : Path
        The output folder. If :func:`learn` was not given one, it is deleted with this object.
    report : dict
        Every number of the run, as in ``report.json``; ``report["warnings"]`` and ``report["input"]["notes"]`` are lines
        of text.
    """

    folder: Path
    report: dict[str, Any]
    _model: dict[str, NDArray[Any]]

    def __init__(self, folder: Union[str, os.PathLike[str]]) -> None:
        self.folder = Path(folder)
        self.report = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        with np.load(self.folder / "model.npz") as model:
            self._model = {name: model[name] for name in model.files}

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) of an image, in pixels."""
        height, width = self._model["shape"]
        return int(height), int(width)

    @property
    def parts(self) -> NDArray[np.float32]:
        """The parts of NMF, (k, height, width): each with a maximum of 1, sorted by share, largest first."""
        return self._model["H"].reshape(-1, *self.shape)

    @property
    def weights(self) -> NDArray[np.float32]:
        """The weight of each part in each image, (n, k), for pixels from 0 to 1."""
        return self._model["W"]

    @property
    def eigenimages(self) -> NDArray[np.float32]:
        """The eigenimages of PCA, (k, height, width): orthonormal, sorted by variance, largest first."""
        return self._model["pca_components"].reshape(-1, *self.shape)

    @property
    def scores(self) -> NDArray[np.float32]:
        """The signed weight of each eigenimage in each image minus the mean image, (n, k)."""
        return self._model["pca_scores"]

    @property
    def mean(self) -> NDArray[np.float32]:
        """The mean image, (height, width)."""
        return self._model["pca_mean"].reshape(self.shape)

    @property
    def names(self) -> list[str]:
        """The names of the n images."""
        return bytes(self._model["names"]).decode().split("\n")

    @property
    def pictures(self) -> list[str]:
        """The names of the pictures of the run, for :meth:`picture`."""
        kinds = (".png", ".svg", ".gif")
        return sorted(file.name for file in self.folder.iterdir() if file.suffix in kinds)

    def picture(self, name: str = "comparison") -> bytes:
        """Return a picture as the bytes of its file; ``"map"`` is short for ``"map.png"``."""
        file = name if "." in name else f"{name}.png"
        if file not in self.pictures:
            raise ValueError(f"the run has no picture {name!r}; it has: {', '.join(self.pictures)}")
        return (self.folder / file).read_bytes()

    def page(self) -> str:
        """Return the interactive page as HTML, as in ``report.html``."""
        return (self.folder / "report.html").read_text(encoding="utf-8")

    def _repr_png_(self) -> Optional[bytes]:
        return self.picture() if "comparison.png" in self.pictures else None

    def __repr__(self) -> str:
        count, rank = self.weights.shape
        return f"<run: {rank} parts of {count} images, in {self.folder}>"


def learn(
    source: Union[str, os.PathLike[str], NDArray[Any], Images],
    k: Union[int, str] = 16,
    *,
    out: Union[str, os.PathLike[str], None] = None,
    progress: bool = True,
    **options: Any,
) -> Run:
    """Learn parts and eigenimages, and draw them: a run of the command ``nmf-images``.

    Ctrl-C ends the fit, and the run goes on with what was learned; pressed again, it ends the run.

    Parameters
    ----------
    source : path, ndarray of shape (n, height, width) or (n, pixels), or Images
        The images. Values of uint8 mean ``v / 255``; NaN marks unknown pixels.
    k : int or "auto"
        Number of parts.
    out : path, optional
        The output folder. By default, a temporary one that is deleted with the result.
    progress : bool
        Show progress, notes and warnings: on a terminal with a bar, elsewhere as lines on ``sys.stderr``.
    **options
        Options of the command: ``overlap=0.02``, ``seed=3``, ``size="48x64"``, ``invert=True``, ``only=["parts", "map"]``.

    Returns
    -------
    Run

    Raises
    ------
    RuntimeError
        If the run failed, with the message of the command.
    ValueError
        If several ranks were passed.
    """
    if k != "auto" and not str(k).lstrip("-").isdecimal():
        raise ValueError(f"k is one number or 'auto', not {k!r}: call learn once per rank")
    folder = Path(tempfile.mkdtemp(prefix="nmf-images-") if out is None else out)
    try:
        with tempfile.TemporaryDirectory(prefix="nmf-images-") as inputs:
            path, more = _as_file(source, Path(inputs), options)
            command = [f"--rank={k}", f"--out={folder}", *words({**more, **options}), "--", os.fspath(path)]
            code = _run_command(command, progress)
        if code == INTERRUPTED and not (folder / "report.json").exists():
            raise KeyboardInterrupt("the run was interrupted before it had a result")
        run = Run(folder)
    except BaseException:
        if out is None:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    if out is None:
        weakref.finalize(run, shutil.rmtree, folder, ignore_errors=True)
    return run


def _as_file(source: Any, folder: Path, options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the file of a source, and the options that describe it."""
    more: dict[str, Any] = {}
    if isinstance(source, Images):
        if source.labels is not None and "labels" not in options:
            more["labels"] = folder / "labels.txt"
            more["labels"].write_text("\n".join(source.labels), encoding="utf-8")
        names = "\n".join(source.names)
        (folder / "images.names").write_text(names, encoding="utf-8")
        source = source.pixels
    elif isinstance(source, (str, os.PathLike)):
        return source, more
    array = np.asarray(source)
    if array.dtype.kind == "f" and "missing" not in options and np.isnan(array).any():
        more["missing"] = "nan"
    path = folder / "images.npy"
    np.save(path, array)
    return path, more


def _run_command(command: list[str], progress: bool) -> int:
    """Run the command in a process of its own, and return its exit code; its errors are exceptions."""
    progress = progress and sys.stderr is not None
    shows_bar = progress and sys.stderr.isatty()
    process = subprocess.Popen(
        [sys.executable, "-m", "nmf_images", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=None if shows_bar else subprocess.PIPE,
        # Ctrl-C is passed on below, also from a notebook: once, whichever way it comes.
        start_new_session=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    interrupted = False
    lines: list[str] = []
    while True:
        try:
            for line in process.stderr or ():
                lines.append(line)
                if progress and not line.startswith("error: "):
                    sys.stderr.write(line)
            code = process.wait()
            break
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            if interrupted:
                process.wait()
                raise
            interrupted = True
    if code not in (0, INTERRUPTED):
        errors = "".join(line for line in lines if not line.startswith(("note: ", "progress: ")))
        message = errors.strip() or f"the run failed with exit code {code}"
        raise RuntimeError(message[len("error: ") :] if message.startswith("error: ") else message)
    return code
