import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "react-router";
import type { CheckJson, ForYouJson } from "../../../http/contract.js";
import { useSession } from "../../api/session.js";
import { Mark } from "../../parts/Mark.js";
import { Empty } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { overview as texts } from "../../texts/overview.js";

interface Item {
  readonly title: string;
  readonly tone: "bad" | "warn" | "quiet";
  readonly subject: string | null;
  readonly at: string | null;
  readonly detail: string;
  readonly step: { readonly to: string; readonly label: string } | null;
}

/** What waits for a person, the most pressing first, each with the step that settles it. */
export function ForYou({
  items,
  routes,
  warnings,
}: {
  readonly items: readonly ForYouJson[];
  /** Findings about ways out without the check. */
  readonly routes: readonly CheckJson[];
  readonly warnings: readonly string[];
}) {
  const { temporary } = useSession();
  const all: readonly Item[] = [
    ...(temporary
      ? [
          {
            title: texts.slugs.warning,
            tone: "warn" as const,
            subject: null,
            at: null,
            detail: texts.temporary,
            step: { to: "/settings/account", label: texts.steps.password },
          },
        ]
      : []),
    ...routes.map(routeOf),
    ...items.map(itemOf),
    ...warnings.filter((warning) => !isTold(warning, items)).map(warningOf),
  ];
  if (all.length === 0) return <Empty title={texts.forYouNone}>{texts.forYouNoneText}</Empty>;
  return (
    <ul className="rf-tasks">
      {all.map(({ title, tone, subject, at, detail, step }) => (
        <li key={`${title} ${subject ?? ""} ${detail}`}>
          <Group gap={8} mb={4}>
            <Mark tone={tone}>{title}</Mark>
            {at === null ? null : (
              <Text span fz="xs" c="dimmed">
                <Time at={at} />
              </Text>
            )}
          </Group>
          {subject === null ? null : (
            <Text fz="sm" ff="monospace" className="rf-wrap">
              {subject}
            </Text>
          )}
          <Text fz="sm" {...(subject === null ? {} : { c: "dimmed" })} className="rf-wrap">
            {detail}
          </Text>
          {step === null ? null : (
            <Anchor component={Link} to={step.to} fz="sm">
              {step.label}
            </Anchor>
          )}
        </li>
      ))}
    </ul>
  );
}

function itemOf({ slug, subject, at, detail }: ForYouJson): Item {
  return {
    title: texts.slugs[slug],
    tone: slug === "known-banned" || slug === "account-attacked" ? "bad" : "warn",
    subject,
    at,
    detail,
    step: { to: stepOf(slug, subject ?? ""), label: texts.steps[slug] },
  };
}

function routeOf({ detail, advice }: CheckJson): Item {
  const words = advice === null ? detail : `${detail}. ${advice}`;
  return { title: texts.slugs.route, tone: "bad", subject: null, at: null, detail: words, step: null };
}

function stepOf(slug: ForYouJson["slug"], subject: string): string {
  switch (slug) {
    case "known-banned":
      return `/bans/${encodeURIComponent(subject)}`;
    case "known-blocked":
      return `/bans?tab=blocks&q=${encodeURIComponent(subject)}`;
    case "account-attacked":
      return "/bans?tab=locks";
    case "proposal":
      return "/bans?tab=proposals";
    case "deck-old":
      return "/rates";
  }
}

function warningOf(detail: string): Item {
  const step = /rate deck|prices/.test(detail)
    ? { to: "/rates", label: texts.steps.prices }
    : detail.startsWith("No area is open")
      ? { to: "/areas", label: texts.steps.calling }
      : null;
  return { title: texts.slugs.warning, tone: "quiet", subject: null, at: null, detail, step };
}

/** The status warns of old decks as well. */
function isTold(warning: string, items: readonly ForYouJson[]): boolean {
  return items.some(
    ({ slug, subject }) => slug === "deck-old" && warning.includes(`deck ${subject ?? ""} is`),
  );
}
