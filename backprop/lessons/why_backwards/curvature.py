"""Placeholder."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Curvature:
    pass


def curvature_steps(both):
    raise NotImplementedError


def make_curvature(both, at, links):
    raise NotImplementedError
