const maxBytes = 8 * 1024 * 1024;

/**
 * Groups rows that come sorted by day into parts: one day each, at most `limit` bytes, one in memory at a time.
 * The same rows give the same parts, which is what makes a second run replace the first.
 */
export async function* toParts(rows, limit = maxBytes) {
  let part;
  for await (const { day, line } of rows) {
    const bytes = Buffer.byteLength(line);
    if (part?.day !== day || part.bytes + bytes > limit) {
      if (part) yield part;
      part = startPart(day, part?.day === day ? part.number + 1 : 0);
    }
    part.lines.push(line);
    part.bytes += bytes;
  }
  if (part) yield part;
}

function startPart(day, number) {
  return { day, number, name: `date=${day}/part-${String(number).padStart(4, '0')}.ndjson`, lines: [], bytes: 0 };
}

/** Whether a name below the data set's folder is one that `toParts` gives. */
export function isPart(name) {
  return /^date=(\d{4,}-\d\d-\d\d|unknown)\/part-\d{4,}\.ndjson$/.test(name);
}
