import { Tabs } from "@mantine/core";
import { useFilters } from "../../api/search.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { ReadOnly } from "../../parts/ReadOnly.js";
import { detection as texts } from "../../texts/detection.js";
import { NeverBan } from "./NeverBan.js";
import { Settings } from "./Settings.js";
import { Trial } from "./Trial.js";

const TABS = ["settings", "shadow", "never"] as const;

export default function DetectionPage() {
  const [search, change] = useFilters();
  const tab = TABS.find((each) => each === search.get("tab")) ?? "settings";
  return (
    <>
      <PageTitle title={texts.title} sub={texts.sub} />
      <ReadOnly needs="admin" />
      <Tabs
        value={tab}
        onChange={(value) => change({ tab: value === "settings" ? null : value })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {texts.tabs[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="settings">
          <Settings />
        </Tabs.Panel>
        <Tabs.Panel value="shadow">
          <Trial />
        </Tabs.Panel>
        <Tabs.Panel value="never">
          <NeverBan />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
