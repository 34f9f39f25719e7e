"use strict";
// Chances, differences and their 95 % intervals as the program has them (sim/stats): of independent runs Wilson's
// and Tango's, of a forecast Student's by islands, for particles of one island depend on each other.

const signedText = (number, digits) => (number ? `${number > 0 ? "+" : "-"}${Math.abs(number).toFixed(digits)}` : (0).toFixed(digits));

// Never more digits than the error supports; nothing is impossible or certain but by the rules: then low is high.
function percentText(p, low, high) {
  if (low === high && (low === 0 || low === 1)) return `${100 * low}`;
  const tenthsHold = (high - low) / 2 <= 0.001;
  if (p === 0) return `<${tenthsHold ? Math.ceil(1000 * high) / 10 : Math.max(1, Math.ceil(100 * high))}`;
  if (p === 1) return `>${tenthsHold ? Math.floor(1000 * low) / 10 : Math.min(99, Math.floor(100 * low))}`;
  if (tenthsHold) {
    const tenths = Math.floor(1000 * p + 0.5);
    return tenths < 1 ? "<0.1" : tenths > 999 ? ">99.9" : (tenths / 10).toFixed(1);
  }
  const whole = Math.floor(100 * p + 0.5);
  return whole < 1 ? "<1" : whole > 99 ? ">99" : `${whole}`;
}

function pointsText(difference, low, high) {
  const few = Math.abs(difference) < 0.005 && (low > 0 || high < 0);
  const digits = (high - low) / 2 <= 0.001 || few ? 1 : 0, scale = 10 ** digits;
  let most = 100 - 1 / scale;
  const size = Math.floor(100 * scale * Math.abs(difference) + 0.5) / scale;
  if (size <= most) return signedText(Math.sign(difference) * size, digits);
  if (Math.abs(difference) === 1) most = Math.min(most, Math.floor(100 * scale * (difference > 0 ? low : -high)) / scale);
  return `${difference > 0 ? ">" : "<"}${signedText(Math.sign(difference) * most, digits)}`;
}

function wilson(count, n, z) {
  const centre = count + (z * z) / 2, half = z * Math.sqrt((count * (n - count)) / n + (z * z) / 4);
  return [count === 0 ? 0 : (centre - half) / (n + z * z), count === n ? 1 : (centre + half) / (n + z * z)];
}

// How far Tango's interval reaches below ahead - behind, by halving; see sim/stats/intervals.py.
function reachBelow(ahead, behind, z) {
  const difference = ahead - behind;
  let inside = 0, outside = 1 + difference;
  for (let i = 0; i < 64; i++) {
    const middle = (inside + outside) / 2, d = difference - middle, linear = (2 - ahead + behind) * d - ahead - behind;
    const root = Math.sqrt(Math.max(linear * linear + 8 * behind * d * (1 - d), 0));
    if (middle <= z * Math.sqrt(Math.max((root - linear) / 2 + d * (1 - d), 0))) inside = middle;
    else outside = middle;
  }
  return outside;
}

function tango(b, c, n, z) {
  const ahead = b / n, behind = c / n, each = z / Math.sqrt(n);
  return [ahead - behind - reachBelow(ahead, behind, each), ahead - behind + reachBelow(behind, ahead, each)];
}

// Student's interval of a mean of islands; null where all are alike.
function byIslands(value, islands, t) {
  if (new Set(islands).size < 2) return null;
  const mean = islands.reduce((sum, x) => sum + x, 0) / islands.length;
  const half = t * Math.sqrt(islands.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (islands.length - 1) / islands.length);
  return [value - half, value + half];
}

// The chance of a count of `n`; `islands` has each one's share, nothing for independent runs.
function chanceOf(count, n, islands, { z, t }) {
  const found = byIslands(count / n, islands, t), [low, high] = found ? [Math.max(found[0], 0), Math.min(found[1], 1)] : wilson(count, n, z);
  return { p: count / n, low, high, text: percentText(count / n, low, high) };
}

// The difference where `b` runs of `n` have it now only and `c` before only.
function changeOf(b, c, n, islands, { z, t }) {
  const p = (b - c) / n, found = byIslands(p, islands, t), [low, high] = found ? [Math.max(found[0], -1), Math.min(found[1], 1)] : tango(b, c, n, z);
  return { p, low, high, text: b + c > 0 ? pointsText(p, low, high) : "0", beyond_dice: low > 0 || high < 0 };
}

if (typeof module !== "undefined") module.exports = { chanceOf, changeOf };
