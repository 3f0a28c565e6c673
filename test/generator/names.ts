// In: a random stream. Out: invented names of people, organisations, streets and drugs.
// Never here: a list of real names: everything is put together from syllables.
import type { Stream } from "./random.js";

const words = (text: string): readonly string[] => text.split(" ");
const pick = (from: readonly string[], stream: Stream): string => from[stream.below(from.length)] ?? "";

const OPENINGS = words("Bar Bel Bren Cal Cor Dal Dor Fal Fen Gar Gil Hal Har Jar Kel Kor Lan Lor Mar Mel Mor Nal Nor Pel Quin Ral Ros Sal Sel Tar Tor Val Ver Wal Yor Zan");
const MIDDLES = words("a e i o u an el en er il in on or u ar");
const ENDINGS = words("bert dale dan den ford gan han kin land lin man mer mond nard nell ner ov ric rin sen ski son stad ster ston ta ton ven vik wick wood zek");
const GIVEN_OPENINGS = words("A Be Ca Da E Fi Ge Ha I Jo Ka Le Ma Ne O Pe Ra Sa Te U Va Wi Yo Ze");
const GIVEN_ENDINGS = words("bra dan dra la len lia lin lo mar mir na nel nia ra ran rek rin ro sa sha ta tan ven vin zo");
const ACCENTED = words("á é í ñ ö ü ç è");
const ORGANISATIONS = words("Health Medical Family Clinic Regional Community Wellness Specialty");
const STREETS = words("St Ave Rd Blvd Dr Ln Way Pkwy");

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const stem = (stream: Stream): string => pick(OPENINGS, stream) + (stream.unit() < 0.5 ? pick(MIDDLES, stream) : "") + pick(ENDINGS, stream);

/** An invented last name; few are of the forms O'Xxx, Xxx-Yyy, `Xxx, Jr` or hold a letter beyond ASCII. */
export function lastName(stream: Stream): string {
  const roll = stream.unit();
  const name = stem(stream);
  if (roll < 0.012) return `O'${name}`;
  if (roll < 0.03) return `${name}-${stem(stream)}`;
  if (roll < 0.034) return `${name}, Jr`;
  if (roll < 0.04) return name.charAt(0) + pick(ACCENTED, stream) + name.slice(1);
  return roll < 0.05 ? `Mc${name}` : name;
}

/** An invented first name. */
export function firstName(stream: Stream): string {
  const name = pick(GIVEN_OPENINGS, stream) + pick(GIVEN_ENDINGS, stream);
  return stream.unit() < 0.35 ? name + pick(GIVEN_ENDINGS, stream) : name;
}

/** An invented organisation; half have a comma before the legal form. */
export function organisationName(stream: Stream): string {
  const name = `${stem(stream)} ${pick(ORGANISATIONS, stream)} Group`;
  return stream.unit() < 0.5 ? `${name}, Llc` : `${name} Inc`;
}

/** An invented first address line. */
export const streetName = (stream: Stream): string => `${1 + stream.below(9800)} ${stem(stream)} ${pick(STREETS, stream)}`;

const DRUG_OPENINGS = words("Abr Adv Ben Cab Cer Dex Dol Emb Epi Fer Flo Gal Gli Ibu Jat Kev Lev Lim Mon Mav Nex Niv Olo Ota Pral Pro Quel Rem Riv Sol Sym Tav Trel Umb Vel Vim Xel Xom Zel Zol");
const DRUG_MIDDLES = words("a ac al ari e el eri i il imi o ol oni u ur y");
const GENERIC_ENDINGS = words("dipine gliptin kast lol lukast mab mide mycin nazole nib pam parib pride prazole profen quine ridone sartan semide statin tadine tidine triptan vir xaban zepam zine zole");
const BRAND_ENDINGS = words("a da dex ent era eza ia iq is ix o or ra rex ta tra va via vo xa xis ya yo za zia");
const SALTS = words("Hcl Sodium Calcium Maleate Succinate Tartrate Mesylate Besylate Potassium Fumarate");
const FORMS = words("Er Xr Dr Odt Hfa Ellipta Flexpen Kwikpen Sureclick Respimat Pen Solostar");

/** An invented generic name with a salt, a second part or a comma; cut at 30 characters as CMS cuts. */
export function genericName(stream: Stream): string {
  const name = pick(DRUG_OPENINGS, stream) + pick(DRUG_MIDDLES, stream) + pick(GENERIC_ENDINGS, stream);
  const roll = stream.unit();
  if (roll < 0.35) return `${name} ${pick(SALTS, stream)}`;
  if (roll < 0.47) return `${name}/${capital(pick(DRUG_OPENINGS, stream) + pick(DRUG_MIDDLES, stream) + pick(GENERIC_ENDINGS, stream))} ${pick(SALTS, stream)}`.slice(0, 30).trimEnd();
  if (roll < 0.53) return `${name},hum.Rec.${pick(SALTS, stream)}`.slice(0, 30);
  return name;
}

/** An invented trade name, some with a form. */
export function brandName(stream: Stream): string {
  const name = pick(DRUG_OPENINGS, stream) + pick(DRUG_MIDDLES, stream) + pick(BRAND_ENDINGS, stream);
  return stream.unit() < 0.3 ? `${name} ${pick(FORMS, stream)}` : name;
}
