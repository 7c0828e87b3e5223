import { type Request, Router } from "express";
import { z } from "zod";
import { type AllowEntry, meaningOf, parseEntry } from "../../domain/registration/entry.js";
import type { RefusedByList } from "../../guard/allow-lists-registrations.js";
import type { AllowListInForce, Preview } from "../../guard/allow-lists.js";
import {
  AddAllowEntrySchema,
  PreviewAllowListSchema,
  RemoveAllowEntrySchema,
  RunningCallsSchema,
  SetAllowListSchema,
  TurnAllowListSchema,
  UndoAllowListSchema,
  type AllowEntryJson,
  type AllowEntryWishJson,
  type AllowListJson,
  type AllowListPreviewJson,
  type AllowListReadJson,
  paths,
  ReadAllowListSchema,
  type RefusedByListJson,
  type RefusedByListsJson,
} from "../contract.js";
import { extension } from "../contract/fields.js";
import { registrationJson, timeJson } from "../json.js";
import { callerOf, done, parsed } from "../parse.js";
import type { Refused, Services } from "../services.js";
import { visitorOf } from "../visitor.js";

export const Of = z.strictObject({ extension: extension.optional() });
export const OfOne = z.strictObject({ extension });

export function allowListRoutes({ allowLists, clock }: Pick<Services, "allowLists" | "clock">): Router {
  const router = Router();
  const answer = (list: AllowListInForce | Refused): AllowListJson => listJson(done(list), clock.nowMs());

  router.get(paths.allowList, (request, response) => {
    response.json(answer(allowLists.show(parsed(Of, request.query).extension ?? null)));
  });
  router.get(paths.refusedByAllowList, (request, response) => {
    const refused = allowLists.refused(parsed(Of, request.query).extension ?? null).map(refusedJson);
    response.json({ refused } satisfies RefusedByListsJson);
  });
  router.post(paths.readAllowList, (request, response) => {
    const { entries: texts } = parsed(ReadAllowListSchema, request.body);
    response.json({ entries: texts.map(readJson) } satisfies AllowListReadJson);
  });
  router.put(paths.allowList, (request, response) => {
    const { on, entries, nobody = false, extension = null } = parsed(SetAllowListSchema, request.body);
    const wish = { on, entries: entries.map(wishOf), nobody };
    response.json(answer(allowLists.set(wish, extension, callerOf(request))));
  });
  router.delete(paths.allowList, (request, response) => {
    const { extension } = parsed(OfOne, request.query);
    response.json(answer(allowLists.inherit(extension, callerOf(request))));
  });
  router.post(paths.previewAllowList, async (request, response) => {
    const {
      on,
      entries,
      from = ownAddress(request),
      extension = null,
    } = parsed(PreviewAllowListSchema, request.body);
    const preview = await allowLists.preview({ on, entries: entries.map(wishOf) }, extension, from);
    response.json(previewJson(done<Preview>(preview), clock.nowMs()));
  });
  router.post(paths.allowListEntries, (request, response) => {
    const { extension = null, ...wish } = parsed(AddAllowEntrySchema, request.body);
    response.json(answer(allowLists.add(wishOf(wish), extension, callerOf(request))));
  });
  router.post(paths.removeAllowListEntry, (request, response) => {
    const { extension = null, entry, nobody = false } = parsed(RemoveAllowEntrySchema, request.body);
    response.json(answer(allowLists.remove(entry, nobody, extension, callerOf(request))));
  });
  router.post(paths.turnAllowList, (request, response) => {
    const { extension = null, on, nobody = false } = parsed(TurnAllowListSchema, request.body);
    response.json(answer(allowLists.turn(on, nobody, extension, callerOf(request))));
  });
  router.post(paths.undoAllowList, (request, response) => {
    const { extension = null, nobody = false } = parsed(UndoAllowListSchema, request.body);
    response.json(answer(allowLists.undo(extension, nobody, callerOf(request))));
  });
  router.put(paths.runningCalls, (request, response) => {
    const { runningCalls } = parsed(RunningCallsSchema, request.body);
    response.json(answer(allowLists.setRunningCalls(runningCalls, callerOf(request))));
  });
  return router;
}

/** Where a phone beside the asker would come from. From loopback one comes by a tunnel or a proxy: that says nothing. */
function ownAddress(request: Request): string | null {
  const { address } = visitorOf(request);
  return address === null || /^127\.|^::1$/.test(address) ? null : address;
}

function readJson(text: string): AllowListReadJson["entries"][number] {
  const read = parseEntry(text);
  if ("error" in read) return { entry: text, meaning: null, fault: read.error };
  return { entry: read.text, meaning: meaningOf(read.range), fault: null };
}

function wishOf({ entry: text, note, until }: AllowEntryWishJson) {
  return { text, note: note ?? null, untilMs: until == null ? null : Date.parse(until) };
}

export function listJson(found: AllowListInForce, nowMs: number): AllowListJson {
  const { scope, list, runningCalls, own, warnings, policyVersion } = found;
  const entries = list.entries.map((each) => entryJson(each, nowMs));
  return { scope, on: list.on, entries, runningCalls, ownLists: own, warnings, policyVersion };
}

function previewJson({ list, throwsOut, you, warnings }: Preview, nowMs: number): AllowListPreviewJson {
  return {
    on: list.on,
    entries: list.entries.map((each) => entryJson(each, nowMs)),
    throwsOut: throwsOut.map(registrationJson),
    you,
    warnings,
  };
}

export function refusedJson({ account, atMs, ...refused }: RefusedByList): RefusedByListJson {
  return { extension: account, at: timeJson(atMs), ...refused };
}

function entryJson({ text, note, untilMs }: AllowEntry, nowMs: number): AllowEntryJson {
  const until = untilMs === null ? null : timeJson(untilMs);
  return { entry: text, note, until, ended: untilMs !== null && untilMs <= nowMs };
}
