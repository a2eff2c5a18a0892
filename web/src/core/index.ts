export * from "./conv";
export * from "./geometry";
export * from "./pool";
export * from "./tensor";
