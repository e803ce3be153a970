// Draws the event's track from the JSON that came with the page. Depth and time run downwards, as on a driller's log.
(() => {
  const PLOT_HEIGHT = 420;
  const PLOT_WIDTH_MAX = 640;
  const DASHES = [[], [6, 4]];
  const host = document.getElementById("track");
  const island = document.getElementById("track-data");
  if (host === null || island === null || typeof uPlot === "undefined") return;
  const track = JSON.parse(island.textContent);
  if (track.x.length === 0) return;

  function utcTime(seconds) {
    const date = new Date(seconds * 1000);
    return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().slice(11, 19);
  }

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function along(value) {
    return track.by === "time" ? utcTime(value) : `${value.toFixed(1)} ft`;
  }

  function options() {
    const axis = { stroke: color("--ink"), grid: { stroke: color("--line") }, ticks: { stroke: color("--line") } };
    return {
      width: Math.min(host.clientWidth, PLOT_WIDTH_MAX),
      height: PLOT_HEIGHT,
      scales: { x: { time: false, ori: 1, dir: -1 }, value: { ori: 0, dir: 1 } },
      axes: [
        { ...axis, side: 3, size: 80, values: (_plot, ticks) => ticks.map(along) },
        { ...axis, side: 0, scale: "value", label: track.unit, size: 40 },
      ],
      series: [
        { label: track.by === "time" ? "UTC" : "Depth", value: (_plot, at) => (at === null ? "" : along(at)) },
        ...track.series.map(({ label }, at) => ({
          label,
          scale: "value",
          stroke: color(`--curve-${at + 1}`),
          width: 2,
          dash: DASHES[at],
          spanGaps: false,
          value: (_plot, value) => (value === null ? "" : `${value.toFixed(track.digits)} ${track.unit}`),
        })),
      ],
    };
  }

  let plot;
  function draw() {
    plot?.destroy();
    plot = new uPlot(options(), [track.x, ...track.series.map(({ values }) => values)], host);
  }

  draw();
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
