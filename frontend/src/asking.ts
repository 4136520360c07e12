// Asking the service; what goes wrong is said in words.

/** Why there is no answer, for people. */
export class Unanswered extends Error {}

/** Return what the service answers; raises Unanswered, or what `signal` was aborted with. */
export async function ask<T>(address: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address, { headers: { Accept: "application/json" }, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unanswered("The service does not answer.");
  }
  if (response.redirected && new URL(response.url).pathname.startsWith("/login")) location.reload();
  if (!response.ok) throw new Unanswered(await reason(response));
  return await response.json() as T;
}

async function reason(response: Response): Promise<string> {
  const said: unknown = await response.json().catch(() => null);
  for (const name of ["detail", "message", "error", "title"]) {
    const text = said !== null && typeof said === "object" ? (said as Record<string, unknown>)[name] : undefined;
    if (typeof text === "string" && text) return text;
  }
  return `The service answered ${response.status}.`;
}
