/** Elements of the page: found by id, made with their content. Texts only, never markup. */

type Content = Node | string | null;

export function find<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`no ${kind.name} #${id}`);
  return element;
}

/** `h("p.small", "text")`: an element with classes and content; null content is left out. */
export function h(name: string, ...content: Content[]): HTMLElement {
  const [tag = "div", ...classes] = name.split(".");
  const element = document.createElement(tag);
  element.className = classes.join(" ");
  element.append(...content.filter((part) => part !== null));
  return element;
}

/** A drawing of the sprite in index.html. */
export function icon(name: string): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#i-${name}`);
  picture.setAttribute("class", `icon i-${name}`);
  picture.setAttribute("aria-hidden", "true");
  picture.append(use);
  return picture;
}

/** Replaces the content unless it is what it was, so that nothing flickers or loses its focus. */
export function fill(element: HTMLElement, ...content: Content[]): void {
  const fresh = document.createElement("div");
  fresh.append(...content.filter((part) => part !== null));
  if (fresh.innerHTML !== element.innerHTML) element.replaceChildren(...fresh.childNodes);
}
