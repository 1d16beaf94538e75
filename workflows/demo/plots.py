"""The plots of all processes of the demo, by their keys."""

from __future__ import annotations

from collections.abc import Mapping

from . import assessment, callback, complaint, feedback, inquiry, recommendation, survey, trade
from .plot import Plot

PLOTS: Mapping[str, Plot] = {
    plot.key: plot
    for plot in (
        inquiry.PLOT,
        complaint.PLOT,
        recommendation.PLOT,
        assessment.PLOT,
        trade.PLOT,
        callback.PLOT,
        survey.PLOT,
        feedback.PLOT,
        feedback.ANALYSIS,
    )
}
