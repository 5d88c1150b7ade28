"""The wheel holds everything the package needs at run time."""
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT], check=True)
    return zipfile.ZipFile(next(folder.glob("ftbench-*.whl")))


def test_every_file_of_the_package_is_in_the_wheel(wheel):
    inside = {name for name in wheel.namelist() if name.startswith("ftbench/")}
    ignored = ("__pycache__", ".ftbench", ".ipynb_checkpoints")
    wanted = {str(path.relative_to(ROOT)) for path in (ROOT / "ftbench").rglob("*")
              if path.is_file() and not any(part in ignored for part in path.parts)}
    assert wanted <= inside, wanted - inside


@pytest.mark.parametrize("part", ["engine/nano/base/model.safetensors", "engine/nano/base/tokenizer.json",
                                  "vocabularies/o200k_base.tiktoken.xz", "widgets/static/tokens.css",
                                  "samples/routing/train.jsonl", "samples/marv/test_wording.jsonl"])
def test_scripts_styles_samples_and_weights(wheel, part): assert f"ftbench/{part}" in wheel.namelist()


def test_nothing_else_is_in_the_wheel(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"ftbench"}


def test_size_of_the_base_model(wheel):
    assert wheel.getinfo("ftbench/engine/nano/base/model.safetensors").file_size <= 12_000_000
