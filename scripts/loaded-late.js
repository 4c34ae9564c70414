/**
 * Modules that are loaded when something of them is used, instead of where they are imported. Takes what to load for
 * each name: the module itself, or a file beside the bundle.
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
      onLoad({filter: /^/, namespace: 'late'}, ({path}) => ({
        contents: standIn(modules[path] ?? path),
        resolveDir: root,
      }))
    },
  }
}

/**
 * Helpers of compilers ask whether it is __esModule, and copy its members: they get no answer, and a prototype that has
 * the members.
 * @param {string} target
 */
function standIn(target) {
  return `
    const load = () => require(${JSON.stringify(target)})
    module.exports = new Proxy(function () {}, {
      get: (_, name) => (name === '__esModule' ? undefined : load()[name]),
      apply: (_, self, args) => Reflect.apply(load(), self, args),
      construct: (_, args) => Reflect.construct(load(), args),
      getPrototypeOf: () => module.exports,
    })`
}
