import type { IndexOptions, SearchOptions } from "../../options.js";
import { INDEXES, QUANTIZATIONS } from "../import/target.js";

export type IndexType = (typeof INDEXES)[number];
export type QuantizationType = (typeof QUANTIZATIONS)[number];

/** A way to store vectors, and ways to search them, each of which looks further than the one before. */
export interface Candidate {
  index: IndexOptions;
  quantization: QuantizationType;
  searches: readonly Pick<SearchOptions, "efSearch" | "probes">[];
}

export interface CandidateRequest {
  /** Undefined: what is worth measuring mostly; otherwise each with each. */
  indexes: readonly IndexType[] | undefined;
  quantizations: readonly QuantizationType[] | undefined;
  /** Links per row of HNSW. */
  links: readonly number[] | undefined;
  k: number;
  recall: number;
}

/** Links that are tried with the default codes if nothing is said. */
const LINKS = [8, 16, 32];
const LINKS_DEFAULT = 16;
const EF_SEARCHES = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024];
const PROBES = Array.from({ length: 13 }, (_, i) => 16 * 2 ** i);

export function candidates(request: CandidateRequest): Candidate[] {
  const { indexes, quantizations, links } = request;
  const each = indexes !== undefined || quantizations !== undefined;
  const found: Candidate[] = [];
  for (const index of indexes ?? INDEXES) {
    for (const quantization of quantizations ?? QUANTIZATIONS) {
      // One byte a dimension makes an exact scan no faster, so `flat` leaves it out.
      if (index === "flat" && quantization === "sq8") continue;
      // Trees and hash tables lose little to codes, so what distinguishes them shows with any.
      if (!each && !["hnsw", "flat"].includes(index) && quantization !== "sq8") continue;
      const tried = links ?? (quantization === "sq8" ? LINKS : [LINKS_DEFAULT]);
      const made: IndexOptions[] =
        index === "hnsw" ? tried.map((m) => ({ type: index, m })) : [indexOf(index, request)];
      for (const options of made) {
        found.push({ index: options, quantization, searches: searchesOf(options, quantization, request.k) });
      }
    }
  }
  return found;
}

function indexOf(type: Exclude<IndexType, "hnsw">, { recall }: CandidateRequest): IndexOptions {
  return type === "flat" ? { type } : { type, recallTarget: Math.min(0.999, Math.max(0.5, recall)) };
}

function searchesOf(index: IndexOptions, quantization: QuantizationType, k: number): Candidate["searches"] {
  if (index.type === "flat" && quantization === "none") return [{}];
  if (index.type === "hnsw" || index.type === "flat") {
    return [k, ...EF_SEARCHES.filter((efSearch) => efSearch > k)].map((efSearch) => ({ efSearch }));
  }
  // What the index chose, and more if that is not enough.
  return [{}, ...PROBES.map((probes) => ({ probes }))];
}
