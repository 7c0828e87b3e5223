import { Box } from "@mantine/core";
import type { ReactNode } from "react";

export type Tone = "good" | "warn" | "bad" | "quiet";

/** A state, as a word on a soft ground: never as colour alone. Red is for what needs a person. */
export function Mark({
  tone,
  children,
  title,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly title?: string;
}) {
  return (
    <Box component="span" className={`rf-mark rf-mark-${tone}`} title={title}>
      {children}
    </Box>
  );
}
