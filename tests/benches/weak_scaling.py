"""Weak scaling: twice the images on twice the ranks, with what is sent shown apart.

    cargo build --release --features mpi
    python3 tests/benches/weak_scaling.py [PROGRAM]

Needs NumPy, Pillow and Open MPI. Images are those of assets/digits, each shifted at random, 60,000 a rank; passes are
those of one fit without a sample first, the first pass left out. Interleaved with them, two processes that know nothing of
each other do the work of one rank each at the same time: what they lose, the machine takes. Prints medians of some rounds.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else "target/release/nmf-images"
IMAGES, RANK, PASSES, ROUNDS = 60_000, 49, 15, 21


def shifted_digits(images):
    files = sorted(pathlib.Path("assets/digits").rglob("*.png"))
    digits = np.stack([np.asarray(Image.open(file).convert("L")) for file in files])
    rng = np.random.default_rng(0)
    out = digits[rng.integers(len(digits), size=images)]
    for shift in range(25):
        of = rng.integers(25, size=images) == shift
        out[of] = np.roll(out[of], (shift // 5 - 2, shift % 5 - 2), (1, 2))
    return out


WORDS = ["--threads", "1", "--init", "random", "--sample-start", "off", "--tol", "0", "--quiet", "--only", "convergence"]
WORDS += ["-k", str(RANK), "--max-iter", str(PASSES)]


def begin(array, out, before=(), after=()):
    return subprocess.Popen([*before, PROGRAM, str(array), *WORDS, *after, "--out", str(out)], stdout=subprocess.DEVNULL)


def seconds(process, out):
    """A pass of a run, on average, and what its report says of ranks."""
    if process.wait() != 0:
        sys.exit(f"{process.args} failed")
    report = json.loads((out / "report.json").read_text())
    trace = [iteration["seconds"] for iteration in report["nmf"]["trace"]]
    return (trace[-1] - trace[0]) / (len(trace) - 1), report.get("mpi")


def measure(folder, arrays):
    """A pass of one process, of two at the same time, and of two ranks; and what these sent."""
    out = [folder / name for name in ("a", "b")]
    alone, _ = seconds(begin(arrays[1], out[0]), out[0])
    both = [begin(arrays[1], out[0]), begin(arrays[1], out[1])]
    apart = statistics.mean(seconds(process, out)[0] for process, out in zip(both, out))
    mpirun = ["mpirun", "--allow-run-as-root", "--bind-to", "core", "-n", "2"]
    together, mpi = seconds(begin(arrays[2], out[0], mpirun, ["--mpi"]), out[0])
    return alone, apart, together, mpi["seconds_per_pass"], mpi["bytes_per_pass"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        arrays = {ranks: folder / f"digits{ranks}.npy" for ranks in (1, 2)}
        for ranks, array in arrays.items():
            np.save(array, shifted_digits(ranks * IMAGES))
        rounds = [measure(folder, arrays) for _ in range(ROUNDS)]
    alone, apart, together, sent, size = (statistics.median(column) for column in zip(*rounds))
    print(f"a pass over {IMAGES} images, {RANK} parts, one thread: alone {alone * 1e3:.1f} ms")
    print(f"two processes at once {apart * 1e3:.1f} ms, two ranks {together * 1e3:.1f} ms")
    print(f"of these sending and waiting {sent * 1e3:.2f} ms, {size} bytes")
    for name, of in (("against one process", 0), ("against two at once", 1)):
        ratios = [measured[of] / measured[2] for measured in rounds]
        print(f"weak scaling {name}: {statistics.median(ratios):.3f} ({' '.join(f'{r:.3f}' for r in ratios)})")


main()
