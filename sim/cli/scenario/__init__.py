"""sim scenario: files of scenarios."""
