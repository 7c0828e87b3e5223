import express, { type Request, Router } from "express";
import { z } from "zod";
import type { PolicyImport, PolicyUndone } from "../../guard/policy-file.js";
import { UndoPolicySchema, paths, type PolicyImportJson } from "../contract.js";
import { RequestRefused } from "../errors.js";
import { registrationJson } from "../json.js";
import { callerOf, done, parsed } from "../parse.js";
import type { Services } from "../services.js";
import { refuseStale } from "../stale.js";

/** 5,000 extensions with lists of 50 entries are some 8 MB. */
const LONGEST = "64mb";
const YAML = ["application/yaml", "application/x-yaml", "text/yaml", "text/plain"];
const MOST_CHANGES = 1_000;

const Flag = z.enum(["0", "1"], "0 or 1").optional();
export const Query = z.strictObject({ dryRun: Flag, nobody: Flag });
export const Export = z.strictObject({ format: z.enum(["yaml", "json"], "yaml or json").optional() });

/** The whole policy as YAML. */
export function policyRoutes({
  policyFile,
  rules,
  audit,
}: Pick<Services, "policyFile" | "rules" | "audit">): Router {
  const router = Router();
  router.get(paths.policy, (request, response) => {
    // JSON is YAML too, so either can be imported.
    if (parsed(Export, request.query).format === "json") response.json(plain(policyFile.tree()));
    else response.type("application/yaml").send(policyFile.export());
  });
  router.put(
    paths.policy,
    express.text({ type: YAML, limit: LONGEST }),
    refuseStale({ rules, audit }),
    async (request: Request, response) => {
      const query = parsed(Query, request.query);
      const dryRun = query.dryRun === "1";
      const wish = { dryRun, nobody: query.nobody === "1", by: callerOf(request) };
      const result = await policyFile.import(textOf(request), wish);
      if ("faults" in result) throw new RequestRefused("refused", faultsText(result.faults), result.faults);
      response.json(importJson(done<PolicyImport>(result), dryRun));
    },
  );
  router.post(paths.undoPolicy, async (request, response) => {
    const { dryRun = false, nobody = false } = parsed(UndoPolicySchema, request.body);
    const result = done<PolicyUndone>(await policyFile.undo({ dryRun, nobody, by: callerOf(request) }));
    response.json({ ...importJson(result, dryRun), undid: result.undid } satisfies PolicyImportJson);
  });
  router.post("/api/v1/audit/:id/undo", async (request: Request<{ id: string }>, response) => {
    const { dryRun = false, nobody = false } = parsed(UndoPolicySchema, request.body);
    const id = /^\d{1,15}$/.test(request.params.id) ? Number(request.params.id) : 0;
    const wish = { dryRun, nobody, by: callerOf(request) };
    const result = done<PolicyUndone>(await policyFile.undoChange(id, wish));
    response.json({ ...importJson(result, dryRun), undid: result.undid } satisfies PolicyImportJson);
  });
  return router;
}

function importJson(
  { changes, throwsOut, warnings, policyVersion }: PolicyImport,
  dryRun: boolean,
): PolicyImportJson {
  return {
    dryRun,
    changed: changes.length,
    changes: changes.slice(0, MOST_CHANGES),
    throwsOut: throwsOut.map(registrationJson),
    warnings,
    policyVersion,
  };
}

function plain(tree: unknown): unknown {
  if (tree instanceof Map) {
    return Object.fromEntries(
      [...(tree as Map<string, unknown>)].map(([name, value]) => [name, plain(value)]),
    );
  }
  return Array.isArray(tree) ? tree.map(plain) : tree;
}

function faultsText(faults: readonly unknown[]): string {
  const many = faults.length === 1 ? "a fault" : `${faults.length} faults`;
  return `The file has ${many}, and nothing was changed.`;
}

function textOf(request: Request): string {
  const body: unknown = request.body;
  if (typeof body === "string") return body;
  throw new RequestRefused("wrong-type", "Send the policy as application/yaml.");
}
