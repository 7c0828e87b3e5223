import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { AreasJson } from "../../../http/contract.js";
import { Card } from "../../parts/Card.js";
import { Mark } from "../../parts/Mark.js";
import { areasTexts as texts } from "../../texts/areas.js";
import { common } from "../../texts/common.js";
import { linesOf, prefixOf, type PrefixWishes, wishPrefix } from "./changes-prefixes.js";

/** Rules for the beginnings of numbers, which go ahead of areas. */
export function Prefixes({
  stored,
  wishes,
  onWish,
  mayEdit,
}: {
  readonly stored: AreasJson["prefixes"];
  readonly wishes: PrefixWishes;
  readonly onWish: (wishes: PrefixWishes) => void;
  readonly mayEdit: boolean;
}) {
  const [text, setText] = useState("");
  const [action, setAction] = useState<"allow" | "deny">("deny");
  const [fault, setFault] = useState<string | null>(null);
  const lines = linesOf(stored, wishes);
  const add = (): void => {
    const prefix = prefixOf(text);
    if (prefix === null) {
      setFault(texts.noPrefix);
      return;
    }
    onWish(wishPrefix(stored, wishes, prefix, action));
    setText("");
    setFault(null);
  };
  return (
    <Card title={texts.prefixes}>
      <Stack gap="sm">
        <Text fz="sm" c="dimmed">
          {texts.prefixesText}
        </Text>
        {lines.length === 0 ? <Text fz="sm">{texts.prefixesNone}</Text> : null}
        {lines.map(({ prefix, action: does, wish }) => (
          <Group key={prefix} gap="sm" justify="space-between" wrap="nowrap">
            <Group gap="sm">
              <Text ff="monospace" fz="sm" td={wish === "gone" ? "line-through" : undefined}>
                {prefix}
              </Text>
              <Mark tone={does === "allow" ? "good" : "warn"}>
                {does === "allow" ? texts.words.open : texts.words.closed}
              </Mark>
              {wish === null ? null : <Mark tone="quiet">{texts.prefixWish[wish]}</Mark>}
            </Group>
            {mayEdit ? (
              <Button
                size="compact-sm"
                variant="subtle"
                aria-label={wish === null ? texts.dropPrefix(prefix) : texts.keepPrefix(prefix)}
                onClick={() => {
                  const held = stored.find((each) => each.prefix === prefix)?.action ?? "forget";
                  onWish(wishPrefix(stored, wishes, prefix, wish === null ? "forget" : held));
                }}
              >
                {wish === null ? common.remove : common.undo}
              </Button>
            ) : null}
          </Group>
        ))}
        {mayEdit ? (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              add();
            }}
          >
            <Group gap="xs" align="flex-start">
              <TextInput
                label={texts.prefix}
                placeholder="+4470"
                value={text}
                maxLength={24}
                inputMode="tel"
                autoComplete="off"
                error={fault}
                onChange={({ currentTarget }) => setText(currentTarget.value)}
              />
              <NativeSelect
                label={texts.prefixAction}
                value={action}
                onChange={({ currentTarget }) =>
                  setAction(currentTarget.value === "allow" ? "allow" : "deny")
                }
                data={[
                  { value: "deny", label: texts.prefixDeny },
                  { value: "allow", label: texts.prefixAllow },
                ]}
              />
              <Button
                className="rf-beside-field"
                type="submit"
                variant="default"
                disabled={text.trim() === ""}
              >
                {common.add}
              </Button>
            </Group>
          </form>
        ) : null}
      </Stack>
    </Card>
  );
}
