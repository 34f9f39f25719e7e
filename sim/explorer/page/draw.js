"use strict";
// Draws chances: a row a team, its 95 % interval, its mark, and hollow beside it the mark of the baseline.
// Colour and shape of a team are those of its place in the file, as in every figure of the program.

const MARKS = [
  ["circle", "#0072b2"], ["square", "#d96100"], ["up", "#00835c"], ["diamond", "#b8458a"],
  ["down", "#9c6b00"], ["plus", "#6a4fb0"], ["cross", "#7d3c1b"], ["star", "#2f8fce"],
];
const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

function outline(shape, r) {
  const polygon = (...points) => `M${points.map(([x, y]) => `${(x * r).toFixed(1)} ${(y * r).toFixed(1)}`).join("L")}Z`;
  switch (shape) {
    case "square": return polygon([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]);
    case "up": return polygon([0, -1.1], [1.05, 0.8], [-1.05, 0.8]);
    case "down": return polygon([0, 1.1], [1.05, -0.8], [-1.05, -0.8]);
    case "diamond": return polygon([0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]);
    case "plus": return polygon([-0.4, -1.1], [0.4, -1.1], [0.4, -0.4], [1.1, -0.4], [1.1, 0.4], [0.4, 0.4], [0.4, 1.1], [-0.4, 1.1], [-0.4, 0.4], [-1.1, 0.4], [-1.1, -0.4], [-0.4, -0.4]);
    case "cross": return polygon([-1.1, -0.6], [-0.6, -1.1], [0, -0.5], [0.6, -1.1], [1.1, -0.6], [0.5, 0], [1.1, 0.6], [0.6, 1.1], [0, 0.5], [-0.6, 1.1], [-1.1, 0.6], [-0.5, 0]);
    case "star": return polygon(...Array.from({ length: 10 }, (_, i) => [Math.sin(i * Math.PI / 5) * (i % 2 ? 0.5 : 1.2), -Math.cos(i * Math.PI / 5) * (i % 2 ? 0.5 : 1.2)]));
    default: return `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
  }
}

function mark(team, x, y, r, hollow) {
  const [shape, colour] = MARKS[team.place % MARKS.length];
  return element("path", {
    d: outline(shape, r), transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, class: "mark",
    fill: hollow ? "#ffffff" : colour, stroke: hollow ? "#1a1a1a" : colour, "stroke-width": hollow ? 1.5 : 1,
  });
}

// Shortens a name to a width, keeping both ends: what tells two long names apart may stand in either.
function fitted(node, text, width) {
  node.textContent = text;
  for (let keep = text.length - 1; keep > 2 && node.getComputedTextLength() > width; keep--)
    node.textContent = `${text.slice(0, Math.ceil(keep / 2))}…${text.slice(text.length - Math.floor(keep / 2))}`;
}

function draw(holder, everybody, answer, baseline, alt) {
  const teams = listed(everybody);
  const width = Math.max(280, holder.clientWidth), narrow = width < 480;
  const row = teams.length > 12 ? 22 : narrow ? 30 : 36, top = 4, bottom = 22;
  const label = narrow ? 92 : Math.min(200, width * 0.3), value = narrow ? 40 : 52;
  const left = label + 8, right = width - value - 6, height = top + teams.length * row + bottom;
  const x = (p) => left + p * (right - left);
  const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": alt });
  const axis = svg.appendChild(element("g", { class: "axis" }));
  for (const p of narrow ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]) {
    axis.append(element("line", { x1: x(p), x2: x(p), y1: top, y2: height - bottom, stroke: "#cccccc" }));
    axis.append(element("text", { x: x(p), y: height - 6, "text-anchor": p === 0 ? "start" : p === 1 ? "end" : "middle" }, p === 1 ? say("percent", { p: 100 }) : `${100 * p}`));
  }
  holder.replaceChildren(svg);
  const before = new Map((baseline ? baseline.teams : []).map((each) => [each.id, each]));
  const now = new Map(answer.teams.map((each) => [each.id, each]));
  teams.forEach((team, i) => {
    const y = top + (i + 0.5) * row, here = now.get(team.id);
    if (!here) return;
    const name = svg.appendChild(element("text", { x: label, y: y + 5, "text-anchor": "end" }));
    fitted(name, team.name, label - 4);
    const { p, low, high, text } = here.chance;
    svg.append(element("text", { x: width - 4, y: y + 5, "text-anchor": "end" }, p === null ? "–" : say("percent", { p: text })));
    if (p === null) return;
    const [, colour] = MARKS[team.place % MARKS.length];
    svg.append(element("line", { x1: x(low), x2: x(high), y1: y, y2: y, stroke: colour, "stroke-width": 3 }));
    const was = before.get(team.id);
    if (was && was.chance.p !== null && was.chance.p !== p) {
      svg.append(element("line", { x1: x(was.chance.p), x2: x(p), y1: y, y2: y, stroke: "#555555", "stroke-width": 1, "stroke-dasharray": "2 2" }));
      svg.append(mark(team, x(was.chance.p), y, 6, true));
    }
    svg.append(mark(team, x(p), y, 6, false));
  });
  tellRest();
}
