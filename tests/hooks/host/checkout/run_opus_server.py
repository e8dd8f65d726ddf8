"""Imports the server as OpusAgent's own script does, and says whether hooks are on it instead of serving."""

import sys

import opusagent.main
from opusagent.bridges.base_bridge import BaseRealtimeBridge

hooked = hasattr(BaseRealtimeBridge.__init__, "__wrapped__")
sys.stdout.write(f"{opusagent.main.__name__}: {'hooks on' if hooked else 'no hooks'}\n")
