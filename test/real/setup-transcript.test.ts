import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {root} from '../support/sandbox.ts'
import {setupTranscript} from '../support/setup-transcript.ts'

describe('The README', () => {
  it('shows setup as it is; scripts/setup-transcript.ts prints it again', async () => {
    expect(await readFile(join(root, 'README.md'), 'utf8')).to.include(`\`\`\`text\n${await setupTranscript()}\n\`\`\``)
  })
})
