// A source text → what the layout rules look at: its imports, its functions, the globals it uses. Never a rule.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

export interface Source {
  /** From the root of the repository: "driver/plan.ts". */
  readonly file: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionShape[];
  /** "console", "process.env", "Date.now", "new Date()", "Math.random", "any" with their lines. */
  readonly uses: readonly { readonly what: string; readonly line: number }[];
}

export interface Import {
  /** "driver/job.ts" for a file of ours, "zod" or "node:fs" for a package, whatever part of it is imported. */
  readonly target: string;
  readonly isOurs: boolean;
  readonly line: number;
}

export interface FunctionShape {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  readonly params: number;
}

const ROOT = join(import.meta.dirname, "../..");

/** Every TypeScript source below the folders. */
export function sourcesIn(folders: readonly string[]): readonly Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .sort()
      .map((name) => readSource(`${folder}/${name}`, readFileSync(join(ROOT, folder, name), "utf8"))),
  );
}

export function readSource(file: string, text: string): Source {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const functions: FunctionShape[] = [];
  const uses: { what: string; line: number }[] = [];
  const lineOf = (position: number): number => tree.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node): void => {
    const line = lineOf(node.getStart(tree));
    const specifier = specifierOf(node);
    if (specifier !== undefined) imports.push({ ...resolved(specifier, file), line });
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      functions.push({ name: nameOf(node), line, lines: lineOf(node.end) - line + 1, params: node.parameters.length });
    }
    const what = useOf(node, tree);
    if (what !== undefined) uses.push({ what, line });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { file, lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0), imports, functions, uses };
}

/** What a node imports: import and export declarations, `import("…")` as a call and as a type, `require`. */
function specifierOf(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  if (!ts.isCallExpression(node)) return undefined;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === "require";
  const [argument] = node.arguments;
  return (node.expression.kind === ts.SyntaxKind.ImportKeyword || isRequire) && argument !== undefined ? textOf(argument) : undefined;
}

const textOf = (node: ts.Node): string | undefined => (ts.isStringLiteralLike(node) ? node.text : undefined);

function resolved(specifier: string, from: string): { target: string; isOurs: boolean } {
  if (specifier.startsWith(".")) return { target: join(dirname(from), specifier).replace(/\.js$/, ".ts"), isOurs: true };
  const parts = specifier.split("/");
  return { target: specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier), isOurs: false };
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText() : "(anonymous)";
}

function useOf(node: ts.Node, tree: ts.SourceFile): string | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return "any";
  if (ts.isIdentifier(node) && node.text === "console" && !ts.isPropertyAssignment(node.parent)) return "console";
  if (ts.isNewExpression(node) && node.expression.getText(tree) === "Date" && (node.arguments ?? []).length === 0) return "new Date()";
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const text = node.getText(tree);
  return ["process.env", "Date.now", "Math.random"].find((each) => each === text);
}
