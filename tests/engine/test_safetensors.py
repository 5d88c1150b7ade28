"""Weight files: what is written is read, and a damaged file is an error with a name, never a crash or wrong numbers."""
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftbench.core import EngineError
from ftbench.engine.nano.safetensors import read_safetensors, write_safetensors

TENSORS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3) / 7, "b": np.array([np.inf, -0.0, 1e-40], np.float32),
           "empty": np.zeros((0, 4), np.float32)}


def test_float32_comes_back_bit_for_bit(tmp_path):
    write_safetensors(tmp_path / "x", TENSORS)
    read = read_safetensors(tmp_path / "x")
    assert list(read) == list(TENSORS) and all(read[n].tobytes() == TENSORS[n].tobytes() for n in TENSORS)


def test_bfloat16_is_the_nearest(tmp_path):
    values = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    write_safetensors(tmp_path / "x", {"v": np.append(values, [np.inf, np.nan]).astype(np.float32)}, dtype="BF16")
    read = read_safetensors(tmp_path / "x")["v"]
    assert np.abs(read[:1000] / values - 1).max() <= 2 ** -8 and np.isinf(read[-2]) and np.isnan(read[-1])


def header(entry): return (text := json.dumps({"a": entry}).encode()) and len(text).to_bytes(8, "little") + text


@pytest.mark.parametrize("data", [
    b"", b"\x01", b"\xff" * 8, (10).to_bytes(8, "little") + b"not json!!", (2).to_bytes(8, "little") + b"[]",
    header({"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}),
    header({"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}) + b"\0" * 8,
    header({"dtype": "F32", "shape": [-1, -2], "data_offsets": [0, 8]}) + b"\0" * 8,
    header({"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}) + b"\0" * 8,
    header({"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}) + b"\0" * 8,
    header({"dtype": "F32", "shape": "2", "data_offsets": [0, 8]}) + b"\0" * 8,
    header({"dtype": "F32", "shape": [True], "data_offsets": [0, 4]}) + b"\0" * 8,
    header({"dtype": ["F32"], "shape": [2], "data_offsets": [0, 8]}) + b"\0" * 8,
    header({"dtype": "F32", "shape": [2]}), header(5), header(None)])
def test_a_damaged_file_is_named(tmp_path, data):
    (tmp_path / "model.safetensors").write_bytes(data)
    with pytest.raises(EngineError, match="model.safetensors"): read_safetensors(tmp_path / "model.safetensors")


@settings(max_examples=200)
@given(place=st.integers(0, 400), byte=st.integers(0, 255), length=st.integers(0, 500))
def test_any_changed_or_missing_byte_is_read_or_named(tmp_path_factory, place, byte, length):
    path = tmp_path_factory.getbasetemp() / "changed.safetensors"
    write_safetensors(path, TENSORS)
    data = bytearray(path.read_bytes())
    data[place % len(data)] = byte
    path.write_bytes(data[:length])
    try: assert all(v.dtype == np.float32 for v in read_safetensors(path).values())
    except EngineError as error: assert "changed.safetensors" in str(error)


def test_the_safetensors_library_reads_it_and_is_read(tmp_path):
    library = pytest.importorskip("safetensors.numpy", reason="the parity extra is not installed: no safetensors library")
    write_safetensors(tmp_path / "ours", TENSORS)
    assert all(v.tobytes() == TENSORS[n].tobytes() for n, v in library.load_file(tmp_path / "ours").items())
    library.save_file(TENSORS, tmp_path / "theirs")
    assert all(v.tobytes() == TENSORS[n].tobytes() for n, v in read_safetensors(tmp_path / "theirs").items())
