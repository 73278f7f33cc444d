"""What does each figure draw? ``draw_x(axes, table)``; those of several axes take what was found and give a figure."""

from nhilab.report.figures.break_even import draw_break_even, draw_difference
from nhilab.report.figures.comparison import draw_comparison, draw_survival, draw_windows
from nhilab.report.figures.cost import draw_cost, draw_exceedance, draw_money
from nhilab.report.figures.decomposition import draw_decomposition
from nhilab.report.figures.factorial import draw_factorial, draw_interactions, draw_shapley
from nhilab.report.figures.frontier import draw_frontier, draw_frontiers
from nhilab.report.figures.life import draw_life
from nhilab.report.figures.overhead import draw_overhead
from nhilab.report.figures.reach import draw_reach
from nhilab.report.figures.recommend import draw_recommendation, draw_recommendations
from nhilab.report.figures.sensitivity import draw_responses, draw_sensitivity
from nhilab.report.figures.sweep import draw_curves, draw_sweep

__all__ = [
    "draw_break_even",
    "draw_comparison",
    "draw_cost",
    "draw_curves",
    "draw_decomposition",
    "draw_difference",
    "draw_exceedance",
    "draw_factorial",
    "draw_frontier",
    "draw_frontiers",
    "draw_interactions",
    "draw_life",
    "draw_money",
    "draw_overhead",
    "draw_reach",
    "draw_recommendation",
    "draw_recommendations",
    "draw_responses",
    "draw_sensitivity",
    "draw_shapley",
    "draw_survival",
    "draw_sweep",
    "draw_windows",
]
