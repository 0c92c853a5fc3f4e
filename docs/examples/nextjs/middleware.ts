// middleware.ts: gates by the claim in the session, without asking anybody. npm install jose
import { createRemoteJWKSet, jwtVerify } from "jose";
import { NextResponse, type NextRequest } from "next/server";

const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", process.env.PORTSIDE_URL));
const GATED: Record<string, string> = { "/reports": "advanced_analytics" };

export async function middleware(request: NextRequest) {
  const flag = GATED[request.nextUrl.pathname];
  if (!flag) return NextResponse.next();
  try {
    const { payload } = await jwtVerify(request.cookies.get("plan")?.value ?? "", keys, {
      algorithms: ["ES256"], // pinned: what the token says of itself decides nothing
      typ: "plan+jwt",
      issuer: "portside",
    });
    if ((payload.features as string[]).includes(flag)) return NextResponse.next();
    return NextResponse.redirect(new URL("/upgrade", request.url));
  } catch {
    return NextResponse.redirect(new URL("/session/refresh", request.url));
  }
}

export const config = { matcher: ["/reports"] };
