import { seedLarge } from "../../../scripts/demo/seed-large.ts";
import { seededRandom } from "../../../src/base/random.ts";
import { createEnrolment } from "../../../src/domain/enrolment.ts";
import { ADMIN } from "../../support/domain-hub.ts";
import type { OpenedHub } from "../../support/hub.ts";

const SEED = 20_261_125;
/** Ten rigs and 10,000 events: every list has a second page, and every mark and state is somewhere. */
const SCALE = 0.01;
const ENROLLING = { rig_id: "RIG-NEW-1", well_id: "HALEY 12-7H", field: "Permian Basin", time_zone: "America/Chicago" };

/** The demo's fleet, the same each time: everything that the dashboard can show. */
export async function seedFleet({ context }: OpenedHub, scale = SCALE): Promise<void> {
  await seedLarge({ ...context, random: seededRandom(SEED), scale });
  await createEnrolment(context, ENROLLING, ADMIN);
}
