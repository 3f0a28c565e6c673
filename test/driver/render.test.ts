import { describe, expect, it } from "vitest";
import { placeOf, render } from "../../driver/render.js";
import type { RenderRequest } from "../../driver/template-inspect.js";

function request(text: string, values: Record<string, unknown> = { year: 2023 }): RenderRequest {
  const known = (prefix: string) => (job: string) => (job === "p/raw/drug" ? `${prefix}p_raw.drug` : undefined);
  return {
    template: { file: "t.sql.hbs", text },
    values,
    declaredIn: "jobs/p/curated/t.ts",
    table: known("branch."),
    visible: known("main."),
    quarantine: known("aside."),
    source: (name) => (name === "drug" ? "source_drug" : undefined),
    knownTables: ["p/raw/drug"],
    target: "lake.p_curated.t",
  };
}

function sqlOf(text: string, values?: Record<string, unknown>): string {
  const rendered = render(request(text, values));
  if (!rendered.ok) throw new Error(JSON.stringify(rendered.problems));
  return rendered.value.sql;
}

function codesOf(text: string, values?: Record<string, unknown>): readonly string[] {
  const rendered = render(request(text, values));
  return rendered.ok ? [] : rendered.problems.map((problem) => problem.code);
}

describe("a template", () => {
  it("gets every value through a helper that quotes it", () => {
    const sql = sqlOf("select {{string s}}, {{int year}}, {{decimal d}}, {{date day}}, {{ident c}}, {{idents cs}}, {{strings ss}} from {{table \"p/raw/drug\"}}", {
      s: "O'Brien \\ <b>", year: 2023, d: "1.50", day: "2023-01-31", c: "odd `name", cs: ["a", "b c"], ss: ["x", "y's"],
    });
    expect(sql).toBe("select 'O\\'Brien \\\\ <b>', 2023, 1.50, date '2023-01-31', `odd ``name`, a, `b c`, 'x', 'y\\'s' from branch.p_raw.drug");
  });

  it("resolves table, visible and quarantine to the run's branch, to what readers see, and to the rows set aside", () => {
    expect(sqlOf('select {{int year}} from {{table "p/raw/drug"}} {{visible "p/raw/drug"}} {{quarantine "p/raw/drug"}} {{source "drug"}}'))
      .toBe("select 2023 from branch.p_raw.drug main.p_raw.drug aside.p_raw.drug source_drug");
  });

  it("tells what it reads, each once, in order", () => {
    const rendered = render(request('select {{int year}} from {{table "p/raw/drug"}} join {{table "p/raw/drug"}} on true join {{source "drug"}}'));
    expect(rendered.ok && [rendered.value.reads, rendered.value.sources]).toEqual([["p/raw/drug"], ["drug"]]);
  });

  it.each([
    ["a bare mustache", "select {{year}}", ["template-bare-mustache"]],
    ["a triple mustache", "select {{{year}}}", ["template-bare-mustache"]],
    ["a partial", "select {{int year}} {{> shared}}", ["template-syntax"]],
    ["a param that nothing provides", "select {{int yaer}}", ["template-param-missing"]],
    ["a missing name in a condition", "select {{int year}} {{#if flagg}}a{{/if}}", ["template-param-missing"]],
    ["a helper that does not exist", "select {{integer year}}", ["template-unknown-helper"]],
    ["a table that is no job", 'select {{int year}} from {{table "p/raw/durg"}}', ["template-unknown-table"]],
    ["a value of the wrong type", "select {{date year}}", ["template-value"]],
    ["a function that gives other rows tomorrow", "select {{int year}}, current_date", ["template-banned-function"]],
    ["a function that gives other rows each time", "select {{int year}}, RAND()", ["template-banned-function"]],
    ["a write", "insert into x select {{int year}}", ["template-writes"]],
    ["two statements", "select {{int year}}; drop table x", ["template-writes"]],
    ["text that is no template", "select {{int year}", ["template-syntax"]],
  ])("is refused for %s", (_, text, codes) => {
    expect(codesOf(text)).toEqual(codes);
  });

  it.each(["curdate()", "current_time(3)", "random()", "randstr(5)", "uniform(0, 9)", "unix_timestamp()", "unix_timestamp( )", "input_file_block_start()", "shuffle(array(1))"])("is refused for %s, which answers differently when asked again", (call) => {
    expect(codesOf(`select {{int year}}, ${call}`)).toEqual(["template-banned-function"]);
  });

  it("may convert a time that is given", () => expect(codesOf("select {{int year}}, unix_timestamp(seen), unix_timestamp('2023-01-01'), uniform_code from t")).toEqual([]));

  it("is refused for all its mistakes at once, without echoes of the first", () => {
    expect(codesOf("select {{yaer}}, {{int mont}}, {{foo year}}")).toEqual(["template-bare-mustache", "template-param-missing", "template-unknown-helper"]);
  });

  it("must use what is declared", () => {
    expect(codesOf("select {{int year}}", { year: 2023, min_claims: 11 })).toEqual(["template-param-unused"]);
  });

  it("may name a banned function in a comment, in text and in a longer name", () => {
    expect(codesOf("-- not now()\nselect {{int year}}, 'rand()', randomness, my_now(1) /* uuid() */")).toEqual([]);
  });
});

describe("the way back to the template", () => {
  const text = '-- note\n{{!-- for authors --}}\nselect\n    {{#each cs}}\n    {{ident this}},\n    {{/each}}\n    {{int year}} as y, wrong\nfrom {{table "p/raw/drug"}} as drug where bad\n';
  const rendered = render(request(text, { year: 2023, cs: ["one", "two"] }));
  const place = (word: string) => {
    if (!rendered.ok) throw new Error("not rendered");
    const { line, column } = placeOf(rendered.value.map, rendered.value.sql.indexOf(word), "t");
    return [line, column];
  };

  it("finds literal text by line and column, after values that are longer or shorter than their mustaches", () => {
    const seventh = text.split("\n")[6] ?? "";
    expect(place("wrong")).toEqual([7, seventh.indexOf("wrong") + 1]);
    expect(place("from")).toEqual([8, 1]);
  });

  it("finds a value at its mustache, in every turn of a loop", () => {
    expect([place("one"), place("two"), place("2023")]).toEqual([[5, 5], [5, 5], [7, 5]]);
  });
});
