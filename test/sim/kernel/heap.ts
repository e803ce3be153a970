/** The least first, by `before`. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #before: (left: T, right: T) => boolean;

  constructor(before: (left: T, right: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapWhenBefore(at, parent)) return;
      at = parent;
    }
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return top;
    items[0] = last;
    for (let at = 0; ;) {
      const child = this.#lesserChild(at);
      if (child === undefined || !this.#swapWhenBefore(child, at)) return top;
      at = child;
    }
  }

  #lesserChild(at: number): number | undefined {
    const [left, right] = [this.#items[2 * at + 1], this.#items[2 * at + 2]];
    if (left === undefined) return undefined;
    return right !== undefined && this.#before(right, left) ? 2 * at + 2 : 2 * at + 1;
  }

  #swapWhenBefore(lower: number, upper: number): boolean {
    const [one, other] = [this.#items[lower], this.#items[upper]];
    if (one === undefined || other === undefined || !this.#before(one, other)) return false;
    this.#items[lower] = other;
    this.#items[upper] = one;
    return true;
  }
}
