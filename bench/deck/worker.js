"use strict";

// The import thread, from the project's TypeScript as it is.
require("../register.js");
require("../../src/deck-worker.ts");
