import { Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import { common } from "../texts/common.js";

interface PageTitleProps {
  readonly title: string;
  /** What this page answers, in a sentence. */
  readonly sub?: ReactNode;
  readonly actions?: ReactNode;
}

/** The head of a page; it takes the focus when one comes to the page (see Shell). */
export function PageTitle({ title, sub, actions }: PageTitleProps) {
  useEffect(() => {
    document.title = `${title} · ${common.product}`;
  }, [title]);
  return (
    <Group justify="space-between" align="flex-end" mb="lg" gap="md" className="rf-page-title">
      <Stack gap={2} className="rf-grow">
        <Title order={1} tabIndex={-1} id="page-title">
          {title}
        </Title>
        {sub === undefined ? null : (
          <Text c="dimmed" fz="sm" maw="48rem">
            {sub}
          </Text>
        )}
      </Stack>
      {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
