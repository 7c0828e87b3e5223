import { type Request, Router } from "express";
import { z } from "zod";
import { CAUSES, type Standing } from "../../domain/intrusion/ban.js";
import { relapseText } from "../../guard/explain.js";
import {
  AddBanSchema,
  NeverBanAgainSchema,
  NoteSchema,
  type BanJson,
  type BansJson,
  type LiftedJson,
  paths,
  type ShownBansJson,
} from "../contract.js";
import { sinceMs } from "../contract/fields.js";
import { RequestRefused } from "../errors.js";
import { banJson } from "../json.js";
import { callerOf, done, parsed, slugOf, targetOf } from "../parse.js";
import type { Services } from "../services.js";

const ONE = "/api/v1/bans/:target";
const PAGE = 1_000;
const LONGEST_PAGE = 10_000;

export const ListQuery = z.strictObject({
  cause: z.enum(CAUSES, `one of ${CAUSES.join(", ")}`).optional(),
  standing: slugOf<Exclude<Standing, "protected">>({ known: true, stranger: true }).optional(),
  since: sinceMs.optional(),
  search: z.string().min(1).max(100).optional(),
  all: z.enum(["0", "1"], "all is 0 or 1").optional(),
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(LONGEST_PAGE).optional(),
});

export function banRoutes(services: Pick<Services, "bans" | "rules" | "why" | "clock">): Router {
  const { bans, rules } = services;
  const router = Router();
  router.get(paths.bans, async (request, response) => {
    const query = parsed(ListQuery, request.query);
    const { cause = null, standing = null, since = null, search = null } = query;
    const filter = { cause, standing, sinceMs: since, text: search };
    const [before, limit] = [query.before ?? null, query.limit ?? PAGE];
    const page = await (query.all === "1"
      ? bans.listAll(filter, before, limit)
      : bans.list(filter, before, limit));
    response.json({ bans: page.bans.map(banJson), next: page.next } satisfies BansJson);
  });
  router.post(paths.bans, async (request, response) => {
    const { target, duration = null, note: text = null, scope } = parsed(AddBanSchema, request.body);
    const how = { durationMs: duration, note: text, by: callerOf(request), scope };
    const ban = done(await bans.banByHand(targetOf(target), how));
    response.status(201).json(banJson(ban) satisfies BanJson);
  });
  router.get(ONE, async (request, response) => {
    const target = targetOf(request.params.target);
    const { inForce, history } = await bans.show(target);
    if (inForce.length === 0 && history.length === 0) {
      throw new RequestRefused("not-found", `${target} is not shut out, and never was.`);
    }
    const over = history.filter(({ id }) => !inForce.some((ban) => ban.id === id));
    const explained = await services.why(target);
    const relapse =
      explained?.kind === "address" ? relapseText(explained.facts, services.clock.nowMs()) : null;
    const answer = { target, inForce: inForce.map(banJson), history: over.map(banJson), relapse };
    response.json(answer satisfies ShownBansJson);
  });
  router.put(`${ONE}/note`, async (request: Request<{ target: string }>, response) => {
    const wish = parsed(NoteSchema, request.body);
    const text = wish.note === "" ? null : wish.note;
    const ban = done(await bans.setNote(targetOf(request.params.target), text, callerOf(request)));
    response.json(banJson(ban) satisfies BanJson);
  });
  // "Never ban this": one step from the ban.
  router.post(`${ONE}/never-ban`, async (request: Request<{ target: string }>, response) => {
    const target = targetOf(request.params.target);
    const by = callerOf(request);
    const lifted = await bans.lift(target, by);
    const refused = rules.addNeverBan(target, by, parsed(NeverBanAgainSchema, request.body).note ?? null);
    if (refused !== null) done(refused);
    response.json({ lifted: "refused" in lifted ? [] : lifted.map(banJson) } satisfies LiftedJson);
  });
  router.delete(ONE, async (request, response) => {
    const lifted = done(await bans.lift(targetOf(request.params.target), callerOf(request)));
    response.json({ lifted: lifted.map(banJson) } satisfies LiftedJson);
  });
  return router;
}
