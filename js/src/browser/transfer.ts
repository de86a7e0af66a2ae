export * from "../transfer.js";
