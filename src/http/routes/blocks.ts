import { Router } from "express";
import { z } from "zod";
import type { Block } from "../../domain/intrusion/ban.js";
import {
  AcceptProposalSchema,
  AddBlockSchema,
  AddLockSchema,
  NoteSchema,
  type BanJson,
  type BlockJson,
  type BlocksJson,
  type LiftedBlocksJson,
  type LockJson,
  type LocksJson,
  paths,
  type ProposalJson,
  type ProposalsJson,
} from "../contract.js";
import { banJson, blockJson, lockJson, proposalJson } from "../json.js";
import { callerOf, done, parsed, sourceIn, targetOf } from "../parse.js";
import type { Services } from "../services.js";

const PAGE = 500;
const LONGEST_PAGE = 5_000;

export const BlockQuery = z.strictObject({
  search: z.string().max(100).optional(),
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(LONGEST_PAGE).optional(),
});

/** What is shut besides whole sources: accounts at a source, accounts, and networks that somebody is to decide on. */
export function blockRoutes(services: Pick<Services, "blocks" | "locks" | "proposals" | "rules">): Router {
  const router = Router();
  blocks(router, services);
  locks(router, services);
  proposals(router, services);
  return router;
}

function blocks(router: Router, services: Pick<Services, "blocks">): void {
  const inForceJson = (block: Block): BlockJson => blockJson(block, services.blocks.faultOf(block.account));
  router.get(paths.blocks, async (request, response) => {
    const { search = "", before = null, limit = PAGE } = parsed(BlockQuery, request.query);
    const { blocks, next } = await services.blocks.list(search === "" ? null : search, before, limit);
    response.json({ blocks: blocks.map(inForceJson), next } satisfies BlocksJson);
  });
  router.post(paths.blocks, async (request, response) => {
    const { account, source, duration = null, note: text = null } = parsed(AddBlockSchema, request.body);
    const how = { durationMs: duration, note: text, by: callerOf(request) };
    const block = done(await services.blocks.blockByHand(account, sourceIn(source), how));
    response.status(201).json(inForceJson(block) satisfies BlockJson);
  });
  router.put("/api/v1/blocks/:account/:source/note", async (request, response) => {
    const { account, source } = request.params;
    const wish = parsed(NoteSchema, request.body);
    const text = wish.note === "" ? null : wish.note;
    const block = done(await services.blocks.setNote(account, sourceIn(source), text, callerOf(request)));
    response.json(inForceJson(block) satisfies BlockJson);
  });
  router.delete("/api/v1/blocks/:account/:source", async (request, response) => {
    const { account, source } = request.params;
    const lifted = done(await services.blocks.lift(account, sourceIn(source), callerOf(request)));
    response.json({ lifted: lifted.map((block) => blockJson(block, null)) } satisfies LiftedBlocksJson);
  });
}

function locks(router: Router, services: Pick<Services, "blocks" | "locks" | "rules">): void {
  router.get(paths.locks, async (_request, response) => {
    const found = await services.locks.inForce();
    const answer = found.map((lock) => lockJson(lock, services.blocks.faultOf(lock.account)));
    response.json({ locks: answer } satisfies LocksJson);
  });
  router.post(paths.locks, async (request, response) => {
    const { account, duration } = parsed(AddLockSchema, request.body);
    const lockMs = duration ?? services.rules.detection().accountLockMs;
    const by = callerOf(request);
    const lock = done(await services.locks.lock({ account, sources: 0, lockMs, by }));
    response.status(201).json(lockJson(lock, services.blocks.faultOf(account)) satisfies LockJson);
  });
  router.delete("/api/v1/locks/:account", async (request, response) => {
    const lifted = done(await services.locks.lift(request.params.account, callerOf(request)));
    response.json({ locks: lifted.map((lock) => lockJson(lock, null)) } satisfies LocksJson);
  });
}

function proposals(router: Router, services: Pick<Services, "proposals">): void {
  router.get(paths.proposals, async (_request, response) => {
    const open = await services.proposals.open();
    response.json({ proposals: open.map(proposalJson) } satisfies ProposalsJson);
  });
  router.post("/api/v1/proposals/:network/accept", async (request, response) => {
    const { duration = null } = parsed(AcceptProposalSchema, request.body);
    const how = { durationMs: duration, by: callerOf(request) };
    const ban = done(await services.proposals.accept(targetOf(request.params.network), how));
    response.json(banJson(ban) satisfies BanJson);
  });
  router.post("/api/v1/proposals/:network/dismiss", async (request, response) => {
    const network = targetOf(request.params.network);
    const dismissed = done(await services.proposals.dismiss(network, callerOf(request)));
    response.json(proposalJson(dismissed) satisfies ProposalJson);
  });
}
