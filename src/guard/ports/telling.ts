import type { Source, Target } from "../../domain/address.js";
import type { Verdict } from "../../domain/calling/verdict.js";
import type { Ban, Block, Lock } from "../../domain/intrusion/ban.js";
import type { Decision } from "../../domain/intrusion/decision.js";

/** What the live feed carries. */
export type Happening =
  | { readonly type: "ban"; readonly ban: Ban }
  | { readonly type: "lift"; readonly target: Target; readonly by: string }
  | { readonly type: "block"; readonly block: Block }
  | { readonly type: "unblock"; readonly account: string; readonly source: Source; readonly by: string }
  | { readonly type: "lock"; readonly lock: Lock }
  | { readonly type: "unlock"; readonly account: string; readonly by: string }
  /** What the shadow policy would have done; `shutLive`: whether it is shut out already. */
  | { readonly type: "shadow"; readonly decision: Decision; readonly shutLive: boolean }
  | { readonly type: "alarm"; readonly slug: string; readonly detail: string }
  | { readonly type: "verdict"; readonly verdict: Verdict }
  | { readonly type: "policy"; readonly version: number }
  /** How much of a rate deck's file is read: `share` from 0 to 1. */
  | { readonly type: "import"; readonly deck: string; readonly share: number; readonly rows: number };

export type Tell = (happening: Happening) => void;
