"""``opusagent-hooks``: the command line, ``sitecustomize``, and a server of each kind with the hooks on."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import pytest
import websockets
from attached_host import CHECKOUT

from opusagent_hooks import run
from opusagent_hooks.host import shape

PLUGIN = """
import os
from opusagent_hooks import hookimpl

class Plugin:
    def __init__(self):
        self.say("made")

    def say(self, *words):
        with open(os.environ["HOOKS_FIRED"], "a") as file:
            file.write(" ".join([str(os.getpid()), *words]) + "\\n")

    @hookimpl
    def call_start(self, call):
        self.say("call_start", call.id, str(call.from_number))

    @hookimpl
    def call_end(self, call, reason):
        self.say("call_end", call.id, reason)

    def close(self):
        self.say("closed")
"""


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """A folder with a plugin on the path beside the host's, where the hooks that fire are written down."""
    (tmp_path / "run_plugin.py").write_text(PLUGIN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(CHECKOUT)]))
    monkeypatch.setenv("HOOKS_FIRED", str(tmp_path / "fired.txt"))
    monkeypatch.setenv("OPUSAGENT_PLUGINS", "run_plugin:Plugin")
    return tmp_path


def hooks(*arguments, **kwargs):
    command = [sys.executable, "-m", "opusagent_hooks.run", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **kwargs)


def python(code, *options):
    """Run code with the hooks on."""
    return hooks("run", "--", sys.executable, *options, "-c", code)


class TestTheCommandLine:
    @pytest.mark.parametrize("dashes", [["--"], []])
    def test_a_command_runs_as_it_would_without_and_its_status_is_the_status(self, workplace, dashes):
        code = "import sys; print(sys.argv); sys.exit(7)"
        result = hooks("run", *dashes, sys.executable, "-c", code, "--reload", "-x", "a b")
        assert result.returncode == 7
        assert result.stdout == "['-c', '--reload', '-x', 'a b']\n"

    def test_what_was_on_the_path_stays_there_and_children_get_it_too(self, workplace):
        result = python("import subprocess, sys; subprocess.run(['printenv', 'PYTHONPATH'])")
        assert result.stdout.strip().split(os.pathsep) == [str(run.SITE), str(workplace), str(CHECKOUT)]
        twice = run.with_hooks(run.with_hooks({"PYTHONPATH": "x"}))
        assert twice == {"PYTHONPATH": os.pathsep.join([str(run.SITE), "x"])}
        assert run.with_hooks({}) == run.with_hooks({"PYTHONPATH": ""}) == {"PYTHONPATH": str(run.SITE)}

    @pytest.mark.parametrize("path", [":/nowhere", "/nowhere:", "/nowhere::", ":"])
    def test_an_empty_entry_of_the_path_is_still_the_current_folder(self, workplace, monkeypatch, path):
        monkeypatch.delenv("OPUSAGENT_PLUGINS")
        (workplace / "beside.py").write_text("print('found')")
        (workplace / "scripts").mkdir()
        script = workplace / "scripts" / "script.py"
        script.write_text("import beside")
        monkeypatch.setenv("PYTHONPATH", path.replace(":", os.pathsep))
        assert subprocess.run([sys.executable, script], timeout=60, check=False).returncode == 0
        result = hooks("run", "--", sys.executable, str(script))
        assert result.stdout == "found\n", result.stderr
        assert run.with_hooks(run.with_hooks({"PYTHONPATH": path})) == run.with_hooks({"PYTHONPATH": path})

    @pytest.mark.parametrize("arguments", [["run"], ["run", "--"]])
    def test_no_command_is_a_mistake(self, arguments):
        result = hooks(*arguments)
        assert result.returncode == 2
        assert "run needs a command" in result.stderr

    def test_a_command_that_is_not_there_says_so(self):
        result = hooks("run", "--", "no-such-command")
        assert (result.returncode, result.stderr) == (
            127,
            "opusagent-hooks: there is no command 'no-such-command'\n",
        )

    def test_one_that_cannot_be_run_says_so(self, workplace):
        broken = workplace / "broken"
        broken.write_bytes(b"\x7fELF")
        broken.chmod(0o755)
        result = hooks("run", "--", str(broken))
        assert result.returncode == 126
        assert "cannot be run: Exec format error" in result.stderr

    def test_check_says_what_fits_and_what_does_not(self, workplace, monkeypatch):
        monkeypatch.delenv("PYTHONPATH")
        monkeypatch.chdir(CHECKOUT)
        result = hooks("check")
        assert result.returncode == 0, result.stdout
        assert len(result.stdout.splitlines()) == len(shape.SEAMS) + 1
        assert "audiocodes_bridge.AudioCodesBridge.handle_activities " in result.stdout

    def test_check_fails_for_a_host_that_has_changed(self, workplace, monkeypatch):
        broken = workplace / "opusagent"
        (broken / "voiceprint").mkdir(parents=True)
        (broken / "__init__.py").write_text(f"__path__.append({str(CHECKOUT / 'opusagent')!r})")
        (broken / "voiceprint" / "__init__.py").write_text("")
        result = hooks("check")
        assert result.returncode == 1
        assert "OpusAgentVoiceRecognizer is missing: no stand-in for its voiceprint" in result.stdout
        assert "base_bridge.BaseRealtimeBridge.close cannot be imported (ImportError" in result.stdout

    def test_check_without_a_host_says_where_to_be(self, tmp_path, monkeypatch):
        monkeypatch.delenv("PYTHONPATH", raising=False)
        monkeypatch.chdir(tmp_path)
        result = hooks("check")
        assert result.returncode == 1
        assert "no OpusAgent here" in result.stderr


class TestSitecustomize:
    def test_it_waits_for_the_module_that_the_hooks_wait_for(self):
        source = (run.SITE / "sitecustomize.py").read_text()
        assert f'"{shape.BASE_BRIDGE}"' in source

    def test_a_process_without_the_host_loads_nothing(self, workplace):
        result = python(
            "import sys; print(sorted(n for n in sys.modules if n in ('opusagent_hooks', 'wrapt', 'numpy')))"
        )
        assert (result.stdout, result.stderr) == ("[]\n", "")

    def test_the_hosts_import_attaches(self, workplace):
        code = "import opusagent.main, opusagent_hooks; print(opusagent_hooks.attach().live)"
        assert python(code).stdout == "True\n"
        assert (workplace / "fired.txt").read_text().split()[1::2] == ["made", "closed"]

    def test_one_that_was_there_before_runs_as_well(self, workplace):
        (workplace / "sitecustomize.py").write_text("import sys\nsys.before_us = 1\nTHEIRS = True\n")
        result = python("import sys, sitecustomize; print(sys.before_us, sitecustomize.THEIRS)")
        assert (result.stdout, result.stderr) == ("1 True\n", "")

    def test_one_that_fails_keeps_no_hook_from_firing(self, workplace):
        (workplace / "sitecustomize.py").write_text("raise RuntimeError('theirs')\n")
        result = python("import opusagent.main, opusagent_hooks; print(opusagent_hooks.attach().live)")
        assert result.stdout == "True\n"
        assert "RuntimeError: theirs" in result.stderr

    def test_an_interpreter_that_lacks_the_hooks_says_so_in_a_line_and_goes_on(self, workplace):
        bare = "import sys\nsys.modules['opusagent_hooks'] = None\nimport opusagent.main\nprint('served')"
        result = python(bare)
        assert result.stdout == "served\n"
        assert result.returncode == 0
        (line,) = result.stderr.splitlines()
        assert line.startswith(f"opusagent-hooks: not attached in {sys.executable}: ModuleNotFoundError: ")

    def test_bad_settings_stop_the_start_with_their_message(self, workplace, monkeypatch):
        monkeypatch.setenv("OPUSAGENT_PLUGINS", "no_such_plugin")
        result = python("import opusagent.main")
        assert result.returncode == 1
        assert "plugin 'no_such_plugin' is not known" in result.stderr.splitlines()[-1]


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class Server:
    """The host as its users run it, with the hooks on."""

    def __init__(self, *command):
        self.port = free_port()
        self.command = [part.replace("PORT", str(self.port)) for part in command]

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "opusagent_hooks.run", "run", "--", sys.executable, "-m", *self.command],
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        deadline = time.monotonic() + 30
        while not self.answers():
            if time.monotonic() > deadline:
                os.killpg(self.process.pid, signal.SIGKILL)
                raise AssertionError(self.process.communicate()[1].decode())
            time.sleep(0.05)
        return self

    def __exit__(self, *exc_info):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        finally:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                self.log = "gone by itself"
            self.log = self.process.communicate()[1].decode()

    def answers(self):
        try:
            self.get("/who")
        except OSError:
            return False
        return True

    def get(self, path, data=None):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", data, timeout=5) as answer:
            return answer.read().decode()

    async def call(self, call_sid):
        """A call whose number comes through the TwiML."""
        form = urllib.parse.urlencode({"From": "+15551230001"}).encode()
        twiml = await asyncio.to_thread(self.get, "/twilio/voice", form)
        (number,) = re.findall(r'name="from_number" value="([^"]*)"', twiml)
        async with websockets.connect(f"ws://127.0.0.1:{self.port}/twilio-agent") as socket:
            start = {
                "callSid": call_sid,
                "customParameters": {"from_number": number},
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000},
            }
            await socket.send(json.dumps({"event": "start", "start": start}))
            await socket.send(json.dumps({"event": "stop"}))
            await asyncio.sleep(0.1)


def fired(workplace):
    """What each process was told, by its id."""
    told = {}
    for line in (workplace / "fired.txt").read_text().splitlines():
        process, event = line.split(" ", 1)
        told.setdefault(process, []).append(event)
    return told


WAYS = {
    "uvicorn": ["uvicorn", "opusagent.main:app", "--port", "PORT"],
    "reload": ["uvicorn", "opusagent.main:app", "--port", "PORT", "--reload"],
    "workers": ["uvicorn", "opusagent.main:app", "--port", "PORT", "--workers", "2"],
    "module": ["opusagent.main", "PORT"],
}


class TestServers:
    @pytest.mark.parametrize("way", WAYS)
    async def test_hooks_fire_in_every_process_that_takes_calls(self, workplace, way):
        with Server(*WAYS[way]) as server:
            for number in range(4):
                await server.call(f"CA{number}")
        told = fired(workplace)
        assert len(told) == (2 if way == "workers" else 1)
        for events in told.values():
            assert events[0] == "made"
            assert events[-1] == "closed"
        calls = [event for events in told.values() for event in events if event.startswith("call_")]
        expected = [
            event
            for number in range(4)
            for event in (f"call_start CA{number} +15551230001", f"call_end CA{number} caller_hung_up")
        ]
        assert sorted(calls) == sorted(expected)

    async def test_a_worker_that_is_forked_from_a_loaded_host_has_plugins_of_its_own(self, workplace):
        (workplace / "preforked.py").write_text(PREFORKED)
        with Server("preforked", "PORT") as server:
            await server.call("CA1")
        told = fired(workplace)
        assert len(told) == 2
        parent, child = sorted(told.values(), key=len)
        assert "call_start CA1 +15551230001" in child
        assert (child[0], child[-1]) == ("made", "closed")
        assert parent[0] == "made"


PREFORKED = """
import os, signal, sys
import uvicorn
from opusagent.main import app

child = os.fork()
if child == 0:
    uvicorn.run(app, port=int(sys.argv[1]))
else:
    signal.signal(signal.SIGINT, lambda *_: os.kill(child, signal.SIGINT))
    os.waitpid(child, 0)
"""
