import math


def summarise(events):
    """One row for each UTC day, oldest first. An event that comes twice counts once: lakes deliver at least once."""
    seen = set()
    days = {}
    for event in events:
        if event["event_id"] not in seen:
            seen.add(event["event_id"])
            add(days, event)
    return [finish(day, sums) for day, sums in sorted(days.items())]


def add(days, event):
    day = (event["occurred_at"] or "unknown")[:10]
    sums = days.setdefault(day, {"events": 0, "magnitudes": [], "strongest": None, "felt": 0, "tsunami": 0})
    sums["events"] += 1
    sums["felt"] += event["felt_reports"] or 0
    sums["tsunami"] += bool(event["tsunami_alert"])
    if event["magnitude"] is not None:
        sums["magnitudes"].append(event["magnitude"])
        # The earlier id wins a tie, so that the order of the objects does not matter.
        rank = (-event["magnitude"], event["event_id"])
        if sums["strongest"] is None or rank < sums["strongest"][0]:
            sums["strongest"] = (rank, event["place"])


def finish(day, sums):
    magnitudes = sums["magnitudes"]
    return {
        "day": day,
        "events": sums["events"],
        "mean_magnitude": round(math.fsum(magnitudes) / len(magnitudes), 2) if magnitudes else None,
        "max_magnitude": max(magnitudes, default=None),
        "strongest_place": sums["strongest"][1] if sums["strongest"] else None,
        "felt_reports": sums["felt"],
        "tsunami_alerts": sums["tsunami"],
    }
