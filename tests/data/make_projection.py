"""Writes projection.json: what SciPy makes of 20 drawn faces in terms of 28 parts. Needs numpy, scipy and pillow (SciPy
1.17 was used); run from the root of the repository.

    python tests/data/make_projection.py > tests/data/projection.json

The parts are those of `nmf-images assets/faces -k 28`, rounded to bytes, one below the other in projection-parts.png, which
is made anew where OUTPUT, the folder of such a run, is given:

    python tests/data/make_projection.py OUTPUT > tests/data/projection.json
"""
import json
import sys

import numpy as np
from PIL import Image
from scipy.optimize import nnls

PARTS = "tests/data/projection-parts.png"
if len(sys.argv) > 1:
    model = np.load(sys.argv[1] + "/model.npz")
    rows = np.rint(255 * model["H"]).astype(np.uint8)
    Image.fromarray(rows.reshape(-1, int(model["shape"][1]))).save(PARTS, optimize=True)

pixels = 48 * 64
parts = np.asarray(Image.open(PARTS)).reshape(-1, pixels) / 255
faces = range(0, 400, 20)
x = np.stack([np.asarray(Image.open(f"assets/faces/face{face:03}.png")).reshape(-1) for face in faces]) / 255
# Hidden of image i: the pixels j for which (i + j // 48) % 5 is 0, rows that lie elsewhere in each image.
known = np.array([[(i + j // 48) % 5 != 0 for j in range(pixels)] for i in range(len(x))])
mean = x.mean(axis=0)


def rounded(rows):
    return [[round(float(value), 7) for value in row] for row in rows]


everything = np.ones_like(known)
print(
    json.dumps(
        {
            "faces": list(faces),
            "weights": rounded(nnls(parts[:, k].T, row[k])[0] for row, k in zip(x, everything)),
            "masked_weights": rounded(nnls(parts[:, k].T, row[k])[0] for row, k in zip(x, known)),
            # Without the bound, about the mean of these images.
            "scores": rounded(np.linalg.lstsq(parts[:, k].T, (row - mean)[k])[0] for row, k in zip(x, everything)),
            "masked_scores": rounded(np.linalg.lstsq(parts[:, k].T, (row - mean)[k])[0] for row, k in zip(x, known)),
        }
    )
)
