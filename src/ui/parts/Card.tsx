import { Box, Group, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";

interface CardProps {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Without inner margin: for tables that reach the edges. */
  readonly flush?: boolean;
}

/** One subject of a page on a ground of its own. */
export function Card({ title, actions, children, flush = false }: CardProps) {
  const id = useId();
  return (
    <Box component="section" className="rf-card" aria-labelledby={title === undefined ? undefined : id}>
      {title === undefined ? null : (
        <Group justify="space-between" gap="sm" className="rf-card-head">
          <Title order={2} id={id}>
            {title}
          </Title>
          {actions}
        </Group>
      )}
      <div className={flush ? "rf-card-flush" : "rf-card-body"}>{children}</div>
    </Box>
  );
}
