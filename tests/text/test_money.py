"""Money as newspapers write it: short forms by currency and language, and no digits that say nothing."""

import pytest

from sim.text.money import format_money


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "said"),
    [
        (1_200_000, "USD", "en", "$1.2 million"),
        (999_900_000, "USD", "en", "$1 billion"),
        (22_500_000, "EUR", "en", "€22.5 million"),
        (250_000, "USD", "en", "$250,000"),
        (2.1, "USD", "en", "$2.10"),
        (12, "USD", "en", "$12"),
        (-1_500_000, "USD", "en", "-$1.5 million"),
        (3_400_000_000, "JPY", "en", "¥3.4 billion"),
        (988_600_000_0, "INR", "en", "₹989 crore"),
        (1_880, "KRW", "en", "₩1,880"),
        (104_600_000_000, "KRW", "en", "1,046억 (KRW 104.6 bn)"),
        (1_880, "KRW", "ko", "1,880원"),
        (1_200_000, "USD", "ko", "120만 달러"),
        (104_700_000_000, "KRW", "ko", "1,047억 원"),
    ],
)
def test_an_amount_reads_as_in_a_newspaper(amount, currency, lang, said):
    assert format_money(amount, currency, lang) == said
