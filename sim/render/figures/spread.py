"""Keeping labels apart on a line."""


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Places near the wanted ones, at least `gap` apart and within `low` and `high`, in the order given.

    Labels that want the same place keep the order of the list, from high to low. The sum of squared moves
    is the least there is, but for the ends. If they do not fit, they are spread evenly over the range.
    """
    n = len(wanted)
    if n > 1 and (n - 1) * gap > high - low:
        gap = (high - low) / (n - 1)
    order = sorted(range(n), key=lambda i: -wanted[i])
    # With the gaps taken out the places must only not rise: means of blocks that would (isotonic regression).
    blocks: list[tuple[float, int]] = []
    for k, i in enumerate(order):
        blocks.append((wanted[i] + k * gap, 1))
        while len(blocks) > 1 and blocks[-1][0] > blocks[-2][0]:
            (b, m), (a, n_a) = blocks.pop(), blocks.pop()
            blocks.append(((a * n_a + b * m) / (n_a + m), n_a + m))
    flat = [mean for mean, size in blocks for _ in range(size)]
    places = [0.0] * n
    for k, i in enumerate(order):
        places[i] = min(max(flat[k], low + (n - 1) * gap), high) - k * gap
    return places
