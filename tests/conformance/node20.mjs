// The conformance suite imports `globSync` from `fs`, which Node.js has from version 22 on. On an older one this gives it
// a stand-in; the server scenarios never call it. Used with `node --import`.
import { register } from "node:module";

const STAND_IN = "naftiko:fs";
const hooks = `
  export async function resolve(specifier, context, next) {
    const asked = specifier === "fs" || specifier === "node:fs";
    if (asked && context.parentURL?.includes("/conformance/")) return { url: "${STAND_IN}", shortCircuit: true };
    return next(specifier, context);
  }
  export async function load(url, context, next) {
    if (url !== "${STAND_IN}") return next(url, context);
    const source = 'export * from "node:fs"; export { default } from "node:fs"; export const globSync = () => [];';
    return { format: "module", source, shortCircuit: true };
  }
`;

register(`data:text/javascript,${encodeURIComponent(hooks)}`);
