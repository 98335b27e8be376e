"""Statistical methods as pure functions of arrays; nothing here knows of files or of the pipeline.

Every function takes array-likes, treats NaN (or None) as missing, raises ValueError for what
cannot be, and returns named arrays. `interval` is what the indicator engine calls.
"""

from jsna.measures.methods.arrays import Interval
from jsna.measures.methods.comparison import (
    compare,
    difference_of_proportions,
    ratio_of_proportions,
    ratio_of_rates,
    ratio_to_all,
    standardised_difference,
)
from jsna.measures.methods.funnel import (
    FunnelLimits,
    average,
    funnel_limits_proportion,
    funnel_limits_rate,
    funnel_limits_ratio,
    funnel_significance,
)
from jsna.measures.methods.inequality import SlopeIndex, slope_index, standard_error
from jsna.measures.methods.limits import METHOD_NAMES, STORED, Limits, interval, stored_limits
from jsna.measures.methods.means import mean_t, mean_t_summary
from jsna.measures.methods.order_statistics import limit_ranks, quantile
from jsna.measures.methods.proportions import proportion_wilson
from jsna.measures.methods.quantiles import TooFewAreasWarning, quantiles
from jsna.measures.methods.rates import rate_byar
from jsna.measures.methods.standardised import dsr_dobson, expected_events, isr_byar
from jsna.measures.methods.survival import Curve, kaplan_meier, wait
from jsna.measures.methods.trend import Trend, trend_proportion, trend_rate, trend_values

__all__ = [
    "METHOD_NAMES",
    "STORED",
    "Curve",
    "FunnelLimits",
    "Interval",
    "Limits",
    "SlopeIndex",
    "TooFewAreasWarning",
    "Trend",
    "average",
    "compare",
    "difference_of_proportions",
    "dsr_dobson",
    "expected_events",
    "funnel_limits_proportion",
    "funnel_limits_rate",
    "funnel_limits_ratio",
    "funnel_significance",
    "interval",
    "isr_byar",
    "kaplan_meier",
    "limit_ranks",
    "mean_t",
    "mean_t_summary",
    "proportion_wilson",
    "quantile",
    "quantiles",
    "rate_byar",
    "ratio_of_proportions",
    "ratio_of_rates",
    "ratio_to_all",
    "slope_index",
    "standard_error",
    "standardised_difference",
    "stored_limits",
    "trend_proportion",
    "trend_rate",
    "trend_values",
    "wait",
]
