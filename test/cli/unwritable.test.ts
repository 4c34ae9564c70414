import {expect} from 'chai'
import {contents, expectRefusal, furnish, onFullDisk, packPlugin} from '../support/broken-input.ts'
import {rows} from '../support/command-rows.ts'
import {onReadOnlyHome, root, runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

for (const [where, shell] of [
  ['a read-only home', onReadOnlyHome],
  ['a full disk', onFullDisk],
] as const) {
  describe(`on ${where}, with nothing lost`, () => {
    const scene = useScene()
    beforeEach(async () => {
      await furnish(scene.home)
      await packPlugin(scene.home.folder)
    })

    for (const [id, {args, unwritable}] of Object.entries(rows)) {
      it(`${id.replace(':', ' ')} ${unwritable === 0 ? 'does its work' : `says so, with exit code ${unwritable}`}`, async function () {
        if (!root || process.platform !== 'linux') return this.skip()
        const {home, sandbox} = scene
        const before = await contents(home.folder)
        const env = {...variablesOf(home, sandbox), AWS_ENDPOINT_URL_SIGNIN: sandbox.console}
        const ending = await runAs(args({issuer: sandbox.issuer, folder: home.folder}), {env, shell})
        if (/unshare|mount:/.test(ending.stderr)) return this.skip()
        expect(ending.stderr).not.to.include('FILES CHANGED')
        expect(await contents(home.folder)).to.deep.equal(before)
        if (unwritable === 1 || unwritable === 2 || unwritable === 6) return expectRefusal(ending, unwritable, id)
        expect(ending.exitCode, ending.stderr).to.equal(unwritable)
        expect(ending.stderr).not.to.match(/^Error: /m)
      })
    }
  })
}
