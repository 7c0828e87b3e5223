import type { DocumentedOperation, OpenApi } from "./openapi.js";

const STYLE = `
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;border-bottom:1px solid #8886}
details{margin:.4rem 0;border:1px solid #8884;border-radius:.4rem;padding:.4rem .8rem}
summary{cursor:pointer}
code,pre{font-family:ui-monospace,monospace;font-size:.9rem}
pre{overflow-x:auto;background:#8881;padding:.8rem;border-radius:.4rem}
.method{display:inline-block;min-width:4.2rem;font-weight:700}
table{border-collapse:collapse}td,th{text-align:left;padding:.15rem 1rem .15rem 0;vertical-align:top}
`;

/** The document for people: one page, without scripts. */
export function docsPage({ info, paths, components }: OpenApi, nonce: string): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0] ?? ""))].sort();
  const sections = tags.map((tag) => {
    const entries = operations.filter(({ operation }) => operation.tags[0] === tag);
    return `<h2 id="${escaped(tag)}">${escaped(tag)}</h2>${entries
      .map(({ path, method, operation }) => entry(path, method, operation))
      .join("")}`;
  });
  const shapes = Object.entries(components.schemas)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(
      ([name, schema]) =>
        `<details id="schema-${escaped(name)}"><summary><code>${escaped(name)}</code></summary>${json(schema)}</details>`,
    );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Ringfence API</title>
<style nonce="${nonce}">${STYLE}</style></head>
<body>
<h1>The API</h1>
<p>${escaped(info.description)}</p>
<p>Programs send <code>Authorization: Bearer rf_…</code> (<code>ringfence tokens add NAME --scope read</code>). The same as
<a href="/api/openapi.json">OpenAPI 3.1</a>.</p>
<p>${tags.map((tag) => `<a href="#${escaped(tag)}">${escaped(tag)}</a>`).join(" · ")}</p>
${sections.join("\n")}
<h2 id="shapes">Shapes</h2>
${shapes.join("\n")}
</body></html>
`;
}

function entry(path: string, method: string, operation: DocumentedOperation): string {
  const { summary, description, parameters, responses } = operation;
  const rows = parameters.map(
    ({ name, in: where, required, schema }) =>
      `<tr><td><code>${escaped(String(name))}</code></td><td>${escaped(String(where))}${required === true ? ", needed" : ""}</td><td><code>${escaped(JSON.stringify(schema))}</code></td></tr>`,
  );
  const body = operation["requestBody"];
  return `<details><summary><span class="method">${method.toUpperCase()}</span> <code>${escaped(path)}</code> ${escaped(summary)}</summary>
<p>${escaped(description)}</p>
${rows.length === 0 ? "" : `<table>${rows.join("")}</table>`}
${body === undefined ? "" : `<h3>Body</h3>${json(body)}`}
<h3>Answer</h3>${json(responses)}</details>`;
}

/** With links from `$ref` to the shape. */
function json(value: unknown): string {
  const text = escaped(JSON.stringify(value, null, 2));
  return `<pre>${text.replaceAll(
    /#\/components\/schemas\/(\w+)/g,
    (all, name: string) => `<a href="#schema-${name}">${all}</a>`,
  )}</pre>`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
