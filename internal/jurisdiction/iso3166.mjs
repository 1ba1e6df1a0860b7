// Writes iso3166.txt from the npm package iso-3166. To refresh, in this folder:
//
//   npm install --no-save --prefix /tmp/iso-3166 iso-3166@VERSION
//   node iso3166.mjs /tmp/iso-3166/node_modules/iso-3166 > iso3166.txt
//
// then read the diff: every line that goes is a code that policies and data may
// still use, and may need a line in refusals.go.
import {readFileSync} from 'node:fs'
import {pathToFileURL} from 'node:url'

const folder = process.argv[2]
const {iso31661, iso31662} = await import(pathToFileURL(`${folder}/index.js`).href)
const {name, version} = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
const licence = readFileSync(`${folder}/license`, 'utf8').trim()

const header = `ISO 3166-1 and ISO 3166-2 codes from the npm package ${name} ${version}.
To refresh this file see iso3166.mjs.

Countries: alpha-2, English short name, alpha-3. Subdivisions: code, local name,
and the subdivision that it is part of, if any. Separated by tabs.

${licence}`
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0)
const lines = [
  ...iso31661.map((c) => [c.alpha2, c.name, c.alpha3]),
  ...iso31662.map((s) => [s.code, s.name, ...(s.parent.length > 2 ? [s.parent] : [])])
].sort((a, b) => compare(a[0], b[0]))

console.log(header.replace(/^/gm, '# ').replace(/ +$/gm, ''))
for (const line of lines) console.log(line.join('\t'))
