"""Principal component analysis as an estimator."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray

from . import _native
from ._sklearn import Decomposition, check_is_fitted


class PCA(Decomposition):
    """Principal component analysis of images: a mean image, and eigenimages of any sign.

    X has one image per row, (n_samples, n_features): non-negative values, of which NaN are unknown and ignored. The
    computation has single precision; results are float32.

    Parameters
    ----------
    n_components : int, default=None
        Number of eigenimages; by default ``min(n_samples, n_features)``.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_features), float32
        Eigenimages: orthonormal, sorted by variance. The pixel of largest magnitude is positive.
    mean_ : ndarray of shape (n_features,), float32
        The mean image, in the units of X.
    explained_variance_ratio_ : ndarray of shape (n_components,)
        The fraction of the variance that each eigenimage explains.
    reconstruction_err_ : float
        Frobenius norm of X minus its reconstruction, over known values.
    n_components_, n_features_in_ : int
        Numbers of eigenimages and of pixels.
    feature_names_in_ : ndarray of str
        The names of the columns of X, if it is a data frame.

    Examples
    --------
    >>> import numpy as np
    >>> from nmf_images import PCA
    >>> X = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    >>> pca = PCA(n_components=1).fit(X)
    >>> bool(pca.reconstruction_err_ < 1e-4)
    True
    """

    mean_: NDArray[np.float32]
    explained_variance_ratio_: NDArray[np.float64]
    reconstruction_err_: float
    n_components_: int
    n_features_in_: int

    def __init__(self, n_components: Optional[int] = None) -> None:
        self.n_components = n_components

    def fit(self, X: Any, y: Any = None) -> PCA:
        """Find the eigenimages of X, (n_samples, n_features)."""
        self._fit(X)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> NDArray[np.float32]:
        """Find the eigenimages of X, and return the scores of its images, (n_samples, n_components)."""
        return self._fit(X)

    def transform(self, X: Any) -> NDArray[np.float32]:
        """Return the scores of images, (n_samples, n_components): least squares over their known pixels."""
        check_is_fitted(self)
        X = self._table(X, reset=False)
        return _native.project(X, self.components_, self.mean_)

    def inverse_transform(self, X: Any) -> NDArray[np.float32]:
        """Return the images, (n_samples, n_features), of scores, (n_samples, n_components)."""
        check_is_fitted(self)
        return self._scores(X) @ self.components_ + self.mean_

    def _fit(self, X: Any) -> NDArray[np.float32]:
        X = self._table(X, reset=True)
        rank = min(X.shape) if self.n_components is None else self.n_components
        found = _native.fit_pca(X, rank)
        self.components_ = found["components"]
        self.mean_ = found["mean"]
        self.explained_variance_ratio_ = found["explained_variance_ratio"]
        self.reconstruction_err_ = found["error"]
        self.n_components_ = len(self.components_)
        scores: NDArray[np.float32] = found["scores"]
        return scores
