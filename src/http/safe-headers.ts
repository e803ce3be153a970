/** For what is no page: it is data, also where a browser opens it, and no site may frame it. Pages bring their own. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** A year, as browsers and the lists of them ask for. */
const ALWAYS_TLS = "max-age=31536000; includeSubDomains";

/** What every reply tells a browser, whichever route made it. */
export function tellBrowsers(request: Request, { headers }: Response): void {
  headers.set("X-Content-Type-Options", "nosniff");
  if (!headers.has("Content-Security-Policy")) headers.set("Content-Security-Policy", DATA_POLICY);
  // Behind a proxy that ends TLS it is the proxy's to say.
  if (isSecure(request)) headers.set("Strict-Transport-Security", ALWAYS_TLS);
}

export function isSecure(request: Request): boolean {
  return request.url.startsWith("https:");
}
