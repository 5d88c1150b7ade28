"Pictures of the data: their size is known before anything is drawn, and what would take too much memory never is."
import base64
import struct

import pytest

from ftbench.core import DataError
from ftbench.widgets.attachments import LARGEST_PIXELS, attachments, picture_address, picture_of

DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/p+FUpQAAAABJRU5ErkJggg==")


def png(width, height): return DOT[:16] + struct.pack(">II", width, height) + DOT[24:]


def jpeg(width, height):
    "As cameras write it: another segment and padding before the frame."
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(9) + b"\xff\xff\xc4\x00\x05abc\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(20)


def gif(width, height, frame=None):
    frame = frame or (width, height)
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x81\x00\x00" + bytes(12) + b"\x21\xff\x02ab\x01c\x00" + b"\x2c" + struct.pack("<4H", 0, 0, *frame) + bytes(9)


def webp(kind, width, height):
    body = {"VP8 ": lambda: bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", width, height), "VP8L": lambda: b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14),
            "VP8X": lambda: bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")}[kind]()
    return b"RIFF" + bytes(4) + b"WEBP" + kind.encode() + struct.pack("<I", len(body)) + body + bytes(8)


def part(data): return {"type": "image_url", "image_url": {"url": "data:image/png;base64," + base64.b64encode(data).decode()}}


KINDS = {"png": png, "jpeg": jpeg, "gif": gif, "lossy webp": lambda *size: webp("VP8 ", *size), "lossless webp": lambda *size: webp("VP8L", *size), "extended webp": lambda *size: webp("VP8X", *size)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_stands_in_the_head(kind):
    picture = picture_of(part(KINDS[kind](640, 480)))
    assert (picture.width, picture.height) == (640, 480) and picture.is_shown and "640 × 480 pixels" in picture.words
    assert picture_address({"content": [part(KINDS[kind](640, 480))]}, 0).startswith("data:image/")


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_would_take_gigabytes_is_named_and_not_shown(kind):
    message = {"content": [part(KINDS[kind](16_000, 16_000))]}
    [named] = attachments(message)
    assert not named["picture"] and "16,000 × 16,000 pixels, too large to show" in named["words"]
    with pytest.raises(DataError, match="too large to show") as error: picture_address(message, 0)
    assert f"{LARGEST_PIXELS:,}" in error.value.remedy
    [large] = attachments({"content": [part(KINDS[kind](3_000, 3_000))]})
    assert large["picture"] and not large["at_once"] # one is asked first


def test_fifty_thousand_by_fifty_thousand_and_a_frame_larger_than_its_picture():
    assert not attachments({"content": [part(png(50_000, 50_000))]})[0]["picture"]
    assert not attachments({"content": [part(gif(1, 1, frame=(60_000, 60_000)))]})[0]["picture"]
    assert not attachments({"content": [part(png(2**31, 2**31))]})[0]["picture"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_head_is_a_damaged_picture(kind):
    whole = KINDS[kind](640, 480)
    for length in range(len(whole)):
        for data in (whole[:length], whole[:length] + b"\xff" * 30, whole[:length] + bytes(30)):
            picture = picture_of(part(data))
            assert picture is None or picture.is_shown or "damaged" in picture.words or "too large" in picture.words
    assert attachments({"content": [part(DOT[:12])]})[0]["words"] == "damaged PNG picture"
