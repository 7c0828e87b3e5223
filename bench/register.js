"use strict";

// Lets Node require the project's TypeScript as it is, compiled in memory as jest compiles it (0001): a benchmark then needs no
// build, and what it starts with `node bench/run.js FILE` neither. Types are checked by tsc, with everything else.
const { transformSync } = require("@swc/core");
const { readFileSync } = require("node:fs");
const Module = require("node:module");

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const isOwn = request.startsWith(".") && parent?.filename?.endsWith(".ts") === true;
  if (!isOwn || !request.endsWith(".js")) return resolve.call(this, request, parent, ...rest);
  try {
    return resolve.call(this, request.replace(/\.js$/, ".ts"), parent, ...rest);
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    return resolve.call(this, request, parent, ...rest);
  }
};

Module._extensions[".ts"] = function (module, filename) {
  const { code } = transformSync(readFileSync(filename, "utf8"), {
    filename,
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
    sourceMaps: "inline",
  });
  module._compile(code, filename);
};
