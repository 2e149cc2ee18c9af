import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from summary import summarise  # noqa: E402


def event(event_id, occurred_at, magnitude=None, **more):
    blank = {"place": None, "felt_reports": None, "tsunami_alert": False}
    return {**blank, "event_id": event_id, "occurred_at": occurred_at, "magnitude": magnitude, **more}


class Summary(unittest.TestCase):
    def test_days_are_utc_days_and_come_sorted(self):
        days = summarise([event("b", "2018-02-01T00:00:00Z"), event("a", "2018-01-31T23:59:59Z")])
        self.assertEqual([day["day"] for day in days], ["2018-01-31", "2018-02-01"])

    def test_an_event_that_comes_twice_counts_once(self):
        (day,) = summarise([event("a", "2018-01-31", 1.0), event("a", "2018-01-31", 1.0)])
        self.assertEqual(day["events"], 1)

    def test_the_strongest_event_names_the_place_and_a_tie_does_not_depend_on_the_order(self):
        events = [
            event("b", "2018-01-31", 5.0, place="Jarm", felt_reports=2, tsunami_alert=True),
            event("a", "2018-01-31", 5.0, place="Lae", felt_reports=1),
            event("c", "2018-01-31", None, place="Nowhere"),
        ]
        for order in (events, events[::-1]):
            (day,) = summarise(order)
            self.assertEqual(day["strongest_place"], "Lae")
            self.assertEqual((day["events"], day["mean_magnitude"], day["max_magnitude"]), (3, 5.0, 5.0))
            self.assertEqual((day["felt_reports"], day["tsunami_alerts"]), (3, 1))

    def test_a_day_without_any_magnitude_has_none(self):
        (day,) = summarise([event("a", "2018-01-31")])
        self.assertIsNone(day["max_magnitude"])
        self.assertIsNone(day["mean_magnitude"])

    def test_no_events_give_no_days(self):
        self.assertEqual(summarise([]), [])


if __name__ == "__main__":
    unittest.main()
