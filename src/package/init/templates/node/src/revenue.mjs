/** Orders → one row for each UTC day, oldest first. */
export async function dailyRevenue(orders) {
  const days = new Map();
  for await (const { ordered_at, amount_cents } of orders) {
    const day = ordered_at.slice(0, 10);
    const sum = days.get(day) ?? { day, orders: 0, revenue_cents: 0 };
    days.set(day, { day, orders: sum.orders + 1, revenue_cents: sum.revenue_cents + amount_cents });
  }
  return [...days.values()].sort((a, b) => a.day.localeCompare(b.day));
}
