import { Alert, Button, Code, Container, Stack, Text } from "@mantine/core";
import { isRouteErrorResponse, useLocation, useRouteError, Link } from "react-router";
import { useBackAgain } from "../api/feed.js";
import { PageUnreachable } from "../pages/registry.js";
import { PageTitle } from "../parts/PageTitle.js";
import { Empty } from "../parts/states.js";
import { common } from "../texts/common.js";

/** A page that threw: says so, and keeps the menu alive. */
export function Broken() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  if (error instanceof PageUnreachable) return <Unreachable />;
  return (
    <Container size="sm" py="xl">
      <Alert color="red" title={common.crashedTitle} role="alert">
        <Stack gap="sm" align="flex-start">
          <Text fz="sm">{common.crashedText}</Text>
          <Code block className="rf-wrap">
            {error instanceof Error ? `${error.name}: ${error.message}` : String(error)}
          </Code>
          <Button size="xs" variant="default" onClick={() => location.reload()}>
            {common.reload}
          </Button>
        </Stack>
      </Alert>
    </Container>
  );
}

/** The daemon is down; the page comes by itself as soon as it is back. */
function Unreachable() {
  useBackAgain(() => location.reload());
  return (
    <Container size="sm" py="xl">
      <Alert color="orange" title={common.unreachableTitle} role="alert">
        <Stack gap="sm" align="flex-start">
          <Text fz="sm">{common.unreachableText}</Text>
          <Button size="xs" variant="default" onClick={() => location.reload()}>
            {common.reload}
          </Button>
        </Stack>
      </Alert>
    </Container>
  );
}

export function NotFound() {
  const { pathname } = useLocation();
  return (
    <>
      <PageTitle title={common.notFoundTitle} />
      <Empty
        title={common.notFoundText(pathname)}
        action={
          <Button component={Link} to="/overview" variant="default">
            {common.toOverview}
          </Button>
        }
      />
    </>
  );
}
