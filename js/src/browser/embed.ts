export * from "../embed/index.js";
