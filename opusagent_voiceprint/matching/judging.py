"""From rows and a probe to ratios above the operating point: exactly, or as bounds for half the work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from opusagent_voiceprint.matching.backend import Backend
from opusagent_voiceprint.matching.rows import Classes, LineGroup, ProbeColumns, Vector
from opusagent_voiceprint.matching.segment import RowSet

__all__ = ["Bounds", "Judged", "Product", "bounds", "judge", "products_of"]

_EPSILON: Final = float(np.finfo(np.float32).eps)
_AND_ROUNDING: Final = 1.001
_LANES: Final = 256

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Rows beside a probe; arrays of shape (rows,).

    ``plda`` (zeros without one) and ``cosine`` are the scores, ``classes`` indices into
    ``calibration.CLASSES``, ``above`` the log likelihood ratios above the operating point, in nats.
    """

    plda: Floats
    cosine: Floats
    classes: Classes
    above: Floats


def judge(backend: Backend, ready: ProbeColumns, rows: RowSet) -> Judged:
    """Every row beside a probe. Where two classes are possible, the stricter one counts."""
    products = rows.vector @ ready.columns
    plda = np.zeros(len(products), dtype=np.float32)
    cosine: Floats = products[:, -1]
    if backend.plda is not None:
        plda = products[:, 0] + rows.own + np.float32(ready.own)
        cosine = cosine * rows.scale + np.float32(ready.shift)
    if rows.wide is not None and ready.wide_vector is not None:
        cosine = rows.wide @ ready.wide_vector
    first, *others = backend.classes_of(rows.group, ready)
    classes = np.full(len(products), first, dtype=np.int8)
    above = backend.above(classes, plda, cosine)
    for other in others:
        lower = backend.above(np.full_like(classes, other), plda, cosine)
        stricter = lower < above
        classes[stricter], above[stricter] = other, lower[stricter]
    return Judged(plda, cosine, classes, above - rows.handicap)


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """What the ratios of rows above the operating point lie between: a radius about the ``middle``.

    The radius grows with the distance of a row's ``scale`` from ``typical``, which is ``farthest`` at most.
    Arrays of shape (rows,).
    """

    middle: Floats
    scale: Floats
    typical: float
    farthest: float
    of_scale: float
    error: float

    def leaders(self, wanted: int) -> Floats:
        """Lower bounds of rows, among them ``wanted`` high ones if there are as many rows."""
        lanes = self.middle[: len(self.middle) // _LANES * _LANES].reshape(-1, _LANES)
        if 4 * wanted > _LANES or len(lanes) < 2:
            return self.middle - self._radius(slice(None))
        # As many of the highest in each lane are different rows; sorting all of them would take longer.
        among = np.partition(lanes.max(axis=0), _LANES - wanted)[_LANES - wanted]
        rows = np.flatnonzero(self.middle >= among)
        leaders: Floats = self.middle[rows] - self._radius(rows)
        return leaders

    def reaching(self, floor: float) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
        """The rows whose upper bounds are not under ``floor``, with their lower bounds and these."""
        farthest = self.of_scale * self.farthest * _AND_ROUNDING + self.error
        rows = np.flatnonzero(self.middle >= np.float32(floor - farthest * _AND_ROUNDING))
        middle, radius = self.middle[rows], self._radius(rows)
        reaching = middle + radius >= floor
        return rows[reaching], (middle - radius)[reaching], (middle + radius)[reaching]

    def _radius(self, rows: slice | npt.NDArray[np.intp]) -> Floats:
        # Before the scale a row's cosine is at most one, for its length is how far the voiceprints agree.
        distance = np.abs(self.scale[rows] - np.float32(self.typical))
        radius: Floats = distance * np.float32(self.of_scale * _AND_ROUNDING) + np.float32(self.error)
        return radius


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """The ratios of rows in one class, as far as one product over their vectors gives them.

    ``of_vector . vector + of_wide . wide + of_own * own + offset - handicap``. A cosine is multiplied with
    each row's own scale, which one product over all rows cannot do: ``of_vector`` has a ``typical`` scale in
    its place, and ``of_scale`` nats are missing for each unit by which a row's differs. ``error`` is how far
    single precision may lead astray, here and in :func:`judge` together.
    """

    of_vector: Vector | None
    of_wide: Vector | None
    of_own: float
    offset: float
    of_scale: float
    typical: float
    error: float


def products_of(
    backend: Backend, ready: ProbeColumns, group: LineGroup, typical: float, longest: float
) -> list[Product]:
    """The products for rows of a group, one for each class that is possible.

    ``typical`` is a scale that most rows' are near, ``longest`` the length of no vector's is above.
    """
    indices = backend.classes_of(group, ready)
    return [_product(backend, ready, group, typical, longest, index) for index in indices]


def bounds(rows: RowSet, products: list[Product], scratch: Floats) -> Bounds:
    """Bounds on the ratios that :func:`judge` gives.

    ``scratch``, of shape (3, as many rows at least), is overwritten, and the bounds lie in it.
    """
    middle, other, products_of_rows = scratch[:, : len(rows.own)]
    _middle(rows, products[0], middle, products_of_rows)
    for product in products[1:]:
        # The stricter class counts.
        np.minimum(middle, _middle(rows, product, other, products_of_rows), out=middle)
    typical = products[0].typical
    return Bounds(
        middle,
        rows.scale,
        typical,
        farthest=max(abs(rows.scales[0] - typical), abs(rows.scales[1] - typical)),
        of_scale=max(product.of_scale for product in products),
        error=max(product.error for product in products),
    )


def _product(
    backend: Backend, ready: ProbeColumns, group: LineGroup, typical: float, longest: float, index: int
) -> Product:
    line = backend.calibration.of(index)
    of_plda, of_cosine = line.weights
    offset = line.offset - line.threshold
    wide = ready.wide_vector if group.has_wide else None
    of_vector = np.zeros(len(ready.columns), dtype=np.float32)
    of_own = of_scale = size = 0.0
    if backend.plda is not None and of_plda:
        of_vector += np.float32(of_plda) * ready.columns[:, 0]
        of_own = of_plda
        offset += of_plda * ready.own
        size += of_plda * _length(ready.columns[:, 0])
    if of_cosine and wide is None:
        scale = 1.0
        if backend.plda is not None:
            scale, of_scale = typical, of_cosine
            offset += of_cosine * ready.shift
        of_vector += np.float32(of_cosine * scale) * ready.columns[:, -1]
        size += of_cosine * scale * _length(ready.columns[:, -1])
    # Sums of so many products, and a row's own part: squares with weights of at most a half.
    sums = len(of_vector) * longest * size + (0.0 if wide is None else len(wide) * of_cosine)
    sums += 8.0 * (abs(offset) + of_own * 0.5 * longest**2)
    return Product(
        of_vector=of_vector if size else None,
        of_wide=None if wide is None or not of_cosine else np.float32(of_cosine) * wide,
        of_own=of_own,
        offset=offset,
        of_scale=of_scale,
        typical=typical,
        error=2.0 * _EPSILON * sums,
    )


def _length(vector: Vector) -> float:
    return math.sqrt(float(vector @ vector))


def _middle(rows: RowSet, product: Product, middle: Floats, scratch: Floats) -> Floats:
    np.subtract(np.float32(product.offset), rows.handicap, out=middle)
    if product.of_vector is not None:
        np.add(middle, np.dot(rows.vector, product.of_vector, out=scratch), out=middle)
    if product.of_wide is not None and rows.wide is not None:
        np.add(middle, np.dot(rows.wide, product.of_wide, out=scratch), out=middle)
    if product.of_own:
        np.add(middle, np.multiply(rows.own, np.float32(product.of_own), out=scratch), out=middle)
    return middle
