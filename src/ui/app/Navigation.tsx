import { NavLink, ScrollArea, Text } from "@mantine/core";
import { useLocation, Link } from "react-router";
import { pages, type PageEntry } from "../pages/registry.js";
import { shell } from "../texts/common.js";

type Entry = PageEntry & { readonly nav: NonNullable<PageEntry["nav"]> };

const entries = pages.filter((page): page is Entry => page.nav !== undefined);
const groups = (Object.keys(shell.groups) as (keyof typeof shell.groups)[])
  .map((group) => ({ group, pages: entries.filter(({ nav }) => nav.group === group) }))
  .filter((each) => each.pages.length > 0);

export function Navigation({ onGo }: { readonly onGo: () => void }) {
  const { pathname } = useLocation();
  return (
    <ScrollArea type="auto" className="rf-nav" viewportProps={{ tabIndex: -1 }}>
      <nav aria-label={shell.navigation}>
        {groups.map(({ group, pages: some }) => (
          <div key={group} className="rf-nav-group">
            {shell.groups[group] === "" ? null : (
              <Text className="rf-nav-title" component="h2">
                {shell.groups[group]}
              </Text>
            )}
            {some.map(({ path, nav: { label, icon: Icon } }) => {
              const [base = ""] = path.split("/");
              const here = pathname === `/${base}` || pathname.startsWith(`/${base}/`);
              return (
                <NavLink
                  key={path}
                  component={Link}
                  to={`/${base}`}
                  label={label}
                  leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
                  active={here}
                  aria-current={here ? "page" : undefined}
                  onClick={onGo}
                />
              );
            })}
          </div>
        ))}
      </nav>
    </ScrollArea>
  );
}
