"""Averages the weights of students that differ in seed and draws: one network with what several learned.

    python -m fitting.soup WEIGHTS.npz STUDENT.npz STUDENT.npz ...

Wortsman et al., "Model soups" (2022). All students start from the same weights, which is what makes it work.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import torch

from fitting.network import load_weights, save_weights

__all__ = ["soup"]


def soup(states: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The mean of each parameter."""
    return {key: torch.stack([state[key] for state in states]).mean(dim=0) for key in states[0]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument("students", type=Path, nargs="+")
    options = parser.parse_args()
    save_weights(options.weights, soup([load_weights(path).state_dict() for path in options.students]))
    cards = [json.loads(path.with_suffix(".json").read_text()) for path in options.students]
    common = {key: cards[0][key] for key in ("what", "data", "speakers", "speaker_names")}
    card = {
        **common,
        "how": "the mean of students' weights",
        "students": [{key: each[key] for key in each.keys() - common.keys()} for each in cards],
        "sha256": hashlib.sha256(options.weights.read_bytes()).hexdigest(),
    }
    options.weights.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n")


if __name__ == "__main__":
    main()
