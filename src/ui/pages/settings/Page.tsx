import { Button, Tabs, Text } from "@mantine/core";
import { useNavigate, useParams } from "react-router";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { ReadOnly } from "../../parts/ReadOnly.js";
import { settings as texts } from "../../texts/settings.js";
import { Account } from "./Account.js";
import { DialPlan } from "./DialPlan.js";
import { Notifications } from "./Notifications.js";
import { RefusedCalls } from "./RefusedCalls.js";
import { Tokens } from "./Tokens.js";
import { Users } from "./Users.js";

const TABS = ["account", "users", "tokens", "dial-plan", "refused-calls", "notifications", "backup"] as const;

export default function SettingsPage() {
  const { tab: wanted } = useParams();
  const navigate = useNavigate();
  const admin = useMay("admin");
  const tab = TABS.find((each) => each === wanted) ?? "account";
  return (
    <>
      <PageTitle title={texts.title} />
      <Tabs value={tab} onChange={(value) => void navigate(`/settings/${value ?? ""}`)} keepMounted={false}>
        <Tabs.List mb="md">
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {texts.tabs[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tab === "account" ? null : <ReadOnly needs="admin" />}
        <Tabs.Panel value="account">
          <Account />
        </Tabs.Panel>
        <Tabs.Panel value="users">{admin ? <Users /> : null}</Tabs.Panel>
        <Tabs.Panel value="tokens">{admin ? <Tokens /> : null}</Tabs.Panel>
        <Tabs.Panel value="dial-plan">
          <DialPlan />
        </Tabs.Panel>
        <Tabs.Panel value="refused-calls">
          <RefusedCalls />
        </Tabs.Panel>
        <Tabs.Panel value="notifications">{admin ? <Notifications /> : null}</Tabs.Panel>
        <Tabs.Panel value="backup">
          {admin ? (
            <Card title={texts.backup}>
              <Text fz="sm" mb="sm" maw="40rem">
                {texts.backupText}
              </Text>
              <Button component="a" href={paths.backup} download variant="default">
                {texts.download}
              </Button>
            </Card>
          ) : null}
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
