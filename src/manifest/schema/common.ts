import { type Static, Type } from 'typebox';

/** The group and version of every kind of ours. */
export const apiVersion = 'datakit.infoblox.dev/v1alpha1';

const dnsLabel = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$';

export const Name = (options: { maxLength?: number; description?: string } = {}) =>
  Type.String({ pattern: dnsLabel, maxLength: 63, ...options });

/** A map of strings, as labels are. */
export const StringMap = (options: { description?: string } = {}) => Type.Record(Type.String(), Type.String(), options);

/** A closed object: unknown fields are errors. */
export const Closed = <Fields extends Parameters<typeof Type.Object>[0]>(
  fields: Fields,
  options: { description?: string; minProperties?: number } = {},
) => Type.Object(fields, { additionalProperties: false, ...options });

/** Marks a field that older packages carry and dk only tolerates: it warns. */
export const legacy = { 'x-dk-legacy': true } as const;

/** The part of metadata that people write; what a server sets is stripped before validation. */
export const Metadata = (name = Name()) =>
  Closed({
    name,
    namespace: Type.Optional(Name()),
    version: Type.Optional(Type.String()),
    labels: Type.Optional(StringMap()),
    annotations: Type.Optional(StringMap()),
  });

export const Condition = Closed({
  type: Type.String(),
  status: Type.Enum(['True', 'False', 'Unknown']),
  reason: Type.String(),
  message: Type.String(),
  lastTransitionTime: Type.String({ format: 'date-time' }),
  observedGeneration: Type.Optional(Type.Integer()),
});
export type Condition = Static<typeof Condition>;

const Amounts = StringMap({ description: 'cpu, memory, ephemeral-storage as Kubernetes quantities' });
export const Resources = Closed({
  requests: Type.Optional(Amounts),
  limits: Type.Optional(Amounts),
  cpu: Type.Optional(Type.String()),
  memory: Type.Optional(Type.String()),
  ephemeralStorage: Type.Optional(Type.String()),
});

export const EnvironmentVariable = Closed({
  name: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }),
  value: Type.Optional(Type.String()),
  valueFrom: Type.Optional(
    Closed({
      secretKeyRef: Type.Optional(
        Closed({ name: Type.String(), key: Type.String(), optional: Type.Optional(Type.Boolean()) }),
      ),
      configMapKeyRef: Type.Optional(
        Closed({ name: Type.String(), key: Type.String(), optional: Type.Optional(Type.Boolean()) }),
      ),
    }),
  ),
});
