import {expect} from 'chai'
import {AwsOidcError} from '../../src/errors.ts'
import {differenceLines} from '../../src/formats/difference.ts'
import {reportLines} from '../../src/formats/doctor-report.ts'
import {tryLines} from '../../src/formats/failure.ts'
import {tableLines} from '../../src/terminal/table.ts'
import {jsonText, type Line, onScreen, printable} from '../../src/text/printable.ts'
import {Secrets, secrets} from '../../src/text/secrets.ts'
import {hostileText, randomSecret, strewn} from '../support/hostile-text.ts'
import {fuzz} from '../support/rounds.ts'

const harmful = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/u
const ours = new RegExp(String.raw`${'\u001b'}\[(?:3[1236]|39|38;5;231;48;5;16|0)m`, 'g')

/** What is shown has as many lines as were meant, and commands a terminal nothing but our own colours. */
function expectHarmless(lines: readonly Line[], colours: boolean): void {
  const shown = onScreen(lines).split('\n')
  expect(shown, 'lines').to.have.length(lines.length)
  for (const line of shown) expect(colours ? line.replace(ours, '') : line).not.to.match(harmful)
}

describe('text from outside', () => {
  it('is one harmless line of limited length, whatever it is', () =>
    fuzz(300, ({dice}) => {
      const text = hostileText(dice, dice.chance(0.1) ? 2_000 : 40)
      for (const shown of [printable(text), onScreen(text), printable(text, 20)]) {
        expect(shown).not.to.match(harmful)
        expect(printable(shown, 8_001)).to.equal(shown.trim())
      }
      expect(printable(text).length).to.be.most(301)
    }))

  it('adds no lines and no colours to errors, reports, tables and diffs', () =>
    fuzz(40, ({dice}) => {
      const text = () => hostileText(dice)
      const error = new AwsOidcError('BAD_RESPONSE', [text(), text()], {hint: text()})
      const {message, hint} = error
      expect(message.split('\n')).to.have.length(2)
      expectHarmless([...message.split('\n'), ...tryLines(hint)], false)
      expectHarmless([text(), [text(), {text: text(), colour: 'red'}, text()]], true)
      const cells = Array.from({length: 3}, () => [text(), text()])
      const lines = tableLines(cells, 80)
      expect(lines.length, 'rows').to.be.at.least(3)
      expectHarmless(lines, false)
      const finding = {
        id: 'x',
        severity: 'error',
        area: 'Moon',
        what: text(),
        mend: text(),
        details: [text()],
        fixable: false,
      }
      const report = {
        healthy: false,
        areas: ['Moon'],
        findings: [finding],
        fine: [{area: 'Moon', what: text()}],
      } as const
      const change = {
        profile: text(),
        file: 'config',
        action: 'change',
        keys: [{key: text(), from: text(), to: text()}],
      } as const
      for (const colours of [true, false]) {
        expectHarmless(reportLines(report as never, colours), colours)
        expectHarmless(differenceLines([change], {config: text(), credentials: text()}, colours), colours)
      }
    }))

  it('is unchanged in JSON for programs, and harms no terminal that shows it', () =>
    fuzz(300, ({dice}) => {
      const value = {text: hostileText(dice), list: [hostileText(dice)]}
      const json = jsonText(value, {withSecrets: false})
      expect(json.replaceAll('\n', '')).not.to.match(harmful)
      expect(JSON.parse(json)).to.deep.equal(JSON.parse(JSON.stringify(value)))
    }))
})

describe('a secret in text from outside', () => {
  it('is shown nowhere, nor 16 characters of it, however it was cut and mixed with invisible characters', () =>
    fuzz(100, ({dice}) => {
      const known = new Secrets()
      const secret = randomSecret(dice)
      for (const other of [secret, randomSecret(dice), randomSecret(dice)]) known.add(other)
      const from = dice.between(0, secret.length - 16)
      const part = secret.slice(from, from + 16 + dice.between(0, secret.length - 1))
      const masked = known.mask(hostileText(dice) + strewn(part, dice) + hostileText(dice))
      const visible = masked.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]+/gu, '')
      for (let at = 0; at + 16 <= secret.length; at++) {
        if (visible.includes(secret.slice(at, at + 16))) expect(visible).not.to.include(secret.slice(at, at + 16))
      }
      // Nothing but the secret is masked.
      const innocent = hostileText(dice).replace(/[A-Za-z0-9+/=&%._-]/g, '')
      expect(known.mask(innocent)).to.equal(innocent)
    }))

  it('is masked before a text is cut', () =>
    fuzz(100, ({dice}) => {
      const secret = randomSecret(dice)
      secrets.add(secret)
      const before = '<'.repeat(Math.max(0, 300 - dice.between(0, secret.length - 1)))
      const shown = printable(before + secret)
      expect(shown.replace(/[<…*]/g, '')).to.equal('')
    }))
})
