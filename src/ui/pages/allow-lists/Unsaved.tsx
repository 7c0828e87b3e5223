import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { AllowListPreviewJson, RegistrationJson } from "../../../http/contract.js";
import { Confirm } from "../../parts/Confirm.js";
import { listTexts as texts } from "../../texts/allow-lists.js";
import { common } from "../../texts/common.js";

const TOLD = 5;

interface UnsavedProps {
  readonly preview: AllowListPreviewJson | undefined;
  readonly on: boolean;
  /** The list would be on and empty. */
  readonly nobody: boolean;
  readonly faulty: boolean;
  readonly saving: boolean;
  readonly onSave: () => Promise<void>;
  readonly onDiscard: () => void;
}

/** Who would lose what by the change, before it is made. */
export function Unsaved({ preview, on, nobody, faulty, saving, onSave, onDiscard }: UnsavedProps) {
  const [asks, setAsks] = useState(false);
  const out = preview?.throwsOut ?? [];
  return (
    <>
      <div className="rf-change-bar" role="region" aria-label={texts.unsaved}>
        <Stack gap={2} className="rf-grow">
          <Text fw={600} fz="sm" role="status">
            {nobody ? texts.nobody : out.length > 0 ? texts.out(out.length) : texts.nobodyOut}
          </Text>
          {out.slice(0, TOLD).map((phone, index) => (
            <Text key={index} fz="xs" className="rf-wrap">
              {phoneWords(phone)}
            </Text>
          ))}
          {out.length > TOLD ? <Text fz="xs">{texts.andMore(out.length - TOLD)}</Text> : null}
          {preview?.you?.listed === false && on ? (
            <Text fz="xs" c="var(--rf-warn)">
              {texts.you(preview.you.address)}
            </Text>
          ) : null}
        </Stack>
        <Group gap="xs">
          <Button variant="default" onClick={onDiscard}>
            {common.discard}
          </Button>
          <Button
            disabled={faulty}
            loading={saving}
            onClick={() => (nobody || out.length > 0 ? setAsks(true) : void onSave())}
          >
            {common.save}
          </Button>
        </Group>
      </div>
      <Confirm
        opened={asks}
        title={nobody ? texts.nobody : texts.out(out.length)}
        verb={nobody ? texts.nobodyGo : texts.outGo}
        grave
        onClose={() => setAsks(false)}
        onConfirm={onSave}
      >
        {nobody ? texts.nobodyText : null}
        {out.map((phone, index) => (
          <div key={index} className="rf-wrap">
            {phoneWords(phone)}
          </div>
        ))}
      </Confirm>
    </>
  );
}

function phoneWords({ extension, userAgent, address }: RegistrationJson): string {
  return [extension, userAgent, address].filter((word) => word !== null).join(" · ");
}
