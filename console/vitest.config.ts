import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["src/**/*.test.{ts,tsx}"], environment: "node" } },
      {
        test: {
          name: "browser",
          include: ["tests/browser/**/*.test.ts"],
          environment: "node",
          // A whole demo and a browser; one file after the other, on whatever machine this is.
          testTimeout: 90_000,
          hookTimeout: 90_000,
          poolOptions: { forks: { singleFork: true } },
        },
      },
    ],
  },
});
