"""The estimator PCA."""

import numpy as np
import pytest

from nmf_images import PCA


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_it_agrees_with_scikit_learn(faces, dtype):
    decomposition = pytest.importorskip("sklearn.decomposition")
    x = faces.table.astype(dtype)
    ours, theirs = PCA(5), decomposition.PCA(5, svd_solver="full")
    scores, their_scores = ours.fit_transform(x), theirs.fit_transform(x.astype(float))
    signs = np.sign((ours.components_ * theirs.components_).sum(axis=1))
    assert ours.components_ * signs[:, None] == pytest.approx(theirs.components_, abs=1e-3)
    assert scores * signs == pytest.approx(their_scores, abs=0.5)
    assert ours.mean_ == pytest.approx(theirs.mean_, abs=1e-3)
    assert ours.explained_variance_ratio_ == pytest.approx(theirs.explained_variance_ratio_, rel=1e-4)
    left = np.linalg.norm(x - theirs.inverse_transform(their_scores))
    assert ours.reconstruction_err_ == pytest.approx(left, rel=1e-4)


def test_new_images_are_transformed_and_back(faces):
    pca = PCA(20).fit(faces.table)
    scores = pca.transform(faces.table[:3])
    assert scores == pytest.approx((faces.table[:3] - pca.mean_) @ pca.components_.T, abs=0.5)
    assert pca.inverse_transform(scores).shape == (3, 64 * 48)
    assert pca.transform(faces.table[:3].astype(np.float64)) == pytest.approx(scores, abs=0.5)


def test_unknown_values_are_ignored(planted):
    hidden = planted.copy()
    hidden[np.random.default_rng(2).random(hidden.shape) < 0.05] = np.nan
    pca = PCA(4).fit(hidden)
    filled = pca.inverse_transform(pca.transform(hidden))
    assert np.linalg.norm(filled - planted) < 0.05 * np.linalg.norm(planted)
