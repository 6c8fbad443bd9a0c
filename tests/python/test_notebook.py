"""The notebook runs, and what its text says is true of its numbers."""

import ast
import re
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = "assets/notebook/parts.ipynb"

#: Cells of code that draw; each has one picture.
PICTURES = ["faces", "basis", "recipe", "rank", "ladder", "matched", "noise", "strokes", "own", "slide"]

#: Numbers of the notebook that the text makes statements about, as one dict.
NUMBERS = """
print({
    "order": [float(error) for error in order.values()],
    "smallest": float(min(W.min(), H.min())),
    "cancelled": [float(cancelled(W, H)), float(cancelled(scores, pca.components_, pca.mean_))],
    "nmf_errors": [float(error) for error in nmf_errors],
    "bounds": [float(bound(rank)) for rank in ranks],
    "starts": [float(start.reconstruction_err_) for start in starts],
    "best": float(best.reconstruction_err_),
    "noise": noise_errors.tolist(),
    "accuracies": {name: float(accuracy) for name, accuracy in accuracies.items()},
    "overlap of the split": len(set(map(bytes, train)) & set(map(bytes, test))),
    "trace": [len(own), len(trace), float(np.abs(own - trace).max())],
    "rises": float(np.diff(own).max()),
    "objectives": [float(objective) for objective in objectives],
})
"""


def read(root):
    return nbformat.read(root / NOTEBOOK, as_version=nbformat.NO_CONVERT)


def files(folder):
    """The files below a folder, with their times of change."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def executed(root, tmp_path_factory):
    """The notebook, executed in the folder of a clone, and the files of that folder before and after."""
    clone = tmp_path_factory.mktemp("clone")
    for folder in ("assets/faces", "assets/digits"):
        shutil.copytree(root / folder, clone / folder)
    (clone / "assets/notebook").mkdir()
    notebook = read(root)
    notebook.cells.append(nbformat.v4.new_code_cell(NUMBERS, id="numbers"))
    before = files(clone)
    with pytest.MonkeyPatch.context() as patch:
        # The history of the kernel.
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        # What a session on another screen has set.
        patch.delenv("MPLBACKEND", raising=False)
        resources = {"metadata": {"path": str(clone / "assets/notebook")}}
        NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()
    return notebook, before, files(clone)


def outputs(notebook, kind):
    """The outputs of a kind, with the cells that have them."""
    cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    return [(cell.id, output) for cell in cells for output in cell.outputs if output.output_type == kind]


@pytest.fixture(scope="module")
def numbers(executed):
    return ast.literal_eval("".join(output.text for cell, output in outputs(executed[0], "stream") if cell == "numbers"))


def test_every_cell_runs_without_warnings_and_errors(executed):
    notebook, _, _ = executed
    # An error while a picture is drawn does not end the notebook.
    assert not outputs(notebook, "error")
    assert not [output.text for _, output in outputs(notebook, "stream") if output.name != "stdout"]


def test_every_picture_is_drawn(executed):
    notebook, _, _ = executed
    shown = outputs(notebook, "display_data") + outputs(notebook, "execute_result")
    assert [cell for cell, output in shown if "image/png" in output.data] == PICTURES
    assert len(shown) == len(PICTURES)


def test_no_file_is_written_into_the_clone(executed):
    _, before, after = executed
    assert len(before) > 1000 and after == before


def test_errors_are_in_the_order_of_the_text(numbers):
    order = numbers["order"]
    assert len(order) == 4 and all(a <= b + 1e-6 for a, b in zip(order, order[1:]))
    assert all(bound <= error + 1e-6 for bound, error in zip(numbers["bounds"], numbers["nmf_errors"]))


def test_nothing_of_nmf_is_negative_or_cancels(numbers):
    assert numbers["smallest"] >= 0
    of_nmf, of_pca = numbers["cancelled"]
    assert of_nmf == 0 and of_pca > 0.1


def test_restarts_keep_the_best_of_the_starts(numbers):
    assert len(numbers["starts"]) == 10 and numbers["best"] == numbers["starts"][0] == min(numbers["starts"])
    assert numbers["starts"][0] < numbers["starts"][-1]


def test_further_parts_model_noise(numbers):
    training, hidden, clean = zip(*numbers["noise"])
    assert min(training) == training[-1] and min(training) > max(clean[-3:])
    for errors in (hidden, clean):
        assert min(errors) < 0.95 * errors[-1]


def test_digits_are_recognised_and_no_test_image_is_a_training_image(numbers):
    assert len(numbers["accuracies"]) == 3 and min(numbers["accuracies"].values()) > 0.7
    assert numbers["overlap of the split"] == 0


def test_the_updates_of_the_notebook_are_those_of_the_program(numbers):
    own, program, difference = numbers["trace"]
    assert own == program == 50 and difference < 1e-5
    assert numbers["objectives"][0] == pytest.approx(numbers["objectives"][1], rel=1e-4)
    assert numbers["rises"] <= 0


def test_the_file_has_no_outputs_and_readable_names(root):
    notebook = read(root)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert set(notebook.metadata) == {"kernelspec", "language_info"} and notebook.metadata.kernelspec.name == "python3"
    names = [cell.id for cell in notebook.cells]
    assert len(set(names)) == len(names) and all(re.fullmatch("[a-z]+(-text)?", name) for name in names)
    for cell in notebook.cells:
        assert not cell.metadata
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
