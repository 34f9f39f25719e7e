"use strict";
// Plays the stages ahead as the batch engine does after it has prepared them: the same rules, once more and small.
// A leaf is a factor, alone or times a column of one value a run. Arrays have a value for each run and, one after
// another, each team: [team * runs + run]. sim/live holds what it may be given; tests hold it to the engine.

const FATE = { GONE: 0, KEPT: 1, POINTS: 2, GATE: 3 };

// Columns from little-endian numbers of four bytes, each as an array of its own.
function readColumns(bytes, runs) {
  const all = new Float32Array(bytes.slice().buffer);
  return Array.from({ length: all.length / runs }, (_, k) => Float64Array.from(all.subarray(k * runs, (k + 1) * runs)));
}

// The leaves of a page's data with some settings, values by path; weights come first in `moves`.
function leavesAt(data, settings) {
  const leaves = data.leaves.slice();
  for (const [path, move] of Object.entries(data.moves)) {
    if (!(path in settings)) continue;
    if (move.values) {
      const at = move.values.findIndex((each) => JSON.stringify(each) === JSON.stringify(settings[path]));
      for (const [leaf, ...to] of move.leaves[at]) leaves[leaf] = to;
    } else for (const [leaf, slope, start, column] of move.lines) leaves[leaf] = column === undefined ? [slope * settings[path] + start] : [slope * settings[path] + start, column];
  }
  return leaves;
}

// Half to even, as NumPy's rint.
function rint(x) {
  const up = Math.floor(x + 0.5);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

// Daly's optimum between checkpoints, and the share of time that is work that counts; hours, rate of the whole job.
function workingShare(rate, restart, write, interval) {
  const each = Math.max(rate, 1e-200), cost = each * write;
  let work;
  if (interval === null) {
    const x = Math.sqrt(cost / 18), rest = 1 - x;
    work = x < 1 / 3 ? 6 * x * rest * rest : 1;
  } else work = each * interval;
  return work / (Math.exp(Math.min(each * restart, 300)) * Math.expm1(Math.min(work + cost, 300)));
}

class Kernel {
  constructor(data, columns) {
    this.data = data;
    this.columns = columns;
    this.runs = data.runs;
    this.teams = data.plan.teams;
  }

  // The fates of all runs at some settings: by stage an array of codes.
  play(settings) {
    const { plan, luck } = this.data, size = this.runs * this.teams;
    this.leaves = leavesAt(this.data, settings);
    this.known = []; // numbers of each run by their leaf
    let state = { present: new Uint8Array(size).fill(1), effective: new Float64Array(size), score: new Float64Array(size) };
    return plan.stages.map((stage, k) => {
      const fates = new Uint8Array(size);
      if (!this.leaves[stage.held][0]) {
        for (let i = 0; i < size; i++) fates[i] = state.present[i] ? FATE.KEPT : FATE.GONE;
        return fates;
      }
      const effective = this.train(stage, state);
      const strength = this.strength(stage, luck.stages[k], effective);
      const scored = this.score(stage, luck.stages[k], strength, state);
      this.decide(stage, luck.stages[k], strength, scored, state.present, fates);
      if (k + 1 < plan.stages.length) state = this.after(stage, fates, effective, scored, state);
      return fates;
    });
  }

  // A number of each run.
  at(leaf) {
    return (this.known[leaf] ??= this.numbers(...this.leaves[leaf]));
  }

  numbers(factor, column) {
    const { runs } = this;
    if (column !== undefined && factor === 1) return this.columns[column];
    const found = new Float64Array(runs).fill(factor);
    if (column !== undefined) for (let r = 0, values = this.columns[column]; r < runs; r++) found[r] *= values[r];
    return found;
  }

  // A column of luck, of one team; nothing where there is none.
  lucky(columns, team) {
    return columns === null ? null : this.columns[columns[team]];
  }

  // Effective FLOP of each team: those of its window, and what counts of those before.
  train(stage, { present, effective }) {
    if (!stage.trains) return effective;
    const { plan } = this.data, { runs, teams } = this, found = new Float64Array(effective.length), carry = this.at(plan.carry);
    const sharing = stage.grants.among ? this.countOf(present, stage.grants.among) : null;
    for (let t = 0; t < teams; t++) {
      const types = plan.peak.map((peak, h) => ({
        peak: this.at(peak), mfu: this.at(plan.mfu[h][t]), own: this.at(stage.own[h][t]),
        lent: this.at(stage.grants.table ? stage.grants.table[h][t] : stage.grants.pool[h]),
      }));
      const mainRun = this.at(plan.main_run[t]), days = this.at(stage.days[t]), f = plan.faults;
      const [nodes, rate, restart, checkpoint] = [f.nodes, f.rate, f.restart, f.checkpoint].map((of) => this.at(of[t]));
      const interval = f.interval[t] === null ? null : this.at(f.interval[t]);
      const isLent = stage.grants.table || stage.grants.among[t];
      for (let r = 0, i = t * runs; r < runs; r++, i++) {
        if (!present[i]) continue; // nobody comes back
        let gpus = 0, speed = 0;
        for (const type of types) {
          const here = type.own[r] + (isLent ? type.lent[r] / (sharing ? Math.max(sharing[r], 1) : 1) : 0);
          gpus += here;
          speed += here * type.peak[r] * plan.flop * type.mfu[r] * mainRun[r];
        }
        const share = workingShare((gpus * rate[r]) / nodes[r] / 24, restart[r] / 60, Math.max(checkpoint[r] / 3600, 1e-30), interval && interval[r]);
        found[i] = speed * share * days[r] + carry[r] * effective[i];
      }
    }
    return found;
  }

  // In each run how many of the teams that share are there.
  countOf(present, among) {
    const found = new Uint8Array(this.runs);
    among.forEach((shares, t) => {
      if (shares) for (let r = 0; r < this.runs; r++) found[r] += present[t * this.runs + r];
    });
    return found;
  }

  // Strength; NaN for who should have trained a model and has none.
  strength(stage, luck, effective) {
    const { plan, luck: ofAll } = this.data, { runs, teams } = this, found = new Float64Array(effective.length);
    const [level, perYear, lasting, passing, reference, perTenfold] = [plan.level, plan.per_year, plan.lasting, plan.passing, plan.reference, plan.per_tenfold].map((leaf) => this.at(leaf));
    for (let t = 0; t < teams; t++) {
      const a = this.lucky(ofAll.lasting, t), h = this.lucky(luck.passing, t), effect = this.at(plan.effect[t]), years = this.at(stage.years[t]);
      for (let r = 0, i = t * runs; r < runs; r++, i++) {
        const without = level[r] + perYear[r] * years[r] + effect[r] + (a ? lasting[r] * a[r] : 0) + (h ? passing[r] * h[r] : 0);
        found[i] = !stage.trains ? without : effective[i] > 0 ? without + perTenfold[r] * Math.log10(effective[i] / reference[r]) : NaN;
      }
    }
    return found;
  }

  // Points of each block, and the rounded total.
  score(stage, luck, strength, { present, score }) {
    const { runs, teams } = this, { central } = this.data.plan, size = strength.length;
    const of = (leaf) => this.leaves[leaf][0];
    const reference = of(central.level) + of(central.per_tenfold) * of(stage.reference_decades) + of(central.per_year) * of(stage.reference_years);
    const deviation = Math.hypot(of(central.lasting), of(central.passing));
    const blocks = stage.blocks.map((block, b) => {
      const given = new Float64Array(size);
      block.items.forEach((item, k) => {
        for (let t = 0; t < teams; t++) this.addItem(given, t, block, item, luck.blocks[b], k, strength, reference, deviation);
      });
      if (block.to_leader) this.rescale(given, of(block.maximum), present);
      return given;
    });
    const total = new Float64Array(size), step = stage.round_to, carried = stage.carried === null ? null : this.at(stage.carried);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (const block of blocks) sum += block[i];
      if (carried) sum += score[i] * carried[i % runs];
      total[i] = rint(sum / step) * step;
    }
    return { blocks, total };
  }

  // Adds what a team gets in an item to the block's points: mean, strength, impression and noise, within [0, maximum].
  addItem(given, t, block, item, luck, k, strength, reference, deviation) {
    const { runs } = this, maximum = this.leaves[item.maximum][0], mean = this.at(item.mean), noise = this.at(item.noise), follows = this.at(block.follows);
    const x = this.lucky(luck.impression, t), z = this.lucky(luck.noise[k], t);
    const slope = block.judged ? null : this.at(item.slope), spread = block.judged ? this.at(item.spread) : null;
    for (let r = 0, i = t * runs; r < runs; r++, i++) {
      let points = mean[r] + (z ? noise[r] * z[r] : 0);
      if (spread) {
        const rho = follows[r], s = spread[r];
        points += (deviation > 0 ? (s * rho) / deviation : 0) * (strength[i] - reference) + (x ? s * Math.sqrt(1 - rho * rho) * x[r] : 0);
      } else points += slope[r] * (strength[i] - reference);
      if (points > 0) given[i] += Math.min(points, maximum); // NaN, without a model, is no points
    }
  }

  // Scales a block so that the best team that is there has the maximum.
  rescale(given, maximum, present) {
    const { runs, teams } = this;
    for (let r = 0; r < runs; r++) {
      let best = 0;
      for (let t = 0; t < teams; t++) if (present[t * runs + r]) best = Math.max(best, given[t * runs + r]);
      if (best > 0) for (let t = 0; t < teams; t++) given[t * runs + r] *= maximum / best;
    }
  }

  // Gate and cut: what becomes of each team.
  decide(stage, luck, strength, { blocks, total }, present, fates) {
    const { runs, teams } = this, { gate, cut } = stage, isFirst = gate !== null && gate.mode === "first";
    const risks = gate && gate.risk.map((leaf) => this.at(leaf)), us = luck.gate && luck.gate.map((column) => this.columns[column]);
    const [keep, drop, minimum, within] = [cut.keep, cut.drop, cut.minimum, cut.within].map((leaf) => (leaf === null ? null : this.at(leaf)));
    const failed = new Uint8Array(teams), field = new Int32Array(teams);
    const ahead = (a, b, r) => { // whether team a ranks before team b; nothing submitted is below no points
      const one = total[a * runs + r] - (Number.isNaN(strength[a * runs + r]) ? 1 : 0), other = total[b * runs + r] - (Number.isNaN(strength[b * runs + r]) ? 1 : 0);
      return one === other ? this.firstByTies(stage, luck, blocks, a, b, r) : one > other;
    };
    for (let r = 0; r < runs; r++) {
      let size = 0, best = -Infinity, eligible = 0;
      for (let t = 0; t < teams; t++) {
        const i = t * runs + r;
        failed[t] = present[i] && us && us[t][r] < risks[t][r] ? 1 : 0;
        fates[i] = !present[i] ? FATE.GONE : failed[t] ? FATE.GATE : FATE.POINTS;
        if (!present[i] || (failed[t] && isFirst)) continue;
        best = Math.max(best, total[i]);
        let place = size++;
        for (; stage.has_total && place > 0 && ahead(t, field[place - 1], r); place--) field[place] = field[place - 1];
        field[place] = t;
      }
      const least = Math.max(minimum ? minimum[r] : -Infinity, within ? best - within[r] : -Infinity);
      const reaches = (t) => !stage.has_total || total[t * runs + r] >= least;
      for (let place = 0; place < size; place++) eligible += reaches(field[place]);
      const places = !stage.has_total ? size : keep ? Math.floor(keep[r] + 0.5) : drop ? eligible - Math.floor(drop[r] + 0.5) : size;
      for (let place = 0; place < Math.min(places, size); place++) {
        const t = field[place];
        if (reaches(t) && !failed[t]) fates[t * runs + r] = FATE.KEPT;
      }
    }
  }

  // Which of two teams with the same total comes first: by blocks, by luck, by place in the file.
  firstByTies({ cut, round_to: step }, luck, blocks, a, b, r) {
    for (const tie of cut.ties) {
      const [one, other] = [a, b].map((t) => rint(blocks[tie][t * this.runs + r] / step) * step);
      if (one !== other) return one > other;
    }
    const [one, other] = [a, b].map((t) => this.columns[luck.tie[t]][r]);
    return one === other ? a < b : one > other;
  }

  // What the next stage begins with; where only a gate decides, the points before stand.
  after(stage, fates, effective, { total }, before) {
    const size = fates.length, present = new Uint8Array(size), score = new Float64Array(size), points = stage.has_total ? total : before.score;
    for (let i = 0; i < size; i++) {
      if (fates[i] !== FATE.KEPT) continue;
      present[i] = 1;
      score[i] = points[i];
    }
    return { present, effective, score };
  }

  // How often each team has each fate, by stage.
  count(stages) {
    return stages.map((fates) => Array.from({ length: this.teams }, (_, t) => {
      const counts = [0, 0, 0, 0];
      for (let r = 0; r < this.runs; r++) counts[fates[t * this.runs + r]]++;
      return counts;
    }));
  }
}

// Whether the kernel finds here what the engine found there, but for a run in ten thousand.
function agrees(kernel) {
  const most = Math.max(1, Math.ceil(kernel.runs / 1e4));
  return kernel.data.checks.every(({ settings, counts }) => {
    const here = kernel.count(kernel.play(settings)).flat(2);
    return counts.flat(2).every((count, i) => Math.abs(count - here[i]) <= most);
  });
}

if (typeof module !== "undefined") module.exports = { Kernel, agrees, readColumns };
