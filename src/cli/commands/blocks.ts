import type { Command } from "commander";
import type {
  AddBlockJson,
  AddLockJson,
  BlockJson,
  BlocksJson,
  LiftedBlocksJson,
  LockJson,
  LocksJson,
  NoteJson,
} from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { clipped, relative, untilWords } from "../words.js";

interface Json {
  readonly json?: true;
}

/** One account shut to one address. */
export function addBlocks(program: Command, context: Context): void {
  const blocks = program
    .command("blocks")
    .description("accounts shut to one address, where others go on working: list, add, note, lift");
  const { printer, io } = context;

  const list = answering(blocks.command("list").description("every block in force, newest first"));
  example(list, "blocks list").action(async (options: Json) => {
    const client = clientOf(context, list);
    let first = true;
    for (let next: number | null = 0; next !== null; first = false) {
      const before: string = next === 0 ? "" : `?before=${next}`;
      const page: BlocksJson = await client.get<BlocksJson>(`${paths.blocks}${before}`);
      next = page.next;
      if (options.json) printer.jsonArray("blocks", page.blocks, { first, last: next === null });
      else if (page.blocks.length > 0) printTable(page.blocks, context);
      else if (first) printer.line("No account is blocked anywhere.");
      await printer.caughtUp();
    }
  });

  const add = answering(blocks.command("add").description("shut an account to an address"))
    .argument("<account>", "the endpoint, such as 104")
    .argument("<address>", "203.0.113.12 or 2001:db8::1")
    .option("--for <duration>", "90s, 15m, 2h, 7d; without it: until lifted")
    .option("--note <text>", "why, for whoever reads it later");
  example(add, "blocks add 104 203.0.113.12 --for 2h").action(
    async (account: string, source: string, options: Json & { for?: string; note?: string }) => {
      const wish: AddBlockJson = { account, source, duration: options.for, note: options.note };
      const block = await clientOf(context, add).send<BlockJson>("POST", paths.blocks, wish);
      if (options.json) printer.json(block);
      else {
        printer.line(`${block.account} is shut to ${block.source}, ${untilWords(block.until, io.nowMs())}.`);
        if (block.notInForce !== null) printer.line(`Not in force: ${block.notInForce}.`, "red");
      }
    },
  );

  const note = answering(
    blocks.command("note").description("put a note on a block; without text: take it away"),
  )
    .argument("<account>")
    .argument("<address>")
    .argument("[text]");
  example(note, "blocks note 104 203.0.113.12 'called the branch office'").action(
    async (account: string, source: string, text: string | undefined, options: Json) => {
      const wish: NoteJson = { note: text ?? null };
      const path = paths.blockNote(account, source);
      const block = await clientOf(context, note).send<BlockJson>("PUT", path, wish);
      const who = `${block.account} at ${block.source}`;
      if (options.json) printer.json(block);
      else printer.line(block.note === null ? `No note on ${who}.` : `${who}: ${block.note}`);
    },
  );

  const lift = answering(blocks.command("lift").description("let the account in again from there"))
    .argument("<account>")
    .argument("<address>");
  example(lift, "blocks lift 104 203.0.113.12").action(
    async (account: string, source: string, options: Json) => {
      const path = paths.block(account, source);
      const answer = await clientOf(context, lift).send<LiftedBlocksJson>("DELETE", path);
      if (options.json) printer.json(answer);
      else
        for (const block of answer.lifted)
          printer.line(`${block.account} may sign in from ${block.source} again.`);
    },
  );
}

/** Accounts shut to all but their known sources. */
export function addLocks(program: Command, context: Context): void {
  const locks = program
    .command("locks")
    .description("accounts shut to all but their known addresses: list, add, lift");
  const { printer, io } = context;

  const list = answering(locks.command("list").description("every lock in force, newest first"));
  example(list, "locks list").action(async (options: Json) => {
    const answer = await clientOf(context, list).get<LocksJson>(paths.locks);
    if (options.json) printer.json(answer);
    else if (answer.locks.length === 0) printer.line("No account is locked.");
    printer.table(
      [
        { title: "ACCOUNT" },
        { title: "ENDS" },
        { title: "SINCE" },
        { title: "TRIED FROM", right: true },
        { title: "" },
      ],
      options.json
        ? []
        : answer.locks.map((lock) => [
            lock.account,
            untilWords(lock.until, io.nowMs()),
            relative(lock.at, io.nowMs()),
            String(lock.sources),
            lock.notInForce === null ? "" : `not in force: ${lock.notInForce}`,
          ]),
    );
  });

  const add = answering(
    locks.command("add").description("shut the account to all but its known addresses for a while"),
  )
    .argument("<account>", "the endpoint, such as 104")
    .option("--for <duration>", "90s, 15m, 2h, 7d; without it: as detection's account-lock says");
  example(add, "locks add 104 --for 1h").action(async (account: string, options: Json & { for?: string }) => {
    const wish: AddLockJson = { account, duration: options.for };
    const lock = await clientOf(context, add).send<LockJson>("POST", paths.locks, wish);
    if (options.json) printer.json(lock);
    else {
      const end = untilWords(lock.until, io.nowMs());
      printer.line(`${lock.account} is shut to all but its known addresses; that ends ${end}.`);
      if (lock.notInForce !== null) printer.line(`Not in force: ${lock.notInForce}.`, "red");
    }
  });

  const lift = answering(locks.command("lift").description("open the account again")).argument("<account>");
  example(lift, "locks lift 104").action(async (account: string, options: Json) => {
    const answer = await clientOf(context, lift).send<LocksJson>("DELETE", paths.lock(account));
    if (options.json) printer.json(answer);
    else for (const lock of answer.locks) printer.line(`${lock.account} is open again.`);
  });
}

function printTable(blocks: readonly BlockJson[], { printer, io }: Context): void {
  printer.table(
    [
      { title: "ACCOUNT" },
      { title: "ADDRESS" },
      { title: "ENDS" },
      { title: "SINCE" },
      { title: "CAUSE" },
      { title: "TRIES", right: true },
      { title: "WHY" },
    ],
    blocks.map((block) => [
      block.account,
      block.source,
      untilWords(block.until, io.nowMs()),
      relative(block.at, io.nowMs()),
      block.cause,
      String(block.attempts),
      block.notInForce === null
        ? clipped(block.note ?? block.summary, 60)
        : `not in force: ${clipped(block.notInForce, 60)}`,
    ]),
  );
}
