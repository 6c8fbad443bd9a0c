"""Time to the same error beside scikit-learn, in one run; ratios are what counts, not seconds.

    python3 -m venv target/peers && target/peers/bin/pip install numpy scikit-learn pillow threadpoolctl
    cargo build --release
    target/peers/bin/python tests/benches/against_peers.py [FILE.npy:RANK ...]

For each set scikit-learn's NMF runs with its own defaults (coordinate descent, NNDSVDa, 200 iterations, float32; the
better of one thread and all); then nmf-images is asked for the error that this ended at, and timed by its own report
(initialisation and iterations). The sets are assets/faces, assets/digits and the arrays named on the command line,
(images, height, width) of bytes. Also printed: the PCA of the same rank, the speed of a square float32 product
(OpenBLAS, all threads), for comparison with `cargo bench --features bench`, the vector quantisation beside KMeans, each
from its own k-means++ starts (from the same centres: `cargo bench --bench speed vq`), and the whole command against a script
that does the same fits and draws nothing.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF, PCA
from threadpoolctl import threadpool_limits

warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "target/release/nmf-images"


def clock(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def folder(path):
    files = sorted(path.rglob("*.png"))
    return np.stack([np.asarray(Image.open(f)) for f in files])


def scikit_learn(x, rank):
    runs = []
    for threads in {1, os.cpu_count()}:
        with threadpool_limits(threads):
            seconds, model = clock(lambda: NMF(rank, random_state=0).fit(x))
        runs.append((seconds, float(model.reconstruction_err_ / np.linalg.norm(x))))
    pca = min(clock(lambda: PCA(rank, random_state=0).fit(x))[0] for _ in range(3))
    return *min(runs), pca


def ours(path, rank, target):
    reports = []
    for seed in range(5):
        with tempfile.TemporaryDirectory() as out:
            options = ["-k", rank, "--seed", seed, "--target-error", target, "--max-iter", 2000, "--out", out, "--quiet"]
            subprocess.run([BINARY, path, *map(str, options)], check=True)
            reports.append(json.loads(pathlib.Path(out, "report.json").read_text()))
    missed = [r["nmf"]["seed"] for r in reports if r["nmf"]["stop"] != "target_error"]
    if missed:
        print(f"  seeds that did not reach the target: {missed}")
    return statistics.median(r["nmf"]["seconds"] for r in reports), min(r["pca"]["seconds"] for r in reports)


def quantisations(path, x, rank):
    """Medians over five starts: seconds and inertia of scikit-learn's KMeans and of nmf-images."""
    theirs = [clock(lambda: KMeans(rank, n_init=1, algorithm="lloyd", random_state=seed).fit(x)) for seed in range(5)]
    mine = []
    for seed in range(5):
        with tempfile.TemporaryDirectory() as out:
            options = ["-k", rank, "--seed", seed, "--max-iter", 1, "--only", "three-ways", "--out", out, "--quiet"]
            subprocess.run([BINARY, path, *map(str, options)], check=True)
            mine.append(json.loads(pathlib.Path(out, "report.json").read_text())["vq"])
    median = lambda values: statistics.median(values)
    return (
        (median(seconds for seconds, _ in theirs), median(model.inertia_ for _, model in theirs)),
        (median(vq["seconds"] for vq in mine), median(vq["inertia"] for vq in mine)),
    )


def whole_command():
    path = ROOT / "assets/faces"
    script = (
        "import numpy as np, glob\nfrom PIL import Image\nfrom sklearn.decomposition import NMF, PCA\n"
        f"x = np.stack([np.asarray(Image.open(f), dtype='f4').ravel() for f in sorted(glob.glob({str(path)!r} + '/*.png'))]) / 255\n"
        "NMF(16).fit(x); PCA(16).fit(x)"
    )
    with tempfile.TemporaryDirectory() as out:
        theirs = [clock(lambda: subprocess.run([sys.executable, "-W", "ignore", "-c", script]))[0] for _ in range(3)]
        mine = [clock(lambda: subprocess.run([BINARY, path, "--out", out, "--quiet"]))[0] for _ in range(3)]
    return min(theirs), min(mine)


def main():
    sets = [("faces", 28, ROOT / "assets/faces"), ("digits", 36, ROOT / "assets/digits")]
    for argument in sys.argv[1:]:
        path, rank = argument.rsplit(":", 1)
        sets.append((pathlib.Path(path).stem, int(rank), pathlib.Path(path).resolve()))
    ratios, pca_ratios = [], []
    for name, rank, path in sets:
        pixels = folder(path) if path.is_dir() else np.load(path)
        x = pixels.reshape(len(pixels), -1).astype(np.float32) / 255
        theirs, target, their_pca = scikit_learn(x, rank)
        mine, my_pca = ours(path, rank, target)
        ratios.append(theirs / mine)
        pca_ratios.append(their_pca / my_pca)
        print(
            f"{name}: {x.shape[0]} x {x.shape[1]}, rank {rank}, to a relative error of {target:.4f}: "
            f"scikit-learn {theirs:.3f} s, nmf-images {mine:.3f} s, {ratios[-1]:.1f}x; PCA {pca_ratios[-1]:.1f}x",
            flush=True,
        )
        (their_seconds, their_inertia), (seconds, inertia) = quantisations(path, x, rank)
        print(
            f"  VQ: scikit-learn {their_seconds:.3f} s, inertia {their_inertia:.5g}; nmf-images {seconds:.3f} s, inertia {inertia:.5g}; "
            f"{their_seconds / seconds:.1f}x",
            flush=True,
        )
    theirs, mine = whole_command()
    mean = lambda values: float(np.exp(np.mean(np.log(values))))
    print(f"geometric means: NMF {mean(ratios):.1f}x, PCA {mean(pca_ratios):.1f}x; whole command on assets/faces {theirs / mine:.1f}x")
    a = np.random.rand(2048, 2048).astype(np.float32)
    peak = 2 * 2048**3 / min(clock(lambda: a @ a)[0] for _ in range(7)) / 1e9
    print(f"square float32 product on all threads: {peak:.0f} GFLOP/s; compare with half_steps of `cargo bench --features bench`")


if __name__ == "__main__":
    main()
