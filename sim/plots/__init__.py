"""Figures made from tables of chances, never from a live model.

Import what is needed from its module: `sim.plots.leaving.leaving`, `sim.plots.survival.survival`,
`sim.plots.save.save` and `sim.plots.labels.Labels`. Nothing is imported here, because matplotlib is slow to
load. Drawing sets matplotlib's settings for as long as it lasts and puts them back: draw from one thread.
"""
