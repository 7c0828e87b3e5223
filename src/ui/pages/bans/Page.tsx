import { Button, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useNavigate, useParams } from "react-router";
import type { StatusJson } from "../../../http/contract.js";
import { useLiveReread } from "../../api/feed.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useFilters } from "../../api/search.js";
import { useMay } from "../../api/session.js";
import { count } from "../../parts/format.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { bans as texts } from "../../texts/bans.js";
import { AddBan } from "./AddBan.js";
import { BanDrawer } from "./BanDrawer.js";
import { BanTable } from "./BanTable.js";
import { Blocks, Locks, Proposals } from "./Others.js";

const TABS = ["bans", "blocks", "locks", "proposals"] as const;

export default function BansPage() {
  const { target } = useParams();
  const navigate = useNavigate();
  const [search, change] = useFilters();
  const [adding, { open, close }] = useDisclosure();
  const may = useMay("operator");
  const tab = TABS.find((each) => each === search.get("tab")) ?? "bans";
  const { data: status } = useGet<StatusJson>(paths.status);
  useLiveReread(
    ["ban", "lift", "block", "unblock", "lock", "unlock"],
    [paths.bans, paths.blocks, paths.locks, paths.proposals, paths.status],
  );
  const counts = {
    bans: status?.bansInForce ?? 0,
    blocks: status?.blocksInForce ?? 0,
    locks: status?.locksInForce ?? 0,
    proposals: status?.proposals ?? 0,
  };
  return (
    <>
      <PageTitle
        title={texts.title}
        sub={texts.sub}
        actions={
          may ? (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
              {texts.add}
            </Button>
          ) : null
        }
      />
      <Tabs
        value={tab}
        onChange={(value) => change({ tab: value === "bans" ? null : value, q: null })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {texts.tabs[each]}
              {counts[each] === 0 ? null : <span className="rf-count">{count(counts[each])}</span>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="bans">
          <BanTable />
        </Tabs.Panel>
        <Tabs.Panel value="blocks">
          <Blocks />
        </Tabs.Panel>
        <Tabs.Panel value="locks">
          <Locks />
        </Tabs.Panel>
        <Tabs.Panel value="proposals">
          <Proposals />
        </Tabs.Panel>
      </Tabs>
      <AddBan opened={adding} onClose={close} />
      {target === undefined ? null : (
        <BanDrawer
          key={target}
          target={target}
          onClose={() =>
            void navigate({ pathname: "/bans", search: search.toString() }, { preventScrollReset: true })
          }
        />
      )}
    </>
  );
}
