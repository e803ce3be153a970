import { join } from "node:path";
import { temporaryDirectory } from "./temporary.ts";

export interface Authority {
  /** The path of a file of it: `hub.pem`, `hub.key`, and its own. */
  readonly file: (name: string) => string;
  /** A certificate for whom `san` names, as `NAME.pem` and `NAME.key`. */
  readonly issue: (name: string, authority: string, san: string) => void;
}

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Authorities of these names, by openssl, that live as long as the test. */
export function makeAuthorities(...names: readonly string[]): Authority {
  const folder = temporaryDirectory();
  const openssl = (...words: readonly string[]): void => {
    const done = Bun.spawnSync(["openssl", ...words], { cwd: folder });
    if (done.exitCode !== 0) throw new Error(done.stderr.toString());
  };
  for (const name of names) {
    openssl(
      "req",
      "-x509",
      ...EC,
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.pem`,
    );
  }
  return {
    file: (name) => join(folder, name),
    issue(name, authority, san) {
      const own = ["-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`];
      openssl("req", ...EC, ...own, "-addext", `subjectAltName=${san}`);
      const by = ["-CA", `${authority}.pem`, "-CAkey", `${authority}.key`, "-CAcreateserial"];
      const as = ["-days", "2", "-copy_extensions", "copy", "-out", `${name}.pem`];
      openssl("x509", "-req", "-in", `${name}.csr`, ...by, ...as);
    },
  };
}
