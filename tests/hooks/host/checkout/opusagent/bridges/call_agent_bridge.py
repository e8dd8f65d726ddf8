from opusagent.bridges.audiocodes_bridge import AudioCodesBridge


class CallAgentBridge(AudioCodesBridge):
    """A synthetic caller."""
