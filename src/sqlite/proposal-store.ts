import { z } from "zod";
import type { Target } from "../domain/address.js";
import type { NewProposal, Proposal } from "../domain/intrusion/ban.js";
import type { ProposalStore } from "../guard/ports.js";
import { auditWriter } from "./audit.js";
import type { Database } from "./database.js";
import { idOf, jsonText, oneOf, parseRow, targetText } from "./row.js";
import { inStore } from "./store-error.js";

/** Networks proposed to be shut out whole, at most one open for each. What a person decides is audited. */
export function proposalStore(db: Database): ProposalStore {
  const put = db.prepare(
    `INSERT INTO proposals (network, at_ms, sources, attempts) VALUES (@network, @atMs, @sources, @attempts)
     ON CONFLICT (network) WHERE decision IS NULL
       DO UPDATE SET at_ms = excluded.at_ms, sources = excluded.sources, attempts = excluded.attempts
     RETURNING *`,
  );
  const decide = db.prepare(
    `UPDATE proposals SET decision = @decision, decided_at_ms = @atMs, decided_by = @by
     WHERE network = @network AND decision IS NULL RETURNING *`,
  );
  const open = db.prepare("SELECT * FROM proposals WHERE decision IS NULL ORDER BY at_ms DESC, id DESC");
  const latest = db.prepare("SELECT * FROM proposals WHERE network = ? ORDER BY id DESC LIMIT 1");
  const audit = auditWriter(db);

  const decided = db.transaction(
    (network: Target, decision: "accepted" | "dismissed", atMs: number, by: string): Proposal | null => {
      const row = decide.get({ network, decision, atMs, by });
      if (row === undefined) return null;
      const proposal = parseProposal(row);
      const after = { sources: proposal.sources };
      audit({ subject: `proposal ${network}`, atMs, by, change: decision, before: null, after });
      return proposal;
    },
  );

  return {
    propose: (proposal: NewProposal) =>
      inStore("store a proposal", () =>
        parseProposal(put.get({ ...proposal, sources: JSON.stringify(proposal.sources) })),
      ),
    decide: (network, decision, atMs, by) =>
      inStore("decide on a proposal", () => decided.immediate(network, decision, atMs, by)),
    open: () => inStore("read the proposals", () => open.all().map(parseProposal)),
    latestOf: (network) =>
      inStore("read the proposals", () => {
        const row = latest.get(network);
        return row === undefined ? null : parseProposal(row);
      }),
  };
}

const proposalRow = z.object({
  id: z.int(),
  network: targetText,
  at_ms: z.int(),
  sources: jsonText(z.array(targetText)),
  attempts: z.int(),
  decision: z.nullable(oneOf<NonNullable<Proposal["decision"]>>({ accepted: true, dismissed: true })),
  decided_at_ms: z.nullable(z.int()),
  decided_by: z.nullable(z.string()),
});

function parseProposal(row: unknown): Proposal {
  const { at_ms, decided_at_ms, decided_by, ...rest } = parseRow("proposals", idOf(row), proposalRow, row);
  return { ...rest, atMs: at_ms, decidedAtMs: decided_at_ms, decidedBy: decided_by };
}
