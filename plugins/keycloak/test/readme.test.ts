import {readFile} from 'node:fs/promises'
import {expect} from 'chai'

describe('the README of the plugin', () => {
  it('says which setting reads the claim that its mapper fills', async () => {
    const text = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const [, claim] = /"claim\.name": "(\w+)"/.exec(text) ?? []
    expect(text).to.include(`\`rolesClaim: ${claim}\``)
  })
})
