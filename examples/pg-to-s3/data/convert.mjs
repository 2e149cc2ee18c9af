// USGS GeoJSON feed on stdin → CSV on stdout, oldest event first.
import { json } from 'node:stream/consumers';

const columns = {
  event_id: ({ id }) => id,
  occurred_at: ({ properties }) => new Date(properties.time).toISOString(),
  magnitude: ({ properties }) => properties.mag,
  magnitude_type: ({ properties }) => properties.magType,
  kind: ({ properties }) => properties.type,
  place: ({ properties }) => properties.place,
  longitude: ({ geometry }) => geometry.coordinates[0],
  latitude: ({ geometry }) => geometry.coordinates[1],
  depth_km: ({ geometry }) => geometry.coordinates[2],
  network: ({ properties }) => properties.net,
  stations: ({ properties }) => properties.nst,
  felt_reports: ({ properties }) => properties.felt,
  tsunami_alert: ({ properties }) => properties.tsunami === 1,
  status: ({ properties }) => properties.status,
};

const quote = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const cell = (value) => (value === null || value === undefined ? '' : quote(String(value)));

const { features } = await json(process.stdin);
features.sort((a, b) => a.properties.time - b.properties.time || (a.id < b.id ? -1 : 1));
const rows = features.map((feature) => Object.values(columns).map((read) => cell(read(feature))));
process.stdout.write([Object.keys(columns), ...rows].map((row) => `${row.join(',')}\n`).join(''));
