import type { z } from "zod";
import type { Right } from "../../domain/access.js";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** `nobody`: whoever reaches the port. */
export type Need = Right | "nobody";

/** One thing that can be asked: who may, and by which schemas it is read and answered. The guard, the document and the tests go by
 *  the same one. */
export interface Operation {
  readonly method: Method;
  /** As the router has it: `/api/v1/bans/:target`. */
  readonly path: string;
  readonly needs: Need;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType | MediaType;
  readonly status: 200 | 201 | 204;
  /** Null: nothing. */
  readonly answer: z.ZodType | MediaType | null;
}

/** Anything but JSON, such as `text/csv`. */
export interface MediaType {
  readonly media: string;
}

interface More {
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType | MediaType;
  readonly status?: 200 | 201;
}

/** A row of the tables beside this file. `path` below `/api/v1`, unless it names one of its own. */
type Row = (path: string, summary: string, answer: Operation["answer"], more?: More) => Operation;

/** What whoever has that right may ask: `read.get("/bans", …)`. */
function asked(needs: Need): Readonly<Record<Method, Row>> {
  const by =
    (method: Method): Row =>
    (path, summary, answer, more = {}) => ({
      needs,
      method,
      path: path.startsWith("/api/") ? path : `/api/v1${path}`,
      summary,
      answer,
      ...more,
      status: answer === null ? 204 : (more.status ?? 200),
    });
  return {
    get: by("get"),
    post: by("post"),
    put: by("put"),
    patch: by("patch"),
    delete: by("delete"),
  };
}

export const nobody = asked("nobody");
export const read = asked("read");
export const operate = asked("operate");
export const admin = asked("admin");

export function isMediaType(what: z.ZodType | MediaType): what is MediaType {
  return "media" in what;
}
