import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { count } from "./format.js";

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly to?: string;
}

/** Amounts by name, each with a bar as long as its share of the largest. */
export function BarList({ items }: { readonly items: readonly Bar[] }) {
  const most = Math.max(1, ...items.map(({ value }) => value));
  return (
    <ul className="rf-bars">
      {items.map(({ name, value, to }) => (
        <li key={name}>
          <span className="rf-bars-name">
            {to === undefined ? (
              name
            ) : (
              <Anchor component={Link} to={to}>
                {name}
              </Anchor>
            )}
          </span>
          <span className="rf-number">{count(value)}</span>
          <svg className="rf-bars-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden>
            <rect width={(100 * value) / most} height="1" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
