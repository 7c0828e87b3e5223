import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Files in `folder` with a key and a certificate of that name. */
export function makeCertificate(
  folder: string,
  name: string,
): { readonly cert: string; readonly key: string } {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...curve, "-subj", `/CN=${name}`, "-keyout", key, "-out", cert], {
    stdio: "ignore",
  });
  return { cert, key };
}
