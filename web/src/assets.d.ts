/** Styles are a file of the bundle, without names for the code. */

declare module "*.css";
