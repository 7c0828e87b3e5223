"use strict";

/** Three projects: `unit` needs no privileges beyond a network namespace, `lab` drives real Asterisk, `e2e` a browser against the
 *  daemon on the lab. */
const shared = {
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" } }] },
  // Sources import each other as `./x.js`, which is what tsc makes of `./x.ts`.
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  setupFiles: ["<rootDir>/test/setup.ts"],
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
};

module.exports = {
  // No test is about time: on a busy machine each may take its while. What hangs ends all the same.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["<rootDir>/test/lab/", "<rootDir>/test/e2e/"],
    },
    { ...shared, displayName: "lab", testMatch: ["<rootDir>/test/lab/**/*.test.ts"] },
    { ...shared, displayName: "e2e", testMatch: ["<rootDir>/test/e2e/**/*.test.ts"] },
  ],
};
