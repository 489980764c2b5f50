/** The browser's help: the service worker that keeps the page, and a screen that stays on. */

/** Registers the worker and waits until it has every file: from then on no network is needed. */
export async function registerWorker(): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  try {
    await navigator.serviceWorker.register(trusted("sw.js"));
    await navigator.serviceWorker.ready;
    return true;
  } catch {
    return false; // private browsing, a certificate that is not trusted: it works while it is open
  }
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string;
  };
}

/** The page's policy lets no other text become the address of a script. */
function trusted(url: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (!types) return url;
  const policy = types.createPolicy("onecode", { createScriptURL: (address) => address });
  return policy.createScriptURL(url);
}

/** Keeps the screen from dimming while the page is in front, where the browser can. */
export async function keepAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Refused when the battery is low, or the page is not in front.
  }
}

/** Whether the page's server answers; what the browser says of the network is not enough. */
export async function reachable(): Promise<boolean> {
  if (!navigator.onLine) return false;
  try {
    const options = {
      method: "HEAD",
      cache: "no-store",
      signal: AbortSignal.timeout(5000),
    } as const;
    return (await fetch("sw.js", options)).ok; // the worker answers GET alone
  } catch {
    return false;
  }
}
