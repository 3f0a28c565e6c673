// In: sizes and a rectangle. Out: one box a size, areas in proportion, as near to squares as rows allow
// (Bruls, Huizing, van Wijk 2000, Squarified Treemaps). Boxes come in the order of the sizes.

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Sizes are positive. Coordinates are rounded to a tenth of a pixel. */
export function squarify(sizes: readonly number[], canvas: { readonly width: number; readonly height: number }): readonly Box[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const scale = total > 0 ? (canvas.width * canvas.height) / total : 0;
  const areas = sizes.map((size) => size * scale);
  const boxes: Box[] = [];
  let free: Box = { x: 0, y: 0, ...canvas };
  let next = 0;
  while (next < areas.length) {
    const row = bestRow(areas.slice(next), Math.min(free.width, free.height));
    boxes.push(...place(row, free));
    free = remainder(row, free);
    next += row.length;
  }
  return boxes.map(rounded);
}

/** The longest start of the areas whose worst side ratio does not grow with another area. */
function bestRow(areas: readonly number[], side: number): readonly number[] {
  let count = 1;
  while (count < areas.length && worst(areas.slice(0, count + 1), side) <= worst(areas.slice(0, count), side)) count += 1;
  return areas.slice(0, count);
}

function worst(row: readonly number[], side: number): number {
  const thickness = sum(row) / side;
  return Math.max(...row.map((area) => Math.max(thickness ** 2 / area, area / thickness ** 2)));
}

/** The row fills the shorter side of what is free. */
function place(row: readonly number[], free: Box): readonly Box[] {
  const upright = free.width >= free.height;
  const thickness = sum(row) / Math.min(free.width, free.height);
  let at = upright ? free.y : free.x;
  return row.map((area) => {
    const length = area / thickness;
    const box = upright ? { x: free.x, y: at, width: thickness, height: length } : { x: at, y: free.y, width: length, height: thickness };
    at += length;
    return box;
  });
}

function remainder(row: readonly number[], free: Box): Box {
  const thickness = sum(row) / Math.min(free.width, free.height);
  if (free.width >= free.height) return { ...free, x: free.x + thickness, width: Math.max(0, free.width - thickness) };
  return { ...free, y: free.y + thickness, height: Math.max(0, free.height - thickness) };
}

function rounded(box: Box): Box {
  const tenth = (value: number) => Math.round(value * 10) / 10;
  return { x: tenth(box.x), y: tenth(box.y), width: tenth(box.width), height: tenth(box.height) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
