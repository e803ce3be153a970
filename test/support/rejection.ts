/**
 * What a promise was rejected with. `expect(…).rejects` of bun turns the event loop inside itself, and each reply of the
 * embedded database, which lives on that loop, then took up to a second.
 */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("the promise was expected to be rejected");
}
