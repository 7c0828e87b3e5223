import { SegmentedControl, SimpleGrid } from "@mantine/core";
import { useSearchParams } from "react-router";
import type { DoctorJson, OverviewJson, StatusJson } from "../../../http/contract.js";
import { useLiveReread } from "../../api/feed.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { Card } from "../../parts/Card.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { Loaded } from "../../parts/states.js";
import { overview as texts } from "../../texts/overview.js";
import { Causes } from "./Causes.js";
import { Countries } from "./Countries.js";
import { FencePosts } from "./FencePosts.js";
import { Figures } from "./Figures.js";
import { ForYou } from "./ForYou.js";
import { OverTime } from "./OverTime.js";
import { openRoutes, routesPost } from "./routes.js";

const SPANS = ["24", "168", "720"] as const;

export default function OverviewPage() {
  const [search, setSearch] = useSearchParams();
  const hours = SPANS.find((span) => span === search.get("hours")) ?? "24";
  const status = useGet<StatusJson>(paths.status, undefined, { everyMs: 10_000 });
  const overview = useGet<OverviewJson>(paths.overview, { hours }, { everyMs: 30_000, keep: true });
  // It reads the whole dialplan, which seldom changes.
  const doctor = useGet<DoctorJson>(paths.doctor, undefined, { everyMs: 60_000, staleMs: 60_000 });
  useLiveReread(
    ["ban", "lift", "block", "unblock", "lock", "unlock", "verdict"],
    [paths.status, paths.overview],
  );
  return (
    <>
      <PageTitle
        title={texts.title}
        sub={texts.sub}
        actions={
          <SegmentedControl
            size="xs"
            aria-label={texts.span}
            value={hours}
            onChange={(value) => setSearch(value === "24" ? {} : { hours: value }, { replace: true })}
            data={SPANS.map((value) => ({ value, label: texts.spans[value] }))}
          />
        }
      />
      <div className="rf-stack">
        <Loaded query={status}>
          {({ guards }) => <FencePosts guards={guards} routes={routesPost(doctor.data, doctor.error)} />}
        </Loaded>
        <Loaded query={overview}>
          {(data) => (
            <>
              <Figures overview={data} hours={Number(hours)} />
              <div className="rf-columns">
                <Card title={texts.forYou} flush>
                  <ForYou
                    items={data.forYou}
                    routes={openRoutes(doctor.data)}
                    warnings={status.data?.warnings ?? []}
                  />
                </Card>
                <div className="rf-stack">
                  <Card title={texts.chart}>
                    <OverTime overview={data} />
                  </Card>
                  <SimpleGrid cols={{ base: 1, md: 2 }}>
                    <Card title={texts.where}>
                      <Countries countries={data.countries} />
                    </Card>
                    <Card title={texts.causes}>
                      <Causes causes={data.causes} />
                    </Card>
                  </SimpleGrid>
                </div>
              </div>
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}
