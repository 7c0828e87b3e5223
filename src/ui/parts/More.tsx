import { Button, Center } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useEffect, useEffectEvent } from "react";
import { common } from "../texts/common.js";

interface MoreProps {
  readonly has: boolean;
  readonly busy: boolean;
  readonly onMore: () => void;
}

/** The end of a list that goes on: the next page is loaded as one gets there, or by the button. */
export function More({ has, busy, onMore }: MoreProps) {
  const { ref, entry } = useIntersection({ rootMargin: "400px" });
  const reached = entry?.isIntersecting === true;
  const load = useEffectEvent(() => {
    if (has && !busy) onMore();
  });
  useEffect(() => {
    if (reached) load();
  }, [reached]);
  if (!has) return null;
  return (
    <Center ref={ref} py="md">
      <Button variant="default" size="xs" loading={busy} onClick={onMore}>
        {common.more}
      </Button>
    </Center>
  );
}
