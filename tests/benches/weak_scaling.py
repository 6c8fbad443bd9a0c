"""Weak scaling: twice the images on twice the ranks, interleaved, with what is sent shown apart.

    cargo build --release --features mpi
    python3 tests/benches/weak_scaling.py [PROGRAM]

Needs NumPy, Pillow and Open MPI. Images are those of assets/digits, each shifted at random, 60,000 a rank; passes are
those of one fit without a sample first, the first pass left out. Prints the medians of some rounds.
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
IMAGES, RANK, PASSES, ROUNDS = 60_000, 49, 25, 5


def shifted_digits(images):
    files = sorted(pathlib.Path("assets/digits").rglob("*.png"))
    digits = np.stack([np.asarray(Image.open(file).convert("L")) for file in files])
    rng = np.random.default_rng(0)
    out = digits[rng.integers(len(digits), size=images)]
    for shift in range(25):
        of = rng.integers(25, size=images) == shift
        out[of] = np.roll(out[of], (shift // 5 - 2, shift % 5 - 2), (1, 2))
    return out


def run(array, ranks, out):
    command = ["mpirun", "--allow-run-as-root", "--bind-to", "core", "-n", str(ranks), PROGRAM, str(array), "--mpi"]
    command += ["-k", str(RANK), "--threads", "1", "--init", "random", "--sample-start", "off", "--tol", "0"]
    command += ["--max-iter", str(PASSES), "--quiet", "--only", "convergence", "--out", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    report = json.loads((out / "report.json").read_text())
    trace = [iteration["seconds"] for iteration in report["nmf"]["trace"]]
    return (trace[-1] - trace[0]) / (len(trace) - 1), report["mpi"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        arrays = {}
        for ranks in (1, 2):
            arrays[ranks] = folder / f"digits{ranks}.npy"
            np.save(arrays[ranks], shifted_digits(ranks * IMAGES))
        seconds, sent = {1: [], 2: []}, []
        for _ in range(ROUNDS):
            for ranks in (1, 2):
                each, mpi = run(arrays[ranks], ranks, folder / "out")
                seconds[ranks].append(each)
                if ranks == 2:
                    sent.append(mpi["seconds_in_all_reduce"] / mpi["passes"])
        one, two = (statistics.median(seconds[ranks]) for ranks in (1, 2))
        ratios = [a / b for a, b in zip(seconds[1], seconds[2])]
        print(f"a pass over {IMAGES} images a rank, {RANK} parts: 1 rank {one * 1e3:.1f} ms, 2 ranks {two * 1e3:.1f} ms")
        print(f"weak scaling {statistics.median(ratios):.3f} (of each round: {' '.join(f'{r:.3f}' for r in ratios)})")
        print(f"sending and waiting {statistics.median(sent) * 1e3:.2f} ms a pass, {mpi['bytes_per_pass']} bytes")


main()
