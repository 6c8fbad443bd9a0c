from ._images import Images as Images, load as load
from ._nmf import NMF as NMF
from ._pca import PCA as PCA
from ._run import Run as Run, learn as learn

__version__: str
__all__ = ["NMF", "PCA", "Images", "Run", "learn", "load"]
