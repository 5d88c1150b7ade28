"""Reads version, requirements and description from settings.ini, the one place for them."""
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup

parser = ConfigParser(interpolation=None)
parser.read(Path(__file__).with_name("settings.ini"), encoding="utf-8")
settings = parser["DEFAULT"]
extras = {name: settings[f"{name}_requirements"].split() for name in ("fast", "hf", "lab", "dev", "parity")}

setup(
    version=settings["version"],
    description=settings["description"],
    keywords=settings["keywords"].split(),
    python_requires=f">={settings['min_python']}",
    install_requires=settings["requirements"].split(),
    extras_require=extras,
    packages=find_packages(include=["ftbench", "ftbench.*"]),
    include_package_data=False,
    package_data={"ftbench": ["samples/*/*", "vocabularies/*", "widgets/static/*", "server/static/*", "engine/nano/base/*", "data/count/prices.csv", "py.typed"]},
)
