import { defineConfig } from "vitest/config";

// One project a kind of test, told apart by the file's ending, so that the fast ones can run on every save.
// One kind runs after the other. A browser has the machine to itself; database files, which mostly wait and have a server
// of their own each, run two at once; of Spark's, whose starts leave a core idle, three.
const FILES_AT_ONCE: Readonly<Record<string, number>> = { db: 2, spark: 3 };
const project = (order: number, ending: string, minutes: number) => ({
  test: {
    name: ending,
    include: [`test/**/*.${ending}.test.ts`],
    testTimeout: minutes * 60_000,
    hookTimeout: minutes * 60_000,
    maxWorkers: FILES_AT_ONCE[ending] ?? 1,
    ...(ending === "spark" ? { globalSetup: ["test/servers/warm-spark.ts"] } : {}),
    sequence: { groupOrder: order },
  },
});

// What publication asks of MySQL, asked again of the oldest line that it is tested on (carelake setup --for test brings it).
const OLDER_MYSQL = ["publish", "publish-access", "publish-paths", "publish-preflight"].map((name) => `test/driver/${name}.db.test.ts`);
const hasOlderMySql = process.platform === "linux" && process.arch === "x64";
if (!hasOlderMySql) console.warn(`skipped, because no build of an older MySQL is known for ${process.platform} on ${process.arch}: publication to it`);
const db = project(1, "db", 5);

export default defineConfig({
  test: {
    globalSetup: ["test/build.ts"],
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.{spark,db,browser,aws}.test.ts", "node_modules/**"],
          // A command answers in half a second; on a machine busy with Spark it has taken twenty.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      db,
      ...(hasOlderMySql ? [{ test: { ...db.test, name: "older-mysql", include: OLDER_MYSQL, env: { CARELAKE_TEST_MYSQL: "older" } } }] : []),
      project(2, "browser", 3),
      project(3, "spark", 20),
      // In an account of the user's; skipped with the reason when none is named.
      project(4, "aws", 60),
    ],
  },
});
