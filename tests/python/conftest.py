"""Images that the tests share. They run against the installed package, with the group ``test`` of ``pyproject.toml``."""

from pathlib import Path

import numpy as np
import pytest

import nmf_images

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root():
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def faces():
    """60 drawn faces of 48x64, uint8."""
    return nmf_images.load(ROOT / "assets/faces", limit=60)


@pytest.fixture(scope="session")
def planted():
    """X of 40 images of 30 pixels, an exact sum of 4 parts, float64."""
    rng = np.random.default_rng(0)
    weights = rng.random((40, 4)) * (rng.random((40, 4)) < 0.6)
    parts = rng.random((4, 30)) * (rng.random((4, 30)) < 0.4)
    return weights @ parts + 0.01
