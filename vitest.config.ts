import { defineConfig } from "vitest/config";

// One project a kind of test, told apart by the file's ending, so that the fast ones can run on every save.
// One kind runs after the other. Those with database servers or a browser run one file at a time; of Spark's, whose
// starts leave a core idle, three files share the machine, and each test has time for that.
const project = (order: number, ending: string, minutes: number) => ({
  test: {
    name: ending,
    include: [`test/**/*.${ending}.test.ts`],
    testTimeout: minutes * 60_000,
    hookTimeout: minutes * 60_000,
    fileParallelism: ending === "spark",
    ...(ending === "spark" ? { maxWorkers: 3, globalSetup: ["test/servers/warm-spark.ts"] } : {}),
    sequence: { groupOrder: order },
  },
});

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
      project(1, "db", 5),
      project(2, "browser", 3),
      project(3, "spark", 20),
      // In an account of the user's; skipped with the reason when none is named.
      project(4, "aws", 60),
    ],
  },
});
