/** Who has to look again when something changes. */
export interface Interests {
  /** Who asks for one more thing. */
  add(who: string, thing: string): void;
  /** From now on, `who` asks for these things and no others. */
  set(who: string, things: ReadonlySet<string>): void;
  /** Everybody who asked for a thing. */
  in(thing: string): readonly string[];
}

const none: ReadonlySet<string> = new Set();

export function createInterests(): Interests {
  const asked = new Map<string, Set<string>>();
  const askers = new Map<string, Set<string>>();
  const leave = (who: string, thing: string) => {
    const others = askers.get(thing);
    others?.delete(who);
    if (others?.size === 0) askers.delete(thing);
  };
  const join = (who: string, thing: string) => askers.set(thing, (askers.get(thing) ?? new Set()).add(who));
  return {
    add(who, thing) {
      asked.set(who, (asked.get(who) ?? new Set()).add(thing));
      join(who, thing);
    },
    set(who, things) {
      for (const thing of asked.get(who) ?? none) if (!things.has(thing)) leave(who, thing);
      for (const thing of things) join(who, thing);
      if (things.size > 0) asked.set(who, new Set(things));
      else asked.delete(who);
    },
    in: (thing) => [...(askers.get(thing) ?? none)],
  };
}
