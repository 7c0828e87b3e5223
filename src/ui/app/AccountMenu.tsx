import { Avatar, Menu, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { tellProblem } from "../api/hooks.js";
import { useSession, useSignOut } from "../api/session.js";
import { shell } from "../texts/common.js";

const SCHEMES = [
  { scheme: "light", icon: IconSun },
  { scheme: "dark", icon: IconMoon },
  { scheme: "auto", icon: IconDeviceDesktop },
] as const;

export function AccountMenu() {
  const { user, role, via } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end" width={220} trapFocus returnFocus>
      <Menu.Target>
        <UnstyledButton aria-label={shell.account(user, role)} className="rf-account">
          <Avatar size={30} radius="xl" color="fence" variant="filled">
            {user.slice(0, 1).toUpperCase()}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Text px="sm" pt={6} fz="sm" fw={600} truncate>
          {user}
        </Text>
        <Text px="sm" pb={6} fz="xs" c="dimmed">
          {role}
        </Text>
        <Menu.Divider />
        <Menu.Label>{shell.appearance}</Menu.Label>
        {SCHEMES.map(({ scheme, icon: Icon }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={16} aria-hidden />}
            rightSection={colorScheme === scheme ? <IconCheck size={14} aria-hidden /> : null}
            aria-current={colorScheme === scheme ? "true" : undefined}
            onClick={() => setColorScheme(scheme)}
          >
            {shell.colors[scheme]}
          </Menu.Item>
        ))}
        {via === "session" ? (
          <>
            <Menu.Divider />
            <Menu.Item
              leftSection={<IconLogout size={16} aria-hidden />}
              onClick={() => void signOut().catch(tellProblem)}
            >
              {shell.signOut}
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
