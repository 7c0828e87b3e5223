import { Text } from "@mantine/core";
import { Link } from "react-router";
import { useMay } from "../../api/session.js";
import { advice as texts, bans, drawer } from "../../texts/bans.js";
import { adviceParts, type Deed } from "./advice.js";

/** What to do, a sentence a line. Where the API names a command, the button beside it or the page that does the same. */
export function Advice({ sentences }: { readonly sentences: readonly string[] }) {
  return sentences.map((sentence) => (
    <Text key={sentence} fz="sm" className="rf-wrap">
      {adviceParts(sentence).map((part, n) =>
        typeof part === "string" ? part : <DoneBy key={n} deed={part} />,
      )}
    </Text>
  ));
}

function DoneBy({ deed }: { readonly deed: Deed }) {
  const operator = useMay("operator");
  const admin = useMay("admin");
  if (deed.kind === "page") {
    return (
      <Link className="rf-link" to={ADDRESS[deed.page](encodeURIComponent(deed.of))}>
        {texts.pages[deed.page](deed.of)}
      </Link>
    );
  }
  const name = { lift: bans.lift, never: drawer.never, network: drawer.network }[deed.button];
  if (deed.button === "never" ? !admin : !operator)
    return texts.ask(deed.button === "never" ? texts.admin : texts.operator, name);
  return deed.button === "network" ? texts.shutsOut(name) : texts.button(name);
}

const ADDRESS = {
  blocks: () => "/bans?tab=blocks",
  locks: () => "/bans?tab=locks",
  list: (of: string) => `/allow-lists?extension=${of}`,
  detection: () => "/detection",
} as const;
