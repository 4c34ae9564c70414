/**
 * Modules that are loaded when something of them is used, instead of where they are imported. Takes what stands in for
 * each: itself, or a file beside the bundle.
 * @param {Readonly<Record<string, string>>} modules
 * @param {string} root
 * @returns {import('esbuild').Plugin}
 */
export function loadedLate(modules, root) {
  return {
    name: 'loaded late',
    setup({onResolve, onLoad}) {
      onResolve({filter: /^[^.]/}, ({path, namespace}) =>
        namespace !== 'late' && Object.hasOwn(modules, path) ? {path, namespace: 'late'} : undefined,
      )
      onResolve({filter: /^\.\//, namespace: 'late'}, ({path}) => ({path, external: true}))
      onLoad({filter: /^/, namespace: 'late'}, async ({path}) => ({
        contents: standIn(modules[path] ?? path, await import(path)),
        resolveDir: root,
      }))
    },
  }
}

/**
 * @param {string} target
 * @param {object} exported
 */
function standIn(target, exported) {
  const names = Object.keys(exported).filter(name => name !== 'module.exports' && name !== 'default')
  const getters = names.map(
    name => `${JSON.stringify(name)}: {enumerable: true, get: () => load()[${JSON.stringify(name)}]},`,
  )
  return `
    const load = () => require(${JSON.stringify(target)})
    function late(...args) { return new.target ? new (load())(...args) : load()(...args) }
    module.exports = Object.defineProperties(late, {${getters.join('\n')}})`
}
