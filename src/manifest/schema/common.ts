import type { TSchema, TSchemaOptions } from 'typebox';
import * as Type from 'typebox';

/** A name that Kubernetes accepts wherever we use it: a DNS label. */
export const Name = (options: { maxLength?: number; description?: string } = {}) =>
  Type.String({
    pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
    'x-dk-pattern': 'be lower-case letters, digits and hyphens, with a letter or digit at both ends',
    maxLength: 63,
    ...options,
  });

/** One of a few words. */
export const Choice = <const Values extends readonly string[]>(values: Values, description?: string) =>
  Type.Unsafe<Values[number]>({
    type: 'string',
    enum: [...values],
    ...(description !== undefined && { description }),
  });

/** A map from any key to one type; written with `additionalProperties`, the only way that Kubernetes understands. */
export const MapOf = <Of extends TSchema>(of: Of, options: TSchemaOptions & { minProperties?: number } = {}) =>
  Type.Unsafe<Record<string, Type.Static<Of>>>({ type: 'object', additionalProperties: of, ...options });

/** A map of strings, as labels are. */
export const StringMap = (options: { description?: string } = {}) => MapOf(Type.String(), options);

/** Any value at all. */
export const Anything = (options: { description?: string } = {}) =>
  Type.Unsafe<unknown>({ 'x-kubernetes-preserve-unknown-fields': true, ...options });

/** A closed object: unknown fields are errors. */
export const Closed = <Fields extends Parameters<typeof Type.Object>[0]>(
  fields: Fields,
  options: { description?: string; minProperties?: number } = {},
) => Type.Object(fields, { additionalProperties: false, ...options });

/** Marks a field that older packages carry and dk only tolerates: it warns, with what to do instead. */
export const legacy = (instead: string) => ({ 'x-dk-legacy': instead }) as const;

/** The part of metadata that people write; what a server sets is stripped before validation. */
export const Metadata = (name = Name()) =>
  Closed({
    name,
    namespace: Type.Optional(Name()),
    version: Type.Optional(Type.String({ description: 'semver 2, without a leading v' })),
    labels: Type.Optional(StringMap()),
    annotations: Type.Optional(StringMap()),
  });

const Condition = Closed(
  {
    type: Type.String({ description: 'what is judged, such as Ready or Valid' }),
    status: Choice(['True', 'False', 'Unknown']),
    reason: Type.String({ description: 'one word in CamelCase, for programs' }),
    message: Type.String({ description: 'a sentence for people' }),
    lastTransitionTime: Type.String({ format: 'date-time', description: 'when the status last changed' }),
    observedGeneration: Type.Optional(Type.Integer({ description: 'the generation that was judged' })),
  },
  { description: 'one judgement about this resource' },
);

/** The conditions of a status: a list that Kubernetes merges by type. */
export const Conditions = () =>
  Type.Array(Condition, {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
    description: 'what is known of this resource, one entry for each type',
  });
