import { useReducer } from "react";
import type { AllowListJson } from "../../../http/contract.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { ReadOnly } from "../../parts/ReadOnly.js";
import { Loaded } from "../../parts/states.js";
import { useWhose, WhosePicker } from "../../parts/Whose.js";
import { listTexts as texts } from "../../texts/allow-lists.js";
import { Editor } from "./Editor.js";

export default function AllowListsPage() {
  const extension = useWhose();
  // What was typed stays while the list is read anew, until it is saved or given up.
  const [generation, renew] = useReducer((before: number) => before + 1, 0);
  const list = useGet<AllowListJson>(paths.allowList, { extension });
  return (
    <>
      <PageTitle title={texts.title} sub={texts.sub} actions={<WhosePicker label={texts.whose} />} />
      <ReadOnly needs="operator" />
      <Loaded query={list}>
        {(data) => (
          <Editor
            key={`${extension} ${generation}`}
            read={data}
            extension={extension}
            renew={() => renew()}
            reload={async () => {
              await list.refetch();
              renew();
            }}
          />
        )}
      </Loaded>
    </>
  );
}
