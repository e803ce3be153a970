import { compressQuick, preferredEncoding } from "./content-encoding.ts";
import { bytesBody } from "./replies.ts";

/** Below, the headers weigh more than what is saved. */
const WORTH_CHARACTERS = 1000;

/** Pages are tables, and shrink to a tenth: what a satellite link carries in two seconds instead of twenty. */
export async function encodedPage(request: Request, reply: Response): Promise<Response> {
  if (!isPage(reply)) return reply;
  const { status, headers } = reply;
  headers.append("Vary", "Accept-Encoding");
  const text = await reply.text();
  const encoding = preferredEncoding(request.headers.get("accept-encoding"));
  if (encoding === "identity" || text.length < WORTH_CHARACTERS) return new Response(text, { status, headers });
  headers.set("Content-Encoding", encoding);
  return new Response(bytesBody(compressQuick(text, encoding)), { status, headers });
}

function isPage({ headers, body }: Response): boolean {
  return body !== null && headers.get("content-type")?.startsWith("text/html") === true;
}
