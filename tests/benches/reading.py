"""How fast a folder of small PNG files is read, beside Pillow in one process, in one run.

    cargo build --release
    python3 -m venv target/peers && target/peers/bin/pip install numpy pillow
    target/peers/bin/python tests/benches/reading.py [IMAGES]

Writes IMAGES (60,000) pictures of 28x28 to a temporary folder, 1,000 each in sub-folders, reads them by turns with `nmf-images pack` on one thread
and on all, and with Pillow into an array, and prints the ratio of the medians of three rounds.
"""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
from PIL import Image

PROGRAM = pathlib.Path(__file__).parents[2] / "target" / "release" / "nmf-images"
ROUNDS = 3


def write(folder: pathlib.Path, count: int) -> None:
    """Pictures of a few strokes each, as handwriting compresses."""
    random = numpy.random.default_rng(0)
    for index in range(count):
        picture = numpy.zeros((28, 28), numpy.uint8)
        for _ in range(4):
            row, column = random.integers(4, 22, 2)
            picture[row : row + random.integers(1, 8), column : column + 3] = random.integers(60, 256)
        below = folder / str(index // 1000)
        below.mkdir(exist_ok=True)
        Image.fromarray(picture).save(below / f"{index}.png")


def by_pillow(folder: pathlib.Path) -> numpy.ndarray:
    files = sorted(folder.rglob("*.png"), key=lambda file: int(file.stem))
    pixels = numpy.empty((len(files), 28, 28), numpy.uint8)
    for index, file in enumerate(files):
        with Image.open(file) as picture:
            pixels[index] = picture.convert("L")
    return pixels


def by_us(folder: pathlib.Path, out: pathlib.Path, threads: list[str]) -> numpy.ndarray:
    subprocess.run([PROGRAM, "pack", folder, "--out", out, "-q", *threads], check=True)
    return numpy.load(out)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    with tempfile.TemporaryDirectory() as name:
        folder, out = pathlib.Path(name, "pictures"), pathlib.Path(name, "packed.npy")
        folder.mkdir()
        write(folder, count)
        ways = {
            "Pillow": lambda: by_pillow(folder),
            "one thread": lambda: by_us(folder, out, ["--threads", "1"]),
            "all threads": lambda: by_us(folder, out, []),
        }
        seconds = {way: [] for way in ways}
        pixels = {}
        for _ in range(ROUNDS):
            for way, read in ways.items():
                began = time.perf_counter()
                pixels[way] = read()
                seconds[way].append(time.perf_counter() - began)
        assert all((pixels[way] == pixels["Pillow"]).all() for way in ways), "they read other pixels"
        medians = {way: statistics.median(times) for way, times in seconds.items()}
        for way, median in medians.items():
            print(f"{way:12} {median:7.2f} s  {count / median:8.0f} pictures a second  {medians['Pillow'] / median:5.1f} x Pillow")


if __name__ == "__main__":
    main()
