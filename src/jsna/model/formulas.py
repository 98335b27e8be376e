"""How what is worked out from other figures is put to readers, with its formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Method -> its formula in words.
FORMULAS: Final[Mapping[str, str]] = {
    "ratio_katz": (
        "A ratio of percentages, x of n in one group and y of m in another, is (x/n)/(y/m); its "
        "interval is by Katz’s method, where the logarithm has the standard error "
        "√(1/x − 1/n + 1/y − 1/m) (Katz and others, Biometrics 34). Set beside everyone, a group "
        "is compared with all others; with that ratio r, and w the group’s share of all, the "
        "ratio to everyone is r/(wr + 1 − w), and its interval is that of r carried over. Where "
        "nobody in a group is counted, the ratio is zero and has no interval."
    ),
    "ratio_rates": (
        "A ratio of rates has an interval on the scale of logarithms, with the standard error "
        "√(1/x + 1/y) of x and y events (Rothman and Greenland, Modern Epidemiology); set beside "
        "everyone, it is carried over from the ratio to all others as for percentages."
    ),
    "standardised_difference": (
        "A standardised difference sets the share p of a kind in one group beside the share q in "
        "another: (p − q)/√((p(1 − p) + q(1 − q))/2) (Austin, Communications in Statistics 38). "
        "Beyond 0.1 either way it is usually called a difference that matters. With n and m in "
        "the two groups, the difference d has the standard error √((n + m)/(nm) + d²/(2(n + m))) "
        "(Hedges and Olkin, Statistical Methods for Meta-Analysis)."
    ),
    "sii_linear": (
        "The slope index of inequality is the gap between the two ends of a straight line laid "
        "through the figures of all groups from the most to the least deprived; above 0, the more "
        "deprived have more. Each group stands at the middle of its share w of the people, on a "
        "scale from 0 to 1, and counts by that share: with a the distance of its middle from one "
        "half, the more deprived above it, the index is Σway/Σwa² of figures y, and its standard "
        "error √Σ(was)²/Σwa² of theirs, s (Mackenbach and Kunst, Social Science and Medicine 44)."
    ),
    "rii_linear": (
        "The relative index of inequality is the height of that line at the most deprived end "
        "over its height at the least deprived; above 1, the more deprived have more. Its interval "
        "is Fieller’s, for a ratio of two figures that vary together (Journal of the Royal "
        "Statistical Society B 16)."
    ),
    "kitagawa": (
        "A change since an earlier period is taken apart by the shares w of groups in all and the "
        "figures r of each: Σ(w₂ − w₁)(r₁ + r₂)/2 comes of a change in the make-up of the groups, "
        "and Σ(r₂ − r₁)(w₁ + w₂)/2 of changes within them (Kitagawa, Journal of the American "
        "Statistical Association 50). Those in no group are a group of their own. The intervals "
        "stand on those of the groups’ figures, taken as independent of each other; as many of the "
        "same people are counted in both periods, they are rather too wide."
    ),
    "two_sources": (
        "Where two sources count the same, the figure of the second is taken from that of the "
        "first, and the first is given as a percentage of the second. Both count the same people, "
        "so that no chance stands between them and the difference has no interval."
    ),
    "stock_flows": (
        "A change in how many there are since a year before is told by how many joined in that "
        "year and how many left, who count below zero. What these do not account for is told as "
        "a part of its own, so that the parts add up to the change. All are complete counts."
    ),
}
