import { AppShell, Burger, Group, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Suspense, useEffect, useRef } from "react";
import { Link, Outlet, ScrollRestoration, useLocation } from "react-router";
import { feed, useFeedState } from "../api/feed.js";
import { loadPages } from "../pages/registry.js";
import { Loading } from "../parts/states.js";
import { common, shell } from "../texts/common.js";
import { AccountMenu } from "./AccountMenu.js";
import { Navigation } from "./Navigation.js";

/** The page that was asked for comes first. */
const LOAD_AHEAD_MS = 2_000;

/** What stands around every page. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  useEffect(() => {
    feed.open();
    return () => feed.close();
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => void loadPages(), LOAD_AHEAD_MS);
    return () => clearTimeout(timer);
  }, []);
  useFocusOnTitle();
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 216, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={{ base: "md", md: "xl" }}
      transitionDuration={0}
    >
      <a className="rf-skip" href="#main">
        {common.skip}
      </a>
      <AppShell.Header className="rf-header">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={shell.openNavigation}
              aria-expanded={opened}
            />
            <Link to="/overview" className="rf-brand">
              <img src="/icon.svg" alt="" width={24} height={24} />
              {common.product}
            </Link>
          </Group>
          <Group gap="md" wrap="nowrap">
            <LiveSign />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={opened ? "rf-navbar" : "rf-navbar rf-navbar-closed"}>
        <Navigation onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <div className="rf-page">
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </div>
      </AppShell.Main>
      <ScrollRestoration />
    </AppShell>
  );
}

function LiveSign() {
  const state = useFeedState();
  const live = state === "live";
  return (
    <Tooltip label={live ? shell.liveText : shell.notLiveText} multiline maw={260}>
      <Group
        gap={6}
        wrap="nowrap"
        tabIndex={0}
        role="status"
        className={live ? "rf-live" : "rf-live rf-live-off"}
      >
        <span className="rf-dot" aria-hidden />
        <Text span fz="xs">
          {live ? shell.live : shell.notLive}
        </Text>
      </Group>
    </Tooltip>
  );
}

/** Who goes to another page by keyboard or screen reader starts at its title, and not at the menu's end. */
function useFocusOnTitle(): void {
  const { pathname } = useLocation();
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current.split("/")[1] === pathname.split("/")[1]) return undefined;
    last.current = pathname;
    let tries = 0;
    const timer = setInterval(() => {
      const title = document.getElementById("page-title");
      if (title !== null) title.focus({ preventScroll: true });
      if (title !== null || ++tries > 40) clearInterval(timer);
    }, 50);
    return () => clearInterval(timer);
  }, [pathname]);
}
