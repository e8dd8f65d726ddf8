"""Attaches OpusAgent's hooks in a Python process that has this folder on its path.

Python imports it when it starts; ``opusagent-hooks run`` sees to the path.
"""

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder


class _Attacher:
    """Attaches when OpusAgent's bridges are about to be imported.

    Not before: every Python process that a server starts runs this, and most have nothing to do with calls.
    """

    host = "opusagent.bridges.base_bridge"

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """A finder's: only looks out for the name."""
        if name != self.host:
            return None
        from importlib.util import find_spec

        sys.meta_path.remove(self)
        try:
            from opusagent_hooks.host import attach

            attach()
        except Exception as error:  # noqa: BLE001 - the server starts without hooks, and says so
            what = f"{type(error).__name__}: {error}"
            sys.stderr.write(f"opusagent-hooks: not attached in {sys.executable}: {what}\n")
        # Anew: attaching has put a finder of its own in front.
        return find_spec(name)


def _run_the_next() -> None:
    """Run the ``sitecustomize`` that would have been imported without this one."""
    here = os.path.realpath(os.path.dirname(__file__))
    elsewhere = [entry for entry in sys.path if os.path.realpath(entry or os.curdir) != here]
    spec = PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is None or spec.loader is None:
        return
    from importlib.util import module_from_spec

    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


sys.meta_path.insert(0, _Attacher())
_run_the_next()
