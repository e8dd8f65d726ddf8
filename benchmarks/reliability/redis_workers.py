"""How soon a caller whom one worker enrolled is recognised by another, and forgotten by both.

    python benchmarks/reliability/redis_workers.py [--rounds 50] [--seed 1]

Two processes with a gallery each, which they keep in step with one Redis as the plugin does, by its
GalleryFollower. In each round one of them, by turns, enrolls a caller from a recording (with the
OpusAgentVoiceRecognizer, and the voices of the tests), and another recording of that voice is compared in the
other until it is recognised; then the caller is erased by one of them, and compared in both until nobody is
recognised. A delay begins when the store has acknowledged the change. Exits with 1 if one takes a second.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
from places import a_directory, arguments, conditions, table
from redis_places import RedisPlace, server_version

from opusagent_voiceprint.audio import read_audio
from opusagent_voiceprint.calls.arrears import Arrears
from opusagent_voiceprint.calls.follower import GalleryFollower
from opusagent_voiceprint.calls.store_access import StoreAccess
from opusagent_voiceprint.encoding import embed_utterance
from opusagent_voiceprint.matching import Backend, DecisionRule, Gallery
from opusagent_voiceprint.models import utc_now
from opusagent_voiceprint.recognizer import OpusAgentVoiceRecognizer
from opusagent_voiceprint.recognizer.same_voice import probe_of
from opusagent_voiceprint.storage import RedisStorage

VOICES = Path(__file__).parents[2] / "tests" / "voices"
NAMES = ("slt", "rms", "awb", "kal16")
LONGEST = 10.0


class Worker:
    """What runs in each of the processes: reads commands, and answers each with a line."""

    def __init__(self, url: str) -> None:
        store = RedisStorage.from_url(url, timeout=4.0)
        self.recognizer = OpusAgentVoiceRecognizer(store)
        config, encoders = self.recognizer.config, self.recognizer.encoders
        self.gallery = Gallery(Backend.configured(encoders, config.calibration))
        self.rule = DecisionRule.of(config)
        self.heard = {
            name: embed_utterance(encoders, read_audio(VOICES / f"{name}_return.ogg")) for name in NAMES
        }
        arrears = Arrears(None, self.gallery.remove)
        follower = GalleryFollower(StoreAccess.of(store), self.gallery, arrears, config, utc_now)
        threading.Thread(target=follower.run, args=(lambda: None,), daemon=True).start()

    def enroll(self, caller_id: str, voice: str) -> float:
        self.recognizer.enroll_caller(caller_id, VOICES / f"{voice}_enroll.ogg")
        return time.monotonic()

    def forget(self, caller_id: str, _: str) -> float:
        self.recognizer.forget_caller(caller_id)
        return time.monotonic()

    def hears(self, caller_id: str, voice: str) -> float:
        return self._until(voice, lambda found: found == caller_id)

    def hears_nobody(self, caller_id: str, voice: str) -> float:
        return self._until(voice, lambda found: found != caller_id)

    def _until(self, voice: str, is_so: object) -> float:
        """When it first was so, on the clock that all processes share; infinity if it never was."""
        speech = self.heard[voice]
        until = time.monotonic() + LONGEST
        while (now := time.monotonic()) < until:
            near = self.gallery.search(probe_of(speech), 5)
            found = self.rule.decide(
                near, speech.net_speech_seconds, speech.quality,
                clipped_fraction=speech.clipped_fraction, final=True,
            )  # fmt: skip
            if is_so(found.caller_id):  # type: ignore[operator]
                return now
            time.sleep(0.005)
        return float("inf")


def serve(url: str) -> None:
    worker = Worker(url)
    print("ready", flush=True)
    for line in sys.stdin:
        what, caller_id, voice = line.split()
        print(getattr(worker, what)(caller_id, voice), flush=True)


class Process:
    """A worker, as the one who asks it sees it."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--worker", url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, *words: str) -> None:
        assert self.process.stdin is not None
        print(*words, file=self.process.stdin, flush=True)

    def answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


def main(options: list[str] | None = None) -> int:
    parser = arguments(__doc__, rounds=50, rounds_are="how many callers are enrolled and erased")
    chosen = parser.parse_args(options)
    chance = random.Random(chosen.seed)
    delays: dict[str, list[float]] = {
        "recognised in the other": [],
        "gone from the one": [],
        "gone from the other": [],
    }
    with a_directory(chosen.directory) as directory, RedisPlace(directory) as place:
        workers = [Process(f"{place.url}/0") for _ in range(2)]
        assert [worker.answer() for worker in workers] == ["ready", "ready"]
        for number in range(chosen.rounds):
            one, other = workers if number % 2 else workers[::-1]
            caller_id, voice = f"caller_{number}", NAMES[number % len(NAMES)]
            time.sleep(chance.uniform(0, 0.5))  # at any moment between two looks at the store
            other.ask("hears", caller_id, voice)
            one.ask("enroll", caller_id, voice)
            enrolled = float(one.answer())
            delays["recognised in the other"].append(float(other.answer()) - enrolled)
            time.sleep(chance.uniform(0, 0.5))
            one.ask("hears", caller_id, voice)
            assert float(one.answer()) < float("inf")
            one.ask("forget", caller_id, voice)
            erased = float(one.answer())
            for name, worker in (("gone from the one", one), ("gone from the other", other)):
                worker.ask("hears_nobody", caller_id, voice)
                delays[name].append(max(0.0, float(worker.answer()) - erased))
        versions = server_version(place)
        for worker in workers:
            worker.process.kill()
            worker.process.wait()
        rows = [
            [name, len(taken), *(f"{1000 * value:.0f}" for value in (np.median(taken), max(taken)))]
            for name, taken in delays.items()
        ]
        print(table(["", "rounds", "p50 (ms)", "worst (ms)"], rows))
        print(f"\nSeed {chosen.seed}; {versions}; {conditions(directory)}.")
    return int(max(max(taken) for taken in delays.values()) >= 1.0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        serve(sys.argv[2])
    else:
        sys.exit(main())
