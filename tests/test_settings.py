"""settings.ini is the one place for version and requirements."""
import re
import sys
from configparser import ConfigParser
from importlib.metadata import requires, version
from pathlib import Path

import ftbench

ROOT = Path(__file__).resolve().parent.parent
if sys.version_info >= (3, 11): import tomllib


def settings():
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "settings.ini", encoding="utf-8")
    return parser["DEFAULT"]


def test_version_is_the_same_everywhere():
    assert ftbench.__version__ == version("ftbench") == settings()["version"]


def test_installed_requirements_are_those_of_settings():
    installed = {re.split(r"[\s;<>=!~\[]", line)[0].lower() for line in requires("ftbench") if "extra ==" not in line}
    written = {re.split(r"[<>=!~]", line)[0].lower() for line in settings()["requirements"].split()}
    assert installed == written


def test_the_runtime_stays_small():
    assert not {"torch", "transformers", "jupyterlab", "nbdev"} & set(settings()["requirements"].split())


def test_pyproject_names_the_same_folders():
    if sys.version_info < (3, 11): return
    nbdev = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["nbdev"]
    for key in ("lib_path", "nbs_path", "doc_path", "readme_nb"): assert nbdev[key] == settings()[key]
