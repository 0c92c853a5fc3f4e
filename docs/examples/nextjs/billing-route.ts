// app/billing/route.ts: the button is <form method="post" action="/billing">.
import { NextResponse } from "next/server";

import { portalUrl } from "@/lib/portside";
import { session } from "@/lib/session"; // the product's own

export async function POST() {
  const { org, member, permissions } = await session();
  const url = await portalUrl(org, member, permissions);
  return NextResponse.redirect(url, { status: 303, headers: { "Cache-Control": "no-store" } });
}
