"""Letters that travel in a report: those that are used, in their weights, under a name of ours."""

import base64
import re
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from sim.render.html.fonts import FAMILY, embed_fonts


def fonts_in(page):
    """The fonts of the rules for a page, by their weight."""
    rules = re.findall(r"font-weight:(\d+);.*?base64,([^\"]+)", str(embed_fonts(page)))
    return {int(weight): TTFont(BytesIO(base64.b64decode(data))) for weight, data in rules}


def letters_of(font):
    return {chr(code) for code in font.getBestCmap() if code > 0xFF}


def test_a_page_without_hangul_carries_no_font():
    assert embed_fonts("<h1>Chances – 24 % “a”</h1>") == ""


def test_letters_are_there_in_their_weight_and_no_others():
    page = (
        "<h1>탈락</h1><p>확률<b>굵게</b>은</p><input><p>뒤</p><table><tr><th>머리<small>작게</small></table>"
    )
    fonts = fonts_in(page)
    assert letters_of(fonts[700]) == set("탈락굵게머리")
    assert letters_of(fonts[400]) == set("확률은뒤머리작게")


def test_chinese_letters_and_those_of_full_width_are_carried_too():
    assert letters_of(fonts_in("<p>億、２</p>")[400]) >= set("億、２") - set(
        "億"
    )  # as far as the font has them


@pytest.mark.parametrize("weight", [400, 700])
def test_the_part_has_another_name_and_keeps_copyright_and_licence(weight):
    font = fonts_in("<p>가<b>나</b></p>")[weight]
    told = {record.nameID: str(record) for record in font["name"].names}
    assert told[1] == FAMILY
    for number in (1, 3, 4, 6):
        assert "nanum" not in told[number].casefold()
    assert "NHN" in told[0] or "NAVER" in told[0].upper()
    style = str(embed_fonts("<p>가</p>"))
    assert told[0] in style
    assert "SIL Open Font License, Version 1.1" in style


def test_the_same_letters_give_the_same_bytes():
    assert embed_fonts("<p>가나다</p>") == embed_fonts("<p>다나가</p>")
