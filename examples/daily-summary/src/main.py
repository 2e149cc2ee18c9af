"""Reads the events of the lake, writes one row for each day. Python's standard library is all it needs."""

import csv
import io
import json
import os
import time

from s3 import Bucket
from summary import summarise


def main():
    started = time.monotonic()
    with open(os.environ["DK_RUN_SPEC"], encoding="utf-8") as file:
        spec = json.load(file)
    events, daily = spec["inputs"][0], spec["outputs"][0]

    source = lake(events)
    objects = list(source.list())
    days = summarise(json.loads(line) for name in objects for line in source.lines(name))
    table = to_csv(days, [column["name"] for column in daily["schema"]])
    lake(daily).put("daily-summary.csv", table, "text/csv")

    summary = {
        "objects": len(objects),
        "events": sum(day["events"] for day in days),
        "days": len(days),
        "bytes": len(table),
        "ms": round((time.monotonic() - started) * 1000),
    }
    print(f"{events['dataset']} -> {daily['dataset']}: {json.dumps(summary)}")


def lake(port):
    """The folder of an input or output in its bucket."""
    fields = port["fields"]
    return Bucket(fields["bucket"], folder=[fields.get("prefix"), port["prefix"]])


def to_csv(rows, columns):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


if __name__ == "__main__":
    main()
