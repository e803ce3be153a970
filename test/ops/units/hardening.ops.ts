import { afterAll, expect, test } from "bun:test";
import { say } from "../../support/say.ts";
import { BEHIND, BROKEN, judgement, keyOf, probing, shippedServices, type ShippedUnit } from "./hardening.ts";
import { bootMachine, quoted, ROOT, type Machine } from "./machine.ts";

/** How many probes run at once; some wait a second for a network that does not answer. */
const BATCH = 24;
const JUDGED_AT_ONCE = 4;
const LONG_MS = 900_000;
const wanted = process.env["FLEET_UNITS"];
const units = shippedServices().filter(({ name }) => wanted === undefined || wanted.split(",").includes(name));
const machine = await bootMachine();
if (machine === undefined) say("SKIPPED, no unit is probed: no root, no systemd or no namespaces here");
afterAll(() => machine?.stop());

interface Variant {
  readonly unit: ShippedUnit;
  readonly option: string | undefined;
  readonly kind: "whole" | "removed" | "broken";
  readonly text: string;
}

interface Looked extends Variant {
  readonly judged: string;
  /** What the probe printed; undefined when the unit could not even start. */
  readonly facts: ReadonlySet<string> | undefined;
  /** What systemd limits without telling the process. */
  readonly shown: string;
}

function variantsOf(unit: ShippedUnit): Variant[] {
  const whole: Variant = { unit, option: undefined, kind: "whole", text: unit.text };
  return [
    whole,
    ...unit.options.flatMap((option): Variant[] => {
      const broken = BROKEN[keyOf(option)];
      const without = unit.text.replace(`${option}\n`, "");
      const other = frontOf(unit, option);
      const text = other === undefined ? without : without.replace(`${other}\n`, "");
      return [
        { unit, option, kind: "removed", text },
        ...(broken === undefined
          ? []
          : [{ unit, option, kind: "broken" as const, text: unit.text.replace(option, broken) }]),
      ];
    }),
  ];
}

/** The option that this one stands behind. */
function frontOf(unit: ShippedUnit, option: string): string | undefined {
  const key = BEHIND[keyOf(option)];
  return key === undefined ? undefined : unit.options.find((each) => keyOf(each) === key);
}

async function inTurns<In, Out>(all: readonly In[], atOnce: number, work: (each: In) => Promise<Out>): Promise<Out[]> {
  const done: Out[] = [];
  for (let at = 0; at < all.length; at += atOnce) {
    done.push(...(await Promise.all(all.slice(at, at + atOnce).map(work))));
  }
  return done;
}

/** Under a real systemd, a unit for each variant. */
function probe(on: Machine, variants: readonly Variant[]): { facts: Looked["facts"]; shown: string }[] {
  const names = variants.map((_, at) => `probe-${at}`);
  for (const [at, name] of names.entries()) {
    const text = probing(variants[at]?.text ?? "", name);
    on.ok(`printf '%s' ${quoted(text)} > /run/systemd/system/${name}.service`);
  }
  on.ok("systemctl daemon-reload");
  for (let at = 0; at < names.length; at += BATCH) {
    const { code, out } = on.sh(`systemctl start ${names.slice(at, at + BATCH).join(" ")}`);
    if (code !== 0) say(out.split("\n")[0] ?? "");
  }
  return names.map((name) => {
    const { out } = on.sh(`cat /run/probe/${name}.out`);
    const shown = on.ok(`systemctl show ${name} -p MemoryMax -p TasksMax -p OOMScoreAdjust -p DevicePolicy -p Result`);
    const started = shown.includes("Result=success");
    return { facts: started ? new Set(out.split("\n")) : undefined, shown };
  });
}

function prepare(on: Machine): void {
  on.ok(`for n in hub spoke; do systemd-sysusers ${ROOT}/deploy/systemd/fleet-$n.sysusers; done
    mkdir -p /run/probe /run/systemd/system /usr/lib/fleet-hub /usr/lib/fleet-spoke; chmod 755 /run/probe
    install -m 755 ${ROOT}/test/ops/units/probe.sh /run/probe/probe.sh
    for space in ipc uts net mnt user; do readlink /proc/1/ns/$space > /run/probe/ns-$space; done
    mkdir -p /etc/fleet-spoke; touch /etc/fleet-spoke/fleet.toml
    touch /tmp/marker /home/marker /dev/marker; ip address add 10.99.0.1/32 dev lo`);
}

/** What shows that the option is not there any more. */
function noticed(whole: Looked, variant: Looked): string[] {
  const inside =
    variant.facts === undefined
      ? ["the unit does not start"]
      : [...variant.facts.symmetricDifference(whole.facts ?? new Set<string>())].map(
          (fact) => fact.split(":")[0] ?? "",
        );
  return [
    ...(variant.judged === whole.judged ? [] : ["exposure"]),
    ...new Set(inside),
    ...(inside.length === 0 && variant.shown !== whole.shown ? ["systemctl show"] : []),
  ];
}

test.skipIf(machine === undefined)(
  "each line of hardening of each shipped unit does something: without it, or with another value, that is noticed",
  async () => {
    const on = machine as Machine;
    prepare(on);
    const variants = units.flatMap(variantsOf);
    const judged = await inTurns(variants, JUDGED_AT_ONCE, ({ text }) => judgement(text));
    const probed = probe(on, variants);
    const looked = variants.map((variant, at): Looked => {
      const { facts, shown } = probed[at] ?? { facts: undefined, shown: "" };
      return { ...variant, judged: judged[at] ?? "", facts, shown };
    });
    const missed: string[] = [];
    let [lines, inside] = [0, 0];
    for (const unit of units) {
      const own = looked.filter((each) => each.unit === unit);
      const whole = own.find(({ kind }) => kind === "whole");
      if (whole?.facts === undefined)
        throw new Error(`${unit.name} cannot be probed:\n${on.sh("journalctl -n 40").out}`);
      for (const option of unit.options) {
        const tried = own.filter((each) => each.option === option);
        const front = frontOf(unit, option);
        const against = front === undefined ? whole : own.find((each) => each.option === front);
        const signs = [...new Set(tried.flatMap((variant) => noticed(against ?? whole, variant)))];
        lines++;
        if (signs.some((sign) => sign !== "exposure")) inside++;
        if (signs.length === 0) missed.push(`${unit.name}: ${option}`);
        say(
          `${unit.name.padEnd(28)} ${option.slice(0, 44).padEnd(44)} ${signs.slice(0, 4).join(", ") || "NOT NOTICED"}`,
        );
      }
    }
    say(
      `${lines} lines of hardening in ${units.length} units: ${lines - missed.length} noticed, ${inside} of them by a probe inside`,
    );
    expect(missed).toEqual([]);
  },
  LONG_MS,
);
