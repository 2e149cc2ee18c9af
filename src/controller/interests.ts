/** Who has to look again when something changes. */
export interface Interests {
  /** From now on, `who` asks for these things and no others. */
  set(who: string, things: ReadonlySet<string>): void;
  /** Everybody who asked for a thing. */
  in(thing: string): readonly string[];
}

const none: ReadonlySet<string> = new Set();

export function createInterests(): Interests {
  const asked = new Map<string, ReadonlySet<string>>();
  const askers = new Map<string, Set<string>>();
  const leave = (who: string, thing: string) => {
    const others = askers.get(thing);
    others?.delete(who);
    if (others?.size === 0) askers.delete(thing);
  };
  return {
    set(who, things) {
      for (const thing of asked.get(who) ?? none) if (!things.has(thing)) leave(who, thing);
      for (const thing of things) askers.set(thing, (askers.get(thing) ?? new Set()).add(who));
      if (things.size > 0) asked.set(who, things);
      else asked.delete(who);
    },
    in: (thing) => [...(askers.get(thing) ?? none)],
  };
}
