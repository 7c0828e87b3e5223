import { createHash } from "node:crypto";

/** Small, in light and dark, readable at 320 pixels. Contrasts are 4.5:1 at least, of borders that matter 3:1. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1a1f26;--soft:#4d5866;--line:#d5dae1;--edge:#6b7684;--link:#0b5cad;
--bad:#b3261e;--bad-ground:#fdeceb;--good:#1a6b3c;--good-ground:#e7f5ec;--warn:#7a4d00;--warn-ground:#fff4dc}
@media (prefers-color-scheme:dark){:root{--ground:#12161c;--card:#1b2129;--ink:#e8ecf1;--soft:#aab4c0;--line:#333c48;--edge:#8490a0;
--link:#8ec1ff;--bad:#ffb1a8;--bad-ground:#44201d;--good:#8fdcae;--good-ground:#173524;--warn:#ffd58a;--warn-ground:#3d2e10}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,Ubuntu,sans-serif}
main,footer{max-width:42rem;margin:0 auto;padding:0 1rem}
main{padding-top:1.5rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.125rem;line-height:1.3;margin:1.5rem 0 .5rem}
p{margin:.5rem 0}
code{font:1em/1.4 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem;margin:0 0 1rem}
.card>:first-child{margin-top:0}.card>:last-child{margin-bottom:0}
.state{display:inline-block;font-weight:600;border-radius:2rem;padding:.125rem .75rem;margin:0 0 .75rem}
.bad{color:var(--bad);background:var(--bad-ground)}.good{color:var(--good);background:var(--good-ground)}
.note{border-left:.25rem solid;border-radius:.25rem;padding:.75rem 1rem;margin:0 0 1rem}
.note p{margin:0}.note p+p{margin-top:.5rem}
.warn{color:var(--warn);background:var(--warn-ground)}
.because{font-size:1.125rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1rem 0 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
ul,ol{margin:.5rem 0;padding-left:1.25rem}li{margin:.375rem 0}
form{margin-top:1rem}
label{display:block;font-weight:600;margin:.75rem 0 .25rem}
input{width:100%;max-width:20rem;min-height:2.75rem;padding:.5rem .75rem;font:inherit;color:var(--ink);background:var(--ground);border:1px solid var(--edge);border-radius:.5rem}
button{display:block;min-height:2.75rem;margin-top:1rem;padding:.5rem 1.25rem;font:inherit;font-weight:600;color:var(--card);background:var(--link);border:0;border-radius:.5rem;cursor:pointer}
button.second{color:var(--link);background:none;border:1px solid var(--link)}
a{color:var(--link)}
a:focus-visible,button:focus-visible,input:focus-visible,summary:focus-visible{outline:.1875rem solid var(--link);outline-offset:.125rem}
summary{cursor:pointer;font-weight:600;padding:.25rem 0}
.soft,footer{color:var(--soft)}
footer{font-size:.9375rem;padding-bottom:2rem}
@media (max-width:26rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}.card{padding:1rem}h1{font-size:1.5rem}button,input{width:100%;max-width:none}}
`;

/** No script, no picture, nothing from elsewhere; the form goes to us alone. */
export const CONTENT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");
