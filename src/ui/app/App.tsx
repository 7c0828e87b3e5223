import { Container, localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { createBrowserRouter, Navigate, RouterProvider } from "react-router";
import { onSignedOut } from "../api/client.js";
import { feed } from "../api/feed.js";
import { queries } from "../api/hooks.js";
import { forgetWhatWasRead, lost, SESSION_PATH, SessionContext, useSessionQuery } from "../api/session.js";
import { loadPage, pages } from "../pages/registry.js";
import { Failed, Loading } from "../parts/states.js";
import { theme, variables } from "../theme.js";
import { Broken, NotFound } from "./Broken.js";
import { styleNonce } from "./nonce.js";
import { Shell } from "./Shell.js";
import { SignIn } from "./SignIn.js";

const colorScheme = localStorageColorSchemeManager({ key: "ringfence-color-scheme" });

const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <Broken />,
    children: [
      {
        errorElement: <Broken />,
        children: [
          { index: true, element: <Navigate to="/overview" replace /> },
          ...pages.map((page) => ({
            path: page.path,
            lazy: async () => ({ Component: await loadPage(page) }),
          })),
          { path: "*", element: <NotFound /> },
        ],
      },
    ],
    hydrateFallbackElement: <Loading />,
  },
]);

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={colorScheme}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" />
        <Gate />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The pages for who is signed in, and the sign-in page for everybody else. */
function Gate() {
  const client = useQueryClient();
  const { data: session, error, refetch } = useSessionQuery();
  useEffect(() => {
    onSignedOut(() => client.setQueryData([SESSION_PATH], lost()));
    // The feed ends with its session, and tells so first where nothing else is asked for.
    feed.onRefused(() => void refetch());
  }, [client, refetch]);
  useEffect(() => {
    if (session === null) forgetWhatWasRead(client);
  }, [client, session]);
  if (session === null) return <SignIn />;
  if (session !== undefined) {
    return (
      <SessionContext value={session}>
        <RouterProvider router={router} />
      </SessionContext>
    );
  }
  if (error === null) return <Loading />;
  return (
    <Container size="xs" py={80} component="main">
      <Failed problem={error} again={refetch} />
    </Container>
  );
}
