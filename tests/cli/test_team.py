"""`--team` takes an id or a name, as people write it."""

import pytest

from tests.cli.command import command


@pytest.mark.parametrize("verb", ["run", "trace"])
@pytest.mark.parametrize(
    "given", ["lg", "LG", "LG AI Research", "lg ai research", "LG AI연구원", "lgai연구원"]
)
def test_a_team_goes_by_its_id_and_by_its_names(verb, given):
    options = ("--runs", 20) if verb == "run" else ()
    named = command(verb, "k-ai", "--team", given, *options)
    assert named.code == 0
    assert named.out == command(verb, "k-ai", "--team", "lg", *options).out


@pytest.mark.parametrize("verb", ["run", "trace"])
def test_a_team_that_is_not_there_is_one_line(verb):
    printed = command(verb, "k-ai", "--team", "upstag")
    assert (printed.code, printed.out) == (2, "")
    assert printed.err == "sim: --team upstag: no such team (did you mean 'upstage'?)\n"
