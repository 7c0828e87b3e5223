import type { AreaNodeJson } from "../../../http/contract.js";
import { Card } from "../../parts/Card.js";
import { WorldMap } from "../../parts/WorldMap.js";
import { areasTexts as texts } from "../../texts/areas.js";
import { openness, type Wishes } from "./changes.js";

/** The countries by whether they may be called; a click on one opens or closes it. */
export function AreaMap({
  byCode,
  wishes,
  onPick,
}: {
  readonly byCode: ReadonlyMap<string, AreaNodeJson>;
  readonly wishes: Wishes;
  readonly onPick: (node: AreaNodeJson) => void;
}) {
  return (
    <Card>
      <WorldMap
        label={texts.mapLabel}
        tone={(code) => {
          const node = byCode.get(code);
          return node === undefined ? undefined : `rf-area-${openness(node, wishes)}`;
        }}
        tell={(code) => {
          const node = byCode.get(code);
          return node === undefined ? code : `${node.name}: ${texts.words[openness(node, wishes)]}`;
        }}
        onPick={(code) => {
          const node = byCode.get(code);
          if (node !== undefined) onPick(node);
        }}
      />
      <div className="rf-map-legend">
        {(["open", "partly", "closed"] as const).map((state) => (
          <span key={state}>
            <svg width="18" height="14" aria-hidden>
              <rect x="1" y="1" width="16" height="12" className={`rf-area-${state}`} />
            </svg>
            {texts.words[state]}
          </span>
        ))}
      </div>
    </Card>
  );
}
