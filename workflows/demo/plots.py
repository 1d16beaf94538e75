"""The plots of all processes of the demo, by their keys."""

from __future__ import annotations

from collections.abc import Mapping

from . import complaint, inquiry
from .plot import Plot

PLOTS: Mapping[str, Plot] = {plot.key: plot for plot in (inquiry.PLOT, complaint.PLOT)}
