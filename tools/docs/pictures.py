"""Take the pictures of the documentation: every widget in six situations and both themes, in Chromium, with the real Python behind it.

    python tools/docs/pictures.py                 all of them (a job is trained and a comparison made for them: some minutes)
    python tools/docs/pictures.py table monitor   only those widgets
    python tools/docs/pictures.py --drawings ../shared/mockups    the drawings beside them, scaled down

FTBENCH_SHOTS=FOLDER keeps them as PNG too. The pictures are committed; neither the site nor its tests take them anew. They are set in Inter where it is installed.
"""
import os
import sys
import tempfile
from base64 import b64decode, b64encode
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), *(str(HERE.parents[1] / folder) for folder in ("tests/browser", "tests"))]

from gallery import DRAWINGS, PICTURES, SCENES, THEMES, WIDGETS, drawing, picture

_WEBP = """async ([data, width, quality]) => {
    const image = new Image();
    image.src = "data:image/png;base64," + data;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.min(width, image.naturalWidth);
    canvas.height = Math.round(image.naturalHeight * canvas.width / image.naturalWidth);
    const to = canvas.getContext("2d");
    to.imageSmoothingQuality = "high";
    to.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/webp", quality).split(",")[1];
}"""
# the widget with a little ground round it; a page that is no widget as a whole
_FRAME = """() => ({ x: 0, y: 0, width: innerWidth,
    height: Math.ceil((document.getElementById("place")?.getBoundingClientRect().bottom ?? document.documentElement.scrollHeight - 8) + scrollY + 8) })"""
_FONT = ':root { --jp-ui-font-family: Inter, system-ui, sans-serif; } html { scrollbar-width: thin; } html, body { font-family: var(--jp-ui-font-family); }'


def compressed(chromium, png: bytes, width: int = 10_000, quality: float = .74) -> bytes:
    "A picture as WebP, at most so wide; the browser itself knows how."
    page = chromium.new_page()
    try: return b64decode(page.evaluate(_WEBP, [b64encode(png).decode(), width, quality]))
    finally: page.close()


def keep(chromium, png: bytes, path: Path, **options) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(compressed(chromium, png, **options))


def set_theme(page, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.evaluate("(name) => { document.documentElement.dataset.theme = name; }", theme)
    page.wait_for_timeout(120)


def take(chromium, scene, path_of) -> None:
    "Show a scene and keep it in both themes."
    context = chromium.new_context(viewport={"width": scene.width, "height": scene.height}, bypass_csp=True)
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        scene.show(page)
        page.add_style_tag(content=_FONT)
        scene.act(page)
        page.wait_for_timeout(250)
        for theme in THEMES:
            set_theme(page, theme)
            png = page.screenshot(full_page=True, clip=page.evaluate(_FRAME), animations="disabled")
            if folder := os.environ.get("FTBENCH_SHOTS"): (Path(folder) / f"{path_of(theme).stem}.png").write_bytes(png)
            keep(chromium, png, path_of(theme))
    finally: context.close()
    if errors: raise SystemExit(f"{scene.name}: a script failed: {errors[0]}")


def take_drawings(chromium, folder: Path) -> None:
    "Our drawings, at three quarters of their size."
    names = {name for _, drawings, _ in WIDGETS.values() for name in drawings.values()}
    for name in sorted(names):
        for theme in THEMES: keep(chromium, (folder / f"{name}-{theme}.png").read_bytes(), drawing(name, theme), width=880, quality=.72)


@contextmanager
def own_home():
    "A home that ends with the run, and with it the server that was started in it."
    with tempfile.TemporaryDirectory(prefix="ftbench-pictures-", ignore_cleanup_errors=True) as folder:
        os.environ["HOME"], os.environ["FTBENCH_HOME"] = folder, str(Path(folder) / "home")
        try: yield Path(folder)
        finally:
            from ftbench.jobs.service import stop
            stop()


def main(words: list[str]) -> int:
    from conftest import running_chromium
    with running_chromium() as chromium, own_home() as folder:
        if words[:1] == ["--drawings"]:
            take_drawings(chromium, Path(words[1]))
            return 0
        from scenes import Scenes
        scenes = Scenes(folder)
        for widget in words or WIDGETS:
            name, _, only = widget.partition("-")
            for scene in [only] if only else SCENES:
                take(chromium, getattr(scenes, name)(scene), lambda theme: picture(name, scene, theme))
                print(f"{name} {scene}", flush=True)
    files = [*PICTURES.glob("*.webp"), *DRAWINGS.glob("*.webp")]
    print(f"{len(files)} pictures, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__": sys.exit(main(sys.argv[1:]))
