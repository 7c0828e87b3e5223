import { Button, Group, Text } from "@mantine/core";
import type { AllowListJson, RefusedByListJson, RefusedByListsJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { Address } from "../../parts/Address.js";
import { Card } from "../../parts/Card.js";
import { Mark } from "../../parts/Mark.js";
import { Time } from "../../parts/Time.js";
import { listTexts as texts } from "../../texts/allow-lists.js";

const TONE = { "its-phone": "good", "another-device": "warn", untold: "quiet" } as const;

/** Who was refused by a list lately, and what it looks like; each may be let in by one click. */
export function Refused({
  extension,
  mayEdit,
  onAdded,
}: {
  readonly extension: string;
  readonly mayEdit: boolean;
  readonly onAdded: () => void;
}) {
  const refused = useGet<RefusedByListsJson>(paths.refusedByAllowList, { extension }, { everyMs: 15_000 });
  const all = refused.data?.refused ?? [];
  return (
    <Card title={texts.refusedTitle}>
      {all.length === 0 ? <Text fz="sm">{texts.refusedNone}</Text> : null}
      <ul className="rf-plain">
        {all.map((each) => (
          <li key={`${each.extension} ${each.address}`}>
            <One refused={each} extension={extension} mayEdit={mayEdit} onAdded={onAdded} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function One({
  refused: { extension: account, address, count, at, userAgent, like },
  extension,
  mayEdit,
  onAdded,
}: {
  readonly refused: RefusedByListJson;
  readonly extension: string;
  readonly mayEdit: boolean;
  readonly onAdded: () => void;
}) {
  const add = useSend<AllowListJson>({ done: () => texts.saved });
  return (
    <Group gap="sm" justify="space-between" className="rf-refused">
      <div className="rf-grow">
        <Group gap="sm">
          <Text fz="sm" fw={600} className="rf-wrap">
            {account}
          </Text>
          <Address value={address} />
          <Mark tone={TONE[like]} title={texts.likeText[like]}>
            {texts.like[like]}
          </Mark>
        </Group>
        <Text fz="xs" c="dimmed" className="rf-wrap">
          {userAgent === null ? texts.noAgent : texts.agent(userAgent)} · {texts.tries(count)},{" "}
          <Time at={at} />
        </Text>
      </div>
      {mayEdit ? (
        <Button
          size="xs"
          variant="default"
          aria-label={texts.addThisOf(address)}
          loading={add.isPending}
          onClick={() =>
            add.mutate(
              {
                method: "POST",
                path: paths.allowListEntries,
                body: { ...(extension === "" ? {} : { extension }), entry: address },
              },
              { onSuccess: onAdded },
            )
          }
        >
          {texts.addThis}
        </Button>
      ) : null}
    </Group>
  );
}
