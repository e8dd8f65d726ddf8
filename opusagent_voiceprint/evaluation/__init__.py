"""Evaluation on a folder of speech, simulated telephone lines, and calibration to a site's own callers."""

from __future__ import annotations

from opusagent_voiceprint.evaluation.corpus import Corpus, read_corpus
from opusagent_voiceprint.evaluation.results import Condition, Evaluation, Interval
from opusagent_voiceprint.evaluation.run import Options, evaluate, line_pairs

__all__ = [
    "Condition",
    "Corpus",
    "Evaluation",
    "Interval",
    "Options",
    "evaluate",
    "line_pairs",
    "read_corpus",
]
