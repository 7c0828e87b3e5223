import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "react-router";
import { usePlace } from "../api/places.js";
import { countryName } from "./format.js";

interface AddressProps {
  readonly value: string;
  /** Country and network beside it, or below it, or not at all. */
  readonly place?: "beside" | "below" | "none";
  /** Leads to what is known of the address. */
  readonly link?: boolean;
}

/** An address or network, in a face in which 1 and l differ, with the country and network it belongs to. */
export function Address({ value, place = "beside", link = false }: AddressProps) {
  const code = (
    <Text span ff="monospace" fz="sm" className="rf-address">
      {value}
    </Text>
  );
  const shown = link ? (
    <Anchor component={Link} to={`/bans/${encodeURIComponent(value)}`}>
      {code}
    </Anchor>
  ) : (
    code
  );
  if (place === "none") return shown;
  return (
    <Group
      gap={place === "below" ? 0 : 8}
      component="span"
      className={place === "below" ? "rf-below" : ""}
      wrap="wrap"
    >
      {shown}
      <PlaceOf address={value} />
    </Group>
  );
}

/** `Netherlands · AS64496 Example`; nothing where it is not known. */
export function PlaceOf({ address }: { readonly address: string }) {
  const place = usePlace(address);
  if (place === null) return null;
  const words = [place.country === null ? null : countryName(place.country), place.network].filter(
    (word) => word !== null,
  );
  return (
    <Text span c="dimmed" fz="xs">
      {words.join(" · ")}
    </Text>
  );
}
