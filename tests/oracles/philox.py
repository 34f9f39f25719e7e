"""Philox4x64-10 in plain Python, from Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"."""

MULTIPLIERS = 0xD2E7470EE14C6C93, 0xCA5A826395121157
WEYL = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
ROUNDS = 10
MASK = 2**64 - 1


def philox(counter, key):
    """The four words of a counter of four words under a key of two, word 0 first."""
    a, b, c, d = counter
    k, m = key
    for _ in range(ROUNDS):
        first, second = MULTIPLIERS[0] * a, MULTIPLIERS[1] * c
        a, b, c, d = second >> 64 ^ b ^ k, second & MASK, first >> 64 ^ d ^ m, first & MASK
        k, m = k + WEYL[0] & MASK, m + WEYL[1] & MASK
    return a, b, c, d


def uniform(word):
    """((word >> 12) + 0.5) x 2^-52, exactly."""
    return ((word >> 12) + 0.5) * 2.0**-52
