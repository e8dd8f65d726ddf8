from __future__ import annotations

import attached_host
import pytest

from opusagent_hooks import detach


@pytest.fixture
def checkout(monkeypatch):
    """The host on the path, not imported yet; whatever attaches to it is detached again."""
    monkeypatch.syspath_prepend(str(attached_host.CHECKOUT))
    attached_host.forget_the_host()
    detach()
    yield attached_host.CHECKOUT
    detach()
    attached_host.forget_the_host()


@pytest.fixture
def recorder():
    return attached_host.Recorder()


@pytest.fixture
def attachment(checkout, recorder):
    """The hooks on the host, with a plugin that writes down what it is told."""
    attachment = attached_host.attached_with(recorder)
    attached_host.host("bridges.base_bridge")
    return attachment
