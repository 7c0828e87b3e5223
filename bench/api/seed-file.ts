// Fills a database file as months of a busy system would, to look at pages with: node bench/run.js bench/api/seed-file.ts FILE [CALLS]
import { openDatabase } from "../../src/sqlite/database.js";
import { seed, sizeOf } from "./seed.js";

const [file, calls = "1000000"] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: node bench/run.js bench/api/seed-file.ts FILE [CALLS]");
const db = openDatabase(file);
seed(db, sizeOf(Number(calls)), Date.now());
db.close();
