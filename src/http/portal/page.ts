import type { PortalAnswer, PortalHints, PortalShut, PortalView } from "../../guard/portal.js";
import { Html, markup } from "./markup.js";
import { STYLE } from "./style.js";
import { CALLS_PAUSED, CAUSES, NETWORK_BY_HAND, NOT_BLOCKED_CHECKS, TITLES } from "./texts.js";
import { ago, clockTime, spoken } from "./times.js";

/** A device that has been quiet for this long is not said to be back soon. */
const QUIET_MS = 30 * 60_000;

/** What the second button of the form sends as `do`: to be told more, and nothing lifted. */
export const ONLY_TELL = "tell";

export interface PortalVisit {
  /** In full, where the view's source is the /64 of an IPv6 address. */
  readonly address: string | null;
  /** Null: they have only looked. */
  readonly answer: PortalAnswer | null;
  readonly nowMs: number;
}

/** The page of one visitor. Nothing that they sent is in it. */
export function portalPage(view: PortalView | null, { address, answer, nowMs }: PortalVisit): string {
  if (view === null) return faultPage("Your address can't be told on this connection.");
  const { shut } = view;
  const title = answer?.result === "lifted" ? TITLES.lifted : titleOf(view);
  const pausedMs = view.callsPausedUntilMs;
  const here = address ?? view.source;
  const body = markup`${answer === null ? null : answered(answer)}${
    pausedMs === null ? null : pausedCard(here, pausedMs, nowMs)
  }${
    shut.length === 0
      ? pausedMs === null || answer?.result === "lifted"
        ? openCard(here, title)
        : null
      : shut.map((each, at) => shutCard(each, at === 0 ? title : null, { source: view.source, here, nowMs }))
  }${formCard(view, answer)}`;
  return page(title, body);
}

/** Said in the place of the page where the request itself was no good. */
export function faultPage(sentence: string): string {
  const title = "That did not work";
  return page(
    title,
    markup`<div class="card">
      <h1>${title}</h1>
      <p>${sentence}</p>
      <p><a href="/portal">Back to the page</a></p>
    </div>`,
  );
}

/** Byte for byte what the content policy allows. */
const STYLE_TAG = new Html(`<style>${STYLE}</style>`);

function page(title: string, body: Html): string {
  const whole = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} – phone system</title>
        ${STYLE_TAG}
      </head>
      <body>
        <main>${body}</main>
        <footer>
          <p>This page tells of your own address alone. <a href="/portal">Look again</a></p>
        </footer>
      </body>
    </html> `;
  return whole.text;
}

function titleOf({ shut, source, callsPausedUntilMs }: PortalView): string {
  const ban = shut.find(({ what }) => what === "ban");
  if (ban !== undefined) return ban.target === source ? TITLES.blocked : TITLES.network;
  if (shut.length > 0) return TITLES.accounts;
  return callsPausedUntilMs === null ? TITLES.open : TITLES.paused;
}

/** @param title null: it stands above another card already */
function shutCard(
  shut: PortalShut,
  title: string | null,
  { source, here, nowMs }: { readonly source: string; readonly here: string; readonly nowMs: number },
): Html {
  const { because, checks } = CAUSES[shut.cause];
  const { what, target, fromMs, untilMs } = shut;
  const where =
    what === "block"
      ? "One account may not be used at your address. Everything else here goes on working."
      : target === source
        ? "Nothing that comes from your address reaches the phone system."
        : "Nothing that comes from your network reaches the phone system.";
  return markup`<section class="card">
    <p class="state bad">Blocked</p>
    ${title === null ? null : markup`<h1>${title}</h1>`}
    <p>${where}</p>
    <p class="because">${
      shut.cause === "by-hand" && target !== source
        ? NETWORK_BY_HAND
        : shut.advice === ""
          ? because
          : shut.advice
    }</p>
    <dl>
      <dt>Your address</dt>
      <dd><code>${here}</code></dd>
      ${
        target === here
          ? null
          : markup`<dt>What is blocked</dt>
              <dd><code>${target}</code>${target === source ? ", all addresses of your connection" : null}</dd>`
      }
      <dt>Since</dt>
      <dd>${clockTime(fromMs)} (${ago(fromMs, nowMs)})</dd>
      <dt>Until</dt>
      <dd>
        ${untilMs === null ? "somebody lifts it" : markup`${clockTime(untilMs)} (in ${spoken(untilMs - nowMs)})`}
      </dd>
      ${triedRow(shut, nowMs)}
    </dl>
    <h2>What to check</h2>
    <ol>
      ${checks.map((check) => markup`<li>${check}</li>`)}
    </ol>
  </section> `;
}

function pausedCard(here: string, untilMs: number, nowMs: number): Html {
  const { because, checks } = CAUSES["call-script"];
  return markup`<section class="card">
    <p class="state bad">Calls refused</p>
    <h1>${TITLES.paused}</h1>
    <p class="because">${because}</p>
    <p>${CALLS_PAUSED}</p>
    <dl>
      <dt>Your address</dt>
      <dd><code>${here}</code></dd>
      <dt>Until</dt>
      <dd>${clockTime(untilMs)} (in ${spoken(untilMs - nowMs)})</dd>
    </dl>
    <h2>What to check</h2>
    <ol>
      ${checks.map((check) => markup`<li>${check}</li>`)}
    </ol>
  </section> `;
}

function triedRow({ lastTriedMs, backInMs, cause }: PortalShut, nowMs: number): Html | null {
  if (lastTriedMs === null || cause === "by-hand" || cause === "network") return null;
  const isQuiet = nowMs - lastTriedMs > QUIET_MS;
  const more = isQuiet ? " Since then it has been quiet." : backInMs === null ? "" : ` ${backText(backInMs)}`;
  return markup`<dt>It last tried</dt>
    <dd>${ago(lastTriedMs, nowMs)}.${more}</dd>`;
}

function backText(backInMs: number): string {
  return `If you lift the block now, it will be back ${soon(backInMs)}: mend the device first.`;
}

function soon(ms: number): string {
  return ms < 2_000 ? "at once" : `in about ${spoken(ms)}`;
}

function openCard(here: string, title: string): Html {
  return markup`<section class="card">
    <p class="state good">Not blocked</p>
    <h1>${title}</h1>
    <p>Your address <code>${here}</code> is not blocked. If your phone can't register, check:</p>
    <ul>
      ${NOT_BLOCKED_CHECKS.map((check) => markup`<li>${check}</li>`)}
    </ul>
  </section> `;
}

function formCard({ shut, mayAsk }: PortalView, answer: PortalAnswer | null): Html {
  const wrong = answer?.result === "wrong";
  const isOffered = shut.length > 0 && mayAsk;
  const button = isOffered ? "Let me back in" : "Tell me more";
  const form = markup`<form method="post" action="/portal" autocomplete="off">
    <label for="extension">Extension</label>
    <input
      id="extension"
      name="extension"
      required
      maxlength="80"
      autocapitalize="none"
      spellcheck="false"
      autocomplete="off"
      ${wrong ? ATTRIBUTES.wrong : null}
    />
    <label for="pin">PIN</label>
    <input
      id="pin"
      name="pin"
      type="password"
      inputmode="numeric"
      required
      maxlength="12"
      autocomplete="off"
      ${wrong ? ATTRIBUTES.wrong : null}
    />
    <button>${button}</button>
    ${isOffered ? markup`<button class="second" name="do" value="${ONLY_TELL}">First tell me which device</button>` : null}
  </form>`;
  if (isOffered) {
    return markup`<section class="card">
      <h2>Let yourself back in</h2>
      <p>
        With your extension and your portal PIN you see which device or account it is, and can lift the block yourself, up to three times a day. Mend the device first, or it will be blocked again.
      </p>
      ${form}
      <p class="soft">No PIN? Your administrator can give you one, or lift the block.</p>
    </section>`;
  }
  const why =
    shut.length > 0
      ? "This block is lifted by your administrator alone. With your PIN you see what is known of your own extension."
      : "With your PIN you see what is known of your own extension at this address.";
  const opened = answer === null ? null : ATTRIBUTES.open;
  return markup`<section class="card"><details${opened}><summary>I have a portal PIN</summary><p>${why}</p>${form}</details></section>`;
}

const ATTRIBUTES = {
  wrong: markup` aria-invalid="true" aria-describedby="answer"`,
  open: markup` open`,
};

function answered(answer: PortalAnswer): Html {
  const { tone, lines } = answerText(answer);
  const hints = "hints" in answer ? hintList(answer.hints) : null;
  return markup`<div class="note ${tone}" role="alert" id="answer">
    ${lines.map((line) => markup`<p>${line}</p>`)}${hints}
  </div> `;
}

function hintList(hints: PortalHints): Html | null {
  return hints.length === 0
    ? null
    : markup`<ul>
        ${hints.map((hint) => markup`<li>${hint}</li>`)}
      </ul>`;
}

interface AnswerText {
  readonly tone: "good" | "bad" | "warn";
  readonly lines: readonly string[];
}

function answerText(answer: PortalAnswer): AnswerText {
  switch (answer.result) {
    case "wrong":
      return {
        tone: "bad",
        lines: ["Extension or PIN is wrong. Check both; your administrator can give you a new PIN."],
      };
    case "wait":
      return {
        tone: "bad",
        lines: [
          `Too many wrong PINs. The next one is looked at in ${spoken(answer.waitMs)}. Your administrator can lift the block meanwhile.`,
        ],
      };
    case "busy":
      return { tone: "warn", lines: ["Too many people ask at once. Wait a few seconds and try again."] };
    case "open":
      return { tone: "good", lines: ["Your PIN is right, and nothing is blocked for you at this address."] };
    case "told":
      return {
        tone: "good",
        lines: ["Your PIN is right. Nothing is lifted yet. This is what is known:"],
      };
    case "administrator":
      return { tone: "warn", lines: [ADMINISTRATOR[answer.why]] };
    case "mend-first":
      return {
        tone: "warn",
        lines: [
          `You lifted it a moment ago, and it is back: the device still fails. Mend or switch off the device; you can lift it again in ${spoken(answer.waitMs)}.`,
        ],
      };
    case "lifted":
      return { tone: "good", lines: liftedLines(answer) };
  }
}

const ADMINISTRATOR = {
  attack:
    "Your PIN is right, but what came from here looks like an attack. Only your administrator can lift that.",
  "by-hand": "Your PIN is right, but an administrator has made this block. Only they can lift it.",
  network:
    "Your PIN is right, but the whole network around your address is blocked. Only your administrator can lift that.",
  "used-up":
    "Your PIN is right, but the block was lifted three times in a day already, and came back. Only your administrator can lift it now.",
  others:
    "Your PIN is right, but what is blocked here is another extension. Its owner or your administrator can lift that.",
} as const;

function liftedLines({ left, lastTriedMs, backInMs }: Extract<PortalAnswer, { result: "lifted" }>): string[] {
  const lines = [
    "The block is lifted. Your phone can register again; give it a minute, or switch it off and on.",
  ];
  if (lastTriedMs !== null && backInMs !== null) {
    lines.push(`If the device goes on as before, it will be blocked again ${soon(backInMs)}.`);
  }
  const more = left === 0 ? "no more times" : left === 1 ? "once more" : `${left} times more`;
  lines.push(`You can do this ${more} within a day.`);
  return lines;
}
