// JUnit XML read and held to the form that CI services take (Jenkins' junit-10.xsd, which GitLab's and GitHub's readers
// follow): elements where they may stand, attributes that must and may be there, and counts that add up.

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Text directly in it, unescaped. */
  readonly text: string;
}

interface Form {
  readonly must: readonly string[];
  readonly may: readonly string[];
  readonly children: readonly string[];
  readonly hasText?: true;
}

const FAULT: Form = { must: [], may: ["message", "type"], children: [], hasText: true };
const FORMS: Readonly<Record<string, Form>> = {
  testsuites: { must: [], may: ["name", "tests", "failures", "errors", "skipped", "disabled", "time"], children: ["testsuite"] },
  testsuite: { must: ["name", "tests"], may: ["failures", "errors", "skipped", "disabled", "time", "timestamp", "hostname", "id", "package"], children: ["properties", "testcase", "system-out", "system-err"] },
  properties: { must: [], may: [], children: ["property"] },
  property: { must: ["name", "value"], may: [], children: [] },
  testcase: { must: ["name", "classname"], may: ["time", "assertions", "status"], children: ["skipped", "error", "failure", "system-out", "system-err"] },
  skipped: FAULT,
  error: FAULT,
  failure: FAULT,
  "system-out": { must: [], may: [], children: [], hasText: true },
  "system-err": { must: [], may: [], children: [], hasText: true },
};
const PATTERNS: Readonly<Record<string, RegExp>> = { tests: /^\d+$/, failures: /^\d+$/, errors: /^\d+$/, skipped: /^\d+$/, time: /^\d+\.\d+$/, timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/ };

/** Throws where the text is no well-formed XML. */
export function readXml(text: string): Element {
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  if (body === text) throw new Error("no XML declaration");
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/.test(body)) throw new Error("a character that XML cannot hold");
  const root: Open = { name: "", attributes: {}, children: [], text: "" };
  const open: Open[] = [root];
  let at = 0;
  for (const token of body.matchAll(/<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/g)) {
    const [whole, isEnd, name = "", attributes = "", isEmpty] = token;
    const top = open.at(-1) ?? root;
    top.text += unescaped(body.slice(at, token.index));
    at = token.index + whole.length;
    if (isEnd === "/") {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`);
      continue;
    }
    const element: Open = { name, attributes: Object.fromEntries([...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map((match) => [match[1] ?? "", unescaped(match[2] ?? "")])), children: [], text: "" };
    top.children.push(element);
    if (isEmpty !== "/") open.push(element);
  }
  const [first, ...rest] = root.children;
  if (open.length !== 1 || first === undefined || rest.length > 0 || body.slice(at).trim() !== "") throw new Error("it is not one closed element");
  return first;
}

interface Open extends Element {
  readonly children: Open[];
  text: string;
}

function unescaped(text: string): string {
  if (/[<>]|&(?!(amp|lt|gt|quot|apos);)/.test(text)) throw new Error(`not escaped: ${text.slice(0, 80)}`);
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&apos;", "'").replaceAll("&amp;", "&");
}

/** What of the document no reader of JUnit would take. */
export function junitFaults(element: Element): readonly string[] {
  const form = FORMS[element.name];
  if (form === undefined) return [`no element ${element.name}`];
  const has = Object.keys(element.attributes);
  return [
    ...form.must.filter((name) => !has.includes(name)).map((name) => `${element.name} without ${name}`),
    ...has.filter((name) => !form.must.includes(name) && !form.may.includes(name)).map((name) => `${element.name} with ${name}`),
    ...Object.entries(element.attributes).flatMap(([name, value]) => (PATTERNS[name]?.test(value) === false ? [`${name}="${value}"`] : [])),
    ...(form.hasText === true || element.text.trim() === "" ? [] : [`text in ${element.name}`]),
    ...element.children.filter(({ name }) => !form.children.includes(name)).map(({ name }) => `${name} in ${element.name}`),
    ...countFaults(element),
    ...element.children.flatMap(junitFaults),
  ];
}

function countFaults(element: Element): readonly string[] {
  if (!element.name.startsWith("testsuite")) return [];
  const cases = element.name === "testsuite" ? element.children.filter(({ name }) => name === "testcase") : element.children.flatMap(({ children }) => children.filter(({ name }) => name === "testcase"));
  const of = (name: string): number => cases.filter(({ children }) => children.some((child) => child.name === name)).length;
  const counted = { tests: cases.length, failures: of("failure"), errors: of("error"), skipped: of("skipped") };
  return Object.entries(counted).flatMap(([name, count]) => (element.attributes[name] === String(count) ? [] : [`${element.name} has ${name}="${element.attributes[name] ?? ""}" and ${String(count)} of them`]));
}
