import type {Program} from '../config/schema.ts'
import type {Browsers} from '../credentials/dependencies.ts'
import type {Outside} from '../outside/outside.ts'

/** How pages are opened: in the browser that `programOf` names, or else in the usual one. */
export function browsersOf(
  {terminal, processes, platform, isOtherUsers}: Outside,
  programOf: (own: Program | undefined) => Program | undefined,
): Pick<Browsers, 'openBrowser' | 'browserOf' | 'openPage' | 'isOtherUsers'> {
  const {launch} = processes
  return {
    openBrowser: async (url, {opens, shown, toSignOut = false, program}) => {
      const {openInBrowser} = await import('../browser/open.ts')
      const {tell} = terminal
      terminal.waitingFor(undefined)
      const opened = openInBrowser(url, {program: programOf(program), launch, mayOpen: opens, shown, toSignOut, tell})
      if (!toSignOut) terminal.waitingFor('Waiting for your sign-in in the browser.')
      return opened
    },
    browserOf: ({browser}) => programOf(browser),
    openPage: async (url, {program, place}) => {
      const {openPage} = await import('../browser/page.ts')
      terminal.waitingFor('Waiting for your browser.')
      return openPage(url, {program, place, launch, platform})
    },
    isOtherUsers,
  }
}
