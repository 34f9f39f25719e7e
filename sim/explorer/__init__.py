"""A page on this machine on which to play with a scenario: settings, answers, and the server of both."""
