import { once } from "node:events";
import type { Response } from "express";

/** Resolves when there is room for more; to false where nobody reads any longer. */
export async function written(response: Response, text: string): Promise<boolean> {
  if (response.destroyed) return false;
  if (!response.write(text)) {
    const gone = new AbortController();
    const close = (): void => gone.abort();
    response.once("close", close);
    try {
      await once(response, "drain", { signal: gone.signal });
    } catch (fault) {
      if (!gone.signal.aborted) throw fault;
      return false;
    } finally {
      response.off("close", close);
    }
  }
  return true;
}
