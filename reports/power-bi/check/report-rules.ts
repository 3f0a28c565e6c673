// Rules of a report's pages and visuals that the published schemas do not know. In: a project. Out: what breaks them.

import type { Finding } from "./finding.js";
import { at, listAt, records, textAt, type JsonFile } from "./json.js";
import { PHONE_WIDTH } from "../files.js";
import { pagesOf, phonePlacesOf, visualsOf, type Project, type ReportPart } from "./project.js";

export function reportFindings(project: Project): readonly Finding[] {
  const pages = pagesOf(project);
  return [
    ...orderFindings(project, pages),
    ...[...pages, ...visualsOf(project)].flatMap(idFindings),
    ...pages.flatMap((page) => [...placeFindings(sizeOf(page), visualsOf(project, page)), ...placeFindings(PHONE, phonePlacesOf(project, page)), ...linkFindings(page, visualsOf(project, page))]),
    ...[...project.json].flatMap(([file, json]) => literalFindings(file, json)),
  ];
}

function orderFindings({ json }: Project, pages: readonly ReportPart[]): readonly Finding[] {
  const [file, read] = [...json].find(([path]) => path.endsWith("/definition/pages/pages.json")) ?? [];
  if (file === undefined || read === undefined) return [{ file: "definition/pages/pages.json", line: 1, rule: "page-order", what: "the report has no pages.json", wayOut: "write one with pageOrder and activePageName" }];
  const order = listAt(read.value, "pageOrder").map(String);
  const folders = pages.map(({ folder }) => folder);
  const say = (pointer: string, what: string): Finding => ({ file, line: read.lineOf(pointer), rule: "page-order", what, wayOut: "list every page's folder once" });
  const active = textAt(read.value, "activePageName") ?? "";
  return [
    ...order.flatMap((id, index) => (folders.includes(id) && order.indexOf(id) === index ? [] : [say(`/pageOrder/${String(index)}`, `${id} is no page, or stands there twice`)])),
    ...folders.filter((folder) => !order.includes(folder)).map((folder) => say("/pageOrder", `the page ${folder} is not listed`)),
    ...(folders.includes(active) ? [] : [say("/activePageName", `the page shown first, ${active}, is not there`)]),
  ];
}

/** Desktop passes over what is named otherwise, without a word. */
function idFindings({ file, folder, json }: ReportPart): readonly Finding[] {
  const name = textAt(json.value, "name") ?? "";
  const line = json.lineOf("/name");
  if (name !== folder) return [{ file, line, rule: "id-is-folder", what: `the name ${name} is not that of its folder, ${folder}`, wayOut: "make them the same" }];
  return /^[0-9a-f]{20}$/.test(name) ? [] : [{ file, line, rule: "id-form", what: `${name} is not 20 hexadecimal digits in lower case`, wayOut: "rename folder and name" }];
}

interface Placed {
  readonly part: ReportPart;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const numberAt = (part: ReportPart, ...keys: readonly string[]): number => Number(at(part.json.value, ...keys));

type Size = Pick<Placed, "width" | "height">;

const sizeOf = (page: ReportPart): Size => ({ width: numberAt(page, "width"), height: numberAt(page, "height") });
const PHONE: Size = { width: PHONE_WIDTH, height: Number.POSITIVE_INFINITY };

function placeFindings({ width, height }: Size, visuals: readonly ReportPart[]): readonly Finding[] {
  const places = visuals.map((part): Placed => ({ part, x: numberAt(part, "position", "x"), y: numberAt(part, "position", "y"), width: numberAt(part, "position", "width"), height: numberAt(part, "position", "height") }));
  const size = Number.isFinite(height) ? `${String(width)} × ${String(height)}` : `a width of ${String(width)}`;
  const say = ({ part }: Placed, rule: string, [what, wayOut]: readonly [string, string]): Finding => ({ file: part.file, line: part.json.lineOf("/position"), rule, what, wayOut });
  return places.flatMap((place, index) => [
    ...(place.x < 0 || place.y < 0 || place.x + place.width > width || place.y + place.height > height ? [say(place, "on-the-page", ["it lies outside of the page", `keep it within ${size}`])] : []),
    ...places.slice(0, index).filter((other) => overlap(place, other)).map((other) => say(place, "no-overlap", [`it lies over the visual ${other.part.folder}`, "move or shrink one of them"])),
  ]);
}

const overlap = (one: Placed, other: Placed): boolean => one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

/** What a page says about its visuals and its own filters by name. */
function linkFindings({ file, json }: ReportPart, visuals: readonly ReportPart[]): readonly Finding[] {
  const folders = visuals.map(({ folder }) => folder);
  const ends = listAt(json.value, "visualInteractions").flatMap((each, index) => ["source", "target"].map((end) => ({ pointer: `/visualInteractions/${String(index)}/${end}`, id: textAt(each, end) ?? "" })));
  const filters = listAt(json.value, "filterConfig", "filters").map((filter) => textAt(filter, "name"));
  const bound = listAt(json.value, "pageBinding", "parameters").map((parameter, index) => ({ pointer: `/pageBinding/parameters/${String(index)}`, id: textAt(parameter, "boundFilter") ?? "" }));
  return [
    ...ends.filter(({ id }) => !folders.includes(id)).map(({ pointer, id }): Finding => ({ file, line: json.lineOf(pointer), rule: "visual-exists", what: `the page has no visual ${id}`, wayOut: "name one of its visuals" })),
    ...bound.filter(({ id }) => !filters.includes(id)).map(({ pointer, id }): Finding => ({ file, line: json.lineOf(pointer), rule: "drill-filter", what: `drilling through sets the filter ${id}, which the page does not have`, wayOut: "name a filter of filterConfig" })),
  ];
}

const LITERAL = /^('(?:[^']|'')*'|-?\d+L|-?\d+(\.\d+)?[DM]|true|false|null|datetime'[^']+')$/;

/** Texts stand in quotes of their own inside of the JSON text. */
function literalFindings(file: string, json: JsonFile): readonly Finding[] {
  return [...records(json.value)].flatMap(({ pointer, record }) => {
    const value = pointer.endsWith("/Literal") ? record["Value"] : undefined;
    if (typeof value !== "string" || LITERAL.test(value)) return [];
    return [{ file, line: json.lineOf(`${pointer}/Value`), rule: "literal", what: `${value} is no value`, wayOut: "write texts as 'text', whole numbers as 2L, others as 0.5D, or true and false" }];
  });
}
