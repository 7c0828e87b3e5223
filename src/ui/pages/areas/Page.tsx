import { useSearchParams } from "react-router";
import type { AreaTreeJson } from "../../../http/contract.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { ReadOnly } from "../../parts/ReadOnly.js";
import { Loaded } from "../../parts/states.js";
import { useWhose, WhosePicker } from "../../parts/Whose.js";
import { areasTexts as texts } from "../../texts/areas.js";
import { Editor } from "./Editor.js";

export default function AreasPage() {
  const [address] = useSearchParams();
  const extension = useWhose();
  const tree = useGet<AreaTreeJson>(paths.areaTree, { extension }, { keep: true });
  return (
    <>
      <PageTitle title={texts.title} sub={texts.sub} actions={<WhosePicker label={texts.whose} />} />
      <ReadOnly needs="admin" />
      <Loaded query={tree}>
        {(data) => (
          <Editor
            key={`${extension} ${data.extension}`}
            tree={data}
            find={address.get("find") ?? ""}
            reload={async () => {
              await tree.refetch();
            }}
          />
        )}
      </Loaded>
    </>
  );
}
