import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {parse} from 'yaml'
import {commandReference} from '../../scripts/command-reference.js'
import {readConfiguration} from '../../src/config/read.ts'
import {callChecker, commandLines} from '../support/command-lines.ts'
import {blocksOf, chaptersOf, codeIn, linksIn} from '../support/markdown.ts'
import {root} from '../support/sandbox.ts'

const text = (name: string) => readFileSync(join(root, name), 'utf8')

/** Every page of the project: whatever git would not ignore. */
const ignored = text('.gitignore').split('\n')
const documents = documentsIn('')

function documentsIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), {withFileTypes: true}).flatMap(entry => {
    const name = `${folder}${entry.name}`
    if (!entry.isDirectory()) return entry.name.endsWith('.md') ? [name] : []
    return entry.name === '.git' || ignored.includes(`${entry.name}/`) ? [] : documentsIn(`${name}/`)
  })
}

describe('The documents', () => {
  it('are all looked at, in whatever folder', () => {
    expect(documents).to.include.members([
      'README.md',
      'README.ja.md',
      'bench/RESULTS.md',
      'docs/providers/oidc.md',
      'docs/decisions/0001-libraries.md',
      'plugins/cache-pass/README.md',
    ])
    expect(documents.filter(name => name.includes('node_modules'))).to.deep.equal([])
  })

  it('describe the commands as they are; scripts/command-reference.js writes that part', () => {
    expect(text('docs/commands.md')).to.equal(commandReference(JSON.parse(text('oclif.manifest.json'))))
  })

  for (const name of documents.filter(document => yamlIn(document).length > 0)) {
    it(`show configurations that can be read: ${name}`, () => {
      for (const {info, code} of yamlIn(name)) {
        // Part of one.
        if (info === 'yaml fragment') expect(() => parse(code), code).not.to.throw()
        else expect(() => readConfiguration(name, code), code).not.to.throw()
      }
    })
  }

  it('show only commands and flags that exist', () => {
    const problemOf = callChecker()
    const wrong = documents.flatMap(name =>
      commandLines(text(name))
        .map(line => ({line, problem: problemOf(line)}))
        .filter(({problem}) => problem !== undefined)
        .map(({line, problem}) => `${name}: aws-oidc ${line}: ${problem}`),
    )
    expect(wrong).to.deep.equal([])
  })

  it('install nothing from npm that is not published yet', () => {
    const names = ['.', ...readdirSync(join(root, 'plugins')).map(name => join('plugins', name))].map(
      folder => JSON.parse(text(join(folder, 'package.json'))).name,
    )
    const byName = RegExp(`\\b(?:install|npx)(?: -\\S+)* (?:${names.join('|')})(?![\\w-])|npmjs\\.com/package/aws-oidc`)
    // The commands' own examples, under a sentence that says so.
    const pages = documents.filter(name => name !== 'docs/commands.md')
    expect(text('docs/commands.md')).to.include('not on npm yet')
    expect(pages.filter(name => byName.test(text(name)))).to.deep.equal([])
  })

  it('show the same code in the Japanese README', () => {
    expect(codeIn(text('README.ja.md'))).to.deep.equal(codeIn(text('README.md')))
  })

  it('have no dead links', () => {
    const broken = documents.flatMap(name =>
      linksIn(text(name))
        .filter(link => !leads(name, link))
        .map(link => `${name}: ${link}`),
    )
    expect(broken).to.deep.equal([])
  })
})

function yamlIn(document: string) {
  return blocksOf(text(document)).filter(({info}) => /^ya?ml\b/.test(info))
}

function leads(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? from : join(dirname(from), path)
  if (!existsSync(join(root, target))) return false
  return anchor === undefined || chaptersOf(text(target)).includes(anchor)
}
