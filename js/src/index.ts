// The face that both entry points have, for TypeScript; package.json's "exports" says which one runs where.
export * from "./node/index.js";
