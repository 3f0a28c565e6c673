// The document's elements, found or made. In: selectors. Out: elements that are there: the script and its markup are one.

type Kind<E extends HTMLElement> = abstract new () => E;

export function one(selector: string, within: ParentNode = document): HTMLElement {
  return a(HTMLElement, selector, within);
}

/** The first element of the kind. */
export function a<E extends HTMLElement>(kind: Kind<E>, selector: string, within: ParentNode = document): E {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}

export function all<E extends HTMLElement>(kind: Kind<E>, selector: string, within: ParentNode = document): readonly E[] {
  return [...within.querySelectorAll(selector)].filter((each): each is E => each instanceof kind);
}

/** Hands a text to the reader as a file. */
export function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.download = name;
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.click();
  // The browser reads the file after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
