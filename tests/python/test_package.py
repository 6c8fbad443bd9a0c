"""The package: its command, its types, and its life without scikit-learn."""

import importlib.metadata
import importlib.resources
import inspect
import os
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

import nmf_images


def python(code, **more):
    return subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True, **more).stdout


def test_the_command_is_installed():
    folder = os.path.dirname(sys.executable)
    command = shutil.which("nmf-images", path=folder)
    assert command
    version = importlib.metadata.version("nmf-images")
    out = subprocess.run([command, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert out == f"nmf-images {version}\n" and nmf_images.__version__ == version


def run_command(*words, **more):
    return subprocess.run([sys.executable, "-m", "nmf_images", *words], capture_output=True, text=True, **more)


def test_help_and_errors_have_the_exit_codes_of_the_command(tmp_path):
    assert run_command("--help").stdout.startswith("See what non-negative matrix factorisation")
    wrong = run_command("--no-such-option")
    assert wrong.returncode == 2 and "unexpected argument '--no-such-option'" in wrong.stderr
    missing = run_command(str(tmp_path / "nothing"))
    assert missing.returncode == 1 and missing.stderr.startswith("error: ")


def without_mpi(text):
    """The options in a help text, without that of the feature `mpi`."""
    return [option for option in re.split(r"\n(?=\s+-)", text) if "--mpi" not in option]


def test_the_words_are_those_of_the_binary(root):
    """Every word of the help, for the command and its sub-commands, against the binary of `cargo build` if there is one."""
    folder = os.environ.get("CARGO_TARGET_DIR", root / "target")
    binary = os.environ.get("NMF_IMAGES_BINARY", os.path.join(folder, "debug", "nmf-images"))
    if not os.path.exists(binary):
        pytest.skip(f"no {binary}")
    for words in (["-h"], ["compare", "--help"], ["pack", "-h"], ["project", "-h"], ["ranks", "-h"], ["synth", "-h"]):
        ours = run_command(*words)
        theirs = subprocess.run([binary, *words], capture_output=True, text=True)
        assert without_mpi(ours.stdout) == without_mpi(theirs.stdout)


def test_load_has_every_option_of_reading():
    section = run_command("--help").stdout.split("\nReading images:\n")[1].split("\n\n\n")[0]
    section = re.split(r"\n(?=\S)", section)[0]
    options = set(re.findall(r"^\s+--([a-z-]+)", section, re.MULTILINE))
    keywords = {name.strip("_").replace("_", "-") for name in inspect.signature(nmf_images.load).parameters}
    assert keywords - {"path"} == options - {"memory"}


def interrupted_run(tmp_path):
    x = np.random.default_rng(0).random((300, 200)).astype(np.float32)
    np.save(tmp_path / "set.npy", x)
    words = [str(tmp_path / "set.npy"), "--row-size", "20x10", "-k", "9", "--tol", "0", "--max-iter", "10000000"]
    words += ["--out", str(tmp_path / "out"), "--only", "map"]
    command = os.path.join(os.path.dirname(sys.executable), "nmf-images")
    return subprocess.Popen([command, *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_ctrl_c_ends_the_fit_and_keeps_its_result(tmp_path):
    run = interrupted_run(tmp_path)
    while "progress" not in run.stderr.readline():
        pass
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    assert run.returncode == 130
    assert nmf_images.Run(tmp_path / "out").report["nmf"]["stop"] == "interrupted"


def test_the_command_does_not_wait_for_numpy():
    out = python("import sys, nmf_images._command\nprint('numpy' in sys.modules, 'sklearn' in sys.modules)")
    assert out == "False False\n"


WITHOUT_SKLEARN = """
import sys
sys.modules["sklearn"] = None
import numpy as np
from nmf_images import NMF, PCA
x = np.random.default_rng(0).random((20, 6))
nmf = NMF(3, max_iter=30)
assert nmf.fit(x).transform(x).shape == (20, 3) and repr(nmf) == "NMF(n_components=3, max_iter=30)"
assert nmf.set_params(tol=0.1).get_params()["tol"] == 0.1
assert list(nmf.get_feature_names_out()) == ["nmf0", "nmf1", "nmf2"]
assert PCA(2).fit_transform(x.astype(np.uint8)).dtype == np.float32
for wrong, of in ((x[:, :5], nmf.transform), (-x, NMF(2).fit), (x[0], NMF(2).fit), (x * np.inf, NMF(2).fit)):
    try:
        of(wrong)
    except ValueError as error:
        print(error)
try:
    NMF(2).transform(x)
except ValueError as error:
    print(error)
print(NMF(2, random_state=None).fit(x).n_features_in_)
"""


def test_the_estimators_work_without_scikit_learn():
    lines = python(WITHOUT_SKLEARN).splitlines()
    starts = ["X has 5 features", "Negative values", "Expected 2D", "Input X contains inf", "This NMF instance", "6"]
    assert len(lines) == len(starts)
    for line, start in zip(lines, starts):
        assert line.startswith(start)


def test_every_name_is_typed_and_described():
    files = importlib.resources.files(nmf_images)
    assert files.joinpath("py.typed").is_file() and files.joinpath("_native.pyi").is_file()
    stub = files.joinpath("__init__.pyi").read_text()
    for name in nmf_images.__all__:
        assert f"{name} as {name}" in stub
        of = getattr(nmf_images, name)
        assert inspect.getdoc(of)
        members = inspect.getmembers(of, inspect.isfunction) if inspect.isclass(of) else []
        for member, method in members:
            if not member.startswith("_") and method.__module__.startswith("nmf_images"):
                assert inspect.getdoc(method), f"{name}.{member}"


def test_names_are_listed():
    assert set(nmf_images.__all__) <= set(dir(nmf_images))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        nmf_images.nothing
