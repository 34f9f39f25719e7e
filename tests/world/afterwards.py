"""What comes after leaving, for generated scenarios."""

from datetime import date, timedelta

from hypothesis import strategies as st

from tests.generate import numbers, record, tables


def last_result(data):
    """The last result of generated data, whose dates are texts."""
    return max(date.fromisoformat(stage["result"]) for stage in data["stages"].values())


def rates(most):
    """What all say who take a model up."""
    return {
        "count": numbers(0, most, most, 0),
        "innovation": numbers(0, 2, 0.03, 0),
        "imitation": numbers(0, 4, 0.38, 0),
    }


def institutes(days):
    """Public institutes, with or without a hub."""
    needed = record({"needs": numbers(0, 1, 0.5, 0)}) | record({"needs_strength": numbers(80, 200, 130)})
    hub = record({"opens": days, "pace": numbers(0.05, 20, 2, 1)}, delay=numbers(0, 300, 0))
    own = record({"share": numbers(0, 1, 0.5), "days": numbers(0, 400, 180)})
    count = rates(30).pop("count")
    optional = {"innovation": rates(1)["innovation"], "imitation": rates(1)["imitation"]}
    others = record({"count": count}, hub=hub, domain_models=own, **optional)
    return st.builds(dict.__or__, needed, others)


def go_on(names, types):
    """How teams go on."""
    gpus = tables(types, numbers(0, 2048, 512)) | st.just("none")
    return record(
        {},
        share=numbers(0, 1, 1, 0.5),
        every=numbers(30, 400, 182, 60),
        gpus=tables((*names, "default"), gpus, 1),
    )


def add(draw, data):
    """Let teams go on, and institutes and companies take up what is open."""
    if not data.get("hardware"):
        return
    last = last_result(data)
    until = last + timedelta(draw(st.integers(0, 800)))
    # A day before the programme begins is refused, and the last day is told anyhow.
    days = st.lists(st.dates(last, until), max_size=2, unique=True).map(lambda found: [*map(str, found)])
    dates = [day for day in draw(days) if day != str(until)]
    said = draw(
        record(
            {"until": st.just(str(until)), "share_of_frontier": numbers(0, 1, 0.5, 0)},
            go_on=go_on(tuple(data["teams"]), tuple(data["hardware"])),
            openly=record(
                {},
                within=numbers(0, 1, 1, 0),
                after=numbers(0, 1, 0.5),
                drawn=st.sampled_from(("team", "model")),
            ),
            institutes=institutes(st.dates(last - timedelta(400), until).map(str)),
        )
    )
    if dates:
        said["dates"] = dates
    if "institutes" in said:
        # A model that may close is not played beside faults one by one.
        if data.get("faults", {}).get("mode") != "each" and draw(st.booleans()):
            data.setdefault("openness", {}).setdefault("open", {})
            closes = record(
                {"earliest": st.dates(last - timedelta(300), until).map(str)}, chance=numbers(0, 1, 0.5, 1)
            )
            data["openness"]["open"].setdefault("closes", draw(closes))
            built = {"share": draw(numbers(0, 0.99, 0.4, 0)), "delay": draw(numbers(0, 300, 40, 0))}
            said["institutes"]["on_foreign"] = built
        said |= draw(
            record({}, companies=record({"count": numbers(0, 1e4, 1000)}, after=numbers(0, 0.99, 0.5, 0)))
        )
    data["afterwards"] = said
