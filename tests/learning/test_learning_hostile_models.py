"""A model from somebody else: no path outside itself, no code, no more memory than a model may have, one sentence."""

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coder.encoding import named
from coder.encoding.adapter import read_adapter
from coder.errors import ModelError
from coder.learning import load_model
from coder.learning.persistence.model_files import SHIPPED


@pytest.fixture
def received(tmp_path: Path) -> Path:
    folder = tmp_path / "received"
    shutil.copytree(SHIPPED / "starter-small", folder)
    return folder


def change_card(folder: Path, **changes: Any) -> None:
    path = folder / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(card | changes), encoding="utf-8")


def put_arrays(folder: Path, content: bytes) -> None:
    (folder / "model.npz").write_bytes(content)
    change_card(folder, arrays_sha256=hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("name", ["/home/other/encoder", "..", "evil/encoder", "C:\\evil", "here"])
def test_a_card_cannot_name_a_folder_of_this_machine(
    received: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    change_card(received, encoder_name=name)
    with pytest.raises(ModelError, match="nobody trained with it"):
        load_model(received)


def test_a_folder_this_user_trained_with_is_found_by_the_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODER_DATA", str(tmp_path / "data"))
    named.remember("mine:1234", tmp_path / "mine")
    assert named.folder_or_name("mine", "mine:1234") == str((tmp_path / "mine").resolve())
    assert named.folder_or_name("other", "other:5") == "other"
    monkeypatch.setenv("CODER_ENCODER", "/told")
    assert named.folder_or_name("/a/path", "x:1") == "/told"


def test_arrays_that_unfold_beyond_reason_are_refused_before_they_do(received: Path) -> None:
    archive = io.BytesIO()
    with (
        zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("known_mean.npy", "w") as stream,
    ):
        np.lib.format.write_array_header_1_0(
            stream, {"shape": (75_000_000,), "fortran_order": False, "descr": "<f8"}
        )
        for _ in range(600):
            stream.write(bytes(1_000_000))
    assert len(archive.getvalue()) < 1_000_000
    put_arrays(received, archive.getvalue())
    with pytest.raises(ModelError, match="would unfold"):
        load_model(received)


def test_an_array_that_promises_more_than_there_is_is_refused(received: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file, file.open("known_mean.npy", "w") as stream:
        np.lib.format.write_array_header_1_0(
            stream, {"shape": (10**11,), "fortran_order": False, "descr": "<f8"}
        )
    put_arrays(received, archive.getvalue())
    with pytest.raises(ModelError, match="shorter than it says"):
        load_model(received)


@pytest.mark.parametrize("content", [b"no zip", b"", b"PK\x05\x06" + bytes(18)])
def test_broken_arrays_are_one_sentence(received: Path, content: bytes) -> None:
    put_arrays(received, content)
    with pytest.raises(ModelError):
        load_model(received)


def test_pickled_arrays_are_never_read(received: Path) -> None:
    archive = io.BytesIO()
    np.savez(archive, known_mean=np.array([{"a": 1}], dtype=object))
    put_arrays(received, archive.getvalue())
    with pytest.raises(ModelError):
        load_model(received)


def test_a_card_nested_beyond_reason_is_one_sentence(received: Path) -> None:
    (received / "card.json").write_text("[" * 200_000, encoding="utf-8")
    with pytest.raises(ModelError):
        load_model(received)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"held_out": 5}, "HeldOut is not an object"),
        ({"data": {"n": "many"}}, "'n' is 'many'"),
        ({"codes": [{"code": "x"}]}, "CodeVerdict has no 'positives'"),
        ({"name": ["a"]}, "'name' is"),
    ],
)
def test_a_card_with_a_value_of_another_kind_is_one_sentence(
    received: Path, changes: dict[str, Any], named: str
) -> None:
    change_card(received, **changes)
    with pytest.raises(ModelError, match=f"card.json is damaged: {named}"):
        load_model(received)


def test_factors_of_an_adapter_that_unfold_beyond_reason_are_refused(received: Path) -> None:
    from safetensors.numpy import save_file

    weight = "encoder.layer.0.output.dense.weight"
    factors = {
        f"{weight}.lora_A": np.ones((1, 100_000), np.float32),
        f"{weight}.lora_B": np.ones((100_000, 1), np.float32),
    }
    save_file(factors, received / "encoder" / "adapter.safetensors")
    with pytest.raises(ModelError, match="unfold"):
        read_adapter(received / "encoder")
