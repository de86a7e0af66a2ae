// The entry point stratadb/embed: text in, vectors out.
export type { EmbedOptions, Embedder, Prefixes } from "./embedder.js";
export { LsaEmbedder, type LsaLoadOptions, type LsaTrainOptions } from "./lsa.js";
export { ollamaEmbedder, type OllamaEmbedder, type OllamaOptions } from "./ollama.js";
export { splitMarkdown, type Passage, type SplitOptions } from "./passages.js";
export {
  transformersEmbedder,
  type FeaturePipeline,
  type ImageTransformersOptions,
  type TextTransformersOptions,
  type TransformersEmbedder,
} from "./transformers.js";
