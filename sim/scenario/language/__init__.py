"""How a file becomes a scenario: YAML, `extends`, `like`, choices, overrides; and what may be written."""
