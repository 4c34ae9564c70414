import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {readOwnFile} from './read-file.ts'

// More than any plugin has: they protect the time and memory of whoever links a folder full of other things.
const mostFiles = 500
const mostFolders = 500
const largestFile = 2 * 1024 * 1024

/**
 * Whether a JavaScript file of the package in a folder has the word. Its dependencies and hidden files are left alone, and
 * no link is followed. Reads at most 500 files in 500 folders, each of at most 2 MB; what can't be read counts as without
 * the word.
 */
export async function codeMentions(folder: string, word: string): Promise<boolean> {
  const folders = [folder]
  let files = 0
  // The list grows while it is walked.
  for (const at of folders) {
    const entries = (await readdir(at, {withFileTypes: true}).catch(() => [])).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    )
    for (const entry of entries) {
      const path = join(at, entry.name)
      if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue
      if (entry.isDirectory() && folders.length < mostFolders) folders.push(path)
      if (!entry.isFile() || !/\.[cm]?js$/.test(entry.name)) continue
      if (++files > mostFiles) return false
      if (textIn(path).includes(word)) return true
    }
  }
  return false
}

function textIn(path: string): string {
  try {
    return readOwnFile(path, ({size}) => size <= largestFile).toString()
  } catch {
    return ''
  }
}
