"""What a scenario holds: pydantic models of its blocks, their numbers, laws and units."""
