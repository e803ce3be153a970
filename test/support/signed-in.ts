import type { TestHub } from "./hub.ts";

/** A browser that has signed in, as far as the hub can tell. */
export interface Visitor {
  readonly cookie: string;
  readonly formToken: string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** A page that must be there. */
  page(path: string): Promise<string>;
  /** A form as the page holds it, with the session's token. */
  press(path: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
}

export async function signIn(hub: Pick<TestHub, "send">, key: string): Promise<Visitor> {
  const reply = await hub.send("POST", "/login", { body: new URLSearchParams({ key }) });
  const cookie = (reply.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const get = (path: string, headers: Record<string, string> = {}) =>
    hub.send("GET", path, { headers: { cookie, ...headers } });
  const home = await (await get("/admin")).text();
  const formToken = /name="form_token" value="([^"]+)"/.exec(home)?.[1] ?? "";
  return {
    cookie,
    formToken,
    get,
    async page(path) {
      const found = await get(path);
      if (found.status !== 200) throw new Error(`${path}: ${found.status}`);
      return found.text();
    },
    press: (path, fields = {}, headers = {}) =>
      hub.send("POST", path, {
        body: new URLSearchParams({ form_token: formToken, ...fields }),
        headers: { cookie, ...headers },
      }),
  };
}
