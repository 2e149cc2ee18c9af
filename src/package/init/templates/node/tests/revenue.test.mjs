import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dailyRevenue } from '../src/revenue.mjs';

test('orders are summed by UTC day, oldest day first', async () => {
  const orders = [
    { ordered_at: '2025-03-02T00:00:00Z', amount_cents: 5 },
    { ordered_at: '2025-03-01T23:59:59Z', amount_cents: 10 },
    { ordered_at: '2025-03-01T09:00:00Z', amount_cents: 20 },
  ];
  assert.deepEqual(await dailyRevenue(orders), [
    { day: '2025-03-01', orders: 2, revenue_cents: 30 },
    { day: '2025-03-02', orders: 1, revenue_cents: 5 },
  ]);
});

test('no orders give no days', async () => {
  assert.deepEqual(await dailyRevenue([]), []);
});
