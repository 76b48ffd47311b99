"""Country names as people write them, turned into ISO 3166-1 alpha-2 codes.

The table holds every officially assigned code with its three-letter twin and its ISO name; `ALIASES`
adds the everyday, former and abbreviated names that delivery and site lists use. Names are compared by their
words alone: case, accents, punctuation, word order and the words "the", "of" and "and" do not matter, so
"Congo, Democratic Republic of the" and "Democratic Republic of Congo" are the same name.
"""

import re
import unicodedata

# alpha-2, alpha-3, ISO short name
ISO = """
AF AFG Afghanistan
AX ALA Åland Islands
AL ALB Albania
DZ DZA Algeria
AS ASM American Samoa
AD AND Andorra
AO AGO Angola
AI AIA Anguilla
AQ ATA Antarctica
AG ATG Antigua and Barbuda
AR ARG Argentina
AM ARM Armenia
AW ABW Aruba
AU AUS Australia
AT AUT Austria
AZ AZE Azerbaijan
BS BHS Bahamas (The)
BH BHR Bahrain
BD BGD Bangladesh
BB BRB Barbados
BY BLR Belarus
BE BEL Belgium
BZ BLZ Belize
BJ BEN Benin
BM BMU Bermuda
BT BTN Bhutan
BO BOL Bolivia (Plurinational State of)
BQ BES Bonaire, Sint Eustatius and Saba
BA BIH Bosnia and Herzegovina
BW BWA Botswana
BV BVT Bouvet Island
BR BRA Brazil
IO IOT British Indian Ocean Territory
BN BRN Brunei Darussalam
BG BGR Bulgaria
BF BFA Burkina Faso
BI BDI Burundi
CV CPV Cabo Verde
KH KHM Cambodia
CM CMR Cameroon
CA CAN Canada
KY CYM Cayman Islands
CF CAF Central African Republic
TD TCD Chad
CL CHL Chile
CN CHN China
CX CXR Christmas Island
CC CCK Cocos (Keeling) Islands
CO COL Colombia
KM COM Comoros
CG COG Congo
CD COD Congo (the Democratic Republic of the)
CK COK Cook Islands
CR CRI Costa Rica
CI CIV Côte d'Ivoire
HR HRV Croatia
CU CUB Cuba
CW CUW Curaçao
CY CYP Cyprus
CZ CZE Czechia
DK DNK Denmark
DJ DJI Djibouti
DM DMA Dominica
DO DOM Dominican Republic
EC ECU Ecuador
EG EGY Egypt
SV SLV El Salvador
GQ GNQ Equatorial Guinea
ER ERI Eritrea
EE EST Estonia
SZ SWZ Eswatini
ET ETH Ethiopia
FK FLK Falkland Islands (Malvinas)
FO FRO Faroe Islands
FJ FJI Fiji
FI FIN Finland
FR FRA France
GF GUF French Guiana
PF PYF French Polynesia
TF ATF French Southern Territories
GA GAB Gabon
GM GMB Gambia
GE GEO Georgia
DE DEU Germany
GH GHA Ghana
GI GIB Gibraltar
GR GRC Greece
GL GRL Greenland
GD GRD Grenada
GP GLP Guadeloupe
GU GUM Guam
GT GTM Guatemala
GG GGY Guernsey
GN GIN Guinea
GW GNB Guinea-Bissau
GY GUY Guyana
HT HTI Haiti
HM HMD Heard Island and McDonald Islands
VA VAT Holy See
HN HND Honduras
HK HKG Hong Kong
HU HUN Hungary
IS ISL Iceland
IN IND India
ID IDN Indonesia
IR IRN Iran (Islamic Republic of)
IQ IRQ Iraq
IE IRL Ireland
IM IMN Isle of Man
IL ISR Israel
IT ITA Italy
JM JAM Jamaica
JP JPN Japan
JE JEY Jersey
JO JOR Jordan
KZ KAZ Kazakhstan
KE KEN Kenya
KI KIR Kiribati
KP PRK Korea (the Democratic People's Republic of)
KR KOR Korea (the Republic of)
KW KWT Kuwait
KG KGZ Kyrgyzstan
LA LAO Lao People's Democratic Republic
LV LVA Latvia
LB LBN Lebanon
LS LSO Lesotho
LR LBR Liberia
LY LBY Libya
LI LIE Liechtenstein
LT LTU Lithuania
LU LUX Luxembourg
MO MAC Macao
MG MDG Madagascar
MW MWI Malawi
MY MYS Malaysia
MV MDV Maldives
ML MLI Mali
MT MLT Malta
MH MHL Marshall Islands
MQ MTQ Martinique
MR MRT Mauritania
MU MUS Mauritius
YT MYT Mayotte
MX MEX Mexico
FM FSM Micronesia (Federated States of)
MD MDA Moldova (the Republic of)
MC MCO Monaco
MN MNG Mongolia
ME MNE Montenegro
MS MSR Montserrat
MA MAR Morocco
MZ MOZ Mozambique
MM MMR Myanmar
NA NAM Namibia
NR NRU Naoero
NP NPL Nepal
NL NLD Netherlands (Kingdom of the)
NC NCL New Caledonia
NZ NZL New Zealand
NI NIC Nicaragua
NE NER Niger
NG NGA Nigeria
NU NIU Niue
NF NFK Norfolk Island
MK MKD North Macedonia
MP MNP Northern Mariana Islands
NO NOR Norway
OM OMN Oman
PK PAK Pakistan
PW PLW Palau
PS PSE Palestine, State of
PA PAN Panama
PG PNG Papua New Guinea
PY PRY Paraguay
PE PER Peru
PH PHL Philippines
PN PCN Pitcairn
PL POL Poland
PT PRT Portugal
PR PRI Puerto Rico
QA QAT Qatar
RE REU Réunion
RO ROU Romania
RU RUS Russian Federation
RW RWA Rwanda
BL BLM Saint Barthélemy
SH SHN Saint Helena, Ascension and Tristan da Cunha
KN KNA Saint Kitts and Nevis
LC LCA Saint Lucia
MF MAF Saint Martin (French part)
PM SPM Saint Pierre and Miquelon
VC VCT Saint Vincent and the Grenadines
WS WSM Samoa
SM SMR San Marino
ST STP Sao Tome and Principe
SA SAU Saudi Arabia
SN SEN Senegal
RS SRB Serbia
SC SYC Seychelles
SL SLE Sierra Leone
SG SGP Singapore
SX SXM Sint Maarten (Dutch part)
SK SVK Slovakia
SI SVN Slovenia
SB SLB Solomon Islands
SO SOM Somalia
ZA ZAF South Africa
GS SGS South Georgia and the South Sandwich Islands
SS SSD South Sudan
ES ESP Spain
LK LKA Sri Lanka
SD SDN Sudan
SR SUR Suriname
SJ SJM Svalbard and Jan Mayen
SE SWE Sweden
CH CHE Switzerland
SY SYR Syrian Arab Republic
TW TWN Taiwan (Province of China)
TJ TJK Tajikistan
TZ TZA Tanzania, the United Republic of
TH THA Thailand
TL TLS Timor-Leste
TG TGO Togo
TK TKL Tokelau
TO TON Tonga
TT TTO Trinidad and Tobago
TN TUN Tunisia
TR TUR Türkiye
TM TKM Turkmenistan
TC TCA Turks and Caicos Islands
TV TUV Tuvalu
UG UGA Uganda
UA UKR Ukraine
AE ARE United Arab Emirates
GB GBR United Kingdom of Great Britain and Northern Ireland
UM UMI United States Minor Outlying Islands
US USA United States of America
UY URY Uruguay
UZ UZB Uzbekistan
VU VUT Vanuatu
VE VEN Venezuela (Bolivarian Republic of)
VN VNM Viet Nam
VG VGB Virgin Islands (British)
VI VIR Virgin Islands (U.S.)
WF WLF Wallis and Futuna
EH ESH Western Sahara
YE YEM Yemen
ZM ZMB Zambia
ZW ZWE Zimbabwe
"""

# alpha-2: other names, separated by semicolons
ALIASES = """
BA Bosnia
BN Brunei
BO Bolivia
BQ Caribbean Netherlands; Bonaire
BS Bahamas
CC Cocos Islands; Keeling Islands
CD Congo, DRC; DRC; DR Congo; Congo, DR; Congo Kinshasa; Congo, Dem. Rep.; Zaire
CG Congo; Republic of the Congo; Congo Brazzaville; Congo, Rep.
CI Ivory Coast; Cote d Ivoire
CN People's Republic of China; PRC; PR China; China, P.R.; Mainland China
CV Cape Verde
CZ Czech Republic
DE Federal Republic of Germany; Deutschland
FK Falkland Islands
FM Micronesia
GB United Kingdom; UK; Great Britain; England; Scotland; Wales; Northern Ireland
HK Hong Kong SAR; Hong Kong, China
IR Iran
KG Kyrgyz Republic
KN St Kitts and Nevis; St. Kitts
KP North Korea; Korea, North; DPRK
KR South Korea; Korea, South; Korea; Korea, Rep.; ROK; Republic of South Korea
LA Laos; Lao PDR
LC St Lucia
MD Moldova
MF Saint Martin
MK Macedonia; Macedonia, FYR; Former Yugoslav Republic of Macedonia
MM Burma
MO Macau
NL Netherlands; Holland; The Netherlands
NR Nauru
PS Palestine; Palestinian Territories; West Bank and Gaza
RU Russia
SH Saint Helena; St Helena
ST São Tomé; Sao Tome e Principe
SX Sint Maarten
SY Syria
SZ Swaziland
TL East Timor
TR Turkey; Turkiye
TW Taiwan; Taiwan, R.O.C.; Chinese Taipei
TZ Tanzania; United Republic of Tanzania
UM US Minor Outlying Islands
US United States; USA; U.S.; U.S.A.; America
VA Vatican; Vatican City; Vatican City State
VC St Vincent and the Grenadines; St Vincent
VE Venezuela
VG British Virgin Islands
VI US Virgin Islands
VN Vietnam
AE UAE; Emirates
"""

_IGNORED = {"the", "of", "and"}
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.replace(".", "").replace("'", "").replace("\u2019", "").replace("\u0131", "i")
    return " ".join(sorted(set(_NOT_WORD.sub(" ", plain).split()) - _IGNORED))


def _table() -> tuple[dict[str, str], dict[str, str]]:
    names: dict[str, str] = {}
    codes: dict[str, str] = {}

    def learn(key: str, code: str) -> None:
        if names.setdefault(key, code) != code:
            raise AssertionError(f"{key!r} would mean both {names[key]} and {code}")

    for line in ISO.strip().splitlines():
        two, three, name = line.split(" ", 2)
        codes[two] = name
        learn(_key(name), two)
        learn(three.lower(), two)
    for line in ALIASES.strip().splitlines():
        two, rest = line.split(" ", 1)
        for name in rest.split(";"):
            learn(_key(name), two)
    return names, codes


_BY_NAME, NAMES = _table()


def country_code(text: str) -> str | None:
    """The alpha-2 code of a country given as alpha-2, alpha-3 or name; None when it is not known."""
    text = text.strip()
    code = text.upper()
    if code in NAMES:
        return code
    # the code of Andorra is a word that names ignore
    return _BY_NAME.get(text.lower()) or _BY_NAME.get(_key(text))
