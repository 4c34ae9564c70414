import type {ProfileEdit} from '../../src/aws-config/edit.ts'

/** Chance that a seed repeats (mulberry32). */
export interface Dice {
  /** A whole number below `sides`. */
  roll(sides: number): number
  pick<Item>(items: readonly [Item, ...Item[]]): Item
}

export function diceFrom(seed: number): Dice {
  let state = seed >>> 0
  const roll = (sides: number) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * sides)
  }
  return {roll, pick: items => items[roll(items.length)] ?? items[0]}
}

const names = ['default', 'dev', 'admin', 'a.b/c', 'team@x+y', 'Dev'] as const
const keys = ['region', 'output', 'credential_process', 'role_arn', 'source_profile', 'cli_pager', 'max-x'] as const
const values = [
  'eu-west-1',
  'json',
  'a=b',
  'v;x',
  'w# y',
  '"/a b/c" creds --profile dev',
  'ünïcode',
  '100%',
  '',
] as const
const indents = [' ', '    ', '\t'] as const

/** A file such as people and programs leave behind, well or badly made. */
export function randomFile(dice: Dice): string {
  const end = dice.pick(['\n', '\n', '\r\n'])
  const wild = dice.roll(3) === 0
  const lines: string[] = []
  for (let comments = dice.roll(3); comments > 0; comments--)
    lines.push(dice.pick(['# top', '', ';x = y', '# [profile dev]']))
  const left = [...names]
  for (let count = dice.roll(6); count > 0; count--) {
    const name = wild && dice.roll(6) === 0 ? dice.pick(names) : left.splice(dice.roll(left.length), 1)[0]
    if (name !== undefined) lines.push(headerFor(name, wild, dice), ...bodyFor(wild, dice))
  }
  const text = lines.map(line => line + (wild && dice.roll(12) === 0 ? (end === '\n' ? '\r\n' : '\n') : end)).join('')
  return (wild && dice.roll(10) === 0 ? '\uFEFF' : '') + (dice.roll(4) === 0 ? text.trimEnd() : text)
}

function headerFor(name: string, wild: boolean, dice: Dice): string {
  const usual = name === 'default' ? '[default]' : `[profile ${name}]`
  if (!wild) return dice.pick([usual, usual, `${usual}  # of ours`, `${usual} `])
  return dice.pick([
    ...([
      usual,
      usual,
      `[profile ${name}]`,
      `[profile  ${name}]`,
      `[ profile ${name} ]`,
      `[profile "${name}"]`,
    ] as const),
    ...[`[sso-session ${name}]`, `[services ${name}]`, `[profile\t${name}]# close`, `[${name}]`, `[profile ${name}!]`],
    ...[`[profile ${name}] # see [it]`, '[plugins]'],
  ])
}

function bodyFor(wild: boolean, dice: Dice): string[] {
  const lines: string[] = []
  const left = [...keys]
  for (let count = dice.roll(6); count > 0; count--) {
    const again = wild && dice.roll(8) === 0
    const key = again ? dice.pick(keys) : left.splice(dice.roll(left.length), 1)[0]
    if (key !== undefined) lines.push(...propertyFor(key, wild, dice))
    if (dice.roll(4) === 0) lines.push(dice.pick(['', '  ', '# between', ';region = commented']))
  }
  if (dice.roll(5) === 0) lines.push(...nested(dice))
  if (dice.roll(2) === 0) lines.push('')
  return lines
}

function propertyFor(key: string, wild: boolean, dice: Dice): string[] {
  const equals = dice.pick([' = ', ' = ', '=', '\t=  '])
  const name = wild && dice.roll(6) === 0 ? dice.pick([key.toUpperCase(), `${key} x`, `${key}:y`]) : key
  const behind = dice.roll(6) === 0 ? dice.pick([' # why', '\t; because', '   ']) : ''
  const line = `${name}${equals}${dice.pick(values)}${behind}`
  return wild && dice.roll(8) === 0
    ? [line, `${dice.pick(indents)}${dice.pick(['more', 'region = x', '[profile dev]'])}`]
    : [line]
}

function nested(dice: Dice): string[] {
  const indent = dice.pick(indents)
  const lines = [`${indent}max_concurrent_requests = ${dice.roll(20)}`, `${indent}# about it`, '', `${indent}region =`]
  return ['s3 =', ...lines.slice(0, 1 + dice.roll(lines.length))]
}

const written = [
  'us-east-2',
  '"/opt/node" "/opt/aws-oidc/run.js" creds --profile dev',
  'arn:aws:iam::1:role/x',
  'yaml',
] as const

/** Edits of one to three profiles, each named once. */
export function randomEdits(dice: Dice): readonly ProfileEdit[] {
  const left = [...names, 'new one/two'.replace(' ', '.'), 'other']
  return Array.from({length: 1 + dice.roll(3)}, () => {
    const profile = left.splice(dice.roll(left.length), 1)[0] ?? 'other'
    const touched = keys.filter(() => dice.roll(3) === 0)
    const removing = dice.roll(4) === 0
    const set = removing ? [] : touched.filter(() => dice.roll(3) > 0)
    const unset = removing && dice.roll(2) === 0 ? keys : touched.filter(key => !set.includes(key))
    return {profile, set: Object.fromEntries(set.map(key => [key, dice.pick(written)])), unset}
  })
}
