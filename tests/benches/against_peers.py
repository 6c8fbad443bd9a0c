"""Time to the same error beside scikit-learn, in one run; ratios are what counts, not seconds.

    python3 -m venv target/peers && target/peers/bin/pip install numpy scikit-learn pillow threadpoolctl
    cargo build --release
    target/peers/bin/python tests/benches/against_peers.py [--large] [FILE.npy:RANK ...]

For each set scikit-learn's NMF runs with its own defaults (coordinate descent, NNDSVDa, 200 iterations, float32; the
better of one thread and all); then nmf-images is asked for the error that this ended at, and timed by its own report
(initialisation and iterations). The sets are assets/faces, assets/digits and the arrays named on the command line,
(images, height, width) of bytes. Also printed: the PCA of the same rank, the speed of a square float32 product
(OpenBLAS, all threads), for comparison with `cargo bench --features bench`, the vector quantisation beside KMeans, each
from its own k-means++ starts (from the same centres: `cargo bench --bench speed vq`), and the whole command against a script
that does the same fits and draws nothing.

With --large, which takes some minutes and 8 GB, also: few large images (100 of 1000x1500 and 16 of 3000x4000, made up),
the time to scikit-learn's error and the peak memory of both processes; and the whole command on a million images of
28x28 as a multiple of its nine passes, in memory and with --memory 1GB.
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


def process(command):
    """Seconds and peak memory in MB of a process."""
    began = time.perf_counter()
    child = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status:
        sys.exit(f"{command[0]} failed")
    return time.perf_counter() - began, usage.ru_maxrss / 1024, output


def made_up(path, images, height, width):
    """Images of smooth blots on a coarse grid, with a little noise."""
    rng = np.random.default_rng(0)
    array = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=(images, height, width))
    blots = rng.random((12, height // 100, width // 100)) ** 4
    for image in range(images):
        coarse = np.tensordot(rng.random(12) ** 2, blots, 1)
        scaled = 40 * np.kron(coarse, np.ones((100, 100))) + 8 * rng.random((height, width))
        array[image] = np.minimum(scaled, 255)
    array.flush()


def large_images(scratch):
    for images, height, width, rank in [(100, 1000, 1500, 25), (16, 3000, 4000, 8)]:
        path = pathlib.Path(scratch, f"{images}.npy")
        made_up(path, images, height, width)
        script = (
            "import json, time, warnings; warnings.filterwarnings('ignore')\nimport numpy as np\nfrom sklearn.decomposition import NMF\n"
            f"x = np.load({str(path)!r}).reshape({images}, -1).astype('f4') / 255\n"
            f"began = time.perf_counter(); model = NMF({rank}, random_state=0).fit(x)\n"
            "print(json.dumps([time.perf_counter() - began, float(model.reconstruction_err_ / np.linalg.norm(x))]))"
        )
        _, their_memory, output = process([sys.executable, "-c", script])
        theirs, target = json.loads(output)
        out = pathlib.Path(scratch, "out")
        options = ["-k", rank, "--target-error", target, "--max-iter", 2000, "--only", "convergence", "--out", out, "--quiet"]
        _, memory, _ = process([BINARY, path, *options])
        nmf = json.loads((out / "report.json").read_text())["nmf"]
        print(
            f"{images} images of {height}x{width}, rank {rank}, to {target:.4f}: scikit-learn {theirs:.2f} s, {their_memory:.0f} MB; "
            f"nmf-images {nmf['seconds']:.2f} s ({nmf['stop']}), {memory:.0f} MB with PCA and reading; {theirs / nmf['seconds']:.1f}x",
            flush=True,
        )


def million_images(scratch):
    path = pathlib.Path(scratch, "million.npy")
    digits = folder(ROOT / "assets/digits")
    rng = np.random.default_rng(0)
    array = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=(1_000_000, 28, 28))
    for first in range(0, len(array), 50_000):
        chosen = digits[rng.integers(0, len(digits), 50_000)]
        array[first : first + 50_000] = np.roll(chosen, tuple(rng.integers(-2, 3, 2)), (1, 2))
    array.flush()
    for where in [], ["--memory", "1GB"]:
        out = pathlib.Path(scratch, "out")
        options = "-k 16 --max-iter 9 --tol 0 --sample-start off --only convergence --quiet".split()
        seconds, memory, _ = process([BINARY, path, *options, *where, "--out", out])
        trace = json.loads((out / "report.json").read_text())["nmf"]["trace"]
        passes = 9 * statistics.median(b["seconds"] - a["seconds"] for a, b in zip(trace, trace[1:]))
        print(
            f"a million images of 28x28, rank 16 {' '.join(where)}: {seconds:.1f} s, {seconds / passes:.1f} times its nine passes, {memory:.0f} MB",
            flush=True,
        )


def main():
    is_large = "--large" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--large"]
    sets = [("faces", 28, ROOT / "assets/faces"), ("digits", 36, ROOT / "assets/digits")]
    for argument in arguments:
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
    if is_large:
        with tempfile.TemporaryDirectory() as scratch:
            large_images(scratch)
            million_images(scratch)


if __name__ == "__main__":
    main()
