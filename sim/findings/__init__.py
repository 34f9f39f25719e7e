"""What is true of the results, worked out once from tables and counts: facts without words.

Text, figures and JSON only say them. Nothing here plays, and nothing here knows a language.
"""
