/**
 * The service worker: keeps every file of the page, and serves it from there and nowhere else, so
 * that the page opens with the network cut. The build tells it the files and their digest: one
 * cache a version, and an old one goes when the new one is whole.
 */

declare const self: ServiceWorkerGlobalScope;
declare const FILES: string[];
declare const VERSION: string;

const PREFIX = "onecode-";
const CACHE = PREFIX + VERSION;
const START = "./";

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOthers());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const ours = new URL(request.url).origin === self.location.origin;
  const asks = new URL(request.url).pathname.includes("/api/");
  if (request.method === "GET" && ours && !asks) event.respondWith(answer(request));
});

async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })));
  await self.skipWaiting();
}

async function dropOthers(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const wanted = request.mode === "navigate" ? START : request;
  return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
}

export {}; // a module: its `self` is its own
