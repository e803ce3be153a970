/** npm run test:faults -- hub-kill: kill -9 of hubs while they take in and curate. */
import { row } from "./support/row.ts";
import { killHubs } from "./support/siege.ts";

row("hub-kill", 950, (times) => killHubs("server", times));
