import { type SchemaNode, schemaNode } from '../../manifest/schema/node.ts';
import { NormalValues } from './values.ts';

/** The text of a chart's values.schema.json, by which Helm judges values before it renders anything. */
export function valuesSchema(): string {
  const { properties = {}, additionalProperties } = schemaNode(NormalValues);
  const fields = Object.entries(properties).map(([name, node]) => [name, nullable(name, node)]);
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties,
    properties: Object.fromEntries(fields),
  };
  return `${JSON.stringify(schema, withoutOwnKeywords, 2)}\n`;
}

/** A name whose values are all commented out is null, and means what no name at all means. */
function nullable(name: string, { type, enum: words, ...rest }: SchemaNode) {
  return {
    ...rest,
    // Of the fields, the schedule alone may be a text or a map.
    ...(type && { type: [type, 'null', ...(name === 'schedule' ? ['string'] : [])] }),
    ...(words && { enum: [...words, null] }),
  };
}

function withoutOwnKeywords(keyword: string, value: unknown): unknown {
  return keyword.startsWith('x-') ? undefined : value;
}
