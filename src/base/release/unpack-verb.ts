import { Fault } from "../fault.ts";
import type { Verb } from "../verbs.ts";
import { EXECUTABLE_MAX, RELEASE_FORMS } from "./note.ts";
import { unpack } from "./unpack.ts";

/** The child of an upgrade: a patch takes more memory than a running service should be asked for. */
export const unpackVerb: Verb<unknown> = {
  name: "unpack",
  summary: "write the executable that a release file holds; upgrade does so by itself, and checks it",
  arguments: [{ name: "FILE", doc: "the release as it came" }],
  flags: [
    { name: "out", value: "FILE", doc: "where to write the executable" },
    { name: "form", value: "FORM", doc: "how it travels", choices: RELEASE_FORMS },
    { name: "bytes", value: "N", doc: "the executable's length, as its signature tells" },
    { name: "from", value: "FILE", doc: "the executable that a patch starts from" },
  ],
  examples: ["fleet-spoke unpack fleet-spoke-0.2.0-linux-x64.zst --out fleet-spoke --form zst --bytes 114002096"],
  run: async ({ args, flags }) => {
    const { out, from } = flags;
    const form = RELEASE_FORMS.find((known) => known === flags["form"]);
    const bytes = Number(flags["bytes"]);
    const fits = Number.isInteger(bytes) && bytes > 0 && bytes <= EXECUTABLE_MAX;
    if (typeof out !== "string" || form === undefined || !fits || (form === "patch") !== (typeof from === "string")) {
      throw new Fault("usage", "unpack needs --out, --form and --bytes, and for a patch --from", "see unpack --help");
    }
    unpack({ form, file: args[0] ?? "", out, bytes, ...(typeof from === "string" ? { from } : {}) });
    return 0;
  },
};
