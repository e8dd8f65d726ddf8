"""Plots of an evaluation: DET curves, score histograms, DIR over seconds of speech. Needs matplotlib."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from opusagent_voiceprint.errors import EvaluationError
from opusagent_voiceprint.evaluation.results import Condition, Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["PLOTS", "draw_plots", "matplotlib_is_there"]

PLOTS: Final = {
    "det": "DET curves",
    "histograms": "Scores of genuine and impostor trials",
    "dir_over_seconds": "DIR at FPIR 1 % over seconds of speech",
}
"""Names of the plots, and their titles."""

_TICKS: Final = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6)
_LEAST: Final = 0.0004
_INK: Final = "#333333"
_GENUINE, _IMPOSTOR = "#1b6ca8", "#c8553d"
_COLUMNS: Final = 3
_APART: Final = 0.006
"""Lines stand this part of the axis apart, so that their intervals do not hide each other."""


def matplotlib_is_there() -> None:
    """Check before work is done whose plots could not be drawn.

    Raises:
        EvaluationError: matplotlib is not installed.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError as exc:
        raise EvaluationError(
            "the report's plots need matplotlib: pip install 'opusagent-voiceprint[report]', "
            "or leave them out with --no-plots"
        ) from exc


def draw_plots(evaluation: Evaluation) -> dict[str, bytes]:
    """The plots of :data:`PLOTS` that there is something for, as PNG files.

    Raises:
        EvaluationError: matplotlib is not installed.
    """
    matplotlib_is_there()
    longest = max(each.seconds for each in evaluation.conditions)
    last = [each for each in evaluation.conditions if each.seconds == longest and each.curves.far]
    plots: dict[str, bytes] = {}
    if last:
        plots["det"] = _png(_det(last))
        plots["histograms"] = _png(_histograms(last))
    if len({each.seconds for each in evaluation.conditions}) > 1:
        plots["dir_over_seconds"] = _png(_over_seconds(evaluation.conditions))
    return plots


def _figure(width: float, height: float) -> Figure:
    # Without pyplot, which would keep every figure and choose a window system.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()


def _colours(count: int) -> list[Any]:
    import matplotlib

    name = "tab10" if count <= 10 else "tab20"
    colours = matplotlib.colormaps[name]
    return [colours(number % colours.N) for number in range(count)]


def _plain(axes: Axes) -> None:
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(colors=_INK, labelsize=8)


def _det(conditions: Sequence[Condition]) -> Figure:
    """Both rates on normal-deviate axes (Martin et al., 1997)."""
    from scipy import special

    figure = _figure(9.2, 6.0)
    axes = figure.add_subplot()
    for condition, colour in zip(conditions, _colours(len(conditions)), strict=True):
        rates = [np.clip(each, _LEAST, 1 - _LEAST) for each in (condition.curves.far, condition.curves.frr)]
        far, frr = (special.ndtri(each) for each in rates)
        label = f"{condition.lines} (EER {100 * condition.figures['eer'].value:.1f} %)"
        axes.plot(far, frr, color=colour, linewidth=1.4, label=label, drawstyle="steps-post")
    places = special.ndtri(np.array(_TICKS))
    labels = [f"{100 * tick:g}" for tick in _TICKS]
    axes.set_xticks(places, labels)
    axes.set_yticks(places, labels)
    low, high = special.ndtri(_LEAST), special.ndtri(0.65)
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    axes.plot([low, high], [low, high], color="#bbbbbb", linewidth=0.8, linestyle=":")
    axes.set_xlabel("false accepts (FAR), %")
    axes.set_ylabel("false rejects (FRR), %")
    axes.set_title(f"DET, probes of {conditions[0].seconds:g} s", fontsize=10)
    figure.legend(
        fontsize=8, frameon=False, title="enrolled / probe", title_fontsize=8, loc="outside right upper"
    )
    _plain(axes)
    return figure


def _histograms(conditions: Sequence[Condition]) -> Figure:
    rows = -(-len(conditions) // _COLUMNS)
    figure = _figure(3.4 * _COLUMNS, 2.3 * rows)
    for number, condition in enumerate(conditions):
        axes = figure.add_subplot(rows, _COLUMNS, number + 1)
        for name, colour in (("impostor", _IMPOSTOR), ("genuine", _GENUINE)):
            axes.stairs(
                getattr(condition.curves, name),
                condition.curves.edges,
                color=colour,
                fill=True,
                alpha=0.55,
                label=name,
            )
        axes.axvline(0.0, color=_INK, linewidth=0.8, linestyle="--")
        axes.set_title(condition.lines, fontsize=9)
        axes.set_yticks([])
        _plain(axes)
        if number == 0:
            axes.legend(fontsize=7, frameon=False)
    figure.supxlabel("log likelihood ratio above the operating point, nats", fontsize=9)
    return figure


def _over_seconds(conditions: Sequence[Condition]) -> Figure:
    figure = _figure(9.2, 4.6)
    axes = figure.add_subplot()
    lines = list(dict.fromkeys(each.lines for each in conditions))
    seconds = sorted({each.seconds for each in conditions})
    shift = _APART * (seconds[-1] - seconds[0])
    for number, (name, colour) in enumerate(zip(lines, _colours(len(lines)), strict=True)):
        found = sorted(
            (each.seconds + shift * (number - len(lines) / 2), 100 * interval.value, interval)
            for each in conditions
            if each.lines == name and (interval := each.figures.get("dir_at_fpir_1e-2"))
        )
        places, values = [each[0] for each in found], [each[1] for each in found]
        axes.plot(places, values, color=colour, marker="o", markersize=4, linewidth=1.4, label=name)
        for place, _, interval in found:
            if interval.low is not None and interval.high is not None:
                axes.vlines(
                    place, 100 * interval.low, 100 * interval.high, color=colour, linewidth=0.8, alpha=0.5
                )
    axes.set_xticks(seconds, [f"{each:g}" for each in seconds])
    axes.set_xlabel("audio of the probe, s")
    axes.set_ylabel("DIR at FPIR 1 %, %")
    axes.set_ylim(0, 102)
    figure.legend(
        fontsize=8, frameon=False, title="enrolled / probe", title_fontsize=8, loc="outside right upper"
    )
    _plain(axes)
    return figure
