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
        self.cells, self.number = cells, 0
        self._room: Floats = np.empty((16, cells))
        #: Which point has the least, and the most, of each cell.
        self._least = np.zeros(cells, dtype=np.int64)
        self._most = np.zeros(cells, dtype=np.int64)

    def add(self, point: Floats) -> None:
        """Keep a point, as long as there is room."""
        if self.number * self.cells >= KEPT:
            return
        if self.number == len(self._room):
            self._room = np.concatenate([self._room, np.empty_like(self._room)])
        at, places = self.number, np.arange(self.cells)
        self._room[at] = point
        self.number += 1
        self._least[point < self._room[self._least, places]] = at
        self._most[point > self._room[self._most, places]] = at

    def all(self) -> Floats:
        """The points; shape (points, cells)."""
        return self._room[: self.number]

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
            for end in (self._least[places], self._most[places])
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
