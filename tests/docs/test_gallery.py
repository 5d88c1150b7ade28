"""Every widget has its picture in each of the six situations, and the page of the documentation shows it. The pictures are not taken anew here."""
import re
import struct
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "docs"))
import gallery


def size(path: Path) -> tuple[int, int]:
    "Width and height of a lossy WebP picture."
    data = path.read_bytes()
    assert data[:4] == b"RIFF" and data[8:15] == b"WEBPVP8", f"{path.name} is no WebP picture"
    if data[15:16] == b"X": return tuple(1 + int.from_bytes(data[at:at + 3], "little") for at in (24, 27))
    return tuple(number & 0x3FFF for number in struct.unpack("<HH", data[26:30]))


@pytest.mark.parametrize("widget", gallery.WIDGETS)
def test_six_situations(widget):
    _, drawings, words = gallery.WIDGETS[widget]
    assert set(gallery.SITUATIONS) == {"light", "dark", "narrow", "empty", "error", "full"} and set(words) == set(gallery.SCENES) >= set(drawings)
    shown = gallery.page().split(f"## {gallery.WIDGETS[widget][0]}\n")[1].split("\n## ")[0]
    assert re.findall(r"^\*\*(\w+)\.\*\*", shown, re.MULTILINE) == [name.capitalize() for name in gallery.SITUATIONS]
    for scene in gallery.SCENES:
        for theme in gallery.THEMES:
            path = gallery.picture(widget, scene, theme)
            assert path.is_file() and path.relative_to(gallery.HERE).as_posix() in shown
            width, height = size(path)
            assert (width == 400) if scene == "narrow" else (1100 <= width <= 1200), (path.name, width)
            assert height > 60
    for name in drawings.values(): assert f"drawings/{name}-light.webp" in shown and f"drawings/{name}-dark.webp" in shown


def test_nothing_is_missing_and_nothing_is_left_over():
    there = {*gallery.PICTURES.glob("*"), *gallery.DRAWINGS.glob("*")}
    assert there == set(gallery.wanted())
    assert sum(path.stat().st_size for path in there) < 6_000_000


def test_both_themes_are_other_pictures():
    for widget in gallery.WIDGETS:
        for scene in gallery.SCENES:
            light, dark = (gallery.picture(widget, scene, theme).read_bytes() for theme in gallery.THEMES)
            assert light != dark, (widget, scene)
