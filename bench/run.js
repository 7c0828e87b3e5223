"use strict";

// node bench/run.js [FILE.ts ARGUMENT…]: runs a TypeScript file of the project; bench/main.ts unless told otherwise.
require("./register.js");
const { resolve } = require("node:path");

const isFile = process.argv[2]?.endsWith(".ts") === true;
const file = isFile ? process.argv[2] : "bench/main.ts";
if (isFile) process.argv.splice(2, 1);
require(resolve(__dirname, "..", file));
