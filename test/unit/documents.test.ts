import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {commandReference} from '../../scripts/command-reference.js'
import {readConfiguration} from '../../src/config/read.ts'
import {root} from '../support/sandbox.ts'

const inDocs = readdirSync(join(root, 'docs'), {recursive: true, encoding: 'utf8'}).map(name => `docs/${name}`)
const ofPlugins = readdirSync(join(root, 'plugins')).map(name => `plugins/${name}/README.md`)
const atRoot = readdirSync(root)
const documents = [...atRoot, ...inDocs, ...ofPlugins].filter(
  name => name.endsWith('.md') && existsSync(join(root, name)),
)
const text = (name: string) => readFileSync(join(root, name), 'utf8')

describe('The documents', () => {
  it('describe the commands as they are; scripts/command-reference.js writes that part', () => {
    expect(text('docs/commands.md')).to.equal(commandReference(JSON.parse(text('oclif.manifest.json'))))
  })

  for (const name of documents.filter(document => configurationsIn(text(document)).length > 0)) {
    it(`show configurations that can be read: ${name}`, () => {
      for (const block of configurationsIn(text(name))) {
        expect(() => readConfiguration(name, block), block).not.to.throw()
      }
    })
  }

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

/** Whole ones; a part of one is in a block of `yaml fragment`. In a list a block is indented. */
function configurationsIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^( *)```yaml\n(.*?)^ *```$/gms)].map(([, indent = '', block = '']) =>
    block.replaceAll(RegExp(`^${indent}`, 'gm'), ''),
  )
}

/** Everything in code blocks and between backquotes. */
function codeIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```.*?^```$|^ {4}[^\n]*$|`[^`\n]+`/gms)].map(([code]) => code)
}

/** The links to files of the project, and to chapters. */
function linksIn(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter(link => !/^[a-z]+:/.test(link))
}

function leads(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? from : join(dirname(from), path)
  if (!existsSync(join(root, target))) return false
  return anchor === undefined || chaptersOf(text(target)).includes(anchor)
}

/** As GitHub calls them. */
function chaptersOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
