import type { Rule, Subject } from './rule.ts';
import * as names from './rules/names.ts';
import * as secrets from './rules/secrets.ts';
import * as stores from './rules/stores.ts';

/** Every rule about Stores, which hold in a package and in a cell alike. */
export const storeRules: readonly Rule<Subject>[] = [
  {
    id: 'secret-reference',
    severity: 'error',
    checks: 'secrets of a Store are ${KEY}',
    why: 'a literal would be committed, and shown by kubectl',
    find: secrets.secretsAreReferences,
  },
  {
    id: 'secret-in-connection',
    severity: 'error',
    checks: 'no connection field holds a password',
    why: "connections are committed, printed and part of charts' plans; secrets are not",
    find: secrets.noSecretInConnection,
  },
  {
    id: 'connection-scalar',
    severity: 'error',
    checks: 'connection values are strings, numbers or booleans',
    why: 'each becomes one variable; no schema of Kubernetes can say so',
    find: stores.connectionScalar,
  },
  {
    id: 'connection-complete',
    severity: 'error',
    checks: 'a Store has the fields that its connector needs',
    why: 'it could not be connected to',
    find: stores.fieldsComplete,
  },
  {
    id: 'connection-field',
    severity: 'warning',
    checks: 'a Store has no fields that its connector does not know',
    why: 'most are mistyped; some clients do read more than the connector says',
    find: stores.fieldsKnown,
  },
  {
    id: 'connector-known',
    severity: 'error',
    checks: 'the connector of a Store is in connector/, or built in',
    why: 'nobody would know how to reach the Store',
    find: stores.connectorKnown,
  },
  {
    id: 'connector-version',
    severity: 'error',
    checks: 'the connector has a version that the Store asks for',
    why: 'the Store was written for another one',
    find: stores.connectorVersion,
  },
  {
    id: 'store-name',
    severity: 'error',
    checks: 'no Store is named dsn, type, dsn-… or type-…',
    why: 'DK_STORE_DSN_<STORE> and DK_STORE_<STORE>_<FIELD> could not be told apart',
    find: names.storeNames,
  },
  {
    id: 'variable-collision',
    severity: 'error',
    checks: 'no two Stores come to one name of a variable',
    why: 'a run would get one of two values; it is refused instead',
    find: names.variablesCollide,
  },
];
