"""Scenarios, the simulation of a recovery, its lower bounds, the recovery key, the plan and its drills: in
how long can I work again, and how much would I lose?
"""
