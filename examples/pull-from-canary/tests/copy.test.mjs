import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTable } from '../src/copy.mjs';

test('the table is made from the schema of the data set', () => {
  const schema = [
    { name: 'event_id', type: 'text' },
    { name: 'magnitude', type: 'double precision' },
  ];
  assert.equal(
    createTable({ table: 'lab.quakes', schema }),
    'create table if not exists "lab"."quakes" ("event_id" text, "magnitude" double precision)',
  );
});

test('names are quoted, whatever they hold', () => {
  assert.equal(createTable({ table: 'a"b', schema: [] }), 'create table if not exists "a""b" ()');
});
