"""Points an attacker has seen to be possible, and what a contributor makes of them.

What is possible is convex: with two points, every point between them is possible too. So a point
that leaves a contributor's own cell less than one is drawn towards the point that leaves it most,
just as far as is needed, and few programs are left to be solved for each contributor.
"""

from __future__ import annotations

import numpy as np

from jsna.disclosure.system import TOLERANCE, Floats, Ints

#: Most numbers kept of the points of one part.
KEPT = 30_000_000


class Points:
    """Possible values of the cells of one part; each point has shape (cells,)."""

    def __init__(self, cells: int) -> None:
        self.cells = cells
        self._met: list[Floats] = []
        self._stacked: Floats = np.zeros((0, cells))
        self._ends: tuple[Ints, Ints] = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

    def add(self, point: Floats) -> None:
        """Keep a point, as long as there is room."""
        if len(self._met) * self.cells < KEPT:
            self._met.append(point)

    def all(self) -> Floats:
        """The points; shape (points, cells)."""
        if len(self._stacked) != len(self._met):
            self._stacked = np.array(self._met).reshape(-1, self.cells)
            self._ends = np.argmin(self._stacked, axis=0), np.argmax(self._stacked, axis=0)
        return self._stacked

    def drawn(self, giver: int) -> Floats:
        """The points, each drawn so far that it leaves one to the cell in place `giver`.

        None where no point does.
        """
        points = self.all()
        anchor, share = self._draw(giver)
        if anchor < 0:
            return points[:0]
        return np.asarray(points + share[:, None] * (points[anchor] - points))

    def narrow(self, giver: int, places: Ints, width: Floats) -> Ints:
        """Which of some cells are not seen to move by their width among the drawn points.

        Returns:
            Places in `places`, ascending.
        """
        points = self.all()
        anchor, share = self._draw(giver)
        if anchor < 0:
            return np.arange(len(places))
        target = points[anchor, places]
        # The ends of each cell mostly do; all points are drawn for the cells of which they do not.
        ends = [
            points[end, places] + share[end] * (target - points[end, places])
            for end in (of[places] for of in self._ends)
        ]
        seen = np.maximum(ends[1], target) - np.minimum(ends[0], target)
        left = np.flatnonzero(seen < width - TOLERANCE)
        if not len(left):
            return left
        own = points[:, places[left]]
        moved = np.ptp(own + share[:, None] * (target[left] - own), axis=0)
        return np.asarray(left[moved < width[left] - TOLERANCE])

    def _draw(self, giver: int) -> tuple[int, Floats]:
        """The point that leaves the giver most (-1 if not one), and how far others are drawn."""
        own = self.all()[:, giver]
        anchor = int(np.argmax(own)) if len(own) else -1
        if anchor < 0 or own[anchor] < 1:
            return -1, np.zeros(0)
        missing = (1 - own) / np.maximum(own[anchor] - own, TOLERANCE)
        return anchor, np.where(own >= 1, 0.0, np.clip(missing, 0.0, 1.0))
