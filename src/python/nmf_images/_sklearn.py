"""What the estimators share with scikit-learn, and what stands for it if it is not installed."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["DTYPES", "ConvergenceWarning", "Decomposition", "check_is_fitted", "check_random_state"]

#: The types that are not converted.
DTYPES = [np.float64, np.float32, np.uint8]

try:
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data
except ImportError:

    class ConvergenceWarning(UserWarning):  # type: ignore[no-redef]
        """The iteration limit was reached."""

    class BaseEstimator:  # type: ignore[no-redef]
        """Parameters by their names."""

        def get_params(self, deep: bool = True) -> dict[str, Any]:
            """Return the parameters and their values."""
            return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

        def set_params(self, **params: Any) -> BaseEstimator:
            """Set parameters by their names."""
            for name, value in params.items():
                if name not in self.get_params():
                    raise ValueError(f"Invalid parameter {name!r} for estimator {self!r}")
                setattr(self, name, value)
            return self

        def __repr__(self) -> str:
            defaults = inspect.signature(type(self)).parameters
            changed = (f"{k}={v!r}" for k, v in self.get_params().items() if v is not defaults[k].default)
            return f"{type(self).__name__}({', '.join(changed)})"

    class TransformerMixin:  # type: ignore[no-redef]
        """Nothing to add."""

    class ClassNamePrefixFeaturesOutMixin:  # type: ignore[no-redef]
        """Names of the outputs."""

        def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
            """Return ``nmf0``, ``nmf1``, … as names of the components."""
            prefix = type(self).__name__.lower()
            return np.asarray([f"{prefix}{i}" for i in range(self._n_features_out)], dtype=object)  # type: ignore[attr-defined]

    def check_is_fitted(estimator: Any) -> None:
        """Raise an error unless the estimator is fitted."""
        if not hasattr(estimator, "components_"):
            raise ValueError(f"This {type(estimator).__name__} instance is not fitted yet")

    def check_random_state(seed: Any) -> np.random.RandomState:
        """Return a source of random numbers."""
        return seed if isinstance(seed, np.random.RandomState) else np.random.RandomState(seed)

    def validate_data(estimator: Any, X: Any, *, reset: bool = True, **_: Any) -> NDArray[Any]:
        """Return X as a table of finite numbers or NaN."""
        X = np.asarray(X)
        if X.dtype not in DTYPES:
            X = X.astype(np.float64)
        if X.ndim != 2 or 0 in X.shape:
            raise ValueError(f"Expected 2D array with at least one sample and feature, got shape {X.shape}")
        if X.dtype.kind == "f" and np.isinf(X).any():
            raise ValueError("Input X contains infinity")
        if reset:
            estimator.n_features_in_ = X.shape[1]
        elif X.shape[1] != estimator.n_features_in_:
            name = type(estimator).__name__
            raise ValueError(
                f"X has {X.shape[1]} features, but {name} is expecting {estimator.n_features_in_} features as input"
            )
        return X


class Decomposition(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """What NMF and PCA have in common: non-negative X, (n_samples, n_features), with NaN for unknown values."""

    components_: NDArray[np.float32]

    def _table(self, X: Any, reset: bool) -> NDArray[Any]:
        """Return X as the library reads it: of one of three types, aligned, without a copy where it is so already."""
        X = validate_data(self, X, reset=reset, dtype=DTYPES, ensure_all_finite="allow-nan")
        if X.dtype.kind == "f" and np.fmin.reduce(X, axis=None) < 0:
            raise ValueError(f"Negative values in data passed to {type(self).__name__}")
        return np.require(X, requirements="A")

    def _scores(self, X: Any) -> NDArray[np.float32]:
        """Return weights as a table of the right width, of single precision."""
        X = np.asarray(X, dtype=np.float32)
        if X.ndim != 2 or X.shape[1] != len(self.components_):
            raise ValueError(f"Expected weights of shape (n, {len(self.components_)}), got shape {X.shape}")
        return X

    @property
    def _n_features_out(self) -> int:
        return len(self.components_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.positive_only = True
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags
