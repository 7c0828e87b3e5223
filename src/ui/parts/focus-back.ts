import { useEffect, useState } from "react";

/** Gives the focus back, when the part that calls this goes, to what had it before; where that is gone as well, such as the row of a
 *  ban that was lifted, to the page's title. For drawers that are there only while they are open. */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // Once the drawer is out of the page: until then it holds the focus.
      requestAnimationFrame(() => {
        const isThere = before instanceof HTMLElement && before.isConnected && before !== document.body;
        (isThere ? before : document.getElementById("page-title"))?.focus();
      });
    },
    [before],
  );
}
