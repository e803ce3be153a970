// Draws the plots of the trends from the JSON that came with the page.
(() => {
  const HEIGHT = 240;
  const SIGNS = [0, 1, 2, 3];
  const plots = [];

  function colour(name) {
    // Custom properties come unresolved; an element that uses one does not.
    const probe = document.createElement("span");
    probe.className = `part part-${name.toLowerCase()}`;
    document.body.append(probe);
    const fill = getComputedStyle(probe).fill;
    probe.remove();
    return fill;
  }

  const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const day = (seconds) => new Date(seconds * 1000).toISOString().slice(5, 10);

  function axis(more) {
    const line = { stroke: variable("--line"), width: 1 };
    return { stroke: variable("--ink"), grid: line, ticks: line, ...more };
  }

  function dataOf(host) {
    return JSON.parse(document.getElementById(`${host.id}-data`).textContent);
  }

  /** Each point's time is told from the one before it. */
  function groupsOf(...names) {
    return names.map((name) => {
      const island = document.getElementById(`scatter-${name}`);
      const { ago_min, depth_ft } = island === null ? { ago_min: [], depth_ft: [] } : JSON.parse(island.textContent);
      let at = 0;
      return { name, points: ago_min.map((ago, nth) => [(at -= ago) * 60, depth_ft[nth]]) };
    });
  }

  /** Stacked: the whole is drawn first, and each smaller sum over it. */
  function drawSeries(host) {
    const { x, series } = dataOf(host);
    const sums = [];
    series.forEach(({ values }, at) => sums.push(values.map((value, nth) => value + (sums[at - 1]?.[nth] ?? 0))));
    const order = series.map((_, at) => series.length - 1 - at);
    const bars = uPlot.paths.bars({ size: [0.8, 40] });
    return new uPlot(
      {
        width: host.clientWidth,
        height: HEIGHT,
        cursor: { drag: { x: false, y: false } },
        legend: { show: true, live: true },
        scales: { x: { time: false }, y: { range: (_plot, _min, max) => [0, Math.max(1, max)] } },
        axes: [axis({ values: (_plot, ticks) => ticks.map(day), space: 60 }), axis({ size: 50 })],
        series: [
          { label: "UTC", value: (_plot, at) => (at === null ? "" : new Date(at * 1000).toISOString().slice(0, 10)) },
          ...order.map((at) => ({
            label: series[at].name,
            fill: colour(series[at].name),
            stroke: variable("--ground"),
            width: 0.5,
            paths: bars,
            points: { show: false },
            value: (_plot, _sum, _series, nth) => (nth === null ? "" : String(series[at].values[nth])),
          })),
        ],
      },
      [x, ...order.map((at) => sums[at])],
      host,
    );
  }

  /** A sign of its own for each outcome: circle, square, triangle, cross. */
  function sign(context, kind, x, y, r) {
    context.beginPath();
    if (kind === 0) context.arc(x, y, r, 0, 2 * Math.PI);
    else if (kind === 1) context.rect(x - r, y - r, 2 * r, 2 * r);
    else if (kind === 2) {
      context.moveTo(x, y - r);
      context.lineTo(x + r, y + r);
      context.lineTo(x - r, y + r);
      context.closePath();
    } else {
      context.moveTo(x - r, y - r);
      context.lineTo(x + r, y + r);
      context.moveTo(x + r, y - r);
      context.lineTo(x - r, y + r);
    }
    context.stroke();
  }

  function drawScatter(host) {
    const groups = groupsOf("Resolved", "Escalated", "Pending", "FalsePositive");
    const all = groups.flatMap(({ points }) => points).toSorted((left, right) => left[0] - right[0]);
    const paint = (plot) => {
      const { ctx } = plot;
      ctx.save();
      ctx.lineWidth = devicePixelRatio * 1.5;
      groups.forEach(({ name, points }, at) => {
        ctx.strokeStyle = colour(name);
        for (const [x, y] of points) {
          sign(ctx, SIGNS[at], plot.valToPos(x, "x", true), plot.valToPos(y, "y", true), 4 * devicePixelRatio);
        }
      });
      ctx.restore();
    };
    return new uPlot(
      {
        width: host.clientWidth,
        height: HEIGHT + 80,
        cursor: { show: false },
        legend: { show: false },
        hooks: { draw: [paint] },
        scales: { x: { time: false }, y: { dir: -1 } },
        axes: [axis({ values: (_plot, ticks) => ticks.map(day), space: 60 }), axis({ size: 70 })],
        series: [{}, { show: true, paths: () => null, points: { show: false } }],
      },
      [all.map(([x]) => x), all.map(([, y]) => y)],
      host,
    );
  }

  function draw() {
    while (plots.length > 0) plots.pop().destroy();
    for (const [id, make] of [
      ["series", drawSeries],
      ["scatter", drawScatter],
    ]) {
      const host = document.getElementById(id);
      if (host !== null) plots.push(make(host));
    }
  }

  draw();
  addEventListener("resize", draw);
  document.addEventListener("htmx:after:swap", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
