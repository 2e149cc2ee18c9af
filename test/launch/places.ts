import { afterEach } from 'vitest';
import { openPlace } from './place.ts';

/** Opens places for the tests of one file, and closes each after its test. */
export function placesOfThisFile(): typeof openPlace {
  const places: Awaited<ReturnType<typeof openPlace>>[] = [];
  afterEach(async () => {
    for (const place of places.splice(0)) await place.close();
  });
  return async (...args) => {
    const place = await openPlace(...args);
    places.push(place);
    return place;
  };
}
