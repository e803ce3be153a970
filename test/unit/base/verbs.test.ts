import { expect, test } from "bun:test";
import { Fault } from "../../../src/base/fault.ts";
import { parseCommand } from "../../../src/base/verbs.ts";
import { program } from "../../../src/cli/program.ts";
import { parseAddress } from "../../../src/http/server.ts";

function misuse(...argv: string[]): string {
  try {
    parseCommand(program, argv);
  } catch (error) {
    if (error instanceof Fault) return error.sentence;
    throw error;
  }
  return "nothing was refused";
}

test("a verb of two words takes its argument and flags in any order", () => {
  const parsed = parseCommand(program, ["rig", "register", "--well", "W 1", "RIG-7", "--field=F"]);
  expect(parsed).toMatchObject({
    verb: { name: "rig register" },
    call: { args: ["RIG-7"], flags: { well: "W 1", field: "F" } },
  });
});

test("flags alone mean serve, as the plan's command line has it", () => {
  const parsed = parseCommand(program, ["--database-url", "postgres://h/d", "--port", "8090"]);
  expect(parsed).toMatchObject({
    verb: { name: "serve" },
    call: { flags: { database_url: "postgres://h/d", port: "8090" } },
  });
});

test("a mistyped verb, flag or argument is answered with the nearest right one", () => {
  expect(misuse("serv")).toContain("did you mean serve?");
  expect(misuse("rig", "regster", "R")).toContain("did you mean rig register?");
  expect(misuse("serve", "--prot", "1")).toContain("did you mean --port?");
  expect(misuse("rig", "show")).toContain("RIG is missing");
  expect(misuse("rig", "show", "A", "B")).toContain('unexpected "B"');
  expect(misuse("serve", "--port")).toContain("needs a value");
});

test("help teaches: every verb has its line, every flag its meaning", () => {
  const all = parseCommand(program, ["--help"]);
  expect(all).toMatchObject({ help: expect.stringContaining("rig rotate-key") });
  expect(parseCommand(program, ["help", "serve"])).toMatchObject({ help: expect.stringContaining("--bind-address") });
});

test("defect 7: an address is taken in any usual form, with or without a port", () => {
  expect(parseAddress("10.0.0.1", 8080)).toEqual({ hostname: "10.0.0.1", port: 8080 });
  expect(parseAddress("10.0.0.1:9000", 8080)).toEqual({ hostname: "10.0.0.1", port: 9000 });
  expect(parseAddress("[::1]:9000", 8080)).toEqual({ hostname: "::1", port: 9000 });
  expect(parseAddress("::1", 8080)).toEqual({ hostname: "::1", port: 8080 });
  expect(parseAddress(":9000", 8080)).toEqual({ hostname: "0.0.0.0", port: 9000 });
  expect(parseAddress("hub.lan:80", 8080)).toEqual({ hostname: "hub.lan", port: 80 });
  for (const wrong of ["10.0.0.1:99999", "http://x", "a b", "[::1"]) {
    expect(() => parseAddress(wrong, 8080)).toThrow("is no address");
  }
});
