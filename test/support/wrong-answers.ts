import type {Dice} from './dice.ts'

/** JSON values that are rarely expected: other types, and values that break code which trusts them. */
const wrong: readonly [string, ...string[]] = [
  '5',
  ...['0', '-1', '0.001', '1e13', '1e308', '1e999', 'true', 'false', 'null', '[]', '{}', '[null]', '[5]'],
  ...['[[]]', '{"toString": 5}', '{"length": -1}', '""', '" "', '"x y"', '"toString"', '"__proto__"', '"constructor"'],
  ...['"!!"', '"a.b.c"', '"http://elsewhere.example/"', '"https://[::1"', '"https://u:p@idp.example/"', '"data:,x"'],
  ...['"\\u0000\\u001b[2J\\r\\n"', '"\\ud800"', '"%s%n"', '"9999999999999999999999"', '"9999-12-31T23:59:59Z"'],
  JSON.stringify('x'.repeat(70_000)),
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
]

const names = ['error', 'error_description', 'expires_in', 'keys', 'issuer', '__proto__', 'toString', 'then', 'length']

/** The JSON object's text with one to three values, at any depth, replaced, added or removed. */
export function wrongJson(value: object, dice: Dice): string {
  let text = JSON.stringify(value)
  if (dice.chance(0.03)) return dice.one(wrong)
  if (dice.chance(0.03)) return text.slice(0, dice.between(0, text.length))
  const marks = new Map<string, string>()
  for (let count = dice.between(1, 3); count > 0; count--) {
    const mark = `<wrong ${count}>`
    marks.set(JSON.stringify(mark), dice.one(wrong))
    text = JSON.stringify(changed(JSON.parse(text), mark, dice))
  }
  for (const [mark, replacement] of marks) text = text.replace(mark, () => replacement)
  return text
}

function changed(value: unknown, mark: string, dice: Dice): unknown {
  if (value === null || typeof value !== 'object') return mark
  const keys = Object.keys(value)
  const key = keys[dice.between(0, keys.length)] ?? dice.one(['', ...names])
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === key ? changed(item, mark, dice) : item))
  const {[key]: inner, ...others} = Object.fromEntries(Object.entries(value))
  if (dice.chance(0.1)) return others
  return {...others, [key]: dice.chance(0.5) ? mark : changed(inner, mark, dice)}
}

/** The text with a part repeated, removed or replaced by something invalid. */
export function wrongText(text: string, dice: Dice): string {
  const from = dice.between(0, text.length)
  const to = Math.min(text.length, from + dice.between(0, 40))
  const piece = text.slice(from, to)
  return `${text.slice(0, from)}${dice.one(['', piece + piece, '\u0000', '<', '&x;', '<a>', 'x'.repeat(5_000), '\ud800'])}${text.slice(to)}`
}
