"""Recognising voices without any call: enroll two, identify one over a telephone line, forget it.

python examples/library_use.py
"""

from __future__ import annotations

import tempfile
from importlib import resources
from pathlib import Path

from opusagent_voiceprint import OpusAgentVoiceRecognizer, SQLiteStorage

VOICES = resources.files("opusagent_voiceprint.cli") / "demo_voices"


def main() -> None:
    """Run the example on a store in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder, SQLiteStorage(Path(folder) / "voices.db") as store:
        recognizer = OpusAgentVoiceRecognizer(store)

        # A path, or a float or int16 array with sample_rate=...
        with resources.as_file(VOICES / "caller_order.ogg") as recording:
            voiceprint = recognizer.enroll_caller("caller-1", recording, {"plan": "premium"})
        with resources.as_file(VOICES / "other_order.ogg") as recording:
            recognizer.enroll_caller("caller-2", recording)
        print(f"enrolled caller-1 on {voiceprint.net_speech_seconds:.1f} s of net speech")

        with resources.as_file(VOICES / "caller_return.ogg") as recording:
            found = recognizer.identify(recording)
            match = recognizer.match_caller(recording)
        print(f"identified: {found.decision.value}, {found.caller_id}")
        if match is not None:
            caller_id, similarity, metadata = match
            print(f"matched: {caller_id}, similarity {similarity:.2f}, {metadata}")

        recognizer.forget_caller("caller-1")
        with resources.as_file(VOICES / "caller_return.ogg") as recording:
            print(f"after forgetting: {recognizer.identify(recording).decision.value}")


if __name__ == "__main__":
    main()
