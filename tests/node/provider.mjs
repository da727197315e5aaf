// An OpenID provider on a free port of loopback (npm's oidc-provider), for the tests.
//
// First line on stdin: {"redirect_uris": […], "post_logout_redirect_uris": […]}; first line on
// stdout: its issuer. People sign in as whatever they type, with any password. POST /tests/fault
// {"name": …, …} makes the next answers wrong in one way; {} ends that.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import * as jose from "jose";
import { Provider } from "oidc-provider";

console.warn = console.info = () => {};
const [line] = await new Promise((done) => {
  const lines = createInterface({ input: process.stdin });
  lines.once("line", (text) => done([text]));
  lines.once("close", () => process.exit());
});
const { redirect_uris, post_logout_redirect_uris } = JSON.parse(line);
const SECRET = "secret:of%the+tests ~ long enough for HS256";
const keyPair = () => jose.generateKeyPair("RS256", { extractable: true });
const published = async ({ publicKey }, kid) => ({
  ...(await jose.exportJWK(publicKey)), kid, alg: "RS256", use: "sig",
});
const first = await keyPair();
const second = await keyPair();
const privateKey = { ...(await jose.exportJWK(first.privateKey)), kid: "first", alg: "RS256", use: "sig" };
const groups = { wang: ["clerks"], chen: ["judges", "clerks"], admin: ["it"] };
let fault = {};

const server = createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: "tingqi court", client_secret: SECRET, redirect_uris, post_logout_redirect_uris }],
  jwks: { keys: [privateKey] },
  cookies: { keys: ["tests"] },
  claims: { openid: ["sub", "groups"], profile: ["name"], email: ["email"] },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  pkce: { required: () => true },
  ttl: { Session: 3600, Interaction: 600, Grant: 3600, IdToken: 3600, AccessToken: 300 },
  async findAccount(_ctx, id) {
    const claims = { sub: id, name: "用户", email: `${id}@idp.example`, groups: groups[id] ?? [] };
    return { accountId: id, claims: async () => claims };
  },
  // Everybody agrees to what the court asks for.
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
  },
});

const b64 = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
async function forged(token) {
  const claims = { ...jose.decodeJwt(token), ...fault.claims };
  for (const name of fault.without ?? []) delete claims[name];
  if (fault.seconds) {
    claims.iat += fault.seconds;
    claims.exp += fault.seconds;
  }
  if (fault.alg === "none") return `${b64({ alg: "none", kid: "first" })}.${b64(claims)}.`;
  if (fault.alg === "HS256") {
    const spki = await jose.exportSPKI(first.publicKey);
    const key = new TextEncoder().encode(fault.with === "secret" ? SECRET : spki);
    return new jose.SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "first" }).sign(key);
  }
  const signing = fault.key === "second" || fault.key === "rotated" ? second : first;
  const kid = fault.key === "rotated" ? "second" : "first";
  return new jose.SignJWT(claims).setProtectedHeader({ alg: "RS256", kid }).sign(signing.privateKey);
}

provider.use(async (ctx, next) => {
  if (ctx.path === "/tests/fault") {
    let body = "";
    for await (const chunk of ctx.req) body += chunk;
    fault = JSON.parse(body);
    ctx.body = {};
    return;
  }
  const route = fault.route && ctx.path.startsWith(fault.route);
  if (route && fault.status) {
    ctx.status = fault.status;
    ctx.body = fault.body ?? "";
    if (fault.location) ctx.set("location", fault.location);
    return;
  }
  if (route && fault.delay) await new Promise((done) => setTimeout(done, fault.delay));
  await next();
  if (ctx.path === "/token" && ctx.body?.id_token && (fault.claims || fault.without || fault.alg || fault.key || fault.seconds)) {
    ctx.body = { ...ctx.body, id_token: await forged(ctx.body.id_token) };
  }
  if (ctx.path === "/jwks" && (fault.key === "rotated" || fault.key === "withdrawn")) {
    ctx.body = { keys: [await published(second, "second")] };
  }
  if (ctx.path === "/.well-known/openid-configuration" && fault.metadata) {
    ctx.body = { ...ctx.body, ...fault.metadata };
  }
});
server.on("request", provider.callback());
console.log(issuer);
