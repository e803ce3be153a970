import { systemClock } from "../../../src/base/clock.ts";

/** A rig's own view of its way in: asks on and on, and tells when each request began and how it ended. */
const [, , url = ""] = process.argv;
const headers = { Authorization: `Bearer ${process.env["KNOCK_KEY"] ?? ""}` };
process.on("SIGTERM", () => process.exit(0));
for (;;) {
  const at = systemClock.now();
  const status = await fetch(url, { headers, signal: AbortSignal.timeout(1000) }).then(
    (reply) => reply.status,
    () => 0,
  );
  process.stdout.write(`${JSON.stringify({ at, status })}\n`);
  await systemClock.sleep(5);
}
