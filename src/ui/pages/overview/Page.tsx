import { SimpleGrid, Stack, Text } from "@mantine/core";
import type { StatusJson } from "../../../http/contract.js";
import { useLiveReread } from "../../api/feed.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { Card } from "../../parts/Card.js";
import { Mark } from "../../parts/Mark.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { Loaded } from "../../parts/states.js";
import { overview } from "../../texts/overview.js";
import { spaced } from "../../texts/words.js";

export default function OverviewPage() {
  const status = useGet<StatusJson>(paths.status, undefined, { everyMs: 10_000 });
  useLiveReread(["ban", "lift", "verdict"], [paths.status]);
  return (
    <>
      <PageTitle title={overview.title} sub={overview.sub} />
      <Loaded query={status}>
        {({ guards }) => (
          <Card title={overview.fence}>
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {guards.map(({ name, up, vital, detail }) => (
                <Stack key={name} gap={2} align="flex-start">
                  <Mark tone={up ? "good" : vital ? "bad" : "warn"}>
                    {spaced(name)}: {up ? overview.up : overview.down}
                  </Mark>
                  <Text fz="sm" c="dimmed">
                    {detail}
                  </Text>
                </Stack>
              ))}
            </SimpleGrid>
          </Card>
        )}
      </Loaded>
    </>
  );
}
