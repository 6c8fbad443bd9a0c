"""Non-negative matrix factorisation as an estimator."""

from __future__ import annotations

import sys
import warnings
from contextlib import contextmanager
from typing import Any, Callable, Iterator, Optional, Union

import numpy as np
from numpy.typing import NDArray

from . import _native
from ._sklearn import ConvergenceWarning, Decomposition, check_is_fitted, check_random_state


class NMF(Decomposition):
    """Non-negative matrix factorisation: X is approximated by W @ H, all of whose values are non-negative.

    X has one image per row, (n_samples, n_features): non-negative values, of which NaN are unknown and ignored. Arrays of
    uint8 are read without a copy if they are C-ordered, and so are those of float32; others are converted. The computation
    has single precision; results are float32, in the units of X. The same seed gives the same result for any number of
    threads, and that of the command ``nmf-images``.

    Parameters
    ----------
    n_components : int or "auto", default="auto"
        Number of parts, at most ``min(n_samples, n_features)``; "auto" is the number in W and H, or the largest possible.
    init : {"images", "nndsvd", "nndsvda", "nndsvdar", "random", "uniform", "custom"}, default="images"
        How W and H start: images of X drawn at random, singular vectors as in scikit-learn, noise, one value
        everywhere, or given W and H. ``None`` is "images".
    solver : str, default="hals"
        The learning rule: "hals", "mu", "mu:kl", "mu:is", "mu:BETA" such as "mu:1.5", "bpp", "hoyer:H=0.7",
        "nonsmooth:0.5", "local", "l21", "huber:DELTA" such as "huber:0.1", or "l1".
    tol : float, default=1e-4
        Stop when the relative change of the error over 10 iterations falls below this value.
    max_iter : int, default=500
        Number of iterations at most.
    random_state : int, RandomState or None, default=0
        The seed, as ``--seed`` of the command. Other than an int, a seed is drawn.
    alpha_W, alpha_H : float, default=0.0 and "same"
        Strength of the penalties on W and H, multiplied by n_features and n_samples as in scikit-learn; "same" is alpha_W.
        For the solver "hals".
    l1_ratio : float, default=0.0
        The fraction of the penalties that is the sum of the values; the rest is half the sum of their squares.
    overlap : float or str, default=0.0
        Penalty on the overlap of parts, as ``--overlap`` of the command; its effect does not depend on the scale
        of X. "0.07:0" falls from one strength to the other. For the solver "hals".
    restarts : int, default=1
        Number of starts, from this seed and those that follow it; the best is kept.
    verbose : int, default=0
        Show progress: a bar if tqdm is installed, and otherwise a line on ``sys.stderr``.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_features), float32
        H: the parts, each with a maximum of 1, sorted by their share of the intensity, largest first.
    reconstruction_err_ : float
        Frobenius norm of X - W @ H over known values, for every solver.
    n_iter_ : int
        Number of iterations.
    trace_ : dict of ndarrays of shape (n_iter_,)
        "iteration", "seconds" since the fit began, and "relative_error", the norm of X - W @ H divided by that of X.
    n_components_, n_features_in_ : int
        Numbers of parts and of pixels.
    feature_names_in_ : ndarray of str
        The names of the columns of X, if it is a data frame.

    Examples
    --------
    >>> import numpy as np
    >>> from nmf_images import NMF
    >>> X = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0], [1.0, 3.0, 3.0], [2.0, 3.0, 5.0]])
    >>> nmf = NMF(n_components=2)
    >>> W = nmf.fit_transform(X)
    >>> bool(np.abs(X - W @ nmf.components_).max() < 1e-3)
    True
    """

    reconstruction_err_: float
    n_iter_: int
    trace_: dict[str, NDArray[Any]]
    n_components_: int
    n_features_in_: int

    def __init__(
        self,
        n_components: Union[int, str] = "auto",
        *,
        init: Optional[str] = "images",
        solver: str = "hals",
        tol: float = 1e-4,
        max_iter: int = 500,
        random_state: Any = 0,
        alpha_W: float = 0.0,
        alpha_H: Union[float, str] = "same",
        l1_ratio: float = 0.0,
        overlap: Union[float, str] = 0.0,
        restarts: int = 1,
        verbose: int = 0,
    ) -> None:
        self.n_components = n_components
        self.init = init
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter
        self.random_state = random_state
        self.alpha_W = alpha_W
        self.alpha_H = alpha_H
        self.l1_ratio = l1_ratio
        self.overlap = overlap
        self.restarts = restarts
        self.verbose = verbose

    def fit(self, X: Any, y: Any = None, W: Any = None, H: Any = None) -> NMF:
        """Learn the parts of X, (n_samples, n_features), as ``fit_transform``."""
        self._fit(X, W, H)
        return self

    def fit_transform(self, X: Any, y: Any = None, W: Any = None, H: Any = None) -> NDArray[np.float32]:
        """Learn the parts of X, and return the weights of its images as the fit left them.

        Ctrl-C ends the fit with a warning, and what was learned is kept.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            The images.
        y : ignored
        W, H : arrays of shape (n_samples, n_components) and (n_components, n_features)
            The start, with ``init="custom"``.

        Returns
        -------
        ndarray of shape (n_samples, n_components), float32
        """
        return self._fit(X, W, H)

    def transform(self, X: Any) -> NDArray[np.float32]:
        """Return the weights of images, (n_samples, n_components): exact non-negative least squares, without penalties."""
        check_is_fitted(self)
        X = self._table(X, reset=False)
        return _native.project(X, np.asarray(self.components_, dtype=np.float32), None)

    def inverse_transform(self, X: Any) -> NDArray[np.float32]:
        """Return the images, (n_samples, n_features), of weights, (n_samples, n_components)."""
        check_is_fitted(self)
        return self._scores(X) @ self.components_

    def _fit(self, X: Any, W: Any, H: Any) -> NDArray[np.float32]:
        X = self._table(X, reset=True)
        settings = self._settings(X, self._start(W, H))
        with _progress(self.verbose, self.max_iter) as show:
            found = _native.fit_nmf(X, settings, show)
        self.components_ = found["components"]
        self.reconstruction_err_ = found["error"]
        self.n_iter_ = found["n_iter"]
        self.trace_ = found["trace"]
        self.n_components_ = len(self.components_)
        if found["interrupted"]:
            warnings.warn(f"The fit was interrupted after {self.n_iter_} iterations.", RuntimeWarning, stacklevel=3)
        elif found["ran_out"] and self.tol > 0:
            message = f"Maximum number of iterations {self.max_iter} reached. Increase it to improve convergence."
            warnings.warn(message, ConvergenceWarning, stacklevel=3)
        weights: NDArray[np.float32] = found["weights"]
        return weights

    def _start(self, W: Any, H: Any) -> Optional[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Return W and H to start from, if they are asked for."""
        if self.init != "custom":
            if W is not None or H is not None:
                raise ValueError(f"W and H require init='custom', not {self.init!r}")
            return None
        if W is None or H is None:
            raise ValueError("init='custom' requires W and H")
        W, H = (np.ascontiguousarray(factor, dtype=np.float32) for factor in (W, H))
        return W, H

    def _settings(self, X: NDArray[Any], start: Any) -> dict[str, Any]:
        """Return the settings for the library."""
        rank = self.n_components
        if rank == "auto":
            rank = start[1].shape[0] if start else min(X.shape)
        seed = self.random_state
        if not isinstance(seed, (int, np.integer)):
            seed = check_random_state(seed).randint(np.iinfo(np.int32).max)
        if seed < 0:
            raise ValueError(f"random_state is {seed}; a seed is not negative")
        return {
            "rank": rank,
            "solver": self.solver,
            "init": "images" if self.init is None or start else self.init,
            "start": start,
            "tol": float(self.tol),
            "max_iter": self.max_iter,
            "seed": int(seed),
            "restarts": self.restarts,
            "alpha_w": float(self.alpha_W),
            "alpha_h": float(self.alpha_W if self.alpha_H == "same" else self.alpha_H),
            "l1_ratio": float(self.l1_ratio),
            "overlap": str(self.overlap),
        }


@contextmanager
def _progress(verbose: int, most: int) -> Iterator[Optional[Callable[[int, float], None]]]:
    """Yield what shows an iteration and its relative error."""
    if not verbose:
        yield None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield lambda iteration, error: print(f"iteration {iteration}: relative error {error:.4f}", file=sys.stderr)
        return
    with tqdm(total=most, unit="iteration") as bar:

        def show(iteration: int, error: float) -> None:
            bar.set_postfix_str(f"relative error {error:.4f}", refresh=False)
            bar.update(iteration - bar.n)

        yield show
