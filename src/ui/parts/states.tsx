import { Alert, Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useBackAgain } from "../api/feed.js";
import { common } from "../texts/common.js";

/** There is nothing here, and that is fine: say why, and what one may do. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <Center py={48} px="md" className="rf-empty">
      <Stack align="center" gap={6} maw="30rem">
        <Title order={2} fz="md">
          {title}
        </Title>
        {children === undefined ? null : (
          <Text c="dimmed" fz="sm" ta="center" component="div">
            {children}
          </Text>
        )}
        {action === undefined ? null : <div className="rf-empty-action">{action}</div>}
      </Stack>
    </Center>
  );
}

/** It could not be loaded: what the server said, and a way to try again, which is taken by itself once the daemon is back. */
export function Failed({ problem, again }: { readonly problem: Error; readonly again?: () => unknown }) {
  useBackAgain(() => again?.());
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={common.failedTitle} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text fz="sm">{problem.message}</Text>
        {again === undefined ? null : (
          <Button size="xs" variant="default" onClick={() => void again()}>
            {common.tryAgain}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

export function Loading() {
  return (
    <Center py={64} role="status" aria-label={common.loading}>
      <Loader size="sm" />
    </Center>
  );
}

/** Shows what was read; until then that it loads, or why it can't be. */
export function Loaded<T>({
  query,
  children,
}: {
  readonly query: {
    readonly data: T | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) return <Failed problem={query.error} again={query.refetch} />;
  return <Loading />;
}
