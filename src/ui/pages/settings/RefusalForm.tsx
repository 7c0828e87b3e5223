import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { RefusalJson, RefusalsJson } from "../../../http/contract.js";
import { below } from "../../parts/below.js";
import { SaveOrCancel } from "../../parts/SaveOrCancel.js";
import { refusalsTexts as texts } from "../../texts/refusals.js";

export interface Wish {
  readonly cause: number;
  readonly announcement: string | null;
}

interface RefusalFormProps {
  readonly refusal: RefusalJson;
  readonly seen: RefusalsJson;
  readonly busy: boolean;
  /** @param basedOn what was shown when the form opened: somebody else's change since must not pass for one that was looked at */
  readonly onSave: (wish: Wish, basedOn: RefusalsJson) => void;
  readonly onCancel: () => void;
}

const OTHER = "other";
const STANDARD = "standard";

/** Cause and announcement of one reason. */
export function RefusalForm({ refusal, seen, busy, onSave, onCancel }: RefusalFormProps) {
  const known = texts.causes[refusal.cause] !== undefined;
  const [choice, setChoice] = useState(known ? String(refusal.cause) : OTHER);
  const [number, setNumber] = useState(known ? "" : String(refusal.cause));
  const [says, setSays] = useState<"none" | "standard" | "own">(saysOf(refusal.announcement));
  const [base, setBase] = useState<RefusalsJson | null>(seen);
  const [sounds, setSounds] = useState(says === "own" ? (refusal.announcement ?? "") : "");
  const causes = Object.entries(texts.causes).map(([value, answer]) => ({
    value,
    label: `${answer} (${texts.cause(Number(value)).toLowerCase()})`,
  }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave(
          {
            cause: Number(choice === OTHER ? number : choice),
            announcement: says === "none" ? null : says === "standard" ? STANDARD : sounds.trim(),
          },
          base ?? seen,
        );
        // Whoever has to save once more has been told why, and sees what is stored now.
        setBase(null);
      }}
    >
      <Group gap="sm" align="flex-start">
        <NativeSelect
          label={texts.causeLabel}
          value={choice}
          autoFocus
          onChange={({ currentTarget }) => setChoice(currentTarget.value)}
          data={[...causes, { value: OTHER, label: texts.otherCause }]}
        />
        {choice === OTHER ? (
          <TextInput
            label={texts.causeNumber}
            value={number}
            required
            inputMode="numeric"
            pattern="[0-9]{1,3}"
            maxLength={3}
            onChange={({ currentTarget }) => setNumber(currentTarget.value)}
          />
        ) : null}
        <NativeSelect
          label={texts.announcement}
          value={says}
          onChange={({ currentTarget }) => setSays(saysNow(currentTarget.value))}
          data={[
            { value: "none", label: texts.announcements.none },
            { value: "standard", label: texts.announcements.standard(refusal.standard) },
            { value: "own", label: texts.announcements.own },
          ]}
        />
        {says === "own" ? (
          <TextInput
            label={texts.sounds}
            description={texts.soundsText}
            inputWrapperOrder={below}
            className="rf-grow"
            maw="24rem"
            value={sounds}
            required
            maxLength={120}
            onChange={({ currentTarget }) => setSounds(currentTarget.value)}
          />
        ) : null}
      </Group>
      <Group gap="xs" mt="sm">
        <SaveOrCancel busy={busy} onCancel={onCancel} />
      </Group>
    </form>
  );
}

function saysOf(announcement: string | null): "none" | "standard" | "own" {
  if (announcement === null) return "none";
  return announcement === STANDARD ? "standard" : "own";
}

function saysNow(value: string): "none" | "standard" | "own" {
  return value === "standard" || value === "own" ? value : "none";
}
