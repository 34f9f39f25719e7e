"""Reports as one HTML file each: findings for people who decide, as figures and tables of the same numbers.

Import what is needed from its module. Nothing is imported here, because Jinja2 is slow to load.
"""
