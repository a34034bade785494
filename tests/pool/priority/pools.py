"""Small pools for property tests, and the plain way to compute what the rules compute cleverly."""

from hypothesis import strategies as st

from pool.priority.rules import Candidate, Levels, Weights, ranked

level = st.integers(0, 4)
levels = st.builds(Levels, level, level, level, level, level)
marks = st.sampled_from([(), ("proposed",), ("confirmed",), ("refused",), ("withdrawn", "confirmed")])
threshold = st.integers(0, 4)


@st.composite
def weights(draw) -> Weights:
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)))
    return Weights(cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], 100 - cuts[2])


@st.composite
def pools(draw, *, least: int = 1, most: int = 7) -> list[Candidate]:
    number = draw(st.integers(least, most))
    return [Candidate(f"P{place}", place, draw(levels), draw(marks)) for place in range(number)]


def ranks(pool, weighting: Weights, from_level: int) -> dict[str, int]:
    return {row.candidate.project_id: row.rank for row in ranked(pool, weighting, from_level)}


def every_weighting(around: Weights, interval: int) -> list[Weights]:
    """All of them, by looking at each of the 176,851 that there are at most."""
    allowed = [range(max(0, part - interval), part + interval + 1) for part in around.by_degree().values()]
    return [
        Weights(v, e, k, 100 - v - e - k)
        for v in allowed[0]
        for e in allowed[1]
        for k in allowed[2]
        if 100 - v - e - k in allowed[3] and min(v, e, k, 100 - v - e - k) >= 0
    ]
