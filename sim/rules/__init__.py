"""The programme's decisions, pure functions on arrays whose last axis is the team."""
