import { Stack } from "@mantine/core";
import type { DecksJson } from "../../../http/contract.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { ReadOnly } from "../../parts/ReadOnly.js";
import { Loaded } from "../../parts/states.js";
import { ratesTexts as texts } from "../../texts/rates.js";
import { Cap } from "./Cap.js";
import { Decks } from "./Decks.js";
import { Import } from "./Import.js";
import { Limits } from "./Limits.js";
import { Rules } from "./Rules.js";
import { Search } from "./Search.js";

export default function RatesPage() {
  const decks = useGet<DecksJson>(paths.decks);
  return (
    <>
      <PageTitle title={texts.title} sub={texts.sub} />
      <ReadOnly needs="admin" />
      <Loaded query={decks}>
        {({ decks: all }) => (
          <Stack>
            <Decks decks={all} />
            <Import decks={all.map(({ name }) => name)} />
            <Cap deck={all.find(({ name }) => name === "default")?.name ?? all[0]?.name ?? null} />
            {all.length === 0 ? null : <Search decks={all.map(({ name }) => name)} />}
            <Limits />
            <Rules />
          </Stack>
        )}
      </Loaded>
    </>
  );
}
