// In: nothing. Out: specialties with head-count, size and drug mix; what each mix prefers.
// Never here: drugs by name.

/** One specialty: share of the by Provider head-count, mean detail rows, drug mix, share of patients aged 65 or over. */
export type SpecialtyFact = { readonly name: string; readonly heads: number; readonly rows: number; readonly mix: MixName; readonly aged: number };

/** Classes a drug can belong to. */
export const CLASSES = ["cv", "heme", "dm", "thy", "psy", "neu", "pain", "opi", "abx", "resp", "gi", "derm", "eye", "uro", "onc", "inf", "vac", "rheum", "misc"] as const;
export type DrugClass = (typeof CLASSES)[number];

type Mix = { readonly other: number } & { readonly [c in DrugClass]?: number };

/** How much more (or less) than the nation a mix prescribes of a class; `other` holds for the classes it does not name. */
export const MIXES = {
  general: { other: 1, onc: 0.1, eye: 0.35, inf: 0.5, vac: 0.6, derm: 0.9 },
  cardio: { other: 0.03, cv: 3, heme: 7, dm: 0.3 },
  psych: { other: 0.06, psy: 9, neu: 2.5 },
  neuro: { other: 0.12, neu: 9, psy: 2, pain: 1.5 },
  pain: { other: 0.1, opi: 11, pain: 8, neu: 1.5 },
  dental: { other: 0.03, abx: 9, opi: 4, pain: 4 },
  surgery: { other: 0.2, opi: 7, abx: 4, pain: 5, gi: 1, heme: 1 },
  eye: { other: 0.01, eye: 40 },
  derm: { other: 0.05, derm: 22, abx: 2, rheum: 2 },
  uro: { other: 0.08, uro: 18, abx: 3 },
  onc: { other: 0.35, onc: 30, opi: 2, heme: 2 },
  lung: { other: 0.15, resp: 10, abx: 2 },
  gut: { other: 0.12, gi: 14 },
  endo: { other: 0.2, dm: 6, thy: 6, cv: 0.8 },
  kidney: { other: 0.4, cv: 2.2, dm: 1, uro: 0.6, misc: 2 },
  rheum: { other: 0.25, rheum: 16, pain: 3, gi: 1 },
  infect: { other: 0.25, inf: 20, abx: 5 },
  shots: { other: 0.25, vac: 40, cv: 0.4 },
} as const satisfies Record<string, Mix>;
export type MixName = keyof typeof MIXES;

// Heads in 10,000. Source: head-count 2024 (NP 278,577, PA 137,246, Dentist 132,825, Internal Medicine 130,220, Family Practice 117,797,
// Student 67,996, Emergency 56,372 of 1,416,883); the others fitted to the order of the by Provider file.
// Rows: fitted so that the row shares come near Colorado 2024 (Family Practice 28.7 %, NP 20.5, Internal Medicine 16.0, PA 12.9,
// Cardiology 1.6, Psychiatry 1.6, Neurology 1.4, Dentist 1.0) and the mean near 20 rows a prescriber with rows.
const TABLE = `Nurse Practitioner|1966|20|general|82
Physician Assistant|969|24|general|83
Dentist|937|2|dental|84
Internal Medicine|919|36|general|87
Family Practice|831|62|general|86
Student in an Organized Health Care Education/Training Program|480|4|general|80
Emergency Medicine|398|7|surgery|74
Obstetrics & Gynecology|255|4|uro|76
Optometry|240|3|eye|88
Hospitalist|210|10|general|80
Psychiatry|185|17|psych|55
Cardiology|180|19|cardio|89
Orthopedic Surgery|178|5|surgery|85
General Surgery|165|3|surgery|80
Pharmacist|150|3|shots|90
Ophthalmology|140|14|eye|92
Pediatric Medicine|130|3|general|30
Podiatry|120|6|surgery|80
Neurology|112|24|neuro|70
Gastroenterology|110|13|gut|80
Specialist|110|3|general|80
Anesthesiology|105|5|pain|70
Dermatology|95|13|derm|90
Registered Nurse|90|4|general|75
Urology|85|17|uro|91
Psychiatry & Neurology|82|12|psych|55
Physical Medicine and Rehabilitation|72|14|pain|72
Otolaryngology|72|8|surgery|84
Pulmonary Disease|70|24|lung|84
Nephrology|70|32|kidney|74
Hematology-Oncology|68|13|onc|84
Certified Clinical Nurse Specialist|60|14|psych|68
Endocrinology|58|38|endo|80
Oral Surgery (Dentist only)|58|4|dental|84
Infectious Disease|48|8|infect|66
Rheumatology|42|32|rheum|82
General Practice|42|42|general|82
Diagnostic Radiology|40|1|surgery|80
Interventional Cardiology|38|24|cardio|89
Vascular Surgery|34|4|cardio|85
Plastic and Reconstructive Surgery|34|2|surgery|80
Neurosurgery|34|4|surgery|76
Critical Care (Intensivists)|32|6|lung|80
Certified Nurse Midwife|32|1|uro|55
Psychologist, Clinical|30|2|psych|60
Interventional Pain Management|29|20|pain|70
Family Medicine|29|20|general|84
Geriatric Medicine|28|58|general|95
Pain Management|27|20|pain|70
Radiation Oncology|26|4|onc|86
Allergy/ Immunology|26|8|lung|80
Medical Oncology|24|12|onc|84
Clinical Cardiac Electrophysiology|22|9|cardio|90
Sports Medicine|19|9|surgery|80
Cardiac Surgery|18|2|cardio|84
Colorectal Surgery (Proctology)|17|3|surgery|82
Certified Registered Nurse Anesthetist (CRNA)|17|3|pain|72
Thoracic Surgery|16|2|surgery|84
Naturopath|15|4|general|70
Hand Surgery|15|2|surgery|82
Interventional Radiology|14|1|surgery|80
Preventive Medicine|13|12|general|78
Hospice and Palliative Care|13|10|pain|88
Osteopathic Manipulative Medicine|12|26|general|82
Addiction Medicine|12|12|psych|35
Gynecological Oncology|11|4|onc|84
Surgical Oncology|11|2|surgery|82
Maxillofacial Surgery|11|2|dental|84
Oral & Maxillofacial Surgery|11|3|dental|84
Hematology|9|9|onc|82
Pathology|9|1|general|80
Clinic or Group Practice|8|14|general|80
Sleep Medicine|8|9|lung|76
Neuropsychiatry|7|16|psych|60
Plastic Surgery|7|2|surgery|80
Geriatric Psychiatry|6|24|psych|88
Advanced Heart Failure and Transplant Cardiology|6|14|cardio|80
Micrographic Dermatologic Surgery|6|7|derm|92
Surgery|6|3|surgery|80
Orthopaedic Surgery|6|4|surgery|85
Nuclear Medicine|5|2|general|80
Neurological Surgery|4|3|surgery|78
Peripheral Vascular Disease|4|4|cardio|85
Licensed Practical Nurse|4|2|general|80
Thoracic Surgery (Cardiothoracic Vascular Surgery)|4|2|surgery|84
Undefined Physician type|4|5|general|78
Midwife|3|1|uro|50
Clinical Pharmacology|3|8|general|80
Hematopoietic Cell Transplantation and Cellular Therapy|3|7|onc|80
Legal Medicine|2|6|general|80
Medical Genetics and Genomics|2|2|general|60
Denturist|2|1|dental|84
Clinic/Center|2|2|shots|84
Dental Hygienist|2|1|dental|84
Independent Medical Examiner|1|4|general|80
Neuromusculoskeletal Medicine, Sports Medicine|1|9|pain|80
Pharmacy|1|4|shots|88
Hospital|1|3|general|80
Chiropractic|1|1|pain|80
Licensed Clinical Social Worker|1|1|psych|60
Dental Assistant|1|1|dental|84
Undersea and Hyperbaric Medicine|1|3|surgery|80
Ambulatory Surgical Center|1|2|surgery|84
Homeopath|1|2|general|80
Dietitian/Nutritionist|1|1|endo|80`;

const isMix = (name: string): name is MixName => name in MIXES;

/** All specialties, in the order of the table. */
export const SPECIALTIES: readonly SpecialtyFact[] = TABLE.split("\n").map((line) => {
  const [name = "", heads = "", rows = "", mix = "", aged = ""] = line.split("|");
  if (!isMix(mix)) throw new Error(`specialty "${name}" names the unknown mix "${mix}"`);
  return { name, heads: Number(heads), rows: Number(rows), mix, aged: Number(aged) / 100 };
});
