import { defineConfig } from "vitest/config";

// One project a kind of test, told apart by the file's ending, so that the fast ones can run on every save.
// Those with real servers run one file at a time: two cores carry one Spark session, not four.
const project = (name: string, ending: string, minutes: number) => ({
  test: {
    name,
    include: [`test/**/*.${ending}.test.ts`],
    testTimeout: minutes * 60_000,
    hookTimeout: minutes * 60_000,
    fileParallelism: false,
  },
});

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.{spark,db,browser}.test.ts", "node_modules/**"],
          testTimeout: 20_000,
        },
      },
      project("db", "db", 5),
      project("browser", "browser", 3),
      project("spark", "spark", 10),
    ],
  },
});
