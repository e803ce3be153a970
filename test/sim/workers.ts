/** The same command in several processes, each with its share of the seeds; returns how many of them failed. */
export async function inWorkers(count: number, seeds: readonly number[], rest: readonly string[]): Promise<number> {
  const share = Math.ceil(seeds.length / count);
  const codes = await Promise.all(
    Array.from({ length: count }, async (_, nth) => {
      const own = seeds.slice(nth * share, (nth + 1) * share);
      if (own.length === 0) return 0;
      const range = ["--from", String(own[0]), "--seeds", String(own.length)];
      const child = Bun.spawn([process.execPath, `${import.meta.dir}/main.ts`, ...range, ...rest], {
        stdin: "ignore",
        stdout: "inherit",
        stderr: "inherit",
      });
      return child.exited;
    }),
  );
  return codes.filter((code) => code !== 0).length;
}
