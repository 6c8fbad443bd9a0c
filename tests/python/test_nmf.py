"""The estimator NMF."""

import json
import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from nmf_images import NMF


def norm(x):
    return np.sqrt(np.square(x, dtype=np.float64).sum())


@pytest.mark.parametrize("solver", ["hals", "mu", "mu:kl", "bpp", "nonsmooth:0.3", "hoyer:H=0.5"])
def test_error_is_the_frobenius_norm_of_what_w_h_leaves(planted, solver):
    nmf = NMF(4, solver=solver, max_iter=60)
    weights = nmf.fit_transform(planted)
    left = norm(planted - weights.astype(float) @ nmf.components_)
    assert nmf.reconstruction_err_ == pytest.approx(left, rel=1e-3, abs=1e-4)
    assert weights.min() >= 0 and nmf.components_.min() >= 0
    assert nmf.components_.max(axis=1) == pytest.approx(np.ones(4))
    assert weights.dtype == nmf.components_.dtype == np.float32


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_every_type_and_order_is_in_the_units_of_x(faces, dtype, order):
    x = np.asarray(faces.table, dtype=dtype, order=order)
    nmf = NMF(6, random_state=1)
    weights = nmf.fit_transform(x)
    left = norm(faces.table - nmf.inverse_transform(weights).astype(float))
    assert nmf.reconstruction_err_ == pytest.approx(left, rel=1e-4)
    assert left < 0.3 * norm(faces.table.astype(float))
    assert nmf.transform(x) == pytest.approx(nmf.transform(faces.table), rel=1e-3, abs=0.05)


def test_order_does_not_change_a_bit(faces):
    by_rows = NMF(5).fit(faces.table).components_
    assert np.array_equal(by_rows, NMF(5).fit(np.asfortranarray(faces.table)).components_)
    assert np.array_equal(by_rows, NMF(5).fit(faces.table[::-1][::-1]).components_)


def test_bits_are_those_of_the_command(faces, root, tmp_path):
    command = [sys.executable, "-m", "nmf_images", str(root / "assets/faces"), "--limit", "60", "-k", "7", "--seed", "5"]
    subprocess.run([*command, "--out", str(tmp_path), "--only", "map", "-q"], check=True)
    model = np.load(tmp_path / "model.npz")
    report = json.loads((tmp_path / "report.json").read_text())
    nmf = NMF(7, random_state=5)
    weights = nmf.fit_transform(faces.table)
    assert np.array_equal(nmf.components_, model["H"])
    assert np.array_equal(weights, model["W"] * np.float32(255))
    assert nmf.n_iter_ == report["nmf"]["iterations"]


def test_unknown_values_are_ignored(planted):
    hidden = planted.copy()
    hidden[np.random.default_rng(1).random(hidden.shape) < 0.1] = np.nan
    nmf = NMF(4, max_iter=3000, tol=1e-7).fit(hidden)
    filled = nmf.inverse_transform(nmf.transform(hidden))
    assert norm(filled - planted) < 0.05 * norm(planted)
    known = ~np.isnan(hidden)
    assert nmf.reconstruction_err_ == pytest.approx(norm((planted - filled)[known]), rel=0.1)


def test_weights_of_new_images_are_exact(planted):
    nmf = NMF(4, tol=1e-6, max_iter=2000).fit(planted[:30])
    gradient = (nmf.inverse_transform(nmf.transform(planted)) - planted) @ nmf.components_.T
    assert gradient.min() > -1e-3
    assert np.array_equal(nmf.transform(planted[5:6])[0], nmf.transform(planted)[5])


def test_a_custom_start_is_continued(planted):
    first = NMF(4, max_iter=5)
    weights = first.fit_transform(planted)
    more = NMF(init="custom", max_iter=5)
    more.fit_transform(planted, W=weights, H=first.components_)
    assert more.n_components_ == 4
    assert more.reconstruction_err_ < first.reconstruction_err_
    with pytest.raises(ValueError, match="custom"):
        NMF(4).fit_transform(planted, W=weights, H=first.components_)
    with pytest.raises(ValueError, match="requires W and H"):
        NMF(4, init="custom").fit(planted)


def test_a_custom_start_counts_at_every_pixel(planted):
    """Multiplicative updates in NumPy, with pixels that are equal in every image and pixels that are 0 in all."""
    x = np.hstack([planted, planted, np.zeros((len(planted), 3))])
    rng = np.random.default_rng(1)
    w, h = rng.random((len(x), 4)) + 0.1, rng.random((4, x.shape[1])) + 0.1
    nmf = NMF(init="custom", solver="mu", max_iter=10, tol=0).fit(x, W=w, H=h)
    errors = []
    for _ in range(10):
        w = w * (x @ h.T) / (w @ (h @ h.T))
        errors.append(np.linalg.norm(x - w @ h) / np.linalg.norm(x))
        h = h * (w.T @ x) / np.maximum(w.T @ w @ h, 1e-12)
    assert np.allclose(nmf.trace_["relative_error"], errors, atol=1e-5)


def test_penalties_are_those_of_scikit_learn(planted):
    """From one start, the penalised objective of scikit-learn ends alike, for the best scales of W against H."""
    decomposition = pytest.importorskip("sklearn.decomposition")
    settings = {"alpha_W": 5.0, "alpha_H": 5.0, "l1_ratio": 0.5, "tol": 1e-6, "max_iter": 2000}
    x = np.round(planted / planted.max() * 255)
    scales = np.geomspace(1e-3, 1e3, 2001)

    def penalty(column, scale):
        return 0.5 * (scale * column.sum() + 0.5 * scale**2 * np.square(column).sum())

    def objective(weights, parts):
        weights, parts = weights.astype(float), parts.astype(float)
        total = 0.5 * norm(x - weights @ parts) ** 2
        for column, row in zip(weights.T, parts):
            of_scale = x.shape[1] * penalty(column, scales) + x.shape[0] * penalty(row, 1 / scales)
            total += 5.0 * of_scale.min()
        return total

    start = decomposition.NMF(4, init="nndsvdar", random_state=0)
    start = {"W": start.fit_transform(x), "H": start.components_}
    theirs = decomposition.NMF(4, init="custom", **settings)
    their_objective = objective(theirs.fit_transform(x, W=start["W"].copy(), H=start["H"].copy()), theirs.components_)
    assert their_objective < 0.95 * objective(start["W"], start["H"])
    for dtype in (np.uint8, np.float64):
        ours = NMF(4, init="custom", **settings)
        found = objective(ours.fit_transform(x.astype(dtype), **start), ours.components_)
        assert found == pytest.approx(their_objective, rel=1e-3), dtype


def test_overlap_separates_parts(faces):
    def overlap(nmf):
        parts = nmf.components_ / np.linalg.norm(nmf.components_, axis=1, keepdims=True)
        return (parts @ parts.T)[np.triu_indices(8, 1)].mean()

    plain = NMF(8).fit(faces.table)
    assert overlap(NMF(8, overlap=0.05).fit(faces.table)) < overlap(plain) / 2
    assert NMF(8, overlap="0.07:0").fit(faces.table).n_iter_ > 0


def test_the_best_of_several_starts_is_kept(planted):
    alone = [NMF(4, solver="mu", max_iter=20, random_state=seed).fit(planted) for seed in range(4)]
    best = NMF(4, solver="mu", max_iter=20, restarts=4).fit(planted)
    assert best.reconstruction_err_ == min(nmf.reconstruction_err_ for nmf in alone)


def test_the_trace_has_every_iteration(planted):
    nmf = NMF(4, max_iter=7, tol=0).fit(planted)
    assert list(nmf.trace_["iteration"]) == list(range(1, 8)) and nmf.n_iter_ == 7
    assert nmf.trace_["relative_error"][-1] < nmf.trace_["relative_error"][0]
    assert (np.diff(nmf.trace_["seconds"]) >= 0).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_components": 50}, "rank 50 is too large"),
        ({"solver": "cd"}, "unknown solver `cd`"),
        ({"init": "best"}, "unknown start `best`"),
        ({"solver": "mu", "overlap": 0.1}, "mu"),
        ({"alpha_W": -1.0}, "alpha_w"),
        ({"random_state": -1}, "random_state is -1"),
        ({"init": "nndsvd", "restarts": 2}, "nndsvd"),
    ],
)
def test_errors_state_what_is_wrong(planted, settings, message):
    with pytest.raises(ValueError, match=message):
        NMF(**{"n_components": 3, **settings}).fit(planted)


def test_negative_and_infinite_values_are_errors(planted):
    for value, message in ((-1.0, "Negative values"), (np.inf, "infinity")):
        wrong = planted.copy()
        wrong[3, 4] = value
        with pytest.raises(ValueError, match=message):
            NMF(3).fit(wrong)


def test_other_threads_run_during_a_fit(faces):
    x = np.tile(faces.table, (20, 1))
    ticks, done = [], threading.Event()

    def tick():
        while not done.wait(0.002):
            ticks.append(1)

    thread = threading.Thread(target=tick)
    thread.start()
    NMF(30, max_iter=60, tol=0).fit(x)
    done.set()
    thread.join()
    # With the interpreter held, there would be one at most.
    assert len(ticks) > 10


INTERRUPTED = """
import warnings, sys
import numpy as np
from nmf_images import NMF
x = np.random.default_rng(0).random((400, 300)).astype(np.float32)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    nmf = NMF(20, max_iter=10**7, tol=0, verbose=1).fit(x)
print(len(caught), nmf.n_iter_ < 10**7, nmf.reconstruction_err_ > 0, nmf.transform(x).shape)
"""


def test_ctrl_c_ends_the_fit_with_what_was_learned():
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    shown = ""
    while "relative error" not in shown:
        shown += child.stderr.read(1)
    os.kill(child.pid, signal.SIGINT)
    out, _ = child.communicate(timeout=60)
    assert (child.returncode, out) == (0, "1 True True (400, 20)\n")


PEAK = """
import resource, sys
import numpy as np
from nmf_images import NMF
import sklearn
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
x = np.random.default_rng(0).integers(0, 256, (60_000, 784), dtype=np.uint8)
NMF(2, max_iter=1).fit(x[:500])
before = peak()
NMF(4, max_iter=2).fit(x)
print(before, peak(), x.nbytes)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has other units")
def test_bytes_are_not_copied():
    """The fit holds the pixels twice, packed by images and by pixels; a copy of X would be a third time."""
    pytest.importorskip("sklearn")
    out = subprocess.run([sys.executable, "-c", PEAK], stdout=subprocess.PIPE, check=True, text=True).stdout
    before, after, size = map(int, out.split())
    assert after - before < 2.6 * size, (before, after, size)


def test_a_fork_after_a_fit_can_fit(planted):
    if not hasattr(os, "fork"):
        pytest.skip("no fork")
    code = (
        "import os, numpy as np\nfrom nmf_images import NMF\nx = np.random.default_rng(0).random((50, 20))\n"
        "NMF(3).fit(x)\npid = os.fork()\nif pid == 0:\n    NMF(3).fit(x)\n    os._exit(7)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    out = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True, timeout=60)
    assert out.stdout == "7\n"
