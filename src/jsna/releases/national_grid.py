"""Longitude and latitude as eastings and northings of the British National Grid, by formula.

Ordnance Survey, "A guide to coordinate systems in Great Britain", annexes B and C: a shift of seven
parameters from WGS84 to OSGB36, good to about five metres, and the transverse Mercator projection
of the grid. North is up, and shapes within an authority keep their form to four parts in ten
thousand.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Semi-axes of an ellipsoid, in metres: of WGS84 and of Airy 1830.
_WGS84: Final = (6378137.0, 6356752.3142)
_AIRY: Final = (6377563.396, 6356256.909)
#: From WGS84 to OSGB36: metres along the axes, seconds about them, and parts in a million.
_SHIFT: Final = (-446.448, 125.157, -542.060)
_TURN: Final = tuple(math.radians(second / 3600) for second in (-0.1502, -0.2470, -0.8421))
_STRETCH: Final = 1 + 20.4894e-6
#: The grid's scale on its central meridian, its true origin, and where that lies on the grid.
_SCALE: Final = 0.9996012717
_TRUE: Final = (math.radians(49.0), math.radians(-2.0))
_ORIGIN: Final = (400_000.0, -100_000.0)
#: The rectangle of the grid: eastings and northings from 0 to these.
EXTENT: Final = (700_000.0, 1_300_000.0)


def project(longitude: Floats, latitude: Floats) -> Floats:
    """Points in degrees of WGS84 on the grid.

    Args:
        longitude, latitude: of n points.

    Returns:
        (n, 2) metres: easting and northing.
    """
    return transverse(*_on_airy(np.radians(longitude), np.radians(latitude)))


def transverse(lon: Floats, lat: Floats) -> Floats:
    """Points in radians of OSGB36 on the grid: (n, 2) metres."""
    a, b = _AIRY
    e2 = 1 - (b / a) ** 2
    sine, cosine, tangent = np.sin(lat), np.cos(lat), np.tan(lat)
    nu = a * _SCALE / np.sqrt(1 - e2 * sine**2)
    rho = a * _SCALE * (1 - e2) / (1 - e2 * sine**2) ** 1.5
    eta2 = nu / rho - 1
    t2, off = tangent**2, lon - _TRUE[1]
    north = _ORIGIN[1] + _meridian(lat)
    north = north + nu / 2 * sine * cosine * off**2
    north = north + nu / 24 * sine * cosine**3 * (5 - t2 + 9 * eta2) * off**4
    north = north + nu / 720 * sine * cosine**5 * (61 - 58 * t2 + t2**2) * off**6
    east = _ORIGIN[0] + nu * cosine * off
    east = east + nu / 6 * cosine**3 * (nu / rho - t2) * off**3
    fifth = 5 - 18 * t2 + t2**2 + 14 * eta2 - 58 * t2 * eta2
    east = east + nu / 120 * cosine**5 * fifth * off**5
    return np.column_stack([east, north])


def _on_airy(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Radians of WGS84 as radians of OSGB36, at height 0."""
    a, b = _WGS84
    e2 = 1 - (b / a) ** 2
    nu = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    x = nu * np.cos(lat) * np.cos(lon)
    y = nu * np.cos(lat) * np.sin(lon)
    z = nu * (1 - e2) * np.sin(lat)
    (tx, ty, tz), (rx, ry, rz) = _SHIFT, _TURN
    x, y, z = (
        tx + _STRETCH * x - rz * y + ry * z,
        ty + rz * x + _STRETCH * y - rx * z,
        tz - ry * x + rx * y + _STRETCH * z,
    )
    a, b = _AIRY
    e2, across = 1 - (b / a) ** 2, np.hypot(x, y)
    found = np.arctan2(z, across * (1 - e2))
    for _ in range(6):  # each step leaves a hundredth of the error or less
        nu = a / np.sqrt(1 - e2 * np.sin(found) ** 2)
        found = np.arctan2(z + e2 * nu * np.sin(found), across)
    return np.arctan2(y, x), found


def _meridian(lat: Floats) -> Floats:
    """Metres along the central meridian from the true origin."""
    a, b = _AIRY
    n = (a - b) / (a + b)
    less, more = lat - _TRUE[0], lat + _TRUE[0]
    terms = (
        (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * less,
        -(3 * n + 3 * n**2 + 21 / 8 * n**3) * np.sin(less) * np.cos(more),
        15 / 8 * (n**2 + n**3) * np.sin(2 * less) * np.cos(2 * more),
        -35 / 24 * n**3 * np.sin(3 * less) * np.cos(3 * more),
    )
    return b * _SCALE * sum(terms[1:], terms[0])
