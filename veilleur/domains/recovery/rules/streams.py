"""Random draws by name: the same seed and name give the same draws, whatever else is drawn.

These are the common random numbers with which two orders or two investments are compared.
"""

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Streams:
    """Draws of one simulation, each array in the order of the draws."""

    def __init__(self, seed: int, draws: int) -> None:
        self.seed = seed
        self.draws = draws
        self._kept: dict[str, Floats] = {}

    def uniforms(self, name: str) -> Floats:
        """Return draws in [0, 1)."""
        return self._generator(name).random(self.draws)

    def normals(self, name: str) -> Floats:
        """Return standard normal draws."""
        return self._generator(name).standard_normal(self.draws)

    def shared_normals(self, name: str) -> Floats:
        """Return standard normal draws, kept: what many restores share is asked for by each of them."""
        if name not in self._kept:
            self._kept[name] = self.normals(name)
        return self._kept[name]

    def shared_uniforms(self, name: str) -> Floats:
        """Return draws in [0, 1), kept: the pace of a whole night."""
        if name not in self._kept:
            self._kept[name] = self.uniforms(name)
        return self._kept[name]

    def chi_squares(self, name: str, freedom: int | None) -> Floats | None:
        """Return chi-square draws with that many degrees of freedom; None when there are none."""
        if freedom is None:
            return None
        return self._generator(name).chisquare(freedom, self.draws)

    def betas(self, name: str, alpha: float, beta: float) -> Floats:
        """Return draws of a chance."""
        return self._generator(name).beta(alpha, beta, self.draws)

    def _generator(self, name: str) -> np.random.Generator:
        digest = blake2b(name.encode(), digest_size=8).digest()
        return np.random.default_rng([self.seed, int.from_bytes(digest, "big")])
