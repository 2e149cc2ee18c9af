import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from revenue import daily_revenue  # noqa: E402


class Revenue(unittest.TestCase):
    def test_orders_are_summed_by_utc_day_oldest_day_first(self):
        orders = [
            {"ordered_at": "2025-03-02T00:00:00Z", "amount_cents": 5},
            {"ordered_at": "2025-03-01T23:59:59Z", "amount_cents": 10},
            {"ordered_at": "2025-03-01T09:00:00Z", "amount_cents": 20},
        ]
        self.assertEqual(
            daily_revenue(orders),
            [
                {"day": "2025-03-01", "orders": 2, "revenue_cents": 30},
                {"day": "2025-03-02", "orders": 1, "revenue_cents": 5},
            ],
        )

    def test_no_orders_give_no_days(self):
        self.assertEqual(daily_revenue([]), [])


if __name__ == "__main__":
    unittest.main()
