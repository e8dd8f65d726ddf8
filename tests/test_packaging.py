"""What is installed: the wheel's contents, what an import costs, and that every public name is there."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from email import message_from_string
from pathlib import Path
from types import ModuleType

import pytest

import opusagent_hooks
import opusagent_voiceprint

ROOT = Path(__file__).parents[1]
PACKAGES = ("opusagent_voiceprint", "opusagent_hooks")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel of this source tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    [path] = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def metadata_file(wheel: zipfile.ZipFile, name: str) -> str:
    return wheel.read(f"opusagent_voiceprint-{opusagent_voiceprint.__version__}.dist-info/{name}").decode()


def test_the_wheel_installs_the_two_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    information = f"opusagent_voiceprint-{opusagent_voiceprint.__version__}.dist-info"
    assert {name.partition("/")[0] for name in wheel.namelist()} == {*PACKAGES, information}


def test_every_source_file_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    packed = set(wheel.namelist())
    for folder in (ROOT / "opusagent_voiceprint", ROOT / "hooks" / "opusagent_hooks"):
        files = {path.relative_to(folder.parent).as_posix() for path in folder.rglob("*.py")}
        assert len(files) > 5
        assert files <= packed


def test_the_wheel_has_the_type_marks_and_the_demos_voices(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    voices = {name for name in names if name.startswith("opusagent_voiceprint/cli/demo_voices/")}
    here = ROOT / "opusagent_voiceprint" / "cli" / "demo_voices"
    assert {Path(name).name for name in voices} == {path.name for path in here.glob("*.ogg")}
    assert voices


def test_the_wheel_has_no_tests_secrets_or_leftovers(wheel: zipfile.ZipFile) -> None:
    for name in wheel.namelist():
        assert not name.endswith((".pyc", ".env", ".db", ".orig", ".rej")), name
        assert not name.endswith(".json") or name.startswith("opusagent_voiceprint/artefacts/"), name
        assert "/tests/" not in name


def test_the_plugin_is_found_by_its_entry_point(wheel: zipfile.ZipFile) -> None:
    points = ConfigParser()
    points.read_string(metadata_file(wheel, "entry_points.txt"))
    assert dict(points["opusagent"]) == {"voiceprint": "opusagent_voiceprint.plugin:VoiceprintPlugin"}
    targets = [*points["opusagent"].values(), *points["console_scripts"].values()]
    assert len(targets) >= 2
    for target in targets:
        module, _, name = target.partition(":")
        assert callable(getattr(importlib.import_module(module), name))


def test_the_metadata_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    told = message_from_string(metadata_file(wheel, "METADATA"))
    assert told["Name"] == "opusagent-voiceprint"
    assert told["Version"] == opusagent_voiceprint.__version__
    assert told["License-Expression"] == "Apache-2.0"
    assert set(told.get_all("License-File", [])) == {"LICENSE", "NOTICE"}
    assert set(told.get_all("Provides-Extra", [])) >= {"redis", "faiss"}
    assert "opusagent" in told.get_payload().lower()


IMPORT = """
import json, sys
before = set(sys.modules)
import {name}
print(json.dumps(sorted({{module.partition(".")[0] for module in set(sys.modules) - before}})))
"""

HEAVY = {"torch", "librosa", "numba", "scipy", "sklearn", "soundfile", "soxr", "redis", "faiss", "matplotlib"}


@pytest.mark.parametrize(
    ("name", "unwanted"),
    [
        ("opusagent_voiceprint", HEAVY | {"numpy", "pydantic", "pluggy", "opusagent_hooks"}),
        ("opusagent_hooks", HEAVY | {"pydantic", "opusagent_voiceprint"}),
        # What a server loads with the plugin, before it is known whether it is switched on.
        ("opusagent_voiceprint.plugin", {"torch", "librosa", "numba", "sklearn", "redis", "faiss"}),
    ],
)
def test_an_import_loads_nothing_heavy(name: str, unwanted: set[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT.format(name=name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = set(json.loads(ran.stdout))
    assert name.partition(".")[0] in loaded
    assert loaded & unwanted == set()
    assert ran.stderr == ""


def subpackages(package: ModuleType) -> list[str]:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [
        package.__name__,
        *(each.name for each in found if not each.name.rpartition(".")[2].startswith("_")),
    ]


@pytest.mark.parametrize("name", [*subpackages(opusagent_voiceprint), *subpackages(opusagent_hooks)])
def test_every_module_names_what_is_public_and_has_it(name: str) -> None:
    module = importlib.import_module(name)
    assert len(module.__all__) == len(set(module.__all__))
    for public in module.__all__:
        assert getattr(module, public) is not None
    assert module.__doc__, f"{name} does not say what it holds"


def test_the_version_is_one_and_the_same_everywhere() -> None:
    namespace: dict[str, str] = {}
    exec((ROOT / "opusagent_voiceprint" / "_version.py").read_text(), namespace)  # noqa: S102 - our own file
    assert namespace["__version__"] == opusagent_voiceprint.__version__
    assert opusagent_voiceprint.__version__.count(".") == 2


def test_the_wheel_has_the_encoder_that_is_the_default(wheel: zipfile.ZipFile) -> None:
    artefacts = {name.rpartition("/")[2] for name in wheel.namelist() if "/artefacts/" in name}
    weights = {"telephone.npz", "telephone-plda.npz"}
    cards = {"telephone.json", "telephone-plda.json"}
    assert artefacts >= weights | cards | {"telephone-calibration.json", "resemblyzer-calibration.json"}
