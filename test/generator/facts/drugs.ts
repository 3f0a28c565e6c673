// In: nothing. Out: the drugs named in the facts, with share of rows, price, length of a fill.
// Never here: listed antibiotics, opioids, antipsychotics without a figure (they come from CMS's drug list), invented drugs.
import type { DrugClass } from "./specialties.js";
import { CLASSES } from "./specialties.js";

/** A drug with known figures: share of rows in percent, dollars a claim, 30-day fills a claim, short courses, first year on the market. */
export type NamedDrug = {
  readonly brand: string; readonly generic: string; readonly cls: DrugClass; readonly share: number; readonly dollars: number;
  readonly fill: number; readonly short: boolean; readonly brandKind: boolean; readonly from: number;
};

// brand|generic (= when the same)|class|share %|$ a claim|fills a claim ("s" = short course)|first year
// Shares: Gabapentin 1.65, Atorvastatin 1.57, Lisinopril 1.41, Amlodipine 1.40, Levothyroxine 1.36, then Losartan, Omeprazole, Prednisone, Trazodone,
// Rosuvastatin, Albuterol, Eliquis 1.0: Colorado 2024. Dollars: Eliquis 861 = 7.75 bn / 9.00 M, Ozempic 1,348 = 4.30 bn / 3.19 M,
// Jardiance 1,075 = 3.58 bn / 3.33 M (national 2023); the others: cost per claim in the derived sample of 2023, or fitted to its neighbours.
const TABLE = `Gabapentin|=|neu|1.65|18|1.5
Atorvastatin Calcium|=|cv|1.57|14|2.2
Lisinopril|=|cv|1.41|8|2.2
Amlodipine Besylate|=|cv|1.40|9|2.2
Levothyroxine Sodium|=|thy|1.36|16|2.1
Losartan Potassium|=|cv|1.28|15|2.2
Omeprazole|=|gi|1.22|14|1.9
Prednisone|=|rheum|1.18|6|s
Trazodone Hcl|=|psy|1.13|9|1.6
Rosuvastatin Calcium|=|cv|1.08|20|2.2
Albuterol Sulfate Hfa|Albuterol Sulfate|resp|1.04|41|1.2
Eliquis|Apixaban|heme|1.0|861|1.5
Metoprolol Succinate|=|cv|1.0|20|2.1
Metformin Hcl|=|dm|0.98|12|2.1
Hydrochlorothiazide|=|cv|0.92|7|2.2
Tamsulosin Hcl|=|uro|0.90|18|2.0
Pantoprazole Sodium|=|gi|0.98|17|1.9
Furosemide|=|cv|0.86|6|1.9
Sertraline Hcl|=|psy|0.90|10|1.9
Escitalopram Oxalate|=|psy|0.78|10|1.9
Montelukast Sodium|=|resp|0.74|13|2.0
Meloxicam|=|pain|0.88|5|1.6
Hydrocodone-Acetaminophen|Hydrocodone/Acetaminophen|opi|0.90|22|s
Metoprolol Tartrate|=|cv|0.72|8|2.0
Clopidogrel|Clopidogrel Bisulfate|heme|0.66|15|2.1
Simvastatin|=|cv|0.66|9|2.3
Pravastatin Sodium|=|cv|0.60|16|2.3
Duloxetine Hcl|=|psy|0.76|22|1.8
Bupropion Xl|Bupropion Hcl|psy|0.58|19|1.8
Carvedilol|=|cv|0.64|12|2.1
Tramadol Hcl|=|opi|0.66|9|1.0
Potassium Chloride|=|misc|0.66|28|1.9
Alprazolam|=|psy|0.42|7|1.0
Lorazepam|=|psy|0.44|7|1.0
Clonazepam|=|psy|0.44|7|1.1
Cyclobenzaprine Hcl|=|pain|0.52|10|1.1
Tizanidine Hcl|=|pain|0.48|14|1.2
Famotidine|=|gi|0.62|14|1.9
Allopurinol|=|rheum|0.60|12|2.1
Amoxicillin|=|abx|0.62|4|s
Amoxicillin-Clavulanate Potass|Amoxicillin/Potassium Clav|abx|0.60|14|s
Azithromycin|=|abx|0.56|6|s
Cephalexin|=|abx|0.62|9|s
Doxycycline Hyclate|=|abx|0.46|18|s
Ciprofloxacin Hcl|=|abx|0.42|7|s
Sulfamethoxazole-Trimethoprim|Sulfamethoxazole/Trimethoprim|abx|0.44|6|s
Nitrofurantoin Mono-Macro|Nitrofurantoin Monohyd/M-Cryst|abx|0.36|24|s
Levofloxacin|=|abx|0.28|9|s
Clindamycin Hcl|=|abx|0.24|13|s
Cefuroxime|Cefuroxime Axetil|abx|0.16|16|s
Oxycodone-Acetaminophen|Oxycodone Hcl/Acetaminophen|opi|0.50|38|s
Oxycodone Hcl|=|opi|0.46|24|1.0
Acetaminophen-Codeine|Acetaminophen With Codeine|opi|0.18|15|s
Morphine Sulfate Er|Morphine Sulfate|opi|0.15|40|1.0
Fentanyl|=|opi|0.08|105|1.0
Buprenorphine-Naloxone|Buprenorphine Hcl/Naloxone Hcl|opi|0.12|120|1.0
Oxycontin|Oxycodone Hcl|opi|0.06|784|1.0
Xtampza Er|Oxycodone Myristate|opi|0.04|680|1.0
Belbuca|Buprenorphine Hcl|opi|0.06|520|1.0
Methadone Hcl|=|opi|0.05|24|1.0
Hydromorphone Hcl|=|opi|0.10|23|1.0
Quetiapine Fumarate|=|psy|0.50|17|1.3
Risperidone|=|psy|0.24|12|1.2
Olanzapine|=|psy|0.26|19|1.2
Aripiprazole|=|psy|0.32|26|1.4
Haloperidol|=|psy|0.10|26|1.1
Ziprasidone Hcl|=|psy|0.08|44|1.2
Vraylar|Cariprazine Hcl|psy|0.14|1316|1.1|2016
Rexulti|Brexpiprazole|psy|0.11|1282|1.1|2015
Latuda|Lurasidone Hcl|psy|0.08|1486|1.1
Invega Sustenna|Paliperidone Palmitate|psy|0.06|2977|1.0
Mirtazapine|=|psy|0.48|16|1.7
Fluoxetine Hcl|=|psy|0.44|9|1.9
Citalopram Hbr|=|psy|0.46|8|2.0
Venlafaxine Hcl Er|Venlafaxine Hcl|psy|0.42|16|1.9
Buspirone Hcl|=|psy|0.40|12|1.7
Amitriptyline Hcl|=|psy|0.30|13|1.8
Hydroxyzine Hcl|=|psy|0.36|11|1.2
Zolpidem Tartrate|=|psy|0.36|9|1.3
Temazepam|=|psy|0.14|10|1.0
Donepezil Hcl|=|neu|0.42|14|1.9
Memantine Hcl|=|neu|0.34|24|1.8
Carbidopa-Levodopa|Carbidopa/Levodopa|neu|0.28|38|1.7
Lamotrigine|=|neu|0.38|15|1.7
Levetiracetam|=|neu|0.32|22|1.6
Topiramate|=|neu|0.30|14|1.7
Divalproex Sodium|=|neu|0.16|34|1.3
Pregabalin|=|neu|0.42|28|1.3
Baclofen|=|pain|0.38|16|1.3
Methocarbamol|=|pain|0.28|12|1.1
Celecoxib|=|pain|0.34|22|1.7
Naproxen|=|pain|0.26|10|1.3
Ibuprofen|=|pain|0.34|8|s
Lidocaine|=|pain|0.24|110|1.0
Diclofenac Sodium|=|pain|0.38|40|1.2
Spironolactone|=|cv|0.52|12|2.0
Torsemide|=|cv|0.24|14|1.8
Valsartan|=|cv|0.34|26|2.2
Olmesartan Medoxomil|=|cv|0.26|22|2.3
Irbesartan|=|cv|0.22|24|2.3
Losartan-Hydrochlorothiazide|Losartan/Hydrochlorothiazide|cv|0.42|17|2.3
Lisinopril-Hydrochlorothiazide|Lisinopril/Hydrochlorothiazide|cv|0.38|12|2.3
Atenolol|=|cv|0.38|9|2.3
Hydralazine Hcl|=|cv|0.34|16|1.8
Clonidine Hcl|=|cv|0.30|10|1.7
Diltiazem 24hr Er (Cd)|Diltiazem Hcl|cv|0.24|38|2.1
Nifedipine Er|Nifedipine|cv|0.24|34|2.1
Isosorbide Mononitrate Er|Isosorbide Mononitrate|cv|0.30|17|2.0
Ezetimibe|=|cv|0.48|28|2.1
Fenofibrate|Fenofibrate Nanocrystallized|cv|0.24|24|2.2
Lovastatin|=|cv|0.18|12|2.3
Amiodarone Hcl|=|cv|0.16|24|1.9
Entresto|Sacubitril/Valsartan|cv|0.26|879|1.5|2015
Repatha Sureclick|Evolocumab|cv|0.12|848|1.5|2015
Vascepa|Icosapent Ethyl|cv|0.06|480|1.6
Warfarin Sodium|=|heme|0.36|12|1.9
Xarelto|Rivaroxaban|heme|0.44|760|1.5
Brilinta|Ticagrelor|heme|0.10|560|1.5
Jardiance|Empagliflozin|dm|0.52|1075|1.6|2014
Ozempic|Semaglutide|dm|0.46|1348|1.2|2018
Trulicity|Dulaglutide|dm|0.38|1255|1.2|2014
Mounjaro|Tirzepatide|dm|0.20|1250|1.1|2022
Farxiga|Dapagliflozin Propanediol|dm|0.36|898|1.5|2014
Januvia|Sitagliptin Phosphate|dm|0.36|821|1.6
Tradjenta|Linagliptin|dm|0.16|649|1.6
Rybelsus|Semaglutide|dm|0.08|1290|1.3|2019
Victoza 3-Pak|Liraglutide|dm|0.08|1250|1.3
Lantus Solostar|Insulin Glargine,hum.Rec.Anlog|dm|0.50|470|1.6
Basaglar Kwikpen U-100|Insulin Glargine,hum.Rec.Anlog|dm|0.14|340|1.5|2016
Toujeo Solostar|Insulin Glargine,hum.Rec.Anlog|dm|0.10|640|1.5|2015
Novolog Flexpen|Insulin Aspart|dm|0.22|560|1.4
Humalog Kwikpen U-100|Insulin Lispro|dm|0.22|560|1.4
Levemir Flexpen|Insulin Detemir|dm|0.16|560|1.5
Tresiba Flextouch U-200|Insulin Degludec|dm|0.14|820|1.5|2016
Metformin Hcl Er|Metformin Hcl|dm|0.68|16|2.2
Glipizide|=|dm|0.40|10|2.1
Glimepiride|=|dm|0.40|10|2.2
Pioglitazone Hcl|=|dm|0.30|15|2.2
Synthroid|Levothyroxine Sodium|thy|0.30|78|2.1
Methimazole|=|thy|0.12|16|1.8
Liothyronine Sodium|=|thy|0.10|34|1.9
Symbicort|Budesonide/Formoterol Fumarate|resp|0.26|470|1.3
Trelegy Ellipta|Fluticasone/Umeclidin/Vilanter|resp|0.32|720|1.3|2018
Breo Ellipta|Fluticasone/Vilanterol|resp|0.18|440|1.3
Anoro Ellipta|Umeclidinium Brm/Vilanterol Tr|resp|0.12|510|1.3|2014
Spiriva Handihaler|Tiotropium Bromide|resp|0.12|560|1.3
Fluticasone Propionate|=|resp|0.92|13|1.6
Fluticasone-Salmeterol|Fluticasone Propion/Salmeterol|resp|0.24|150|1.3
Ipratropium-Albuterol|Ipratropium/Albuterol Sulfate|resp|0.24|38|1.1
Albuterol Sulfate|=|resp|0.36|20|1.1
Benzonatate|=|resp|0.40|9|s
Azelastine Hcl|=|resp|0.28|26|1.5
Methylprednisolone|=|rheum|0.44|8|s
Hydroxychloroquine Sulfate|=|rheum|0.24|30|1.9
Methotrexate|Methotrexate Sodium|rheum|0.20|30|1.8
Alendronate Sodium|=|rheum|0.36|14|2.4
Colchicine|=|rheum|0.18|70|1.2
Prolia|Denosumab|rheum|0.08|1692|6.0
Humira(Cf) Pen|Adalimumab|rheum|0.05|7900|1.0|2018
Enbrel Sureclick|Etanercept|rheum|0.03|7100|1.0
Esomeprazole Magnesium|=|gi|0.26|40|1.9
Ondansetron Odt|Ondansetron|gi|0.34|14|s
Ondansetron Hcl|=|gi|0.28|12|s
Dicyclomine Hcl|=|gi|0.22|14|1.3
Linzess|Linaclotide|gi|0.24|560|1.4
Creon|Lipase/Protease/Amylase|gi|0.08|1246|1.3
Xifaxan|Rifaximin|gi|0.05|2100|1.0
Finasteride|=|uro|0.48|16|2.2
Oxybutynin Chloride Er|Oxybutynin Chloride|uro|0.32|28|1.9
Myrbetriq|Mirabegron|uro|0.28|480|1.5
Solifenacin Succinate|=|uro|0.14|24|1.9
Estradiol|=|uro|0.42|60|1.6
Latanoprost|=|eye|0.42|16|1.8
Timolol Maleate|=|eye|0.18|16|1.6
Dorzolamide-Timolol|Dorzolamide Hcl/Timolol Maleat|eye|0.22|28|1.6
Brimonidine Tartrate|=|eye|0.20|24|1.5
Prednisolone Acetate|=|eye|0.26|40|s
Lumigan|Bimatoprost|eye|0.12|330|1.6
Restasis|Cyclosporine|eye|0.14|700|1.4
Xiidra|Lifitegrast|eye|0.08|780|1.3|2016
Triamcinolone Acetonide|=|derm|0.62|18|1.1
Clobetasol Propionate|=|derm|0.34|44|1.1
Ketoconazole|=|derm|0.34|24|1.1
Mupirocin|=|derm|0.32|12|s
Fluorouracil|=|derm|0.14|60|1.0
Santyl|Collagenase Clostridium Hist.|derm|0.05|560|1.0
Valacyclovir|Valacyclovir Hcl|inf|0.34|20|1.3
Acyclovir|=|inf|0.18|12|1.2
Fluconazole|=|inf|0.26|8|s
Biktarvy|Bictegrav/Emtricit/Tenofov Ala|inf|0.07|4050|1.1|2018
Paxlovid|Nirmatrelvir/Ritonavir|inf|0.08|12|s|2023
Shingrix|Varicella-Zoster Ge/As01b/Pf|vac|0.30|205|s|2018
Arexvy|Rsvpref3 Antigen/As01e/Pf|vac|0.14|310|s|2023
Abrysvo|Rsv Vacc, Pref A And Pref B/Pf|vac|0.06|320|s|2023
Boostrix Tdap|Diphth,pertuss(Acell),tet Vac|vac|0.12|62|s
Revlimid|Lenalidomide|onc|0.03|16500|1.0
Ibrance|Palbociclib|onc|0.02|14200|1.0|2015
Xtandi|Enzalutamide|onc|0.02|13100|1.0
Imbruvica|Ibrutinib|onc|0.02|14900|1.0|2014
Anastrozole|=|onc|0.20|14|2.3
Letrozole|=|onc|0.10|16|2.3
Tamoxifen Citrate|=|onc|0.06|28|2.2
Folic Acid|=|misc|0.34|7|2.1
Vitamin D2|Ergocalciferol (Vitamin D2)|misc|0.36|9|2.0
Sevelamer Carbonate|=|misc|0.12|120|1.4
Prednisolone Sodium Phosphate|=|misc|0.04|30|s`;

const isClass = (name: string): name is DrugClass => CLASSES.some((known) => known === name);

/** The named drugs, in the order of the table. */
export const NAMED_DRUGS: readonly NamedDrug[] = TABLE.split("\n").map((line) => {
  const [brand = "", generic = "", cls = "", share = "0", dollars = "0", fill = "1", from = "0"] = line.split("|");
  if (!isClass(cls)) throw new Error(`drug "${brand}" names the unknown class "${cls}"`);
  return {
    brand, generic: generic === "=" ? brand : generic, cls, share: Number(share), dollars: Number(dollars),
    fill: fill === "s" ? 1 : Number(fill), short: fill === "s", brandKind: Number(dollars) >= 150 || cls === "vac", from: Number(from),
  };
});
