// One visual of a page as Power BI's JSON. In: what it shows and where. Out: its file.

import { jsonText } from "./files.js";
import { fieldOf, literal, queryState, size, sortedBy, type ModelField } from "./query.js";

type Json = Readonly<Record<string, unknown>>;

/** In pixels of the page. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Visual {
  /** Folder and name. */
  readonly id: string;
  readonly type: "actionButton" | "cardVisual" | "clusteredBarChart" | "donutChart" | "lineChart" | "slicer" | "tableEx" | "textbox" | "treemap";
  readonly box: Box;
  /** What it is, for those who do not see it; Power BI takes 250 characters. */
  readonly alt: string;
  readonly title?: string;
  /** Smaller, under the title. */
  readonly subtitle?: string;
  readonly roles?: Readonly<Record<string, readonly ModelField[]>>;
  readonly sort?: { readonly field: ModelField; readonly direction: "Ascending" | "Descending" };
  readonly filters?: readonly Json[];
  /** Formatting of its own kind, one value a property. */
  readonly objects?: Readonly<Record<string, Json>>;
  /** Formatting that every kind has. */
  readonly container?: Readonly<Record<string, Json>>;
  /** Where a phone has more important things to show. */
  readonly isOffPhone?: true;
  /** Slicers of one name choose together on all pages. */
  readonly syncGroup?: string;
}

/** `order` is its place among the page's visuals, from 0: keyboards and screen readers go by it. */
export function visualText(visual: Visual, order: number): string {
  const { id, type, box, roles, sort, filters = [], objects = {}, syncGroup } = visual;
  const query = roles === undefined ? {} : { query: { queryState: queryState(roles), ...(sort === undefined ? {} : { sortDefinition: sortedBy(sort.field, sort.direction) }) } };
  return jsonText("visual", {
    name: id,
    position: { ...box, z: order * 1000, tabOrder: order * 1000 },
    visual: {
      visualType: type,
      ...query,
      ...(Object.keys(objects).length === 0 ? {} : { objects: formatting(objects) }),
      visualContainerObjects: formatting(containerObjects(visual)),
      ...(syncGroup === undefined ? {} : { syncGroup: { groupName: syncGroup, fieldChanges: true, filterChanges: true } }),
      drillFilterOtherVisuals: true,
    },
    ...(filters.length === 0 ? {} : { filterConfig: { filters } }),
  });
}

function containerObjects({ title, subtitle, alt, container = {} }: Visual): Readonly<Record<string, Json>> {
  return {
    general: { altText: literal(alt) },
    title: title === undefined ? { show: literal(false) } : { show: literal(true), text: literal(title), titleWrap: literal(true), fontSize: size(12), heading: literal("Heading3") },
    ...(subtitle === undefined ? {} : { subTitle: { show: literal(true), text: literal(subtitle), titleWrap: literal(true), fontSize: size(9) } }),
    ...container,
  };
}

export const formatting = (objects: Readonly<Record<string, Json>>): Json => Object.fromEntries(Object.entries(objects).map(([name, properties]) => [name, [{ properties }]]));

/** A page's filter that another page's drill-through sets. */
export function drillFilter(id: string, field: ModelField): Json {
  return { name: id, field: fieldOf(field), type: "Categorical", howCreated: "Drillthrough" };
}
