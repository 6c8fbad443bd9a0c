"""Parts of images, by non-negative matrix factorisation (NMF), beside the eigenimages of PCA.

NMF, PCA : estimators by the conventions of scikit-learn
load     : reads images in every format of the command ``nmf-images``
learn    : a whole run of the command: parts, weights, figures, pictures, an interactive page

Names are imported when they are first used, so that the command does not wait for NumPy.
"""

from importlib import import_module

_HOMES = {
    "Images": "_images",
    "NMF": "_nmf",
    "PCA": "_pca",
    "Run": "_run",
    "__version__": "_native",
    "learn": "_run",
    "load": "_images",
}

__all__ = ["NMF", "PCA", "Images", "Run", "learn", "load"]


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    return value


def __dir__():
    return sorted({*globals(), *_HOMES})
