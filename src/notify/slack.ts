import type { LinkingCourier } from "../guard/notification-ports.js";
import { postJson } from "./post.js";
import { headline, plain, sections, systemName } from "./text.js";

/** Posts to an incoming webhook of Slack, or of what takes the same (Mattermost, Rocket.Chat, Discord's /slack). */
export const postSlack: LinkingCourier = (messages, { slack }, { slackUrl }, uiUrl = null) => {
  if (slack === null || slackUrl === null) {
    return Promise.resolve({ ok: false, detail: "Slack is not set up.", again: false });
  }
  const parts = sections(messages, uiUrl, harmless).map(({ title, lines, advice }) =>
    [escaped(title), ...lines.map((line) => `• ${line}`), ...advice.map(escaped)].join("\n"),
  );
  const text = [escaped(`${systemName()}: ${headline(messages)}`), ...parts].join("\n");
  const body = {
    text,
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    link_names: 0,
    parse: "none",
  };
  return postJson(slackUrl, JSON.stringify(body), {});
};

/** A zero-width space after what begins a mention, a link, a picture or a format in any of them: `<!channel>` is escaped, and `@all`
 *  and `![](…)`, which others take, lead nowhere. */
function harmless(text: string): string {
  return escaped(plain(text)).replace(/[@#[\]()!`*_~|]/g, "$&\u200b");
}

/** The three characters that Slack's own markup knows. */
function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
