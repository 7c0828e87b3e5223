import { Text } from "@mantine/core";
import { dollars } from "./format.js";

/** US dollars. `price`: a price per minute, with all its decimals. In tables, right-align the column. */
export function Money({
  usd,
  kind = "sum",
}: {
  readonly usd: string | null;
  readonly kind?: "sum" | "price";
}) {
  if (usd === null)
    return (
      <Text span c="dimmed">
        —
      </Text>
    );
  return <span className="rf-number">{dollars(usd, kind)}</span>;
}
