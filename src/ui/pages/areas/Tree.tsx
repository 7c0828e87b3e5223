import { Accordion, Button, Checkbox, Group, Text } from "@mantine/core";
import { useState } from "react";
import type { AreaNodeJson } from "../../../http/contract.js";
import { dollars } from "../../parts/format.js";
import { Mark } from "../../parts/Mark.js";
import { Empty } from "../../parts/states.js";
import { areasTexts as texts } from "../../texts/areas.js";
import { spaced } from "../../texts/words.js";
import { openness, openTypes, wholly, type Wishes, wish } from "./changes.js";

interface TreeProps {
  readonly groups: readonly {
    readonly slug: string;
    readonly name: string;
    readonly countries: readonly AreaNodeJson[];
  }[];
  readonly wishes: Wishes;
  readonly onWish: (wishes: Wishes) => void;
  readonly find: string;
  readonly mayEdit: boolean;
}

/** Continents, countries and types of numbers, each with what it may cost. */
export function Tree({ groups, wishes, onWish, find, mayEdit }: TreeProps) {
  const [unfolded, setUnfolded] = useState<string[]>([]);
  const wanted = groups
    .map((group) => ({ ...group, shown: group.countries.filter((node) => fits(node, find)) }))
    .filter(({ shown }) => shown.length > 0);
  if (wanted.length === 0) return <Empty title={texts.nothing} />;
  const open = find.trim() === "" ? unfolded : wanted.map(({ slug }) => slug);
  return (
    <Accordion
      multiple
      value={open}
      onChange={setUnfolded}
      variant="separated"
      chevronPosition="left"
      order={3}
    >
      {wanted.map(({ slug, name, countries, shown }) => (
        <Accordion.Item key={slug} value={slug}>
          <Accordion.Control>
            <Group justify="space-between" wrap="nowrap">
              <Text fw={600} fz="sm">
                {name}
              </Text>
              <Text fz="xs" c="dimmed">
                {texts.openOf(
                  countries.filter((node) => openness(node, wishes) !== "closed").length,
                  countries.length,
                )}
              </Text>
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            {open.includes(slug) ? (
              <>
                {mayEdit && find.trim() === "" ? (
                  <Group gap="xs" mb={6}>
                    {[true, false].map((whole) => (
                      <Button
                        key={String(whole)}
                        size="compact-xs"
                        variant="default"
                        onClick={() =>
                          onWish(
                            countries.reduce((all, node) => wish(all, node, wholly(node, whole)), wishes),
                          )
                        }
                      >
                        {whole ? texts.openAll : texts.closeAll}
                      </Button>
                    ))}
                  </Group>
                ) : null}
                {shown.map((node) => (
                  <AreaRow key={node.code} node={node} wishes={wishes} onWish={onWish} mayEdit={mayEdit} />
                ))}
              </>
            ) : null}
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function AreaRow({
  node,
  wishes,
  onWish,
  mayEdit,
}: Pick<TreeProps, "wishes" | "onWish" | "mayEdit"> & { readonly node: AreaNodeJson }) {
  const [unfolded, setUnfolded] = useState(false);
  const state = openness(node, wishes);
  const types = openTypes(node, wishes);
  return (
    <div className="rf-area-row" data-area={node.code}>
      <Checkbox
        checked={state === "open"}
        indeterminate={state === "partly"}
        disabled={!mayEdit}
        label={node.name}
        onChange={() => onWish(wish(wishes, node, wholly(node, state !== "open")))}
      />
      <Mark tone={state === "open" ? "good" : state === "partly" ? "warn" : "quiet"}>
        {texts.words[state]}
      </Mark>
      {node.risks.length === 0 ? null : (
        <Mark tone="warn" title={node.risks[0]?.why ?? ""}>
          {texts.risk}
        </Mark>
      )}
      <span className="rf-area-price rf-number">
        {node.price === null ? null : (
          <>
            <span>{texts.typical(dollars(node.price.typical, "price"))}</span>
            <span>{texts.dearest(dollars(node.price.dearest, "price"))}</span>
          </>
        )}
      </span>
      {node.types.length < 2 && node.prefixes.length === 0 ? null : (
        <Button
          size="compact-xs"
          variant="subtle"
          aria-expanded={unfolded}
          aria-label={texts.types(node.name)}
          onClick={() => setUnfolded(!unfolded)}
        >
          {unfolded ? "−" : "+"}
        </Button>
      )}
      {unfolded ? (
        <div className="rf-types" role="group" aria-label={texts.types(node.name)}>
          {node.types.map(({ type, price }) => (
            <Group key={type} gap="sm">
              <Checkbox
                size="xs"
                checked={types.has(type)}
                disabled={!mayEdit}
                label={spaced(type)}
                onChange={() => {
                  const next = new Set(types);
                  if (!next.delete(type)) next.add(type);
                  onWish(wish(wishes, node, next));
                }}
              />
              {price === null ? null : (
                <Text span fz="xs" c="dimmed" className="rf-number">
                  {texts.typical(dollars(price.typical, "price"))},{" "}
                  {texts.dearest(dollars(price.dearest, "price"))}
                </Text>
              )}
            </Group>
          ))}
          {node.prefixes.map(({ prefix, action }) => (
            <Text key={prefix} fz="xs">
              {prefix}{" "}
              <Mark tone={action === "allow" ? "good" : "warn"}>
                {action === "allow" ? "open" : "closed"}
              </Mark>
            </Text>
          ))}
        </div>
      ) : null}
    </div>
  );
}

function fits({ code, name, codes }: AreaNodeJson, find: string): boolean {
  const text = find.trim().toLowerCase();
  if (text === "") return true;
  const digits = text.replaceAll(/[\s()-]/g, "");
  if (/^\+?\d+$/.test(digits)) {
    const prefix = digits.startsWith("+") ? digits : `+${digits}`;
    return codes.some((each) => each.startsWith(prefix) || prefix.startsWith(each));
  }
  return name.toLowerCase().includes(text) || code.toLowerCase() === text;
}
