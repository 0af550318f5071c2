/**
 * Objects that came again, such as the heads of connections that ask the same over and over: what is made of them is worth keeping.
 *
 * To ask of an object that is not among them costs next to nothing. To put each into a `WeakMap`, come what may, costs most of a
 * microsecond, which those that never come again would pay too.
 */
const recurring = new WeakSet<object>();

export function markRecurring(object: object): void {
  recurring.add(object);
}

export function isRecurring(object: object): boolean {
  return recurring.has(object);
}
