// In: text from data. Out: text that is safe between tags and inside double-quoted attributes. The one door to markup.

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Where the whole explanation of a caveat stands. */
export const noteId = (caveat: string): string => `note-${caveat}`;

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
