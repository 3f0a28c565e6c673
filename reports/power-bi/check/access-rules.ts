// Rules for readers who use a keyboard or a screen reader, or who see little contrast. In: a project. Out: what keeps them out.

import type { Finding } from "./finding.js";
import { at, listAt, records, textAt, type JsonFile } from "./json.js";
import { pagesOf, visualsOf, type Project, type ReportPart } from "./project.js";

/** WCAG 2.2: text, and parts of graphics. */
const CONTRAST = { text: 4.5, graphics: 3 } as const;

/** What Power BI takes of an alternative text. */
const ALT_LENGTH = 250;

export function accessFindings(project: Project): readonly Finding[] {
  const theme = [...project.json].find(([file]) => /\/StaticResources\/RegisteredResources\/[^/]+\.json$/.test(file));
  const background = theme === undefined ? undefined : textAt(theme[1].value, "background");
  return [
    ...visualsOf(project).flatMap(altFindings),
    ...pagesOf(project).flatMap((page) => orderFindings(visualsOf(project, page))),
    ...(theme === undefined ? [] : themeFindings(...theme)),
    ...visualsOf(project).flatMap((visual) => colorFindings(visual, background ?? "#ffffff")),
  ];
}

function altFindings({ file, json }: ReportPart): readonly Finding[] {
  const [general] = listAt(json.value, "visual", "visualContainerObjects", "general");
  const text = textAt(general, "properties", "altText", "expr", "Literal", "Value")?.replace(/^'|'$/g, "") ?? "";
  const line = json.lineOf("/visual/visualContainerObjects/general");
  if (text.trim() === "") return [{ file, line, rule: "alt-text", what: "the visual has no alternative text", wayOut: "say in visualContainerObjects.general.altText what it is" }];
  return text.length > ALT_LENGTH ? [{ file, line, rule: "alt-text", what: `the alternative text has ${String(text.length)} characters`, wayOut: `Power BI takes ${String(ALT_LENGTH)}: shorten it` }] : [];
}

/** Keyboards go by tabOrder; it must say an order, and the one that is read: down the page, then across. */
function orderFindings(visuals: readonly ReportPart[]): readonly Finding[] {
  const order = (part: ReportPart): unknown => at(part.json.value, "position", "tabOrder");
  return visuals.flatMap((part, index): readonly Finding[] => {
    const line = part.json.lineOf("/position/tabOrder");
    if (typeof order(part) !== "number") return [{ file: part.file, line, rule: "tab-order", what: "the visual has no place in the order of the keyboard", wayOut: "set position.tabOrder" }];
    const twin = visuals.slice(0, index).find((other) => order(other) === order(part));
    return twin === undefined ? [] : [{ file: part.file, line, rule: "tab-order", what: `the visual ${twin.folder} has the same tabOrder`, wayOut: "give each visual of a page one of its own" }];
  });
}

function themeFindings(file: string, theme: JsonFile): readonly Finding[] {
  const grounds = ["background", "backgroundLight"].flatMap((name) => textAt(theme.value, name) ?? []);
  const texts = ["foreground", "foregroundNeutralSecondary", "foregroundNeutralTertiary", "hyperlink"].map((name) => [`/${name}`, textAt(theme.value, name)] as const);
  const classes = Object.entries(at(theme.value, "textClasses") ?? {}).map(([name, each]) => [`/textClasses/${name}/color`, textAt(each, "color")] as const);
  const parts = listAt(theme.value, "dataColors").map((color, index) => [`/dataColors/${String(index)}`, String(color)] as const);
  const low = (colors: readonly (readonly [string, string | undefined])[], least: number): readonly Finding[] =>
    colors.flatMap(([pointer, color]) => grounds.flatMap((ground) => (color === undefined ? [] : contrastFinding({ file, line: theme.lineOf(pointer), color, ground, least }))));
  return [...low([...texts, ...classes], CONTRAST.text), ...low(parts, CONTRAST.graphics)];
}

/** Colours that a visual sets for its own texts. */
function colorFindings({ file, json }: ReportPart, ground: string): readonly Finding[] {
  return [...records(json.value)].flatMap(({ pointer, record }) => {
    const literal = /\/(?:fontColor|labelColor|titleColor)$/.test(pointer) ? textAt(record, "solid", "color", "expr", "Literal", "Value") : undefined;
    return literal === undefined ? [] : contrastFinding({ file, line: json.lineOf(pointer), color: literal.replaceAll("'", ""), ground, least: CONTRAST.text });
  });
}

function contrastFinding({ file, line, color, ground, least }: { readonly file: string; readonly line: number; readonly color: string; readonly ground: string; readonly least: number }): readonly Finding[] {
  const ratio = contrast(color, ground);
  if (ratio === undefined) return [{ file, line, rule: "contrast", what: `${color} is not a colour like #1b2430`, wayOut: "write six hexadecimal digits" }];
  return ratio >= least ? [] : [{ file, line, rule: "contrast", what: `${color} on ${ground} has a contrast of ${ratio.toFixed(1)}`, wayOut: `make it ${String(least)} or more` }];
}

/** WCAG 2.2, contrast ratio of two colours: 1 to 21. */
export function contrast(one: string, other: string): number | undefined {
  const [first, second] = [luminance(one), luminance(other)];
  return first === undefined || second === undefined ? undefined : (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
}

function luminance(color: string): number | undefined {
  const digits = /^#([0-9a-f]{6})$/i.exec(color)?.[1];
  if (digits === undefined) return undefined;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((index) => Number.parseInt(digits.slice(index, index + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
