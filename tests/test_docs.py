"""The documents agree with the program: every hook, setting and command is there, and every command runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from opusagent_hooks import specs
from opusagent_voiceprint import JSONStorage, VoiceFingerprintConfig, Voiceprint, hookspecs
from opusagent_voiceprint.settings import environment_name
from opusagent_voiceprint.storage import generate_key

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

# What stands in for OpusAgent's folder, where some of the commands are run.
CHECKOUT = ROOT / "tests" / "hooks" / "host" / "checkout"

PROGRAM = [sys.executable, "-c", "from opusagent_voiceprint.cli import main; main()"]
EVALUATE = (
    ".venv/bin/opusagent-voiceprint evaluate tests/voices/index.csv "
    "--lines wide,mulaw --noise none --seconds 5"
)

# Each command line of the README, and what this suite runs for it.
COMMANDS = {
    "opusagent-hooks check": [sys.executable, "-m", "opusagent_hooks.run", "check"],
    "opusagent-hooks run -- python run_opus_server.py": [
        sys.executable,
        "-m",
        "opusagent_hooks.run",
        "run",
        "--",
        sys.executable,
        "run_opus_server.py",
    ],
    "make demo": ["make", "--dry-run", "demo"],  # what it ends in is run by tests/cli
    "make test": ["make", "--dry-run", "test"],  # this suite
    "OPUSAGENT_PLUGINS=voiceprint,examples.custom_greeting .venv/bin/python -m examples.custom_greeting": [
        sys.executable,
        "-m",
        "examples.custom_greeting",
    ],
    ".venv/bin/opusagent-voiceprint voiceprints list": [*PROGRAM, "voiceprints", "list"],
    EVALUATE: [*PROGRAM, *EVALUATE.split()[1:]],
    ".venv/bin/python examples/library_use.py": [sys.executable, "examples/library_use.py"],
    ".venv/bin/opusagent-voiceprint keys generate": [*PROGRAM, "keys", "generate"],
    ".venv/bin/opusagent-voiceprint keys status": [*PROGRAM, "keys", "status"],
    ".venv/bin/opusagent-voiceprint keys rotate": [*PROGRAM, "keys", "rotate"],
    **{
        f".venv/bin/opusagent-voiceprint callers {rest}": [*PROGRAM, "callers", *rest.split()]
        for rest in ("export CALLER_ID", "erase CALLER_ID", "review")
    },
    **{
        f".venv/bin/opusagent-voiceprint consents {rest}": [*PROGRAM, "consents", *rest.split()]
        for rest in ("show", "verify", "export --file consents.jsonl")
    },
    ".venv/bin/opusagent-voiceprint policy show": [*PROGRAM, "policy", "show"],
    ".venv/bin/opusagent-voiceprint retention run --dry-run": [*PROGRAM, "retention", "run", "--dry-run"],
    **{
        f".venv/bin/opusagent-voiceprint storage {rest}": [*PROGRAM, "storage", *rest.split()]
        for rest in (
            "check",
            "migrate settings sqlite:callers.db",
            "backup callers.backup",
            "restore callers.backup --merge",
        )
    },
}


def readme_commands() -> list[str]:
    blocks = re.findall(r"```bash\n(.*?)```", README, flags=re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def test_every_command_of_the_readme_is_run_here() -> None:
    assert sorted(set(readme_commands())) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    run = COMMANDS[command]
    if run[0] == "make":
        assert shutil.which("make"), "make is needed to check the README's commands"
    variables = dict(re.findall(r"\b([A-Z_]+)=(\S+)", command)) if run[0] != "make" else {}
    environment = {
        **os.environ,
        **variables,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
        "VOICE_STORAGE_PATH": str(tmp_path / "voices.json"),
        **({"VOICE_ENCRYPTION_KEY": generate_key()} if " keys " in command else {}),
    }
    folder = CHECKOUT if command.startswith("opusagent-hooks") else ROOT
    if any(
        group in command for group in (" storage ", " callers ", " consents ")
    ):  # of files where the command is run
        folder = tmp_path
        with JSONStorage(tmp_path / "voices.json") as store:
            store.save(Voiceprint(caller_id="CALLER_ID", embedding=[1.0, 0.0]))
    if " restore " in command:
        backup = [*PROGRAM, "storage", "backup", "callers.backup"]
        subprocess.run(backup, cwd=folder, env=environment, timeout=300, check=True, capture_output=True)
    done = subprocess.run(
        run, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stdout.strip()
    assert "no hooks" not in done.stdout


def test_the_example_plugin_greets_in_its_own_words(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "OPUSAGENT_PLUGINS": "voiceprint,examples.custom_greeting",
        "VOICE_STORAGE_PATH": str(tmp_path / "voices.json"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "examples.custom_greeting"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Nice to hear you again, Ada." in done.stdout, done.stderr


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = set(re.findall(r"^\| `(VOICE_[A-Z_]+)` \|", README, flags=re.MULTILINE))
    assert documented == {environment_name(name) for name in VoiceFingerprintConfig.model_fields}


def test_every_documented_default_is_the_settings_own() -> None:
    rows = dict(re.findall(r"^\| `(VOICE_[A-Z_]+)` \| `([^`]+)` \|", README, flags=re.MULTILINE))
    for name, field in VoiceFingerprintConfig.model_fields.items():
        documented = rows.get(environment_name(name))
        default: Any = field.default
        if hasattr(default, "get_secret_value"):
            default = default.get_secret_value()
        if documented is None:
            assert default in (None, "")
            continue
        text = str(default).lower() if isinstance(default, bool) else str(default)
        assert documented == text


@pytest.mark.parametrize("module", [specs, hookspecs])
def test_every_hook_is_documented_with_its_signature(module: Any) -> None:
    import inspect

    names = [name for name in module.__all__ if name != "hookimpl"]
    for name in names:
        hook = getattr(module, name)
        assert hook.__doc__
        signature = f"{name}({', '.join(inspect.signature(hook).parameters)})"
        assert f"| `{signature}` |" in README


def test_every_setting_of_the_example_file_exists() -> None:
    text = (ROOT / "examples" / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^# (VOICE_[A-Z_]+)=", text, flags=re.MULTILINE))
    assert named
    assert named <= {environment_name(name) for name in VoiceFingerprintConfig.model_fields}


def test_the_project_speaks_of_itself_only() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    files = [ROOT / name for name in tracked.stdout.split() if name.endswith((".py", ".md", ".toml", ".txt"))]
    files = [path for path in files if path != Path(__file__)]
    for path in files:
        text = path.read_text(encoding="utf-8")
        for word in ("TODO", "FIXME", "NotImplementedError", "/" + "work/"):
            assert word not in text, f"{word} in {path.name}"
