import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";
import { useMay } from "../api/session.js";
import { adviceHere } from "./advice.js";

/** A sentence of the daemon, with buttons and pages in the place of commands. */
export function AdviceText({ children: sentence }: { readonly children: string }) {
  const roles = { operator: useMay("operator"), admin: useMay("admin") };
  const { text, page } = adviceHere(sentence, (role) => roles[role]);
  return (
    <Text fz="sm" className="rf-wrap">
      {text}
      {page === null ? null : (
        <>
          {" "}
          <Anchor component={Link} to={page.to} fz="sm">
            {page.label}
          </Anchor>
        </>
      )}
    </Text>
  );
}
