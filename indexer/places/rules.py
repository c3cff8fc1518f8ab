"""What may stand beside a place name, and what shows that it is none: the rules as data.

Every pattern is matched against folded text right behind (`AFTER…`) or right before (`BEFORE…`)
a name.
"""

from __future__ import annotations

import re

SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱林何郭罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方"
    "姚谭廖邹熊金陆郝孔崔康毛邱秦史顾侯邵孟万段雷钱汤尹黎易常武乔贺赖龚"
)
"""Common surnames; left out are those that are everyday words as well (高 马 江 石 白 文 于 向)."""

AFTER_STREET = re.compile(
    r"[东西南北中]?[一二三四五六七八九十]?(?:路(?![径线演面况桥网段上人途权])|大街|大道|巷|胡同|街(?![道头坊区上]))"
)
"""南京东路 is in Shanghai: a street is not where its name points."""

AFTER_VILLAGE = re.compile(r"新?村(?![民镇级庄居社子两集干部歌委晚落寨容貌])")
"""金华新村 is a village in 温宿."""

AFTER_TOWN = re.compile(
    r"(?:镇(?![域区])|乡(?![镇村间])|街道|社区(?![治矫工服文教医养卫建])|小区|民族乡)"
)
"""A town or a street office bears its county's name, or a far one's."""

AFTER_PAPER = re.compile(
    r"(?:日报|晚报|晨报|早报|商报|时报|都市报|卫视|出版社|银行|证券(?!交易所)|啤酒)"
)
"""A newspaper, a broadcaster, a bank, a brand."""

AFTER_COMPANY = re.compile(
    r"[一-龥()]{2,16}?(?:有限责任公司|有限公司|股份公司|集团公司|集团|公司|实业|股份)"
)
COMPANY_BREAK = re.compile(
    r"[的了在与和及等将把对为是有]|引进|引入|招引|成立|设立|投资|注册|组建|建设|市|县|区|州|企业|本地|当地|一家|两家|多家|收购|"
    r"控股|指导|落户|培育|拥有|联合|国资|国有|首家|上市"
)
"""Words that show that 公司 belongs to a sentence and not to a name that the place opens."""

AFTER_SUFFIX = re.compile(
    r"(?:[市县区州旗盟](?:委|政府|长|城|人大|政协|域|区|级|直|民|内|里|境|公安|纪委|属|情|中心|南|北|东|西|$|[^一-龥]))"
)
"""市委, 县城, 市民: the name stands with its suffix although that begins another word."""

ALLOWED_REST = re.compile(
    r"(?:市|县|区|州|人|大学|学院|师范大学|医院|城|港|站|机场|火车站|汽车站|府|籍|大屠杀|事变|起义|会议|战役|保卫战|市委|省|地区|"
    r"之战|市长|口岸|海关|市区|都|师大|交大)$"
)
"""What may follow the name inside one dictionary word that swallows it."""

BEFORE_LOCATIVE = re.compile(
    r"(?:在|赴|来到|走进|位于|前往|抵达|落户|到|去|从|自|往|抵|来自|地处|入驻|途经|途径|离开|返回|飞往|开往|驶往|回|驻|奔赴|迁至|"
    r"扎根|对口支援|支援|援建|帮扶|结对|调任|任职)$"
)
AFTER_LOCATIVE = re.compile(
    r"(?:市|县|区|州|旗)?(?:举行|召开|举办|开幕|境内|当地|全境|城区|城郊|市区|县城|开幕|启动|开工|警方|法院|检察院|公安|人民|一中|"
    r"二中|三中|中学|医院|机场|火车站|高铁|东站|西站|南站|北站|站|籍|人民|人(?![物员民才口])|援|籍|特产|老街|古城|考察|调研|两地|等地|"
    r"一带|以[东西南北]|西[部侧]|东[部侧]|南[部侧]|北[部侧]|周边|附近|之行|出发|落户|落地|支援|干部|"
    r"与|至)"
)
LIST_MARK = frozenset("、·-/")

XPCC_AFTER = re.compile(r"(?:[一-十\d]+团|阿拉尔|师市|[^一-龥]|$)")
