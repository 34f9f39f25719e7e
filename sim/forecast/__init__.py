"""Chances given what is known: facts about points of the past, and what follows from them."""
