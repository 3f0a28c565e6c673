// Other words for tables, columns and measures, as Power BI's linguistic schema. In: what has synonyms. Out: its JSON.

export interface Named {
  readonly table: string;
  /** Of the table itself when absent. */
  readonly property?: string;
  readonly words: readonly string[];
}

export function linguisticSchema(entities: readonly Named[]): string {
  const entries = entities.map(({ table, property, words }) => {
    const binding = property === undefined ? { ConceptualEntity: table } : { ConceptualEntity: table, ConceptualProperty: property };
    const terms = [property ?? table, ...words].map((word) => ({ [word.toLowerCase()]: { State: "Authored" } }));
    return [entityName(table, property), { Definition: { Binding: binding }, State: "Authored", Terms: terms }] as const;
  });
  return JSON.stringify({ Version: "1.0.0", Language: "en-US", DynamicImprovement: "HighConfidence", Entities: Object.fromEntries(entries) }, null, 2);
}

/** "drug_utilization.cost_per_claim": names of entities have letters, digits and `_`. */
function entityName(table: string, property: string | undefined): string {
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
  return property === undefined ? plain(table) : `${plain(table)}.${plain(property)}`;
}
