"""The demonstration: one believable company, played through the product's own actions from dated facts.

`veilleur up --demo` calls `prepare` before the processes start and `follow` while they run.
"""

from veilleur.processes.demonstration.show import follow, prepare

__all__ = ["follow", "prepare"]
