"""How long each activity of a network lasts: in every draw, typically, and at the very least.

Between the models of data and people and `simulation.py`.
"""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.attempts import Attempt, KeptRestores, Ranks, plan_attempts
from veilleur.domains.recovery.rules.evidence import surviving_copies
from veilleur.domains.recovery.rules.inputs import Company, DataSet
from veilleur.domains.recovery.rules.network import Activity, Network
from veilleur.domains.recovery.rules.people import CHECK, RESTORE, estimate_of, triangular
from veilleur.domains.recovery.rules.scenarios import Strike

Floats = npt.NDArray[np.float64]

# Opinion: how often a person's pace is that of the whole night (all tired, or all ready) and not his own.
SHARED_PACE = 0.5
# Without any test the only certainty about a restore: no repository of this size of company is read faster.
MOST_BYTES_PER_S = 5e9


@dataclass(frozen=True)
class Draws:
    """`durations` is (activities, draws) in seconds; `used`, per data set, which attempt succeeds or -1."""

    durations: Floats
    used: dict[UUID, Ranks]


class SharedDraws:
    """Draws of one scenario, kept: what a strike has in common with others is drawn once."""

    def __init__(self, company: Company, scenario: str, restores: KeptRestores) -> None:
        self.restores = restores
        self.streams = restores.streams
        self._estimates = company.means.estimates
        self._scenario = scenario
        self._kept: dict[str, Floats] = {}

    def people(self, activity: Activity) -> Floats:
        """Return how long people take for an activity in each draw; not to be written to."""
        kept = self._kept.get(activity.key)
        if kept is None:
            kept = self._kept[activity.key] = self._drawn(activity)
        return kept

    def _drawn(self, activity: Activity) -> Floats:
        estimate = estimate_of(self._estimates, self._scenario, activity.step)
        own = self.streams.uniforms(f"people/{activity.key}")
        if activity.subject is not None:
            shared = self.streams.shared_uniforms(f"pace/{activity.step}")
            own = np.where(self.streams.uniforms(f"shared/{activity.key}") < SHARED_PACE, shared, own)
        return triangular(estimate, own)


class Workload:
    """The durations of one strike. Attempts are planned once, from the copies that survive."""

    def __init__(self, company: Company, strike: Strike) -> None:
        self._strike = strike
        self._estimates = company.means.estimates
        self._data_sets = {data_set.id: data_set for data_set in company.data_sets}
        self._services = {service.id: service for service in company.services}
        self.attempts: dict[UUID, tuple[Attempt, ...]] = {
            key: plan_attempts(surviving_copies(self._data_sets[key], strike)) for key in strike.lost_data
        }

    def draw(self, network: Network, shared: SharedDraws) -> Draws:
        """Return durations in each draw; every lost data set of the network must have an attempt."""
        restored = {
            activity.subject: shared.restores.draw(self.attempts[activity.subject], str(activity.subject))
            for activity in network.activities
            if activity.step == RESTORE and activity.subject is not None
        }
        durations = np.empty((len(network.activities), shared.streams.draws))
        for index, activity in enumerate(network.activities):
            if activity.step == RESTORE and activity.subject is not None:
                durations[index] = restored[activity.subject].transfer_s
            else:
                durations[index] = shared.people(activity)
                for data_set in self._started_by(activity):
                    durations[index] += restored[data_set.id].start_s
        return Draws(durations, {key: restore.used for key, restore in restored.items()})

    def typical(self, network: Network) -> list[float]:
        """Return one plain figure per activity, for the order: middle restores, people's most likely."""
        return [self._figure(activity, best=False) for activity in network.activities]

    def shortest(self, network: Network) -> list[float]:
        """Return the duration under which no draw of an activity can fall."""
        return [self._figure(activity, best=True) for activity in network.activities]

    def _started_by(self, activity: Activity) -> list[DataSet]:
        """Return the lost data sets whose application a check starts and verifies."""
        if activity.step != CHECK or activity.subject is None:
            return []
        lost = self._strike.lost_data
        return [self._data_sets[key] for key in self._services[activity.subject].data_sets if key in lost]

    def _figure(self, activity: Activity, *, best: bool) -> float:
        if activity.step == RESTORE and activity.subject is not None:
            return self._transfer(activity.subject, best=best)
        estimate = estimate_of(self._estimates, self._strike.scenario, activity.step)
        started = sum(self._starting(data_set.id, best=best) for data_set in self._started_by(activity))
        return (estimate.low_s if best else estimate.likely_s) + started

    def _transfer(self, data_set: UUID, *, best: bool) -> float:
        attempts = self.attempts[data_set]
        if not attempts:
            copies = surviving_copies(self._data_sets[data_set], self._strike)
            sizes = [copy.complete_points[0].total_bytes for copy in copies if copy.complete_points]
            return min(sizes, default=0) / MOST_BYTES_PER_S
        model = attempts[0].model
        whole = model.floor_s if best else model.typical_s
        return whole * (1 - model.start_share)

    def _starting(self, data_set: UUID, *, best: bool) -> float:
        models = [attempt.model for attempt in self.attempts[data_set]]
        if not best:
            models = models[:1]
        parts = [(model.floor_s if best else model.typical_s) * model.start_share for model in models]
        return min(parts, default=0.0)
