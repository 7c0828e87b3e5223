import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";
import type { GuardStateJson } from "../../../http/contract.js";
import { Mark } from "../../parts/Mark.js";
import { guardName, overview as texts } from "../../texts/overview.js";
import type { RoutesPost } from "./routes.js";

/** Where a guard that is down is mended; the others are mended in Asterisk or the configuration, as their words say. */
const MENDED_AT: Readonly<Record<string, { readonly to: string; readonly label: string }>> = {
  prices: { to: "/rates", label: texts.steps.prices },
};

interface FencePostsProps {
  readonly guards: readonly GuardStateJson[];
  /** Null: not known yet. */
  readonly routes: RoutesPost | null;
}

/** One post of the fence a guard: whether it stands, and a fact or what to do. */
export function FencePosts({ guards, routes }: FencePostsProps) {
  return (
    <section aria-label={texts.fence} className="rf-posts">
      {guards.map(({ name, up, vital, detail }) => {
        const mend = up ? undefined : MENDED_AT[name];
        return (
          <div key={name} className="rf-post">
            <div className="rf-post-head">
              <span>{guardName(name)}</span>
              <Mark tone={up ? "good" : vital ? "bad" : "warn"}>
                {up ? texts.up : vital ? texts.down : texts.setUp}
              </Mark>
            </div>
            <Text fz="xs" c="dimmed">
              {mend === undefined ? detail : withoutCommand(detail)}
            </Text>
            {mend === undefined ? null : (
              <Anchor component={Link} to={mend.to} fz="xs">
                {mend.label}
              </Anchor>
            )}
          </div>
        );
      })}
      {routes === null ? null : (
        <div className="rf-post">
          <div className="rf-post-head">
            <span>{guardName("routes")}</span>
            <Mark tone={routes.tone}>{routes.word}</Mark>
          </div>
          <Text fz="xs" c="dimmed" className="rf-wrap">
            {routes.detail}
          </Text>
          {routes.advice === null ? null : (
            <Text fz="xs" className="rf-wrap">
              {routes.advice}
            </Text>
          )}
        </div>
      )}
    </section>
  );
}

/** The link does what the command would. */
function withoutCommand(detail: string): string {
  return detail.replace(/[^.]*\bringfence [a-z-]+ [^.]*$/, "");
}
