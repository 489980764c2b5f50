/** What tests run under node: the page's modules, without a browser. */

export * as base45 from "./oc1/base45.js";
export * as cbor from "./oc1/cbor.js";
export * as claims from "./oc1/claims.js";
export * as code from "./oc1/code.js";
export * as summary from "./summary.js";
export { modules } from "../common/qr.js";
