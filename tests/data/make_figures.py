"""Writes figures.json: what scikit-learn and NumPy make of a small matrix. Needs numpy, scipy and scikit-learn (1.9.1 was used).

    python tests/data/make_figures.py > tests/data/figures.json
"""
import json
import warnings

import numpy as np
import sklearn.decomposition._nmf
from scipy.optimize import linear_sum_assignment, nnls
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF, PCA
from sklearn.metrics import normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)
images, pixels, rank = 24, 15, 4
# A non-negative matrix near rank 4 with exact zeros, rounded so that its text is exact.
x = np.round(rng.gamma(0.5, 1.0, (images, rank)) @ rng.gamma(0.4, 1.0, (rank, pixels)) + 0.05 * rng.random((images, pixels)), 4)
x[x < 0.03] = 0
w0, h0 = np.round(rng.random((images, rank)), 4), np.round(rng.random((rank, pixels)), 4)


def objective(iterations):
    model = NMF(rank, init="custom", solver="cd", max_iter=iterations, tol=0)
    w = model.fit_transform(x, W=w0.copy(), H=h0.copy())
    return float(0.5 * np.linalg.norm(x - w @ model.components_) ** 2)


def penalised(alpha_w, alpha_h, l1_ratio):
    def objective(iterations):
        model = NMF(rank, init="custom", solver="cd", max_iter=iterations, tol=0, alpha_W=alpha_w, alpha_H=alpha_h, l1_ratio=l1_ratio)
        w = model.fit_transform(x, W=w0.copy(), H=h0.copy())
        h = model.components_
        costs = [
            alpha * count * (l1_ratio * factor.sum() + 0.5 * (1 - l1_ratio) * (factor**2).sum())
            for alpha, count, factor in ((alpha_w, pixels, w), (alpha_h, images, h))
        ]
        return float(0.5 * np.linalg.norm(x - w @ h) ** 2 + sum(costs))

    settings = {"alpha_w": alpha_w, "alpha_h": alpha_h, "l1_ratio": l1_ratio}
    return settings | {"objective": {str(n): objective(n) for n in (1, 2, 5, 20)}}
# What is added to x where β ≤ 0, which allows no 0.
lift = 0.1


def mu_objective(beta, iterations):
    data = x + lift if beta <= 0 else x
    model = NMF(rank, init="custom", solver="mu", beta_loss=beta, max_iter=iterations, tol=0)
    w = model.fit_transform(data, W=w0.copy(), H=h0.copy())
    return float(sklearn.decomposition._nmf._beta_divergence(data, w, model.components_, beta))


def exact_svd(matrix, rank, random_state=None):
    u, s, vt = np.linalg.svd(matrix, full_matrices=False)
    return u[:, :rank], s[:rank], vt[:rank]


# The exact decomposition in place of the randomised one, so that the figures do not hang on its seed.
sklearn.decomposition._nmf._randomized_svd = exact_svd


def start(init):
    w, h = sklearn.decomposition._nmf._initialize_nmf(x, rank, init=init)
    return {"w": w.ravel().tolist(), "h": h.ravel().tolist()}


def kmeans(centres, tol):
    """Lloyd's algorithm from given images as centres."""
    model = KMeans(len(centres), init=x[centres], n_init=1, tol=tol, algorithm="lloyd").fit(x)
    return {
        "centres": centres,
        "tolerance": tol,
        "inertia": float(model.inertia_),
        "iterations": int(model.n_iter_),
        "labels": model.labels_.tolist(),
        "prototypes": model.cluster_centers_.ravel().tolist(),
    }


def held_out(training):
    """The errors of the images after the first ones: with the parts h0, with the PCA and with the mean of the first."""
    known, new = x[:training], x[training:]
    pca = PCA(rank, svd_solver="full").fit(known)
    found = {
        "nmf": np.array([nnls(h0.T, image)[0] for image in new]) @ h0,
        "pca": pca.inverse_transform(pca.transform(new)),
        "mean_image": np.tile(known.mean(axis=0), (len(new), 1)),
    }
    errors = {name: float(np.linalg.norm(new - y) / np.linalg.norm(new)) for name, y in found.items()}
    return {"training": training} | errors


def clustering(clusters, labels):
    """How well clusters agree with labels."""
    counts = contingency_matrix(labels, clusters)
    matched = counts[linear_sum_assignment(counts, maximize=True)].sum()
    return {
        "clusters": clusters,
        "labels": labels,
        "accuracy": float(matched / len(labels)),
        "nmi": float(normalized_mutual_info_score(labels, clusters)),
    }


def drawn_clustering(seed, clusters, labels, count=60):
    """Clusters that follow labels loosely, from a stream of their own."""
    own = np.random.default_rng(seed)
    of_images = own.integers(0, labels, count)
    noise = own.integers(0, clusters, count)
    found = np.where(own.random(count) < 0.6, of_images % clusters, noise)
    return clustering(found.tolist(), of_images.tolist())


pca = PCA(rank, svd_solver="full").fit(x)
rebuilt = pca.inverse_transform(pca.transform(x))
print(
    json.dumps(
        {
            "images": images,
            "pixels": pixels,
            "rank": rank,
            "x": x.ravel().tolist(),
            "w0": w0.ravel().tolist(),
            "h0": h0.ravel().tolist(),
            "hals_objective": {str(n): objective(n) for n in (1, 2, 5, 20)},
            "penalised_objective": [penalised(0.01, 0.02, 0.0), penalised(0.02, 0.01, 1.0), penalised(0.01, 0.01, 0.5)],
            "lift": lift,
            "mu_objective": {
                name: {str(n): mu_objective(beta, n) for n in (1, 2, 5, 20)}
                for name, beta in (("mu", 2), ("mu:kl", 1), ("mu:is", 0), ("mu:1.5", 1.5), ("mu:3", 3), ("mu:-1", -1))
            },
            "nndsvd": start("nndsvd"),
            "nndsvda": start("nndsvda"),
            "held_out": held_out(18),
            "pca": {
                "components": pca.components_.ravel().tolist(),
                "explained_variance_ratio": pca.explained_variance_ratio_.tolist(),
                "relative_error": float(np.linalg.norm(x - rebuilt) / np.linalg.norm(x)),
            },
            "kmeans": [kmeans([0, 1, 2, 3], 0.0), kmeans([5, 9, 12, 18, 20, 23], 0.0), kmeans([1, 4, 7], 0.3)],
            "clustering": [drawn_clustering(0, 5, 5), drawn_clustering(1, 9, 4), drawn_clustering(2, 3, 7), clustering([0] * 6, [0, 1, 2] * 2)],
        }
    )
)
