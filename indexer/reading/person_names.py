"""Recognise lines of nothing but persons' names: by-lines without a word around them."""

from __future__ import annotations

import re

from indexer.analysis import segment

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马"
    "苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪"
    "祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田"
    "樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮"
    "羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎"
    "薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏"
    "浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩"
    "厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公岳帅缑亢况有琴商牟佘佴伯赏墨哈"
    "谯笪南年爱阳佟衣肖付代闫苑楼占揭尉仝衷邸植冼麦晋覃芦缐"
)
DOUBLE_SURNAMES = tuple("欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯".split())

_SHORT_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
_FULL_NAME = re.compile(r"[\u3400-\u9fff]{1,8}(?:·[\u3400-\u9fff]{1,8})+")


def are_names(text: str) -> bool:
    """Return whether a line holds one to six names and nothing else."""
    names = text.replace("、", " ").split()
    return 0 < len(names) <= 6 and all(_is_name(name, alone=len(names) == 1) for name in names)


def may_be_name(text: str) -> bool:
    """Return whether a line is two to four characters that begin with a surname: 张　三, 王小明."""
    name = "".join(text.split())
    return bool(_SHORT_NAME.fullmatch(name)) and _is_surnamed(name)


def begin_like_names(text: str) -> bool:
    """Return whether every word of a line begins with a surname, or is none that others use."""
    words = text.replace("、", " ").split()
    return all(word[0] in SURNAMES or len(segment(word)) > 1 for word in words)


def _is_surnamed(text: str) -> bool:
    return text[0] in SURNAMES or text.startswith(DOUBLE_SURNAMES)


def _is_name(text: str, *, alone: bool) -> bool:
    if _FULL_NAME.fullmatch(text):
        return True
    if not _SHORT_NAME.fullmatch(text) or (len(text) == 4 and not text.startswith(DOUBLE_SURNAMES)):
        return False
    if not _is_surnamed(text):
        return False
    if alone and len(text) == 2:
        return False
    return max(map(len, segment(text))) < len(text)
