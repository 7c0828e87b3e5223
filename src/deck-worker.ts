import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { readDeckFile } from "./deck-file.js";
import type { FromDeckWorker, ToDeckWorker } from "./deck-messages.js";
import { buildDeck, type Deck } from "./domain/calling/deck.js";
import { RingfenceError } from "./domain/error.js";
import { importDeck, type ImportRequest } from "./guard/rates.js";
import { checkpoint, findDamage, openDatabase, takeCheckpoints } from "./sqlite/database.js";
import { deckStore, type SweepingDeckStore } from "./sqlite/deck-store.js";

// The import thread: reads, compares, stores and builds rate decks on a connection of its own, and does the database's
// housekeeping (checkpoints, the check for damage), so that neither falls on a thread that serves calls or events.

const CHECKPOINT_EACH_MS = 10_000;

if (parentPort === null) throw new RingfenceError("internal", "deck-worker is a thread of the daemon's");
run(parentPort, (workerData as { readonly database: string }).database);

function run(port: MessagePort, database: string): void {
  const tell = (message: FromDeckWorker): void => port.postMessage(message);
  const db = openDatabase(database);
  takeCheckpoints(db);
  const store = deckStore(db);
  const decks = new Map<string, Deck>();
  const tellDecks = (): void => tell({ type: "decks", decks: [...decks.values()] });

  for (const { name } of store.list()) decks.set(name, loadDeck(store, name, tell));
  tellDecks();
  sweep(store, tell);

  const housekeeping = setInterval(() => {
    try {
      checkpoint(db);
    } catch (error) {
      tell(logged("warn", "the database could not be checkpointed", error));
    }
  }, CHECKPOINT_EACH_MS);
  const check = setImmediate(() => {
    for (const damage of findDamage(db)) {
      const fields = { damage, advice: "stop the daemon, move the file away and restore a backup" };
      tell({ type: "log", level: "error", message: "the database is damaged", fields });
    }
  });

  const importFile = async (file: string, request: ImportRequest): Promise<void> => {
    const read = await readDeckFile(file);
    const use = (deck: Deck): void => {
      decks.set(deck.name, deck);
      tellDecks();
    };
    const result = "refused" in read ? read : importDeck(read, request, store, use);
    tell({ type: "imported", result });
  };

  port.on("message", (message: ToDeckWorker) => {
    switch (message.type) {
      case "import":
        importFile(message.file, message.request)
          .catch((error: unknown) => tell(failed(error)))
          .finally(() => sweep(store, tell));
        break;
      case "stop":
        clearInterval(housekeeping);
        clearImmediate(check);
        db.close();
        port.close();
        break;
    }
  });
}

/** A deck that can't be read becomes one without prices: calls are refused for want of a rate, instead of passing for want
 *  of a deck. */
function loadDeck(store: SweepingDeckStore, name: string, tell: (message: FromDeckWorker) => void): Deck {
  try {
    return buildDeck(name, store.rows(name));
  } catch (error) {
    tell(logged("error", `rate deck ${name} can't be read: import it again`, error));
    return buildDeck(name, []);
  }
}

function sweep(store: SweepingDeckStore, tell: (message: FromDeckWorker) => void): void {
  try {
    store.sweep();
  } catch (error) {
    tell(logged("warn", "old rate decks could not be cleared away", error));
  }
}

function failed(error: unknown): FromDeckWorker {
  if (error instanceof RingfenceError) return { type: "failed", code: error.code, message: error.message };
  return { type: "failed", code: "internal", message: `the import broke: ${textOf(error)}` };
}

function logged(level: "error" | "warn", message: string, error: unknown): FromDeckWorker {
  return { type: "log", level, message, fields: { why: textOf(error) } };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
