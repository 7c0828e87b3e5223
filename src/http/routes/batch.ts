import { setImmediate } from "node:timers/promises";
import { Router } from "express";
import { verdictJson } from "../../guard/calling-json.js";
import { type RowParser, rowParser } from "../batch-rows.js";
import { type BatchFaultJson, paths, type VerdictJson } from "../contract.js";
import { RequestRefused } from "../errors.js";
import { type Line, lines } from "../lines.js";
import { requireCsv } from "../parse.js";
import type { Services } from "../services.js";
import { written } from "../written.js";

/** Rows judged in one go before others have their turn. */
const ROWS_A_TURN = 250;

/** Judges a CSV while it comes in: one line of JSON for each row, in order. A row that can't be read is answered by its fault. */
export function batchRoutes({ judge }: Pick<Services, "judge">): Router {
  const router = Router();
  router.post(paths.checkCallBatch, async (request, response) => {
    requireCsv(request);
    let parseRow: RowParser | null = null;
    let refused: RequestRefused | null = null;
    let number = 0;
    for await (const line of lines(request)) {
      number++;
      // Read to its end all the same: whoever still sends when the connection is closed never sees the answer.
      if (line.text.trim() === "" || refused !== null) continue;
      if (parseRow === null) {
        const header = headerOf(line.text);
        if (header instanceof RequestRefused) refused = header;
        else {
          parseRow = header;
          response.type("application/x-ndjson");
        }
        continue;
      }
      const answer = answerTo(line, number, parseRow, judge);
      if (!(await written(response, `${JSON.stringify(answer)}\n`))) return;
      if (number % ROWS_A_TURN === 0) await setImmediate();
    }
    if (refused !== null) throw refused;
    if (parseRow === null) throw new RequestRefused("refused", "The file is empty.");
    response.end();
  });
  return router;
}

function headerOf(line: string): RowParser | RequestRefused {
  try {
    return rowParser(line);
  } catch (fault) {
    if (fault instanceof RequestRefused) return fault;
    throw fault;
  }
}

function answerTo(
  line: Line,
  number: number,
  parseRow: RowParser,
  judge: Services["judge"],
): VerdictJson | BatchFaultJson {
  const row = line.cut ? { fault: "it is too long" } : parseRow(line.text);
  if (!("fault" in row)) return verdictJson(judge(row));
  const message = `Line ${number} can't be read: ${row.fault}.`;
  return { error: { code: "bad-row", message, line: number } };
}
