/** SVG elements: made with their attributes, changed only where something is new. */

const SPACE = "http://www.w3.org/2000/svg";
export type Attributes = Record<string, string | number>;

export function s<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...content: (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SPACE, name);
  set(element, attributes);
  element.append(...content);
  return element;
}

export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const text = typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}
