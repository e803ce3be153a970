import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A release of a hub as small as can be: what an upgrade asks of one, and the ways in which one can be bad. */
const [version = "0", mode = "good", verb = "serve"] = process.argv.slice(2);
const port = Number(process.env["FLEET_PORT"]);

if (verb === "units") {
  const [folder = ""] = process.argv.slice(5);
  writeFileSync(join(folder, "fleet-hub.service"), `[Service]\nExecStart=/good\n# ${version}\n`);
  process.exit(0);
}
if (verb === "check" && mode === "bad-check") {
  process.stderr.write("FLEET_PORT must be a whole number\n");
  process.exit(1);
}
if (verb === "serve" && mode === "exit") process.exit(3);
if (verb === "serve" && mode !== "hang") {
  let replies = 0;
  Bun.serve({
    port,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/readyz") {
        return mode === "not-ready"
          ? Response.json({ status: "not_ready", reason: "the database cannot be reached" }, { status: 503 })
          : Response.json({ status: "ready" });
      }
      if (pathname !== "/metrics") return new Response(version);
      replies += 50;
      const failed = mode === "failing" ? `fleet_hub_http_replies_total{route="/x",status="500"} ${replies}\n` : "";
      return new Response(
        `fleet_hub_build_info{version="${version}",wire="1"} 1\n${failed}` +
          `fleet_hub_http_replies_total{route="/x",status="201"} ${replies}\n`,
      );
    },
  });
}
if (verb === "serve" && mode === "hang") setInterval(() => {}, 1000);
