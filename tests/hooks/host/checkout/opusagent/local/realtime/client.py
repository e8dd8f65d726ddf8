"""The local double writes what it is told into the configuration that it was given."""


class LocalRealtimeClient:
    def __init__(self, logger=None, session_config=None):
        self.session_config = session_config

    def update(self, **fields):
        for name, value in fields.items():
            setattr(self.session_config, name, value)
