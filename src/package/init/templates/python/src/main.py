"""Reads the orders of the lake, writes the revenue of each day. Python's standard library is all it needs."""

import json
import os
import time

from revenue import daily_revenue
from s3 import Bucket


def main():
    started = time.monotonic()
    with open(os.environ["DK_RUN_SPEC"], encoding="utf-8") as file:
        spec = json.load(file)
    orders, revenue = spec["inputs"][0], spec["outputs"][0]

    source = folder(orders)
    names = list(source.list())
    days = daily_revenue(json.loads(line) for name in names for line in source.lines(name))
    rows = "".join(json.dumps(day) + "\n" for day in days)
    folder(revenue).put("daily-revenue.ndjson", rows.encode(), "application/x-ndjson")

    counts = {"objects": len(names), "days": len(days), "ms": round((time.monotonic() - started) * 1000)}
    print(f"{orders['dataset']} -> {revenue['dataset']}: {json.dumps(counts)}")
    if not names:
        print("There are no orders yet: `dk dev seed` loads some.")


def folder(port):
    """Where an input or output lives in its bucket."""
    fields = port["fields"]
    return Bucket(fields["bucket"], folder=[fields.get("prefix"), port["prefix"]])


if __name__ == "__main__":
    main()
