"""The Python examples of the guide and of docstrings run."""

import doctest
import importlib
import os
import re
import shutil

import pytest

PAGES = ["assets/guide/python.md", "assets/registry.md"]


def examples(text):
    """The blocks of a page that are marked ``python``, as one program."""
    return "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_run(page, root, tmp_path, monkeypatch):
    code = examples((root / page).read_text(encoding="utf-8"))
    assert "nmf_images" in code
    os.symlink(root / "assets", tmp_path / "assets")
    shutil.copytree(root / "assets/faces", tmp_path / "faces")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, page, "exec"), {"__name__": "__main__"})


@pytest.mark.parametrize("module", ["_nmf", "_pca"])
def test_the_examples_of_docstrings_run(module):
    found = doctest.testmod(importlib.import_module(f"nmf_images.{module}"))
    assert found.attempted > 0 and found.failed == 0
