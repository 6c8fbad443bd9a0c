"""The estimators in scikit-learn."""

import pickle

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import check_estimator

import nmf_images
from nmf_images import NMF, PCA


@pytest.mark.parametrize("estimator", [NMF(), NMF(1, solver="mu"), PCA(), PCA(1)], ids=repr)
def test_the_checks_of_scikit_learn_pass(estimator):
    results = check_estimator(estimator, on_fail=None)
    failed = [(check["check_name"], repr(check["exception"])) for check in results if check["status"] == "failed"]
    assert len(results) > 30 and not failed


def digits(root, each):
    """Digits of 0 and 1 with their labels."""
    images = [nmf_images.load(root / f"assets/digits/{digit}", limit=each) for digit in (0, 1)]
    return np.concatenate([of.table for of in images]), np.repeat([0, 1], each)


def test_parts_are_features_in_a_pipeline_and_a_search(root):
    x, y = digits(root, 40)
    pipeline = make_pipeline(NMF(max_iter=40), MinMaxScaler(), LogisticRegression())
    search = GridSearchCV(pipeline, {"nmf__n_components": [4, 8], "nmf__overlap": [0.0, 0.02]}, cv=3, error_score="raise")
    search.fit(x, y)
    assert search.best_score_ > 0.9
    assert search.predict(x[:1]) == [0]


def test_a_search_runs_in_several_processes(root):
    x, y = digits(root, 20)
    pipeline = make_pipeline(NMF(4, max_iter=20), LogisticRegression())
    search = GridSearchCV(pipeline, {"nmf__random_state": [0, 1]}, cv=2, n_jobs=2, error_score="raise").fit(x / 255, y)
    assert search.best_score_ > 0.7


@pytest.mark.parametrize("estimator", [NMF(4), PCA(4)], ids=repr)
def test_names_come_from_data_frames_and_go_to_them(planted, estimator):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(planted, columns=[f"p{i}" for i in range(planted.shape[1])])
    found = clone(estimator).set_output(transform="pandas").fit(frame)
    prefix = type(estimator).__name__.lower()
    names = [f"{prefix}{i}" for i in range(4)]
    assert list(found.feature_names_in_) == list(frame.columns)
    assert list(found.get_feature_names_out()) == names
    assert list(found.transform(frame).columns) == names
    with pytest.raises(ValueError, match="feature names"):
        found.transform(frame.rename(columns={"p0": "q0"}))


def test_a_fitted_estimator_is_pickled(planted):
    nmf = NMF(4).fit(planted)
    assert np.array_equal(pickle.loads(pickle.dumps(nmf)).transform(planted), nmf.transform(planted))


def test_the_fit_is_at_least_as_good_as_that_of_scikit_learn(faces):
    x = faces.table / 255
    theirs = sklearn.decomposition.NMF(8, init="nndsvda", tol=1e-4, max_iter=500).fit(x)
    assert NMF(8, init="nndsvda").fit(x).reconstruction_err_ < 1.01 * theirs.reconstruction_err_


def as_theirs(n_components="auto", *, solver="cd", beta_loss=2, **settings):
    """NMF with the words of scikit-learn."""
    return NMF(n_components, solver="hals" if solver == "cd" else f"mu:{beta_loss}", **settings)


#: Tests of scikit-learn for its NMF, and arguments. Those that are not here are of other classes, functions or private names, or
#: differ as `assets/guide/python.md` states: types of results, sparse X, more parts than features; and where theirs stops after
#: the first iteration of an exact fit, ours has converged.
THEIRS = [
    ("test_nmf_fit_nn_output", {"solver": "cd"}, {"init": "nndsvd", "alpha_W": 0.0, "alpha_H": "same"}),
    ("test_nmf_fit_nn_output", {"solver": "cd"}, {"init": None, "alpha_W": 1.0, "alpha_H": 1.0}),
    ("test_nmf_fit_nn_output", {"solver": "mu"}, {"init": "nndsvdar", "alpha_W": 0.0, "alpha_H": 0.0}),
    ("test_nmf_fit_close", {"solver": "cd"}, {}),
    ("test_nmf_fit_close", {"solver": "mu"}, {}),
    ("test_nmf_transform_custom_init", {"solver": "cd"}, {}),
    ("test_nmf_transform_custom_init", {"solver": "mu"}, {}),
    ("test_nmf_regularization", {"solver": "cd"}, {}),
]
THEIRS_BY_SOLVER = ["test_nmf_transform", "test_nmf_inverse_transform"]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("name", "solver", "settings"), THEIRS)
def test_tests_of_scikit_learn_for_its_nmf_pass(name, solver, settings):
    theirs = pytest.importorskip("sklearn.decomposition.tests.test_nmf")
    getattr(theirs, name)(as_theirs, solver, **settings)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", ["cd", "mu"])
@pytest.mark.parametrize("name", THEIRS_BY_SOLVER)
def test_tests_of_scikit_learn_by_solver_pass(name, solver, monkeypatch):
    theirs = pytest.importorskip("sklearn.decomposition.tests.test_nmf")
    monkeypatch.setattr(theirs, "NMF", as_theirs)
    getattr(theirs, name)(solver)


def test_names_of_features_are_those_of_scikit_learn(monkeypatch):
    theirs = pytest.importorskip("sklearn.decomposition.tests.test_nmf")
    monkeypatch.setattr(theirs, "NMF", as_theirs)
    theirs.test_feature_names_out()
