import { NativeSelect, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AreaTreeJson, DialPlanJson, DialPlanPreviewJson } from "../../../http/contract.js";
import { request, type Problem } from "../../api/client.js";
import { useBase, useGuardedSave } from "../../api/guarded-save.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { below } from "../../parts/below.js";
import { Card } from "../../parts/Card.js";
import { Reading } from "../../parts/Reading.js";
import { SaveBar } from "../../parts/SaveBar.js";
import { Stale } from "../../parts/Stale.js";
import { Failed, Loaded } from "../../parts/states.js";
import { common } from "../../texts/common.js";
import { dialPlan as texts } from "../../texts/dial-plan.js";
import { type DialPlanForm, formOf, inCountry, planOf } from "./dial-plan-form.js";

const TYPING_MS = 200;
const TRUNK_CHOICES = ["own", "none", "other"] as const;

/** How digits are read, with a look at what a change would make of them. */
export function DialPlan() {
  const query = useGet<DialPlanJson>(paths.dialPlan);
  return <Loaded query={query}>{(plan) => <Editor plan={plan} reload={query.refetch} />}</Loaded>;
}

interface EditorProps {
  readonly plan: DialPlanJson;
  readonly reload: () => Promise<unknown>;
}

function Editor({ plan, reload }: EditorProps) {
  const may = useMay("admin");
  const stored = formOf(plan);
  /** Null: nothing is edited. */
  const [edited, setEdited] = useState<DialPlanForm | null>(null);
  const form = edited ?? stored;
  const change = (part: Partial<DialPlanForm>): void => setEdited({ ...form, ...part });
  const wish = planOf(form);
  const changed = JSON.stringify(wish) !== JSON.stringify(planOf(stored));
  const { save, saving, stale, forgetStale } = useGuardedSave({
    path: paths.dialPlan,
    basedOn: useBase(plan, changed),
    saved: texts.saved,
    onSaved: () => setEdited(null),
  });
  const field = (name: "areaCode" | "outsidePrefix" | "international" | "trunkPrefix", maxLength = 8) => ({
    value: form[name],
    disabled: !may,
    maxLength,
    inputMode: "tel" as const,
    inputWrapperOrder: below,
    autoComplete: "off",
    onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      change({ [name]: currentTarget.value }),
  });
  return (
    <Stack>
      <Card title={texts.title}>
        <Text fz="sm" c="dimmed" mb="md">
          {texts.text}
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          <Country
            value={form.country}
            disabled={!may}
            onChange={(country) => setEdited(inCountry(form, country, stored))}
          />
          <TextInput label={texts.areaCode} description={texts.areaCodeText} {...field("areaCode")} />
          <TextInput
            label={texts.outsidePrefix}
            description={texts.outsidePrefixText}
            {...field("outsidePrefix")}
          />
          <TextInput
            label={texts.international}
            description={texts.internationalText}
            {...field("international", 80)}
          />
          <div>
            <NativeSelect
              label={texts.trunk}
              description={texts.trunkText}
              inputWrapperOrder={below}
              disabled={!may}
              value={form.trunk}
              onChange={({ currentTarget }) =>
                change({ trunk: TRUNK_CHOICES.find((each) => each === currentTarget.value) ?? "own" })
              }
              data={TRUNK_CHOICES.map((value) => ({ value, label: texts.trunkChoices[value] }))}
            />
            {form.trunk === "other" ? (
              <TextInput mt="xs" label={texts.trunkOther} {...field("trunkPrefix")} />
            ) : null}
          </div>
          <NumberInput
            label={texts.shortest}
            description={texts.shortestText}
            inputWrapperOrder={below}
            disabled={!may}
            value={form.shortest}
            onChange={(value) => change({ shortest: String(value) })}
            min={1}
            max={15}
            allowDecimal={false}
            allowNegative={false}
          />
        </SimpleGrid>
      </Card>
      <TryIt plan={wish} />
      {changed ? (
        <SaveBar
          text={texts.unsaved}
          busy={saving}
          discard={common.discard}
          onSave={() => void save(wish)}
          onDiscard={() => setEdited(null)}
        />
      ) : null}
      <Stale
        opened={stale}
        onClose={forgetStale}
        onReload={async () => {
          setEdited(null);
          forgetStale();
          await reload();
        }}
        onKeep={() => save(wish, { overTheirs: true })}
      />
    </Stack>
  );
}

interface CountryProps {
  readonly value: string;
  readonly disabled: boolean;
  readonly onChange: (country: string) => void;
}

function Country({ value, disabled, onChange }: CountryProps) {
  const { data } = useGet<AreaTreeJson>(paths.areaTree, undefined, { staleMs: 600_000 });
  const named = (data?.continents ?? [])
    .flatMap(({ countries }) => countries)
    .map(({ code, name }) => ({ value: code, label: `${name} (${code})` }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return (
    <Select
      label={texts.country}
      description={texts.countryText}
      inputWrapperOrder={below}
      searchable
      allowDeselect={false}
      disabled={disabled}
      value={value}
      onChange={(country) => onChange(country ?? value)}
      data={named.some((each) => each.value === value) ? named : [{ value, label: value }, ...named]}
    />
  );
}

/** Asks while one types; a setting that can't be is told here as well, before one saves. */
function TryIt({ plan }: { readonly plan: DialPlanJson }) {
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(
    JSON.stringify({ ...plan, digits: typed.replaceAll(/[\s().\-/]/g, "") }),
    TYPING_MS,
  );
  const preview = useQuery<DialPlanPreviewJson, Problem>({
    queryKey: [paths.dialPlanPreview, asked],
    queryFn: ({ signal }) => request("POST", paths.dialPlanPreview, { body: JSON.parse(asked), signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <Card title={texts.tryTitle}>
      <Text fz="sm" c="dimmed" mb="sm">
        {texts.tryText}
      </Text>
      <TextInput
        label={texts.digits}
        maw="22rem"
        mb="sm"
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        placeholder="9 011 44 20 7946 0000"
        maxLength={200}
        inputMode="tel"
        autoComplete="off"
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      />
      <div aria-live="polite">
        {preview.error !== null ? (
          <Failed problem={preview.error} />
        ) : preview.data === undefined || typed.trim() === "" ? null : (
          <Stack gap={4}>
            {preview.data.is === "emergency" ? <Text fz="sm">{texts.emergency}</Text> : null}
            <Reading reading={preview.data} />
            {preview.data.areaName === null ? null : (
              <Text fz="sm" c="dimmed">
                {preview.data.areaName}
              </Text>
            )}
          </Stack>
        )}
      </div>
    </Card>
  );
}
