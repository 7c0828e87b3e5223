import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { goBehindOthers } from "./ahead-of-others.js";
import { readDeckFile } from "./deck-file.js";
import type {
  DeckChange,
  DeckResult,
  DeckWorkerData,
  FromDeckWorker,
  ToDeckWorker,
} from "./deck-messages.js";
import { DeckPricer } from "./deck-pricer.js";
import { DeckShelf } from "./deck-shelf.js";
import { RingfenceError } from "./domain/error.js";
import { oldDecks } from "./guard/deck-age.js";
import { importDeck } from "./guard/rates.js";
import { Pace } from "./pace.js";
import { checkpoint, findDamage, openDatabase, takeCheckpoints } from "./sqlite/database.js";
import { deckStore, type SweepingDeckStore } from "./sqlite/deck-store.js";

// The import thread: reads, compares, stores and builds rate decks on a connection of its own, and does the database's
// housekeeping (checkpoints, the check for damage), so that neither falls on a thread that serves calls or events.

goBehindOthers();

const CHECKPOINT_EACH_MS = 10_000;
const DAY_MS = 86_400_000;

if (parentPort === null) throw new RingfenceError("internal", "deck-worker is a thread of the daemon's");
run(parentPort, workerData as DeckWorkerData);

function run(port: MessagePort, { database, calls }: DeckWorkerData): void {
  const pace = new Pace(calls);
  const tell = (message: FromDeckWorker): void => port.postMessage(message);
  const db = openDatabase(database);
  takeCheckpoints(db);
  const store = deckStore(db);
  const nowMs = (): number => Date.now();
  const pricer = new DeckPricer((deck, prices) => tell({ type: "prices", deck, prices }));
  const shelf = new DeckShelf(store, nowMs, (message) => {
    tell(message);
    if (message.type === "decks") pricer.use(message.decks);
  });
  shelf.load();
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
  warnOfAge(store, tell, nowMs());
  const daily = setInterval(() => warnOfAge(store, tell, nowMs()), DAY_MS);

  const perform = async (message: Exclude<ToDeckWorker, { type: "stop" }>): Promise<DeckResult> => {
    if (message.type === "change") return change(store, shelf, message.change);
    const { file, request, settings } = message;
    const read = await readDeckFile(file, settings, request.atMs, {
      onRead: (progress) => tell({ type: "read", deck: request.name, ...progress }),
      breathe: () => pace.breathe(),
    });
    if ("refused" in read) return read;
    const how = { ...request, skipBad: settings.skipBad ?? false };
    return importDeck(
      read,
      how,
      store,
      (made) => shelf.put(made),
      (rows) => pace.paced(rows),
    );
  };

  port.on("message", (message: ToDeckWorker) => {
    switch (message.type) {
      case "import":
      case "change":
        perform(message)
          .then((result) => tell({ type: "done", result }))
          .catch((error: unknown) => tell(failed(error)))
          .finally(() => sweep(store, tell));
        break;
      case "stop":
        clearInterval(housekeeping);
        clearInterval(daily);
        clearImmediate(check);
        shelf.stop();
        pricer.stop();
        db.close();
        port.close();
        break;
    }
  });
}

function change(
  store: SweepingDeckStore,
  shelf: DeckShelf,
  { what, name, by, atMs }: DeckChange,
): DeckResult {
  const done = what === "undo" ? store.undo(name, atMs, by) !== null : store.remove(name, atMs, by);
  if (!done) {
    const message =
      what === "undo"
        ? `there is no deck ${name} before the one in use: nothing to take back`
        : `there is no deck ${name}`;
    return { refused: "not-found", message };
  }
  shelf.reload(name);
  return { deck: store.list().find((deck) => deck.name === name) ?? null };
}

function warnOfAge(store: SweepingDeckStore, tell: (message: FromDeckWorker) => void, nowMs: number): void {
  for (const { name, days } of oldDecks(store.list(), nowMs)) {
    const fields = { deck: name, days, advice: "import the carrier's newest prices" };
    tell({ type: "log", level: "warn", message: "a rate deck is old, and its prices may be wrong", fields });
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
