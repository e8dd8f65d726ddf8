"""Plugins: how they are found, named, switched off, refused, and closed."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import logging
import sys
import types

import pytest

from opusagent_hooks import Call, HookManager, PluginError, build_manager, hookimpl, hookspec

PLUGIN = """
from opusagent_hooks import hookimpl

class Plugin:
    @hookimpl
    def call_start(self, call):
        return {name!r}

def make():
    return Plugin()

instance = Plugin()

@hookimpl
def call_start(call):
    return {name!r} + " module"
"""

BROKEN = "raise RuntimeError('no licence file')"


class Installation:
    """A folder on sys.path, with modules and installed distributions."""

    def __init__(self, folder):
        self.folder = folder

    def module(self, name, source=None):
        (self.folder / f"{name}.py").write_text(PLUGIN.format(name=name) if source is None else source)
        importlib.invalidate_caches()

    def install(self, distribution, **entry_points):
        info = self.folder / f"{distribution}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        lines = [f"{name} = {target}" for name, target in entry_points.items()]
        (info / "entry_points.txt").write_text("\n".join(["[opusagent]", *lines, ""]))
        importlib.invalidate_caches()


@pytest.fixture
def installation(tmp_path, monkeypatch):
    # Whatever else is installed where the tests run is none of their business.
    kept = [entry for entry in sys.path if not entry.endswith(("site-packages", "dist-packages"))]
    monkeypatch.setattr(sys, "path", [str(tmp_path), *kept])
    yield Installation(tmp_path)
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def two_installed(installation):
    installation.module("alpha_plugin")
    installation.module("zeta_plugin")
    installation.module("named_plugin")
    installation.install("zeta_dist", zeta="zeta_plugin:Plugin")
    installation.install("alpha_dist", alpha="alpha_plugin:make")
    return installation


async def answers(manager):
    return await manager.call_all("call_start", call=Call("c1", "twilio", object()))


class TestWhatIsLoaded:
    @pytest.mark.parametrize(
        ("plugins", "disabled", "loaded"),
        [
            (None, None, ["alpha", "zeta"]),
            ("", "", ["alpha", "zeta"]),
            (" , ", " ,", ["alpha", "zeta"]),
            ("zeta", None, ["zeta"]),
            ("zeta,alpha", None, ["zeta", "alpha"]),
            (" zeta , alpha,", None, ["zeta", "alpha"]),
            ("zeta,zeta", None, ["zeta"]),
            ("zeta,zeta_plugin:Plugin", None, ["zeta"]),
            ("named_plugin", None, ["named_plugin"]),
            ("named_plugin:Plugin", None, ["named_plugin:Plugin"]),
            ("named_plugin:instance", None, ["named_plugin:instance"]),
            ("*,named_plugin", None, ["alpha", "zeta", "named_plugin"]),
            ("named_plugin,*", None, ["named_plugin", "alpha", "zeta"]),
            (None, "alpha", ["zeta"]),
            (None, "alpha,zeta", []),
            (None, "*", []),
            ("named_plugin", "*", []),
            ("alpha,named_plugin", "alpha", ["named_plugin"]),
            ("alpha_plugin:make,zeta", "alpha", ["zeta"]),
            ("alpha,zeta", "alpha_plugin", ["zeta"]),
            (None, "alpha_plugin:make", ["zeta"]),
        ],
    )
    def test_the_environment_says_what_is_loaded(self, two_installed, plugins, disabled, loaded):
        environ = {"OPUSAGENT_PLUGINS": plugins, "OPUSAGENT_DISABLED_PLUGINS": disabled}
        manager = build_manager({key: value for key, value in environ.items() if value is not None})
        assert manager.plugin_names() == loaded

    async def test_what_is_named_later_answers_first_and_what_code_gives_before_all(self, two_installed):
        class Given:
            @hookimpl
            def call_start(self, call):
                return "given"

        manager = build_manager({"OPUSAGENT_PLUGINS": "*,named_plugin"}, plugins=[Given()])
        assert await answers(manager) == ["given", "named_plugin module", "zeta_plugin", "alpha_plugin"]

    async def test_a_class_a_function_an_instance_and_a_module_can_be_plugins(self, two_installed):
        named = "named_plugin,named_plugin:instance,named_plugin:make,named_plugin:Plugin"
        manager = build_manager({"OPUSAGENT_PLUGINS": named})
        assert await answers(manager) == ["named_plugin"] * 3 + ["named_plugin module"]

    def test_the_process_environment_is_read_when_none_is_given(self, two_installed, monkeypatch):
        monkeypatch.setenv("OPUSAGENT_PLUGINS", "alpha")
        monkeypatch.delenv("OPUSAGENT_DISABLED_PLUGINS", raising=False)
        assert build_manager().plugin_names() == ["alpha"]

    def test_without_any_plugin_there_is_a_manager_nevertheless(self, installation):
        assert build_manager({}).plugin_names() == []

    @pytest.mark.parametrize("disabled", ["bad", "bad_plugin", "bad_plugin:Plugin", "*", "other, bad"])
    def test_a_disabled_plugin_is_never_imported(self, installation, disabled):
        installation.module("bad_plugin", BROKEN)
        installation.install("bad_dist", bad="bad_plugin:Plugin")
        for named in ("", "bad", "bad_plugin:Plugin"):
            environ = {"OPUSAGENT_PLUGINS": named, "OPUSAGENT_DISABLED_PLUGINS": disabled}
            assert build_manager(environ).plugin_names() == []
        assert "bad_plugin" not in sys.modules

    @pytest.mark.parametrize("disabled", ["Given", "*"])
    def test_a_plugin_that_code_gives_can_be_disabled_too(self, installation, caplog, disabled):
        class Given:
            """Implements nothing."""

        manager = build_manager({"OPUSAGENT_DISABLED_PLUGINS": disabled}, plugins=[Given()])
        assert manager.plugin_names() == []
        assert not caplog.records

    def test_a_misspelt_name_that_should_be_off_is_warned_of(self, two_installed, caplog):
        build_manager({"OPUSAGENT_DISABLED_PLUGINS": "alfa"})
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert "alfa" in record.getMessage()
        assert "installed: alpha, zeta; did you mean alpha?" in record.getMessage()


class TestWhatStopsTheStart:
    def test_an_unknown_name_is_answered_with_those_that_are_installed(self, two_installed):
        with pytest.raises(PluginError, match=r"'alpah' is not known \(installed: alpha, zeta; .*alpha\?"):
            build_manager({"OPUSAGENT_PLUGINS": "zeta,alpah"})

    @pytest.mark.parametrize("name", ["nowhere", "nowhere.at.all", "nowhere:Plugin", "named_plugin.below"])
    def test_a_module_that_is_not_there_is_unknown(self, installation, name):
        installation.module("named_plugin")
        with pytest.raises(PluginError, match=rf"'{name}' is not known \(no plugin is installed\)"):
            build_manager({"OPUSAGENT_PLUGINS": name})

    @pytest.mark.parametrize(
        ("source", "cause"),
        [
            (BROKEN, "RuntimeError: no licence file"),
            ("import a_missing_library", "ModuleNotFoundError: No module named 'a_missing_library'"),
            ("import sys; sys.exit('bye')", "SystemExit: bye"),
            ("class Plugin:\n    def __init__(self): raise ValueError('no key')", "ValueError: no key"),
            ("Plugin = 1 +", "SyntaxError"),
            ("Plug = 1", "AttributeError: .*Plugin"),
        ],
    )
    def test_a_plugin_that_does_not_load_says_why_and_how_to_start_without_it(
        self, installation, source, cause
    ):
        installation.module("bad_plugin", source)
        installation.install("bad_dist", bad="bad_plugin:Plugin")
        expected = rf"'bad' cannot be loaded: {cause}.*OPUSAGENT_DISABLED_PLUGINS=bad starts without it"
        with pytest.raises(PluginError, match=expected) as caught:
            build_manager({})
        assert caught.value.__cause__ is not None

    @pytest.mark.parametrize(
        "source", ["def make(): pass", "async def make(): pass"], ids=["nothing", "a coroutine"]
    )
    def test_a_factory_has_to_return_a_plugin(self, installation, source):
        installation.module("bad_plugin", source)
        with pytest.raises(PluginError, match=r"'bad_plugin:make' was not made: .* returned"):
            build_manager({"OPUSAGENT_PLUGINS": "bad_plugin:make"})

    def test_two_plugins_of_one_name_are_an_error_that_names_both(self, two_installed):
        two_installed.install("rival_dist", alpha="named_plugin:Plugin")
        expected = "'alpha': alpha_plugin:make of alpha_dist and named_plugin:Plugin of rival_dist"
        with pytest.raises(PluginError, match=expected):
            build_manager({})
        named = {"OPUSAGENT_PLUGINS": "zeta,named_plugin:Plugin"}
        assert build_manager(named).plugin_names() == ["zeta", "named_plugin:Plugin"]

    def test_the_same_plugin_installed_twice_is_registered_once(self, two_installed):
        two_installed.install("again_dist", alpha="alpha_plugin:make")
        assert build_manager({}).plugin_names() == ["alpha", "zeta"]

    def test_a_plugin_that_does_not_register_says_how_to_start_without_it(self, installation):
        installation.module(
            "bad_plugin",
            "class Plugin:\n    def on_registered(self, manager): raise ValueError('port is taken')",
        )
        installation.install("bad_dist", bad="bad_plugin:Plugin")
        expected = "'bad' cannot be registered: ValueError: port is taken; OPUSAGENT_DISABLED_PLUGINS=bad"
        with pytest.raises(PluginError, match=expected):
            build_manager({})


class Plain:
    @hookimpl
    def call_start(self, call):
        return "plain"


class TestRegistering:
    async def test_a_plugin_is_named_after_its_class_unless_it_is_given_a_name(self):
        manager = HookManager()
        assert manager.register(Plain()) == "Plain"
        assert manager.register(Plain(), "second") == "second"
        assert manager.plugin_names() == ["Plain", "second"]

    async def test_the_same_object_is_registered_once(self):
        manager, plugin = HookManager(), Plain()
        assert manager.register(plugin) == manager.register(plugin, "again") == "Plain"
        assert await answers(manager) == ["plain"]

    def test_two_objects_of_one_name_are_refused_and_the_first_stays(self):
        manager = HookManager()
        manager.register(Plain())
        with pytest.raises(PluginError, match="two plugins are called 'Plain'"):
            manager.register(Plain())
        assert manager.plugin_names() == ["Plain"]

    async def test_plugins_that_compare_equal_are_still_two(self):
        @dataclasses.dataclass
        class Equal:
            number: int = 0

        manager, first = HookManager(), Equal()
        manager.register(first, "first")
        with pytest.raises(PluginError, match="'second'"):
            manager.register(Equal(), "second")
        assert manager.plugin_names() == ["first"]

    @pytest.mark.parametrize("plugin", [Plain, build_manager], ids=["class", "function"])
    def test_a_class_or_function_is_not_a_plugin_itself(self, plugin):
        with pytest.raises(PluginError, match="register what it makes"):
            HookManager().register(plugin)

    async def test_a_module_can_be_registered(self):
        module = types.ModuleType("my_module")
        exec(  # noqa: S102 - a module as an author would write it
            "from opusagent_hooks import hookimpl\n@hookimpl\ndef call_start(call): return call.id",
            module.__dict__,
        )
        manager = HookManager()
        assert manager.register(module) == "my_module"
        assert await answers(manager) == ["c1"]

    async def test_an_argument_that_the_hook_lacks_is_refused(self):
        class Wrong:
            @hookimpl
            def call_start(self, call, session):
                return "wrong"

        manager = HookManager()
        with pytest.raises(PluginError, match=r"'Wrong' does not fit: .*session"):
            manager.register(Wrong())
        assert manager.plugin_names() == []
        assert await answers(manager) == []

    @pytest.mark.parametrize("marks", [{"wrapper": True}, {"hookwrapper": True}])
    @pytest.mark.parametrize("hook", ["call_start", "audio_input", "not_defined_yet"])
    def test_a_wrapper_is_refused(self, marks, hook):
        class Wrapping:
            @hookimpl(specname=hook, **marks)
            def wrap(self, call):
                yield

        manager = HookManager()
        with pytest.raises(PluginError, match=f"'Wrapping' implements {hook} as a wrapper"):
            manager.register(Wrapping())
        assert not manager.has_implementations(hook)

    def test_whether_anybody_implements_a_hook_can_be_asked(self):
        manager = HookManager()
        assert not manager.has_implementations("call_start")
        manager.register(Plain())
        assert manager.has_implementations("call_start")
        assert not manager.has_implementations("call_end")
        assert not manager.has_implementations("no_such_hook")


class Greetings:
    @hookspec
    def greeting(self, call, name):
        """Words to greet a caller with."""


class TestHooksOfPlugins:
    async def test_a_plugin_can_bring_hooks_and_call_them(self):
        class Greeter:
            def on_registered(self, manager):
                self.manager = manager
                manager.add_hookspecs(Greetings)

            @hookimpl
            async def call_start(self, call):
                return await self.manager.call_first("greeting", call=call, name="caller")

        class Words:
            @hookimpl
            def greeting(self, name):
                return f"Hello {name}"

        for plugins in ([Greeter(), Words()], [Words(), Greeter()]):
            manager = HookManager()
            for plugin in plugins:
                manager.register(plugin)
            assert await answers(manager) == ["Hello caller"]

    def test_hooks_that_come_later_are_checked_against_those_who_implement_them(self):
        class Wrong:
            @hookimpl
            def greeting(self, weather):
                return "Hello"

        manager = HookManager()
        manager.register(Wrong())
        with pytest.raises(PluginError, match="weather"):
            manager.add_hookspecs(Greetings)

    def test_a_namespace_without_hooks_is_refused(self):
        with pytest.raises(PluginError, match="hooks"):
            HookManager().add_hookspecs(Plain)

    def test_a_plugin_that_fails_to_introduce_itself_is_not_registered(self):
        class Failing(Plain):
            def on_registered(self, manager):
                raise SystemExit("no")

        manager = HookManager()
        with pytest.raises(PluginError, match="'Failing' cannot be registered: SystemExit: no"):
            manager.register(Failing())
        assert manager.plugin_names() == []
        assert not manager.has_implementations("call_start")

    def test_a_misspelt_hook_is_a_warning_with_the_name_that_was_meant(self, installation, caplog):
        class Misspelt:
            @hookimpl
            def call_strat(self, call):
                return None

        build_manager({}, plugins=[Misspelt()])
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert "plugin Misspelt implements call_strat" in record.getMessage()
        assert "did you mean call_start?" in record.getMessage()

    def test_a_hook_that_may_be_missing_is_no_cause_for_a_warning(self, installation, caplog):
        class Optional:
            @hookimpl(optionalhook=True)
            def voiceprint_identified(self, call):
                return None

        build_manager({}, plugins=[Optional()])
        assert not caplog.records

    def test_a_plugin_without_any_hook_is_a_warning(self, installation, caplog):
        class Unmarked:
            def call_start(self, call):
                return None

        build_manager({}, plugins=[Unmarked()])
        assert "plugin Unmarked implements no hook; are its functions marked" in caplog.text


class TestClosing:
    def test_plugins_are_closed_once_last_registered_first_whoever_fails(self, caplog):
        closed = []

        class Closing:
            def __init__(self, name, error=None):
                self.name, self.error = name, error

            def close(self):
                closed.append(self.name)
                if self.error:
                    raise self.error

        manager = HookManager()
        manager.register(Closing("first"), "first")
        manager.register(Closing("second", ValueError("+15550100")), "second")
        manager.register(Closing("third", SystemExit("+15550100")), "third")
        manager.register(Plain())
        manager.close()
        manager.close()
        assert closed == ["third", "second", "first"]
        assert "plugin second: close raised ValueError" in caplog.text
        assert "+1555" not in caplog.text

    def test_a_close_that_would_have_to_be_awaited_is_named(self, caplog, recwarn):
        class Closing:
            async def close(self):
                raise AssertionError("nobody awaits this")

        manager = HookManager()
        manager.register(Closing())
        manager.close()
        assert "plugin Closing: close is a coroutine function" in caplog.text
        assert not list(recwarn)


class TestTimeouts:
    async def test_the_time_of_a_hook_can_be_set(self, caplog):
        class Hanging:
            @hookimpl
            async def call_start(self, call):
                await asyncio.Event().wait()

        manager = HookManager(timeouts={"call_start": 0.01})
        manager.register(Hanging())
        assert await answers(manager) == []
        assert "call_start did not finish within 0.01 s" in caplog.text


@pytest.mark.parametrize("path", ["./greet.py", "plugins/greet", "greet.py", ".greet"])
def test_a_path_is_not_the_name_of_a_plugin(path: str) -> None:
    with pytest.raises(PluginError, match="is a path; name the module as it is imported"):
        build_manager({"OPUSAGENT_PLUGINS": path})


def test_what_was_started_does_not_outlive_a_start_that_failed() -> None:
    class Started:
        closed = 0

        def on_registered(self, manager: HookManager) -> None:
            """It has threads from now on."""

        def close(self) -> None:
            self.closed += 1

    class Failing:
        def on_registered(self, manager: HookManager) -> None:
            """Nothing yet."""

        def on_ready(self) -> None:
            raise RuntimeError("no")

    started = Started()
    with pytest.raises(PluginError, match="cannot be started: RuntimeError"):
        build_manager({"OPUSAGENT_DISABLED_PLUGINS": "voiceprint"}, [started, Failing()])
    assert started.closed == 1


def test_off_is_meant_to_be_off_in_any_case_of_letters() -> None:
    manager = build_manager({"OPUSAGENT_DISABLED_PLUGINS": "VoicePrint"})
    assert "voiceprint" not in manager.plugin_names()
    manager.close()
