def daily_revenue(orders):
    """Orders -> one row for each UTC day, oldest first."""
    days = {}
    for order in orders:
        day = order["ordered_at"][:10]
        row = days.setdefault(day, {"day": day, "orders": 0, "revenue_cents": 0})
        row["orders"] += 1
        row["revenue_cents"] += order["amount_cents"]
    return [days[day] for day in sorted(days)]
