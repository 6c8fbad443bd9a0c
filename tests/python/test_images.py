"""Reading images, and whole runs."""

import contextlib
import io

import numpy as np
import pytest

import nmf_images


def test_a_folder_is_read(root):
    faces = nmf_images.load(root / "assets/faces", limit=5)
    assert (len(faces), faces.shape, faces.pixels.dtype) == (5, (64, 48), np.uint8)
    assert faces.names[0].endswith(".png") and faces.labels is None and not faces.skipped
    assert np.shares_memory(faces.table, faces.pixels)
    assert repr(faces) == "<5 images of 48x64, uint8>"


def test_labels_and_sizes_are_those_of_the_command(root):
    digits = nmf_images.load(root / "assets/digits", limit=40, size="14x12", fit="stretch", invert=True)
    assert digits.pixels.shape == (40, 12, 14)
    assert sorted(set(digits.labels)) == [str(digit) for digit in range(10)]


def test_a_table_is_read(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("a,b,c,d,kind\n0,1,2,3,x\n4,5,6,7,y\n1,1,0,2,x\n")
    images = nmf_images.load(str(table), row_size="2x2", label="kind")
    assert (images.shape, images.labels) == ((2, 2), ["x", "y", "x"])
    assert images.pixels[1].tolist() == [[4, 5], [6, 7]]


def test_unknown_pixels_are_nan(tmp_path):
    pixels = np.full((3, 2, 2), 51, np.uint8)
    np.save(tmp_path / "set.npy", pixels)
    np.save(tmp_path / "mask.npy", np.array([[1, 0], [1, 1]], np.uint8))
    images = nmf_images.load(tmp_path / "set.npy", mask=tmp_path / "mask.npy")
    assert images.pixels.dtype == np.float32
    np.testing.assert_allclose(images.pixels[0], [[0.2, np.nan], [0.2, 0.2]], rtol=1e-6)


def test_errors_are_those_of_python(tmp_path):
    with pytest.raises(FileNotFoundError):
        nmf_images.load(tmp_path / "nothing")
    with pytest.raises(ValueError, match="--size"):
        nmf_images.load(tmp_path, size="wide")
    with pytest.raises(ValueError):
        nmf_images.load(tmp_path)


@pytest.fixture(scope="module")
def run(root):
    return nmf_images.learn(root / "assets/faces", 4, limit=40, seed=2, progress=False)


def test_a_run_has_parts_figures_pictures_and_the_page(run):
    assert run.parts.shape == run.eigenimages.shape == (4, 64, 48)
    assert run.weights.shape == run.scores.shape == (40, 4)
    assert run.mean.shape == run.shape == (64, 48) and len(run.names) == 40
    assert run.report["nmf"]["relative_error"] > run.report["pca"]["relative_error"] > 0
    assert run.picture("map").startswith(b"\x89PNG") and run.picture("learning.gif").startswith(b"GIF8")
    assert run._repr_png_() == run.picture("comparison.png")
    assert run.page().startswith("<!doctype html>") and not hasattr(run, "_repr_html_")
    with pytest.raises(ValueError, match=r"comparison\.png"):
        run.picture("none")


def test_a_run_agrees_with_the_estimator(run, root):
    faces = nmf_images.load(root / "assets/faces", limit=40)
    nmf = nmf_images.NMF(4, random_state=2).fit(faces.table)
    assert np.array_equal(nmf.components_, run.parts.reshape(4, -1))


def test_an_array_and_images_are_learned_as_their_files_are(run, root):
    faces = nmf_images.load(root / "assets/faces", limit=40)
    for source in (faces, faces.pixels):
        again = nmf_images.learn(source, 4, seed=2, only=["parts"], progress=False)
        assert np.array_equal(again.parts, run.parts)
        assert again._repr_png_() is None and again.pictures == ["parts.png"]
    assert again.names[:2] == ["0", "1"]
    assert nmf_images.learn(faces, 4, only="parts", progress=False).names == faces.names


def test_labels_are_passed_on(root):
    digits = nmf_images.load(root / "assets/digits", limit=50)
    run = nmf_images.learn(digits, 4, only="map", progress=False)
    assert run.report["input"]["labels"] == [str(digit) for digit in range(10)]


def test_nan_is_unknown(planted):
    hidden = planted.copy()
    hidden[0, 0] = np.nan
    assert nmf_images.learn(hidden, 3, only="map", progress=False).report["input"]["unknown"] == 1


def test_the_folder_lasts_as_long_as_the_run(root, tmp_path):
    run = nmf_images.learn(root / "assets/faces", 2, limit=9, only="map", progress=False)
    folder = run.folder
    assert folder.exists()
    del run
    assert not folder.exists()
    run = nmf_images.learn(root / "assets/faces", 2, out=tmp_path / "kept", limit=9, only="map", progress=False)
    assert np.array_equal(nmf_images.Run(tmp_path / "kept").parts, run.parts)


def test_an_error_of_the_command_is_an_exception(tmp_path):
    with pytest.raises(RuntimeError, match="^" + str(tmp_path)):
        nmf_images.learn(tmp_path, 2)
    with pytest.raises(RuntimeError, match="--no-such-option"):
        nmf_images.learn(tmp_path, 2, no_such_option=1)
    with pytest.raises(ValueError, match="call learn once per rank"):
        nmf_images.learn(tmp_path, "2,3")


def test_progress_and_notes_are_shown_in_a_notebook(root):
    shown = io.StringIO()
    with contextlib.redirect_stderr(shown):
        nmf_images.learn(root / "assets/digits/0", 2, limit=20, only="map")
    assert "progress: " in shown.getvalue()
