import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import express, { type RequestHandler, Router } from "express";
import { allowPage } from "./headers.js";

/** Where Vite puts files whose names hold a hash of what is in them. */
const HASHED = "/assets/";
const FOREVER = "public, max-age=31536000, immutable";
const NONCE = /__CSP_NONCE__/g;
/** What names a file: they lie under /assets/, and beside the page. Deeper down a dot belongs to an address or an extension's name,
 *  such as in `/bans/203.0.113.12`. */
const FILE = /^\/(assets\/|[^/]*\.)/i;

/** The web UI's files from `folder`, and its one page for every other path that names no file and is no other part's. Passes on
 *  what is not the UI's. */
export function uiRoutes(folder: string): Router {
  const router = Router();
  const files = express.static(folder, {
    index: false,
    redirect: false,
    dotfiles: "ignore",
    setHeaders: (response, path) => {
      const hashed = path.startsWith(join(folder, HASHED));
      response.setHeader("Cache-Control", hashed ? FOREVER : "no-cache");
    },
  });
  router.use((request, response, next) => {
    // The page needs its nonce, under whatever name.
    if (isOthers(request.path) || /index\.html/i.test(request.path)) next();
    else files(request, response, next);
  });
  router.get("/{*path}", page(folder));
  return router;
}

/** Read anew when it has changed: an upgrade may put another one in its place. */
function page(folder: string): RequestHandler {
  const file = join(folder, "index.html");
  let read: { readonly text: string; readonly mtimeMs: number } | null = null;
  return (request, response, next) => {
    if (isOthers(request.path) || FILE.test(request.path)) {
      next();
      return;
    }
    const nonce = allowPage(response);
    if (!existsSync(file)) {
      response.status(503).type("html").send(missing(nonce));
      return;
    }
    const { mtimeMs } = statSync(file);
    if (read?.mtimeMs !== mtimeMs) read = { text: readFileSync(file, "utf8"), mtimeMs };
    response.type("html").send(read.text.replace(NONCE, nonce));
  };
}

function isOthers(path: string): boolean {
  return /^\/(api|portal|healthz)(\/|$)/i.test(path);
}

function missing(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Ringfence</title>
<style nonce="${nonce}">body{font:1rem/1.5 sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}</style></head>
<body><h1>Ringfence is running</h1>
<p>The web UI is not built. Run <code>npm run build</code> where Ringfence was installed, and reload this page. The command
<code>ringfence</code> and the API work without it; so does <a href="/portal">the page for people who are locked out</a>.</p></body>
</html>
`;
}
