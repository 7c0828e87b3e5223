import { z } from "zod";

/** RFC 3339 in UTC. */
export const time = z.iso.datetime();

export const ScopeSchema = z.string().describe("`global`, or the extension whose own rule it is.");
export type ScopeJson = z.infer<typeof ScopeSchema>;
