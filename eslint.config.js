// What the compiler does not say: typescript-eslint's strictest rules over everything that is TypeScript.

import tseslint from "typescript-eslint";

export default tseslint.config(
  // templates/init is text for users: its `carelake` is the installed package; test/package.spark.test.ts compiles it.
  { ignores: ["dist/**", "node_modules/**", "templates/**", "carelake-demo/**", "bench-results/**", "**/*.js", "**/*.mjs", "test/problems/**/_project/**"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      // Numbers and booleans have one spelling in a template literal; String() around each hides the sentence.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // `return complain(…)` ends a handler in one line; the value is void on both sides.
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // `const { secret: _, ...rest }` is how a field is left out.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true, argsIgnorePattern: "^_", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" }],
      // Behind a contract that promises, an implementation may have nothing to wait for.
      "@typescript-eslint/require-await": "off",
      // There are no classes: a "method" is a closure in a plain object and may be handed on.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    files: ["test/**"],
    rules: {
      // Matchers (expect.stringContaining) are `any`; what came to be in a hook may be missing when the hook failed.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      // Cells of a database are unknown and printed as they are.
      "@typescript-eslint/no-base-to-string": "off",
    },
  },
);
