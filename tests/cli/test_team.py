"""`--team` takes an id or a name, as people write it."""

from functools import cache

import pytest

from tests.cli.command import command


@cache
def told(verb, team):
    """What is said of a team of k-ai, as quickly as can be."""
    options = ("--runs", 20, "--set", "doubts=null") if verb == "run" else ()
    return command(verb, "k-ai", "--team", team, "--without-facts", *options)


@pytest.mark.parametrize("verb", ["run", "trace"])
@pytest.mark.parametrize(
    "given", ["lg", "LG", "LG AI Research", "lg ai research", "LG AI연구원", "lgai연구원"]
)
def test_a_team_goes_by_its_id_and_by_its_names(verb, given):
    assert told(verb, given).code == 0
    assert told(verb, given).out == told(verb, "lg").out


@pytest.mark.parametrize("verb", ["run", "trace"])
def test_a_team_that_is_not_there_is_one_line(verb):
    printed = command(verb, "k-ai", "--team", "upstag")
    assert (printed.code, printed.out) == (2, "")
    assert printed.err == "sim: --team upstag: no such team (did you mean 'upstage'?)\n"
