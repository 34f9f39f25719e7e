"use strict";
// Plays what was exported to a folder at settings that stand in it, and writes the fates of all runs, a byte each.
const fs = require("fs");
const path = require("path");

const [folder, page] = process.argv.slice(2);
const { Kernel, agrees, readColumns } = require(path.join(page, "kernel.js"));
const data = JSON.parse(fs.readFileSync(path.join(folder, "data.json")));
const kernel = new Kernel(data, readColumns(fs.readFileSync(path.join(folder, "luck.bin")), data.runs));
const settings = JSON.parse(fs.readFileSync(path.join(folder, "settings.json")));
const started = performance.now();
const fates = settings.map((each) => Buffer.concat(kernel.play(each).map((stage) => Buffer.from(stage))));
const milliseconds = (performance.now() - started) / Math.max(1, settings.length);
fs.writeFileSync(path.join(folder, "fates.bin"), Buffer.concat(fates));
console.log(JSON.stringify({ agrees: agrees(kernel), milliseconds }));
