import { Router } from "express";
import { z } from "zod";
import { type BanJson, type BansJson, type LiftedJson, paths, type ShownBansJson } from "../contract.js";
import { RequestRefused } from "../errors.js";
import { banJson } from "../json.js";
import { callerOf, done, durationMs, note, parsed, targetOf } from "../parse.js";
import type { Services } from "../services.js";

const ONE = "/api/v1/bans/:target";

const AddBan = z.strictObject({
  target: z.string().max(100),
  duration: durationMs.optional(),
  note: note.optional(),
});

export function banRoutes({ bans }: Pick<Services, "bans">): Router {
  const router = Router();
  router.get(paths.bans, async (_request, response) => {
    response.json({ bans: (await bans.inForce()).map(banJson) } satisfies BansJson);
  });
  router.post(paths.bans, async (request, response) => {
    const wish = parsed(AddBan, request.body);
    const how = { durationMs: wish.duration ?? null, note: wish.note ?? null, by: callerOf(request) };
    const ban = done(await bans.banByHand(targetOf(wish.target), how));
    response.status(201).json(banJson(ban) satisfies BanJson);
  });
  router.get(ONE, async (request, response) => {
    const target = targetOf(request.params.target);
    const { inForce, history } = await bans.show(target);
    if (inForce.length === 0 && history.length === 0) {
      throw new RequestRefused("not-found", `${target} is not shut out, and never was.`);
    }
    const over = history.filter(({ id }) => !inForce.some((ban) => ban.id === id));
    const answer = { target, inForce: inForce.map(banJson), history: over.map(banJson) };
    response.json(answer satisfies ShownBansJson);
  });
  router.delete(ONE, async (request, response) => {
    const lifted = done(await bans.lift(targetOf(request.params.target), callerOf(request)));
    response.json({ lifted: lifted.map(banJson) } satisfies LiftedJson);
  });
  return router;
}
