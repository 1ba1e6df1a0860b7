// Writes iso3166.txt from the npm package iso-3166, and what that does not know,
// which subdivisions are part of which, from the PyPI package iso3166-2. To
// refresh, in this folder:
//
//   npm install --no-save --prefix /tmp/iso-3166 iso-3166@VERSION
//   pip install --no-deps --target /tmp/iso3166-2 iso3166-2==VERSION
//   node iso3166.mjs /tmp/iso-3166/node_modules/iso-3166 /tmp/iso3166-2 > iso3166.txt
//
// then read the diff: every line that goes is a code that policies and data may
// still use, and may need a line in former.txt (see tables.go).
import {readFileSync, readdirSync} from 'node:fs'
import {pathToFileURL} from 'node:url'

const [folder, target] = process.argv.slice(2)
const {iso31661, iso31662} = await import(pathToFileURL(`${folder}/index.js`).href)
const {name, version} = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
const licence = readFileSync(`${folder}/license`, 'utf8').trim()
const second = readdirSync(target).find((f) => /^iso3166_2-.*\.dist-info$/.test(f))

const parents = new Map(
  Object.values(JSON.parse(readFileSync(`${target}/iso3166_2/iso3166-2.json`, 'utf8')))
    .flatMap((country) => Object.entries(country))
    .map(([code, s]) => [code, s.parentCode])
)

const header = `ISO 3166-1 and ISO 3166-2 codes from the npm package ${name} ${version};
what is part of what in part from the PyPI package iso3166-2 ${second.match(/-(.*)\.dist/)[1]}.
To refresh this file see iso3166.mjs.

Countries: alpha-2, English short name, alpha-3. Subdivisions: code, local name,
and the subdivision that it is part of, if any. Separated by tabs.

${licence}`
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0)
const within = (s) => (s.parent.length > 2 ? s.parent : parents.get(s.code))
const lines = [
  ...iso31661.map((c) => [c.alpha2, c.name, c.alpha3]),
  ...iso31662.map((s) => [s.code, s.name, ...(within(s) ? [within(s)] : [])])
].sort((a, b) => compare(a[0], b[0]))

console.log(header.replace(/^/gm, '# ').replace(/ +$/gm, ''))
for (const line of lines) console.log(line.join('\t'))
