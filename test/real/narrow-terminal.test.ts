import {expect} from 'chai'
import {rows} from '../support/command-rows.ts'
import {variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'
import {screenAfter} from '../support/screen.ts'
import {startOnTerminal} from '../support/terminal-session.ts'
import {ctrlC, respondentAt} from '../support/wizard.ts'

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`

describe('On a narrow terminal', () => {
  const scene = useScene()

  async function linesOf(args: readonly string[], columns: number): Promise<readonly string[]> {
    const session = startOnTerminal(args, {env: variablesOf(scene.home, scene.sandbox), columns})
    await session.ended
    return (await screenAfter(session.shown(), columns)).texts
  }

  /** Lines of several words, not meant for copying, that the terminal itself would break. */
  function broken(lines: readonly string[], columns: number): readonly string[] {
    return lines.filter(line => line.length > columns && /\S\s+\S/.test(line) && !/^(Try: |\s|[+-])/.test(line))
  }

  beforeEach(() =>
    scene.home.configure({profiles: {'admin-of-production': {source: 'developer', role: role('admin-of-production')}}}),
  )

  for (const columns of [80, 40]) {
    for (const [id, {args, profile, provider}] of Object.entries(rows)) {
      // What these print is for programs, or npm's; the console's address is to be copied.
      if (/^(creds|console|autocomplete.*|plugins:.*)$/.test(id)) continue
      it(`of ${columns} columns ${id.replace(':', ' ')} breaks no word, in its output or in an error`, async () => {
        const place = {issuer: scene.sandbox.issuer, folder: scene.home.folder}
        const wrong = (profile ?? provider)?.('unknown-name')
        for (const typed of wrong ? [args(place), wrong] : [args(place)]) {
          expect(broken(await linesOf(typed, columns), columns), typed.join(' ')).to.deep.equal([])
        }
      })
    }

    it(`of ${columns} columns the wizard breaks no word`, async () => {
      const session = startOnTerminal(['setup'], {env: variablesOf(scene.home, scene.sandbox), columns})
      const user = respondentAt(session)
      await user.answer('Name for this provider', ctrlC)
      await session.ended
      const [first = '', ...more] = user.seen().split(/\r?\n/)
      expect(first).to.match(/^Enter accepts/)
      expect(broken([first, ...more.slice(0, 3)], columns)).to.deep.equal([])
    })
  }
})
