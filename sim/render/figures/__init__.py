"""Figures made from tables of chances, never from a live model.

Import what is needed from its module. Nothing is imported here, because matplotlib is slow to load. Drawing
sets matplotlib's settings for as long as it lasts and puts them back: draw from one thread.
"""
