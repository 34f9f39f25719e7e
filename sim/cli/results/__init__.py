"""sim results: folders of results."""
