"""How long it takes until something happens, where to some it has not happened yet.

Sources: Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-81; Greenwood's variance on the scale of
log(-log), Kalbfleisch JD, Prentice RL. The Statistical Analysis of Failure Time Data, 2nd edn,
section 1.4; limits of a quantile, Brookmeyer R, Crowley J. Biometrics 1982;38:29-41.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from jsna.measures.methods.arrays import (
    Confidence,
    Floats,
    Interval,
    floats,
    normal_quantile,
    not_negative,
    require,
    upper_tail,
)
from jsna.measures.methods.order_statistics import TOO_FEW

NOT_REACHED: Final = "too many are still waiting"
#: Shares this close to the one that is asked for are on it: they carry errors of arithmetic.
_HAIR: Final = 1e-12


class Curve(NamedTuple):
    """The share still waiting after each length at which a wait ended.

    Attributes:
        length: lengths at which waits ended, each once, in order, shape (k,).
        waiting: the share that waits longer, same shape.
        variance: Greenwood's, of the logarithm of that share; infinite where nobody does.
    """

    length: Floats
    waiting: Floats
    variance: Floats

    def limits(self, tail: Floats) -> tuple[Floats, Floats]:
        """Limits of the share on the scale of log(-log), shape (levels, k) or (k,).

        Where nobody waits longer the lower limit is 0, and the upper one is not known.
        """
        z = normal_quantile(tail)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.log(self.waiting)
            reach = np.exp(z * np.sqrt(self.variance) / np.abs(scale))
            low, high = np.exp(scale * reach), np.exp(scale / reach)
        nobody = self.waiting == 0
        return np.where(nobody, 0.0, low), np.where(nobody, np.nan, high)


def kaplan_meier(ended: ArrayLike, waiting: ArrayLike) -> Curve:
    """The share still waiting by length, from waits that ended and waits that have not.

    Who has not been seen yet counts among those waiting up to the length known, that one included.

    Args:
        ended: lengths of waits that ended, shape (n,). waiting: so far, of those that have not.

    Raises:
        ValueError: a length is missing or below 0.
    """
    done, open_ = _lengths("ended", ended), _lengths("waiting", waiting)
    length, events = np.unique(done, return_counts=True)
    every = np.sort(np.concatenate((done, open_)))
    there = len(every) - np.searchsorted(every, length, side="left")
    share = np.asarray(np.cumprod(1 - events / there), dtype=np.float64)
    with np.errstate(divide="ignore"):
        variance = np.cumsum(events / (there * (there - events)))
    return Curve(length, share, np.asarray(variance, dtype=np.float64))


def wait(
    ended: ArrayLike,
    waiting: ArrayLike,
    share: float = 0.5,
    *,
    fewest: int = 1,
    confidence: Confidence = 0.95,
) -> Interval:
    """The length after which a share of those who wait have been seen: 0.5 for the median wait.

    Where the curve is level at that very share, half way along the level is taken, so that without
    anyone still waiting the median is the ordinary one.

    Args:
        ended, waiting: as for `kaplan_meier`.
        share: of those who have been seen, above 0 and below 1.
        fewest: how many waits must have ended by then, and how many have lasted as long, for a
            length to be given: it is that of some of them.
        confidence: one level, or several.

    Returns:
        Arrays of shape (1,), limits of shape (levels, 1) with several levels; NaN where too many
        are still waiting for one to be known, or too few are on one side.

    Raises:
        ValueError: nobody waits or waited; or what `kaplan_meier` refuses.
    """
    done, open_ = _lengths("ended", ended), _lengths("waiting", waiting)
    require(np.array([len(done) + len(open_) > 0]), "waiting", "there must be somebody")
    require(np.array([0 < share < 1]), "share", "must be above 0 and below 1")
    curve = kaplan_meier(done, open_)
    every = np.concatenate((done, open_))

    def enough(length: float) -> bool:
        return bool(min((done <= length).sum(), (every >= length).sum()) >= fewest)

    def told(curves: Floats) -> Floats:
        found = [_reached(curve.length, one, 1 - share) for one in np.atleast_2d(curves)]
        kept = [length if length is not None and enough(length) else np.nan for length in found]
        return np.array(kept).reshape((*curves.shape[:-1], 1))

    value = _reached(curve.length, curve.waiting, 1 - share)
    if value is None or not enough(value):
        reason = NOT_REACHED if value is None else TOO_FEW
        none = np.full((*np.asarray(confidence).shape, 1), np.nan)
        return Interval(np.array([np.nan]), none, none, np.array([reason]))
    low, high = curve.limits(upper_tail(confidence, 1))
    return Interval(np.array([value]), told(low), told(high), np.array([""]))


def _lengths(name: str, given: ArrayLike) -> Floats:
    lengths = floats(name, given)
    require(~np.isnan(lengths), name, "must not be missing")
    not_negative(name, lengths)
    return lengths


def _reached(length: Floats, curve: Floats, share: float) -> float | None:
    """The first length at which a falling curve comes to a share; None where it never does."""
    down = np.flatnonzero(curve <= share + _HAIR)
    if not len(down):
        return None
    at = int(down[0])
    lower = np.flatnonzero(curve < share - _HAIR)
    if abs(curve[at] - share) <= _HAIR and len(lower):
        return float(length[at] + length[lower[0]]) / 2
    return float(length[at])
