import { Button, Group, Menu, Text } from "@mantine/core";
import { useState } from "react";
import type { BanJson, BansJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Confirm } from "../../parts/Confirm.js";
import { bans, drawer as texts } from "../../texts/bans.js";
import { networkAround } from "./network.js";

type Deed = "lift" | "never" | "network";

interface DrawerActionsProps {
  readonly target: string;
  /** The bans that shut it out now: its own, and those of networks that it is in. */
  readonly inForce: readonly BanJson[];
  readonly onDone: () => void;
  /** Whether it asks if one is sure: what Escape takes away then is the question alone. */
  readonly onAsk: (asks: boolean) => void;
}

/** Lift, longer, never again, the whole network. */
export function DrawerActions({ target, inForce, onDone, onAsk }: DrawerActionsProps) {
  const ban = inForce[0] ?? null;
  const around = inForce.filter((each) => each.target !== target).map((each) => each.target);
  const [deed, setShown] = useState<Deed | null>(null);
  const setDeed = (next: Deed | null): void => {
    setShown(next);
    onAsk(next !== null);
  };
  const admin = useMay("admin");
  const network = networkAround(target);
  const send = useSend();
  const longer = useSend({ done: () => texts.longerDone });
  const close = (): void => setDeed(null);
  const lengthen = (duration: string): void => {
    const note = ban?.note ?? null;
    const body = {
      target,
      ...(duration === "forever" ? {} : { duration }),
      ...(note === null ? {} : { note }),
      scope: ban?.scope === "voip" ? "voip" : "host",
    };
    longer.mutate({ method: "POST", path: paths.bans, body });
  };
  return (
    <Group gap="xs" mt="sm" role="group" aria-label={texts.actions}>
      {ban === null ? null : (
        <Button size="xs" onClick={() => setDeed("lift")}>
          {bans.lift}
        </Button>
      )}
      <Menu>
        <Menu.Target>
          <Button size="xs" variant="default" loading={longer.isPending}>
            {ban === null ? bans.add : texts.longer}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {Object.entries(texts.longerFor).map(([duration, label]) => (
            <Menu.Item key={duration} onClick={() => lengthen(duration)}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {admin ? (
        <Button size="xs" variant="default" onClick={() => setDeed("never")}>
          {texts.never}
        </Button>
      ) : null}
      {network === null ? null : (
        <Button size="xs" variant="default" onClick={() => setDeed("network")}>
          {texts.network}
        </Button>
      )}
      <Confirm
        opened={deed === "lift"}
        title={bans.liftTitle(target)}
        verb={bans.lift}
        onClose={close}
        onConfirm={async () => {
          // One of them lifted alone would change nothing.
          for (const each of inForce)
            await send.mutateAsync({ method: "DELETE", path: paths.ban(each.target) });
          onDone();
        }}
      >
        {bans.liftText}
        {around.length === 0 ? null : ` ${texts.liftAround(around)}`}
      </Confirm>
      <Confirm
        opened={deed === "never"}
        title={texts.neverTitle(target)}
        verb={texts.never}
        grave
        onClose={close}
        onConfirm={async () => {
          await send.mutateAsync({ method: "POST", path: paths.neverBanThis(target), body: {} });
          onDone();
        }}
      >
        {texts.neverText}
      </Confirm>
      {network === null ? null : (
        <Confirm
          opened={deed === "network"}
          title={texts.networkTitle(network.network)}
          verb={texts.network}
          grave
          onClose={close}
          onConfirm={() =>
            send.mutateAsync({
              method: "POST",
              path: paths.bans,
              body: { target: network.network, duration: "7d" },
            })
          }
        >
          <Text fz="sm">{texts.networkText(texts.addresses[network.family])}</Text>
          <Neighbours target={target} begins={network.begins} />
        </Confirm>
      )}
    </Group>
  );
}

/** Who else of the network is shut out. */
function Neighbours({ target, begins }: { readonly target: string; readonly begins: string }) {
  const { data } = useGet<BansJson>(paths.bans, { search: begins, limit: 50 });
  const others = (data?.bans ?? []).filter(
    (each) => each.target.startsWith(begins) && each.target !== target,
  );
  return (
    <Text fz="sm" mt="xs" className="rf-wrap">
      {others.length === 0
        ? texts.networkNobody
        : `${texts.networkOthers}: ${others.map((each) => each.target).join(", ")}`}
    </Text>
  );
}
