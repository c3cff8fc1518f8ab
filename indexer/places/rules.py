"""What may precede or follow a place name, and what shows that it is none: the rules as data.

Every pattern is matched against folded text right after (`AFTER…`) or right before (`BEFORE…`)
a name.
"""

from __future__ import annotations

import re
import tomllib

from indexer.files import DATA_FOLDER

_CONTEXT = tomllib.loads((DATA_FOLDER / "place_context.toml").read_text(encoding="utf-8"))
_CONTEXT_WORDS = {name: words.split() for name, words in _CONTEXT.items() if isinstance(words, str)}

SURNAMES_NOT_WORDS = frozenset("".join(_CONTEXT_WORDS["surnames"]))
"""Common surnames; left out are those that are everyday words as well (高 马 江 石 白 文 于 向)."""

BYLINE_BEFORE = re.compile(
    r"(?:记者|通讯员|作者|编辑|责编|校对|摄影|审核|编审|主播|演员|歌手|教授|先生)[ :]*$"
)
SIGNED_AFTER = re.compile(r"\s*/?\s*(?:摄(?![氏像制影])|文/|图/|供图)")
"""作者 南华, 南华/摄: who signs is a person."""

DATELINE_AFTER = re.compile(r"[市县区]|报道|讯|电|站|日报")
"""记者 杭州报道: the place of a report."""

TRANSCRIPTION_CHARACTERS = frozenset("尔克斯瓦迦巴拉阿卡伊塔塞奥欧尼纳莱梅普鲁格罗德蒂维诺埃迪里姆")
"""Characters of transcribed names, after which 莱州 is the end of 瓦莱州."""

STREET_AFTER = re.compile(
    r"[东西南北中新老]?[一二三四五六七八九十]?(?:路(?![径线演面况桥网段人途权])|大街|大道)"
    r"|[一二三四五六七八九十]?(?:巷|街(?![道头坊区上]))"
    r"|道(?=$|[^一-龥]|[与和上口一二三四五六七八九十])"
)
"""南京东路 is in Shanghai: a street is not where its name points; 泉州西街 is."""

VILLAGE_AFTER = re.compile(r"新?村(?![民镇级庄居社子两集干部歌委晚落寨容貌])")
"""金华新村 is a village in 温宿."""

TOWN_AFTER = re.compile(
    r"镇(?![域区长])|乡(?![镇村间长])|街道|民族乡|小区|社区(?![治矫工服文教医养卫建])|古镇|农场|林场"
)
"""A town or a street office has its county's name, or a far one's."""

PAPER_AFTER = re.compile(
    r"[一-龥]{0,3}(?:日报|晚报|晨报|早报|商报|时报|都市报|卫视|出版社)"
    r"|银行|证券(?!交易所)|啤酒|航空(?![港城学航])"
)
"""A newspaper, a broadcaster, a bank, a brand."""

COMPANY_AFTER = re.compile(r"(?!一)[一-龥()]{2,16}?(?:公司|集团|股份)")
NO_COMPANY_NAME = re.compile(
    r"[的了在与和及等将把对是某市县区州]|(?<!华)为|有(?![色限])|引进|引入|招引|成立|设立|投资|注册|组建|建设|企业|本地|"
    r"当地|[一两多几]家|收购|控股|指导|落户|培育|拥有|联合|国资|国企|首家|上市|公交|地铁|水务|轨道|"
    r"城投|交投|文旅|民营"
)
"""Words that show that 公司 belongs to a sentence, or to the city, not to a firm's own name."""

RAILWAY_AFTER = re.compile(r"高铁|铁路|城际|高速|专线")
"""巴南高铁 joins 巴中 and 南充: two letters of a line may spell a county."""

WORDS_BEFORE_NAMES = frozenset(
    "在赴到和与及至从由对向是为比据抵驻回离经今原省市县区州的了去自往游看说让把被等以如"
)
"""Single characters that may precede 固镇; after others (留固镇) it is the end of a town."""

FUNCTION_WORDS = frozenset(
    "在赴到和与及至从由对向是为比据的了说让把被以如也都就还又才而并但则或且所其该此"
    "这那每各很最更不没能会可要得着过等段"
)
"""Single characters that are words by themselves."""

NOT_IN_WORDS = FUNCTION_WORDS - {"至"} | frozenset("省市县区州旗盟镇乡站讯电")
"""Characters that hardly make a word with a part of the name beside them."""

LOCATIVE_SUFFIXES = frozenset("上下中内外里前后")
"""Characters that end a word of place: 网络上."""

EXTRA_WORDS = frozenset(_CONTEXT_WORDS["words"])
"""Words that news sets after a place and a word list may lack."""

REIGN_PLACE_NAMES = frozenset(_CONTEXT_WORDS["reigns"])
"""Names of places that name reigns as well."""

REIGN_YEAR = re.compile(r"元年|年间|年号|[一二三四五六七八九十]{1,3}年(?![来多内前后级度]|时间|以)")
DYNASTY = re.compile(
    r"[宋晋唐汉魏齐梁陈周隋元明清](?:代|朝|初|末|宗|帝|时|高|太|人)?|公元|皇帝|[祖宗帝]$"
)
"""What is printed near a reign: 南宋绍兴三年, but 绍兴三年建成百所学校."""

NOBLE_TITLE = re.compile(r"[郡国][王公君主]|之乱")
"""太原郡王 is a title, 永嘉之乱 an event."""

GOVERNED_AFTER = re.compile(
    r"[市县州旗盟](?:$|[^一-龥]|[委政长城人域级直民内里境公纪属情中南北东西府各])"
    r"|区(?:$|[^一-龥]|[委政长人级直民内里境公纪属情中府各])"
)
"""市委, 县城, 市民: the name includes its suffix although that begins another word."""

INSIDE_WORD_AFTER = re.compile(r"[市县区州人队网城港站府籍都省]$|[东西南北](?=[、，。站]|$)")
"""The one character that may follow the name inside a dictionary word that swallows it."""

OTHER_THING_AFTER = re.compile(
    r"高原|盆地|平原|草原|半岛|山脉|山庄|海峡|群岛|列岛|流域|舰队|公主|八怪|炒饭|拉面|时间|.*(?:茶|集团|公司)$"
)
"""What follows the name in longer words that name something else: 山东半岛, 北海舰队."""

AND_OTHERS = re.compile(r"等(?=[地市县省州区城]|多地|多市)")
"""四平等地 is 四平 and others, not 平等."""

PLACE_WORD_BEFORE = re.compile(
    r"(?:在|赴|来到|走进|位于|前往|抵达|落户|到|去|从|自|往|抵|来自|地处|入驻|途经|途径|离开|返回|飞往|开往|"
    r"驶往|回|驻|奔赴|迁至|扎根|支援|援建|帮扶|结对|调任|任职|至|在|由|经|距|离)$"
)
PLACE_WORD_AFTER = re.compile(
    r"举行|召开|举办|开幕|境内|当地|全境|城区|城郊|市区|县城|启动|开工|警方|法院|检察院|公安|分局|人民|"
    r"[一二三]中|中学|医院|机场|火车站|高铁|[东西南北]?站|籍|人(?![物员民才口])|特产|老街|古城|考察|"
    r"调研|等地|一带|以[东西南北]|[东西南北][部侧边]|周边|附近|之行|出发|落户|落地|支援|援|干部|"
    r"产业园|园区|开发区|经开区|高新区|工业园|景区|农民|村民|市民|群众|居民|游客|企业|政府|港|口岸|"
    r"(?:特?大)?地震|推出|迎来|出台|加快|推进|打造|建成|聚力|开展|实施|发布|深化|坚持|着力|聚焦|探索|创新|生产总值"
)
"""Words that precede or follow places."""

ONE_OF_ITS_OWN_AFTER = re.compile(
    r"一(?:[家名位户](?![人亲])|(?:\d+岁)?[男女]|小伙|老[人汉太]|[居村市]民|工人|[一-龥]{0,4}(?:公司|企业|民企|厂|店|学校|医院|小区|幼儿园|村))"
)
"""How reports begin: 常山一公司, 滕州一女子, 耒阳一化工厂."""

COUNTED_LIST_AFTER = re.compile(r"[两三四五六七八九][地市县区州]")

REGIMENT = re.compile(r"[一二三四五六七八九十百\d]+团")
"""一师四团: a regiment shows that the division is one of the 兵团."""

WATERSIDE = re.compile("[河江湖][畔边岸口段沿]")
"""The last character of the name of a water, and what is said to be beside or in it."""

WATERS_BEFORE = re.compile(r"(?:河[、和与及]|支流|干流|夜游|游览|流经|畅游|横渡)$")
WATERS_AFTER = re.compile(
    r"、[一-龥]{1,4}河(?![东西南北])|水位|流域|流量|(?:部分|主要|及其|各)?[干支]流|上游|下游|中游|洪水|水系|水文|河道|江面|河面|"
    r"水面|堤|两岸|沿岸|河畔|江畔|大桥|汛|边(?!境|防|检)|畔|"
    r"水(?![利务产])|[左右南北东西]岸"
)
"""Words beside the name of a river, which a county may share: 嫩江水位, 牡丹江、绥芬河、汤旺河."""

AUTHORITY_AFTER = re.compile(
    r"警方|公安|分局|大队|法院|检察院|检方|消防|城管|交警|交管|民警|刑警|特警|市监|市场监管|税务|应急|教育局|教委|卫健|疾控|"
    r"气象[局台]|住建|民政|人社|法检|司法局|文旅局|人大|政协|纪委|区政府|县政府|市政府"
)
"""Offices that a county or a district has: 海淀警方."""

AIDED_REGIONS = {"援疆": "新疆", "援藏": "西藏", "援青": "青海", "润疆": "新疆"}
"""Words that name a province as the one that receives aid."""

COUNTRIES = tuple(_CONTEXT_WORDS["countries"])
COUNTRY_ENDS = frozenset(name[-1] for name in COUNTRIES)
LINKS_TO_COUNTRY = frozenset("在驻至到和与及赴对向从由飞回")
"""The places of another country have Chinese names as well: 越南太原省, 日本大|津市; but these
characters between lead back: 日本驻上海."""

KNOWN_EVERYWHERE = frozenset(("北京", "上海", "天津", "重庆", "香港", "澳门", "广州", "深圳"))
"""Cities that are set beside those of other countries: 日本东京、上海."""

LIST_ABROAD_BEFORE = re.compile(
    rf"(?:{'|'.join(COUNTRIES)})(?:{'|'.join(_CONTEXT_WORDS['foreign_cities'])}|[一-龥]{{1,3}}[市省县郡道府])"
    rf"(?:、(?!{'|'.join(KNOWN_EVERYWHERE)})[一-龥]{{2,4}})*[、和与及]$"
)
"""越南河内、太原: the cities of a list after a country are there."""

PROVINCE_AFTER = re.compile(
    r"省(?![级直委会内外里府城立厅]|人民|实验|博|图书|体育|公安|高[级院]|中医|发改|政府)"
)
"""What a province follows is none of our cities: 松江省, 太原省."""

IDEA_AFTER = re.compile(r"精神(?![文病卫疾障健状面科医损残专康心抚赔鉴])")
"""延安精神 is an idea that is praised everywhere; 唐山大地震 and 西安事变 happened there."""

OTHER_NAME_AFTER = re.compile(
    "|".join(
        one.pattern for one in (STREET_AFTER, VILLAGE_AFTER, PAPER_AFTER, NOBLE_TITLE, IDEA_AFTER)
    )
)

PERSON_AFTER = re.compile(r"同志|先生|女士|小姐|夫人|书院|真人|居士|将军|元帅|烈士|家书|校区")
"""紫阳同志, 清水河校区: a county's name as a person's or a campus's."""

PAIRED_COUNTRIES = {
    "巴中": re.compile(r"两国|友谊|友好|关系|经济走廊|走廊|建交|双[方边]|经贸"),
    "英德": re.compile(r"两国|[法意美俄日]|等国|关系|三国|双方|联军|海军"),
    "中山": re.compile(r"先生|舰|装|陵"),
}
"""Two letters of countries that spell a city: 巴中两国, 英德法."""

NAMESAKES_ABROAD = {
    name: (re.compile("|".join(one["abroad"].split())), one["home"])
    for name, one in _CONTEXT["namesakes"].items()
}
"""Cities with a namesake abroad: what is printed near that one, and what is only near ours."""

MAX_NAMESAKE_CHARS = 40

COUNTRY_LETTER = re.compile(r"[法美俄意日奥苏]$")
