"""`sim report`: one file beside the results, and one plain line where there is nothing to report."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.cli.command import MINIMAL, command


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "out"
    assert command("run", MINIMAL, "--runs", 200, "--jobs", 1, "--out", out).code == 0
    return out


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "Written: report-en.html"), ("ko", "report-ko.html"), ("both", "report-both.html")],
)
def test_it_says_what_it_has_written_and_that_nobody_is_named(folder, lang, said):
    printed = command("report", folder, "--lang", lang)
    assert (printed.code, printed.err) == (0, "")
    assert said in printed.out
    assert "--contact" in printed.out


def test_who_is_named_stands_in_it(folder):
    printed = command("report", folder, "--contact", "Kim, 02-1234")
    assert "--contact" not in printed.out
    assert "Kim, 02-1234" in (folder / "report-en.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_a_folder_without_results_is_one_plain_line(tmp_path, name):
    printed = command("report", tmp_path / name)
    assert (printed.code, printed.out) == (2, "")
    assert len(printed.err.splitlines()) == 1
    assert "Traceback" not in printed.err


def test_the_command_of_the_report_is_what_was_typed(folder):
    assert command("report", folder).code == 0
    assert "sim" in (folder / "report-en.html").read_text("utf-8")


def test_packed_it_is_the_same_files_and_the_same_bytes_each_time(folder):
    printed = command("report", folder, "--live", "--zip")
    assert printed.code == 0
    assert "report-en.html live-en.html report-en.zip" in printed.out.replace("\n", " ")
    packed = (folder / "report-en.zip").read_bytes()
    with ZipFile(BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}  # not that of today
        held = {name: archive.read(name) for name in archive.namelist()}
    assert held == {name: (folder / name).read_bytes() for name in ("report-en.html", "live-en.html")}
    assert command("report", folder, "--live", "--zip").code == 0
    assert (folder / "report-en.zip").read_bytes() == packed
    assert not [*folder.glob("*.before*.zip")]


def test_an_archive_of_that_name_that_holds_anything_else_is_kept(folder):
    (folder / "report-ko.zip").write_bytes(b"mine")
    printed = command("report", folder, "--lang", "ko", "--zip")
    assert "report-ko.before.zip" in printed.out
    assert (folder / "report-ko.before.zip").read_bytes() == b"mine"
