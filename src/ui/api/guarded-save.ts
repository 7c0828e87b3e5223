import { useState } from "react";
import type { Problem } from "./client.js";
import { tell, tellProblem, useSend } from "./hooks.js";

/** What was read last, until one edits: from then on what one saw when one began. A page reads anew by and by, and somebody else's
 *  change must not pass for one that was looked at. */
export function useBase<T>(latest: T, edited: boolean): T {
  const [base, setBase] = useState(latest);
  if (edited || base === latest) return base;
  setBase(latest);
  return latest;
}

export interface GuardedSave {
  /** Saves what was edited; refused, and `stale` from then on, where somebody else has changed the rules since they were read. */
  readonly save: (body: object, how?: { readonly overTheirs: boolean }) => Promise<void>;
  readonly saving: boolean;
  readonly stale: boolean;
  readonly forgetStale: () => void;
}

/** Saves rules by PUT, so that two who edit at once don't undo each other's work unseen. `basedOn` is what was read. */
export function useGuardedSave({
  path,
  basedOn,
  saved,
  onSaved,
}: {
  readonly path: string;
  readonly basedOn: unknown;
  /** What to tell then. */
  readonly saved: string;
  readonly onSaved?: () => void;
}): GuardedSave {
  const [stale, setStale] = useState(false);
  const send = useSend({ quiet: true });
  return {
    save: async (body, how) => {
      try {
        const base = how?.overTheirs === true ? {} : { basedOn };
        await send.mutateAsync({ method: "PUT", path, body, ...base });
        setStale(false);
        onSaved?.();
        tell(saved);
      } catch (error) {
        if ((error as Problem).code === "stale") setStale(true);
        else tellProblem(error as Error);
      }
    },
    saving: send.isPending,
    stale,
    forgetStale: () => setStale(false),
  };
}
