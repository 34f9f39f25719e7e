"use strict";
// Intervals and texts of the page for counts that stand in a file: [[kind, first, second, n, islands, {z, t}], ...].
const fs = require("fs");
const path = require("path");

const [file, page] = process.argv.slice(2);
const { chanceOf, changeOf } = require(path.join(page, "stats.js"));
const asked = JSON.parse(fs.readFileSync(file));
console.log(JSON.stringify(asked.map(({ b, c, n, islands, interval }) => (c === undefined ? chanceOf(b, n, islands, interval) : changeOf(b, c, n, islands, interval)))));
